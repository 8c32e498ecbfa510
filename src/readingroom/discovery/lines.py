"""The text of a passage cut into words and marks, with what its capitals are worth."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from readingroom.romanise import fold

Style = Literal["plain", "title", "capitals"]

_APOSTROPHE = "’'ʿʾ‘`´ʼ"
_TOKEN = re.compile(
    rf"(?:[A-Z]\.){{2,}}|[{_APOSTROPHE}][sS](?![^\W_])"
    rf"|[^\W_]+(?:[{_APOSTROPHE}](?![sS](?![^\W_]))[^\W_]+)*|[^\w\s]|_"
)
_SENTENCE_END = frozenset(".!?:;•|…–—")
_OPENING = frozenset("“\"‘'([«")
_LONG = 4
_TITLE_WORDS = 4
_TITLE_SHARE = 0.75
_CAPITAL_SHARE = 0.8
_SHORT_LINE = 220
_ENDINGS = (".", ":", ",", ";")


class Line(NamedTuple):
    """Words and marks of a text: as printed, lower-case, and where each starts and ends.

    A possessive ending is a word of its own, "'s". `style` says what capitals mean here: names (plain),
    every word of a headline (title) or nothing (capitals).
    """

    anchor: str
    text: str
    words: tuple[str, ...]
    lows: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    style: Style

    def touches(self, place: int) -> bool:
        """Tell whether no space stands between the word at `place` and the one before it."""
        return place > 0 and self.ends[place - 1] == self.starts[place]

    def opens_sentence(self, place: int) -> bool:
        """Tell whether a word begins a sentence, a line or a quotation, where any word has a capital."""
        before = place - 1
        while before >= 0 and self.words[before] in _OPENING:
            before -= 1
        if before < 0 or "\n" in self.text[self.ends[before] : self.starts[before + 1]]:
            return True
        mark = self.words[before]
        if mark == "-":
            return not self.touches(place)
        if mark == "." and before and len(self.words[before - 1]) == 1:
            return False
        return mark in _SENTENCE_END


class Span(NamedTuple):
    """Words `[first, last]` of a line that may be a name.

    `weak` is set where its capitals prove nothing; `title` holds the title before it, in lower case;
    `quoted` the class that the noun after a quoted name gives.
    """

    first: int
    last: int
    weak: bool = False
    title: tuple[str, ...] = ()
    quoted: str = ""


def read_line(anchor: str, text: str) -> Line:
    """Cut a text into words and marks.

    >>> read_line("p1", "Hajin’s al-Bab, U.S. Sh’aytat").lows
    ('hajin', "'s", 'al', '-', 'bab', ',', 'u.s', "sh'aytat")
    """
    matches = list(_TOKEN.finditer(text))
    words = tuple(match[0] for match in matches)
    return Line(
        anchor,
        text,
        words,
        tuple(map(_lower, words)),
        tuple(match.start() for match in matches),
        tuple(match.end() for match in matches),
        _style(text, words),
    )


def _lower(word: str) -> str:
    if word.isascii() or not (word[0].isalnum() or word[0] in _APOSTROPHE):
        low = word.lower().replace("`", "'")
    else:
        low = fold(word) or word
    return low.rstrip(".") or low


def _shouted(text: str) -> bool:
    """Tell two words or more that are all in capitals."""
    return text.isupper() and " " in text.strip()


def _style(text: str, words: tuple[str, ...]) -> Style:
    letters = [letter for letter in text if letter.isalpha()]
    upper = sum(map(str.isupper, letters))
    if letters and upper > _CAPITAL_SHARE * len(letters) and (len(words) > _TITLE_WORDS or _shouted(text)):
        return "capitals"
    if len(text) < _SHORT_LINE and not text.rstrip().endswith(_ENDINGS):
        long = [word for word in words if len(word) >= _LONG and word[0].isalpha()]
        if len(long) > _TITLE_WORDS and sum(word[0].isupper() for word in long) > _TITLE_SHARE * len(long):
            return "title"
    return "plain"
