"""Who is named where: the tallies of all reports turned into counts, spellings and places, by entity and by report.

Reports are added up by segment first (`add_up`), then all segments are brought together (`Naming`).
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from itertools import groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from readingroom.digest import SIZE, digest_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

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


class Uses(NamedTuple):
    """How the reports of a segment use names: entities are numbered as they come up, reports are places in it.

    `entities` gives each with its kind where a report only suggests it, else `""`; `named` and `totals` give by
    report which it names and how often; `spelt` gives by entity and spelling how often it is printed, and the place
    and the passage where it stands first; `quoted` digests by entity, in hex one after the other, what its pages show
    of these reports.
    """

    entities: Sequence[Sequence[str]]
    named: Sequence[Sequence[int]]
    totals: Sequence[Sequence[int]]
    spelt: Sequence[Mapping[str, Sequence[Any]]]
    quoted: str


class Counted(NamedTuple):
    """What is added up of one report: its tallies, the kinds of entities it only suggests, its sentences.

    `quoted` digests by tally what the pages of the entity show of the report.
    """

    tallies: Sequence[Tally]
    suggested: Mapping[str, str]
    together: Iterable[Together]
    quoted: Sequence[str]


class Sentences(NamedTuple):
    """The sentences of a segment that name several entities.

    `named` gives them by report, one after the other: the number of the passage among `anchors`, how many entities
    follow, and these by their numbers in `Uses`.
    """

    anchors: Sequence[str]
    named: Sequence[Sequence[int]]


def add_up(reports: Iterable[Counted]) -> tuple[Uses, Sentences]:
    """Add up what is counted in reports, in their order."""
    numbers: dict[tuple[str, str], int] = {}
    anchors: dict[str, int] = {}
    spelt: list[dict[str, tuple[int, int, str]]] = []
    quoted: list[list[str]] = []
    named, totals, flats = [], [], []
    for place, (found, suggested, several, digests) in enumerate(reports):
        here = [numbers.setdefault((one.entity, suggested.get(one.entity, "")), len(numbers)) for one in found]
        spelt += [{} for _ in range(len(numbers) - len(spelt))]
        quoted += [[] for _ in range(len(numbers) - len(quoted))]
        for number, tally, digest in zip(here, found, digests, strict=True):
            quoted[number].append(digest)
            known = spelt[number]
            for text, times, anchor in tally.spellings:
                before = known.get(text)
                known[text] = (before[0] + times, *before[1:]) if before else (times, place, anchor)
        named.append(here)
        totals.append([tally.total for tally in found])
        flats.append(
            [
                value
                for anchor, entities in several
                for value in (anchors.setdefault(anchor, len(anchors)), len(entities), *map(here.__getitem__, entities))
            ]
        )
    whole = "".join([digest_bytes("".join(digests).encode()) for digests in quoted])
    return Uses([*numbers], named, totals, spelt, whole), Sentences([*anchors], flats)


class Naming:
    """Who is named where, in as little memory as that takes: entities are numbered, reports are positions."""

    def __init__(self) -> None:
        """Begin with no report."""
        self._numbers: dict[str, int] = {}
        self._ids: list[str] = []
        self._holders: list[tuple[array[int], array[int]]] = []
        self._sums: list[int] = []
        self._spelt: list[dict[str, list[Any]]] = []
        self._quoted: list[tuple[array[int], bytearray]] = []
        self._starts, self._named, self._totals = array("I", [0]), array("I"), array("I")
        self._segments: list[_Segment] = []
        self._firsts: list[int] = []
        self._anchors: dict[str, int] = {}

    def add(self, uses: Uses, has_page: Iterable[bool], sentences: Callable[[], Sentences]) -> None:
        """Take in the next segment of the archive, of whose entities only those count that have a page.

        `sentences` is asked when somebody asks for companions.
        """
        numbers = [
            self._number(entity) if shown else None for (entity, _), shown in zip(uses.entities, has_page, strict=True)
        ]
        first, here = len(self._starts) - 1, len(self._segments)
        self._firsts.append(first)
        self._segments.append(_Segment(numbers, sentences))
        quoted = bytes.fromhex(uses.quoted)
        for place, (number, spelt) in enumerate(zip(numbers, uses.spelt, strict=True)):
            if number is not None:
                self._sums[number] += self._spell(self._spelt[number], spelt, first)
                segments, digests = self._quoted[number]
                segments.append(here)
                digests += quoted[place * SIZE : (place + 1) * SIZE]
        columns = [None if number is None else self._columns(number) for number in numbers]
        for position, (named, totals) in enumerate(zip(uses.named, uses.totals, strict=True), start=first):
            for place, total in zip(named, totals, strict=True):
                if column := columns[place]:
                    add_position, add_total, number = column
                    add_position(position)
                    add_total(total)
                    self._named.append(number)
                    self._totals.append(total)
            self._starts.append(len(self._named))

    def _columns(self, number: int) -> tuple[Callable[[int], None], Callable[[int], None], int]:
        """Return what takes in where an entity is named and how often; looked up once for many reports."""
        positions, totals = self._holders[number]
        return positions.append, totals.append, number

    def _number(self, entity: str) -> int:
        if entity not in self._numbers:
            self._numbers[entity] = len(self._ids)
            self._ids.append(entity)
            self._holders.append((array("I"), array("I")))
            self._sums.append(0)
            self._spelt.append({})
            self._quoted.append((array("I"), bytearray()))
        return self._numbers[entity]

    @staticmethod
    def _spell(known: dict[str, list[Any]], spelt: Mapping[str, Sequence[Any]], first: int) -> int:
        """Add how an entity is printed in a segment that begins at position `first`; return how often."""
        total = 0
        for text, (times, place, anchor) in spelt.items():
            total += times
            before = known.get(text)
            if before is None:
                known[text] = [times, first + place, anchor]
                continue
            before[0] += times
            if first + place < before[1]:  # by reports of this segment that only suggest it, or the other way round
                before[1:] = first + place, anchor
        return total

    def __contains__(self, entity: str) -> bool:
        """Tell whether any report names the entity."""
        return entity in self._numbers

    @property
    def entities(self) -> Sequence[str]:
        """The entities that are named, by number."""
        return self._ids

    def numbers(self, position: int) -> Sequence[int]:
        """Return the entities a report names, by number."""
        return self._named[self._starts[position] : self._starts[position + 1]]

    def in_report(self, position: int) -> dict[str, int]:
        """Return how often a report names each entity."""
        totals = self._totals[self._starts[position] : self._starts[position + 1]]
        return dict(zip(self.of_report(position), totals, strict=True))

    def of_report(self, position: int) -> Iterator[str]:
        """Return the entities a report names."""
        return map(self._ids.__getitem__, self.numbers(position))

    def holding(self, number: int) -> array[int]:
        """Return the positions of the reports that name the entity of a number, in order."""
        return self._holders[number][0]

    def holders(self, entity: str) -> Sequence[int]:
        """Return the positions of the reports that name an entity, in order."""
        return self.tally(entity)[0]

    def tally(self, entity: str) -> tuple[array[int], array[int]]:
        """Return the positions of the reports that name an entity, in order, and how often each does."""
        return self._holders[self._numbers[entity]] if entity in self._numbers else (array("I"), array("I"))

    def counts(self, entity: str) -> Iterator[tuple[int, int]]:
        """Return the positions of the reports that name an entity, each with how often."""
        return zip(*self.tally(entity), strict=True)

    def total(self, entity: str) -> int:
        """Return how many mentions an entity has."""
        return self._sums[self._numbers[entity]] if entity in self._numbers else 0

    def spelt(self, entity: str) -> Mapping[str, Spelt]:
        """Return how an entity is printed."""
        known = self._spelt[self._numbers[entity]] if entity in self._numbers else {}
        return {text: Spelt(*found) for text, found in known.items()}

    def quoted(self, entity: str, positions: Sequence[int]) -> bytes:
        """Return digests of what an entity's pages show of these reports, which name it, and perhaps of some beside.

        It differs wherever that does: it holds the digests of all segments that name the entity, from that of the
        first of them to that of the last.
        """
        if not positions:
            return b""
        segments, digests = self._quoted[self._numbers[entity]]
        first, last = (bisect_right(self._firsts, position) - 1 for position in (positions[0], positions[-1]))
        return bytes(digests[bisect_left(segments, first) * SIZE : bisect_right(segments, last) * SIZE])

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
        place = bisect_right(self._firsts, position) - 1
        flat = self._segments[place].sentences(self._anchors)[position - self._firsts[place]]
        end = 0
        while end < len(flat):
            start, end = end + 2, end + 2 + flat[end + 1]
            named = flat[start:end]
            if own in named:
                yield flat[start - 2], named

    @property
    def mentions(self) -> int:
        """How many mentions there are in all."""
        return sum(self._sums)


class _Segment:
    """Reports that were taken in together: the number of each of their entities, None for one without a page."""

    def __init__(self, numbers: Sequence[int | None], sentences: Callable[[], Sentences]) -> None:
        self._numbers, self._read = numbers, sentences
        self._sentences: list[array[int]] | None = None

    def sentences(self, anchors: dict[str, int]) -> list[array[int]]:
        """Return the sentences by report, as `Sentences` has them but for the numbers, those of the whole archive."""
        if self._sentences is None:
            found = self._read()
            passages = [anchors.setdefault(anchor, len(anchors)) for anchor in found.anchors]
            self._sentences = [self._numbered(flat, passages) for flat in found.named]
        return self._sentences

    def _numbered(self, flat: Sequence[int], passages: Sequence[int]) -> array[int]:
        found = array("I")
        each = iter(flat)
        for anchor, size in zip(each, each, strict=True):
            named = [number for place in islice(each, size) if (number := self._numbers[place]) is not None]
            if len(named) > 1:
                found.extend((passages[anchor], len(named), *named))
        return found
