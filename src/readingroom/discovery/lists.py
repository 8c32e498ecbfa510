"""Names joined by commas and "and" share a class: the sure ones vouch for the others."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from readingroom.discovery.candidates import SURE, kindred
from readingroom.discovery.rules import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from readingroom.discovery.candidates import Candidate
    from readingroom.discovery.lines import Line
    from readingroom.discovery.rules import Rules

BY_LIST = 2.6
BY_PAIR = 1.4
_WEAK = 2.4
_ELSEWHERE = 1.6
_CLEAR = 2.6
_HINT = 0.7
_LINKS = frozenset(
    [
        ",",
        "and",
        "or",
        "the",
        "as",
        "well",
        "both",
        "“",
        "”",
        '"',
        "&",
        "also",
        "known",
        "aka",
        "alias",
        "including",
        "namely",
    ]
)
_JOINING = frozenset({",", "and", "or", "known", "aka", "alias", "including", "namely"})
_CLOSING = frozenset('”"»')
_LONGEST_LINK = 6


class Listed(NamedTuple):
    """Candidates `[first, after)` of a report that stand in one list; `joined` is False for two with but a comma."""

    first: int
    after: int
    joined: bool


def find_lists(line: Line, candidates: Sequence[Candidate], rules: Rules, offset: int) -> Iterator[Listed]:
    """Find the lists among the candidates of a line, which follow `offset` others of their report.

    Names that only a comma parts are none: "Amiens, France", "the governor, Oleh".
    """
    first = 0
    for place in range(1, len(candidates) + 1):
        if place == len(candidates) or not _linked(line, candidates[place - 1], candidates[place], rules):
            if place - first > 1:
                between = line.lows[candidates[first].last + 1 : candidates[first + 1].first]
                yield Listed(offset + first, offset + place, place - first > 2 or between != (",",))  # noqa: PLR2004
            first = place


def share(candidates: Sequence[Candidate], lists: Iterable[Listed]) -> list[Candidate]:
    """Give the weak members of each list of names the class of its sure ones."""
    found = list(candidates)
    for each in lists:
        group = candidates[each.first : each.after]
        shared = _shared(group)
        found[each.first : each.after] = shared if each.joined else map(_placed, group, shared)
    return found


def _placed(one: Candidate, shared: Candidate) -> Candidate:
    return shared if shared.reasons and shared.reasons[-1].sort == "place" else one


def _linked(line: Line, one: Candidate, other: Candidate, rules: Rules) -> bool:
    if not 0 < other.first - one.last - 1 <= _LONGEST_LINK:
        return False
    between = line.lows[one.last + 1 : other.first]
    if between == ("to",) and "from" in line.lows[max(0, one.first - 2) : one.first]:
        return True
    return _links(rules, between)


@lru_cache(maxsize=1 << 12)
def _links(rules: Rules, between: tuple[str, ...]) -> bool:
    """Tell whether these words between two names make a list of them."""
    if any(low in _CLOSING and place and between[place - 1] == "," for place, low in enumerate(between)):
        return False
    return not _JOINING.isdisjoint(between) and all(
        low in _LINKS or low in rules.words["list_nouns"] for low in between
    )


def _shared(group: Sequence[Candidate]) -> Iterable[Candidate]:
    sure: defaultdict[str, list[Candidate]] = defaultdict(list)
    for candidate in group:
        if candidate.weight >= _WEAK:
            sure[kindred(candidate.sort)].append(candidate)
    if not sure:
        return _hinted(group)
    if len(sure) != 1:
        return _neighbours(group)
    sort, witnesses = next(iter(sure.items()))
    weight = BY_LIST if len(group) > 2 or len(witnesses) > 1 or _certain(witnesses) else BY_PAIR  # noqa: PLR2004
    return [_vouched(candidate, witnesses[0], sort, weight) for candidate in group]


def _hinted(group: Sequence[Candidate]) -> Iterable[Candidate]:
    """Let a hint before the first name of a list ("in A, B and C") stand for those after it."""
    first = group[0]
    if first.weight < _HINT or any(each.weight >= _HINT for each in group[1:]):
        return group
    reason = Reason(first.sort, first.weight, f"named in a list with {first.text}")
    return [first, *(each.and_because((reason,)) for each in group[1:])]


def _certain(witnesses: Iterable[Candidate]) -> bool:
    return any(candidate.weight >= SURE for candidate in witnesses)


def _neighbours(group: Sequence[Candidate]) -> Iterable[Candidate]:
    """In a list of mixed classes a weak name follows the name before it, if that one is sure."""
    found = [group[0]]
    for candidate in group[1:]:
        before = found[-1]
        fits = before.weight >= _CLEAR and before.sort != "person"
        found.append(_vouched(candidate, before, kindred(before.sort), BY_PAIR) if fits else candidate)
    return found


def _vouched(candidate: Candidate, witness: Candidate, sort: str, weight: float) -> Candidate:
    own = candidate.weight
    decided = own >= _WEAK or (own >= _ELSEWHERE and kindred(candidate.sort) != sort)
    if candidate is witness or decided or candidate.scores.get(sort, 0) >= SURE:
        return candidate
    reason = Reason(sort, weight, f"named in a list with {witness.text}")
    return candidate.and_because((reason,))
