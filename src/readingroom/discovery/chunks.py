"""The characters between two spaces turned into words and marks, with what the rules say of each in running text.

An archive prints few chunks that differ: each is cut once and kept, so that a passage costs one look-up a chunk.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from readingroom.discovery.rules import read_rules
from readingroom.romanise import ARTICLES, FREE_ARTICLES, fold

if TYPE_CHECKING:
    from collections.abc import Callable

    from readingroom.discovery.rules import Rules

# Signs of a word: what can be told of it without the words around it.
TOUCHES = 1  # no space stands before it
NAMED = 2  # capitalised and no word of time or grammar: part of a name in running text
OPENS = 4  # a name may begin with it in running text
GOES_ON = 8  # a name in running text may go on over it, or with it
TITLE_PART = 16  # it may be part of a title before a name
BEGINS = 32  # it begins a name in running text, whatever follows
SAYS_BEFORE = 64  # it may say something of a name that follows
SAYS_AFTER = 128  # it may say something of a name before it

FREE = FREE_ARTICLES | {"ad", "ed", "ud", "es"}
AND_THE = frozenset({"wal", "wa", "wat", "was", "bil", "lil"})
SHORT_NAMES = frozenset({"US", "UK", "IS"})
ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|d)")
TOKEN = re.compile(
    r"(?:[A-Z]\.){2,}|[’'ʿʾ‘`´ʼ][sS](?![^\W_])|[^\W_]+(?:[’'ʿʾ‘`´ʼ](?![sS](?![^\W_]))[^\W_]+)*|[^\w\s]|_"
)
QUOTES = frozenset("“”\"«»‘’'")
DETERMINERS = frozenset({"the", "both"})
_APOSTROPHES = frozenset("’'ʿʾ‘`´ʼ")
_OPENING_ARTICLES = frozenset({"al", "el"})
_LINKS = frozenset({"of", "for", "and"})
_MARKS_WITHIN = frozenset({"-", ".", "'s", "’", "'"})
_MARKS_AFTER = frozenset({"(", "[", "'s"})
_MARKS_OF_TITLES = frozenset({"-", ".", "'s"})
_MOST_KEPT = 1 << 15


# Words and marks as printed and in lower case, their signs, and from the start of each to that of the next. No named
# tuple: taking a plain one apart costs half, and that is done for every chunk of every report.
Chunk = tuple[tuple[str, ...], tuple[str, ...], bytes, tuple[int, ...]]


class _Cutter(dict[str, Chunk]):
    """Chunks cut by the rules of a language, and those that are not yet there when they are asked for."""

    def __init__(self, rules: Rules) -> None:
        super().__init__()
        self._rules = rules

    def __missing__(self, chunk: str) -> Chunk:
        if len(self) >= _MOST_KEPT:
            self.clear()
        found = self[chunk] = _cut(self._rules, chunk)
        return found


@lru_cache(maxsize=8)
def cutter(language: str) -> Callable[[str], Chunk]:
    """Give what cuts a chunk by the rules of a language; what it has cut it keeps, up to a bound."""
    return _Cutter(read_rules(language)).__getitem__


def _cut(rules: Rules, chunk: str) -> Chunk:
    words: list[str] = []
    signs = bytearray()
    starts: list[int] = []
    before = -1
    for match in TOKEN.finditer(chunk):
        word, start, end = match[0], match.start(), match.end()
        words.append(word)
        signs.append(TOUCHES * (start == before) | _sign(rules, word, hyphen=chunk[end : end + 1] == "-"))
        starts.append(start)
        before = end
    steps = (after - start for start, after in pairwise([*starts, len(chunk) + 1]))
    return tuple(words), tuple(map(lower, words)), bytes(signs), tuple(steps)


@lru_cache(maxsize=_MOST_KEPT)
def lower(word: str) -> str:
    """Give a word or mark in lower case and plain letters, an abbreviation without its last point.

    >>> lower("U.S."), lower("Ḥama"), lower("’s"), lower("“")
    ('u.s', 'hama', "'s", '“')
    """
    if word.isascii() or not (word[0].isalnum() or word[0] in _APOSTROPHES):
        low = word.lower().replace("`", "'")
    else:
        low = fold(word) or word
    return low.rstrip(".") or low


@lru_cache(maxsize=_MOST_KEPT)
def _sign(rules: Rules, word: str, *, hyphen: bool) -> int:
    """Give all signs of a word but whether it touches the one before; `hyphen` tells that a hyphen follows."""
    low = lower(word)
    named = is_capital_name(rules, word, low)
    opens = named or low in _OPENING_ARTICLES or (hyphen and low in ARTICLES) or ORDINAL.fullmatch(low)
    return (
        NAMED * named
        | OPENS * bool(opens)
        | GOES_ON * (named or word in _MARKS_WITHIN or _joins(rules, low, hyphen=hyphen))
        | TITLE_PART * is_title_part(rules, low)
        | BEGINS * (named and low not in ARTICLES)
        | SAYS_BEFORE * (word in QUOTES or low in DETERMINERS or rules.before.may_begin(low))
        | SAYS_AFTER * (word in QUOTES or low in _MARKS_AFTER or rules.after.may_begin(low))
    )


def is_capital_name(rules: Rules, word: str, low: str, *, capitals: bool = False) -> bool:
    """Tell a capitalised word that is none of time or grammar; `capitals` where the whole line is in capitals."""
    if not word[0].isupper() or low in rules.words["time"]:
        return False
    return low not in rules.words["function"] or (word in SHORT_NAMES and not capitals)


def is_title_part(rules: Rules, low: str) -> bool:
    """Tell a word that may be part of a title before a name, a nation's word included."""
    known = low in rules.titles["parts"] or low in rules.titles["office"] or low in rules.titles["civil"]
    return known or low in rules.world["peoples"] or low in _MARKS_OF_TITLES


def _joins(rules: Rules, low: str, *, hyphen: bool) -> bool:
    small = low in _LINKS or low in rules.words["joins"] or low in FREE or low == "'s"
    return small or (hyphen and (low in ARTICLES or low in AND_THE))
