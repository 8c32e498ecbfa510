"""Reports that share rare names: for each report a few others, found near it among the reports that name the same.

An entity weighs log2(reports / reports that name it), rounded down, so that one new report changes few weights.
Only the rarest names of a report are followed, and of those that share them only the nearest in time: so the work
for a report does not grow with the archive.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from readingroom.naming import Naming

LIMIT = 5
FOLLOWED = 4
REACH = 8


class Relation(NamedTuple):
    """Another report, by position, and the entities it shares with this one, the rarest first."""

    position: int
    shared: tuple[str, ...]


class Relations:
    """The relations between the reports of an archive."""

    def __init__(self, naming: Naming, reports: int) -> None:
        """Weigh the entities of an archive of so many reports."""
        self._naming = naming
        names = naming.entities
        self._weights = bytes(_weight(reports, len(naming.holding(number))) for number in range(len(names)))
        rarest = sorted(range(len(names)), key=lambda number: (-self._weights[number], names[number]))
        self._ranks = array("I", bytes(4 * len(names)))
        for rank, number in enumerate(rarest):
            self._ranks[number] = rank

    def weights(self, position: int) -> bytes:
        """Return what each entity that a report names weighs."""
        return bytes(map(self._weights.__getitem__, self._naming.numbers(position)))

    def near(self, position: int) -> Sequence[int]:
        """Return the reports looked at for a report, some perhaps twice."""
        found = array("I")
        for number in sorted(self._naming.numbers(position), key=self._ranks.__getitem__)[:FOLLOWED]:
            holders = self._naming.holding(number)
            place = bisect_left(holders, position)
            found += holders[max(0, place - REACH) : place]
            found += holders[place + 1 : place + 1 + REACH]
        return found

    def related(self, position: int) -> tuple[Relation, ...]:
        """Find the reports that share the rarest entities with this one, the most closely related first."""
        mine, ids = frozenset(self._naming.numbers(position)), self._naming.entities
        found = []
        for other in dict.fromkeys(self.near(position)):
            shared = mine.intersection(self._naming.numbers(other))
            found.append((-sum(4 * self._weights[number] + 1 for number in shared), other, shared))
        found.sort(key=itemgetter(0, 1))
        return tuple(
            Relation(other, tuple(ids[number] for number in sorted(shared, key=self._ranks.__getitem__)))
            for _, other, shared in found[:LIMIT]
        )


def _weight(reports: int, holders: int) -> int:
    """Return how much it says of two reports that both name an entity: 0 where most reports do, at most 63."""
    return (reports // holders or 1).bit_length() - 1
