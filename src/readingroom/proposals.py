"""Coordinates, containing places and ids proposed for entities, as a table to review, and what was accepted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, get_args

from readingroom.cells import join_table, split_table
from readingroom.edits import Edit, Place, checked, path_of
from readingroom.entity_file import with_key
from readingroom.frontmatter import parse
from readingroom.model import Precision
from readingroom.placing import point_of
from readingroom.problems import Problem, counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from readingroom.cells import Row
    from readingroom.edits import Authority
    from readingroom.frontmatter import Value
    from readingroom.gazetteer import Place as Entry
    from readingroom.model import Entity
    from readingroom.placing import Judge, Verdict

COLUMNS = ("accept", "id", "name", "field", "value", "source", "confidence", "why")
YES = frozenset({"yes", "y", "x", "1", "true", "ok"})
NO = frozenset({"", "no", "n", "0", "false"})
MOST_OTHERS = 9
MOST_NAMED = 10
NO_PRECISION = "precision="
PRECISIONS = ", ".join(get_args(Precision))
FIELD = re.compile(r"at|within|ids\.[A-Za-z][A-Za-z0-9_:-]*")


class Proposal(NamedTuple):
    """One value proposed for one field of an entity: at, within, or ids.<scheme>; the table's columns."""

    accept: str
    id: str
    name: str
    field: str
    value: str
    source: str
    confidence: str
    why: str


class Accepted(NamedTuple):
    """What a reviewed table asks for: sound edits, and the problems of the rows that are not."""

    edits: list[Edit]
    problems: list[Problem]


def propose(judge: Judge, verdicts: Sequence[Verdict], source: str) -> list[Proposal]:
    """Propose what the entities that have a file lack.

    What is not sure comes with the other candidates, for a person to choose.
    """
    by_id = {verdict.entity.id: verdict for verdict in verdicts}
    found: list[Proposal] = []
    for verdict in (each for each in verdicts if not each.entity.suggested):
        best = verdict.candidate.place
        holder = judge.container(verdict, by_id)
        why = f"{_described(best, judge)}: {verdict.why}"
        found += _of(verdict, best, holder, source=source, why=why)
        if verdict.sureness == "sure":
            continue
        for other in verdict.others[:MOST_OTHERS]:
            also = verdict._replace(sureness="unclear")
            why = f"{_described(other.place, judge)}: another place called {other.spelt}"
            found += _of(also, other.place, "", source=source, why=why)
    return found


def _described(place: Entry, judge: Judge) -> str:
    division = judge.division(place)
    return f"{place.name} in {division}" if division and division != place.name else place.name


def _of(verdict: Verdict, place: Entry, holder: str, *, source: str, why: str) -> Iterator[Proposal]:
    entity = verdict.entity
    named = f"{source} {place.ids[0][1]}" if place.ids else source
    for field, value in _fields(entity, place, holder, named):
        accept = "yes" if verdict.sureness == "sure" and not value.endswith(NO_PRECISION) else ""
        yield Proposal(accept, entity.id, entity.name, field, value, named, verdict.sureness, why)


def _fields(entity: Entity, place: Entry, holder: str, source: str) -> Iterator[tuple[str, str]]:
    point = point_of(place, source)
    if entity.at is None and point:
        precision = point.precision if place.ranked else ""
        yield "at", join_table({"lat": f"{point.lat:.6g}", "lon": f"{point.lon:.6g}", "precision": precision})
    if not entity.within and holder:
        yield "within", holder.partition("/")[2]
    known = dict(entity.ids)
    for scheme, value in place.ids:
        if scheme not in known:
            yield f"ids.{scheme}", value


def accepted(table: Sequence[Row], authority: Authority, path: str) -> Accepted:
    """Turn the rows of a reviewed table that say yes into edits; nothing that a file has already is overwritten."""
    problems: list[Problem] = []
    chosen: dict[tuple[str, str], Row] = {}
    disputed: set[tuple[str, str]] = set()
    for row in table:
        fault, hint = _fault(row, authority)
        word = row.cells.get("accept", "").strip().casefold()
        if word in NO:
            continue
        if fault:
            problems.append(Problem(path, row.line, fault, hint))
            continue
        asked = row.cells["id"].strip(), row.cells["field"].strip()
        first = chosen.setdefault(asked, row)
        if first.cells["value"].strip() != row.cells["value"].strip():
            disputed.add(asked)
            hint = f"say yes to one of them; the other is line {first.line}"
            problems.append(Problem(path, row.line, f"{asked[0]} has two values for {asked[1]}", hint))
    edits, faults = _edits({asked: row for asked, row in chosen.items() if asked not in disputed}, authority, path)
    sound, found = checked(edits, authority)
    return Accepted(sound, sorted([*problems, *faults, *found]))


def _fault(row: Row, authority: Authority) -> tuple[str, str]:
    id_, field = row.cells.get("id", "").strip(), row.cells.get("field", "").strip()
    word = row.cells.get("accept", "").strip().casefold()
    if word not in YES | NO:
        return f'accept cannot be "{word}"', "write yes, or leave it empty"
    if id_ not in authority.texts:
        return f'no entity "{id_}"', "propose again: its file has been renamed or deleted"
    if not FIELD.fullmatch(field):
        return f'field cannot be "{field}"', "known: at, within, ids.wikidata and other ids"
    value = row.cells.get("value", "").strip()
    if not value:
        return "has no value", "write one, or leave accept empty"
    if field == "at" and value.endswith(NO_PRECISION):
        return f"the position of {id_} has no precision", f"write behind precision= one of {PRECISIONS}"
    return "", ""


def _edits(chosen: Mapping[tuple[str, str], Row], authority: Authority, path: str) -> tuple[list[Edit], list[Problem]]:
    edits: dict[str, Edit] = {}
    problems: list[Problem] = []
    for (id_, field), row in chosen.items():
        before = authority.texts[id_]
        text = edits[id_].after if id_ in edits else before
        document, faults = parse(text.removeprefix("\ufeff").replace("\r\n", "\n"), path_of(id_))
        if document is None:
            problems += faults
            continue
        key, _, scheme = field.partition(".")
        if _has(document.meta.get(key), scheme):
            fault = Problem(path, row.line, f"{id_} has {field} already", "it was left as it is", "warning")
            problems.append(fault)
            continue
        value = _value(row, document.meta.get(key), key, scheme)
        origin = edits[id_].origin if id_ in edits else Place(path, row.line)
        edits[id_] = Edit(path_of(id_), before, with_key(text, key, value), origin)
    return list(edits.values()), problems


def _has(value: Value | None, scheme: str) -> bool:
    return scheme in value if isinstance(value, dict) and scheme else bool(value)


def _value(row: Row, old: Value | None, key: str, scheme: str) -> Value:
    cell = row.cells["value"].strip()
    if key == "ids":
        return {**(old if isinstance(old, dict) else {}), scheme: cell}
    if key == "within":
        return cell
    point: dict[str, Value] = dict(split_table(cell) or {})
    source = row.cells.get("source", "").strip()
    return {**point, "source": source} if source and "source" not in point else point


def remarks(found: Iterable[Proposal], verdicts: Iterable[Verdict], path: str) -> list[Problem]:
    """Say which positions a person has to complete, and for which names of the gazetteer nothing is proposed."""
    problems: list[Problem] = []
    bare = sum(proposal.value.endswith(NO_PRECISION) for proposal in found)
    if bare:
        hint = f"before you accept one, write behind precision= one of {PRECISIONS}"
        message = f"gives no precision for {counted(bare, 'position')}"
        problems.append(Problem(path, 0, message, hint, "warning"))
    waiting = sorted(verdict.entity.name for verdict in verdicts if verdict.entity.suggested)
    if waiting:
        more = f" and {len(waiting) - MOST_NAMED:,} more" if len(waiting) > MOST_NAMED else ""
        suggested = "only a suggestion" if len(waiting) == 1 else "only suggestions"
        message = f"nothing is proposed for {', '.join(waiting[:MOST_NAMED])}{more}: {suggested}"
        problems.append(Problem(path, 0, message, "accept it first with  readingroom names review", "warning"))
    return problems


def told(proposals: Iterable[Proposal]) -> str:
    """Say for how many names something is proposed, by how sure it is.

    >>> row = Proposal("", "places/hajin", "Hajin", "at", "", "", "sure", "")
    >>> told([row, row._replace(field="within"), row._replace(id="places/sousa", confidence="unclear")])
    '2 names: 1 sure, 1 unclear'
    """
    surest: dict[str, str] = {}
    for proposal in proposals:
        surest.setdefault(proposal.id, proposal.confidence)
    counts = {word: list(surest.values()).count(word) for word in ("sure", "probably", "unclear")}
    said = ", ".join(f"{number:,} {word}" for word, number in counts.items() if number)
    return f"{counted(len(surest), 'name')}: {said}"
