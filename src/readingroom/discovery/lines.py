"""The text of a passage cut into words and marks, with what its capitals are worth."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate
from string import ascii_letters, ascii_uppercase
from typing import TYPE_CHECKING, Literal, NamedTuple

from readingroom.discovery.chunks import TOKEN, TOUCHES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from readingroom.discovery.chunks import Chunk

Style = Literal["plain", "title", "capitals"]
BRACKETS = frozenset("([")

_SENTENCE_END = frozenset(".!?:;•|…–—")
_OPENING = frozenset("“\"‘'([«")
_LONG = 4
_TITLE_WORDS = 4
_TITLE_SHARE = 0.75
_CAPITAL_SHARE = 0.8
_SHORT_LINE = 220
_ENDINGS = (".", ":", ",", ";")
_UPPER = ascii_uppercase.encode()
_LETTERS = ascii_letters.encode()


class Line(NamedTuple):
    """Words and marks of a text: as printed, lower-case, their signs (see chunks.py), and where each starts.

    A possessive ending is a word of its own, "'s". `style` says what capitals mean here: names (plain),
    every word of a headline (title) or nothing (capitals).
    """

    anchor: str
    text: str
    words: tuple[str, ...]
    lows: tuple[str, ...]
    signs: bytes
    starts: tuple[int, ...]
    style: Style

    def end(self, place: int) -> int:
        """Give where the word at `place` ends."""
        return self.starts[place] + len(self.words[place])

    def within(self, start: int, end: int) -> tuple[int, int]:
        """Give the first and last word that a stretch `[start, end)` of the text has a part of; 0, 0 if none."""
        last = bisect_left(self.starts, end) - 1
        first = max(0, bisect_right(self.starts, start) - 1)
        first += first <= last and self.end(first) <= start
        return (first, last) if first <= last else (0, 0)

    def touches(self, place: int) -> bool:
        """Tell whether no space stands between the word at `place` and the one before it."""
        return bool(self.signs[place] & TOUCHES)

    def opens_sentence(self, place: int) -> bool:
        """Tell whether a word begins a sentence, a line or a quotation, where any word has a capital."""
        before = place - 1
        while before >= 0 and self.words[before] in _OPENING:
            before -= 1
        if before < 0 or "\n" in self.text[self.end(before) : self.starts[before + 1]]:
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


def read_line(anchor: str, text: str, cut: Callable[[str], Chunk]) -> Line:
    """Cut a text into words and marks.

    >>> from readingroom.discovery.chunks import cutter
    >>> read_line("p1", "Hajin’s al-Bab, U.S. Sh’aytat", cutter("en")).lows
    ('hajin', "'s", 'al', '-', 'bab', ',', 'u.s', "sh'aytat")
    """
    spaced = text.replace("\n", " ")
    chunks = spaced.split(" ")
    words: list[str] = []
    lows: list[str] = []
    steps: list[int] = []
    cuts = [*map(cut, chunks)]
    for printed, lower, _, lengths in cuts:
        words += printed
        lows += lower
        steps += lengths
    if spaced.isprintable() and "" not in chunks:
        starts = tuple(accumulate(steps, initial=0))[:-1]
    else:
        starts = tuple(match.start() for match in TOKEN.finditer(text))
    signs = b"".join([each[2] for each in cuts])
    return Line(anchor, text, tuple(words), tuple(lows), signs, starts, _style(text, words))


def _style(text: str, words: Sequence[str]) -> Style:
    if (len(words) > _TITLE_WORDS or " " in text.strip()) and _is_capital(text, words):
        return "capitals"
    if len(text) < _SHORT_LINE and not text.rstrip().endswith(_ENDINGS):
        long = [word for word in words if len(word) >= _LONG and word[0].isalpha()]
        if len(long) > _TITLE_WORDS and sum(word[0].isupper() for word in long) > _TITLE_SHARE * len(long):
            return "title"
    return "plain"


def _is_capital(text: str, words: Sequence[str]) -> bool:
    """Tell whether most letters of a text are capitals; of up to four words all must be."""
    if not _may_be_capital(text):
        return False
    letters = [letter for letter in text if letter.isalpha()]
    upper = sum(map(str.isupper, letters))
    most = bool(letters) and upper > _CAPITAL_SHARE * len(letters)
    return most and (len(words) > _TITLE_WORDS or text.isupper())


def _may_be_capital(text: str) -> bool:
    """Tell, without counting letter by letter, whether a text has enough capitals if all beyond ASCII are some."""
    plain = text.encode("ascii", "ignore")
    upper = len(plain) - len(plain.translate(None, _UPPER)) + len(text) - len(plain)
    return upper > _CAPITAL_SHARE * (len(plain) - len(plain.translate(None, _LETTERS)))
