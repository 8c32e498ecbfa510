"""A seed (.txt, .md or .html) turned into raw text and what the file says of itself."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import NamedTuple

from readingroom import frontmatter
from readingroom.dates import parse_edtf
from readingroom.decode import Decoded, decode
from readingroom.model import CleaningStep
from readingroom.problems import Problem
from readingroom.webpage import Line, read_lines

MOST_TAGS = 30_000  # the extractor's time grows with their square
_KINDS = {
    "": "text", ".txt": "text", ".text": "text", ".md": "markdown", ".markdown": "markdown",
    ".htm": "html", ".html": "html", ".xhtml": "html",
}  # fmt: skip
_CONVERT = {
    ".pdf": "run  pdftotext FILE.pdf FILE.txt",
    ".doc": "save it as plain text (UTF-8)",
    ".docx": "run  pandoc FILE.docx -t plain --wrap=none -o FILE.txt  or save it as plain text (UTF-8)",
    ".odt": "run  pandoc FILE.odt -t plain --wrap=none -o FILE.txt  or save it as plain text (UTF-8)",
    ".rtf": "save it as plain text (UTF-8)",
}
_KEYS = {
    "title": "title", "dek": "dek", "subtitle": "dek", "publisher": "publisher", "published": "published",
    "date": "published", "source": "source", "url": "source", "language": "language", "lang": "language",
}  # fmt: skip
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_TAG = re.compile(r"<[A-Za-z]")
_LANG = re.compile(r"<html[^<>]{0,500}?\blang\s*=\s*[\"']?([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)", re.IGNORECASE)
_HEADING = re.compile(r"\s*# +(.+?)(?: +#+)?[ \t]*(?:\n|\Z)")


class Raw(NamedTuple):
    """A seed's text before cleaning; `own` is what the file says of itself outside of its text.

    `kind` is text, markdown or html; of an HTML page `text` holds what the extractor found, `lines` what
    each of its lines was.
    """

    kind: str
    text: str
    own: dict[str, str]
    steps: tuple[CleaningStep, ...]
    lines: tuple[Line, ...] = ()


def read_seed(data: bytes, path: str) -> tuple[Raw | None, list[Problem]]:
    """Read the bytes of a seed; `path` is relative to the archive and its ending says what it is."""
    ending = PurePosixPath(path).suffix.lower()
    kind = _KINDS.get(ending)
    if kind is None:
        hint = _CONVERT.get(ending, "save its text as a .txt file") + ", put that into seeds/ and take this out"
        return None, [Problem(path, 0, f"{ending} files are not read, only .txt, .md and .html", hint)]
    charset = _CHARSET.search(data, 0, 2048) if kind == "html" else None
    decoded, problems = decode(data, path, charset[1].decode() if charset else "")
    if decoded is None:
        return None, problems
    if kind == "text":
        return Raw("text", decoded.text, {}, decoded.steps), problems
    raw, found = _markdown(decoded, path) if kind == "markdown" else _html(decoded, path)
    return raw, problems + found


def _markdown(decoded: Decoded, path: str) -> tuple[Raw | None, list[Problem]]:
    text = decoded.text.replace("\r\n", "\n")
    own: dict[str, str] = {}
    problems: list[Problem] = []
    if text.startswith(frontmatter.FENCE):
        document, problems = frontmatter.parse(text, path)
        if document is None:
            return None, problems
        text = document.body
        for key, value in document.meta.items():
            if key in _KEYS and isinstance(value, str):
                own.setdefault(_KEYS[key], " ".join(value.split()))
            else:
                hint = f"it stays in the seed; a report knows {', '.join(sorted(set(_KEYS.values())))}"
                line = document.lines[key]
                problems.append(Problem(path, line, f'"{key}" is not carried over', hint, "warning"))
        if own.get("published") and not parse_edtf(own["published"]):
            hint = "write 2018-01-18, 2018-01, 2018, or 2018-01~ when about then"
            problems.append(Problem(path, 0, f'"{own["published"]}" is no date', hint))
    heading = _HEADING.match(text)
    if heading and "title" not in own:
        own["title"] = " ".join(heading[1].split())
        text = text[heading.end() :]
    return Raw("markdown", text, own, decoded.steps), problems


def _html(decoded: Decoded, path: str) -> tuple[Raw | None, list[Problem]]:
    tags = sum(1 for _ in _TAG.finditer(decoded.text))
    if tags > MOST_TAGS:
        hint = "save the report's text as a .txt file beside it and take this one out"
        return None, [Problem(path, 0, f"{tags:,} tags; the limit of a web page is {MOST_TAGS:,}", hint)]
    from trafilatura import bare_extraction  # noqa: PLC0415  (start-up: few archives hold web pages)

    page = bare_extraction(decoded.text, include_comments=False, include_links=True, with_metadata=True)
    found = [] if page is None or isinstance(page, dict) else read_lines(page.body, decoded.text)
    if page is None or isinstance(page, dict) or not found:
        hint = "save the report's text as a .txt file beside it and take this one out"
        return None, [Problem(path, 0, "no main text could be found in this web page", hint)]
    head = [text for text in (page.sitename, page.title) if text and text != found[0].text]
    language = _LANG.search(decoded.text)
    own = {"site": page.sitename, "page_date": page.date, "language": language[1] if language else ""}
    text = "\n\n".join((*head, *(line.text for line in found)))
    steps = (*decoded.steps, CleaningStep("main text of the page", 1))
    return Raw("html", text, {key: value for key, value in own.items() if value}, steps, tuple(found)), []
