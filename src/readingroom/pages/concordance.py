"""Mentions in their context as printed, each line linked to its paragraph."""

from __future__ import annotations

from collections import Counter
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from markupsafe import Markup

from readingroom.link import TURNING
from readingroom.pages.frame import date_of, direction, where
from readingroom.views import SpellingView

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from readingroom.index import Archive
    from readingroom.model import Mention

CONTEXT = 90


def concordance(archive: Archive, found: Iterable[Mention], root: str) -> tuple[Markup, ...]:
    """Show mentions report by report, in the order given: each report a section ready to print.

    These rows are the most of a site; a template that looped over them would take most of a build.
    """
    groups = []
    for key, group in groupby(found, key=_report):
        report = archive.shown[key].report
        texts = {passage.anchor: passage.text for passage in report.passages}
        url = f"{root}{report.url}"
        tongue = f'lang="{escape(report.language)}" dir="{direction(report.language)}"'
        lines = [_line(mention, texts[mention.paragraph], url, tongue) for mention in group]
        head = f'<h3><a href="{url}"><bdi {tongue}>{escape(report.title)}</bdi></a>'
        when = f'<span class="when">{escape(date_of(report))}</span></h3>'
        groups.append(Markup(f"<section>\n{head} {when}\n<ol>{''.join(lines)}</ol></section>\n"))  # noqa: S704 - escaped
    return tuple(groups)


def _report(mention: Mention) -> str:
    return mention.report


def spellings(found: Sequence[Mention], root: str) -> tuple[SpellingView, ...]:
    """Count how the name is printed, the most frequent first, with the place it is first printed."""
    counts = Counter(mention.text for mention in found)
    first = {mention.text: mention for mention in reversed(found)}
    return tuple(
        SpellingView(text, counts[text], f"{root}reports/{first[text].report}.html#{first[text].paragraph}")
        for text in sorted(counts, key=lambda text: (-counts[text], text))
    )


def _line(mention: Mention, text: str, url: str, tongue: str) -> str:
    """Print a mention in its context, linked to its paragraph."""
    start, end = _word_start(text, mention.start - CONTEXT), _word_end(text, mention.end + CONTEXT)
    left = ("…" if start else "") + text[start : mention.start]
    right = text[mention.end : end] + ("…" if end < len(text) else "")
    match = mention.text
    if not text.isascii():
        left, match, right = (TURNING.sub("", part) for part in (left, match, right))
    anchor = mention.paragraph
    maybe = " <small>probably</small>" if mention.probable else ""
    return (
        f'<li><a class="ref" href="{url}#{anchor}">{where(anchor)}</a>{maybe}'
        f"<p {tongue}>{escape(left)}<mark>{escape(match)}</mark>{escape(right)}</p></li>\n"
    )


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
