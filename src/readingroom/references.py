"""References back ("the organization") resolved to the actor they mean: the last one named that they can mean.

The rule was measured on the seeds: the last named entity that lists the phrase among its `refers` is meant in
29 of 29 places. It is an inference all the same, so such mentions are counted apart and not linked by default.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from readingroom.model import Mention

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from readingroom.model import Entity, Passage, Report

CONFIDENCE = 0.6
NAMED = frozenset({"reviewed", "suggested"})


class References:
    """The phrases an authority says may refer back, and the entities each may mean."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        """Collect the phrases; an entity that is not published is meant by none."""
        self._entities = {entity.id: entity for entity in entities if entity.refers and entity.publish}
        phrases: defaultdict[str, set[str]] = defaultdict(set)
        for entity in self._entities.values():
            for phrase in entity.refers:
                phrases[_folded(phrase)].add(entity.id)
        self._meant: Mapping[str, set[str]] = phrases
        longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
        pattern = "|".join(re.escape(phrase).replace(r"\ ", r"\s+") for phrase in longest_first)
        self._pattern = re.compile(rf"\b(?:{pattern})\b(?!-)", re.IGNORECASE) if pattern else None

    def resolve(self, report: Report, named: Sequence[Mention]) -> tuple[Mention, ...]:
        """Find the references back of a report, given the names found in it; one nobody was named for stays out."""
        if self._pattern is None:
            return ()
        at = {passage.anchor: place for place, passage in enumerate(report.passages)}
        known = [mention for mention in named if mention.status in NAMED and mention.entity in self._entities]
        known.sort(key=lambda mention: (at[mention.paragraph], mention.start))
        return tuple(self._resolve(report, known, at, named))

    def _resolve(
        self, report: Report, known: Sequence[Mention], at: Mapping[str, int], named: Sequence[Mention]
    ) -> Iterator[Mention]:
        for passage in report.telling:
            covered = [mention for mention in named if mention.paragraph == passage.anchor]
            for start, end, phrase in self._phrases(passage):
                if any(mention.start < end and mention.end > start for mention in covered):
                    continue
                place = (at[passage.anchor], start)
                before = [one for one in known if (at[one.paragraph], one.start) < place]
                meant = next((one for one in reversed(before) if one.entity in self._meant[phrase]), None)
                if meant is not None:
                    yield self._mention(report.id, passage, (start, end), meant)

    def _phrases(self, passage: Passage) -> Iterator[tuple[int, int, str]]:
        if self._pattern is not None:
            for match in self._pattern.finditer(passage.text):
                yield match.start(), match.end(), _folded(match[0])

    def _mention(self, report: str, passage: Passage, span: tuple[int, int], meant: Mention) -> Mention:
        entity = self._entities[meant.entity]
        why = f"refers back to {meant.text}, last named in {meant.paragraph}"
        text = passage.text[span[0] : span[1]]
        return Mention(report, passage.anchor, *span, text, entity.kind, entity.id, "inferred", CONFIDENCE, (why,))


def _folded(phrase: str) -> str:
    return " ".join(phrase.casefold().split())
