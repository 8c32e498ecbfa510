"""The published site looked over: every link and anchor leads somewhere, every file is there, nothing is foreign."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from readingroom.problems import Problem, counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

LOADED = ("audio", "embed", "iframe", "img", "input", "script", "source", "track", "video")
LOADS = {
    *((tag, "src") for tag in LOADED),
    ("link", "href"),
    ("object", "data"),
    ("image", "href"),
    ("use", "href"),
    ("video", "poster"),
}
REFERENCES = {*LOADS, ("a", "href"), ("area", "href"), ("form", "action")}
RUN = frozenset({"javascript", "vbscript", "data"})
STYLE_LOAD = re.compile(r"""(?:@import\s+(?:url\()?|url\()\s*["']?([^"')\s;]+)""", re.IGNORECASE)
LOADING_RELATIONS = frozenset({"stylesheet", "icon", "preload", "modulepreload"})
SUMS = "data/SHA256SUMS"
GONE = "a page of this site that is not there; look for the name in content/ and templates/"
MOST_NAMED = 20
MOST_LEADING = 3  # to one file that is not there: a name may stand on every page


class Reference(NamedTuple):
    """An address as written, the line it stands on, whether the browser loads it by itself."""

    address: str
    line: int
    loads: bool


class Page(NamedTuple):
    """A page's anchors and references, and the absolute address it gives itself, if any."""

    anchors: frozenset[str]
    references: tuple[Reference, ...]
    canonical: str = ""


class _Site(NamedTuple):
    """Pages and style sheets by URL, the size of every file, the path the site is published below."""

    pages: Mapping[str, Page]
    files: Mapping[str, int]
    base: str


@dataclass
class _Reader(HTMLParser):
    """Collects a page's anchors and references as it reads."""

    anchors: set[str] = field(default_factory=set)
    references: list[Reference] = field(default_factory=list)
    canonical: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note anchors and references."""
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[name] for name in ("id", "name") if name in values and (name == "id" or tag == "a")}
        if tag == "link" and values.get("rel") == "canonical":
            self.canonical = values.get("href", "")
        for name, value in values.items():
            if (tag, name) in REFERENCES and value:
                loads = (tag, name) in LOADS and not (
                    tag == "link" and not LOADING_RELATIONS & set(values.get("rel", "").split())
                )
                self.references.append(Reference(value.strip(), self.getpos()[0], loads))


def check_site(site: Path, lost: Collection[str] = ()) -> list[Problem]:
    """Check every page of a built site; the path it is published below is that of its front page's address.

    What leads to a `lost` file is not told: that it is not there is told elsewhere.
    """
    if not (site / "index.html").is_file():
        return [Problem("build/site", 0, "there is no site yet", "run  readingroom build")]
    files = sizes(site)
    pages = {url: read_page(_text(site / url)) for url in files if url.endswith(".html")}
    base = urlsplit(pages["index.html"].canonical).path or "/"
    sheets = {url: read_style(_text(site / url)) for url in files if url.endswith(".css")}
    pages |= {url: Page(frozenset(), references) for url, references in sheets.items()}
    site_now = _Site(pages, files, base)
    faults = [fault for url in sorted(pages) for fault in _faults(url, site_now)]
    return _without_many_alike(fault for fault in faults if fault.gone not in lost)


class _Fault(NamedTuple):
    """What is wrong with a reference, and the file it leads to where that is not there."""

    problem: Problem
    gone: str


def _without_many_alike(faults: Iterable[_Fault]) -> list[Problem]:
    """Tell of each file that is not there only the first references to it, and how many more there are."""
    found: list[Problem] = []
    leading: Counter[str] = Counter()
    for problem, gone in faults:
        leading[gone] += 1
        if not gone or leading[gone] <= MOST_LEADING:
            found.append(problem)
    for gone, times in leading.items():
        if gone and times > MOST_LEADING:
            more = counted(times - MOST_LEADING, "more reference")
            verb = "leads" if times - MOST_LEADING == 1 else "lead"
            found.append(Problem(f"build/site/{gone}", 0, f"is not there, and {more} {verb} to it", GONE))
    return found


def sizes(site: Path) -> dict[str, int]:
    """Return the bytes of every file of a site by its URL."""
    return {path.relative_to(site).as_posix(): path.stat().st_size for path in site.rglob("*") if path.is_file()}


def check_written(site: Path, wrote: Mapping[str, tuple[int, int]]) -> list[Problem]:
    """Compare the site with what the last build wrote: size and time of change (ns) of each file, by URL."""
    if not wrote or not site.is_dir():
        return []
    status = {path.relative_to(site).as_posix(): path.lstat() for path in site.rglob("*") if not path.is_dir()}
    now = {url: (each.st_size, each.st_mtime_ns) for url, each in status.items()}
    both = now.keys() & wrote.keys()
    changed = sorted(url for url in both if now[url] != tuple(wrote[url]))
    copied = len(changed) == len(both) and all(now[url][0] == wrote[url][0] for url in both)
    return [
        *_some(sorted(wrote.keys() - now.keys()), "is missing: the last build wrote it"),
        *([_COPIED] if both and copied else _some(changed, "is not as the last build wrote it")),
        *_some(sorted(now.keys() - wrote.keys()), "is foreign: no build wrote it"),
    ]


_COPIED = Problem(
    "build/site",
    0,
    "all its files bear other times than the last build gave them: it is probably a copy",
    "run  readingroom build  to be sure of every file",
    "warning",
)


def check_sums(site: Path) -> list[Problem]:
    """Compare data/ and originals/ with the checksums that the site gives of them."""
    sums = site / SUMS
    if not sums.is_file():
        return []
    rows = [line.partition("  ") for line in _text(sums).splitlines()]
    given = {url: digest for digest, _, url in rows}
    folders = ("data", "originals")
    there = {path.relative_to(site).as_posix() for folder in folders for path in (site / folder).rglob("*")}
    files = {url for url in there if (site / url).is_file()} - {SUMS}
    differ = sorted(url for url in files & given.keys() if _sha256(site / url) != given[url])
    return [
        *_some(sorted(given.keys() - files), f"is missing: {SUMS} lists it"),
        *_some(differ, f"is not what {SUMS} says"),
        *_some(sorted(files - given.keys()), f"is not listed in {SUMS}"),
    ]


def _some(urls: Sequence[str], message: str) -> Iterator[Problem]:
    """Report each file, or of many the first ones and how many more there are."""
    hint = "run  readingroom build  to make the site anew"
    for url in urls[:MOST_NAMED]:
        yield Problem(f"build/site/{url}", 0, message, hint)
    if len(urls) > MOST_NAMED:
        more = counted(len(urls) - MOST_NAMED, "more file")
        yield Problem("build/site", 0, f"{more}, each of which {message}", hint)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_page(html: str) -> Page:
    """Read the anchors and references of one page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Page(frozenset(reader.anchors), tuple(reader.references), reader.canonical)


def read_style(sheet: str) -> tuple[Reference, ...]:
    r"""Read what a style sheet loads.

    >>> read_style("a { color: red }\n@import 'x.css';\nb { background: url(data:x) url(y.png) }")
    (Reference(address='x.css', line=2, loads=True), Reference(address='y.png', line=3, loads=True))
    """
    return tuple(
        Reference(found[1], sheet.count("\n", 0, found.start()) + 1, loads=True)
        for found in STYLE_LOAD.finditer(sheet)
        if not found[1].startswith("data:")
    )


def _faults(url: str, site: _Site) -> Iterator[_Fault]:
    for reference in site.pages[url].references:
        message, hint, gone = _fault(url, reference, site)
        if message:
            yield _Fault(Problem(f"build/site/{url}", reference.line, message, hint), gone)


def _fault(url: str, reference: Reference, site: _Site) -> tuple[str, str, str]:
    """Say what is wrong with one reference, what to do, and which file is not there; nothing where all is well."""
    address = reference.address
    try:
        parts = urlsplit(address)
    except ValueError:
        return f"leads to {address}, which is no address", "correct it, or take it out", ""
    if parts.scheme in RUN:
        return f"runs {address}", "put the script into templates/static and refer to it there", ""
    if parts.scheme or parts.netloc:
        hint = "put the file into templates/static and refer to it there"
        return (f"loads {address} from elsewhere", hint, "") if reference.loads else ("", "", "")
    target = _resolve(url, unquote(parts.path), site.base)
    if target not in site.files:
        return f"leads to {address}, which is not there", GONE, target
    if parts.fragment and target in site.pages and unquote(parts.fragment) not in site.pages[target].anchors:
        return f"leads to {address}, but {target} has no #{parts.fragment}", "", ""
    return "", "", ""


def _resolve(url: str, path: str, base: str) -> str:
    """Return the file an address leads to, below the site; one that leaves the site's folder stays outside."""
    if path.startswith("/"):
        return (path.removeprefix(base) or "index.html") if path.startswith(base) else path
    return posixpath.normpath(posixpath.join(posixpath.dirname(url), path)) if path else url
