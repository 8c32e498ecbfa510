"""Names made of two common words in lines of capitals, where nothing but their company tells: SHINING PATH.

Two words that a report uses again and again, but never one without the other, may be a name. Elsewhere they
only count where the archive knows them as one already.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from readingroom.discovery.candidates import candidate
from readingroom.discovery.lines import Span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from readingroom.discovery.candidates import Candidate
    from readingroom.discovery.lines import Line
    from readingroom.discovery.rules import Rules

_SHORTEST_WORD = 4
_STRONG = 2.4
_FAINT = 0.5


def doublets(lines: Sequence[Line], rules: Rules) -> frozenset[tuple[str, str]]:
    """Give the pairs of common words that a report in capitals uses at least twice and only together."""
    capitals = [line for line in lines if line.style == "capitals"]
    words = Counter(low for line in capitals for low in line.lows)
    pairs = Counter(
        (line.lows[place], line.lows[place + 1])
        for line in capitals
        for place in range(len(line.lows) - 1)
        if _may_be_part(rules, line.lows[place]) and _may_be_part(rules, line.lows[place + 1])
    )
    return frozenset(
        (one, other) for (one, other), times in pairs.items() if times > 1 and times == words[one] == words[other]
    )


@lru_cache(maxsize=1 << 15)
def _may_be_part(rules: Rules, low: str) -> bool:
    plain = low.isalpha() and len(low) >= _SHORTEST_WORD and rules.lexicon.is_common(low)
    lists = (rules.words["function"], rules.words["generic"], rules.words["time"], rules.world["peoples"])
    titles = low in rules.titles["office"] or low in rules.titles["civil"]
    return plain and not titles and low not in rules.inside.last and not any(low in words for words in lists)


def find_doublets(
    line: Line, spans: Iterable[Span], pairs: Collection[tuple[str, str]], rules: Rules
) -> Iterator[Candidate]:
    """Find pairs of common words that the words beside them call an armed group."""
    if line.style != "capitals":
        return
    taken = {place for span in spans for place in range(span.first, span.last + 1)}
    for place in range(len(line.lows) - 1):
        if place in taken or place + 1 in taken or not _may_be_part(rules, line.lows[place]):
            continue
        if not _may_be_part(rules, line.lows[place + 1]):
            continue
        found = candidate(line, Span(place, place + 1, weak=True), rules)
        if (line.lows[place], line.lows[place + 1]) in pairs and found.sort in {"", "faction"}:
            yield found._replace(weak=found.weight < _STRONG)
        elif found.sort == "faction" and found.weight >= _STRONG:
            faint = tuple(reason._replace(weight=_FAINT) for reason in found.reasons if reason.sort == found.sort)
            yield found._replace(bare=True, faint=True).because(faint)
        elif place and line.lows[place - 1] == "the":
            yield found._replace(bare=True, faint=True).because(())
