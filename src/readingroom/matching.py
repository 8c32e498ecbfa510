"""Spellings of the authority found in the text of a passage, as listed: longest first, whole words only.

A spelling fits where case, plural and neighbouring words allow it; where several overlap, the leftmost
wins, then the longest. One spelling may belong to several entities: a hit carries every sense.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from readingroom.english import NO_ACRONYMS, NOT_NAMES
from readingroom.romanise import ARTICLES, FREE_ARTICLES, PARTICLES, plain_letter, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from readingroom.model import Entity, Report, Status

_FREQUENT = (
    ("’", "'"),
    ("‘", "'"),
    ("“", '"'),
    ("”", '"'),
    ("–", "-"),
    ("—", "-"),
    ("\u00a0", " "),
    ("`", "'"),
)
_ACRONYM = 6
KUNYAS = frozenset({"abu", "abou", "abo", "umm", "um", "oum", "om"})
_LONGER = re.compile(r" (?:al-|el-|bin |ibn )")
_WORD_BEFORE = 24
_LAST_WORD = re.compile(r"(?<![^\W_])[^\W\d_](?:[^\W\d_]|'(?=[^\W\d_]))*$")
_OPENING = frozenset(["", " ", "(", "-"])
_CLOSING = frozenset(["", " ", ",", ".", ")", "-", ";", ":"])
_ELISIONS = frozenset("dl")
_LONG_WORD = re.compile(r"\b[a-z]{4}")


class Text(NamedTuple):
    """A passage folded for comparing, with case (`cased`) and without (`folded`), of one length.

    `offsets[i]` is the place of folded character i in the passage; None where both agree.
    """

    cased: str
    folded: str
    offsets: tuple[int, ...] | None
    capitals: bool
    titled: bool

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Turn a stretch of the folded text into one of the passage's text."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], max(self.offsets[end], self.offsets[end - 1] + 1)


class Sense(NamedTuple):
    """An entity that a spelling may name, how the archive shows that, and why we think so."""

    entity: Entity
    status: Status
    why: tuple[str, ...]


class Spelling(NamedTuple):
    """How one spelling of one entity must be printed to be that name.

    `exact` are an acronym's capitals; `capital` is the place of the letter that must be a capital, or -1.
    """

    sense: Sense
    exact: str
    capital: int
    plural: bool
    article: bool
    kunya: bool


class Hit(NamedTuple):
    """A spelling found at `[start, end)` of the folded text, with what it may name.

    `listed` is False where the text adds a plural s to the spelling.
    """

    start: int
    end: int
    senses: Sequence[Sense]
    listed: bool


def fold_passage(text: str) -> Text:
    """Fold a passage, keeping track of where each character came from.

    >>> fold_passage("Sh’aytat").folded, fold_passage("Ha\u0301jin").offsets
    ("sh'aytat", (0, 1, 3, 4, 5, 6))
    """
    cased = text
    for shape, plain in _FREQUENT:
        cased = cased.replace(shape, plain)
    offsets = None
    if not (cased.isascii() and cased.isprintable()) or "  " in cased:
        cased, offsets = _fold_each(text)
    folded = cased.lower().replace("ς", "σ")
    return Text(cased, folded, offsets, cased.isupper(), _LONG_WORD.search(cased) is None)


def fold_report(report: Report) -> dict[str, Text]:
    """Fold each passage of a report, by its anchor."""
    return {passage.anchor: fold_passage(passage.text) for passage in report.passages}


def _fold_each(text: str) -> tuple[str, tuple[int, ...] | None]:
    letters: list[str] = []
    offsets: list[int] = []
    for place, character in enumerate(text):
        for letter in plain_letter(character):
            if letter != " " or not letters or letters[-1] != " ":
                letters.append(letter)
                offsets.append(place)
    offsets.append(len(text))
    same = offsets == list(range(len(text) + 1))
    return "".join(letters), None if same else tuple(offsets)


class Matcher:
    """The spellings of all entities, ready to be found in a passage."""

    def __init__(self, entities: Iterable[Entity], persons: frozenset[str]) -> None:
        spellings: defaultdict[str, list[Spelling]] = defaultdict(list)
        for entity in entities:
            for folded, spelling in read_spellings(entity, person=entity.kind in persons):
                spellings[folded].append(spelling)
        self.senses = {folded: tuple(spelling.sense for spelling in listed) for folded, listed in spellings.items()}
        self._spellings = tuple(spellings.values())
        self._automaton = AhoCorasick(list(spellings), matchkind=MatchKind.Standard)

    def find(self, text: Text) -> list[Hit]:
        """Find every hit, overlapping ones too, in order of the automaton."""
        found = []
        folded = text.folded
        for pattern, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if folded[start - 1 : start] in _OPENING or starts_word(folded, start):
                stop = end if folded[end : end + 1] in _CLOSING else end_of_word(folded, end)
                if stop:
                    listed = stop == end
                    senses = [
                        spelling.sense
                        for spelling in self._spellings[pattern]
                        if (listed or spelling.plural) and _fits(spelling, text, start, end)
                    ]
                    if senses:
                        found.append(Hit(start, stop, senses, listed))
        return found


def read_spellings(entity: Entity, *, person: bool) -> Iterable[tuple[str, Spelling]]:
    """Give each spelling of an entity, folded, with how it must be printed.

    Of listings that differ in capitals alone the one with the fewest counts: who lists "rebel factions"
    beside "Rebel factions" wants both.
    """
    found: dict[str, Spelling] = {}
    native = {text for _, text in entity.native}
    for printed in sorted(entity.spellings, key=capitals):
        cased = _bared(fold_passage(printed.strip()).cased)
        folded = cased.lower()
        if not folded or folded in found:
            continue
        why = "name" if printed == entity.name else "native name" if printed in native else "variant"
        acronym = is_acronym(cased)
        if acronym and why == "variant":
            why = "acronym"
        parts = folded.replace("-", " ").split(" ")
        found[folded] = Spelling(
            _sense(entity, why, lone=person and is_lone(folded)),
            exact=cased if acronym else "",
            capital=_capital(cased),
            plural=acronym or cased.split(" ")[-1].islower(),
            article=parts[0] in ARTICLES and len(parts) > 1,
            kunya=parts[0] in KUNYAS and not person,
        )
    return found.items()


def capitals(spelling: str) -> int:
    """Count capital letters."""
    return sum(map(str.isupper, spelling))


def _sense(entity: Entity, why: str, *, lone: bool) -> Sense:
    if lone:
        return Sense(entity, "withheld", (why, "a person's single-word name never links by itself"))
    return Sense(entity, "reviewed" if entity.publish else "withheld", (why,))


def is_acronym(spelling: str) -> bool:
    """Tell an acronym: two to six letters, all of them capitals.

    >>> is_acronym("SDF"), is_acronym("Hama"), is_acronym("YPG/J")
    (True, False, True)
    """
    letters = sum(map(str.isalpha, spelling))
    return 1 < letters <= _ACRONYM and spelling.isupper() and " " not in spelling


def is_lone(folded: str) -> bool:
    """Tell a name of one word, not counting an article.

    >>> is_lone("al-julani"), is_lone("abu talha"), is_lone("أبو طلحة")
    (True, False, False)
    """
    if folded.isascii():
        return len(words(folded)) == 1
    return " " not in folded and "-" not in folded


def _bared(spelling: str) -> str:
    """Strip an apostrophe at either end that closes no quotation: a text may leave it out."""
    return spelling if spelling.count("'") > 1 and spelling[0] == "'" else spelling.strip("'")


def _capital(cased: str) -> int:
    """Find the capital a text must show: the first one of a word that is no article or particle."""
    for match in re.finditer(r"[^\W_]+", cased):
        word = match[0].lower()
        if word not in ARTICLES and word not in PARTICLES and match[0][0].isupper():
            return match.start()
    return next((place for place, letter in enumerate(cased) if letter.isupper()), -1)


def _fits(spelling: Spelling, text: Text, start: int, end: int) -> bool:
    if spelling.exact:
        if text.cased[start:end] != spelling.exact or (text.capitals and text.folded[start:end] in NO_ACRONYMS):
            return False
    elif spelling.capital >= 0 and not text.cased[start + spelling.capital].isupper():
        return False
    if spelling.kunya and goes_on(text.folded, end):
        return False
    return stands_alone(text, start, article=spelling.article)


def goes_on(folded: str, end: int) -> bool:
    """Tell whether an article or a father's name follows, as in "Abu Hamam al-Ansari".

    >>> goes_on("abu hamam al-ansari", 9), goes_on("abu hamam town", 9)
    (True, False)
    """
    return _LONGER.match(folded, end) is not None


def starts_word(folded: str, start: int) -> bool:
    """Tell whether a word may start here: not inside one, nor after an apostrophe inside one.

    >>> starts_word("sha'afah", 4), starts_word("d'idlib", 2), starts_word("'idlib'", 1)
    (False, True, True)
    """
    if start == 0 or not folded[start].isalnum():
        return True
    before = folded[start - 1]
    if before != "'":
        return not before.isalnum()
    if start == 1 or not folded[start - 2].isalnum():
        return True
    return folded[start - 2] in _ELISIONS and not folded[max(0, start - 3) : start - 2].isalnum()


def end_of_word(folded: str, end: int) -> int:
    """Give where the word that holds a spelling's last letter ends: here, after a plural s, or 0 if neither.

    >>> end_of_word("hama's", 4), end_of_word("sdfs", 3), end_of_word("hamad", 4)
    (4, 4, 0)
    """
    if not folded[end - 1].isalnum():
        return end
    after = folded[end : end + 4]
    if after[:1] == "s" and not _continues(after[1:]):
        return end + 1
    return 0 if _continues(after) else end


def _continues(after: str) -> bool:
    if after[:1] != "'":
        return after[:1].isalnum()
    if after[1:2] == "s":
        return after[2:3].isalnum()
    return after[1:2].isalnum()


class Before(NamedTuple):
    """The word directly before a name, where it starts, and the space or hyphen between; empty if none."""

    word: str
    start: int
    gap: str


_NOTHING = Before("", 0, "")


def word_before(folded: str, start: int) -> Before:
    """Give the word directly before a place, an apostrophe at the place not counted.

    >>> word_before("(al-hassan", 4), word_before("al-'iraq", 4).word, word_before("homs. hama", 6).word
    (Before(word='al', start=1, gap='-'), 'al', '')
    """
    if folded[start - 1 : start] == "'":
        start -= 1
    gap = folded[start - 1 : start]
    if gap not in {" ", "-"}:
        return _NOTHING
    near = folded[max(0, start - _WORD_BEFORE) : start - 1]
    word = near.rpartition(" ")[2].rpartition("-")[2]
    if not word.isalpha():
        match = _LAST_WORD.search(word)
        word = match[0] if match else ""
    return Before(word, start - 1 - len(word), gap) if word else _NOTHING


def stands_alone(text: Text, start: int, *, article: bool) -> bool:
    """Tell whether a name that starts here is a whole name, not the tail of a longer one.

    "Idlib" in "Abu Idlib" or "al-Idlib" is the tail of another name, and so is "al-Hassan" (a name with
    its article) in "Suhail al-Hassan".
    """
    word, place, gap = word_before(text.folded, start)
    if not word:
        return True
    if word in PARTICLES or word in (ARTICLES if gap == "-" else FREE_ARTICLES):
        return False
    if not article or gap == "-" or word in NOT_NAMES or text.titled or text.capitals:
        return True
    return not text.cased[place].isupper()


def select(hits: Sequence[Hit]) -> list[Hit]:
    """Keep the leftmost of overlapping hits, then the longest, in order of the text."""
    kept: list[Hit] = []
    end = 0
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end, not hit.listed)):
        if hit.start >= end:
            kept.append(hit)
            end = hit.end
    return kept
