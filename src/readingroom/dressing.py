"""The cleaned paragraphs of a web page written as Markdown, with the links, lists and tables its lines had."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from readingroom.paragraphs import escape, is_safe_link
from readingroom.webpage import BULLET, ROW, Line, Link
from readingroom.words import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NEAR = 6
_ALIKE = 0.8
_ENTITY = re.compile(r"&(?=#?\w+;)")
_ADDRESS = str.maketrans({"<": "%3C", ">": "%3E", "(": "%28", ")": "%29", "[": "%5B", "]": "%5D", "`": "%60"})


class Dressed(NamedTuple):
    """The body of a report, and how many links it keeps, of those that its paragraphs had."""

    body: str
    links: int
    lost: int


def dress(paragraphs: Iterable[str], lines: Sequence[Line]) -> Dressed:
    r"""Write paragraphs in the form of the lines they were made from, which stand in the same order.

    >>> item = Line("1. Hajin", (Link(3, 8, "https://a.org"),), "1.")
    >>> dress(["Losses", "1. Hajin"], [Line("Losses", block="h2"), item])
    Dressed(body='## Losses\n\n1. [Hajin](https://a.org)\n', links=1, lost=0)
    """
    body, before = "", Line("")
    kept = lost = 0
    for paragraph, line in _paired([*paragraphs], lines):
        links = [link for link in _placed(paragraph, line) if is_safe_link(link.href) and ":" in link.href]
        kept, lost = kept + len(links), lost + len(line.links) - len(links)
        body += _between(before, line) if body else ""
        body += _block(paragraph, line, links)
        rule = line.block == ROW and (line.first or before.block != ROW)
        body += "\n" + "|---" * (line.text.count(" | ") + 1) + "|" if rule else ""
        before = line
    return Dressed(f"{body}\n" if body else "", kept, lost)


def _paired(paragraphs: Sequence[str], lines: Sequence[Line]) -> list[tuple[str, Line]]:
    """Find the line each paragraph was made from: of the same words, else of nearly the same and near."""
    keys = [words(line.text) for line in lines]
    found: list[tuple[str, Line]] = []
    at = 0
    for paragraph in paragraphs:
        key = words(paragraph)
        near = range(at, len(lines))
        hit = next((index for index in near if keys[index] == key), -1)
        if hit < 0:
            hit = next((index for index in near[:_NEAR] if _are_alike(keys[index], key)), -1)
        found.append((paragraph, lines[hit] if hit >= 0 else Line(paragraph)))
        at = hit + 1 if hit >= 0 else at
    return found


def _are_alike(one: list[str], other: list[str]) -> bool:
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE


def _placed(paragraph: str, line: Line) -> list[Link]:
    """Find the words of a line's links in what cleaning made of it."""
    if paragraph == line.text:
        return [*line.links]
    found: list[Link] = []
    at = 0
    for start, end, href in line.links:
        place = paragraph.find(line.text[start:end], at)
        if place >= 0:
            at = place + end - start
            found.append(Link(place, at, href))
    return found


def _between(before: Line, line: Line) -> str:
    """Return the gap between two blocks: items and rows that go on stand line by line."""
    rows = before.block == line.block == ROW and not line.first
    items = _is_item(before) and _is_item(line) and (before.block == BULLET) == (line.block == BULLET)
    return "\n" if rows or items else "\n\n"


def _is_item(line: Line) -> bool:
    return line.block == BULLET or line.block.endswith(".")


def _block(paragraph: str, line: Line, links: Sequence[Link]) -> str:
    mark = line.block
    if mark.endswith(".") and paragraph.startswith(f"{mark} "):
        return f"{mark} {_inline(paragraph, links, len(mark) + 1)}"
    text = _inline(paragraph, links, 0)
    if mark == ROW:
        return f"| {text} |"
    if mark.startswith("h"):
        return f"{'#' * int(mark[1])} {text[:-1]}\\#" if text.endswith("#") else f"{'#' * int(mark[1])} {text}"
    return {BULLET: f"- {text}", "quote": f"> {text}"}.get(mark, text)


def _inline(text: str, links: Sequence[Link], at: int) -> str:
    """Write the text from `at` on with its links, everything else escaped."""
    written = ""
    for start, end, href in links:
        address = _ENTITY.sub("&amp;", href.strip().translate(_ADDRESS))
        written += f"{escape(text[at:start])}[{escape(text[start:end])}]({address})"
        at = end
    return written + escape(text[at:])
