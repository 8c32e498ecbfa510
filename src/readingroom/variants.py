"""Spellings the authority does not list, found in a passage by their romanisation key.

Only words that start with a capital are looked at, and of them only what no listed spelling covers.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from readingroom.english import NO_NAMES
from readingroom.matching import KUNYAS, goes_on, is_acronym, stands_alone, starts_word, word_before
from readingroom.romanise import (
    ARTICLES,
    FREE_ARTICLES,
    PARTICLES,
    fold,
    join_keys,
    key_of,
    word_key,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from readingroom.matching import Hit, Text
    from readingroom.model import Entity

LONGEST = 6
SHORTEST = 5
SHORTEST_WITHOUT_ARTICLE = 6
SHORTEST_WITH_ARTICLE = 3

_INNER = "|".join(sorted(ARTICLES | PARTICLES, key=len, reverse=True))
_RUN = re.compile(rf"[A-Z][\w']*(?:[ -](?:(?:{_INNER})[ -])*'?[A-Z][\w']*)*")
_TOKEN = re.compile(r"[^\W_][\w']*")
_FOREIGN = frozenset("cpvx")
_SENTENCE_END = frozenset('.!?:;"([•*')


class Token(NamedTuple):
    """A word of a run of capitalised words, where it stands in the folded text, and in folded form."""

    start: int
    end: int
    word: str


class Variant(NamedTuple):
    """A stretch of the folded text that reads like a listed spelling of one entity."""

    start: int
    end: int
    key: str
    entity: Entity
    spelling: str


_SOME_ARTICLE = Token(0, 0, "al")


class Owner(NamedTuple):
    """A listed spelling behind a key; `links` is False where the key must not link."""

    entity: Entity
    spelling: str
    article: bool
    kunya: bool
    links: bool


class Reading(NamedTuple):
    """What the rules of romanisation make of a listed spelling: its key, its first word folded, how many words."""

    key: str
    first: str
    words: int


def read_listed(spelling: str) -> Reading:
    """Read a listed spelling.

    >>> read_listed("al-Bab"), read_listed("Deir ez-Zor").words
    (Reading(key='bab', first='al', words=1), 2)
    """
    folded = fold(spelling)
    romanised = words(folded)
    return Reading(key_of(romanised), folded.replace("-", " ").partition(" ")[0], len(romanised))


class Keys:
    """The romanisation keys of the authority's spellings, ready to be found in a passage."""

    def __init__(
        self, entities: Iterable[Entity], persons: frozenset[str], readings: Mapping[str, Reading] | None = None
    ) -> None:
        owners: defaultdict[str, list[Owner]] = defaultdict(list)
        for entity in entities:
            for found, owner in _owners(entity, readings or {}, person=entity.kind in persons):
                owners[found].append(owner)
        self._owner = {
            found: max(listed, key=lambda owner: (owner.links, owner.article))
            for found, listed in owners.items()
            if len({owner.entity.id for owner in listed}) == 1
        }
        self._may_hold = lru_cache(maxsize=1 << 15)(self._owns_a_key)

    def find(self, text: Text, hits: Sequence[Hit]) -> list[Variant]:
        """Find variants outside the hits (in order, not overlapping): leftmost first, then longest."""
        found: list[Variant] = []
        for match in _between(text, hits):
            for run in _cut(text, match) if self._may_hold(match[0]) else ():
                place = 0
                while place < len(run):
                    variant, last = self._longest(text, run, place)
                    if variant:
                        found.append(variant)
                    place = last + 1
        return found

    def _owns_a_key(self, printed: str) -> bool:
        return not self._owner.keys().isdisjoint(keys_within(printed))

    def _longest(self, text: Text, run: Sequence[Token], first: int) -> tuple[Variant | None, int]:
        best, last = None, first
        for place, found in keys_from(run, first):
            owner = self._owner.get(found)
            if owner and owner.links and _likely(text, run[first : place + 1], found, owner):
                best, last = (found, owner), place
        if best is None or not _may_start(text, run, first, single=last == first):
            return None, first
        found, owner = best
        return Variant(run[first].start, run[last].end, found, owner.entity, owner.spelling), last


def _owners(entity: Entity, readings: Mapping[str, Reading], *, person: bool) -> Iterator[tuple[str, Owner]]:
    for spelling in entity.spellings:
        found, first, number = readings.get(spelling) or read_listed(spelling)
        if found and not is_acronym(spelling):
            kunya = first in KUNYAS and not person
            links = not spelling.islower() and not (person and number == 1)
            yield found, Owner(entity, spelling, first in ARTICLES, kunya, links)


def _likely(text: Text, stretch: Sequence[Token], found: str, owner: Owner) -> bool:
    """Tell whether a stretch with a listed spelling's key is likely to be that name and not chance.

    A key must be long, except between two names with their article; letters that no romanisation of
    Arabic uses must stand in the listed spelling too.
    """
    article = stretch[0].word in ARTICLES
    if not text.cased[stretch[-1].start].isupper() or not (article or text.cased[stretch[0].start].isupper()):
        return False
    shortest = SHORTEST_WITH_ARTICLE if article and owner.article else SHORTEST
    if len(stretch) == 1 and owner.article:
        shortest = SHORTEST_WITHOUT_ARTICLE
    if owner.kunya and goes_on(text.folded, stretch[-1].end):
        return False
    printed = text.folded[stretch[0].start : stretch[-1].end]
    return len(found) >= shortest and foreign_letters(printed) <= foreign_letters(owner.spelling)


def foreign_letters(name: str) -> frozenset[str]:
    """Give the letters of a name that romanised Arabic does not use.

    >>> sorted(foreign_letters("Captain")), sorted(foreign_letters("Cheikh"))
    (['c', 'p'], [])
    """
    return _FOREIGN.intersection(name.lower().replace("ch", ""))


def _may_start(text: Text, run: Sequence[Token], first: int, *, single: bool) -> bool:
    """Tell whether a variant may start at this token.

    A single word that starts a sentence is capitalised for that reason alone and does not count.
    """
    token = run[first]
    article = token.word in ARTICLES
    if not article and single and _starts_sentence(text.folded, token.start):
        return False
    if article and text.cased[token.start].islower() and text.cased[run[first + 1].start].islower():
        return False
    if article and text.folded[token.end] == " " and not _is_free_article(text, token, run[first + 1]):
        return False
    return stands_alone(text, token.start, article=article)


def _is_free_article(text: Text, token: Token, after: Token) -> bool:
    """Tell an article that stands apart ("Al Bab", "As Suwayda") from an English word ("As Hama fell")."""
    if token.word in FREE_ARTICLES:
        return True
    agrees = token.word[-1] == after.word[0] and text.cased[token.start].isupper()
    return agrees and not _starts_sentence(text.folded, token.start)


def _starts_sentence(folded: str, start: int) -> bool:
    before = folded[max(0, start - 3) : start].rstrip(" '-")
    return not before or before[-1] in _SENTENCE_END


def keys_from(run: Sequence[Token], first: int) -> Iterator[tuple[int, str]]:
    """Give the key of every stretch of up to six words from a token on, with the stretch's last token."""
    before, start = "", "first"
    for place in range(first, min(first + 2 * LONGEST, len(run))):
        word = run[place].word
        if word in ARTICLES:
            start = "bare"
        else:
            yield place, join_keys(before, word_key(word, start, "last"))
            before = join_keys(before, word_key(word, start, "inner"))
            start = "later"


def printed_runs(text: Text) -> Sequence[str]:
    """Give the runs of capitalised words of a passage as printed; a line in capitals gives none."""
    return () if text.capitals else _RUN.findall(text.cased)


@lru_cache(maxsize=1 << 15)
def keys_within(printed: str) -> frozenset[str]:
    """Give the keys of all stretches of a run of words, should an article stand before it or not."""
    runs = [(_SOME_ARTICLE, *piece) for piece in _read_run(printed, 0)]
    return frozenset(found for run in runs for first in range(len(run)) for _, found in keys_from(run, first))


def free_runs(text: Text, hits: Sequence[Hit]) -> Iterator[list[Token]]:
    """Give every run of capitalised words, cut at hits and at words that are part of no romanised name.

    A line in capitals gives none: there a capital says nothing.
    """
    return (run for match in _between(text, hits) for run in _cut(text, match))


def _between(text: Text, hits: Sequence[Hit]) -> Iterator[re.Match[str]]:
    """Find the runs of capitalised words between the hits, which are in order."""
    start = 0
    for hit in hits if not text.capitals else ():
        yield from _RUN.finditer(text.cased, start, hit.start)
        start = hit.end
    if not text.capitals:
        yield from _RUN.finditer(text.cased, start)


def _cut(text: Text, match: re.Match[str]) -> Iterator[list[Token]]:
    """Cut a run at words that are part of no romanised name; an article before it belongs to its first piece."""
    start = match.start()
    article = _article_before(text.folded, start)
    for piece in _read_run(match[0], 0 if starts_word(text.folded, start) else 1):
        run = [Token(start + first, start + last, word) for first, last, word in piece]
        if article:
            run.insert(0, article)
            article = None
        if run:
            yield run


def _article_before(folded: str, start: int) -> Token | None:
    word, place, gap = word_before(folded, start)
    return Token(place, place + len(word), word) if word in (ARTICLES if gap == "-" else FREE_ARTICLES) else None


@lru_cache(maxsize=1 << 15)
def _read_run(printed: str, least: int) -> tuple[tuple[Token, ...], ...]:
    """Cut a run at its words that are part of no romanised name, and at those that start before place `least`."""
    if printed.lower() in NO_NAMES:
        return ()
    pieces: list[list[Token]] = [[]]
    for match in _TOKEN.finditer(printed):
        start = match.start()
        word, length, complete = _read_word(match[0])
        if word and start >= least:
            pieces[-1].append(Token(start, start + length, word))
        else:
            pieces.append([])
        if not complete:
            pieces.append([])
    return tuple(map(tuple, pieces))


@lru_cache(maxsize=1 << 15)
def _read_word(printed: str) -> tuple[str, int, bool]:
    """Fold a word of a run, empty if no part of a romanised name; give its length and whether that is all."""
    folded = printed.lower().removesuffix("'s").rstrip("'")
    word = folded.replace("'", "")
    name = word.isascii() and word.isalpha() and not printed[: len(folded)].isupper()
    if not name or (word in NO_NAMES and word not in ARTICLES):
        word = ""
    return word, len(folded), len(folded) == len(printed)
