"""Faults that only show when the files of content/ are seen together."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from readingroom.config import nearest
from readingroom.problems import Problem, counted
from readingroom.romanise import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from readingroom.config import Kind
    from readingroom.model import Card, Change, Entity, Mention, Passage

    LineOf = Callable[[str, str], int]

MAY_BE = "may be "
ROLE_SOURCE = re.compile(r"\s*\(([^()#\s]+)#([^()\s]+)\)$")


def first_line(_path: str, _key: str) -> int:
    """Name the first line, where nobody knows the line of a key."""
    return 1


def check_authority(
    entities: Sequence[Entity],
    kinds: Sequence[Kind],
    *,
    left_out: Sequence[Entity] = (),
    present: Collection[str] = (),
    line_of: LineOf = first_line,
) -> list[Problem]:
    """Find entities that cannot be told apart and references that lead nowhere.

    Of those `left_out`, for faults of their own, the references are checked; what leads to an id in `present`
    leads somewhere. `line_of` gives the line of a key in a file.
    """
    known = {*(entity.id for entity in entities), *present}
    folders = {kind.name: kind.folder for kind in kinds}
    return [
        *_same_names(entities, line_of),
        *(fault for entity in (*entities, *left_out) for fault in _references(entity, known, folders, line_of)),
        *_circles(entities, folders, line_of),
    ]


def check_changes(changes: Iterable[tuple[Change, int]], known: set[str], path: str) -> list[Problem]:
    """Find changes, given with their lines, that are announced of something the archive does not have."""
    return [
        Problem(path, line, f'a change of "{change.of}", which is not here', nearest(change.of, sorted(known)))
        for change, line in changes
        if change.of not in known
    ]


class Cited(NamedTuple):
    """The reports that a role may rest on, by id, and what gives the passages of one."""

    cards: Mapping[str, Card]
    passages: Callable[[str], Iterable[Passage]]


def check_roles(
    entities: Iterable[Entity],
    reports: Cited,
    *,
    present: Collection[str] = (),
    line_of: LineOf = first_line,
) -> list[Problem]:
    """Find roles that rest on a passage nobody can read; a report in `present` may be left out for its own faults."""
    problems = []
    for entity in entities:
        cited = ROLE_SOURCE.search(entity.role)
        if not cited or (cited[1] in present and cited[1] not in reports.cards):
            continue
        fault, hint = _role_fault(cited[1], cited[2], reports)
        if fault:
            problems.append(Problem(entity.path, line_of(entity.path, "role"), fault, hint, "warning"))
    return problems


def _role_fault(report_id: str, anchor: str, reports: Cited) -> tuple[str, str]:
    card = reports.cards.get(report_id)
    if card is None:
        return f"the role rests on {report_id}, which is not here", nearest(report_id, sorted(reports.cards))
    if not card.publish:
        return f"the role rests on {report_id}, which is not published", "name another report that says so"
    anchors = [passage.anchor for passage in reports.passages(report_id)]
    if anchor not in anchors:
        return f"the role rests on {report_id}#{anchor}, but there is no such passage", nearest(anchor, anchors)
    return "", ""


def check_ambiguous(
    found: Iterable[Mention], entities: Mapping[str, Entity], line_of: LineOf = first_line
) -> list[Problem]:
    """Find the spellings whose mentions are not linked because the context does not say which entity they name."""
    groups: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for mention in found:
        if mention.status == "ambiguous":
            groups[fold(mention.text), mention.why[0].removeprefix(MAY_BE)][mention.text] += 1
    problems = []
    for (spelling, candidates), texts in groups.items():
        bearers = [entities[key] for key in candidates.split(" or ") if key in entities]
        path, line = _where(bearers[0], spelling, line_of) if bearers else ("content", 0)
        many = sum(texts.values())
        said = f"{counted(many, 'mention')} {'is' if many == 1 else 'are'} not linked"
        message = f'"{texts.most_common(1)[0][0]}" may be {candidates}: {said}'
        problems.append(Problem(path, line, message, _apart(bearers), "warning"))
    return problems


def _where(entity: Entity, spelling: str, line_of: LineOf) -> tuple[str, int]:
    """Say where a file gives a spelling."""
    given = {"name": (entity.name,), "variants": entity.variants}
    key = next((key for key, spellings in given.items() if spelling in map(fold, spellings)), "native")
    return entity.path, line_of(entity.path, key)


def _apart(bearers: Sequence[Entity]) -> str:
    """Say what would tell the bearers of one spelling apart."""
    if len({entity.kind for entity in bearers}) > 1:
        return "give one of them a longer name, or take the spelling out of one of the files"
    if not any(one.kind == "place" or one.within or one.at for one in bearers):
        return "give one of them a longer name, or merge them if they are one"
    if _lie_together(bearers):
        return f"{_merge(*bearers[:2])}; if they are not one, give one of them a longer name"
    if all(one.within for one in bearers):
        hint = "name the containing place beside it in the report"
        return f"{hint}, or give each its position (at:)" if any(one.at is None for one in bearers) else hint
    return "add within: to each and name the containing place beside it, or give one of them a longer name"


def _lie_together(bearers: Sequence[Entity]) -> bool:
    """Tell whether places lie in the same place, so that naming it tells nothing."""
    return len(bearers) > 1 and bool(bearers[0].within) and len({entity.within for entity in bearers}) == 1


def _merge(one: Entity, other: Entity) -> str:
    return f"merge them:  readingroom names merge {other.id} {one.id}"


def check_reports(reports: Iterable[Card], line_of: LineOf = first_line) -> list[Problem]:
    """Find reports made from the same seed."""
    problems: list[Problem] = []
    first: dict[str, Card] = {}
    for report in reports:
        if not report.original:
            continue
        other = first.setdefault(report.original, report)
        if other is not report:
            hint = f"keep one of them; the other is {other.path}"
            message = f"duplicate: also made from seeds/{report.original}"
            problems.append(Problem(report.path, line_of(report.path, "original"), message, hint))
    return problems


SAMPLE = 50  # headlines that show what letters the reports in a language are in


def check_scripts(entities: Sequence[Entity], reports: Iterable[Card]) -> list[Problem]:
    """Find reports in letters that no listed name is written in: no name is found in them."""
    by_language: defaultdict[str, list[Card]] = defaultdict(list)
    cards = [*reports]
    if all(report.title.isascii() for report in cards):
        return []
    from readingroom.which_language import LATIN, holds, script_of  # noqa: PLC0415 - start-up: most archives need none

    for report in cards:
        by_language[report.language.partition("-")[0]].append(report)
    problems = []
    for language, (first, *others) in by_language.items():
        [(script, _)] = Counter(script_of(report.title) for report in (first, *others[:SAMPLE])).most_common(1)
        if script == LATIN or not entities:
            continue
        if not any(holds(script, spelling) for entity in entities for spelling in entity.spellings):
            more = f", nor in {counted(len(others), 'more report')} in this language" if others else ""
            message = f"no name in its letters can be found here{more}: none is listed"
            hint = f"say in content/ how names are written there:  native: {{{language}: …}}"
            problems.append(Problem(first.path, 0, message, hint, "warning"))
    return problems


def lineage(entity: Entity, entities: Mapping[str, Entity]) -> tuple[Entity, ...]:
    """Return the places that contain this one, the nearest first; stops at a missing link or a circle."""
    chain: list[Entity] = []
    folder = entity.id.partition("/")[0]
    while entity.within:
        parent = entities.get(f"{folder}/{entity.within}")
        if parent is None or parent in chain:
            break
        chain.append(parent)
        entity = parent
    return tuple(chain)


def _same_names(entities: Sequence[Entity], line_of: LineOf) -> list[Problem]:
    groups: defaultdict[tuple[str, str], list[Entity]] = defaultdict(list)
    for entity in entities:
        groups[entity.kind, entity.name.casefold()].append(entity)
    problems = []
    for group in groups.values():
        for entity in group[1:]:
            twin = group[0]
            if entity.within != twin.within or (entity.at and twin.at and entity.at[:2] != twin.at[:2]):
                continue
            hint = "add  within: <containing place>  to one of them, or merge the two files"
            if _lie_together((twin, entity)):
                hint = f"{_merge(twin, entity)}; if they are not one, give one of them a longer name"
            message = f'"{entity.name}" also names {twin.id}'
            problems.append(Problem(entity.path, line_of(entity.path, "name"), message, hint))
    return problems


def _references(entity: Entity, known: set[str], folders: dict[str, str], line_of: LineOf) -> Iterable[Problem]:
    folder = folders[entity.kind]
    if entity.within and f"{folder}/{entity.within}" not in known:
        slugs = sorted(other.partition("/")[2] for other in known if other.startswith(f"{folder}/"))
        line = line_of(entity.path, "within")
        yield Problem(entity.path, line, f'within "{entity.within}": no such place', nearest(entity.within, slugs))
    for other in entity.distinct_from:
        if other not in known:
            line = line_of(entity.path, "not")
            yield Problem(entity.path, line, f'not "{other}": no such entity', nearest(other, sorted(known)))


def _circles(entities: Sequence[Entity], folders: dict[str, str], line_of: LineOf) -> Iterable[Problem]:
    parents = {entity.id: f"{folders[entity.kind]}/{entity.within}" for entity in entities if entity.within}
    for entity in entities:
        seen, at = {entity.id}, parents.get(entity.id)
        while at is not None and at not in seen:
            seen.add(at)
            at = parents.get(at)
        if at == entity.id:
            line = line_of(entity.path, "within")
            yield Problem(entity.path, line, "lies within itself", "break the circle of within: keys")
