"""A word that may begin a name turned into the run of words that goes on from it: "Hayat Tahrir al-Sham"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from readingroom.discovery.chunks import AND_THE, BEGINS, FREE, GOES_ON, NAMED, ORDINAL, TOUCHES, is_capital_name
from readingroom.romanise import ARTICLES

if TYPE_CHECKING:
    from readingroom.discovery.lines import Line
    from readingroom.discovery.rules import Rules

_LONGEST = 24
_SAINTS = frozenset({"san", "santa", "santo", "saint", "são"})
_APOSTROPHES = frozenset("’'")
_LED = frozenset({"led", "backed"})


def run(line: Line, rules: Rules, first: int, taken: set[int]) -> int:
    """Give the last word of the run that begins at `first`; less than `first` where none does."""
    place = first if line.style == "plain" and line.signs[first] & BEGINS else _opened(line, rules, first)
    if place < first:
        return -1
    while True:
        after = _next(line, rules, first, place)
        if after <= place or after - first > _LONGEST or (taken and not taken.isdisjoint(range(place + 1, after + 1))):
            return place
        place = after


def _opened(line: Line, rules: Rules, place: int) -> int:
    """Give the first whole word of a name that begins here: an article may stand before it."""
    low = line.lows[place]
    if low in ARTICLES and place + 2 < len(line.words) and line.words[place + 1] == "-":
        step = place + 2
        return step if line.touches(place + 1) and line.words[step][0].isupper() else -1
    if low in {"al", "el"} and place + 1 < len(line.words) and is_named(line, rules, place + 1):
        return place + 1
    if ORDINAL.fullmatch(low) and place + 1 < len(line.words):
        fits = is_named(line, rules, place + 1) or _is_noun_of_names(line, rules, place + 1)
        plain_noun = line.lows[place + 1] in rules.words["generic"]
        unit = place + 2 < len(line.words) and line.lows[place + 2] in rules.inside.last
        return place + 1 if fits and (unit or not plain_noun) else -1
    if line.style != "plain" and low in rules.words["openers"] and place + 1 < len(line.words):
        if low in _SAINTS and line.words[place + 1][0].isupper():
            return place + 1
        return place + 1 if is_named(line, rules, place + 1) else -1
    return place if is_named(line, rules, place) else -1


def is_named(line: Line, rules: Rules, place: int) -> bool:
    """Tell whether a word looks like (part of) a name: capitalised and, where that says little, uncommon."""
    if line.style == "plain":
        return bool(line.signs[place] & NAMED)
    word, low = line.words[place], line.lows[place]
    if not is_capital_name(rules, word, low, capitals=line.style == "capitals"):
        return False
    if low in rules.world["peoples"] or low in rules.words["modifiers"] or opens_pair(line, rules, place):
        return True
    if is_numbered(line, place):
        return True
    if line.style == "title" and word.isupper() and len(word) > 1:
        return True
    return is_uncommon(line, rules, place) or low in rules.inside.first


def opens_pair(line: Line, rules: Rules, place: int) -> bool:
    """Tell the first of two common words that make a name together ("AIR FORCE")."""
    return " ".join(line.lows[place : place + 2]) in rules.inside.pairs


def is_numbered(line: Line, place: int) -> bool:
    """Tell a letter with a number behind a hyphen, as parties and weapons are called: "M-19"."""
    if len(line.words[place]) > 1 or place + 2 >= len(line.words) or not line.words[place].isalpha():
        return False
    fits = line.words[place + 1] == "-" and line.words[place + 2].isdigit()
    return fits and line.touches(place + 1) and line.touches(place + 2)


def is_uncommon(line: Line, rules: Rules, place: int) -> bool:
    """Tell a word of no common use: where it is a form of one, a given name beside it decides."""
    low = line.lows[place]
    if not rules.lexicon.is_ordinary(low):
        return True
    if low in rules.given:
        after = line.lows[place + 1] if place + 1 < len(line.lows) else ""
        return after.isalpha() and not rules.lexicon.is_common(after)
    before = line.lows[place - 1] if place else ""
    if before in _SAINTS:
        return True
    given = before in rules.given and not rules.lexicon.is_common(before)
    return given and not rules.lexicon.is_listed(low) and low not in rules.words["function"]


def _next(line: Line, rules: Rules, first: int, place: int) -> int:
    """Give the word up to which a run goes on after `place`, or `place` where it ends."""
    step = place + 1
    if step >= len(line.words) or (line.style == "plain" and not line.signs[step] & GOES_ON):
        return place
    if not line.signs[step] & TOUCHES and is_named(line, rules, step):
        return step
    if line.words[step] == "-":
        return _hyphenated(line, rules, place)
    if line.lows[step] == "'s" or (line.words[step] in _APOSTROPHES and line.lows[place].endswith("s")):
        return _possessed(line, rules, place)
    if line.touches(step):
        initial = line.words[step] == "." and _is_initial(line, place) and step + 1 < len(line.words)
        return step + 1 if initial and is_named(line, rules, step + 1) else place
    noun = line.style != "plain" and _is_noun_of_names(line, rules, step)
    return step if noun else _joined(line, rules, first, place)


def _hyphenated(line: Line, rules: Rules, place: int) -> int:
    """Go on over a hyphen: "al-Bab", "Deir-ez-Zor", "US-led Coalition", not "ISIS-held"."""
    step = place + 2
    if step >= len(line.words) or not line.touches(place + 1) or not line.words[step][0].isalnum():
        return place
    if line.lows[place] in ARTICLES and (line.touches(step) or line.words[step][0].isupper()):
        return step
    if not line.touches(step):
        return place
    if step + 1 < len(line.words):
        if line.lows[step] in ARTICLES and line.words[step + 1] == "-" and line.touches(step + 1):
            return min(step + 2, len(line.words) - 1)
        if line.lows[step] in _LED and line.lows[step + 1] in rules.inside.last and line.words[step + 1][0].isupper():
            return step + 1
    return step if _goes_on(line, rules, place, step) else place


def _goes_on(line: Line, rules: Rules, place: int, step: int) -> bool:
    """Tell whether the word at `step`, after a hyphen, belongs to the name that `place` does."""
    if not line.words[step][0].isupper() and not line.words[step].isdigit():
        return False
    if line.style != "plain" and rules.lexicon.is_common(line.lows[step]):
        return False
    return not _is_pair_of_countries(rules, line.lows[place], line.lows[step])


def _is_pair_of_countries(rules: Rules, one: str, other: str) -> bool:
    return one in rules.world["places"] and (other in rules.world["places"] or other in rules.world["peoples"])


def _is_initial(line: Line, place: int) -> bool:
    word = line.words[place]
    return (len(word) == 1 and word.isupper()) or line.lows[place] in {"st", "mt", "ft"}


def _possessed(line: Line, rules: Rules, place: int) -> int:
    """Go over the ending of a common noun inside a name ("People’s Protection Units"), not of a name."""
    step = place + 2
    if (
        line.lows[place] in rules.words["owners"]
        and step < len(line.words)
        and line.words[step][0].isupper()
        and not line.touches(step)
    ):
        return step if is_named(line, rules, step) or _is_noun_of_names(line, rules, step) else place
    return place


def _is_noun_of_names(line: Line, rules: Rules, place: int) -> bool:
    """Tell a common word that may belong to a name in a line of capitals or a headline."""
    low = line.lows[place]
    if not line.words[place][0].isupper():
        return False
    owner = low in rules.words["owners"] and line.lows[place + 1 : place + 2] == ("'s",)
    return owner or low in rules.inside.last or low in rules.inside.any or low in rules.words["inner"]


def _joined(line: Line, rules: Rules, first: int, place: int) -> int:
    """Go over the small words inside a name: "bin", "de la", "of the" after an organisation's noun."""
    step = place + 1
    low, end = line.lows[step], len(line.words)
    head = line.lows[place]
    if low in {"of", "for"}:
        fits = head in rules.words["joined_of" if low == "of" else "joined_for"] or line.lows[first] == "operation"
        in_front = head == "front" and place and line.lows[place - 1] == "in"
        if not fits or in_front or (line.style == "plain" and not line.words[place][0].isupper()):
            return place
        step += 1
        while step < end and line.lows[step] in {"the", "all"}:
            step += 1
        acronym = step < end and line.style == "plain" and line.words[step].isupper() and len(line.words[step]) > 1
        return step if step < end and not acronym and _may_follow_of(line, rules, step) else place
    if low == "and":
        return _and(line, rules, first, place)
    while step + 1 < end:
        small = line.lows[step]
        if (small in ARTICLES or small in AND_THE) and line.words[step + 1] == "-" and line.touches(step + 1):
            step += 2
        elif small in rules.words["joins"] or small in FREE:
            step += 1
        else:
            break
    if step == place + 1 or step >= end or step > place + 5:
        return place
    small = line.words[place + 1]
    if line.style == "plain" and small[0].isupper() and small.lower() not in ARTICLES:
        return place
    return step if line.words[step][0].isupper() and is_named(line, rules, step) else place


def _may_follow_of(line: Line, rules: Rules, place: int) -> bool:
    if not line.words[place][0].isupper():
        return False
    low = line.lows[place]
    named = is_named(line, rules, place) or _is_noun_of_names(line, rules, place)
    return named and low not in rules.words["time"]


def _and(line: Line, rules: Rules, first: int, place: int) -> int:
    """Join "Ministry of Defence and Logistics": an office's field of common words goes on over "and"."""
    step = place + 2
    if " ".join(line.lows[first : first + 2]) in rules.inside.pairs and "of" in line.lows[first:place]:
        step += step < len(line.words) and line.lows[step] == "the"
        return step if step < len(line.words) and is_named(line, rules, step) else place
    if step >= len(line.words) or not line.words[step][0].isupper() or line.style != "plain":
        return place
    office = line.lows[first] in rules.inside.first and "of" in line.lows[first:place]
    both = rules.lexicon.is_common(line.lows[place]) and rules.lexicon.is_common(line.lows[step])
    return step if office and both and line.lows[first] in {"ministry", "department", "office"} else place
