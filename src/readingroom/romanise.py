"""Names from Arabic turned into keys that are equal for one name in many romanisations.

The rules are data (romanisation.json), so that templates/static/romanise.js gives the same keys in the
reader's browser. A key is strict: names of one kind with equal keys may be taken for one name. A
skeleton keeps consonant classes only: good for search and suggestion, never for merging.

Names in Arabic script write few vowels: their key is empty, their skeleton that of the Latin spellings, so
that a search in either script finds the name in the other.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import lru_cache, partial, reduce
from operator import methodcaller
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

FILE = Path(__file__).with_name("romanisation.json")
RULES = json.loads(FILE.read_text(encoding="utf-8"))
ARTICLES = frozenset(RULES["articles"])
FREE_ARTICLES = frozenset(RULES["free_articles"])
PARTICLES = frozenset(RULES["particles"])

_SPECIAL = frozenset(r"\^$.|?*+()[]{}")
_WORD = re.compile(r"[a-z0-9']+")
_ARABIC_WORD = re.compile("[\u0621-\u064a\u067e-\u06d3]+")
_LONGEST_BARE = 3
_WHITE = "\t\n\v\f\r"


class Word(NamedTuple):
    """One word of a name, without apostrophes; `start` names the rules for its place in the name."""

    text: str
    start: str


def _compiled(stage: str) -> tuple[Callable[[str], str], ...]:
    return tuple(_rule(pattern, replacement) for pattern, replacement in RULES[stage])


def _rule(pattern: str, replacement: str) -> Callable[[str], str]:
    if _SPECIAL.isdisjoint(pattern):
        return methodcaller("replace", pattern, replacement)
    return partial(re.compile(pattern).sub, re.sub(r"\$(\d)", r"\\\1", replacement))


_STAGES = {stage: _compiled(stage) for stage in ("first", "later", "inner", "word", "key", "skeleton", "joined")}
_SHAPES = {
    **dict.fromkeys(RULES["apostrophes"], "'"),
    **dict.fromkeys(RULES["hyphens"], "-"),
    **dict.fromkeys(RULES["quotes"], '"'),
}


@lru_cache(maxsize=8192)
def plain_letter(character: str) -> str:
    """Strip a character of diacritics and variant shapes, keeping its case; may give 0 or more letters.

    >>> [plain_letter(c) for c in "Ḩé’“—ßﬁ"]
    ['H', 'e', "'", '"', '-', 'ss', 'fi']
    """
    if character in _SHAPES:
        return _SHAPES[character]
    return "".join(map(_plain, unicodedata.normalize("NFKD", character)))


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Mn", "Cf"}:
        return ""
    if category[0] == "Z" or character in _WHITE:
        return " "
    lower = character.lower()
    plain: str = RULES["letters"].get(lower, lower)
    if character == lower:
        return _SHAPES.get(plain, plain)
    return plain.capitalize()


def fold(text: str) -> str:
    """Reduce text to the form in which spellings are compared: no case, diacritics or variant shapes.

    >>> fold(" Hay’at  Taḩrīr al–Shām "), fold("هَيْئة")
    ("hay'at tahrir al-sham", 'هييه')
    """
    if text.isascii() and text.isprintable():
        plain = text.replace("`", "'").lower()
    else:
        plain = "".join(map(plain_letter, text)).lower().replace("ς", "σ")
    return " ".join(filter(None, plain.split(" ")))


def words(name: str) -> list[Word]:
    """Split a folded name at spaces and hyphens, leaving articles out.

    >>> [word.text for word in words("deir ez-zor")], words("umm elkhalayel")[1].start
    (['deir', 'zor'], 'later')
    """
    found = [word.replace("'", "") for word in _WORD.findall(name)]
    found = [word for word in found if word]
    kept = []
    start = "first"
    for place, word in enumerate(found, 1):
        if word in ARTICLES and place < len(found):
            start = "bare"
        else:
            kept.append(Word(word, start))
            start = "later"
    return kept


@lru_cache(maxsize=1 << 16)
def key(name: str) -> str:
    """Spell a name in the one way all its usual romanisations share; empty without Latin letters.

    >>> key("Deir Ezzor") == key("Deir ez-Zor") == key("deir el zour")
    True
    >>> key("Hamoud") == key("Hamouda"), key("Hama") == key("Homs")
    (False, False)
    """
    return key_of(words(fold(name)))


def skeleton(name: str) -> str:
    """Reduce a name to its classes of consonants: equal for all spellings and for many other names.

    Arabic script, which writes few vowels, is reduced to the same classes.

    >>> skeleton("Uqayribat") == skeleton("Oqeirbat"), skeleton("هجين") == skeleton("Hajin")
    (True, True)
    """
    return reduce(join_keys, _each(words(_latin(fold(name))), _word_skeleton), "")


def _latin(folded: str) -> str:
    """Write the Arabic words of a folded name in Latin letters, consonant by consonant, the article apart."""
    return _ARABIC_WORD.sub(_romanised, folded)


def _romanised(match: re.Match[str]) -> str:
    word = match[0]
    article = "al-" if word.startswith("ال") and len(word) > _LONGEST_BARE else ""
    letters = word[2:] if article else word
    return article + "".join(RULES["arabic"].get(letter, "") for letter in letters)


def word_keys(name: str) -> tuple[str, ...]:
    """Give the key of each word of a name; `key` is these, joined.

    >>> word_keys("Jaysh Khaled bin al-Waleed")
    ('jiS', 'xalid', 'bin', 'walid')
    """
    return tuple(_each(words(fold(name)), word_key))


def sounds(name: str) -> tuple[str, ...]:
    """Spell each word of a name in symbols of its sounds, from which key and skeleton are reduced.

    >>> sounds("Sheikh Meskin"), sounds("Shaykh Miskeen")
    (('SEx', 'meskin'), ('SEx', 'miskin'))
    """
    return tuple(_each(words(fold(name)), _sounds))


def join_keys(before: str, after: str) -> str:
    """Join the keys of two neighbouring words or stretches: a sound at both sides counts once.

    >>> join_keys("um", "mugar")
    'umugar'
    """
    return before + (after[1:] if after[:1] == before[-1:] else after)


@lru_cache(maxsize=1 << 16)
def word_key(word: str, start: str, end: str) -> str:
    """Give the key of one folded word.

    `start` says what stands before it: nothing (first), a word (later), an article (bare); `end` is
    inner or last.
    """
    return _key_of_sounds(_sounds(word, start, end))


@lru_cache(maxsize=1 << 15)
def _key_of_sounds(symbols: str) -> str:
    return _apply("joined", _apply("key", symbols))


@lru_cache(maxsize=1 << 14)
def _word_skeleton(word: str, start: str, end: str) -> str:
    return _apply("joined", _apply("skeleton", _sounds(word, start, end)))


def key_of(found: Sequence[Word]) -> str:
    """Join the keys of a name's words, as `words` gives them."""
    return reduce(join_keys, _each(found, word_key), "")


def _each(found: Sequence[Word], form: Callable[[str, str, str], str]) -> Iterator[str]:
    last = len(found) - 1
    for place, (text, start) in enumerate(found):
        yield form(text, start, "last" if place == last else "inner")


@lru_cache(maxsize=1 << 14)
def _sounds(word: str, start: str, end: str) -> str:
    if start != "bare":
        word = _apply(start, word)
    word = RULES["words"].get(word, word)
    return _sounds_of(_apply("inner", word) if end == "inner" else word)


@lru_cache(maxsize=1 << 15)
def _sounds_of(word: str) -> str:
    """Spell a word in symbols of its sounds; most words are the same wherever they stand in a name."""
    return _apply("word", word)


def _apply(stage: str, word: str) -> str:
    for rule in _STAGES[stage]:
        word = rule(word)
    return word
