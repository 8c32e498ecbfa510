"""Who is named where: the tallies of all reports turned into counts, spellings and places, by entity and by report."""

from __future__ import annotations

from array import array
from collections import defaultdict
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from readingroom.model import Mention


class Tally(NamedTuple):
    """How one report names one entity: how often, and each spelling with its count and where it stands first."""

    entity: str
    total: int
    spellings: tuple[tuple[str, int, str], ...]


class Spelt(NamedTuple):
    """How often a spelling is printed, and where first: the report's position in the archive, and the passage."""

    total: int
    position: int
    anchor: str


class Together(NamedTuple):
    """A sentence that names several entities: the passage it stands in, and their places among the report's tallies."""

    anchor: str
    entities: tuple[int, ...]


class Companionship(NamedTuple):
    """An entity named in the same sentences as another: how many, and where one of them stands.

    It is that with the fewest entities, the first of several: the report's position in the archive, and the passage.
    """

    entity: str
    sentences: int
    position: int
    anchor: str


def together(mentions: Iterable[Mention], sentences: Iterable[int], found: Iterable[Tally]) -> tuple[Together, ...]:
    """Find the sentences that name several entities, given the number of each mention's sentence, in reading order."""
    places = {tally.entity: place for place, tally in enumerate(found)}
    kept = []
    for _, group in groupby(zip(sentences, mentions, strict=True), key=itemgetter(0)):
        named = [mention for _, mention in group]
        entities = tuple(dict.fromkeys(places[mention.entity] for mention in named))
        if len(entities) > 1:
            kept.append(Together(named[0].paragraph, entities))
    return tuple(kept)


def tallies(mentions: Iterable[Mention]) -> tuple[Tally, ...]:
    """Count the mentions of one report, in the order in which entities and spellings come up."""
    counts: dict[str, dict[str, tuple[int, str]]] = {}
    for mention in mentions:
        spellings = counts.setdefault(mention.entity, {})
        total, anchor = spellings.get(mention.text, (0, mention.paragraph))
        spellings[mention.text] = (total + 1, anchor)
    return tuple(
        Tally(
            entity,
            sum(total for total, _ in spellings.values()),
            tuple((text, total, anchor) for text, (total, anchor) in spellings.items()),
        )
        for entity, spellings in counts.items()
    )


class Naming:
    """Who is named where, in as little memory as that takes: entities are numbered, reports are positions."""

    def __init__(self) -> None:
        """Begin with no report."""
        self._numbers: dict[str, int] = {}
        self._ids: list[str] = []
        self._named: list[tuple[array[int], array[int]]] = []
        self._holders: defaultdict[str, tuple[array[int], array[int]]] = defaultdict(lambda: (array("I"), array("I")))
        self._spelt: defaultdict[str, dict[str, Spelt]] = defaultdict(dict)
        self._anchors: dict[str, int] = {}
        self._sentences: list[array[int]] = []

    def add(self, rows: Sequence[Tally | None], sentences: Iterable[Together] = ()) -> None:
        """Take in the next report of the archive; None stands for an entity that has no page."""
        here = [row for row in rows if row is not None]
        self._count(here)
        numbers = [None if row is None else self._numbers[row.entity] for row in rows]
        flat = array("I")
        for anchor, places in sentences:
            named = [number for number in map(numbers.__getitem__, places) if number is not None]
            if len(named) > 1:
                flat.extend((self._anchors.setdefault(anchor, len(self._anchors)), len(named), *named))
        self._sentences.append(flat)

    def _count(self, rows: Sequence[Tally]) -> None:
        position = len(self._named)
        for entity, total, spellings in rows:
            if entity not in self._numbers:
                self._numbers[entity] = len(self._ids)
                self._ids.append(entity)
            where, counts = self._holders[entity]
            where.append(position)
            counts.append(total)
            known = self._spelt[entity]
            for text, times, anchor in spellings:
                before = known.get(text)
                known[text] = Spelt(before[0] + times, *before[1:]) if before else Spelt(times, position, anchor)
        numbers = array("I", [self._numbers[row.entity] for row in rows])
        self._named.append((numbers, array("I", [row.total for row in rows])))

    def __contains__(self, entity: str) -> bool:
        """Tell whether any report names the entity."""
        return entity in self._numbers

    def in_report(self, position: int) -> dict[str, int]:
        """Return how often a report names each entity."""
        numbers, totals = self._named[position]
        return {self._ids[number]: total for number, total in zip(numbers, totals, strict=True)}

    def of_report(self, position: int) -> Iterator[str]:
        """Return the entities a report names."""
        return map(self._ids.__getitem__, self._named[position][0])

    def holders(self, entity: str) -> Sequence[int]:
        """Return the positions of the reports that name an entity, in order."""
        return self._holders[entity][0] if entity in self._numbers else ()

    def counts(self, entity: str) -> Iterator[tuple[int, int]]:
        """Return the positions of the reports that name an entity, each with how often."""
        return zip(*self._holders[entity], strict=True) if entity in self._numbers else iter(())

    def total(self, entity: str) -> int:
        """Return how many mentions an entity has."""
        return sum(self._holders[entity][1]) if entity in self._numbers else 0

    def spelt(self, entity: str) -> Mapping[str, Spelt]:
        """Return how an entity is printed."""
        return self._spelt[entity] if entity in self._numbers else {}

    def companions(self, entity: str) -> tuple[Companionship, ...]:
        """Find those named in the same sentences as an entity, the most frequent first."""
        own = self._numbers.get(entity, -1)
        counts: dict[int, int] = {}
        best: dict[int, tuple[int, int, int]] = {}
        for position in self.holders(entity):
            for anchor, named in self._naming(own, position):
                here = (len(named), position, anchor)
                for number in named:
                    times = counts.get(number, 0)
                    counts[number] = times + 1
                    if not times or here[0] < best[number][0]:
                        best[number] = here
        counts.pop(own, None)
        anchors = list(self._anchors)
        found = sorted((-times, self._ids[number], best[number]) for number, times in counts.items())
        return tuple(Companionship(key, -less, at, anchors[anchor]) for less, key, (_, at, anchor) in found)

    def _naming(self, own: int, position: int) -> Iterator[tuple[int, array[int]]]:
        """Return the sentences of a report that name an entity and others: the number of the passage, and all named."""
        flat = self._sentences[position]
        end = 0
        while end < len(flat):
            start, end = end + 2, end + 2 + flat[end + 1]
            named = flat[start:end]
            if own in named:
                yield flat[start - 2], named

    @property
    def mentions(self) -> int:
        """How many mentions there are in all."""
        return sum(sum(totals) for _, totals in self._named)
