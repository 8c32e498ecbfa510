"""What the mentions of a report come to, and those of the reports of a segment added up."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from readingroom.concordance import quote
from readingroom.digest import digest, digest_bytes
from readingroom.naming import Counted, Tally, Together, Uses, add_up, tallies, together
from readingroom.sentences import sentence_numbers
from readingroom.tables import COLUMNS, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from readingroom.concordance import Quoted
    from readingroom.model import Mention, Report
    from readingroom.naming import Sentences
    from readingroom.tables import Lines, Table

SHOWN = frozenset({"reviewed", "suggested"})


class Named(NamedTuple):
    """What the mentions of a report come to.

    `stamp` is a digest of the report and of all its mentions; `quoted` are digests of what the pages of each entity
    show of it, by tally, `lines` of what it has in tables; `inferred` counts references back by entity; `ambiguous` are
    the mentions no rule could decide; `suggested` gives the kind of each entity only suggested.
    """

    stamp: str
    tallies: tuple[Tally, ...]
    together: tuple[Together, ...]
    quoted: tuple[str, ...]
    lines: Mapping[Table, str]
    inferred: tuple[tuple[str, int], ...]
    ambiguous: tuple[Mention, ...]
    suggested: Mapping[str, str]


class Excerpts(NamedTuple):
    """What is shown of a report away from its page: what is quoted of it, by entity, and its lines, by table."""

    quotes: Mapping[str, Quoted]
    lines: Mapping[Table, Lines]


def shown_of(found: Iterable[Mention]) -> list[Mention]:
    """Choose the mentions that pages show, where the entity they are of has one."""
    return [one for one in found if one.status in SHOWN]


def name(report: Report, found: Sequence[Mention], stamp: str) -> tuple[Named, Excerpts]:
    """Sum up the mentions of a report, and take from it what is shown elsewhere."""
    shown = shown_of(found)
    counted = tallies(shown)
    sentences = together(shown, sentence_numbers(report.passages, shown), counted)
    quotes, lines = quote(report, shown, counted), lines_of(report, shown)
    inferred = Counter(one.entity for one in found if one.status == "inferred")
    return Named(
        stamp,
        counted,
        sentences,
        tuple(_digests(report, quotes, counted, sentences)),
        {table: digest(some) for table, some in lines.items()},
        tuple(inferred.items()),
        tuple(one for one in found if one.status == "ambiguous") if report.publish else (),
        {one.entity: one.kind for one in shown if one.status == "suggested"},
    ), Excerpts(quotes, lines)


def _digests(
    report: Report, quotes: Mapping[str, Quoted], counted: Sequence[Tally], sentences: Iterable[Together]
) -> Iterator[str]:
    """Digest what the pages of each entity show of a report: what is quoted, and who is named in the same sentences."""
    beside: list[list[str]] = [[] for _ in counted]
    for anchor, places in sentences:
        sentence = " ".join((anchor, *(counted[place].entity for place in places)))
        for place in places:
            beside[place].append(sentence)
    for tally, named in zip(counted, beside, strict=True):
        html, spellings = quotes[tally.entity]
        first = f"{report.id} {report.published} {spellings!r}"  # all on one line, as ids and dates have no spaces
        yield digest_bytes("\n".join((first, *named, "", html)).encode("utf-8", "surrogatepass"))


class Sums(NamedTuple):
    """What the published reports of a segment come to, added up.

    `stamps` are theirs in order; `lines` digests what they have in tables; `inferred` counts references back for each
    place in the segment that has some; `ambiguous` are the mentions no rule could decide.
    """

    stamps: Sequence[str]
    uses: Uses
    lines: Mapping[Table, str]
    inferred: Sequence[tuple[int, Sequence[tuple[str, int]]]]
    ambiguous: Sequence[Sequence[Any]]


def sum_up(reports: Iterable[Named]) -> tuple[Sums, Sentences]:
    """Add up what reports come to, in their order."""
    found = [*reports]
    uses, sentences = add_up(Counted(one.tallies, one.suggested, one.together, one.quoted) for one in found)
    return Sums(
        [one.stamp for one in found],
        uses,
        {table: digest([one.lines[table] for one in found]) for table in COLUMNS},
        [(place, one.inferred) for place, one in enumerate(found) if one.inferred],
        [mention for one in found for mention in one.ambiguous],
    ), sentences
