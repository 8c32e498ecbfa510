"""The extractor's tree of a web page turned into lines that keep lists, tables and links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

BULLET = "-"
ROW = "row"
_SPACE = re.compile(r"\s+")
_TAG = re.compile(r"<(ol|li)\b([^<>]*)", re.IGNORECASE)
_COUNTED = {
    "ol": re.compile(r"\b(?:start|reversed|type)\b", re.IGNORECASE),
    "li": re.compile(r"\bvalue\b", re.IGNORECASE),
}
_BLOCKS = frozenset({"p", "head", "list", "item", "table", "row", "cell", "quote", "div", "lb"})
_WALL = " | "


class Node(Protocol):
    """An element of the tree."""

    tag: str
    text: str | None
    tail: str | None

    def get(self, key: str, default: str) -> str:
        """Return an attribute."""

    def __iter__(self) -> Iterator[Node]:
        """Yield the elements inside."""


class Link(NamedTuple):
    """A link over `[start, end)` of a line's text."""

    start: int
    end: int
    href: str


class Line(NamedTuple):
    """One line of a page: its text, its links, and what it is.

    `block` is p, quote, h2 … h6, row, or the mark of a list's item: `-` or a number such as `1.`, which
    the text starts with. `first` is the first row of a table.
    """

    text: str
    links: tuple[Link, ...] = ()
    block: str = "p"
    first: bool = False


class _Words:
    """Text as it is gathered from inside and between elements, its white space made one space each."""

    def __init__(self) -> None:
        self._text = ""
        self._links: list[Link] = []

    def add(self, text: str | None, href: str = "") -> None:
        words = _SPACE.sub(" ", text or "")
        if not self._text or self._text.endswith(" "):
            words = words.removeprefix(" ")
        end = len(self._text) + len(words.rstrip())
        if href and words.strip():
            self._links.append(Link(len(self._text) + len(words) - len(words.lstrip()), end, href))
        self._text += words

    def take(self) -> Iterator[Line]:
        """Yield what was gathered, if anything was, and begin again."""
        if self._text.strip():
            yield Line(self._text.rstrip(), tuple(self._links))
        self._text, self._links = "", []


def read_lines(body: Node, html: str) -> list[Line]:
    """Read the tree of a page; `html` is its source.

    The extractor forgets where a list starts to count: items of a page that says so get no numbers.
    """
    counted = any(_COUNTED[tag[1].lower()].search(tag[2]) for tag in _TAG.finditer(html))
    return list(_lines(body, counts=not counted))


def _lines(node: Node, *, counts: bool) -> Iterator[Line]:
    words = _Words()
    words.add(node.text)
    for child in node:
        if child.tag in _BLOCKS:
            yield from words.take()
            yield from _block(child, counts=counts)
        else:
            _inline(words, child, "")
        words.add(child.tail)
    yield from words.take()


def _inline(words: _Words, node: Node, href: str) -> None:
    href = node.get("target", "") if node.tag == "ref" else href
    if isinstance(node.tag, str):
        words.add(node.text, href)
    for child in node:
        _inline(words, child, href)
        words.add(child.tail, href)


def _block(node: Node, *, counts: bool) -> Iterator[Line]:
    if node.tag == "list":
        yield from _list(node, counts=counts)
    elif node.tag == "table":
        yield from _table(node, counts=counts)
    else:
        level = node.get("rend", "h2")
        block = {"head": level if level in {"h3", "h4", "h5", "h6"} else "h2", "quote": "quote"}.get(node.tag, "p")
        for line in _lines(node, counts=counts):
            yield line._replace(block=block) if line.block == "p" else line


def _list(node: Node, *, counts: bool) -> Iterator[Line]:
    numbered = counts and node.get("rend", "") == "ol"
    for number, item in enumerate((child for child in node if child.tag == "item"), 1):
        lines = list(_lines(item, counts=counts))
        if lines and lines[0].block == "p":
            lines[0] = _marked(lines[0], f"{number}." if numbered else BULLET)
        yield from lines


def _marked(line: Line, mark: str) -> Line:
    if mark == BULLET:
        return line._replace(block=mark)
    by = len(mark) + 1
    links = tuple(Link(start + by, end + by, href) for start, end, href in line.links)
    return Line(f"{mark} {line.text}", links, mark)


def _table(node: Node, *, counts: bool) -> Iterator[Line]:
    """Yield a line a row; a table of one column only arranges text."""
    rows = [[list(_lines(cell, counts=counts)) for cell in row if cell.tag == "cell"] for row in _rows(node)]
    if all(len(row) <= 1 for row in rows):
        yield from (line for row in rows for cell in row for line in cell)
        return
    for number, row in enumerate(rows):
        joined = _joined([_joined(cell, " ") for cell in row], _WALL)
        if joined.text.strip(" |"):
            yield joined._replace(block=ROW, first=not number)


def _rows(node: Node) -> Iterator[Node]:
    for child in node:
        if child.tag == "row":
            yield child
        else:
            yield from _rows(child)


def _joined(lines: list[Line], between: str) -> Line:
    text = ""
    links: list[Link] = []
    for number, line in enumerate(lines):
        text += between if number else ""
        links += [Link(start + len(text), end + len(text), href) for start, end, href in line.links]
        text += line.text
    return Line(text, tuple(links))
