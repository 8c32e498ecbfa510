"""What waits for a person turned into the page of the preview on which they decide: pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, quote, urlencode

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from readingroom.dates import display
from readingroom.digest import digest
from readingroom.problems import with_article
from readingroom.romanise import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from readingroom.config import Kind
    from readingroom.model import Entity, Report
    from readingroom.suggestions import Sentence, Sort, Suggestion, Waiting

FOLDER = Path(__file__).with_name("review")
A_PAGE = 50
LONGEST_QUERY = 200
SHORT_KEY = 8
UNKNOWN = "unknown"
PERSON = "person"
SORTS: tuple[Sort, ...] = ("new name", "merge", "ambiguous", "kind conflict")
TITLES: dict[str, str] = {
    "merge": "May be a name we have",
    "ambiguous": "Could be one of several",
    "kind conflict": "In doubt between kinds",
}
LIKELY = ((0.8, "very likely"), (0.5, "likely"), (0.25, "possible"), (0.0, "doubtful"))
NUMBER = re.compile(r"[1-9]\d{0,5}")


class Wanted(NamedTuple):
    """Which of the waiting names to show: those of a kind, those with a text in a spelling; which page."""

    kind: str = ""
    text: str = ""
    page: int = 1


class Line(NamedTuple):
    """A sentence as evidence: the name and what stands around it, and the paragraph it is from."""

    before: str
    name: str
    after: str
    url: str
    where: str


class Choice(NamedTuple):
    """What a name may be: an entity that has a file, or a larger suggestion (`has_file` false)."""

    id: str
    name: str
    kind: str
    has_file: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One question as the page shows it."""

    key: str
    sort: Sort
    name: str
    kind: str
    confidence: float
    likely: str
    shown: bool
    why: tuple[str, ...]
    spellings: tuple[tuple[str, int], ...]
    mentions: int
    evidence: tuple[Line, ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Questions of one sort; `total` counts those on other pages too."""

    id: str
    title: str
    total: int
    rows: tuple[Row, ...]


class Option(NamedTuple):
    """One entry of a list to choose from."""

    value: str
    label: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """How far this session is: decisions made, what the next undo takes back, who decides, and its token."""

    title: str
    token: str
    by: str = ""
    decided: int = 0
    last: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """All that the template receives; `keys` are the beginnings of the keys of all that waits."""

    standing: Standing
    waiting: int
    matching: int
    wanted: Wanted
    kinds: tuple[Option, ...]
    filters: tuple[Option, ...]
    sections: tuple[Section, ...]
    first: int
    earlier: str
    later: str
    keys: str


@dataclass(frozen=True, slots=True)
class Known:
    """What names on the page are explained by: the kinds, the entities and the reports, by id."""

    kinds: Sequence[Kind]
    entities: Mapping[str, Entity]
    reports: Mapping[str, Report]


def row_key(waiting: Waiting) -> str:
    """Name a question by what it asks, so that an answer never meets another question."""
    sort, suggestion, candidates, _ = waiting
    return digest((sort, suggestion.kind, suggestion.name, sorted(suggestion.texts), sorted(candidates)))


def read_wanted(query: str) -> Wanted:
    """Read which names an address asks for; what makes no sense is left out.

    >>> read_wanted("kind=place&text=al+b&page=2"), read_wanted("page=-1")
    (Wanted(kind='place', text='al b', page=2), Wanted(kind='', text='', page=1))
    """
    try:
        given = parse_qs(query, max_num_fields=10)
    except ValueError:
        return Wanted()
    first = {name: values[0][:LONGEST_QUERY] for name, values in given.items()}
    page = first.get("page", "")
    number = int(page) if NUMBER.fullmatch(page) else 1
    return Wanted(first.get("kind", ""), first.get("text", "").strip(), number)


def view_of(all_waiting: Sequence[Waiting], known: Known, wanted: Wanted, standing: Standing) -> View:
    """Choose the page of the waiting names that is wanted, and say it for people."""
    kinds = {kind.name: kind for kind in known.kinds}
    suggestions = {item.suggestion.id: item.suggestion for item in all_waiting if item.suggestion.id}
    places = {place: number for number, place in enumerate(_places(kinds))}
    matching = sorted(
        (item for item in all_waiting if _matches(item, wanted)), key=lambda item: places.get(_place(item), len(places))
    )
    last = max(1, -(-len(matching) // A_PAGE))
    page = min(wanted.page, last)
    start = (page - 1) * A_PAGE
    shown = matching[start : start + A_PAGE]
    return View(
        standing=standing,
        waiting=len(all_waiting),
        matching=len(matching),
        wanted=wanted._replace(page=page),
        kinds=tuple(Option(kind.name, kind.label) for kind in known.kinds),
        filters=tuple(_filters(all_waiting, kinds)),
        sections=tuple(_sections(shown, matching, known, suggestions)),
        first=start + 1 if shown else 0,
        earlier=_address(wanted, page - 1) if page > 1 else "",
        later=_address(wanted, page + 1) if page < last else "",
        keys=" ".join(row_key(item)[:SHORT_KEY] for item in all_waiting),
    )


def page_of(view: View) -> bytes:
    """Print the page."""
    return _template().render(view=view).encode("utf-8", "replace")


@cache
def _template() -> jinja2.Template:
    environment = ImmutableSandboxedEnvironment(
        loader=jinja2.FileSystemLoader(str(FOLDER)),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    return environment.get_template("names.html")


def _places(kinds: Mapping[str, Kind]) -> Iterator[tuple[str, str]]:
    """List the sections in their order: new names by kind first."""
    yield from (("new name", kind) for kind in (*kinds, ""))
    yield from ((sort, "") for sort in SORTS[1:])


def _place(item: Waiting) -> tuple[str, str]:
    return (item.sort, item.suggestion.kind if item.sort == "new name" else "")


def _matches(item: Waiting, wanted: Wanted) -> bool:
    kind = item.suggestion.kind or UNKNOWN
    if wanted.kind and wanted.kind not in {kind, item.sort}:
        return False
    text = fold(wanted.text)
    return not text or any(text in fold(spelling) for spelling in item.suggestion.texts)


def _filters(all_waiting: Sequence[Waiting], kinds: Mapping[str, Kind]) -> Iterator[Option]:
    """List what the page can be limited to: the kinds of names, then the sorts of questions but the first."""
    present = dict.fromkeys([*kinds, *(item.suggestion.kind for item in all_waiting)])
    for kind in sorted(present, key=lambda name: name not in kinds):
        count = sum(item.suggestion.kind == kind for item in all_waiting)
        if count:
            yield Option(kind or UNKNOWN, _plural(kind, kinds), count)
    for sort in SORTS[1:]:
        count = sum(item.sort == sort for item in all_waiting)
        if count:
            yield Option(sort, TITLES[sort], count)


def _plural(kind: str, kinds: Mapping[str, Kind]) -> str:
    if kind in kinds:
        return kinds[kind].plural
    return {"": "Of unknown kind", PERSON: "Other persons"}.get(kind, kind.capitalize())


def _sections(
    shown: Sequence[Waiting], matching: Sequence[Waiting], known: Known, suggestions: Mapping[str, Suggestion]
) -> Iterator[Section]:
    kinds = {kind.name: kind for kind in known.kinds}
    for place in dict.fromkeys(map(_place, shown)):
        sort, kind = place
        title = TITLES.get(sort) or f"New names: {_plural(kind, kinds).lower()}"
        total = sum(_place(item) == place for item in matching)
        rows = tuple(_row(item, known, suggestions) for item in shown if _place(item) == place)
        yield Section(f"{sort}-{kind}".replace(" ", "-").strip("-"), title, total, rows)


def _row(item: Waiting, known: Known, suggestions: Mapping[str, Suggestion]) -> Row:
    suggestion = item.suggestion
    return Row(
        key=row_key(item),
        sort=item.sort,
        name=suggestion.name,
        kind=suggestion.kind,
        confidence=suggestion.confidence,
        likely=in_words(suggestion.confidence),
        shown=suggestion.status == "suggested",
        why=(*_doubt(item, known.kinds), *suggestion.why),
        spellings=suggestion.spellings,
        mentions=suggestion.mentions,
        evidence=tuple(_line(sentence, known.reports) for sentence in item.evidence),
        choices=tuple(_choices(item, known, suggestions)),
    )


def _doubt(item: Waiting, kinds: Sequence[Kind]) -> Iterator[str]:
    """Say between which kinds a name is in doubt."""
    folders = {key.partition("/")[0] for key in item.candidates}
    labels = [kind.label.lower() for kind in kinds if kind.folder in folders or kind.name == item.suggestion.kind]
    if item.sort == "kind conflict" and len(labels) > 1:
        yield f"taken for {' and '.join(map(with_article, labels))}"


def in_words(confidence: float) -> str:
    """Say how sure a suggestion is.

    >>> in_words(0.83), in_words(0.3), in_words(0.0)
    ('very likely', 'possible', 'doubtful')
    """
    return next(words for least, words in LIKELY if confidence >= least)


def _line(sentence: Sentence, reports: Mapping[str, Report]) -> Line:
    report = reports[sentence.report]
    number = sentence.paragraph.removeprefix("p")
    paragraph = f"¶{number}" if number.isdigit() else {"title": "headline", "dek": "deck"}.get(number, number)
    where = f"{display(report.published) if report.published else report.title} · {paragraph}"
    url = f"/{quote(report.url)}#{quote(sentence.paragraph)}"
    return Line(sentence.before, sentence.text, sentence.after, url, where)


def _choices(item: Waiting, known: Known, suggestions: Mapping[str, Suggestion]) -> Iterator[Choice]:
    labels = {kind.name: kind.label for kind in known.kinds}
    for key in item.candidates:
        entity, other = known.entities.get(key), suggestions.get(key)
        if entity:
            yield Choice(key, entity.name, labels.get(entity.kind, entity.kind), has_file=True)
        elif other and other != item.suggestion and item.sort == "merge":
            yield Choice(key, other.name, labels.get(other.kind, other.kind), has_file=False)


def _address(wanted: Wanted, page: int) -> str:
    given = {"kind": wanted.kind, "text": wanted.text, "page": str(page) if page > 1 else ""}
    query = urlencode({name: value for name, value in given.items() if value})
    return f"/_readingroom/names?{query}" if query else "/_readingroom/names"
