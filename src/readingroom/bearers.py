"""A spelling turned into what bears it: entities, names nobody listed, and plain words of the reports."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Literal, NamedTuple

from readingroom.matching import end_of_word, fold_passage, starts_word
from readingroom.romanise import fold, key, skeleton
from readingroom.spelling_distance import may_suggest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from readingroom.model import Entity, Mention, Passage, Report

How = Literal["exact", "key", "skeleton"]
HOWS: tuple[How, ...] = ("exact", "key", "skeleton")
SHORTEST_SKELETON, SHORTEST_IN_ARABIC = 3, 2
TEXT = "text"


class Bearer(NamedTuple):
    """What bears a spelling, and how near its own spelling is: equal, by romanisation, by consonants only.

    `status` is "reviewed" for an entity that has a file, else that of the mentions, or "text" for words of a
    report that were not taken for a name. `spellings` are as printed, with counts; `places` are (report,
    paragraph), each once. Of an entity that bears a spelling no report prints they are those of its other spellings.
    """

    how: How
    id: str
    name: str
    kind: str
    status: str
    spellings: tuple[tuple[str, int], ...]
    places: tuple[tuple[str, str], ...]


class Printed(NamedTuple):
    """What the reports print: the reports by id, and the mentions found in each."""

    reports: Mapping[str, Report]
    found: Mapping[str, Sequence[Mention]]


class _Row(NamedTuple):
    how: How
    id: str
    kind: str
    status: str


class _Spelling:
    """A spelling with its forms, to be compared with others."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded, self.key, self.skeleton = fold(text), key(text), skeleton(text)
        self._seen: dict[str, How | None] = {}

    def how(self, other: str) -> How | None:
        """Tell how another spelling is this one; None if it is not."""
        if other not in self._seen:
            self._seen[other] = self._how(other)
        return self._seen[other]

    def _how(self, other: str) -> How | None:
        if fold(other) == self.folded:
            return "exact"
        if self.key and key(other) == self.key:
            return "key"
        if not self.skeleton or skeleton(other) != self.skeleton:
            return None
        shortest = SHORTEST_SKELETON if self.key else SHORTEST_IN_ARABIC
        return "skeleton" if len(self.skeleton) >= shortest or may_suggest(self.text, other) else None


def bearers(spelling: str, printed: Printed, entities: Sequence[Entity]) -> tuple[Bearer, ...]:
    """Find what bears a spelling, the nearest first, then the most often named."""
    wanted = _Spelling(spelling)
    known = {entity.id: entity for entity in entities}
    rows: defaultdict[_Row, list[tuple[str, str, str]]] = defaultdict(list)
    named: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for report in printed.reports.values():
        mentions = printed.found.get(report.id, ())
        for mention in mentions:
            named[mention.entity].append((mention.text, mention.report, mention.paragraph))
            how = wanted.how(mention.text)
            if how:
                row = _Row(how, mention.entity, mention.kind, "reviewed" if mention.entity in known else mention.status)
                rows[row].append((mention.text, mention.report, mention.paragraph))
        for passage in report.telling:
            for text in _words(passage, wanted.folded, mentions):
                rows[_Row("exact", "", "", TEXT)].append((text, report.id, passage.anchor))
    printed_ids = {row.id for row in rows}
    for entity in entities:
        hows = set(map(wanted.how, entity.spellings))
        near = next((how for how in HOWS if how in hows), None)
        if near and entity.id not in printed_ids:
            rows[_Row(near, entity.id, entity.kind, "reviewed")] = named[entity.id]
    found = (_bearer(row, places, known) for row, places in rows.items())
    return tuple(sorted(found, key=lambda one: (HOWS.index(one.how), -_times(one), one.id, one.kind, one.status)))


def _bearer(row: _Row, places: Sequence[tuple[str, str, str]], known: Mapping[str, Entity]) -> Bearer:
    counts = Counter(" ".join(text.split()) for text, _, _ in places)
    spellings = tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    name = known[row.id].name if row.id in known else spellings[0][0]
    where = tuple(dict.fromkeys((report, anchor) for _, report, anchor in places))
    return Bearer(row.how, row.id, name, row.kind, row.status, spellings, where)


def _times(bearer: Bearer) -> int:
    return sum(count for _, count in bearer.spellings)


def _words(passage: Passage, folded: str, mentions: Sequence[Mention]) -> Iterator[str]:
    """Find a folded spelling as whole words that no mention covers."""
    text = fold_passage(passage.text)
    at = text.folded.find(folded) if folded else -1
    while at >= 0:
        end = at + len(folded)
        first, last = text.span(at, end)
        covered = any(
            mention.paragraph == passage.anchor and mention.start < last and first < mention.end for mention in mentions
        )
        if not covered and starts_word(text.folded, at) and end_of_word(text.folded, end) == end:
            yield passage.text[first:last]
        at = text.folded.find(folded, end)
