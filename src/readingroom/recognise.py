"""Reports turned into mentions: where each known name of the authority stands, and why we think so.

Known names come first, by listed spelling, then by romanisation key. Discovery of names nobody has
listed is a later stage in a module of its own: it starts from the stretches that these mentions leave
uncovered.

Confidence: 1.0 a listed spelling of one entity, 0.9 the romanisation key, 0.8 several entities and
words beside it or a containing place named beside it decide, 0.7 nearness to places named decides; an
undecided spelling has 1 / (number of entities it may name).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from readingroom.ambiguity import Here, Named, Setting, choose
from readingroom.english import NO_INITIALS
from readingroom.matching import Hit, Matcher, Sense, end_of_word, fold_report, select, starts_word
from readingroom.model import Mention, Status
from readingroom.romanise import fold
from readingroom.variants import Keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from readingroom.ambiguity import Choice
    from readingroom.config import Kind
    from readingroom.matching import Text
    from readingroom.model import Entity, Passage, Report
    from readingroom.variants import Reading, Variant

BY_KEY = 0.9

# What a stretch of text was found to name: kind, entity, status, confidence, why.
Outcome = tuple[str, str, Status, float, tuple[str, ...]]
_PUBLISHER: Outcome = ("", "", "publisher", 1.0, ("publisher",))

_INITIAL = re.compile(r"[^\W\d_]+")


class Found(NamedTuple):
    """A passage with the listed spellings and the variants found in it; publisher hits have no senses."""

    passage: Passage
    text: Text
    hits: list[Hit]
    variants: list[Variant]


class Recogniser:
    """Finds the names of an authority in reports. Built once a process; never changes."""

    def __init__(
        self, entities: Sequence[Entity], kinds: Sequence[Kind], readings: Mapping[str, Reading] | None = None
    ) -> None:
        """Make the names ready to be found; `readings` spares those spellings their reading."""
        self._made_of = entities, kinds, readings
        self._persons = frozenset(kind.name for kind in kinds if kind.person)
        self._entities = {entity.id: entity for entity in entities}
        self._matcher = Matcher(entities, self._persons)
        self._keys = Keys(entities, self._persons, readings)

    def __reduce__(self) -> tuple[type[Recogniser], tuple[object, ...]]:
        return Recogniser, self._made_of

    def mentions(self, report: Report, texts: Mapping[str, Text] | None = None) -> tuple[Mention, ...]:
        """Find every known name in the report's passages, in reading order; `texts` are these folded, if they are."""
        texts = texts or fold_report(report)
        publisher = publisher_names(report.publisher)
        own = frozenset(sense.entity.id for name in publisher[:1] for sense in self._matcher.senses.get(name, ()))
        found = [self._find(passage, texts[passage.anchor], publisher, own) for passage in report.telling]
        named = Named(hit for each in found for hit in each.hits)
        return tuple(mention for each in found for mention in self._name(report.id, each, named))

    def _find(self, passage: Passage, text: Text, publisher: tuple[str, ...], own: frozenset[str]) -> Found:
        hits = self._matcher.find(text)
        if own:
            hits = [_disowned(hit, own) for hit in hits]
        hits = select([*publisher_hits(text, publisher), *hits])
        return Found(passage, text, hits, self._keys.find(text, hits))

    def _name(self, report: str, found: Found, named_in_all: Named) -> Iterator[Mention]:
        setting = Setting(Here(found.text, found.hits), named_in_all, self._entities, self._persons)
        variants = [(variant.start, variant.end, _of_variant(variant)) for variant in found.variants]
        named = [(hit.start, hit.end, _of_hit(hit, setting)) for hit in found.hits]
        if variants:
            named = sorted([*named, *variants])
        text = found.passage.text
        for folded_start, folded_end, outcome in named:
            start, end = found.text.span(folded_start, folded_end)
            yield Mention(report, found.passage.anchor, start, end, text[start:end], *outcome)


@lru_cache(maxsize=1024)
def publisher_names(printed: str) -> tuple[str, ...]:
    """Give the folded name of a publisher, without "The", and its acronym, if it has one.

    >>> publisher_names("The Syrian Observatory For Human Rights")
    ('syrian observatory for human rights', 'SOHR')
    >>> publisher_names("مرصد العاصي")
    ('مرصد العاصي',)
    """
    name = fold(printed).removeprefix("the ").strip()
    initials = [word[0] for word in _INITIAL.findall(name) if word not in NO_INITIALS]
    acronym = "".join(initials).upper()
    return tuple(filter(None, (name, acronym if len(initials) > 1 and acronym.isupper() else "")))


def publisher_hits(text: Text, names: Sequence[str]) -> Iterator[Hit]:
    """Find the publisher's name, in any case but with its first letter a capital, and its acronym."""
    for place, name in enumerate(names):
        haystack = text.cased if place else text.folded
        start = haystack.find(name)
        while start >= 0:
            end = start + len(name)
            whole = starts_word(text.folded, start) and end_of_word(text.folded, end) == end
            if whole and not text.cased[start].islower():
                yield Hit(start, end, (), listed=True)
            start = haystack.find(name, end)


def _disowned(hit: Hit, own: frozenset[str]) -> Hit:
    return hit._replace(senses=()) if any(sense.entity.id in own for sense in hit.senses) else hit


def _of_hit(hit: Hit, setting: Setting) -> Outcome:
    if not hit.senses:
        return _PUBLISHER
    if len(hit.senses) == 1:
        entity, status, why = hit.senses[0]
        return entity.kind, entity.id, status, 1.0, why
    choice = choose(hit, setting)
    return _chosen(choice) if choice else _undecided(hit.senses)


def _chosen(choice: Choice) -> Outcome:
    entity, status, why = choice.sense
    return entity.kind, entity.id, status, choice.confidence, (*why, choice.why)


def _undecided(senses: Sequence[Sense]) -> Outcome:
    kinds = {sense.entity.kind for sense in senses}
    names = " or ".join(sorted(sense.entity.id for sense in senses))
    kind = kinds.pop() if len(kinds) == 1 else ""
    return kind, "", "ambiguous", round(1 / len(senses), 2), (f"may be {names}",)


def _of_variant(variant: Variant) -> Outcome:
    entity = variant.entity
    why = ("romanisation", f'key "{variant.key}" is that of {variant.spelling}')
    return entity.kind, entity.id, "reviewed" if entity.publish else "withheld", BY_KEY, why
