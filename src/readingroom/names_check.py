"""A list of names checked against all that the reports say: which occur, where, in which spelling, which do not.

It works on the whole text, not only on names the authority lists; the authority adds the other spellings
it knows. What only reads alike is marked as possible: a person must look.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from readingroom.cells import read_table, read_text, split_list
from readingroom.judgements import Judgements
from readingroom.matching import end_of_word, fold_passage, is_acronym, stands_alone, starts_word
from readingroom.romanise import ARTICLES, fold, key, skeleton, words
from readingroom.spelling_distance import distance, may_suggest
from readingroom.variants import LONGEST, SHORTEST, free_runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from readingroom.matching import Text
    from readingroom.model import Entity, Passage, Report
    from readingroom.problems import Problem
    from readingroom.variants import Token

ALIASES = ("aliases", "variants", "native")
SHORTEST_SKELETON = 2
SHORTEST_KEY = 3
KEPT = 1 << 18
AROUND = 120
UNJUDGED = Judgements()
EXACT, VARIANT, KEY, CLOSE = range(4)
POSSIBLE = 10
LONGER = "possible: part of a longer name"
_SENTENCE = re.compile(r"[.!?؟][\"”’')\]]*\s+(?=[^a-z\s])")
_EITHER_WAY = str.maketrans({"j": "k", "y": None, "w": None})
_TAGGED = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]+)*=")


class Query(NamedTuple):
    """One name of the list, with its aliases, and the line it stands on."""

    line: int
    name: str
    aliases: tuple[str, ...] = ()


class Occurrence(NamedTuple):
    """Where a name, or what may be it, stands: offsets count the code points of the passage's text.

    `spelling` is the name or alias that was looked for; `how` says in words how the text matches it, and
    `sure` is False where a person must look; `entity` is the listed name behind it, if there is one.
    """

    report: Report
    passage: Passage
    start: int
    end: int
    spelling: str
    how: str
    sure: bool
    entity: str = ""

    @property
    def text(self) -> str:
        """The name as the report prints it."""
        return self.passage.text[self.start : self.end]

    @property
    def sentence(self) -> str:
        """The sentence it stands in."""
        first, last = _bounds(self)
        return " ".join(self.passage.text[first:last].split())


def excerpt(item: Occurrence, around: int = AROUND) -> str:
    """Cut an occurrence's sentence to the words around the name.

    >>> from readingroom.model import Passage
    >>> passage = Passage("p1", "They say that shelling of Hajin went on until dawn.")
    >>> excerpt(Occurrence(None, passage, 26, 31, "Hajin", "", True), 14)
    '… shelling of Hajin went on until …'
    """
    text = item.passage.text
    first, last = _bounds(item)
    start = first if item.start - around <= first else text.find(" ", item.start - around, item.start) + 1 or item.start
    stop = last if item.end + around >= last else max(text.rfind(" ", item.end, item.end + around + 1), item.end)
    shown = " ".join(text[start:stop].split())
    return f"{'… ' if start > first else ''}{shown}{' …' if stop < last else ''}"


def _bounds(item: Occurrence) -> tuple[int, int]:
    """Give where the sentence of an occurrence starts and ends."""
    text = item.passage.text
    ends = [0, *(match.end() for match in _SENTENCE.finditer(text)), len(text)]
    return max(end for end in ends if end <= item.start), min(end for end in ends if end >= item.end)


class Answer(NamedTuple):
    """A name of the list and everywhere it occurs, in order of reports and of their text."""

    query: Query
    occurrences: tuple[Occurrence, ...]

    @property
    def found(self) -> str:
        """Whether the name occurs: yes, possible or no."""
        if any(occurrence.sure for occurrence in self.occurrences):
            return "yes"
        return "possible" if self.occurrences else "no"


class Pattern(NamedTuple):
    """A spelling looked for: for which name of the list, how well it fits, and how to say that."""

    query: int
    spelling: str
    rank: int
    how: str
    entity: str = ""


class _Hit(NamedTuple):
    """A stretch of a folded passage that fits; the better rank wins where two of one name overlap."""

    rank: int
    start: int
    end: int
    pattern: Pattern
    how: str


def read_list(path: Path) -> tuple[list[Query], list[Problem]]:
    """Read a list of names: one a line, or a CSV whose column is `name`, or its first; | separates aliases.

    Raises:
        ProblemsError: the file cannot be read.
    """
    lines = read_text(path).splitlines()
    head = lines[0].casefold() if lines else ""
    if path.suffix.lower() == ".txt" or (not re.search("[,;\t]", head) and head.strip(' "') != "name"):
        plain = [line.strip().strip('"') for line in lines]
        return [_query(number, line, ()) for number, line in enumerate(plain, 1) if line.strip("| ")], []
    columns, rows, problems = read_table(path)
    column = "name" if "name" in columns else columns[0]
    found = []
    for row in rows:
        others = [alias for name in ALIASES for alias in split_list(row.cells.get(name, ""))]
        if row.cells.get(column, "").strip("| "):
            found.append(_query(row.line, row.cells[column], [_TAGGED.sub("", alias) for alias in others]))
    return found, problems


def _query(line: int, cell: str, others: Iterable[str]) -> Query:
    names = list(dict.fromkeys([*split_list(cell), *others]))
    return Query(line, names[0], tuple(names[1:]))


def check(
    queries: Sequence[Query],
    reports: Iterable[Report],
    entities: Sequence[Entity],
    *,
    judgements: Judgements = UNJUDGED,
) -> list[Answer]:
    """Look for every name of a list in every report; what people judged the same, or not, always wins."""
    checker = Checker(queries, entities, judgements)
    found: list[list[Occurrence]] = [[] for _ in queries]
    for report in reports:
        for passage in report.telling:
            for query, occurrence in checker.find(report, passage):
                found[query].append(occurrence)
    return [Answer(query, tuple(each)) for query, each in zip(queries, found, strict=True)]


class Checker:
    """The names of a list, ready to be found in passages."""

    def __init__(self, queries: Sequence[Query], entities: Sequence[Entity], judgements: Judgements) -> None:
        self._judgements = judgements
        exact: defaultdict[str, list[Pattern]] = defaultdict(list)
        self._keys: defaultdict[str, list[Pattern]] = defaultdict(list)
        self._skeletons: defaultdict[str, list[Pattern]] = defaultdict(list)
        known = _Known(entities)
        for number, query in enumerate(queries):
            for pattern in _patterns(number, query, known, judgements):
                exact[fold(pattern.spelling)].append(pattern)
                self._add_sounds(pattern)
        exact.pop("", None)
        self._exact = tuple(exact.values())
        self._automaton = AhoCorasick(list(exact), matchkind=MatchKind.Standard)
        self._longest = max((len(words(fold(name))) for name in exact), default=0) + 1
        self._alike = lru_cache(maxsize=KEPT)(self._sounding)

    def _add_sounds(self, pattern: Pattern) -> None:
        if pattern.rank != EXACT or is_acronym(pattern.spelling):
            return
        found = key(pattern.spelling)
        if len(found) >= SHORTEST_KEY:
            self._keys[found].append(pattern)
        consonants = _consonants(pattern.spelling)
        if len(consonants) >= SHORTEST_SKELETON:
            self._skeletons[consonants].append(pattern)

    def find(self, report: Report, passage: Passage) -> Iterator[tuple[int, Occurrence]]:
        """Find the names in a passage, each with its place in the list, in order of the text."""
        text = fold_passage(passage.text)
        by_query: defaultdict[int, list[_Hit]] = defaultdict(list)
        for hit in [*self._spelt(text), *self._sounded(text)]:
            by_query[hit.pattern.query].append(hit)
        for query in sorted(by_query):
            for hit in _apart(by_query[query]):
                start, end = text.span(hit.start, hit.end)
                spelling, entity = hit.pattern.spelling, hit.pattern.entity
                sure = hit.rank < CLOSE
                yield query, Occurrence(report, passage, start, end, spelling, hit.how, sure, entity)

    def _spelt(self, text: Text) -> Iterator[_Hit]:
        folded = text.folded
        for place, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            stop = end_of_word(folded, end) if starts_word(folded, start) else 0
            for pattern in self._exact[place] if stop else ():
                if stop > end and not _has_plural(pattern.spelling):
                    continue
                doubt = _doubt(pattern, text, start, end)
                if doubt is not None:
                    how = f"{pattern.how}, {doubt}" if doubt else pattern.how
                    yield _Hit(pattern.rank + (POSSIBLE if doubt else 0), start, stop, pattern, how)

    def _sounded(self, text: Text) -> Iterator[_Hit]:
        if not (self._keys or self._skeletons):
            return
        capitals = text.capitals
        if capitals:
            shown = text.folded.title()
            if len(shown) != len(text.folded):
                return
            text = text._replace(cased=shown, capitals=False)
        for run in free_runs(text, []):
            for first in range(len(run)):
                yield from self._stretches(text, run, first, closely=not capitals)

    def _stretches(self, text: Text, run: Sequence[Token], first: int, *, closely: bool) -> Iterator[_Hit]:
        if run[first].word not in ARTICLES and first and run[first - 1].word in ARTICLES:
            return
        for last in range(first, min(len(run), first + 2 * LONGEST, first + 2 * self._longest)):
            start, end = run[first].start, run[last].end
            alike = self._alike(text.folded[start:end]) if run[last].word not in ARTICLES else ()
            for pattern, rank, how in alike:
                if rank == CLOSE or stands_alone(text, start, article=run[first].word in ARTICLES):
                    found = _Hit(rank, start, end, pattern, how)
                else:
                    found = _Hit(rank + POSSIBLE, start, end, pattern, f"{how}, {LONGER}")
                if rank == KEY or closely:
                    yield found

    def _sounding(self, printed: str) -> tuple[tuple[Pattern, int, str], ...]:
        """Give the names of the list that a stretch reads like."""
        found = []
        judged = self._judgements
        for pattern in self._keys.get(key(printed), ()):
            how = f"reads the same as {pattern.spelling}"
            sure = bool(_form(printed)) and _form(printed) == _form(pattern.spelling)
            if not judged.is_different(pattern.spelling, printed):
                found.append((pattern, KEY, how) if sure else (pattern, CLOSE, f"possible: {how}"))
        same = {pattern.query for pattern, _, _ in found}
        for pattern in self._skeletons.get(_consonants(printed), ()):
            alike = pattern.query not in same and may_suggest(pattern.spelling, printed)
            if alike and not judged.is_different(pattern.spelling, printed):
                how = f"possible: close to {pattern.spelling} ({distance(pattern.spelling, printed):.2f})"
                found.append((pattern, CLOSE, how))
        return tuple(found)


class _Known:
    """The authority, asked which one entity a spelling names."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self._entities: defaultdict[str, dict[str, Entity]] = defaultdict(dict)
        for entity in entities:
            for spelling in entity.spellings:
                self._entities[f"={fold(spelling)}"][entity.id] = entity
                self._entities[_form(spelling)][entity.id] = entity

    def of(self, spelling: str) -> Entity | None:
        for form in (f"={fold(spelling)}", _form(spelling)):
            named = self._entities.get(form, {}) if form else {}
            if named:
                return next(iter(named.values())) if len(named) == 1 else None
        return None


def _form(spelling: str) -> str:
    """Give the key under which spellings may be taken for one name; a short one counts only with its article.

    >>> _form("Al Tibah") == _form("al-Tiba"), _form("Tiba"), _form("Gharanij")
    (True, '', 'garanij')
    """
    found = key(spelling)
    if len(found) >= SHORTEST:
        return found
    first = fold(spelling).replace("-", " ").partition(" ")[0]
    return f"al {found}" if first in ARTICLES and len(found) >= SHORTEST_KEY else ""


def _consonants(spelling: str) -> str:
    """Give a name's consonants, without y and w, g and j as one: much is written either way.

    >>> _consonants("Gharanig") == _consonants("Gharanij"), _consonants("Hajin") == _consonants("Hujayn")
    (True, True)
    """
    return skeleton(spelling).translate(_EITHER_WAY)


def _patterns(number: int, query: Query, known: _Known, judgements: Judgements) -> Iterator[Pattern]:
    """Give what to look for: the name, its aliases, and other spellings of the entity that any of them names."""
    own = (query.name, *query.aliases)
    named = {spelling: known.of(spelling) for spelling in own}
    for spelling, entity in named.items():
        yield Pattern(number, spelling, EXACT, "as listed", entity.id if entity else "")
    folded = set(map(fold, own))
    same = {other: spelling for spelling in own for other in judgements.same_as(spelling)}
    for other in sorted(same.keys() - folded):
        yield Pattern(number, other, VARIANT, f"judged the same as {same[other]}")
    folded |= same.keys()
    for entity in {entity.id: entity for entity in named.values() if entity}.values():
        for spelling in entity.spellings:
            if fold(spelling) not in folded:
                yield Pattern(number, spelling, VARIANT, f"a spelling of {entity.id}", entity.id)


def _has_plural(spelling: str) -> bool:
    """Tell a spelling that may end in a plural s, as in SDFs: "Hamas" is not two of "Hama".

    >>> _has_plural("SDF"), _has_plural("Hama"), _has_plural("local militia")
    (True, False, True)
    """
    return is_acronym(spelling) or spelling.rsplit(" ", maxsplit=1)[-1].islower()


def _doubt(pattern: Pattern, text: Text, start: int, end: int) -> str | None:
    """Say why a spelling as found may not be the name; "" if nothing speaks against it, None if it is not."""
    spelling, printed = pattern.spelling, text.cased[start:end]
    if is_acronym(spelling) and not text.capitals and not printed.isupper():
        return None
    if not spelling.islower() and printed.islower() and printed.upper() != printed:
        return "possible: in small letters"
    first = fold(spelling).replace("-", " ").partition(" ")[0]
    if not stands_alone(text, start, article=first in ARTICLES):
        return LONGER
    return ""


def _apart(hits: list[_Hit]) -> list[_Hit]:
    """Keep of overlapping hits the one that fits best, then the longest; in order of the text."""
    kept: list[_Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.rank, hit.start - hit.end, hit.start)):
        if all(hit.end <= other.start or hit.start >= other.end for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)
