"""A line turned into the stretches that may be names: runs of capitalised words, trimmed and split.

In a headline or a line of capitals, where capitals say nothing, a name is a run of uncommon words, with
the common ones that names are made of ("NATIONAL LIBERATION FRONT").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from readingroom.discovery.chunks import OPENS, TITLE_PART
from readingroom.discovery.lines import BRACKETS, Span
from readingroom.discovery.runs import run
from readingroom.discovery.trimming import pieces
from readingroom.romanise import ARTICLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from readingroom.discovery.lines import Line
    from readingroom.discovery.rules import Rules

_OPENER = re.compile(b"[%b]" % re.escape(bytes(signs for signs in range(256) if signs & OPENS)), re.DOTALL)
_LONGEST_QUOTE = 6
_LONGEST_TITLE = 8
_LONGEST_DATELINE = 30
_NAMING = frozenset({"called", "named", "dubbed", "codenamed", "titled", "entitled", ",", "as", "known"})
_CALLED = frozenset({"called", "named", "dubbed", "as"})
_BRACKETS = {")": "(", "]": "["}
_DASHES = frozenset("-–—")
_LONGEST_OF_THE_WORLD = 4
_OPEN = frozenset('“"«')
_CLOSE = frozenset('”"»')


def find_spans(line: Line, rules: Rules, known: Callable[[int, int], bool]) -> list[Span]:
    """Find every stretch of a line that may be a name, in order, none overlapping another.

    `known` tells whether a stretch `[start, end)` of the text is a known name. In running text such a name is left
    out, unless an acronym in brackets may stand for it.
    """
    if _is_byline(line, rules):
        return []
    spans = list(_quoted(line, rules)) if any(mark in line.text for mark in _OPEN) else []
    taken = {place for span in spans for place in range(span.first, span.last + 1)} | _aside(line, rules)
    if line.style == "plain":
        brackets = any(mark in line.text for mark in BRACKETS)
        spans += _in_running_text(line, rules, taken, _unknown if brackets else known)
    else:
        spans += _in_headline(line, rules, taken)
    return sorted(spans)


def _unknown(_start: int, _end: int) -> bool:
    return False


def _in_running_text(line: Line, rules: Rules, taken: set[int], known: Callable[[int, int], bool]) -> Iterator[Span]:
    after = 0
    for place in [match.start() for match in _OPENER.finditer(line.signs)]:
        if place >= after and place not in taken:
            last = run(line, rules, place, taken)
            if last >= place:
                after = last + 1
                if not known(line.starts[place], line.end(last)):
                    yield from _cut(line, rules, place, last)


def _in_headline(line: Line, rules: Rules, taken: set[int]) -> Iterator[Span]:
    after = 0
    for place in range(len(line.words)):
        if place < after or place in taken:
            continue
        last = _of_the_world(line, rules, place)
        if last > place:
            yield Span(place, last)
        else:
            last = run(line, rules, place, taken)
            if last < place:
                continue
            yield from _cut(line, rules, place, last)
        after = last + 1


def _cut(line: Line, rules: Rules, first: int, last: int) -> Iterator[Span]:
    """Cut a run into names, and look for a title in common letters before each."""
    for span in pieces(line, rules, first, last):
        follows = span.first and not span.title and line.signs[span.first - 1] & TITLE_PART
        yield _titled(line, rules, span) if follows else span


def _aside(line: Line, rules: Rules) -> set[int]:
    """Give the words of brackets that name an agency or authors."""
    return _source(line) | _credits(line, rules) if ")" in line.text or "]" in line.text else set()


def _of_the_world(line: Line, rules: Rules, place: int) -> int:
    """Give the last word of a country's or world body's name of several words; -1 where none begins here."""
    if line.lows[place] not in rules.world_openers or not line.words[place][0].isupper():
        return -1
    for last in range(min(place + _LONGEST_OF_THE_WORLD, len(line.words)) - 1, place, -1):
        name = " ".join(line.lows[place : last + 1])
        follows = line.lows[last + 1] if last + 1 < len(line.lows) else ""
        known = name in rules.world["places"] or name in rules.world["organisations"]
        if known and follows not in rules.inside.last:
            return last
    return -1


def _titled(line: Line, rules: Rules, span: Span) -> Span:
    """Look for a title in common letters before a name: "commander Abu Omar"."""
    first = span.first
    least = max(0, span.first - _LONGEST_TITLE)
    while first > least and line.signs[first - 1] & TITLE_PART:
        if line.lows[first - 1] in {"'s", "-"} or line.words[first - 1] == "-":
            break
        first -= 1
    title = line.lows[first : span.first]
    nearest = next((low for low in reversed(title) if low != "."), "")
    held = nearest in rules.titles["office"] or nearest in rules.titles["civil"]
    return span._replace(title=title) if held else span


def _is_byline(line: Line, rules: Rules) -> bool:
    short = len(line.words) <= 8  # noqa: PLR2004
    return short and _opens_byline(line, rules, 0)


def _opens_byline(line: Line, rules: Rules, place: int) -> bool:
    return any(line.lows[place : place + len(phrase)] == phrase for phrase in rules.bylines)


def _credits(line: Line, rules: Rules) -> set[int]:
    """Give the words of a bracket that only credits its authors: "(Reporting by …; editing by …)"."""
    for place, word in enumerate(line.words):
        if word == "(" and place + 1 < len(line.words) and _opens_byline(line, rules, place + 1):
            close = next((end for end in range(place, len(line.words)) if line.words[end] == ")"), place)
            return set(range(place, close))
    return set()


def _source(line: Line) -> set[int]:
    """Give the words of a dateline that name the agency: "SAN SALVADOR, 4 JAN 90 (EFE) --"."""
    for close in range(3, min(_LONGEST_DATELINE, len(line.words) - 1)):
        if line.words[close] in _BRACKETS and line.words[close + 1] in _DASHES:
            opening = next(
                (place for place in range(close, 0, -1) if line.words[place] == _BRACKETS[line.words[close]]), 0
            )
            dated = any(word.isdigit() for word in line.words[:opening])
            return set(range(opening, close)) if opening and dated else set()
    return set()


def _quoted(line: Line, rules: Rules) -> Iterator[Span]:
    """Give each quoted name with the noun that says what it is: “Islamic State” organization."""
    place = 0
    while place < len(line.words):
        if line.words[place] in _OPEN:
            close = _closing(line, place)
            after = line.lows[close + 1] if 0 < close < len(line.words) - 1 else ""
            before = rules.quoted.get(_noun_before(line, place), "")
            called = place > 0 and line.lows[place - 1] in _CALLED
            sort = rules.quoted.get(after, "")
            inner = " ".join(line.lows[place + 1 : close]) if close > 0 else ""
            if inner in rules.inside.pairs and not sort:
                yield Span(place + 1, close - 1)
            elif close > 0 and (sort or before == "operation" or (before and called)):
                yield Span(place, close + bool(sort), quoted=sort or before)
            place = max(place, close)
        place += 1


def _noun_before(line: Line, place: int) -> str:
    """Give the word before a quoted name: "operation" in "the operation dubbed “…”"."""
    before = place - 1
    while before > 0 and line.lows[before] in _NAMING:
        before -= 1
    return line.lows[before] if before >= 0 else ""


def _closing(line: Line, place: int) -> int:
    for close in range(place + 2, min(place + 2 + _LONGEST_QUOTE, len(line.words))):
        if line.words[close] in _CLOSE:
            inner = line.words[place + 1 : close - (line.words[close - 1] in ",.")]
            named = bool(inner) and (inner[0][0].isupper() or inner[0] in ARTICLES)
            return close if named and all(word[0].isalnum() or word in "-'’" for word in inner) else -1
    return -1
