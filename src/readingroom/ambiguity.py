"""A spelling that may name several entities, decided by what stands around it, or left open.

Kinds are told apart by cue words beside the name. Places are told apart by a containing place named in
the same paragraph (the same sentence first, then the nearest), else by how near they lie to places named
beyond doubt in the paragraph, then in the report.
"""

from __future__ import annotations

import re
from math import asin, cos, radians, sin, sqrt
from typing import TYPE_CHECKING, NamedTuple

from readingroom.authority import lineage
from readingroom.english import CUES_AFTER, CUES_BEFORE
from readingroom.model import BY_DISTANCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from readingroom.matching import Hit, Sense, Text
    from readingroom.model import Entity, Point

BY_CUE = 0.8
BY_CONTAINER = 0.8
CLEARLY_NEARER = 2.0

_EARTH = 6371.0
_NEAR = 40
_SENTENCE_END = re.compile(r"[.!?] ")


class Choice(NamedTuple):
    """The sense decided on, the reason in words, and how sure that is."""

    sense: Sense
    why: str
    confidence: float


class Setting(NamedTuple):
    """What decides: the passage and its hits, the hits of every passage, and every entity by id."""

    text: Text
    hits: Sequence[Hit]
    report: Sequence[Sequence[Hit]]
    entities: dict[str, Entity]
    persons: frozenset[str]


def choose(hit: Hit, setting: Setting) -> Choice | None:
    """Decide which of its senses a hit has; None where the context does not say."""
    groups = {_group(sense.entity, setting.persons) for sense in hit.senses}
    senses: Sequence[Sense] = hit.senses
    if len(groups) > 1:
        group = _cued(hit, groups, setting.text.folded)
        senses = [sense for sense in senses if _group(sense.entity, setting.persons) == group]
        if len(senses) == 1:
            word = "name" if group == "other" else group
            return Choice(senses[0], f"the words beside it speak of a {word}", BY_CUE)
    if not senses or groups == {"person"}:
        return None
    chains = [lineage(sense.entity, setting.entities) for sense in senses]
    return _by_container(hit, senses, chains, setting) or _by_distance(senses, chains, setting)


def _group(entity: Entity, persons: frozenset[str]) -> str:
    if entity.kind in persons:
        return "person"
    return "place" if entity.kind == "place" or entity.within or entity.at else "other"


def _cued(hit: Hit, groups: Iterable[str], folded: str) -> str:
    before = folded[max(0, hit.start - _NEAR) : hit.start]
    after = folded[hit.end : hit.end + _NEAR]
    cued = [group for group in groups if CUES_BEFORE[group].search(before) or CUES_AFTER[group].match(after)]
    return cued[0] if len(cued) == 1 else ""


def _by_container(
    hit: Hit, senses: Sequence[Sense], chains: Sequence[Sequence[Entity]], setting: Setting
) -> Choice | None:
    own = {sense.entity.id for sense in hit.senses}
    shared = set.intersection(*({place.id for place in chain} for chain in chains))
    found = []
    for sense, chain in zip(senses, chains, strict=True):
        containers = {place.id: _said(place, "a larger place") for place in chain if place.id not in own | shared}
        found += [
            (*_apart(hit, other, setting.text.folded), sense, containers[named])
            for other in setting.hits
            for named in {sense.entity.id for sense in other.senses} & containers.keys()
        ]
    if not found:
        return None
    found.sort(key=lambda item: item[:2])
    best = found[0]
    if any(item[:2] == best[:2] and item[2] is not best[2] for item in found):
        return None
    return Choice(best[2], f"within {best[3]}, named beside it", BY_CONTAINER)


def _apart(hit: Hit, other: Hit, folded: str) -> tuple[bool, int]:
    """Measure how far another name is: first whether in another sentence, then in characters."""
    first, second = sorted((hit, other), key=lambda item: item.start)
    return _SENTENCE_END.search(folded, first.end, second.start) is not None, second.start - first.end


def _by_distance(senses: Sequence[Sense], chains: Sequence[Sequence[Entity]], setting: Setting) -> Choice | None:
    if any(sense.entity.at is None for sense in senses):
        return None
    shared = set.intersection(*({place.id for place in chain} for chain in chains))
    for passages, where in (([setting.hits], "paragraph"), (setting.report, "report")):
        near = [anchor for anchor in _certain(passages) if anchor.id not in shared]
        ranked = sorted(((*_nearest(sense.entity, near), sense) for sense in senses), key=lambda item: item[:2])
        if near and ranked[0][0] * CLEARLY_NEARER <= ranked[1][0] and ranked[1][0] > 0:
            why = f"nearest to {ranked[0][1]}, named in the same {where}"
            return Choice(ranked[0][2], why, BY_DISTANCE)
    return None


def _certain(passages: Iterable[Iterable[Hit]]) -> list[Entity]:
    """List the places that some hit names beyond doubt and whose position is known, each once."""
    named = (hit.senses[0].entity for hits in passages for hit in hits if len(hit.senses) == 1)
    return list({entity.id: entity for entity in named if entity.at}.values())


def _nearest(place: Entity, anchors: Iterable[Entity]) -> tuple[float, str]:
    return min(
        (
            (kilometres(place.at, anchor.at), _said(anchor, "another place"))
            for anchor in anchors
            if place.at and anchor.at
        ),
        default=(0.0, ""),
    )


def _said(place: Entity, otherwise: str) -> str:
    """Name a place in a reason that readers may see; one that is not published stays unnamed."""
    return place.name if place.publish else otherwise


def kilometres(one: Point, other: Point) -> float:
    """Measure the great-circle distance of two points (haversine formula)."""
    north, east = radians(other.lat - one.lat) / 2, radians(other.lon - one.lon) / 2
    part = sin(north) ** 2 + cos(radians(one.lat)) * cos(radians(other.lat)) * sin(east) ** 2
    return 2 * _EARTH * asin(min(1.0, sqrt(part)))
