"""Reports, the authority and mentions turned into one Archive: who is named where, and with whom."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from math import log2
from typing import TYPE_CHECKING, NamedTuple

from readingroom.authority import lineage
from readingroom.dates import sort_key
from readingroom.model import Entity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from readingroom.config import Config
    from readingroom.model import Change, Content, FreePage, Mention, Passage, Report

SENTENCE_END = re.compile(r"(?<=[.!?؟…])[\"”’)\]]*\s+")
SHOWN = frozenset({"reviewed", "suggested"})
RELATED_LIMIT = 5


class Companionship(NamedTuple):
    """Two entities in one sentence: how many sentences, and the closest pair of mentions as evidence."""

    entity: str
    sentences: int
    evidence: tuple[Mention, Mention]


class Relation(NamedTuple):
    """Another report and the entities it shares with this one, the rarest first."""

    report: str
    shared: tuple[str, ...]


@dataclass(frozen=True)
class Archive:
    """Everything the pages are made of; every sequence is in its published order.

    `mentions` maps a report's id to what its page links, `inferred` to the references back it marks; an entity
    nobody names is in `entities` all the same. `ambiguous` are the mentions that no rule could decide.
    `withdrawn` announces the reports that were published once and are no more.
    """

    config: Config
    reports: tuple[Report, ...]
    entities: Mapping[str, Entity]
    mentions: Mapping[str, tuple[Mention, ...]]
    pages: tuple[FreePage, ...]
    changes: tuple[Change, ...]
    inferred: Mapping[str, tuple[Mention, ...]] = field(default_factory=dict)
    ambiguous: tuple[Mention, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    withdrawn: tuple[Change, ...] = ()

    @cached_property
    def report(self) -> Mapping[str, Report]:
        """Reports by id."""
        return {report.id: report for report in self.reports}

    @cached_property
    def named(self) -> Mapping[str, tuple[Mention, ...]]:
        """Mentions by entity id, in order of report and position."""
        found: defaultdict[str, list[Mention]] = defaultdict(list)
        for report in self.reports:
            for mention in self.mentions.get(report.id, ()):
                found[mention.entity].append(mention)
        return {entity: tuple(found.get(entity, ())) for entity in self.entities}

    @cached_property
    def texts(self) -> Mapping[str, Mapping[str, str]]:
        """The plain text of every passage, by report and anchor."""
        return {report.id: {passage.anchor: passage.text for passage in report.passages} for report in self.reports}

    @cached_property
    def references(self) -> Counter[str]:
        """How often each entity is referred back to."""
        return Counter(mention.entity for found in self.inferred.values() for mention in found)

    @cached_property
    def in_report(self) -> Mapping[str, Counter[str]]:
        """How often each report names each entity."""
        return {key: Counter(mention.entity for mention in found) for key, found in self.mentions.items()}

    @cached_property
    def children(self) -> Mapping[str, tuple[Entity, ...]]:
        """The entities directly within each entity, by name."""
        found: defaultdict[str, list[Entity]] = defaultdict(list)
        for entity in self.entities.values():
            for parent in lineage(entity, self.entities)[:1]:
                found[parent.id].append(entity)
        return {key: tuple(sorted(group, key=lambda item: item.name.casefold())) for key, group in found.items()}

    @cached_property
    def companions(self) -> Mapping[str, tuple[Companionship, ...]]:
        """For each entity, those named in the same sentences, the most frequent first."""
        pairs: dict[tuple[str, str], tuple[int, tuple[Mention, Mention]]] = {}
        for report in self.reports:
            for sentence in sentences(report.passages, self.mentions.get(report.id, ())):
                _count_pairs(sentence, pairs)
        found: defaultdict[str, list[Companionship]] = defaultdict(list)
        for (one, other), (count, evidence) in pairs.items():
            found[one].append(Companionship(other, count, evidence))
        return {
            one: tuple(sorted(group, key=lambda item: (-item.sentences, item.entity))) for one, group in found.items()
        }

    def related(self, report_id: str) -> tuple[Relation, ...]:
        """Find the reports that share the rarest entities with this one.

        An entity weighs log2(reports / reports that name it), rounded down, so that one new report
        changes few weights; what every report names weighs nothing unless there is nothing rarer.
        """
        mine = self.in_report.get(report_id, Counter())
        scores: Counter[str] = Counter()
        shared: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        for entity in mine:
            holders = self._holders[entity]
            weight = int(log2(len(self.reports) / len(holders))) if len(holders) else 0
            for other in holders:
                if other != report_id:
                    scores[other] += weight * 4 + 1
                    shared[other].append((-weight, entity))
        best = sorted(scores, key=lambda key: (-scores[key], key))[:RELATED_LIMIT]
        return tuple(Relation(key, tuple(entity for _, entity in sorted(shared[key]))) for key in best)

    @cached_property
    def _holders(self) -> Mapping[str, tuple[str, ...]]:
        return {key: tuple(dict.fromkeys(mention.report for mention in found)) for key, found in self.named.items()}


def index(content: Content, found: Mapping[str, Sequence[Mention]], config: Config) -> Archive:
    """Bring together what is published: reports in order of date, and the mentions their pages show."""
    reports = sorted((report for report in content.reports if report.publish), key=order)
    entities = {entity.id: entity for entity in content.entities if entity.publish}
    if config.publish_suggestions:
        named = {report.id: found.get(report.id, ()) for report in reports}
        entities |= {entity.id: entity for entity in suggested_entities(named)}
    shown = _by_report(reports, found, entities, SHOWN)
    ids = {report.id for report in reports}
    return Archive(
        config=config,
        reports=tuple(reports),
        entities=entities,
        mentions=shown,
        pages=content.pages,
        changes=content.changes,
        inferred=_by_report(reports, found, entities, frozenset({"inferred"})),
        ambiguous=tuple(one for key in sorted(ids) for one in found.get(key, ()) if one.status == "ambiguous"),
        moved=content.moved,
        withdrawn=_withdrawn(content),
    )


def _withdrawn(content: Content) -> tuple[Change, ...]:
    """Find the last withdrawal announced of each report that is not published, in order of their ids."""
    hidden = {report.id for report in content.reports if not report.publish}
    changes = [change for change in content.changes if change.kind == "withdrawal" and change.of in hidden]
    return tuple({change.of: change for change in sorted(changes, key=lambda one: (one.of, one.date))}.values())


def _by_report(
    reports: Sequence[Report],
    found: Mapping[str, Sequence[Mention]],
    entities: Mapping[str, Entity],
    statuses: Collection[str],
) -> dict[str, tuple[Mention, ...]]:
    return {
        report.id: tuple(one for one in found.get(report.id, ()) if one.status in statuses and one.entity in entities)
        for report in reports
    }


def suggested_entities(found: Mapping[str, Sequence[Mention]]) -> tuple[Entity, ...]:
    """Make an entity of each name that is only suggested: the commonest spelling is its name."""
    groups: defaultdict[str, Counter[str]] = defaultdict(Counter)
    kinds: dict[str, str] = {}
    for mentions in found.values():
        for mention in mentions:
            if mention.status == "suggested":
                groups[mention.entity][mention.text] += 1
                kinds[mention.entity] = mention.kind
    entities = []
    for key in sorted(groups):
        name, *others = sorted(groups[key], key=lambda text: (-groups[key][text], text))
        entities.append(Entity(id=key, path="", kind=kinds[key], name=name, variants=tuple(others), suggested=True))
    return tuple(entities)


def order(report: Report) -> tuple[bool, str, str]:
    """Sort reports by date, undated ones last."""
    return (not report.published, sort_key(report.published) if report.published else "", report.id)


def sentences(passages: Iterable[Passage], mentions: Sequence[Mention]) -> Iterable[list[Mention]]:
    """Group a report's mentions by the sentence they stand in; sentences without mentions are left out."""
    for passage in passages:
        here = [mention for mention in mentions if mention.paragraph == passage.anchor]
        if not here:
            continue
        ends = [match.start() for match in SENTENCE_END.finditer(passage.text)]
        groups: defaultdict[int, list[Mention]] = defaultdict(list)
        for mention in here:
            groups[sum(1 for end in ends if end <= mention.start)].append(mention)
        yield from groups.values()


def _count_pairs(sentence: list[Mention], pairs: dict[tuple[str, str], tuple[int, tuple[Mention, Mention]]]) -> None:
    closest: dict[tuple[str, str], tuple[Mention, Mention]] = {}
    for position, first in enumerate(sentence):
        for second in sentence[position + 1 :]:
            if first.entity == second.entity:
                continue
            for key, pair in (
                ((first.entity, second.entity), (first, second)),
                ((second.entity, first.entity), (first, second)),
            ):
                if key not in closest or _gap(pair) < _gap(closest[key]):
                    closest[key] = pair
    for key, pair in closest.items():
        count, best = pairs.get(key, (0, pair))
        pairs[key] = (count + 1, pair if _gap(pair) < _gap(best) else best)


def _gap(pair: tuple[Mention, Mention]) -> int:
    return pair[1].start - pair[0].end
