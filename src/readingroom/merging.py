"""Two entities made one: what each file says is united, and what contradicts is named before anything is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from readingroom.authority import lineage
from readingroom.problems import Problem, ProblemsError, with_article
from readingroom.revision import unique
from readingroom.romanise import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from readingroom.frontmatter import Value
    from readingroom.model import Entity
    from readingroom.revision import Revision

HINT = "they may be two after all; if not, take this out of one of the two files, then merge"


def merge_entities(revision: Revision, gone: str, into: str) -> None:
    """Unite two entities under the second's name and address; whatever referred to the first leads there.

    Raises:
        ProblemsError: the two files contradict each other; every contradiction is named.
    """
    first, second = revision.entity(gone), revision.entity(into)
    faults = [
        *_contradictions(first, second),
        *_places_apart(revision, first, second),
        *_judged_apart(revision, first, second),
    ]
    if faults:
        raise ProblemsError(Problem(second.path, 0, message, HINT) for message in faults)
    revision.set(into, _united(first, second, revision))
    note = _note(first, second)
    if note:
        revision.add_note(into, note)
    revision.remove(gone)
    revision.redirect(gone, into)


def _contradictions(gone: Entity, into: Entity) -> Iterator[str]:
    pair = f"{gone.id} and {into.id}"
    if gone.id == into.id:
        yield f"{gone.id} cannot be merged with itself"
        return
    if gone.kind != into.kind:
        yield f"{gone.id} is {with_article(gone.kind)}, {into.id} {with_article(into.kind)}"
    if into.id in gone.distinct_from or gone.id in into.distinct_from:
        yield f"{pair} must not be confused with each other, says  not:"
    for scheme, value in gone.ids:
        other = dict(into.ids).get(scheme, value)
        if other != value:
            yield f"{pair} have different ids: {scheme}: {value} and {other}"
    for language, text in gone.native:
        other = dict(into.native).get(language, text)
        if fold(other) != fold(text):
            yield f"{pair} have different native names: {language}: {text} and {other}"
    if gone.publish != into.publish:
        yield f"of {pair} one is published and the other is not"


def _places_apart(revision: Revision, gone: Entity, into: Entity) -> Iterator[str]:
    pair = f"{gone.id} and {into.id}"
    for inner, outer in ((gone, into), (into, gone)):
        if outer in lineage(inner, revision.entities):
            yield f"{inner.id} lies within {outer.id}"
            return
    if gone.within and into.within and gone.within != into.within:
        yield f"{pair} lie within {gone.within} and {into.within}"
    if gone.at and into.at and gone.at[:2] != into.at[:2]:
        yield f"{pair} lie at {gone.at.lat}, {gone.at.lon} and {into.at.lat}, {into.at.lon}"


def _judged_apart(revision: Revision, gone: Entity, into: Entity) -> Iterator[str]:
    for one in gone.spellings:
        for other in into.spellings:
            if revision.judgements.is_different(one, other):
                yield f'"{one}" and "{other}" were judged not to be the same'


def _united(gone: Entity, into: Entity, revision: Revision) -> dict[str, Value]:
    native = {**dict(gone.native), **dict(into.native)}
    known = [into.name, *into.variants, *native.values()]
    values: dict[str, Value] = {
        "variants": [*into.variants, *unique(gone.spellings, known)],
        "native": {**native},
        "refers": [*into.refers, *unique(gone.refers, into.refers)],
        "not": [other for other in dict.fromkeys((*into.distinct_from, *gone.distinct_from)) if other != into.id],
        "ids": {**dict(into.ids), **dict(gone.ids)},
        "role": into.role or gone.role,
        "within": into.within or gone.within,
    }
    if gone.at and not into.at:
        values["at"] = revision.value(gone.id, "at")
    return {key: value for key, value in values.items() if value or revision.value(into.id, key)}


def _note(gone: Entity, into: Entity) -> str:
    """Keep as text what the united file has no second place for."""
    role = f"Role of {gone.name}: {gone.role}" if gone.role and into.role and fold(gone.role) != fold(into.role) else ""
    return "\n\n".join(filter(None, (role, gone.note)))
