"""A report's mentions in their context as printed, each linked to its paragraph: the lines of a concordance."""

from __future__ import annotations

from collections import defaultdict
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from readingroom.dates import display
from readingroom.language import direction
from readingroom.link import TURNING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

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
    frame = _frame(report, OF_NAMES)
    return {one.entity: Quoted(_section(frame, found[one.entity]), one.spellings) for one in tallies}


def section(report: Report, mentions: Iterable[Mention], root: str) -> str:
    """Write some mentions of a report as HTML, under its headline; `root` is the way to the site's root."""
    return _section(_frame(report, root), mentions)


class _Frame(NamedTuple):
    """What all sections of one report share: its address, its language as attributes, its headline, its passages.

    Of each passage, by anchor: its text, and whether that holds marks that turn the direction of what follows.
    """

    url: str
    tongue: str
    head: str
    passages: Mapping[str, tuple[str, bool]]


def _frame(report: Report, root: str) -> _Frame:
    url, tongue = f"{root}{report.url}", f'lang="{escape(report.language)}" dir="{direction(report.language)}"'
    title = f'<h3><a href="{url}"><bdi {tongue}>{escape(report.title)}</bdi></a>'
    when = escape(display(report.published) if report.published else "undated")
    passages = {each.anchor: (each.text, bool(TURNING.search(each.text))) for each in report.passages}
    return _Frame(url, tongue, f'{title} <span class="when">{when}</span></h3>', passages)


def _section(frame: _Frame, mentions: Iterable[Mention]) -> str:
    lines = "".join([_line(mention, frame) for mention in mentions])
    return f"<section>\n{frame.head}\n<ol>{lines}</ol></section>\n"


def where(anchor: str) -> str:
    """Name a passage for readers.

    >>> where("p4"), where("title"), where("dek")
    ('¶4', 'headline', 'deck')
    """
    return {"title": "headline", "dek": "deck"}.get(anchor, f"¶{anchor.removeprefix('p')}")


def _line(mention: Mention, frame: _Frame) -> str:
    """Print a mention in its context, linked to its paragraph."""
    match, anchor = mention.text, mention.paragraph
    text, turning = frame.passages[anchor]
    start, end = _word_start(text, mention.start - CONTEXT), _word_end(text, mention.end + CONTEXT)
    left = ("…" if start else "") + text[start : mention.start]
    right = text[mention.end : end] + ("…" if end < len(text) else "")
    if turning:
        left, match, right = (TURNING.sub("", part) for part in (left, match, right))
    maybe = " <small>probably</small>" if mention.probable else ""
    return (
        f'<li><a class="ref" href="{frame.url}#{anchor}">{where(anchor)}</a>{maybe}'
        f"<p {frame.tongue}>{escape(left)}<mark>{escape(match)}</mark>{escape(right)}</p></li>\n"
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
