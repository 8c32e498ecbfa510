"""The files of the site as a ZIM lists them: what each is called, whether readers find it by title, and its words."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import category

from readingroom.dates import display
from readingroom.pages.frame import month_label
from readingroom.pages.report import shorten
from readingroom.pages.signposts import ambiguous_spellings, moved_addresses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from readingroom.index import Archive
    from readingroom.model import Entity

HTML = "text/html"
TYPES = {
    "css": "text/css",
    "csv": "text/csv",
    "html": HTML,
    "js": "text/javascript",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "md": "text/markdown",
    "png": "image/png",
    "sha256sums": "text/plain",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "woff2": "font/woff2",
    "xml": "application/xml",
}
BYTES = "application/octet-stream"
OF_THE_WEB = frozenset({"404.html", "robots.txt"})
SEARCH, MAIN = "search.html", "index.html"
TITLE, WORD = 200, 40  # letters; libzim gives up the whole file for a title or a word of it that is much longer
LONG_WORD = re.compile(rf"(\S{{{WORD}}})\S+")
JOINERS = "\u200c\u200d"


class Entry(NamedTuple):
    """A file in the ZIM: its path, what it is called, its media type, and the words that full-text search finds it by.

    `front` entries are offered by their titles while a reader types.
    """

    path: str
    title: str
    media_type: str
    front: bool
    words: str


class Redirect(NamedTuple):
    """An address that moved, what is found there now, and where that is."""

    path: str
    title: str
    target: str


def redirects(archive: Archive) -> list[Redirect]:
    """List the addresses that moved."""
    return [Redirect(url, findable(entity.name), entity.url) for url, entity in moved_addresses(archive)]


def entries(archive: Archive, urls: Iterable[str]) -> Iterator[Entry]:
    """Describe the files of a site that go into a ZIM, in order of their paths."""
    titles, entities = _titles(archive), {entity.url: entity for entity in archive.entities.values()}
    reports = {card.url: card.id for card in archive.cards}
    pages = {f"{page.slug}.html": page for page in archive.pages}
    aside = {redirect.path for redirect in redirects(archive)}
    for url in sorted(urls):
        if url in aside or _is_of_the_web(url):
            continue
        words = ""
        if url in reports:
            words = "\n".join(passage.text for passage in archive.shown[reports[url]].report.passages)
        elif url in entities:
            words = _words_of(archive, entities[url])
        elif url in pages:
            words = pages[url].markdown
        media_type = TYPES.get(PurePosixPath(url).name.lower().rpartition(".")[2], BYTES)
        title = titles.get(url, "")
        yield Entry(url, findable(title or _part_title(url, entities)), media_type, bool(title), words)


def findable(title: str) -> str:
    """Return a title that can be looked up: without characters that show nothing, and no longer than anyone types.

    >>> findable("\u202eHajin\u202c"), len(findable("Hajin " * 500)), len(findable("W" * 5_000))
    ('Hajin', 198, 41)
    """
    seen = "".join(letter for letter in title if letter in JOINERS or category(letter) != "Cf")
    return shorten(LONG_WORD.sub(r"\1…", " ".join(seen.split())), TITLE)


def _is_of_the_web(url: str) -> bool:
    """Tell whether a file has no use in a ZIM: for crawlers and hosts, or for pages opened from disk."""
    return url in OF_THE_WEB or url.startswith("sitemap") or (url.startswith("pagefind/") and "/offline/" in url)


def _titles(archive: Archive) -> Mapping[str, str]:
    """Return what the pages are called that readers find by title."""
    found = {MAIN: archive.config.title, "reports/index.html": "Reports"}
    found |= {f"{kind.folder}/index.html": kind.plural for kind in archive.config.kinds}
    found |= {f"{page.slug}.html": page.title for page in archive.pages if page.slug != "index"}
    found |= {card.url: card.title for card in archive.cards}
    found |= {url: spelling for url, (spelling, _) in ambiguous_spellings(archive).items()}
    return found | {entity.url: entity.name for entity in archive.entities.values()}


def _part_title(url: str, entities: Mapping[str, Entity]) -> str:
    """Name a page that is found by way of others: a month, or a year of what names somebody."""
    folder, _, name = url.removesuffix(".html").partition("/")
    if folder == "months":
        return f"Reports, {month_label(name)}"
    slug, _, period = name.partition(".")
    whole = entities.get(f"{folder}/{slug}.html")
    return f"{whole.name}, {display(period)}" if whole else ""


def _words_of(archive: Archive, entity: Entity) -> str:
    """Return what an entity's page is found by: how it is written, its role, its note; its mentions have reports."""
    names = dict.fromkeys((*entity.spellings, *sorted(archive.naming.spelt(entity.id))))
    return "\n".join(filter(None, (*names, entity.role, entity.note)))
