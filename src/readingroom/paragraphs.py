"""The body text of a report file turned into citable passages, and plain paragraphs into such a body.

Most paragraphs hold no character that Markdown could act on; they skip the parser (`read_plain`) and
give exactly what it would give (`read_markdown`).
"""

from __future__ import annotations

import re
from collections import deque
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from readingroom.model import Mark, Passage
from readingroom.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

RUN_CAP = 100_000
BRACKET_CAP = 1_000

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_INLINE = re.compile(r"[`*_\[\]]|\\(?=[!-/:-@\[-`{-~]|$)|&(?=#?\w+;)|<(?=[A-Za-z/!?])|~(?=~)|(?<=~)~")
_LINE_START = re.compile(r"#{1,6}(?=\s|$)|>|[-+](?=[\s-]|$)|=+\s*$|\d{1,9}[.)](?=\s|$)|\{#")
_UNSURE = re.compile(
    r"[\\`*_\[\]\x00]|&(?=#?\w+;)|<(?=[A-Za-z/!?])|~~|^[ #>+=~|:-]|^\d{1,9}[.)]|[^\S \n]", re.MULTILINE
)
_MARKED = re.compile(r"[\\`*_\[\]\x00&<~\t-\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_ANCHOR = re.compile(r"\{#(.*)\}[ \t]*")
_FIXED = re.compile(r"p[1-9][0-9]{0,5}")
_LEADING = re.compile(r"\A(?:[ \t]*\n)+")
_GAP = re.compile(r"\n(?:[ \t]*\n)+")
_WHOLE_MARKS = ("]:", "```", "~~~")
_WHOLE = re.compile(r"^ {0,3}(?:```|~~~)|(?<!\\)(?:\\\\)*\]:", re.MULTILINE)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_SAFE_SCHEMES = frozenset({"http", "https", "mailto"})
_RULE = re.compile(r"(?=[^|]*\|) *\|? *:?-+:? *(?:\| *:?-+:? *)*\|? *")
_WALL = " | "
_TAGS = {"em_open": "em", "strong_open": "strong", "s_open": "s", "link_open": "a"}


class _Chunk(NamedTuple):
    """Lines between blank lines, the line of the body they start on (from 0), the anchor fixed for them."""

    text: str
    line: int
    anchor: str


class _Run(NamedTuple):
    """Chunks that are parsed together; one chunk if it is plain."""

    text: str
    line: int
    anchor: str
    plain: bool


class _Line(NamedTuple):
    """The text of a paragraph on one line, its marks, and where lines of the file ended in it."""

    text: str
    marks: tuple[Mark, ...]
    breaks: tuple[int, ...]


def read_paragraphs(body: str, *, path: str, first_line: int) -> tuple[tuple[Passage, ...], list[Problem]]:
    """Read the body of a report file; `first_line` is the line of the file the body starts on."""
    found, problems = _located(body, path, first_line)
    return tuple(passage for passage, _ in found), problems + _twins(found, path)


def paragraph_lines(body: str, *, first_line: int) -> dict[str, int]:
    r"""Tell on which line of the file each paragraph stands, by anchor; a list begins where its first item does.

    >>> paragraph_lines("Clashes.\n\n{#p7}\nHajin fell.\n", first_line=9)
    {'p1': 9, 'p7': 12}
    """
    return {passage.anchor: line for passage, line in _located(body, "", first_line)[0]}


def _located(body: str, path: str, first_line: int) -> tuple[list[tuple[Passage, int]], list[Problem]]:
    """Read the passages of a body, each with its line of the file."""
    chunks, problems = _chunks(body, path, first_line)
    found: list[tuple[Passage, int]] = []
    for run in _runs(chunks, body):
        passages, fault = read_plain(run.text) if run.plain else read_markdown(run.text)
        line = first_line + run.line
        if fault:
            hint = "split it with blank lines, or put \\ before each [ that is only text"
            problems.append(Problem(path, line, fault, hint, "warning"))
        for index, passage in enumerate(passages):
            anchor = run.anchor if run.anchor and not index else f"p{len(found) + 1}"
            found.append((passage._replace(anchor=anchor), line))
    return found, problems


def read_plain(text: str) -> tuple[list[Passage], str]:
    r"""Read one paragraph without markup: lines joined, escapes resolved.

    >>> read_plain("1\\. Clashes in\nHajin")[0][0].text
    '1. Clashes in Hajin'
    """
    joined = " ".join(line.strip(" ") for line in text.split("\n"))
    return [Passage("", _ESCAPED.sub(r"\1", joined))], ""


def read_markdown(text: str) -> tuple[list[Passage], str]:
    """Read Markdown into passages; what would take too long to parse is read as plain text, with a reason.

    >>> read_markdown("The *SDF* took [Hajin](https://example.org)")[0][0].marks
    (Mark(start=4, end=7, tag='em', href=''), Mark(start=13, end=18, tag='a', href='https://example.org'))
    """
    reason = too_much(text)
    if reason:
        texts = [" ".join(chunk.split()) for chunk in _GAP.split(text)]
        return [Passage("", _ESCAPED.sub(r"\1", chunk)) for chunk in texts if chunk], reason
    return list(_passages(_parser().parse(text))), ""


def too_much(text: str) -> str:
    """Say why a text is not parsed as Markdown, if it is not: hostile input must not cost minutes.

    >>> too_much("[" * 1001)
    '1,001 brackets in one paragraph: shown as plain text'
    """
    if len(text) > RUN_CAP:
        return f"{len(text):,} characters of markup without a plain paragraph: shown as plain text"
    brackets = text.count("[")
    return f"{brackets:,} brackets in one paragraph: shown as plain text" if brackets > BRACKET_CAP else ""


def is_plain(text: str) -> bool:
    """Tell whether Markdown would act on nothing in a paragraph but its escapes.

    >>> is_plain("Clashes in “Hajin” – 8 dead."), is_plain("# Hajin"), is_plain("the *SDF*")
    (True, False, False)
    """
    if not _MARKED.search(text):
        return not _UNSURE.match(text)  # one line, where only its first characters can be markup
    found = _UNSURE.search(text)
    return not found or (found[0] == "\\" and not _UNSURE.search(_ESCAPED.sub("\x01", text)))


def write_paragraphs(texts: Iterable[str]) -> str:
    r"""Write plain paragraphs as a Markdown body that reads back as the same texts, white space apart.

    >>> write_paragraphs(["1. Clashes in [Hajin]", "-40 degrees"])
    '1\\. Clashes in \\[Hajin\\]\n\n-40 degrees\n'
    """
    paragraphs = [escape(text) for text in map(" ".join, map(str.split, texts)) if text]
    return "\n\n".join(paragraphs) + "\n" if paragraphs else ""


def escape(text: str) -> str:
    r"""Put a backslash before every character of one line that Markdown would act on.

    >>> print(escape("# 5 * 3 is a_b & c"), escape("AT&T, 5 < 6, 2 ~ 3, Sh’aytat"))
    \# 5 \* 3 is a\_b & c AT&T, 5 < 6, 2 ~ 3, Sh’aytat
    """
    safe = _INLINE.sub(lambda found: "\\" + found[0], text)
    start = _LINE_START.match(safe)
    if not start:
        return safe
    at = start.end() - 1 if start[0][0].isdigit() else 0
    return f"{safe[:at]}\\{safe[at:]}"


def is_safe_link(url: str) -> bool:
    r"""Tell whether a link may be published: web, mail, or a relative address on this site.

    >>> [is_safe_link(url) for url in ("https://a.org", "mailto:a@b.org", "../x.html", "#p3")]
    [True, True, True, True]
    >>> [is_safe_link(url) for url in ("javascript:x", "//evil.org", "/\\evil.org", "blob:x", "data:,x")]
    [False, False, False, False, False]
    """
    if any(char <= " " or char == "\\" for char in url.strip()) or "%5c" in url.lower():
        return False
    scheme = _SCHEME.match(url.strip())
    if scheme:
        return scheme[1].lower() in _SAFE_SCHEMES
    return not url.strip().startswith("//")


def _chunks(body: str, path: str, first_line: int) -> tuple[list[_Chunk], list[Problem]]:
    chunks: list[_Chunk] = []
    problems: list[Problem] = []
    anchor, anchor_line = "", 0
    for text, line in _split(body):
        rest, at = text, line
        while rest and (marker := _ANCHOR.fullmatch(rest.split("\n", 1)[0])):
            if not _FIXED.fullmatch(marker[1]):
                hint = "write {#p and the paragraph's number, such as {#p7}"
                problems.append(Problem(path, first_line + at, f"{marker[0].strip()} is no anchor", hint))
            elif anchor:
                problems.append(_idle(path, first_line + anchor_line, anchor))
                anchor, anchor_line = marker[1], at
            else:
                anchor, anchor_line = marker[1], at
            rest, at = rest.partition("\n")[2], at + 1
        if rest:
            chunks.append(_Chunk(rest, at, anchor))
            anchor = ""
    if anchor:
        problems.append(_idle(path, first_line + anchor_line, anchor))
    return chunks, problems


def _idle(path: str, line: int, anchor: str) -> Problem:
    hint = "put it on the line before a paragraph, or take it out"
    return Problem(path, line, f"{{#{anchor}}} stands before no paragraph", hint)


def _split(body: str) -> Iterator[tuple[str, int]]:
    text = body.replace("\r\n", "\n").replace("\r", "\n")
    at = len(text) - len(_LEADING.sub("", text))
    line = text.count("\n", 0, at)
    for gap in _GAP.finditer(text):
        yield text[at : gap.start()], line
        line += text.count("\n", at, gap.end())
        at = gap.end()
    rest = text[at:].rstrip("\n")
    if rest:
        yield rest, line


def _runs(chunks: Sequence[_Chunk], body: str) -> list[_Run]:
    """Join neighbouring chunks with markup: a list or a quotation may go on after a blank line."""
    whole = any(mark in body for mark in _WHOLE_MARKS) and bool(_WHOLE.search(body))
    runs: list[_Run] = []
    for text, line, anchor in chunks:
        plain = not whole and is_plain(text)
        last = runs[-1] if runs else None
        if last and not last.plain and not plain and not anchor:
            gap = "\n" * max(2, line - last.line - last.text.count("\n"))
            if not too_much(last.text + gap + text):
                runs[-1] = last._replace(text=last.text + gap + text)
                continue
        if text.strip():
            runs.append(_Run(text, line, anchor, plain))
    return runs


def _twins(found: list[tuple[Passage, int]], path: str) -> list[Problem]:
    first: dict[str, int] = {}
    problems = []
    for passage, line in found:
        if passage.anchor in first:
            hint = f"give one of them a number of its own: {{#p{len(found) + 1}}}"
            message = f"{passage.anchor} is also the paragraph at line {first[passage.anchor]}"
            problems.append(Problem(path, line, message, hint))
        first.setdefault(passage.anchor, line)
    return problems


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415  (start-up: most archives never need the parser)

    parser = MarkdownIt("js-default", {"html": False, "linkify": False, "typographer": False})
    parser.disable(["image", "table"])
    parser.validateLink = is_safe_link  # type: ignore[method-assign]
    return parser


def _passages(tokens: Sequence[Token]) -> Iterator[Passage]:
    """Yield what is citable; the printed numbers of list items are part of what they stand before."""
    containers: list[str] = []
    numbers: list[str] = []
    for token in tokens:
        if token.type == "inline" and token.children:
            line = _inline(token.children)
            for row in _rows(line, containers[-1]) if line.text.strip() else ():
                yield _numbered(row, numbers)
            _open_item(containers)
            continue
        if token.type in {"fence", "code_block", "list_item_close"} and numbers:
            yield _numbered(Passage("", "", "li"), numbers)
        if token.type in {"fence", "code_block"} and token.content.strip():
            yield Passage("", token.content.rstrip(), "pre")
        if token.type == "list_item_open" and token.info:
            numbers.append(token.info + token.markup)
        if token.nesting == 1:
            containers.append(_element(token, containers))
        elif token.nesting == -1:
            containers.pop()


def _numbered(passage: Passage, numbers: list[str]) -> Passage:
    """Put the numbers that wait for their text before a passage; they wait no longer."""
    if not numbers:
        return passage
    number = " ".join(numbers)
    numbers.clear()
    if not passage.text:
        return passage._replace(text=number)
    moved = tuple(_moved(mark, len(number) + 1) for mark in passage.marks)
    return passage._replace(text=f"{number} {passage.text}", marks=moved)


def _moved(mark: Mark, by: int) -> Mark:
    return mark._replace(start=mark.start + by, end=mark.end + by)


def _rows(line: _Line, block: str) -> Iterator[Passage]:
    """Yield the paragraph as it is or, where its lines are a table, each row with its cells as " | " parts."""
    ends = [*line.breaks, len(line.text)]
    spans = list(zip([0, *(at + 1 for at in line.breaks)], ends, strict=True))
    rules = [_RULE.fullmatch(line.text, *span) for span in spans]
    head = next((at - 1 for at in range(1, len(spans)) if rules[at] and "|" in line.text[slice(*spans[at - 1])]), -1)
    if head < 0:
        yield Passage("", line.text, block, line.marks)
        return
    before = [[(0, spans[head - 1][1])]] if head else []
    rows = [_cells(line.text, *span) for at, span in enumerate(spans) if at >= head and at != head + 1]
    yield from _cut(line, [*before, *rows], block)


def _cells(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Find the cells of a table's row in `[start, end)`, without the white space around them."""
    walls = [start - 1, *(at for at in range(start, end) if text[at] == "|"), end]
    cells = [(left + 1, right) for left, right in pairwise(walls)]
    stripped = [
        (right - len(text[left:right].lstrip()), left + len(text[left:right].rstrip())) for left, right in cells
    ]
    outer = {at for at in (0, len(cells) - 1) if stripped[at][0] >= stripped[at][1]}
    return [(left, max(left, right)) for at, (left, right) in enumerate(stripped) if at not in outer]


def _cut(line: _Line, rows: Iterable[Sequence[tuple[int, int]]], block: str) -> Iterator[Passage]:
    """Join the parts of each row to a passage, each mark cut to the parts it covers; rows are in order."""
    waiting = deque(line.marks)
    begun: list[Mark] = []
    for parts in rows:
        text = ""
        marks: list[Mark] = []
        for number, (start, end) in enumerate(parts):
            text += (_WALL if text else _WALL.lstrip()) if number else ""
            while waiting and waiting[0].start < end:
                begun.append(waiting.popleft())
            begun = [mark for mark in begun if mark.end > start]
            cut = (mark._replace(start=max(mark.start, start), end=min(mark.end, end)) for mark in begun)
            marks += [_moved(mark, len(text) - start) for mark in cut if mark.start < mark.end]
            text += line.text[start:end]
        yield Passage("", text, block, tuple(marks))


def _element(token: Token, containers: Sequence[str]) -> str:
    if token.type == "heading_open":
        return f"h{max(2, int(token.tag[1:]))}"
    if token.type == "paragraph_open" and containers and containers[-1] in {"li", "blockquote"}:
        return containers[-1]
    return token.tag


def _open_item(containers: list[str]) -> None:
    """After its first paragraph a list item's further ones are plain paragraphs."""
    if len(containers) > 1 and containers[-2] == "li":
        containers[-2] = "p"


def _inline(children: Sequence[Token]) -> _Line:
    text = ""
    breaks: list[int] = []
    marks: list[Mark] = []
    opened: list[tuple[int, str, str]] = []
    for token in children:
        if token.type in _TAGS:
            opened.append((len(text), _TAGS[token.type], str(token.attrs.get("href", ""))))
        elif token.nesting == -1:
            start, tag, href = opened.pop()
            marks.append(_mark(start, len(text), tag, href))
        elif token.type in {"softbreak", "hardbreak"}:
            breaks.append(len(text))
            text += " "
        else:
            if token.type == "code_inline":
                marks.append(_mark(len(text), len(text) + len(token.content), "code", ""))
            text += token.content
    kept = [mark for mark in marks if mark.start < mark.end]
    return _Line(text, tuple(sorted(kept, key=lambda mark: (mark.start, -mark.end))), tuple(breaks))


def _mark(start: int, end: int, tag: str, href: str) -> Mark:
    return Mark(start, end, cast("Literal['a', 'code', 'em', 's', 'strong']", tag), href)
