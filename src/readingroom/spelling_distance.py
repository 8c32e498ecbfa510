"""Two spellings of a name turned into a distance of sounds: 0 for the same, about 1 for quite another name.

What each change of a sound costs stands in spelling_distance.toml. Below `JOIN` two spellings in one kind may
be taken for one name, below `SUGGEST` a person should be asked; some differences forbid either (see `apart`).
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from readingroom.romanise import fold, key, sounds

_RULES = tomllib.loads(Path(__file__).with_name("spelling_distance.toml").read_text(encoding="utf-8"))
_GAPS: dict[str, float] = _RULES["gaps"]
_WEIGHTS: dict[str, float] = _RULES["weights"]
_OTHER: float = _RULES["other"]
JOIN: float = _RULES["limits"]["join"]
SUGGEST: float = _RULES["limits"]["suggest"]

_VOWELS = frozenset("aeiouEOI")
_GLIDES = frozenset("yw")
_FIRM = 0.3  # no cheaper change turns the frame of a spelling into another
_FAR = 2.0
_SHORT_ACRONYM = 3
_FUSED = ("al", "el", "ul")
_ARTICLE = 2
_FUSED_COST = 0.1
_LONGER_THAN_ARTICLE = 3
_LEAST_GAP = min(_GAPS.values())
_ROUNDING = 1e-9
_APART = frozenset(_RULES["apart"]["words"].split())


def _swaps() -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for cost, pairs in reversed(_RULES["swaps"].items()):
        for one, other in pairs.split():
            found.setdefault(one, {one: 0.0})[other] = float(cost)
            found.setdefault(other, {other: 0.0})[one] = float(cost)
    return found


_SWAPS = _swaps()


def _frame_of() -> dict[int, str]:
    """Map each symbol to what stands for all it may be swapped with below `_FIRM`; what may be left out to nothing."""
    found = dict.fromkeys(_VOWELS | _GLIDES, "")
    for symbol in sorted(_SWAPS.keys() - found.keys()):
        near = {symbol}
        while more := {other for one in near for other, cost in _SWAPS[one].items() if cost < _FIRM} - near:
            near |= more
        found[symbol] = min(near)
    return str.maketrans(found)


_FRAME_OF = _frame_of()


def distance(one: str, other: str) -> float:
    """Measure how far apart two spellings sound, from 0 (the same) to 1.

    >>> distance("Uqayribat", "Oqeirbat") < SUGGEST < distance("Hama", "Homs")
    True
    """
    return _distance(_spelled(one), _spelled(other), 1.0)


def _distance(one: _Spelled, other: _Spelled, most: float) -> float:
    """Measure a distance of up to `most`; give any larger number for one that is larger."""
    first, second = one.heard, other.heard
    if not first.symbols or not second.symbols:
        return float(one.folded != other.folded)
    if first.symbols == second.symbols:
        return 0.0
    length = max(_WEIGHTS["least"], (first.length + second.length) / 2)
    limit = most * length + _ROUNDING
    if limit < _FIRM and first.frame != second.frame and not first.bare and not second.bare:
        return _FAR
    least = _cost(first, second, limit)
    for longer, shorter in ((first, second), (second, first)):
        if longer.bare:
            least = min(least, _FUSED_COST + _cost(_heard(longer.bare), shorter, limit))
    return min(1.0, least / length)


def may_join(one: str, other: str) -> bool:
    """Tell whether two spellings of one kind of thing may be taken for one name without asking.

    >>> may_join("Deir Ezzor", "Deir ez-Zor"), may_join("Hamoud", "Hamouda")
    (True, False)
    """
    return _may_be_one(_spelled(one), _spelled(other), JOIN)


def may_suggest(one: str, other: str) -> bool:
    """Tell whether two spellings are near enough to ask a person.

    >>> may_suggest("Hajin", "Hujayn"), may_suggest("Upper Tiba", "Lower Tiba")
    (True, False)
    """
    return _may_be_one(_spelled(one), _spelled(other), SUGGEST)


def _may_be_one(one: _Spelled, other: _Spelled, most: float) -> bool:
    if one.folded == other.folded:
        return True
    if one.is_short or other.is_short or one.telling != other.telling:
        return False
    return (one.key == other.key != "") or _distance(one, other, most) <= most


def apart(one: str, other: str) -> bool:
    """Tell whether two names differ in a word of direction, size or order, or in a number.

    >>> apart("Eastern Ghouta", "Western Ghouta"), apart("Al-Tiba", "Tiba")
    (True, False)
    """
    return _spelled(one).telling != _spelled(other).telling


def is_short_acronym(name: str) -> bool:
    """Tell an acronym of up to three letters, which may stand for several things.

    >>> is_short_acronym("SDF"), is_short_acronym("FMLN"), is_short_acronym("Hit")
    (True, False, False)
    """
    return len(name) <= _SHORT_ACRONYM and name.isupper()


class _Heard(NamedTuple):
    """The sounds of a name: what each costs where the other spelling lacks it, and what they add to the length.

    `frame` are the consonants, one for all that are readily swapped: spellings that are near share it. `bare`
    are the symbols without an article that may be fused with the name, empty where there is none.
    """

    symbols: str
    frame: str
    gaps: tuple[float, ...]
    length: float
    bare: str


class _Spelled(NamedTuple):
    """A name as it is compared; `telling` are its words of direction, size or order and its numbers."""

    folded: str
    key: str
    heard: _Heard
    telling: frozenset[str]
    is_short: bool


@lru_cache(maxsize=1 << 15)
def _spelled(name: str) -> _Spelled:
    folded = fold(name)
    telling = _APART.intersection(re.findall(r"[a-z]+", folded)) | frozenset(re.findall(r"\d+", name))
    return _Spelled(folded, key(name), _heard("".join(sounds(name))), telling, is_short_acronym(name))


@lru_cache(maxsize=1 << 15)
def _heard(symbols: str) -> _Heard:
    gaps = tuple(_gap(symbols, place) for place in range(len(symbols)))
    length = sum(_WEIGHTS["vowel"] if symbol in _VOWELS else _WEIGHTS["consonant"] for symbol in symbols)
    fused = symbols.startswith(_FUSED) and len(symbols) > _ARTICLE + _LONGER_THAN_ARTICLE
    return _Heard(symbols, symbols.translate(_FRAME_OF), gaps, length, symbols[_ARTICLE:] if fused else "")


def _cost(one: _Heard, other: _Heard, limit: float) -> float:
    """Give the least cost of turning one string of symbols into the other, or a cost over the limit.

    Only so many symbols can be lost or added as the limit pays for: what lies further apart is not compared.
    """
    far, width, end = limit + 1.0, int(limit / _LEAST_GAP), len(other.symbols)
    if abs(len(one.symbols) - end) > width:
        return far
    row = [0.0, *accumulate(other.gaps)]
    for place, (symbol, lost) in enumerate(zip(one.symbols, one.gaps, strict=True), 1):
        swaps = _SWAPS.get(symbol) or {symbol: 0.0}
        before, row = row, [far] * (end + 1)
        row[0] = before[0] + lost
        for column in range(max(1, place - width), min(end, place + width) + 1):
            row[column] = min(
                before[column - 1] + swaps.get(other.symbols[column - 1], _OTHER),
                before[column] + lost,
                row[column - 1] + other.gaps[column - 1],
            )
        if min(row) > limit:
            return far
    return row[end]


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
    if symbol in _GLIDES:
        beside = place > 0 and (symbols[place - 1] in _VOWELS or (not last and symbols[place + 1] in _VOWELS))
        return _GAPS["glide_beside_vowel" if beside else "glide"]
    if symbol == "h":
        return _GAPS["h_inside" if place and not last else "h"]
    return _GAPS["consonant"]
