"""Reports, the authority and mentions turned into one Archive: who is named where, and with whom."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from readingroom.authority import lineage
from readingroom.dates import sort_key
from readingroom.digest import digest
from readingroom.model import Entity, Mention
from readingroom.naming import Naming
from readingroom.related import Relations
from readingroom.sums import name, shown_of, sum_up

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence

    from readingroom.concordance import Quoted
    from readingroom.config import Config
    from readingroom.model import Card, Change, Content, FreePage, Report
    from readingroom.naming import Sentences, Uses
    from readingroom.sums import Excerpts, Named, Sums
    from readingroom.tables import Lines, Table


@dataclass(frozen=True)
class Shown:
    """A report with what its page shows of names: the mentions it links, and those it marks as references back."""

    report: Report
    mentions: tuple[Mention, ...]
    inferred: tuple[Mention, ...]

    def of_passages(self) -> Mapping[str, list[Mention]]:
        """Return both by the anchor of the passage they stand in."""
        found: dict[str, list[Mention]] = {passage.anchor: [] for passage in self.report.passages}
        for mention in (*self.mentions, *self.inferred):
            found[mention.paragraph].append(mention)
        return found


@dataclass(frozen=True)
class Archive:
    """Everything the pages are made of; every sequence is in its published order.

    `cards` are the reports published, `stamps` a digest of each and of all its page says of names; `shown` reads a
    report itself, by id, `quotes` what the page of an entity shows of a report, by the ids of both, `lines` what the
    report has in a table to take away, of which `line_digests` gives a digest by segment. An entity nobody names is in
    `entities` all the same. `ambiguous` are the mentions that no rule could decide, `references` counts references back
    by entity. `withdrawn` announces the reports that were published once and are no more.
    """

    config: Config
    cards: tuple[Card, ...]
    stamps: Sequence[bytes]
    naming: Naming
    entities: Mapping[str, Entity]
    shown: Mapping[str, Shown]
    quotes: Callable[[str, str], Quoted]
    lines: Callable[[Table, str], Lines]
    line_digests: LineDigests
    pages: tuple[FreePage, ...]
    changes: tuple[Change, ...]
    references: Counter[str] = field(default_factory=Counter)
    beside: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    ambiguous: tuple[Mention, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    withdrawn: tuple[Change, ...] = ()

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Where each report stands in the archive, by id."""
        return {card.id: position for position, card in enumerate(self.cards)}

    @cached_property
    def relations(self) -> Relations:
        """How reports are related."""
        return Relations(self.naming, len(self.cards))

    @cached_property
    def children(self) -> Mapping[str, tuple[Entity, ...]]:
        """The entities directly within each entity, by name."""
        found: defaultdict[str, list[Entity]] = defaultdict(list)
        for entity in self.entities.values():
            for parent in lineage(entity, self.entities)[:1]:
                found[parent.id].append(entity)
        return {key: tuple(sorted(group, key=lambda item: item.name.casefold())) for key, group in found.items()}

    @cached_property
    def changes_by_target(self) -> Mapping[str, tuple[Change, ...]]:
        """What was changed, by what it was changed of."""
        found: defaultdict[str, list[Change]] = defaultdict(list)
        for change in self.changes:
            found[change.of].append(change)
        return {target: tuple(changes) for target, changes in found.items()}


class LineDigests(NamedTuple):
    """Digests of what the reports of each segment have in tables, and the position of its first report."""

    firsts: Sequence[int]
    digests: Sequence[Mapping[Table, str]]

    def of(self, table: Table, positions: Sequence[int]) -> Iterator[str]:
        """Return those of the segments in which reports stand, from the first to the last of these."""
        if positions:
            first, last = (bisect_right(self.firsts, position) for position in (positions[0], positions[-1]))
            yield from (digests[table] for digests in self.digests[first - 1 : last])


class Builder:
    """The archive while its reports are brought together segment by segment, in their published order."""

    def __init__(self, content: Content, config: Config) -> None:
        """Begin with everything but the reports."""
        self._content, self._config = content, config
        self._listed = {entity.id: entity for entity in content.entities if entity.publish}
        self._suggested = _Suggested()
        self._cards: list[Card] = []
        self._stamps: list[bytes] = []
        self._naming = Naming()
        self._references: Counter[str] = Counter()
        self._beside: dict[int, tuple[str, ...]] = {}
        self._ambiguous: list[Mention] = []
        self._firsts: list[int] = []
        self._lines: list[Mapping[Table, str]] = []

    def add(self, cards: Sequence[Card], sums: Sums, sentences: Callable[[], Sentences]) -> None:
        """Take in the published reports of a segment; their sentences are asked for when they are wanted."""
        first, uses = len(self._cards), sums.uses
        has_page = [self._has_page(entity, kind) for entity, kind in uses.entities]
        self._firsts.append(first)
        self._lines.append(sums.lines)
        self._cards += cards
        self._stamps += [stamp.encode() for stamp in sums.stamps]
        self._naming.add(uses, has_page, sentences)
        self._suggested.add(uses, has_page)
        for place, inferred in sums.inferred:
            for entity, times in inferred:
                self._references[entity] += times
            beside = {entity for entity, _ in inferred}.difference(self._naming.of_report(first + place))
            if beside:
                self._beside[first + place] = tuple(sorted(beside))
        self._ambiguous += [Mention._make((*one[:-1], tuple(one[-1]))) for one in sums.ambiguous]

    def finish(
        self,
        shown: Callable[[Mapping[str, Entity]], Mapping[str, Shown]],
        quotes: Callable[[str, str], Quoted],
        lines: Callable[[Table, str], Lines],
        hidden: Collection[str],
    ) -> Archive:
        """Return the archive.

        `shown`, `quotes` and `lines` read its reports, `hidden` are the ids of those not published.
        """
        content = self._content
        entities = self._listed | {entity.id: entity for entity in self._suggested.entities()}
        return Archive(
            config=self._config,
            cards=tuple(self._cards),
            stamps=self._stamps,
            naming=self._naming,
            entities=entities,
            shown=shown(entities),
            quotes=quotes,
            lines=lines,
            line_digests=LineDigests(self._firsts, self._lines),
            pages=content.pages,
            changes=content.changes,
            references=Counter({key: times for key, times in self._references.items() if key in entities}),
            beside=self._beside,
            ambiguous=tuple(sorted(self._ambiguous, key=attrgetter("report"))),
            moved=content.moved,
            withdrawn=_withdrawn(content.changes, hidden),
        )

    def _has_page(self, entity: str, suggested: str) -> bool:
        return entity in self._listed or (self._config.publish_suggestions and bool(suggested))


def index(
    content: Content, reports: Sequence[Report], found: Mapping[str, Sequence[Mention]], config: Config
) -> Archive:
    """Bring together what is published of reports that are all in memory."""
    published = sorted((report for report in reports if report.publish), key=order)
    builder = Builder(content, config)
    mentions = [found.get(report.id, ()) for report in published]
    named: list[Named] = []
    excerpts: dict[str, Excerpts] = {}
    for report, known in zip(published, mentions, strict=True):
        come_to, excerpts[report.id] = name(report, known, digest((report, known)))
        named.append(come_to)
    sums, sentences = sum_up(named)
    builder.add([report.card for report in published], sums, lambda: sentences)
    return builder.finish(
        lambda entities: {report.id: show(report, found.get(report.id, ()), entities) for report in published},
        lambda report, entity: excerpts[report].quotes[entity],
        lambda table, report: excerpts[report].lines[table],
        {report.id for report in reports if not report.publish},
    )


def show(report: Report, found: Iterable[Mention], entities: Container[str]) -> Shown:
    """Choose of a report's mentions, in reading order, what its page shows."""
    known = [mention for mention in found if mention.entity in entities]
    return Shown(report, tuple(shown_of(known)), tuple(one for one in known if one.status == "inferred"))


class _Suggested:
    """The names that are only suggested, gathered report by report."""

    def __init__(self) -> None:
        self._texts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._kinds: dict[str, str] = {}

    def add(self, uses: Uses, has_page: Iterable[bool]) -> None:
        """Take in what a segment suggests of those that have a page."""
        for (entity, kind), spelt, shown in zip(uses.entities, uses.spelt, has_page, strict=True):
            if kind and shown:
                self._kinds[entity] = kind
                self._texts[entity].update({text: times for text, (times, *_) in spelt.items()})

    def entities(self) -> Iterator[Entity]:
        """Make an entity of each name: the commonest spelling is what it is called."""
        for key in sorted(self._texts):
            texts = self._texts[key]
            first, *others = sorted(texts, key=lambda text: (-texts[text], text))
            yield Entity(id=key, path="", kind=self._kinds[key], name=first, variants=tuple(others), suggested=True)


def _withdrawn(changes: Iterable[Change], hidden: Collection[str]) -> tuple[Change, ...]:
    """Find the last withdrawal announced of each report that is not published, in order of their ids."""
    found = [change for change in changes if change.kind == "withdrawal" and change.of in hidden]
    return tuple({change.of: change for change in sorted(found, key=lambda one: (one.of, one.date))}.values())


def order(report: Card | Report) -> tuple[bool, str, str]:
    """Sort reports by date, undated ones last."""
    return (not report.published, sort_key(report.published) if report.published else "", report.id)
