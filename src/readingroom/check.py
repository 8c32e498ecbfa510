"""The published site looked over: every link and anchor leads somewhere, every file is there, nothing is foreign."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from readingroom.problems import Problem, counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

LOADS = {("script", "src"), ("link", "href"), ("img", "src"), ("source", "src"), ("iframe", "src")}
REFERENCES = {*LOADS, ("a", "href"), ("form", "action")}
LOADING_RELATIONS = frozenset({"stylesheet", "icon", "preload", "modulepreload"})
PAGES_LIMIT, FILES_LIMIT = 1_000_000_000, 20_000


class Page(NamedTuple):
    """A page's anchors, and its references: address, line, whether the browser loads it by itself."""

    anchors: frozenset[str]
    references: tuple[tuple[str, int, bool], ...]


@dataclass
class _Reader(HTMLParser):
    """Collects a page's anchors and references as it reads."""

    anchors: set[str] = field(default_factory=set)
    references: list[tuple[str, int, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note anchors and references."""
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[name] for name in ("id", "name") if name in values and (name == "id" or tag == "a")}
        for name, value in values.items():
            if (tag, name) in REFERENCES and value:
                loads = (tag, name) in LOADS and not (
                    tag == "link" and not LOADING_RELATIONS & set(values.get("rel", "").split())
                )
                self.references.append((value, self.getpos()[0], loads))


def check_site(site: Path, address: str = "") -> list[Problem]:
    """Check every page of a built site; `address` is the absolute address it is published at, if it has one."""
    if not (site / "index.html").is_file():
        return [Problem("build/site", 0, "there is no site yet", "run  readingroom build")]
    files = {path.relative_to(site).as_posix(): path.stat().st_size for path in site.rglob("*") if path.is_file()}
    pages = {url: read_page((site / url).read_text(encoding="utf-8")) for url in files if url.endswith(".html")}
    base = urlsplit(address).path or "/"
    problems = [problem for url in sorted(pages) for problem in _faults(url, pages, files, base)]
    return problems + _too_large(files)


def read_page(html: str) -> Page:
    """Read the anchors and references of one page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Page(frozenset(reader.anchors), tuple(reader.references))


def _faults(url: str, pages: Mapping[str, Page], files: Collection[str], base: str) -> Iterator[Problem]:
    where = f"build/site/{url}"
    for address, line, loads in pages[url].references:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            if loads:
                hint = "put the file into templates/static and refer to it there"
                yield Problem(where, line, f"loads {address} from elsewhere", hint)
            continue
        target = _resolve(url, unquote(parts.path), base)
        if target not in files:
            hint = "a page of this site that is not there; look for the name in content/ and templates/"
            yield Problem(where, line, f"leads to {address}, which is not there", hint)
        elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
            yield Problem(where, line, f"leads to {address}, but {target} has no #{parts.fragment}")


def _resolve(url: str, path: str, base: str) -> str:
    if path.startswith("/"):
        return path.removeprefix(base).lstrip("/") or "index.html"
    return posixpath.normpath(posixpath.join(posixpath.dirname(url), path)) if path else url


def _too_large(files: Mapping[str, int]) -> list[Problem]:
    problems = []
    size = sum(files.values())
    if size > PAGES_LIMIT:
        hint = "publish it elsewhere, or in parts by year"
        problems.append(Problem("build/site", 0, f"is {size:,} bytes; GitHub Pages takes 1 GB", hint, "warning"))
    if len(files) > FILES_LIMIT:
        hint = "GitHub Pages takes them"
        message = f"holds {counted(len(files), 'file')}; Cloudflare Pages takes {FILES_LIMIT:,} for free"
        problems.append(Problem("build/site", 0, message, hint, "warning"))
    return problems
