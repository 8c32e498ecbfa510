"""The files of content/ turned into reports, entities, pages and changes, each alone; problems as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast, get_args

from readingroom.config import is_language, nearest
from readingroom.dates import parse_edtf
from readingroom.fields import Fields
from readingroom.frontmatter import parse, parse_sequence, unprintable
from readingroom.model import (
    Change,
    ChangeKind,
    CleaningStep,
    DateBasis,
    Entity,
    FreePage,
    Original,
    Point,
    Precision,
    Report,
)
from readingroom.paragraphs import read_paragraphs
from readingroom.problems import Problem

if TYPE_CHECKING:
    from readingroom.frontmatter import Document, Value

REPORT_KEYS = (
    "title", "dek", "publisher", "published", "date_basis", "date_evidence", "source", "language", "original",
    "cleaning", "publish",
)  # fmt: skip
ENTITY_KEYS = (
    "name", "variants", "native", "within", "at", "refers", "not", "ids", "role", "reviewed", "reviewed_by", "publish",
)  # fmt: skip
LONGEST_NAME = 1_000
DATED = frozenset({"stated", "inferred"})
POINT_KEYS = ("lat", "lon", "precision", "source")
CHANGE_KEYS = ("date", "kind", "of", "note")


def slug_of(path: str) -> str:
    """Return a content file's name without folder and ending.

    >>> slug_of("content/places/hajin.md")
    'hajin'
    """
    return path.rpartition("/")[2].removesuffix(".md")


def read_report(text: str, path: str) -> tuple[Report | None, list[Problem]]:
    """Read one report file; any error leaves the report out."""
    document, problems = parse(text, path)
    if document is None:
        return None, problems
    fields = Fields(path, document, REPORT_KEYS)
    paragraphs, found = read_paragraphs(document.body, path=path, first_line=document.body_line)
    report = Report(
        id=slug_of(path),
        path=path,
        title=fields.text("title", required=True),
        dek=fields.text("dek"),
        publisher=fields.text("publisher"),
        published=fields.date("published"),
        date_basis=cast("DateBasis", fields.choice("date_basis", get_args(DateBasis), "unknown")),
        date_evidence=fields.text("date_evidence"),
        source=_web_address(fields, "source"),
        language=fields.language("language", "en"),
        original=_original(fields),
        cleaning=tuple(_step(fields, row) for row in fields.rows("cleaning")),
        publish=fields.flag("publish", default=True),
        paragraphs=paragraphs,
    )
    if report.date_basis in DATED and not _agrees(report.published, report.date_evidence):
        hint = "mend the date or its evidence; a date known from elsewhere has date_basis: given"
        line = document.lines.get("date_evidence", 1)
        message = f"the date is {report.published}, but its evidence names another day"
        fields.problems.append(Problem(path, line, message, hint, "warning"))
    if not paragraphs:
        hint = "write its paragraphs below the front matter, or set publish: false"
        fields.problems.append(Problem(path, document.body_line, "the report has no text", hint, "warning"))
    problems = [*fields.problems, *found]
    return (None if _faulty(problems) else report), problems


def read_entity(text: str, path: str, kind: str) -> tuple[Entity | None, list[Problem]]:
    """Read one entity file of the given kind; any error leaves the entity out."""
    entity, problems = draft_entity(text, path, kind)
    return (None if _faulty(problems) else entity), problems


def draft_entity(text: str, path: str, kind: str) -> tuple[Entity | None, list[Problem]]:
    """Read what an entity file says, faulty or not; none where it has no front matter that can be read."""
    document, problems = parse(text, path)
    if document is None:
        return None, problems
    fields = Fields(path, document, ENTITY_KEYS)
    entity = Entity(
        id=path.removeprefix("content/").removesuffix(".md"),
        path=path,
        kind=kind,
        name=fields.text("name", required=True),
        variants=fields.texts("variants"),
        native=_native(fields),
        within=fields.text("within"),
        at=_point(fields, document),
        refers=fields.texts("refers"),
        distinct_from=fields.texts("not"),
        ids=fields.named("ids"),
        role=fields.text("role"),
        reviewed=fields.date("reviewed"),
        reviewed_by=fields.text("reviewed_by"),
        publish=fields.flag("publish", default=True),
        note=document.body.strip(),
    )
    _check_lengths(fields, entity)
    return entity, [*fields.problems, *_images(document, path)]


def _check_lengths(fields: Fields, entity: Entity) -> None:
    native = [text for _, text in entity.native]
    given = {"name": [entity.name], "variants": entity.variants, "native": native, "refers": entity.refers}
    for key, texts in given.items():
        longest = max(map(len, texts), default=0)
        if longest > LONGEST_NAME:
            hint = "give the name alone; what is to be said of it belongs below the front matter"
            message = f"{key} holds {longest:,} characters; a name may have {LONGEST_NAME:,}"
            fields.fault(key, message, hint)


def read_page(text: str, path: str) -> tuple[FreePage | None, list[Problem]]:
    """Read one free page, such as content/about.md."""
    document, problems = parse(text, path)
    if document is None:
        return None, problems
    fields = Fields(path, document, ("title",))
    page = FreePage(slug_of(path), path, fields.text("title", required=True), document.body)
    return (None if _faulty(fields.problems) else page), [*fields.problems, *_images(document, path)]


def _images(document: Document, path: str) -> list[Problem]:
    """Warn of images: an archive has none, so that its pages stay small and every copy of them is whole."""
    if "![" not in document.body:
        return []
    from readingroom.markdown import image_lines  # noqa: PLC0415 - start-up: most files need no parser

    hint = "take it out, or link to it in words: [what it shows](https://…)"
    message = "an image, which no page shows"
    return [Problem(path, document.body_line + line, message, hint, "warning") for line in image_lines(document.body)]


def read_changes(text: str, path: str) -> tuple[list[tuple[Change, int]], list[Problem]]:
    """Read content/changes.yaml: dated corrections, withdrawals and additions, each with its line."""
    rows, problems = parse_sequence(text, path)
    changes: list[tuple[Change, int]] = []
    for row, line in rows:
        change, fault = _change(row)
        if change is None:
            hint = "- {date: 2026-11-22, kind: correction, of: 2018-01-18-3fa9c1, note: what was wrong}"
            problems.append(Problem(path, line, fault, hint))
        else:
            changes.append((change, line))
    return changes, problems


def _change(row: Value) -> tuple[Change | None, str]:
    if not isinstance(row, dict) or not all(isinstance(value, str) for value in row.values()):
        return None, "a change is a table of texts"
    unknown = [key for key in row if key not in CHANGE_KEYS]
    missing = [key for key in CHANGE_KEYS if not row.get(key)]
    if unknown or missing:
        return None, f'unknown key "{unknown[0]}"' if unknown else f"{missing[0]} is missing"
    found = next(filter(None, map(unprintable, map(str, row.values()))), "")
    if found:
        return None, f"holds {found}, which no page can show"
    if parse_edtf(str(row["date"])) is None:
        return None, f'"{row["date"]}" is no date'
    if row["kind"] not in get_args(ChangeKind):
        return None, f'kind cannot be "{row["kind"]}" (known: {", ".join(get_args(ChangeKind))})'
    return Change(str(row["date"]), cast("ChangeKind", row["kind"]), str(row["of"]), str(row["note"])), ""


def _native(fields: Fields) -> tuple[tuple[str, str], ...]:
    names = fields.named("native")
    for tag in (tag for tag, _ in names if not is_language(tag)):
        fields.fault("native", f'"{tag}" is no language tag', "write native: {ar: …}")
    return names


def _agrees(published: str, evidence: str) -> bool:
    from readingroom.dating import agrees  # noqa: PLC0415 - start-up: of an edit often nothing is dated

    return agrees(published, evidence)


def _faulty(problems: list[Problem]) -> bool:
    return any(problem.severity == "error" for problem in problems)


def _web_address(fields: Fields, key: str) -> str:
    value = fields.text(key)
    if value and not value.startswith(("https://", "http://")):
        fields.fault(key, f"{key} is no web address: {value}", "write it with https:// in front")
        return ""
    return value


def _original(fields: Fields) -> Original | None:
    table = fields.table("original", exact=True)
    if not table:
        return None
    if set(table) != {"path", "sha256"}:
        fields.fault("original", "original needs path and sha256", "write original: {path: …, sha256: …}")
        return None
    return Original(table["path"], table["sha256"])


def _step(fields: Fields, row: object) -> CleaningStep:
    table = cast("dict[str, Value]", row)
    try:
        words = tuple((str(old), str(new)) for old, new in cast("list[list[str]]", table.get("words", [])))
        lines = tuple(str(line) for line in cast("list[str]", table.get("lines", [])))
        return CleaningStep(str(table["step"]), int(str(table["count"])), words, lines)
    except (KeyError, ValueError, TypeError):
        fields.fault("cleaning", "a cleaning step needs step and count", "write {step: name, count: 1}")
        return CleaningStep("", 0)


def _point(fields: Fields, document: Document) -> Point | None:
    if "at" not in document.meta:
        return None
    table = fields.table("at")
    hint = "write at: {lat: 35.93, lon: 36.63, precision: village, source: …}"
    for key in (key for key in table if key not in POINT_KEYS):
        fields.fault("at", f'unknown key "{key}" of at', nearest(key, list(POINT_KEYS)))
    try:
        lat, lon = float(table["lat"]), float(table["lon"])
    except (KeyError, ValueError):
        fields.fault("at", "at needs lat and lon as numbers", hint)
        return None
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):  # noqa: PLR2004 - the bounds of latitude and longitude
        fields.fault("at", f"no such point on earth: {lat}, {lon}", "lat is -90 to 90, lon -180 to 180")
        return None
    precision = table.get("precision", "")
    if precision not in get_args(Precision):
        fields.fault("at", f'precision cannot be "{precision}"', f"known: {', '.join(get_args(Precision))}")
        return None
    return Point(lat, lon, cast("Precision", precision), table.get("source", ""))
