"""A report's mentions in their context as printed, each linked to its paragraph: the lines of a concordance."""

from __future__ import annotations

from collections import defaultdict
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from readingroom.dates import display
from readingroom.language import direction
from readingroom.link import TURNING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from readingroom.model import Mention, Report
    from readingroom.naming import Tally

CONTEXT = 90
OF_NAMES = "../"  # the way from the page of a name to the site's root


class Quoted(NamedTuple):
    """What the page of a name shows of one report: a section ready to print, and how the name is printed there.

    Each spelling has its count and the passage it stands in first.
    """

    html: str
    spellings: Sequence[tuple[str, int, str]]


def quote(report: Report, mentions: Iterable[Mention], tallies: Iterable[Tally]) -> dict[str, Quoted]:
    """Show the mentions of a report, by the name they are of.

    These sections are the most of a site; a template that looped over their lines would take most of a build.
    """
    found: defaultdict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        found[mention.entity].append(mention)
    return {one.entity: Quoted(section(report, found[one.entity], OF_NAMES), one.spellings) for one in tallies}


def section(report: Report, mentions: Iterable[Mention], root: str) -> str:
    """Write some mentions of a report as HTML, under its headline; `root` is the way to the site's root."""
    texts = {passage.anchor: passage.text for passage in report.passages}
    url = f"{root}{report.url}"
    tongue = f'lang="{escape(report.language)}" dir="{direction(report.language)}"'
    head = f'<h3><a href="{url}"><bdi {tongue}>{escape(report.title)}</bdi></a>'
    when = escape(display(report.published) if report.published else "undated")
    lines = "".join(_line(mention, texts[mention.paragraph], url, tongue) for mention in mentions)
    return f'<section>\n{head} <span class="when">{when}</span></h3>\n<ol>{lines}</ol></section>\n'


def where(anchor: str) -> str:
    """Name a passage for readers.

    >>> where("p4"), where("title"), where("dek")
    ('¶4', 'headline', 'deck')
    """
    return {"title": "headline", "dek": "deck"}.get(anchor, f"¶{anchor.removeprefix('p')}")


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
