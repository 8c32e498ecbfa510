"""The words of a text, and the proof that cleaning changed none of them but those it lists."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from itertools import accumulate, chain
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from readingroom.model import CleaningStep

BIDI = "\u200e\u200f\u202a-\u202e\u2066-\u2069"
HIDDEN = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u2060-\u2064\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f"
)
_MOST_STATES = 64
_UNSEEN = re.compile(f"[{HIDDEN}{BIDI}]")
_WORD = re.compile(
    r"[^\s!-#&-/:-@\[-`{-~\xa1\xa6-\xac\xae-\xb1\xb4\xb6-\xb8\xbb\xbf\xd7\xf7"
    r"\u060c\u061b\u061f\u06d4\u2010-\u205e\u2190-\u21ff\u25a0-\u25ff\u2700-\u27bf\u3000-\u303f"
    r"\uf0a7\uf0b7\ufffd]+"
)


class _Pair(NamedTuple):
    """The words of an original and of what cleaning made of it."""

    before: Sequence[str]
    after: Sequence[str]


class Difference(NamedTuple):
    """Where a text leaves its original: the number of the part, from 0, and the words; "" if it does not."""

    part: int
    said: str


class _Rule(NamedTuple):
    """A listed change: words that became others, seen after the changes of `earlier` steps were made."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    earlier: _Rules


_Rules = dict[str, list[_Rule]]
SAME = Difference(0, "")


def words(text: str) -> list[str]:
    r"""List the words of a text: what remains without white space, punctuation and unseen characters.

    Digits, letters of any script with their marks, `%` and currency signs belong to words.

    >>> words("“Al-Jazeera Storm”: 51.48 % of Sha’fah\u202e")
    ['Al', 'Jazeera', 'Storm', '51', '48', '%', 'of', 'Sha', 'fah']
    """
    return _WORD.findall(unicodedata.normalize("NFC", _UNSEEN.sub("", text)))


def first_difference(original: str, parts: Iterable[str], steps: Iterable[CleaningStep]) -> str:
    r"""Name the first word of the original that no listed change leads to the cleaned parts; "" if none.

    `parts` are publisher, title, dek and paragraphs in the order of the original. Every listed pair and
    dropped line may be used wherever it stands, all of them together at most as often as counted.

    >>> from readingroom.model import CleaningStep
    >>> first_difference("Two dead.\nShare", ["Two dead"], [CleaningStep("junk", 1, (), ("Share",))])
    ''
    >>> first_difference("Two dead.\nShare", ["Ten dead"], [])
    'word 1: “Two dead Share” became “Ten dead”'
    """
    return difference(original, parts, steps).said


def difference(original: str, parts: Iterable[str], steps: Iterable[CleaningStep]) -> Difference:
    """Find that first word, and the number of the part that shows it."""
    before = words(original)
    each = [words(part) for part in parts]
    after = list(chain.from_iterable(each))
    if before == after:
        return SAME
    listing = [step for step in steps if step.words or step.lines]
    ends, (at, onto) = _walk(_Pair(before, after), 0, _rules(listing), sum(step.times for step in listing))
    if len(before) in ends:
        return SAME
    was, became = " ".join(before[at : at + 6]), " ".join(after[onto : onto + 6])
    part = bisect_right(list(accumulate(map(len, each))), onto)
    return Difference(min(part, len(each) - 1), f"word {at + 1}: “{was}” became “{became}”")


def check_words(original: str, parts: Iterable[str], steps: Iterable[CleaningStep]) -> bool:
    """Tell whether the cleaned parts hold the original's words but for the listed changes."""
    return not first_difference(original, parts, steps)


def _rules(steps: Iterable[CleaningStep]) -> _Rules:
    """Gather the listed changes by the first word they may stand for; "" holds those that only add words."""
    rules: _Rules = {}
    for step in steps:
        pairs = [*step.words, *((line, "") for line in step.lines)]
        changes = [(tuple(words(old)), tuple(words(new))) for old, new in dict.fromkeys(pairs)]
        earlier = {first: list(found) for first, found in rules.items()}
        for old, new in changes:
            if old != new:
                inner = earlier if _touches(earlier, old) else {}
                rule = _Rule(old, new, inner)
                for first in {old[0] if old else "", *inner}:
                    rules.setdefault(first, []).append(rule)
    return rules


def _touches(earlier: _Rules, old: tuple[str, ...]) -> bool:
    """Tell whether an earlier step may have made some of the words that a later one changed."""
    return any(not rule.new or rule.new[0] in old for found in earlier.values() for rule in found)


def _walk(pair: _Pair, start: int, rules: _Rules, budget: int) -> tuple[dict[int, int], tuple[int, int]]:
    """Walk from `start` in `before` and the beginning of `after` with at most `budget` changes.

    Return where in `before` all of `after` has been met, with the least number of changes that takes,
    and the furthest pair of positions reached. `frontier[i][j]` is that number for i and j; of more than
    64 ways to stand at i those with the fewest changes are followed, so that hostile text costs no hours.
    """
    before, after = pair
    frontier: dict[int, dict[int, int]] = {start: {0: 0}}
    ends: dict[int, int] = {}
    furthest = (start, 0)
    while frontier:
        i = min(frontier)
        states = frontier.pop(i)
        if len(states) > _MOST_STATES:
            states = dict(sorted(states.items(), key=itemgetter(1))[:_MOST_STATES])
        while states:
            j = min(states)
            cost = states.pop(j)
            furthest = max(furthest, (i, j))
            if j == len(after):
                _reach(ends, i, cost)
            elif i < len(before) and before[i] == after[j]:
                _reach(frontier.setdefault(i + 1, {}), j + 1, cost)
            if rules and cost < budget:
                for end, onto, more in _changes(pair, (i, j), rules, budget - cost):
                    _reach(states if end == i else frontier.setdefault(end, {}), onto, cost + more)
    return ends, furthest


def _changes(pair: _Pair, at: tuple[int, int], rules: _Rules, budget: int) -> Iterator[tuple[int, int, int]]:
    """Yield how far each listed change that fits here leads in both texts, and how many changes it takes."""
    before, after = pair
    i, j = at
    for rule in (*rules.get(before[i] if i < len(before) else "", ()), *rules.get("", ())):
        onto = j + len(rule.new)
        if tuple(after[j:onto]) != rule.new:
            continue
        end = i + len(rule.old)
        if tuple(before[i:end]) == rule.old:
            yield end, onto, 1
        elif rule.earlier:
            inner, _ = _walk(_Pair(before, rule.old), i, rule.earlier, budget - 1)
            yield from ((end, onto, more + 1) for end, more in inner.items() if (end, onto) != at)


def _reach(states: dict[int, int], at: int, cost: int) -> None:
    states[at] = min(cost, states.get(at, cost))
