"""Two spellings of a name turned into a distance of sounds: 0 for the same, about 1 for quite another name.

What each change of a sound costs stands in spelling_distance.toml. Below `JOIN` two spellings in one kind may
be taken for one name, below `SUGGEST` a person should be asked; some differences forbid either (see `apart`).
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

from readingroom.romanise import fold, key, sounds

_RULES = tomllib.loads(files("readingroom").joinpath("spelling_distance.toml").read_text(encoding="utf-8"))
_GAPS: dict[str, float] = _RULES["gaps"]
_WEIGHTS: dict[str, float] = _RULES["weights"]
_OTHER: float = _RULES["other"]
JOIN: float = _RULES["limits"]["join"]
SUGGEST: float = _RULES["limits"]["suggest"]

_VOWELS = frozenset("aeiouEOI")
_SHORT_ACRONYM = 3
_FUSED = ("al", "el", "ul")
_FUSED_COST = 0.1
_LONGER_THAN_ARTICLE = 3
_APART = frozenset(_RULES["apart"]["words"].split())


def _swaps() -> dict[str, float]:
    found = {}
    for cost, pairs in reversed(_RULES["swaps"].items()):
        for pair in pairs.split():
            found[pair] = found[pair[::-1]] = float(cost)
    return found


_SWAPS = _swaps()


def distance(one: str, other: str) -> float:
    """Measure how far apart two spellings sound, from 0 (the same) to 1.

    >>> distance("Uqayribat", "Oqeirbat") < SUGGEST < distance("Hama", "Homs")
    True
    """
    first, second = _sounded(one), _sounded(other)
    if not first or not second:
        return float(fold(one) != fold(other))
    if first == second:
        return 0.0
    length = max(_WEIGHTS["least"], (_length(first) + _length(second)) / 2)
    least = _cost(first, second, length)
    for article in _FUSED:
        for longer, shorter in ((first, second), (second, first)):
            if longer.startswith(article) and len(longer) > len(article) + _LONGER_THAN_ARTICLE:
                least = min(least, _FUSED_COST + _cost(longer[len(article) :], shorter, length))
    return min(1.0, least / length)


def may_join(one: str, other: str) -> bool:
    """Tell whether two spellings of one kind of thing may be taken for one name without asking.

    >>> may_join("Deir Ezzor", "Deir ez-Zor"), may_join("Hamoud", "Hamouda")
    (True, False)
    """
    if fold(one) == fold(other):
        return True
    if is_short_acronym(one) or is_short_acronym(other) or apart(one, other):
        return False
    return (key(one) == key(other) != "") or distance(one, other) <= JOIN


def may_suggest(one: str, other: str) -> bool:
    """Tell whether two spellings are near enough to ask a person.

    >>> may_suggest("Hajin", "Hujayn"), may_suggest("Upper Tiba", "Lower Tiba")
    (True, False)
    """
    if fold(one) == fold(other):
        return True
    if is_short_acronym(one) or is_short_acronym(other) or apart(one, other):
        return False
    return (key(one) == key(other) != "") or distance(one, other) <= SUGGEST


def apart(one: str, other: str) -> bool:
    """Tell whether two names differ in a word of direction, size or order, or in a number.

    >>> apart("Eastern Ghouta", "Western Ghouta"), apart("Al-Tiba", "Tiba")
    (True, False)
    """
    first, second = _telling(one), _telling(other)
    return first != second


@lru_cache(maxsize=1 << 14)
def _telling(name: str) -> frozenset[str]:
    return _APART.intersection(re.findall(r"[a-z]+", fold(name))) | frozenset(re.findall(r"\d+", name))


def is_short_acronym(name: str) -> bool:
    """Tell an acronym of up to three letters, which may stand for several things.

    >>> is_short_acronym("SDF"), is_short_acronym("FMLN"), is_short_acronym("Hit")
    (True, False, False)
    """
    return len(name) <= _SHORT_ACRONYM and name.isupper()


@lru_cache(maxsize=1 << 16)
def _sounded(name: str) -> str:
    return "".join(sounds(name))


def _length(symbols: str) -> float:
    return sum(_WEIGHTS["vowel"] if symbol in _VOWELS else _WEIGHTS["consonant"] for symbol in symbols)


def _cost(one: str, other: str, limit: float) -> float:
    """Give the least cost of turning one string of symbols into the other, or a cost over the limit."""
    gaps = [_gap(other, place) for place in range(len(other))]
    row = [0.0]
    for gap in gaps:
        row.append(row[-1] + gap)
    for place, symbol in enumerate(one):
        lost = _gap(one, place)
        last = row
        row = [last[0] + lost]
        for column, gap in enumerate(gaps):
            same = other[column]
            swap = 0.0 if symbol == same else _SWAPS.get(symbol + same, _OTHER)
            row.append(min(last[column] + swap, last[column + 1] + lost, row[column] + gap))
        if min(row) > limit:
            return limit + 1.0
    return row[-1]


def _gap(symbols: str, place: int) -> float:
    """Give the cost of a symbol that only one spelling has.

    Short vowels inside a name are often left out; an ending may make it another name.
    """
    symbol = symbols[place]
    last = place == len(symbols) - 1
    if symbol in _VOWELS:
        if last:
            return _GAPS["last_a"] if symbol in "aeE" else _GAPS["last_other_vowel"]
        return _GAPS["vowel_inside"] if place else _GAPS["vowel_first"]
    if symbol in "yw":
        beside = place > 0 and (symbols[place - 1] in _VOWELS or (not last and symbols[place + 1] in _VOWELS))
        return _GAPS["glide_beside_vowel" if beside else "glide"]
    if symbol == "h":
        return _GAPS["h_inside" if place and not last else "h"]
    return _GAPS["consonant"]
