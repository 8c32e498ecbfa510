"""The scans of all reports turned into votes: what the archive as a whole says of each name.

Votes are coarse, so that one new report seldom changes what is found in the others.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from readingroom.discovery.candidates import is_single, kindred, together
from readingroom.discovery.joins import blocks
from readingroom.romanise import fold, key, word_keys
from readingroom.spelling_distance import may_join

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from readingroom.discovery.scan import Scan

_CLEAR = 2.6
_MARGIN = 1.3
_ACRONYM = 4
_MOST_COMPARED = 24
_STANDS = itemgetter(0, 1)  # the report, and the place in it


class Names(NamedTuple):
    """The names of an archive in the order in which they stand first in it: identity, first spelling, class."""

    rows: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Votes:
    """What all reports together say of each name, by its key.

    `classes` gives, for each class, the number of reports that clearly speak so, in steps of 1, 2, 4, 8, …;
    `names` gives, for each identity, the spelling that stands first in the archive; `long_forms` the name
    that an acronym stands for.
    """

    classes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    long_forms: Mapping[str, str] = field(default_factory=dict)

    def of(self, asked: Asked) -> tuple[object, ...]:
        """Return all that these votes say to one who asks: where it is the same, so is every judgement."""
        key_, name, identity_ = asked
        long = self.long_forms.get(name)
        called = self.names.get(identity(long) if long else identity_)
        return tuple(self.classes.get(key_, {}).items()), long, called


class Asked(NamedTuple):
    """What a sighting asks the votes for: its key, its name, and the identity of the name."""

    key: str
    name: str
    identity: str


class Ballot(NamedTuple):
    """What one report says of names, and what it asks of the others.

    `clear` gives each name's key and the class the report clearly speaks of it as; `attested` the first spelling
    of each identity and its place among the sightings; `aliases` acronyms with the names they are introduced for.
    """

    report: str
    clear: tuple[tuple[str, str], ...]
    attested: tuple[tuple[str, int, str], ...]
    aliases: tuple[tuple[str, str], ...]
    asked: tuple[Asked, ...]


def ballot(scan: Scan) -> Ballot:
    """Sum up the scan of a report for the votes."""
    attested: dict[str, tuple[str, int, str]] = {}
    for place, each in enumerate(scan.sightings):
        if each.scores or not each.bare:
            found = identity(each.name)
            attested.setdefault(found, (found, place, each.name))
    asked = dict.fromkeys(Asked(each.key, each.name, identity(each.name)) for each in scan.sightings)
    return Ballot(scan.report, tuple(sorted(_clear(scan))), tuple(attested.values()), scan.aliases, tuple(asked))


class Poll(NamedTuple):
    """The ballots of several reports added up.

    `clear` gives, by name's key and class, the number of reports that clearly speak so; `attested` by identity where
    it stands first: report, place, spelling and the spelling's key; `aliases` by acronym and name the number of
    reports that introduce it so. `asked` is all they ask, `questions` the numbers among it of what each report asks.
    """

    clear: Mapping[str, Mapping[str, int]]
    attested: Mapping[str, Sequence[Any]]
    aliases: Mapping[str, Mapping[str, int]]
    asked: Sequence[Sequence[str]]
    questions: Sequence[Sequence[int]]


def poll(ballots: Iterable[Ballot]) -> Poll:
    """Add up ballots."""
    clear: defaultdict[str, Counter[str]] = defaultdict(Counter)
    first: dict[str, tuple[str, int, str]] = {}
    aliases: defaultdict[str, Counter[str]] = defaultdict(Counter)
    numbers: dict[Sequence[str], int] = {}
    questions = []
    for each in ballots:
        for name, sort in each.clear:
            clear[name][sort] += 1
        for found, place, spelling in each.attested:
            attested = (each.report, place, spelling)
            if found not in first or attested < first[found]:
                first[found] = attested
        for acronym, name in each.aliases:
            aliases[acronym][name] += 1
        questions.append([numbers.setdefault(one, len(numbers)) for one in each.asked])
    stands = {found: (*attested, key(attested[-1])) for found, attested in first.items()}
    return Poll(clear, stands, aliases, list(numbers), questions)


def decide(scans: Iterable[Scan]) -> Votes:
    """Sum up all reports; the scans may come in any order and are not kept."""
    return count([poll(map(ballot, scans))])


def count(polls: Iterable[Poll], joined: Callable[[Names], Mapping[str, str]] | None = None) -> Votes:
    """Count polls, in any order: the classes of each name, its first spelling, what acronyms stand for.

    Spellings that may be one name without asking share the one that stands first, by report id; `joined` may give
    an answer of `join` that is kept.
    """
    reports: defaultdict[str, Counter[str]] = defaultdict(Counter)
    first: dict[str, Sequence[Any]] = {}
    long_forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for each in polls:
        _add(reports, each.clear)
        _add(long_forms, each.aliases)
        for found, attested in each.attested.items():
            if found not in first or _STANDS(attested) < _STANDS(first[found]):
                first[found] = attested
    names = [
        (found, name, key_) for found, (_, _, name, key_) in sorted(first.items(), key=lambda item: _STANDS(item[1]))
    ]
    sorts = {name: _best(counts) for name, counts in reports.items()}
    standing = Names(tuple((found, name, kindred(sorts.get(key_, ""))) for found, name, key_ in names))
    return Votes(
        {name: {sort: _step(number) for sort, number in sorted(counts.items())} for name, counts in reports.items()},
        joined(standing) if joined else join(standing),
        {acronym: long for acronym, found in long_forms.items() if (long := _long_form(found))},
    )


def _add(sums: defaultdict[str, Counter[str]], more: Mapping[str, Mapping[str, int]]) -> None:
    for name, counts in more.items():
        here = sums[name]
        for sort, number in counts.items():
            here[sort] += number


def _long_form(reports: Mapping[str, int]) -> str:
    """Choose what an acronym stands for by the reports that introduce each form: a clear majority, or nothing.

    A form that holds another in more reports ("… Front General Command") does not count.

    >>> _long_form({"Liberation Front": 9, "Liberation Front General Command": 1, "Labour Front": 1})
    'Liberation Front'
    >>> _long_form({"Syrian Democratic Forces": 1, "Social Democratic Front": 1})
    ''
    """
    counts: Counter[str] = Counter()
    for name, number in reports.items():
        counts[" ".join(word_keys(name))] += number
    forms = {one for one in counts if not any(_is_within(other, one, counts) for other in counts)}
    first, *others = sorted(forms, key=lambda form: (-counts[form], form))
    if others and _step(counts[first]) <= _step(counts[others[0]]):
        return ""
    return min(name for name in reports if " ".join(word_keys(name)) == first)


def _is_within(part: str, whole: str, counts: Mapping[str, int]) -> bool:
    return part != whole and counts[part] >= counts[whole] and f" {part} " in f" {whole} "


@lru_cache(maxsize=1 << 15)
def identity(name: str) -> str:
    """Give what two spellings of one name share without asking: their key, for a short acronym its letters.

    >>> identity("Hayaat Tahrir Al-Sham") == identity("Hay’at Tahrir al-Sham")
    True
    """
    acronym = is_single(name) and name.isupper() and len(name) <= _ACRONYM
    return fold(name) if acronym else key(name) or fold(name)


def join(names: Names) -> dict[str, str]:
    """Let every name take the spelling of the first name it may join, inside one class."""
    joined: dict[str, str] = {}
    standing: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for found, name, sort in names.rows:
        joined[found] = name
        if not sort or (sort == "person" and is_single(name)):
            continue
        beside = [standing[sort, block] for block in blocks(name)]
        near = islice(_each_once(chain.from_iterable(beside)), _MOST_COMPARED)
        match = next((other for other in near if may_join(name, other)), None)
        if match:
            joined[found] = match
        else:
            for block in beside:
                block.append(name)
    return joined


def _each_once(names: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name not in seen:
            seen.add(name)
            yield name


def _best(counts: Mapping[str, int]) -> str:
    return max(counts, key=lambda sort: (counts[sort], sort))


def _clear(scan: Scan) -> set[tuple[str, str]]:
    return {(each.key, each.scores[0][0]) for each in scan.sightings if each.scores and _is_clear(each.scores)}


@lru_cache(maxsize=1 << 14)
def _is_clear(scores: tuple[tuple[str, float], ...]) -> bool:
    if scores[0][1] < _CLEAR:
        return False
    found = together(scores)
    best = found.pop(kindred(scores[0][0]))
    return best >= _MARGIN * max(found.values(), default=0)


def _step(count: int) -> int:
    """Round a count down to a power of two.

    >>> [_step(count) for count in (1, 2, 3, 4, 9)]
    [1, 2, 2, 4, 8]
    """
    return 1 << (count.bit_length() - 1)
