"""Faults that only show when the files of content/ are seen together."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from readingroom.config import nearest
from readingroom.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from readingroom.config import Kind
    from readingroom.model import Change, Entity, Report


def check_authority(entities: Sequence[Entity], kinds: Sequence[Kind]) -> list[Problem]:
    """Find entities that cannot be told apart and references that lead nowhere."""
    known = {entity.id for entity in entities}
    folders = {kind.name: kind.folder for kind in kinds}
    return [
        *_same_names(entities),
        *(fault for entity in entities for fault in _references(entity, known, folders)),
        *_circles(entities, folders),
    ]


def check_changes(changes: Iterable[Change], known: set[str], path: str) -> list[Problem]:
    """Find changes announced of something the archive does not have."""
    return [
        Problem(path, 0, f'a change of "{change.of}", which is not here', nearest(change.of, sorted(known)))
        for change in changes
        if change.of not in known
    ]


def check_reports(reports: Iterable[Report]) -> list[Problem]:
    """Find reports made from the same seed."""
    problems: list[Problem] = []
    first: dict[str, Report] = {}
    for report in reports:
        if report.original is None:
            continue
        other = first.setdefault(report.original.path, report)
        if other is not report:
            hint = f"keep one of them; the other is {other.path}"
            problems.append(Problem(report.path, 1, f"duplicate: also made from seeds/{report.original.path}", hint))
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


def _same_names(entities: Sequence[Entity]) -> list[Problem]:
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
            problems.append(Problem(entity.path, 1, f'"{entity.name}" also names {twin.id}', hint))
    return problems


def _references(entity: Entity, known: set[str], folders: dict[str, str]) -> Iterable[Problem]:
    folder = folders[entity.kind]
    if entity.within and f"{folder}/{entity.within}" not in known:
        slugs = sorted(other.partition("/")[2] for other in known if other.startswith(f"{folder}/"))
        yield Problem(entity.path, 1, f'within "{entity.within}": no such place', nearest(entity.within, slugs))
    for other in entity.distinct_from:
        if other not in known:
            yield Problem(entity.path, 1, f'not "{other}": no such entity', nearest(other, sorted(known)))


def _circles(entities: Sequence[Entity], folders: dict[str, str]) -> Iterable[Problem]:
    parents = {entity.id: f"{folders[entity.kind]}/{entity.within}" for entity in entities if entity.within}
    for entity in entities:
        seen, at = {entity.id}, parents.get(entity.id)
        while at is not None and at not in seen:
            seen.add(at)
            at = parents.get(at)
        if at == entity.id:
            yield Problem(entity.path, 1, "lies within itself", "break the circle of within: keys")
