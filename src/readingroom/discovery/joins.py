"""Names of one kind whose spellings are near each other, turned into questions for a reviewer."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from readingroom.romanise import skeleton
from readingroom.spelling_distance import distance, may_suggest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from readingroom.model import Mention

_LARGEST_BLOCK = 60


class Attested(NamedTuple):
    """A proposed or known entity as it stands in the reports: its id, a spelling, how often, and where first."""

    entity: str
    name: str
    times: int
    report: str
    paragraph: str
    start: int
    end: int


class Proposal(NamedTuple):
    """Two entities of one kind that may be one, and why we ask."""

    kind: str
    one: Attested
    other: Attested
    distance: float
    why: str


def proposals(mentions: Iterable[Mention]) -> tuple[Proposal, ...]:
    """List pairs of entities of one kind whose spellings are near, the nearest first, each with a context.

    Give it the mentions of all reports, known ones too: a new spelling may belong to a reviewed entity.
    """
    found = _attested(mentions)
    asked: dict[tuple[str, str], Proposal] = {}
    for (kind, _), names in _by_block(found).items():
        for one, other in combinations(names, 2):
            pair = (one.entity, other.entity)
            if one.entity != other.entity and pair not in asked:
                proposal = _compared(kind, one, other)
                if proposal:
                    asked[pair] = proposal
    return tuple(sorted(asked.values(), key=lambda each: (each.distance, each.one.entity, each.other.entity)))


def _attested(mentions: Iterable[Mention]) -> Mapping[tuple[str, str], list[Attested]]:
    """Give each spelling of each entity, by kind and entity, where it stands first."""
    first: dict[tuple[str, str, str], Attested] = {}
    for each in mentions:
        if each.entity and each.kind:
            place = (each.kind, each.entity, each.text)
            known = first.get(place)
            if known is None:
                first[place] = Attested(each.entity, each.text, 1, each.report, each.paragraph, each.start, each.end)
            else:
                first[place] = known._replace(times=known.times + 1)
    found: defaultdict[tuple[str, str], list[Attested]] = defaultdict(list)
    for (kind, entity, _), attested in sorted(first.items()):
        found[kind, entity].append(attested)
    return found


def _by_block(found: Mapping[tuple[str, str], list[Attested]]) -> dict[tuple[str, str], list[Attested]]:
    by_block: defaultdict[tuple[str, str], list[Attested]] = defaultdict(list)
    for (kind, _), names in sorted(found.items()):
        for name in names:
            for block in blocks(name.name):
                by_block[kind, block].append(name)
            if name.name.isupper() or len(name.name.split()) > 1:
                by_block[kind, f"initials {initials(name.name)}"].append(name)
    return {block: names[:_LARGEST_BLOCK] for block, names in sorted(by_block.items()) if len(names) > 1}


def _compared(kind: str, one: Attested, other: Attested) -> Proposal | None:
    if may_suggest(one.name, other.name):
        near = round(distance(one.name, other.name), 3)
        return Proposal(kind, one, other, near, "their spellings sound alike")
    short, long = sorted((one, other), key=lambda each: len(each.name))
    spelled = short.name.isupper() and " " not in short.name and " " in long.name
    if spelled and initials(short.name) == initials(long.name):
        return Proposal(kind, one, other, 1.0, f"{short.name} are the initials of {long.name}")
    return None


def initials(name: str) -> str:
    """Give the initials of a name of several words, or the letters of an acronym.

    >>> initials("Syrian Democratic Forces"), initials("SDF")
    ('sdf', 'sdf')
    """
    words = name.replace("-", " ").split()
    return name.lower() if len(words) == 1 else "".join(word[0] for word in words if word[0].isupper()).lower()


def blocks(name: str) -> Iterator[str]:
    """Give what near spellings have in common: the skeleton, and the skeleton less any one consonant.

    >>> sorted(set(blocks("Hajin")) & set(blocks("Hujayn")))
    ['j', 'jn', 'n']
    """
    found = skeleton(name)
    yield from dict.fromkeys((found, *(found[:place] + found[place + 1 :] for place in range(len(found)))))
