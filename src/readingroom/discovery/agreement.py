"""What one mention of a name in a report says for its other mentions there: same class, surname, acronym."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from readingroom.discovery.candidates import GOOD, is_single
from readingroom.discovery.rules import Reason
from readingroom.problems import with_article
from readingroom.romanise import key, word_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from readingroom.discovery.candidates import Candidate
    from readingroom.discovery.rules import Rules

BY_REPORT = 0.5
MOST_BY_REPORT = 3.0
BY_FULL_NAME = 2.8
BY_LONG_FORM = 5.0
_AT_MOST_EACH = 5.0
_SHORTEST_PART = 3
_PLACE_IS_CLEAR = 3.4


def agree(candidates: Sequence[Candidate], aliases: Mapping[str, str], rules: Rules) -> list[Candidate]:
    """Add to each candidate what the report's other mentions of its name say.

    `aliases` gives the long form of each acronym the report introduces.
    """
    votes = _votes(candidates)
    longer = {short: _best(votes.get(key(name), {})) for short, name in aliases.items()}
    persons = _parts_of_persons(candidates, rules)
    return [
        each if each.known else _agreed(each, votes, longer.get(each.name), aliases, persons) for each in candidates
    ]


def _votes(candidates: Iterable[Candidate]) -> dict[str, dict[str, float]]:
    votes: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for each in candidates:
        for sort, weight in each.scores.items() if each.weight >= GOOD else ():
            if weight >= GOOD:
                votes[each.key][sort] += min(weight, _AT_MOST_EACH)
    return {name: dict(found) for name, found in votes.items()}


def _best(votes: Mapping[str, float]) -> str:
    return max(votes, key=lambda sort: (votes[sort], sort)) if votes else ""


def _parts_of_persons(candidates: Iterable[Candidate], rules: Rules) -> dict[str, Candidate]:
    """Give each word of a person's full name, with that full name; a given name alone tells nothing."""
    parts: dict[str, Candidate] = {}
    for each in candidates:
        if each.sort == "person" and each.weight >= GOOD:
            for part in _parts(rules, each.name):
                parts.setdefault(part, each)
    return parts


@lru_cache(maxsize=1 << 14)
def _parts(rules: Rules, name: str) -> tuple[str, ...]:
    if is_single(name):
        return ()
    words = name.replace("-", " ").split()
    parts = [
        part
        for word, part in zip(words[1:], word_keys(name)[1:], strict=False)
        if len(part) >= _SHORTEST_PART and word.lower() not in rules.given
    ]
    return (*parts, key(words[-1]), *((key(" ".join(words[:2])),) if len(words) > 2 else ()))  # noqa: PLR2004


def _agreed(
    each: Candidate,
    votes: Mapping[str, Mapping[str, float]],
    longer: str | None,
    aliases: Mapping[str, str],
    persons: Mapping[str, Candidate],
) -> Candidate:
    more = []
    if longer:
        more.append(Reason(longer, BY_LONG_FORM, f"introduced as {aliases[each.name]} ({each.name})"))
    elif each.name in aliases:
        more.append(Reason("faction", GOOD, f"introduced as {aliases[each.name]} ({each.name})"))
    own = each.scores
    for sort, weight in votes.get(each.key, {}).items():
        others = weight - (min(own[sort], _AT_MOST_EACH) if own.get(sort, 0) >= GOOD else 0)
        if others > 0:
            gained = min(BY_REPORT * others, MOST_BY_REPORT)
            more.append(Reason(sort, gained, f"speaks of it as {with_article(sort)} elsewhere in this report"))
    person = persons.get(each.key)
    if person and person.text != each.text and own.get("place", 0) < _PLACE_IS_CLEAR:
        office = any(reason.office for reason in person.reasons)
        more.append(Reason("person", BY_FULL_NAME, f"part of the name {person.text}", office))
    return each.and_because(more) if more else each
