"""Who is named where: the tallies of all reports turned into counts, spellings and places, by entity and by report."""

from __future__ import annotations

from array import array
from collections import defaultdict
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

    def add(self, rows: Sequence[Tally]) -> None:
        """Take in the next report of the archive."""
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
                known[text] = before._replace(total=before.total + times) if before else Spelt(times, position, anchor)
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

    @property
    def mentions(self) -> int:
        """How many mentions there are in all."""
        return sum(sum(totals) for _, totals in self._named)
