"""A scan and the archive's votes turned into mentions: each with a kind, a confidence and the reasons in words."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from slugify import slugify

from readingroom.discovery.candidates import is_single, kindred, together
from readingroom.discovery.rules import read_rules
from readingroom.discovery.votes import identity
from readingroom.model import Mention
from readingroom.problems import with_article
from readingroom.romanise import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from readingroom.config import Kind
    from readingroom.discovery.scan import Scan, Sighting
    from readingroom.discovery.votes import Votes
    from readingroom.model import Status

THRESHOLD = 0.5
NAMED = 0.15
PERSON = "person"
_BY_ARCHIVE = 1.0
_MOST_BY_ARCHIVE = 2.8
_KNOWN_WELL = 2
_FULL = 4.5
_MAX_SLUG = 80


def mentions(
    scan: Scan, votes: Votes, kinds: Sequence[Kind], *, language: str = "en", threshold: float = THRESHOLD
) -> tuple[Mention, ...]:
    """Give the mentions of one report's sightings.

    `suggested` is what may be published, marked: a place, faction or operation at or above `threshold`.
    All else is `withheld`: every person (of kind "person" without an office, never to be published), every
    body that is no party to a conflict where the archive has no kind for it, all below the threshold. A
    name without enough evidence has kind "" and goes to review.
    """
    if not scan.sightings:
        return ()
    kind_of = read_rules(language).kind_of(kinds)
    folders = {kind.name: kind.folder for kind in kinds}
    return tuple(_mentions(scan, votes, kind_of, folders, threshold))


def _mentions(
    scan: Scan, votes: Votes, kind_of: dict[str, str], folders: dict[str, str], threshold: float
) -> Iterator[Mention]:
    for each in scan.sightings:
        if _is_faint(each) and not _is_known(each, votes):
            continue
        sort, confidence, why = _judged(each, votes)
        if confidence < NAMED:
            if each.bare:
                continue
            sort = ""
        kind = _kind(sort, kind_of, office=each.office)
        folder = folders.get(kind, "")
        entity = entity_id(folder, each, votes) if folder else ""
        status: Status = "suggested" if entity and confidence >= threshold else "withheld"
        if sort == PERSON or (sort == "organisation" and kind == kind_of.get("faction")):
            status = "withheld"
        yield Mention(
            scan.report, each.paragraph, each.start, each.end, each.text, kind, entity, status, confidence, why
        )


def _is_faint(each: Sighting) -> bool:
    """Tell two common words in a line of capitals, a name only where the archive knows it well."""
    return each.bare and " " in each.name


def _is_known(each: Sighting, votes: Votes) -> bool:
    return max(votes.classes.get(each.key, {}).values(), default=0) >= _KNOWN_WELL


def _kind(sort: str, kind_of: dict[str, str], *, office: bool) -> str:
    if sort == PERSON and not office:
        return PERSON
    return kind_of.get(sort, "")


def _judged(each: Sighting, votes: Votes) -> tuple[str, float, tuple[str, ...]]:
    """Weigh the report's evidence with the archive's; the share of the best class tempers its confidence."""
    counted = votes.classes.get(each.key, {})
    sort, confidence = _best(each.scores, tuple(counted.items()))
    if not sort:
        return "", 0.0, ("no evidence of what it is",)
    why = each.why if each.scores and each.scores[0][0] == sort else ()
    reports = counted.get(sort, 0)
    if reports > 1:
        why = (*why, f"named so in {reports} or more reports")
    return sort, confidence, why or (f"elsewhere {with_article(sort)}",)


@lru_cache(maxsize=1 << 14)
def _best(scores: tuple[tuple[str, float], ...], counted: tuple[tuple[str, int], ...]) -> tuple[str, float]:
    total = dict(scores)
    for sort, reports in counted:
        total[sort] = total.get(sort, 0.0) + min(_BY_ARCHIVE * reports, _MOST_BY_ARCHIVE)
    if not total:
        return "", 0.0
    groups = together(total.items())
    group = max(groups, key=lambda name: (groups[name], name))
    sort = max((name for name in total if kindred(name) == group), key=lambda name: (total[name], name))
    best = groups[group]
    return sort, round(min(1.0, best / _FULL) * best / sum(groups.values()), 2)


def entity_id(folder: str, each: Sighting, votes: Votes) -> str:
    """Propose the id of what is named: one for all spellings with one key, and for an acronym's long form."""
    name = each.name
    if is_single(name) and name in votes.long_forms:
        name = votes.long_forms[name]
    name = votes.names.get(identity(name), name)
    slug = _slug(name)
    return f"{folder}/{slug}" if slug else ""


@lru_cache(maxsize=1 << 15)
def _slug(name: str) -> str:
    return slugify(fold(name).replace("'", ""), max_length=_MAX_SLUG, word_boundary=True)
