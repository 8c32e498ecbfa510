"""Names joined by commas and "and" share a class: the sure ones vouch for the others."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from readingroom.discovery.candidates import SURE, kindred, scores, top
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
_CLOSING = frozenset('”"»')
_LONGEST_LINK = 6


def share(line: Line, candidates: Sequence[Candidate], rules: Rules) -> list[Candidate]:
    """Give the weak members of each list of names the class of its sure ones."""
    found: list[Candidate] = []
    for group in groups(line, candidates, rules):
        shared = _shared(group) if len(group) > 1 else group
        found += shared if _is_joined(line, group) else [_placed(*pair) for pair in zip(group, shared, strict=True)]
    return found


def _is_joined(line: Line, group: Sequence[Candidate]) -> bool:
    """Tell a list from names that only a comma parts: "Amiens, France", "the governor, Oleh"."""
    return len(group) != 2 or line.lows[group[0].last + 1 : group[1].first] != (",",)  # noqa: PLR2004


def _placed(one: Candidate, shared: Candidate) -> Candidate:
    return shared if shared.reasons and shared.reasons[-1].sort == "place" else one


def groups(line: Line, candidates: Sequence[Candidate], rules: Rules) -> Iterator[list[Candidate]]:
    """Give the names that stand in one list together, the others alone."""
    group: list[Candidate] = []
    for candidate in candidates:
        if group and not _linked(line, group[-1], candidate, rules):
            yield group
            group = []
        group.append(candidate)
    if group:
        yield group


def _linked(line: Line, one: Candidate, other: Candidate, rules: Rules) -> bool:
    between = line.lows[one.last + 1 : other.first]
    if between == ("to",) and "from" in line.lows[max(0, one.first - 2) : one.first]:
        return True
    if any(low in _CLOSING and place and between[place - 1] == "," for place, low in enumerate(between)):
        return False
    if not 0 < len(between) <= _LONGEST_LINK or not {
        ",",
        "and",
        "or",
        "known",
        "aka",
        "alias",
        "including",
        "namely",
    }.intersection(between):
        return False
    return all(low in _LINKS or low in rules.words["list_nouns"] for low in between)


def _shared(group: Sequence[Candidate]) -> Iterable[Candidate]:
    tops = [top(candidate.reasons) for candidate in group]
    sure: defaultdict[str, list[Candidate]] = defaultdict(list)
    for candidate, (sort, weight) in zip(group, tops, strict=True):
        if weight >= _WEAK:
            sure[kindred(sort)].append(candidate)
    if not sure:
        return _hinted(group)
    if len(sure) != 1:
        return _neighbours(group)
    sort, witnesses = next(iter(sure.items()))
    weight = BY_LIST if len(group) > 2 or len(witnesses) > 1 or _certain(witnesses) else BY_PAIR  # noqa: PLR2004
    return [_vouched(candidate, witnesses[0], sort, weight) for candidate in group]


def _hinted(group: Sequence[Candidate]) -> Iterable[Candidate]:
    """Let a hint before the first name of a list ("in A, B and C") stand for those after it."""
    sort, weight = top(group[0].reasons)
    if weight < _HINT or any(top(each.reasons)[1] >= _HINT for each in group[1:]):
        return group
    reason = Reason(sort, weight, f"named in a list with {group[0].text}")
    return [group[0], *(each._replace(reasons=(*each.reasons, reason)) for each in group[1:])]


def _certain(witnesses: Iterable[Candidate]) -> bool:
    return any(top(candidate.reasons)[1] >= SURE for candidate in witnesses)


def _neighbours(group: Sequence[Candidate]) -> Iterable[Candidate]:
    """In a list of mixed classes a weak name follows the name before it, if that one is sure."""
    found = [group[0]]
    for candidate in group[1:]:
        sort, weight = top(found[-1].reasons)
        fits = weight >= _CLEAR and sort != "person"
        found.append(_vouched(candidate, found[-1], kindred(sort), BY_PAIR) if fits else candidate)
    return found


def _vouched(candidate: Candidate, witness: Candidate, sort: str, weight: float) -> Candidate:
    own, weight_of_own = top(candidate.reasons)
    decided = weight_of_own >= _WEAK or (weight_of_own >= _ELSEWHERE and kindred(own) != sort)
    if candidate is witness or decided or scores(candidate.reasons).get(sort, 0) >= SURE:
        return candidate
    reason = Reason(sort, weight, f"named in a list with {witness.text}")
    return candidate._replace(reasons=(*candidate.reasons, reason))
