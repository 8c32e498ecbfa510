"""Acronyms introduced in brackets, "Syrian Democratic Forces (SDF)", with the words they stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from readingroom.discovery.lines import BRACKETS, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from readingroom.discovery.lines import Line
    from readingroom.discovery.rules import Rules

_CLOSE = frozenset(")]")
_LONGEST = 7
_SMALL = frozenset(
    [
        "of",
        "for",
        "the",
        "and",
        "in",
        "to",
        "on",
        "against",
        "de",
        "la",
        "del",
        "los",
        "las",
        "y",
        "al",
        "el",
        "e",
        "du",
        "da",
        "a",
        "-",
        "'",
        "'s",
    ]
)
_FURTHEST = 14


class Introduced(NamedTuple):
    """Word `acronym` of a line stands for the words `[first, last]` of it."""

    first: int
    last: int
    acronym: int


def introduced(line: Line, rules: Rules, spans: Sequence[Span]) -> Iterator[Introduced]:
    """Find every acronym in brackets after the words it stands for, or followed by them in brackets.

    Where its letters do not spell those words (the acronym of another language), the name that ends right
    before the bracket counts.
    """
    if any(mark in line.text for mark in BRACKETS):
        yield from _in_brackets(line, rules, {span.last: span for span in spans if span.last > span.first})
        yield from _before_brackets(line, rules, {span.first: span for span in spans if span.last > span.first})


def _in_brackets(line: Line, rules: Rules, ends: Mapping[int, Span]) -> Iterator[Introduced]:
    for place in range(2, len(line.words)):
        if line.words[place - 1] not in BRACKETS or not _is_acronym(line, place, rules):
            continue
        last = place - 2
        while last > 0 and not line.words[last][0].isalnum():
            last -= 1
        first = _spelled(line, last, line.lows[place].replace(".", ""))
        if first is not None:
            yield Introduced(first, last, place)
        elif last in ends and not ends[last].title and _may_stand_for(line, ends[last], place, rules):
            yield Introduced(ends[last].first, last, place)


def _before_brackets(line: Line, rules: Rules, starts: Mapping[int, Span]) -> Iterator[Introduced]:
    for place in range(len(line.words) - 3):
        long = starts.get(place + 2)
        if long and line.words[place + 1] in BRACKETS and line.words[place].isupper() and _is_free(line, place, rules):
            closed = line.words[long.last + 1 : long.last + 2]
            if closed and closed[0] in _CLOSE and _may_stand_for(line, long, place, rules):
                yield Introduced(long.first, long.last, place)


def _is_acronym(line: Line, place: int, rules: Rules) -> bool:
    word = line.words[place]
    closed = place + 1 < len(line.words) and line.words[place + 1] in {*_CLOSE, ",", ";", "-", "–", "/"}
    return closed and sum(map(str.isupper, word)) > 1 and _is_short(line, place, rules)


def _is_short(line: Line, place: int, rules: Rules) -> bool:
    word = line.words[place]
    short = 1 < len(word) <= _LONGEST and word.replace(".", "").isalnum() and not word.isdigit()
    return short and line.lows[place] not in rules.words["no_acronyms"]


def _is_free(line: Line, place: int, rules: Rules) -> bool:
    return _is_short(line, place, rules) and not rules.lexicon.is_common(line.lows[place])


def _may_stand_for(line: Line, name: Span, place: int, rules: Rules) -> bool:
    """Tell an acronym of another language from what else stands beside a name: a country, a word of it, a noun."""
    low = line.lows[place]
    if (
        line.lows[name.last] not in rules.inside.last
        or low in rules.world["places"]
        or low in line.lows[name.first : name.last + 1]
    ):
        return False
    nouns = (rules.inside.last, rules.inside.first, rules.inside.any)
    lists = (rules.words[each] for each in ("function", "generic", "time", "modifiers", "inner", "group_nouns"))
    return not any(low in words for words in (*nouns, *lists, *rules.titles.values()))


def _spelled(line: Line, last: int, letters: str) -> int | None:
    """Go back from word `last` until the initials have spelled the letters; None where they do not."""
    left, place, first = len(letters), last, None
    while left and place >= 0 and last - place <= _FURTHEST:
        low = line.lows[place]
        if low[0] == letters[left - 1]:
            left, first = left - 1, place
        elif low not in _SMALL and not _within_word(line, place, letters[left - 1]):
            return None
        place -= 1
    if left or first is None or not line.words[first][0].isupper():
        return None
    return first


def _within_word(line: Line, place: int, letter: str) -> bool:
    """Tell whether a word may give no letter of its own: a later part of a hyphenated or fused one."""
    return line.touches(place) or (place + 1 < len(line.words) and line.lows[place + 1][0] == letter)


def extend(spans: Sequence[Span], found: Sequence[Introduced]) -> list[Span]:
    """Replace the spans within an introduced long form by the whole of it, and add its acronym."""
    added = [Span(each.first, each.last) for each in found] + [Span(each.acronym, each.acronym) for each in found]
    taken = {place for span in added for place in range(span.first, span.last + 1)}
    kept = [span for span in spans if taken.isdisjoint(range(span.first, span.last + 1))]
    return sorted([*kept, *added])


def again(line: Line, spans: Sequence[Span], acronyms: frozenset[str]) -> Iterator[Span]:
    """Give the further uses, in a line of capitals, of acronyms spelled like common words: "ARENA DEPUTIES"."""
    if line.style == "capitals" and not acronyms.isdisjoint(line.words):
        taken = {place for span in spans for place in range(span.first, span.last + 1)}
        for place, word in enumerate(line.words):
            if word in acronyms and place not in taken:
                yield Span(place, place)
