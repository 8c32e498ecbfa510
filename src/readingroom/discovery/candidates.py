"""The passages of one report turned into candidates: stretches with their reasons, read line by line."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from readingroom.discovery.cues import weigh
from readingroom.romanise import ARTICLES, key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from readingroom.discovery.lines import Line, Span
    from readingroom.discovery.rules import Reason, Rules

SURE = 4.0
GOOD = 2.0


class Candidate(NamedTuple):
    """A stretch of a line that may be a name: `[start, end)` of its text, words `[first, last]`.

    `name` is the text without quotation marks and the noun after them; `known` tells a name of the
    authority, which only bears witness for others; `bare` a single word where
    capitals say nothing; `faint` one that counts only where the archive knows it.
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
    known: bool = False
    faint: bool = False


def scores(reasons: Iterable[Reason]) -> dict[str, float]:
    """Add up the reasons for each class."""
    found: defaultdict[str, float] = defaultdict(float)
    for reason in reasons:
        found[reason.sort] += reason.weight
    return found


def top(reasons: Iterable[Reason]) -> tuple[str, float]:
    """Give the class with most evidence and how much that is; ("", 0) without any."""
    return max(scores(reasons).items(), key=_by_weight, default=("", 0.0))


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


def candidate(line: Line, span: Span, rules: Rules) -> Candidate:
    """Read one span with all that speaks for a class of it."""
    start, end = line.starts[span.first], line.end(span.last)
    if line.words[span.last].endswith(".") or (end < len(line.text) and span.quoted == "?"):
        end -= not line.words[span.last].isupper()
    text = line.text[start:end]
    name = text
    if span.quoted:
        inner = line.words.index(text[0], span.first)
        close = next(place for place in range(inner + 1, span.last + 1) if line.words[place] in '”"»')
        name = line.text[line.starts[inner + 1] : line.end(close - 1)].rstrip(",.")
    return Candidate(
        line.anchor,
        start,
        end,
        text,
        name,
        key(name),
        span.first,
        span.last,
        weak=span.weak,
        bare=line.style != "plain" and span.first == span.last,
        reasons=weigh(line, span, rules),
    )


def kindred(sort: str) -> str:
    """Give the class within which names may be one: facilities are places, organisations actors.

    >>> kindred("facility"), kindred("person")
    ('place', 'person')
    """
    return {"facility": "place", "organisation": "faction"}.get(sort, sort)


def is_single(name: str) -> bool:
    """Tell a name of one word, not counting an article.

    >>> is_single("al-Baghuz"), is_single("Abu Hamam")
    (True, False)
    """
    words = [word for word in name.replace("-", " ").split() if word.lower() not in ARTICLES]
    return len(words) < 2  # noqa: PLR2004
