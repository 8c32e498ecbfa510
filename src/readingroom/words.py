"""The words of a text, and the proof that cleaning changed none of them but those it lists."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from readingroom.model import CleaningStep

BIDI = "\u200e\u200f\u202a-\u202e\u2066-\u2069"
HIDDEN = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u2060-\u2064\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f"
)
_UNSEEN = re.compile(f"[{HIDDEN}{BIDI}]")
_WORD = re.compile(
    r"[^\s!-#&-/:-@\[-`{-~\xa1\xa6-\xac\xae-\xb1\xb4\xb6-\xb8\xbb\xbf\xd7\xf7"
    r"\u060c\u061b\u061f\u06d4\u2010-\u205e\u2190-\u21ff\u25a0-\u25ff\u2700-\u27bf\u3000-\u303f"
    r"\uf0a7\uf0b7\ufffd]+"
)


class _Rule(NamedTuple):
    """Words of the original that a listed change turns into other words of the page."""

    old: tuple[str, ...]
    new: tuple[str, ...]


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
    before = words(original)
    after = [word for part in parts for word in words(part)]
    if before == after:
        return ""
    listing = [step for step in steps if step.words or step.lines]
    at, onto = _align(before, after, _rules(listing), sum(step.times for step in listing))
    if (at, onto) == (len(before), len(after)):
        return ""
    was, became = " ".join(before[at : at + 6]), " ".join(after[onto : onto + 6])
    return f"word {at + 1}: “{was}” became “{became}”"


def check_words(original: str, parts: Iterable[str], steps: Iterable[CleaningStep]) -> bool:
    """Tell whether the cleaned parts hold the original's words but for the listed changes."""
    return not first_difference(original, parts, steps)


def _rules(steps: Iterable[CleaningStep]) -> dict[str, list[_Rule]]:
    """Gather the listed changes by the first word they replace; "" holds those that only add words."""
    found = [_Rule(tuple(words(old)), tuple(words(new))) for step in steps for old, new in step.words]
    found += [_Rule(tuple(words(line)), ()) for step in steps for line in step.lines]
    rules: dict[str, list[_Rule]] = {}
    for rule in dict.fromkeys(found):
        if rule.old != rule.new:
            rules.setdefault(rule.old[0] if rule.old else "", []).append(rule)
    return rules


def _align(
    before: Sequence[str], after: Sequence[str], rules: dict[str, list[_Rule]], budget: int
) -> tuple[int, int]:
    """Walk both texts at once; return the furthest pair of positions that at most `budget` changes reach.

    `frontier[i][j]` is the least number of changes that lead from the first i words to the first j.
    """
    frontier: dict[int, dict[int, int]] = {0: {0: 0}}
    furthest = (0, 0)
    for i in range(len(before) + 1):
        states = frontier.pop(i, {})
        while states:
            j = min(states)
            cost = states.pop(j)
            furthest = max(furthest, (i, j))
            if i < len(before) and j < len(after) and before[i] == after[j]:
                _reach(frontier.setdefault(i + 1, {}), j + 1, cost)
            if not rules or cost >= budget:
                continue
            for rule in (*rules.get(before[i] if i < len(before) else "", ()), *rules.get("", ())):
                end, onto = i + len(rule.old), j + len(rule.new)
                if tuple(before[i:end]) == rule.old and tuple(after[j:onto]) == rule.new:
                    _reach(states if end == i else frontier.setdefault(end, {}), onto, cost + 1)
    return furthest


def _reach(states: dict[int, int], at: int, cost: int) -> None:
    states[at] = min(cost, states.get(at, cost))
