"""A run of words turned into names: cut at titles and given names, and trimmed of what is no name."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from readingroom.discovery.chunks import ORDINAL, TITLE_PART, lower
from readingroom.discovery.cues import is_called_a_place
from readingroom.discovery.lines import Span
from readingroom.discovery.runs import is_numbered, is_uncommon, opens_pair
from readingroom.romanise import ARTICLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from readingroom.discovery.lines import Line
    from readingroom.discovery.rules import Rules

_POSSESSIVE = frozenset({"'s"})


class Seen(NamedTuple):
    """What the words of a run tell without those around it.

    `whole` that there is nothing to cut or drop, but for a first word that `may_fall` where it opens a sentence;
    `weak` that their capitals prove nothing.
    """

    whole: bool
    may_fall: bool
    weak: bool


def pieces(line: Line, rules: Rules, first: int, last: int) -> Iterable[Span]:
    """Cut a run at its titles and drop what is no name from both ends of each part."""
    if line.style == "plain":
        whole, may_fall, weak = _seen(rules, line.words[first : last + 1])
        if whole and not (may_fall and line.opens_sentence(first)):
            return (Span(first, last, weak),)
    return _pieces(line, rules, first, last)


@lru_cache(maxsize=1 << 15)
def _seen(rules: Rules, words: tuple[str, ...]) -> Seen:
    lows = tuple(map(lower, words))
    first, last = lows[0], lows[-1]
    titles = rules.titles["office"] | rules.titles["civil"]
    bounded = not any(word in found for word in (first, last) for found in (rules.words["generic"], _POSSESSIVE))
    begins = words[0][0].isalnum() and first not in rules.words["joins"] and first not in rules.titles["fields"]
    ends = words[-1][0].isalnum() and last not in rules.words["tails"] and last not in rules.world["peoples"]
    ends = ends and (words[-1].isupper() or last not in rules.words["function"])
    long = len(words) > 1 and last not in rules.words["events"]
    whole = bounded and begins and ends and (long or (len(words) == 1 and len(first) > 1))
    return Seen(
        whole and titles.isdisjoint(lows) and rules.given.isdisjoint(lows[1:-1]),
        len(words) > 1 and rules.lexicon.is_common(first) and not words[0].isupper() and not _may_open(rules, first),
        _prove_nothing(rules, words, lows),
    )


def _pieces(line: Line, rules: Rules, first: int, last: int) -> Iterator[Span]:
    if line.style == "plain" and _is_nations_army(line, rules, last):
        yield from _trimmed(line, rules, first, last - 1)
        yield Span(last, last + 1)
        return
    title_end = _title_end(line, rules, first, last)
    if title_end < first or (title_end == first and is_called_a_place(line, Span(first, last), rules)):
        yield from _trimmed(line, rules, first, last)
        return
    title_start = title_end
    while title_start > first and line.signs[title_start - 1] & TITLE_PART:
        title_start -= 1
    if title_start > first:
        yield from _trimmed(line, rules, first, title_start - 1)
    title = line.lows[title_start : title_end + 1]
    for span in _trimmed(line, rules, title_end + 1, last):
        yield span._replace(title=title if span.first == title_end + 1 else ())


def _is_nations_army(line: Line, rules: Rules, place: int) -> bool:
    """Tell "Russian forces": a nation's word and a lower-case noun for its army."""
    if line.lows[place] not in rules.world["peoples"] or place + 1 >= len(line.words):
        return False
    return line.words[place + 1] in rules.words["armies"] and not line.touches(place + 1)


def _title_end(line: Line, rules: Rules, first: int, last: int) -> int:
    """Find the last title noun of a run that a name follows; less than `first` where there is none."""
    if line.lows[last] in rules.inside.last and rules.inside.last[line.lows[last]].sort != "operation":
        return first - 1
    for place in range(last - 1, first - 1, -1):
        low = line.lows[place]
        if (low in rules.titles["office"] or low in rules.titles["civil"]) and line.lows[place + 1] not in {
            "of",
            "for",
        }:
            return place + (line.words[place + 1] == ".")
    return first - 1


def _trimmed(line: Line, rules: Rules, first: int, last: int) -> Iterator[Span]:
    while first <= last and _falls_off_front(line, rules, first, last):
        first += 1
    while first <= last and _falls_off_back(line, rules, last):
        last -= 1
    if (
        first > last
        or (first == last and (_is_letter(line, first) or _is_title(line, rules, first)))
        or _is_event(line, rules, first, last)
    ):
        return
    if line.style == "plain":
        yield from _plain(line, rules, first, last)
    else:
        yield from _uncommon(line, rules, first, last)


def _is_event(line: Line, rules: Rules, first: int, last: int) -> bool:
    """Tell the name of a meeting, a war or a document, which no index holds: "Geneva Communiqué"."""
    named = line.style == "plain" and line.lows[last] in rules.words["events"]
    return first < last and named and "of" not in line.lows[first:last]


def _is_letter(line: Line, place: int) -> bool:
    return len(line.lows[place]) == 1


def _is_title(line: Line, rules: Rules, place: int) -> bool:
    return line.lows[place] in rules.titles["office"] or line.lows[place] in rules.titles["civil"]


def _plain(line: Line, rules: Rules, first: int, last: int) -> Iterator[Span]:
    """Cut a run where a given name follows words that are no part of a person's name."""
    for place in range(first + 1, last):
        if line.lows[place] in rules.given and _is_no_person(line, rules, first, place):
            yield Span(first, place - 1, weak=_proves_nothing(line, rules, first, place - 1))
            yield Span(place, last, title=_title_before_of(line, rules, first))
            return
    field = first
    while field < last and line.lows[field] in rules.titles["fields"]:
        field += 1
    title = _title_before_of(line, rules, first)
    if title and field > first and line.lows[last] not in rules.inside.last:
        yield Span(field, last, title=(*title, *line.lows[first:field]))
        return
    yield Span(first, last, weak=_proves_nothing(line, rules, first, last))


def _is_no_person(line: Line, rules: Rules, first: int, place: int) -> bool:
    before = line.text[line.starts[first] : line.end(place - 1)].lower()
    if before in rules.world["places"] or before in rules.world["organisations"] or line.words[place - 1].isupper():
        return True
    words = [low for low in line.lows[first:place] if low[0].isalnum()]
    return all(rules.lexicon.is_common(low) and low not in rules.inside.first for low in words)


def _title_before_of(line: Line, rules: Rules, first: int) -> tuple[str, ...]:
    """Give the title that "of" or "for" joins to the words before a name: "Secretary of State John Kerry"."""
    place = first - 1
    while place > 0 and line.lows[place] in {"the", "of", "for"}:
        place -= 1
    fits = first - place > 1 and line.lows[place] in rules.titles["office"]
    return line.lows[place:first] if fits else ()


def _falls_off_front(line: Line, rules: Rules, place: int, last: int) -> bool:
    low = line.lows[place]
    if not line.words[place][0].isalnum() or low == "'s":
        return True
    if low in rules.words["generic"] and low not in rules.inside.first and place < last:
        if opens_pair(line, rules, place):
            return False
        return line.opens_sentence(place) or line.style != "plain"
    if low in rules.words["joins"] and low not in rules.words["openers"] and low not in ARTICLES:
        return line.style == "plain" and low not in {"bin", "ibn", "van", "von"}
    common = rules.lexicon.is_common(low) and not line.words[place].isupper()
    opens = place < last and line.style == "plain" and line.opens_sentence(place)
    return common and opens and not _may_open(rules, low)


def _may_open(rules: Rules, low: str) -> bool:
    return (
        low in rules.inside.first
        or low in rules.words["modifiers"]
        or low in rules.words["inner"]
        or low in rules.given
        or low in rules.inside.last
        or low in rules.inside.any
    )


def _falls_off_back(line: Line, rules: Rules, place: int) -> bool:
    low = line.lows[place]
    before = line.lows[place - 1] if place else ""
    if (
        not line.words[place][0].isalnum()
        or low == "'s"
        or (low in rules.words["function"] and not line.words[place].isupper())
    ):
        return True
    if low in rules.words["tails"]:
        return low != "department" or not rules.lexicon.is_common(before)
    if low in rules.words["generic"] and low not in rules.inside.last:
        nations = low in rules.words["armies"] and before in rules.world["peoples"]
        return before not in rules.words["modifiers"] and not (nations and line.style == "capitals")
    if low in rules.titles["office"] and low not in rules.inside.last:
        return before not in rules.given
    return low in rules.world["peoples"] and line.style == "plain"


def _proves_nothing(line: Line, rules: Rules, first: int, last: int) -> bool:
    """Tell whether capitals prove nothing, because every word is a common one or a people's."""
    return _prove_nothing(rules, line.words[first : last + 1], line.lows[first : last + 1])


def _prove_nothing(rules: Rules, words: Iterable[str], lows: Iterable[str]) -> bool:
    return all(
        rules.lexicon.is_common(low) or low in rules.world["peoples"]
        for word, low in zip(words, lows, strict=True)
        if word[0].isalnum()
    )


def _uncommon(line: Line, rules: Rules, first: int, last: int) -> Iterator[Span]:
    """Cut a run of a headline or a line of capitals down to what can be a name there."""
    anchored = [place for place in range(first, last + 1) if _anchors(line, rules, place)]
    anchored = [step for place in anchored for step in range(place, place + 1 + 2 * is_numbered(line, place))]
    nouns = rules.words["armies"] if line.lows[first] in rules.world["peoples"] else frozenset()
    ends = [p for p in range(first, last + 1) if line.lows[p] in rules.inside.last or line.lows[p] in nouns]
    named = [
        place
        for place in range(first, last + 1)
        if line.lows[place] in rules.words["modifiers"]
        or opens_pair(line, rules, place)
        or ORDINAL.fullmatch(line.lows[place])
    ]
    if anchored:
        end = max([anchored[-1], *(place for place in ends if place > anchored[-1])])
        alone = all(place in anchored for place in range(first, end))
        yield Span(first, end - 1 if alone and first < end and line.lows[end] in rules.words["group_nouns"] else end)
    elif (named and ends and ends[-1] > named[0]) or (
        ends and ends[-1] > first and line.lows[first] in rules.world["peoples"]
    ):
        yield Span(first, ends[-1], weak=True)


def _anchors(line: Line, rules: Rules, place: int) -> bool:
    low = line.lows[place]
    if is_numbered(line, place):
        return True
    if not low[0].isalpha() or low in rules.world["peoples"] or len(low) == 1 or low in rules.words["joins"]:
        return False
    if line.style == "title" and line.words[place].isupper():
        return True
    return is_uncommon(line, rules, place)
