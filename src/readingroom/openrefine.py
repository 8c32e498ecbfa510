"""What OpenRefine reconciled, exported as a table or JSON, turned into proposed ids of entities."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from readingroom.cells import Row, read_table, read_text
from readingroom.problems import Problem, ProblemsError
from readingroom.proposals import Proposal
from readingroom.romanise import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from readingroom.model import Entity

MATCHED = "matched"
SCHEMES = (
    ("wikidata", re.compile(r"(?:https?://www\.wikidata\.org/(?:wiki|entity)/|wd:)?(Q[1-9][0-9]*)")),
    ("geonames", re.compile(r"https?://(?:www|sws)\.geonames\.org/([0-9]+)(?:/.*)?")),
    ("viaf", re.compile(r"https?://viaf\.org/viaf/([0-9]+)/?")),
)
_ROWS = re.compile(r'"rows"\s*:\s*\[')
_ITEM = re.compile(r"[\s,]*(?=[^\s,\]])")
_OUR_COLUMNS = frozenset({"id", "name", "ids", "note"})


class Result(NamedTuple):
    """Ids found: those judged matched, with their lines, those to review, and rows that name no entity we have."""

    matched: list[tuple[int, Proposal]]
    open: list[Proposal]
    problems: list[Problem]


def read_result(path: Path) -> tuple[list[str], list[Row], list[Problem]]:
    """Read OpenRefine's export: CSV, TSV, or the JSON that its templating writes."""
    if path.suffix.lower() != ".json":
        return read_table(path)
    text = read_text(path)
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        problem = Problem(path.name, error.lineno, f"not valid JSON: {error.msg}", "export it again")
        raise ProblemsError([problem]) from error
    listed = value.get("rows") if isinstance(value, dict) else value
    if not isinstance(listed, list):
        raise ProblemsError([Problem(path.name, 0, "holds no list of rows", "export with the default template")])
    objects = [(line, item) for line, item in zip(_lines(text), listed, strict=True) if isinstance(item, dict)]
    columns = list(dict.fromkeys(str(name).strip().casefold() for _, item in objects for name in item))
    rows = [
        Row(line, {str(name).strip().casefold(): "" if cell is None else str(cell) for name, cell in item.items()})
        for line, item in objects
    ]
    return columns, rows, []


def _lines(text: str) -> Iterator[int]:
    """Give the line on which each item of a valid JSON list, or of the list "rows" of an object, begins."""
    read = json.JSONDecoder().raw_decode
    place = 0 if text.lstrip().startswith("[") else _ROWS.search(text).end() - 1  # type: ignore[union-attr]
    place = text.index("[", place) + 1
    while (match := _ITEM.match(text, place)) is not None:
        yield text.count("\n", 0, match.end()) + 1
        _, place = read(text, match.end())


def is_result(columns: Sequence[str], rows: Sequence[Row]) -> bool:
    """Tell whether a table is what OpenRefine made: it has a judgement, or a column of nothing but ids."""
    return bool(_column(columns, "judg")) or bool(id_column(columns, rows))


def id_column(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """Find the column that holds nothing but ids of a reconciliation service."""
    for name in columns:
        cells = [cell for row in rows if (cell := row.cells.get(name, "").strip())]
        if name not in _OUR_COLUMNS and cells and all(map(identifier, cells)):
            return name
    return ""


def identifier(cell: str) -> tuple[str, str] | None:
    """Read an id with its scheme.

    >>> identifier("https://www.wikidata.org/wiki/Q858"), identifier("Q0")
    (('wikidata', 'Q858'), None)
    """
    for scheme, pattern in SCHEMES:
        match = pattern.fullmatch(cell.strip())
        if match:
            return scheme, match[1]
    return None


def reconciled(columns: Sequence[str], rows: Sequence[Row], entities: Sequence[Entity], path: str) -> Result:
    """Sort OpenRefine's rows into ids judged matched and ids to review; rows judged otherwise are left out."""
    ids, judged, scored = id_column(columns, rows), _column(columns, "judg"), _column(columns, "score")
    if not ids:
        hint = "in OpenRefine: Reconcile, Add entity identifiers column; then export"
        return Result([], [], [Problem(path, 1, "no column holds ids such as Q858", hint)])
    known = _Known(entities)
    result = Result([], [], [])
    for row in rows:
        found = identifier(row.cells.get(ids, ""))
        judgement = row.cells.get(judged, "").strip().casefold() if judged else ""
        if found is None or judgement not in {"", MATCHED, "none"}:
            continue
        entity, fault = known.of(row.cells)
        if entity is None:
            result.problems.append(Problem(path, row.line, fault, "its id was not taken in", "warning"))
        elif dict(entity.ids).get(found[0]) != found[1]:
            proposal = _proposal(entity, found, judgement, row.cells.get(scored, "").strip())
            if judgement == MATCHED:
                result.matched.append((row.line, proposal))
            else:
                result.open.append(proposal)
    return result


class _Known:
    """The archive's entities by id and by name."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self._ids = {entity.id: entity for entity in entities}
        self._names: defaultdict[str, list[Entity]] = defaultdict(list)
        for entity in self._ids.values():
            self._names[fold(entity.name)].append(entity)

    def of(self, cells: Mapping[str, str]) -> tuple[Entity | None, str]:
        """Find the entity a row is about, or say why there is none."""
        entity = self._ids.get(cells.get("id", "").strip())
        if entity:
            return entity, ""
        name = cells.get("name", "").strip() or next(filter(None, map(str.strip, cells.values())), "")
        named = self._names.get(fold(name), [])
        if len(named) == 1:
            return named[0], ""
        return None, f'"{name}" names {"several entities" if named else "no entity"}'


def _column(columns: Sequence[str], word: str) -> str:
    return next((name for name in columns if word in name), "")


def _proposal(entity: Entity, found: tuple[str, str], judgement: str, score: str) -> Proposal:
    matched = judgement == MATCHED
    why = f"judged {judgement}" if judgement else "not judged"
    return Proposal(
        "yes" if matched else "", entity.id, entity.name, f"ids.{found[0]}", found[1], "OpenRefine",
        "sure" if matched else "probably", f"{why}, score {score}" if score else why,
    )  # fmt: skip
