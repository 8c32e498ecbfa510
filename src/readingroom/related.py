"""Reports that share rare names: for each report a few others, found near it among the reports that name the same.

An entity weighs log2(reports / reports that name it), rounded down, so that one new report changes few weights.
Only the rarest names of a report are followed, and of those that share them only the nearest in time: so the work
for a report does not grow with the archive.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        """Look at an archive of so many reports."""
        self._naming, self._reports = naming, reports
        self._weights: dict[str, int] = {}

    def weight(self, entity: str) -> int:
        """Return how much it says of two reports that both name the entity: 0 where most reports do, at most 63."""
        if entity not in self._weights:
            self._weights[entity] = (self._reports // (len(self._naming.holders(entity)) or 1) or 1).bit_length() - 1
        return self._weights[entity]

    def near(self, position: int) -> dict[str, tuple[int, ...]]:
        """Return the reports looked at for a report, by the names that lead to them."""
        rarest = sorted(self._naming.of_report(position), key=lambda entity: (-self.weight(entity), entity))[:FOLLOWED]
        return {entity: tuple(self._neighbours(entity, position)) for entity in rarest}

    def _neighbours(self, entity: str, position: int) -> Iterator[int]:
        holders = self._naming.holders(entity)
        place = bisect_left(holders, position)
        yield from holders[max(0, place - REACH) : place]
        yield from holders[place + 1 : place + 1 + REACH]

    def related(self, position: int) -> tuple[Relation, ...]:
        """Find the reports that share the rarest entities with this one, the most closely related first."""
        mine = {entity: self.weight(entity) for entity in self._naming.of_report(position)}
        found = []
        for other in dict.fromkeys(one for near in self.near(position).values() for one in near):
            shared = [entity for entity in self._naming.of_report(other) if entity in mine]
            found.append((-sum(4 * mine[entity] + 1 for entity in shared), other, shared))
        found.sort(key=lambda item: item[:2])
        return tuple(
            Relation(other, tuple(sorted(shared, key=lambda entity: (-mine[entity], entity))))
            for _, other, shared in found[:LIMIT]
        )
