"""Mentions in their context as printed, each line linked to its paragraph."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from readingroom.link import TURNING
from readingroom.pages.frame import date_of, direction, where
from readingroom.views import ConcordanceGroup, Line, Link, SpellingView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from readingroom.index import Archive
    from readingroom.model import Mention

CONTEXT = 90
EVIDENCE = 320


def concordance(archive: Archive, found: Sequence[Mention], root: str) -> tuple[ConcordanceGroup, ...]:
    """Show mentions report by report, in the order given."""
    groups = []
    for key, group in groupby(found, key=lambda mention: mention.report):
        report = archive.shown[key].report
        texts = {passage.anchor: passage.text for passage in report.passages}
        groups.append(
            ConcordanceGroup(
                Link(report.title, root + report.url),
                date_of(report),
                report.language,
                direction(report.language),
                tuple(_line(mention, texts[mention.paragraph], root + report.url) for mention in group),
            )
        )
    return tuple(groups)


def spellings(found: Sequence[Mention], root: str) -> tuple[SpellingView, ...]:
    """Count how the name is printed, the most frequent first, with the place it is first printed."""
    counts = Counter(mention.text for mention in found)
    first = {mention.text: mention for mention in reversed(found)}
    return tuple(
        SpellingView(text, counts[text], f"{root}reports/{first[text].report}.html#{first[text].paragraph}")
        for text in sorted(counts, key=lambda text: (-counts[text], text))
    )


def context_of_pair(archive: Archive, pair: tuple[Mention, Mention], root: str) -> tuple[str, str]:
    """Quote the words around two mentions of one passage, and link to it."""
    first, second = pair
    report = archive.shown[first.report].report
    text = next(passage.text for passage in report.passages if passage.anchor == first.paragraph)
    spare = max(0, EVIDENCE - (second.end - first.start)) // 2
    start, end = _word_start(text, first.start - spare), _word_end(text, second.end + spare)
    quoted = f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
    return TURNING.sub("", quoted), f"{root}{report.url}#{first.paragraph}"


def _line(mention: Mention, text: str, url: str) -> Line:
    start, end = _word_start(text, mention.start - CONTEXT), _word_end(text, mention.end + CONTEXT)
    left = ("…" if start else "") + text[start : mention.start]
    right = text[mention.end : end] + ("…" if end < len(text) else "")
    left, match, right = (TURNING.sub("", part) for part in (left, mention.text, right))
    return Line(f"{url}#{mention.paragraph}", where(mention.paragraph), left, match, right)


def _word_start(text: str, at: int) -> int:
    if at <= 0:
        return 0
    space = text.find(" ", at)
    return space + 1 if 0 <= space < at + CONTEXT else at


def _word_end(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    space = text.rfind(" ", 0, at)
    return space if space > at - CONTEXT else at
