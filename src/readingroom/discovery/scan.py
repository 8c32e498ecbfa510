"""One report turned into its sightings: everything in it that may be a name, with what speaks for each class."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from functools import lru_cache
from itertools import accumulate
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from readingroom.discovery.acronyms import again, extend, introduced
from readingroom.discovery.agreement import agree
from readingroom.discovery.candidates import GOOD, candidate, made, stretch, weighed
from readingroom.discovery.chunks import cutter
from readingroom.discovery.cues import DOUBTED
from readingroom.discovery.doublets import doublets, find_doublets
from readingroom.discovery.lines import read_line
from readingroom.discovery.lists import find_lists, share
from readingroom.discovery.rules import Reason, code, has_rules, read_rules
from readingroom.discovery.spans import find_spans
from readingroom.recognise import publisher_names
from readingroom.romanise import key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from readingroom.config import Kind
    from readingroom.discovery.candidates import Candidate
    from readingroom.discovery.lines import Line, Span
    from readingroom.discovery.lists import Listed
    from readingroom.discovery.rules import Rules
    from readingroom.model import Mention, Report

_KNOWN = 6.0
_start = attrgetter("start")


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
    cut = cutter(code(report.language))
    lines = [read_line(passage.anchor, passage.text, cut) for passage in report.telling]
    pairs = doublets(lines, rules)
    witnesses = _witnesses(known, {kind: sort for sort, kind in reversed(rules.kind_of(kinds).items())})
    candidates: list[Candidate] = []
    lists: list[Listed] = []
    aliases: dict[str, str] = {}
    passages = []
    for line in lines:
        spans = find_spans(line, rules, witnesses.get(line.anchor, _NONE).cover)
        found = list(introduced(line, rules, spans))
        for each in found:
            aliases.setdefault(line.words[each.acronym], line.text[line.starts[each.first] : line.end(each.last)])
        passages.append((line, extend(spans, found) if found else spans))
    common = frozenset(word for word in aliases if rules.lexicon.is_common(word.lower()))
    for line, spans in passages:
        whole = [*spans, *again(line, spans, common)] if common else spans
        here = _candidates(line, whole, pairs, rules, witnesses.get(line.anchor, _NONE))
        lists += find_lists(line, here, rules, len(candidates))
        candidates += here
    candidates = share(agree(share(candidates, lists), aliases, rules), lists)
    publisher = frozenset(map(key, publisher_names(report.publisher)))
    kept = _worth_keeping(candidates, frozenset().union(*(line.words for line in lines)))
    return Scan(report.id, tuple(_sighting(each) for each in kept if each.key not in publisher), tuple(aliases.items()))


class _Known(NamedTuple):
    """The known mentions of a passage, each with its class; where each starts, and where all up to it end."""

    mentions: list[tuple[Mention, str]]
    starts: list[int]
    ends: list[int]

    def leaves(self, start: int, end: int) -> bool:
        """Tell whether no known mention overlaps the stretch `[start, end)`."""
        before = bisect_left(self.starts, end)
        return not before or self.ends[before - 1] <= start

    def cover(self, start: int, end: int) -> bool:
        """Tell whether a known mention covers all of the stretch `[start, end)`."""
        before = bisect_right(self.starts, start)
        return before > 0 and self.ends[before - 1] >= end


_NONE = _Known([], [], [])


def _witnesses(known: Iterable[Mention], sorts: Mapping[str, str]) -> dict[str, _Known]:
    passages: defaultdict[str, list[Mention]] = defaultdict(list)
    for each in known:
        passages[each.paragraph].append(each)
    found = {}
    for anchor, mentions in passages.items():
        mentions.sort(key=_start)
        ends = list(accumulate((each.end for each in mentions), max))
        found[anchor] = _Known([(each, sorts.get(each.kind, "")) for each in mentions], [*map(_start, mentions)], ends)
    return found


def _candidates(
    line: Line, spans: Sequence[Span], pairs: Collection[tuple[str, str]], rules: Rules, known: _Known
) -> list[Candidate]:
    """Give what may be a name outside the known mentions, and these themselves, in order of the line."""
    free = [span for span in spans if known.leaves(*stretch(line, span))] if known.starts else spans
    found = [candidate(line, span, rules) for span in free]
    found += [each for each in find_doublets(line, spans, pairs, rules) if known.leaves(each.start, each.end)]
    found += [_witness(line, mention, sort) for mention, sort in known.mentions if mention.kind]
    found.sort(key=_start)
    return found


def _witness(line: Line, mention: Mention, sort: str) -> Candidate:
    first, last = line.within(mention.start, mention.end)
    text = mention.text
    return made((line.anchor, mention.start, mention.end, text, text, key(text), first, last, *_testimony(sort)))


@lru_cache(maxsize=64)
def _testimony(sort: str) -> tuple[object, ...]:
    """Give the fields of `Candidate` after `last` that are the same for all known names of a class."""
    reasons = (Reason(sort, _KNOWN, "reviewed"),) if sort else ()
    weak = bare = faint = lone = False
    known = True
    return weak, bare, reasons, *weighed(reasons), known, faint, lone


def _worth_keeping(candidates: Sequence[Candidate], printed: Collection[str]) -> list[Candidate]:
    """Leave out known names, and what only looks like a name by its place or in a word of common use.

    `printed` are the words of the report.
    """
    lower = {low for each in candidates if (low := each.text.lower()) in printed and low.islower()}
    firm = {each.key for each in candidates if not each.weak and each.text.lower() not in lower}
    firm |= {each.key for each in candidates if each.weak and each.weight >= GOOD + 1}
    return [
        each
        for each in candidates
        if each.key
        and not each.known
        and (each.key in firm or each.faint or each.weight >= GOOD + each.weak)
        and (each.weight >= GOOD + 1 or each.text.lower() not in lower)
    ]


def _sighting(each: Candidate) -> Sighting:
    found = [*each.scores.items()]
    if len(found) > 1:
        found.sort(key=_most_first)
    best = found[0][0] if found else ""
    why = tuple(dict.fromkeys([reason.why for reason in each.reasons if reason.sort == best]))
    office = best == "person" and any(reason.office for reason in each.reasons)
    most = DOUBTED if each.lone else found[0][1] if found else 0.0
    scores = tuple([(sort, round(min(weight, most), 2)) for sort, weight in found])
    return Sighting(each.anchor, each.start, each.end, each.text, each.name, each.key, scores, why, office, each.bare)


def _most_first(score: tuple[str, float]) -> tuple[float, str]:
    return -score[1], score[0]
