"""One report turned into its sightings: everything in it that may be a name, with what speaks for each class."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from readingroom.discovery.acronyms import extend, introduced
from readingroom.discovery.agreement import agree
from readingroom.discovery.candidates import GOOD, Candidate, candidate, scores, top
from readingroom.discovery.chunks import cutter
from readingroom.discovery.doublets import doublets, find_doublets
from readingroom.discovery.lines import read_line
from readingroom.discovery.lists import share
from readingroom.discovery.rules import Reason, code, has_rules, read_rules
from readingroom.discovery.spans import find_spans
from readingroom.recognise import publisher_names
from readingroom.romanise import key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from readingroom.config import Kind
    from readingroom.discovery.lines import Line
    from readingroom.model import Mention, Report

_KNOWN = 6.0


class Sighting(NamedTuple):
    """A stretch `[start, end)` of a passage that may be a name.

    `name` is its text without quotation marks and the noun beside them; `scores` the evidence for each
    class, most first; `why` the reasons in words; `office` tells that a person's office is named.
    """

    paragraph: str
    start: int
    end: int
    text: str
    name: str
    key: str
    scores: tuple[tuple[str, float], ...]
    why: tuple[str, ...]
    office: bool
    bare: bool


class Scan(NamedTuple):
    """All that one report alone tells: its sightings, and the acronyms it introduces, with their long forms."""

    report: str
    sightings: tuple[Sighting, ...]
    aliases: tuple[tuple[str, str], ...]


def revive(data: Sequence[Any]) -> Scan:
    """Make a scan again of the plain lists that JSON or CBOR has stored it as.

    >>> import json
    >>> one = Sighting("p1", 0, 5, "Hajin", "Hajin", "hajin", (("place", 4.0),), ("why",), False, False)
    >>> revive(json.loads(json.dumps(Scan("r1", (one,), ())))) == Scan("r1", (one,), ())
    True
    """
    report, sightings, aliases = data
    return Scan(report, tuple(map(_revived, sightings)), tuple((acronym, name) for acronym, name in aliases))


def _revived(data: Sequence[Any]) -> Sighting:
    paragraph, start, end, text, name, key_, scores_, why, office, bare = data
    scores_ = tuple((sort, weight) for sort, weight in scores_)
    return Sighting(paragraph, start, end, text, name, key_, scores_, tuple(why), office, bare)


def scan(report: Report, known: Sequence[Mention], kinds: Sequence[Kind]) -> Scan:
    """Find everything in a report that may be a name, outside the known mentions, with its evidence.

    Known mentions bear witness: a name listed with a known village is likely a village. A report in a
    language that has no rules has no sightings.
    """
    if not has_rules(report.language):
        return Scan(report.id, (), ())
    rules = read_rules(report.language)
    sorts = {kind: sort for sort, kind in reversed(rules.kind_of(kinds).items())}
    cut = cutter(code(report.language))
    lines = [read_line(passage.anchor, passage.text, cut) for passage in report.passages]
    publisher = frozenset(map(key, publisher_names(report.publisher)))
    pairs = doublets(lines, rules)
    by_passage: defaultdict[str, list[Mention]] = defaultdict(list)
    for mention in known:
        by_passage[mention.paragraph].append(mention)
    candidates: list[Candidate] = []
    aliases: dict[str, str] = {}
    for line in lines:
        spans = find_spans(line, rules)
        found = list(introduced(line, rules, spans))
        for each in found:
            aliases.setdefault(line.words[each.acronym], line.text[line.starts[each.first] : line.end(each.last)])
        spans = extend(spans, found)
        drafts = [candidate(line, span, rules) for span in spans]
        drafts += find_doublets(line, spans, pairs, rules)
        candidates += share(line, list(_candidates(drafts, line, by_passage[line.anchor], sorts)), rules)
    candidates = agree(candidates, aliases, rules)
    candidates = [each for line, group in _by_line(lines, candidates) for each in share(line, group, rules)]
    kept = _worth_keeping(candidates, frozenset().union(*(line.words for line in lines)))
    return Scan(report.id, tuple(_sighting(each) for each in kept if each.key not in publisher), tuple(aliases.items()))


def _by_line(lines: Iterable[Line], candidates: Iterable[Candidate]) -> Iterator[tuple[Line, list[Candidate]]]:
    by_anchor = {line.anchor: line for line in lines}
    for anchor, group in groupby(candidates, key=lambda each: each.anchor):
        yield by_anchor[anchor], list(group)


def _candidates(
    found: Iterable[Candidate], line: Line, mentions: Sequence[Mention], sorts: dict[str, str]
) -> Iterator[Candidate]:
    free = [each for each in found if all(each.end <= one.start or one.end <= each.start for one in mentions)]
    known = [_witness(line, one, sorts.get(one.kind, "")) for one in mentions if one.kind]
    yield from sorted([*free, *known], key=lambda each: each.start)


def _witness(line: Line, mention: Mention, sort: str) -> Candidate:
    first, last = line.within(mention.start, mention.end)
    reasons = (Reason(sort, _KNOWN, "reviewed"),) if sort else ()
    return Candidate(
        mention.paragraph,
        mention.start,
        mention.end,
        mention.text,
        mention.text,
        key(mention.text),
        first,
        last,
        weak=False,
        bare=False,
        reasons=reasons,
        known=True,
    )


def _worth_keeping(candidates: Sequence[Candidate], printed: Collection[str]) -> list[Candidate]:
    """Leave out known names, and what only looks like a name by its place or in a word of common use.

    `printed` are the words of the report.
    """
    lower = {low for each in candidates if (low := each.text.lower()) in printed and low.islower()}
    firm = {each.key for each in candidates if not each.weak and each.text.lower() not in lower}
    firm |= {each.key for each in candidates if each.weak and top(each.reasons)[1] >= GOOD + 1}
    return [
        each
        for each in candidates
        if each.key
        and not each.known
        and (each.key in firm or each.faint or top(each.reasons)[1] >= GOOD + each.weak)
        and not (each.text.lower() in lower and top(each.reasons)[1] < GOOD + 1)
    ]


def _sighting(each: Candidate) -> Sighting:
    found = sorted(scores(each.reasons).items(), key=lambda item: (-item[1], item[0]))
    best = found[0][0] if found else ""
    why = tuple(dict.fromkeys(reason.why for reason in each.reasons if reason.sort == best))
    office = best == "person" and any(reason.office for reason in each.reasons)
    return Sighting(
        each.anchor,
        each.start,
        each.end,
        each.text,
        each.name,
        each.key,
        tuple((sort, round(weight, 2)) for sort, weight in found),
        why,
        office,
        each.bare,
    )
