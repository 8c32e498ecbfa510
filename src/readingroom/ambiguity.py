"""A spelling that may name several entities, decided by what stands around it, or left open.

Kinds are told apart by cue words beside the name. Places are told apart by a containing place named in
the same paragraph (the same sentence first, then the nearest), else by how near they lie to places named
beyond doubt in the paragraph, then in the report. A spelling of more than twenty is left open at once.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from functools import cached_property
from math import asin, cos, radians, sin, sqrt
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from readingroom.authority import lineage
from readingroom.english import CUES_AFTER, CUES_BEFORE
from readingroom.model import BY_DISTANCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from readingroom.matching import Hit, Sense, Text
    from readingroom.model import Entity, Point

BY_CUE = 0.8
BY_CONTAINER = 0.8
CLEARLY_NEARER = 2.0
MOST_BEARERS = 20

_EARTH = 6371.0
_NEAR = 40
_SENTENCE_END = re.compile(r"[.!?] ")


class Choice(NamedTuple):
    """The sense decided on, the reason in words, and how sure that is."""

    sense: Sense
    why: str
    confidence: float


class Named:
    """What the hits of a passage or of a report name, looked up once for all that is undecided there."""

    def __init__(self, hits: Iterable[Hit]) -> None:
        """Take hits in the order of the text."""
        self._hits = tuple(hits)
        self.nearest: dict[tuple[str, ...], tuple[int, str] | None] = {}

    @cached_property
    def by_id(self) -> Mapping[str, Sequence[Hit]]:
        """The hits that may name an entity, by its id."""
        found: defaultdict[str, list[Hit]] = defaultdict(list)
        for hit in self._hits:
            for key in {sense.entity.id for sense in hit.senses}:
                found[key].append(hit)
        return found

    @cached_property
    def certain(self) -> tuple[Entity, ...]:
        """The places that some hit names beyond doubt and whose position is known, each once."""
        named = (hit.senses[0].entity for hit in self._hits if len(hit.senses) == 1)
        return tuple({entity.id: entity for entity in named if entity.at}.values())


class Here(Named):
    """What a passage names, and where its sentences end."""

    def __init__(self, text: Text, hits: Iterable[Hit]) -> None:
        """Take the hits of a passage."""
        super().__init__(hits)
        self.text = text

    @cached_property
    def ends(self) -> Sequence[int]:
        """Where sentences end."""
        return [found.start() for found in _SENTENCE_END.finditer(self.text.folded)]

    def beside(self, hit: Hit, key: str) -> Iterator[Hit]:
        """Yield the hits nearest to this one that may name an entity: the last before it and the first after it."""
        others = self.by_id.get(key, ())
        at = bisect_left(others, hit.start, key=attrgetter("start"))
        yield from others[max(0, at - 1) : at + 1]

    def apart(self, hit: Hit, other: Hit) -> tuple[bool, int]:
        """Measure how far another name is: first whether in another sentence, then in characters."""
        first, second = sorted((hit, other), key=attrgetter("start"))
        at = bisect_left(self.ends, first.end)
        parted = at < len(self.ends) and self.ends[at] + len(". ") <= second.start
        return parted, second.start - first.end


class Setting(NamedTuple):
    """What decides: what the passage names, what the report does, every entity by id, and the kinds of persons."""

    here: Here
    report: Named
    entities: dict[str, Entity]
    persons: frozenset[str]


def choose(hit: Hit, setting: Setting) -> Choice | None:
    """Decide which of its senses a hit has; None where the context does not say."""
    groups = {_group(sense.entity, setting.persons) for sense in hit.senses}
    senses: Sequence[Sense] = hit.senses
    if len(groups) > 1:
        group = _cued(hit, groups, setting.here.text.folded)
        senses = [sense for sense in senses if _group(sense.entity, setting.persons) == group]
        if len(senses) == 1:
            word = "name" if group == "other" else group
            return Choice(senses[0], f"the words beside it speak of a {word}", BY_CUE)
    if not senses or groups == {"person"} or len(senses) > MOST_BEARERS:
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
    own = {sense.entity.id for sense in hit.senses} | _shared(chains)
    found = [
        (*setting.here.apart(hit, other), other.start, sense, place)
        for sense, chain in zip(senses, chains, strict=True)
        for place in chain
        if place.id not in own
        for other in setting.here.beside(hit, place.id)
    ]
    if not found:
        return None
    best = min(found, key=lambda item: item[:3])
    if any(item[:2] == best[:2] and item[3] is not best[3] for item in found):
        return None
    return Choice(best[3], f"within {_said(best[4], 'a larger place')}, named beside it", BY_CONTAINER)


def _shared(chains: Iterable[Sequence[Entity]]) -> set[str]:
    return set.intersection(*({place.id for place in chain} for chain in chains))


def _by_distance(senses: Sequence[Sense], chains: Sequence[Sequence[Entity]], setting: Setting) -> Choice | None:
    if any(sense.entity.at is None for sense in senses):
        return None
    places = [sense.entity for sense in senses]
    key = tuple(place.id for place in places)
    for named, where in ((setting.here, "paragraph"), (setting.report, "report")):
        if key not in named.nearest:
            shared = _shared(chains)
            named.nearest[key] = _clearly_nearest(places, [one for one in named.certain if one.id not in shared])
        found = named.nearest[key]
        if found:
            why = f"nearest to {found[1]}, named in the same {where}"
            return Choice(senses[found[0]], why, BY_DISTANCE)
    return None


def _clearly_nearest(places: Sequence[Entity], anchors: Sequence[Entity]) -> tuple[int, str] | None:
    """Return which of some places lies clearly nearest to what is named beyond doubt, and the name of that."""
    ranked = sorted((*_nearest(place, anchors), number) for number, place in enumerate(places))
    if anchors and ranked[0][0] * CLEARLY_NEARER <= ranked[1][0] and ranked[1][0] > 0:
        return ranked[0][2], ranked[0][1]
    return None


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
