"""The passages of one report turned into candidates: stretches with their reasons, read line by line."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple, cast

from readingroom.discovery.cues import weigh
from readingroom.discovery.runs import is_numbered
from readingroom.romanise import ARTICLES, key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from readingroom.discovery.lines import Line, Span
    from readingroom.discovery.rules import Reason, Rules

SURE = 4.0
GOOD = 2.0
_TELLING = 2
_PAIR = 4.8


class Candidate(NamedTuple):
    """A stretch of a line that may be a name: `[start, end)` of its text, words `[first, last]`.

    `name` is the text without quotation marks and the noun after them; `known` tells a name of the
    authority, which only bears witness for others; `bare` a single word where
    capitals say nothing; `faint` one that counts only where the archive knows it; `lone` one of common words in
    a line of capitals for which one thing speaks at most.
    `scores` is the evidence for each class, `sort` the class with most of it, `weight` how much that is.
    """

    anchor: str
    start: int
    end: int
    text: str
    name: str
    key: str
    first: int
    last: int
    weak: bool
    bare: bool
    reasons: tuple[Reason, ...]
    scores: Mapping[str, float]
    sort: str
    weight: float
    known: bool = False
    faint: bool = False
    lone: bool = False

    def because(self, reasons: Sequence[Reason]) -> Candidate:
        """Give the candidate with these reasons instead of its own."""
        return made((*self[:_REASONS], tuple(reasons), *weighed(reasons), *self[_REASONS + 4 :]))

    def and_because(self, more: Sequence[Reason]) -> Candidate:
        """Give the candidate with further reasons."""
        evidence = weighed(more, self.scores)
        return made((*self[:_REASONS], (*self.reasons, *more), *evidence, *self[_REASONS + 4 :]))


made = cast("Callable[[tuple[object, ...]], Candidate]", partial(tuple.__new__, Candidate))  # _make, unchecked
_REASONS = Candidate._fields.index("reasons")
_UNKNOWN: Mapping[str, float] = {}


def weighed(
    reasons: Iterable[Reason], before: Mapping[str, float] = _UNKNOWN
) -> tuple[Mapping[str, float], str, float]:
    """Add up the reasons for each class, on top of those `before`; give the class with most evidence too, and how much.

    >>> from readingroom.discovery.rules import Reason
    >>> weighed((Reason("place", 2.0, ""), Reason("person", 2.5, ""), Reason("place", 1.0, "")))
    ({'place': 3.0, 'person': 2.5}, 'place', 3.0)
    >>> weighed(())
    ({}, '', 0.0)
    """
    found = dict(before)
    for sort, weight, _, _ in reasons:
        found[sort] = found.get(sort, 0.0) + weight
    if len(found) > 1:
        return found, *max(found.items(), key=_by_weight)
    for sort, weight in found.items():
        return found, sort, weight
    return found, "", 0.0


def together(weights: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Add up the evidence of classes within which names may be one.

    >>> together([("facility", 4.0), ("place", 2.0), ("person", 1.0)])
    {'place': 6.0, 'person': 1.0}
    """
    found: defaultdict[str, float] = defaultdict(float)
    for sort, weight in weights:
        found[kindred(sort)] += weight
    return dict(found)


def _by_weight(item: tuple[str, float]) -> tuple[float, str]:
    return item[1], item[0]


def stretch(line: Line, span: Span) -> tuple[int, int]:
    """Give where a span stands in the text, without a last point that is no part of it."""
    end = line.end(span.last)
    if line.words[span.last].endswith("."):
        end -= not line.words[span.last].isupper()
    return line.starts[span.first], end


def candidate(line: Line, span: Span, rules: Rules) -> Candidate:
    """Read one span with all that speaks for a class of it."""
    start, end = stretch(line, span)
    text = line.text[start:end]
    name = text
    if span.quoted:
        inner = line.words.index(text[0], span.first)
        close = next(place for place in range(inner + 1, span.last + 1) if line.words[place] in '”"»')
        name = line.text[line.starts[inner + 1] : line.end(close - 1)].rstrip(",.")
    numbered = span.last == span.first + 2 and is_numbered(line, span.first)
    bare = line.style != "plain" and (span.first == span.last or numbered)
    reasons = weigh(line, span, rules)
    known = faint = False
    return made((
        line.anchor, start, end, text, name, key(name), span.first, span.last, span.weak, bare,
        reasons, *weighed(reasons), known, faint, _is_lone(line, span, reasons, rules),
    ))  # fmt: skip


def _is_lone(line: Line, span: Span, reasons: Sequence[Reason], rules: Rules) -> bool:
    if not span.weak or line.style != "capitals":
        return False
    few = span.last - span.first < _TELLING and all(each.weight < _PAIR for each in reasons)
    sorts = [kindred(each.sort) for each in reasons]
    return few and len(sorts) == len(set(sorts)) and line.lows[span.first] not in rules.world["peoples"]


def kindred(sort: str) -> str:
    """Give the class within which names may be one: facilities are places, organisations actors.

    >>> kindred("facility"), kindred("person")
    ('place', 'person')
    """
    return {"facility": "place", "organisation": "faction"}.get(sort, sort)


@lru_cache(maxsize=1 << 14)
def is_single(name: str) -> bool:
    """Tell a name of one word, not counting an article.

    >>> is_single("al-Baghuz"), is_single("Abu Hamam")
    (True, False)
    """
    words = [word for word in name.replace("-", " ").split() if word.lower() not in ARTICLES]
    return len(words) < 2  # noqa: PLR2004
