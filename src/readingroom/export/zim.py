"""The finished site as a ZIM, for Kiwix: titles and full-text search in it, one file on any device.

Needs libzim and langcodes (`extras.need`). libzim draws an identifier by chance for each file, so two exports of one
edition differ in some bytes, though not in entries or contents.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import langcodes
from libzim.writer import Creator, FileProvider, Hint, IndexData, Item, StringProvider
from slugify import slugify

from readingroom.export.content import day_of, published
from readingroom.export.finished import finished
from readingroom.export.places import called, fresh, measured, place
from readingroom.export.zim_entries import MAIN, SEARCH, entries, redirects
from readingroom.options import counting
from readingroom.pages.free import search_view
from readingroom.pages.home import coverage
from readingroom.pages.report import shorten
from readingroom.problems import Problem, ProblemsError, counted
from readingroom.program import template_folders
from readingroom.publish import room_to_write, telling_of_a_full_disk, written
from readingroom.render import Renderer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from libzim.writer import ContentProvider

    from readingroom.export.content import Published
    from readingroom.export.places import Exported
    from readingroom.export.zim_entries import Entry
    from readingroom.index import Archive
    from readingroom.options import Progress

ICON, ICON_SIZE = "static/favicon-48.png", 48
TITLE, DESCRIPTION, WHOLE = 30, 80, 4_000  # the most letters that Kiwix shows
CREATORS = 3
UNKNOWN = "und"
PATIENCE, PAUSE, IDLE = 60.0, 0.5, 0.1  # s; threads that used less than IDLE of PAUSE are at rest


class Zimmed(NamedTuple):
    """What was written: the ZIM, how many entries are in it, how many of them are redirects."""

    file: Exported
    entries: int
    redirects: int


class _Words(IndexData):
    """What full-text search is given of an entry."""

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self._entry = entry

    def has_indexdata(self) -> bool:
        return bool(self._entry.words)

    def get_title(self) -> str:
        return self._entry.title

    def get_content(self) -> str:
        return self._entry.words

    def get_keywords(self) -> str:
        return ""

    def get_wordcount(self) -> int:
        return len(self._entry.words.split())

    def get_geoposition(self) -> tuple[float, float] | None:
        return None


class _File(Item):
    """An entry with its content: a file of the site, or what was made in its place."""

    def __init__(self, entry: Entry, site: Path, made: bytes | None) -> None:
        super().__init__()
        self._entry, self._site, self._made = entry, site, made

    def get_path(self) -> str:
        return self._entry.path

    def get_title(self) -> str:
        return self._entry.title

    def get_mimetype(self) -> str:
        return self._entry.media_type

    def get_contentprovider(self) -> ContentProvider:
        return FileProvider(self._site / self._entry.path) if self._made is None else StringProvider(self._made)

    def get_hints(self) -> dict[Hint, int]:
        return {Hint.FRONT_ARTICLE: self._entry.front, Hint.COMPRESS: True}

    def get_indexdata(self) -> IndexData:
        return _Words(self._entry)


def export_zim(root: Path, asked: Path | None, say: Progress) -> Zimmed:
    """Write the site in build/site as a ZIM.

    Raises:
        ProblemsError: there is no site, it is not up to date, or the ZIM cannot be written.
    """
    with finished(root) as site, published(root, site, say) as found:
        target = place(root, asked, f"{called(site.config.title, found.edition.name)}.zim")
        search = Renderer(template_folders(root)).render("zim-search.html", search_view(found.archive))
        with room_to_write(target.parent), fresh(target) as passing:
            count = _write(passing, found, site.path, {SEARCH: search}, say)
        return Zimmed(measured(target, found.edition.name), count, len(redirects(found.archive)))


def _write(target: Path, found: Published, site: Path, made: Mapping[str, bytes], say: Progress) -> int:
    archive = found.archive
    urls = written(site)
    listed = [*entries(archive, urls)]
    done = counting(say, "packing", len(listed))
    creator = Creator(target).config_indexing(True, languages(archive)[0]).set_mainpath(MAIN)  # noqa: FBT003 - libzim's
    with _told(target), _quiet(), creator:
        for name, value in metadata(found).items():
            creator.add_metadata(name, value)
        if ICON in urls:
            creator.add_illustration(ICON_SIZE, (site / ICON).read_bytes())
        for entry in listed:
            creator.add_item(_File(entry, site, made.get(entry.path)))
            done(1)
        moved = redirects(archive)
        for redirect in moved:
            creator.add_redirection(redirect.path, redirect.title, redirect.target, {Hint.FRONT_ARTICLE: False})
    return len(listed) + len(moved)


@contextmanager
def _told(target: Path) -> Iterator[None]:
    """Tell of a full disk, or of whatever else stopped libzim, which says everything by one exception."""
    with telling_of_a_full_disk(target.parent):
        try:
            yield
        except SystemError as error:  # what becomes of Ctrl-C while libzim asks for something
            if isinstance(error.__cause__, KeyboardInterrupt):
                raise KeyboardInterrupt from error
            raise
        except RuntimeError as error:
            _rest()
            said = str(error).strip().rpartition("\n")[2]
            hint = "see that there is room, and that the folder may be written to"
            raise ProblemsError([Problem(str(target.parent), 0, f"libzim stopped: {said}", hint)]) from error


def _rest() -> None:
    """Wait for libzim's threads to ask nothing more of Python: it ends them with the interpreter locked, for good."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        began = time.process_time()
        time.sleep(PAUSE)
        if time.process_time() - began < IDLE * PAUSE:
            return


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what libzim says of its progress out of the program's answers; it writes past Python's own streams."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def metadata(found: Published) -> dict[str, str | date]:
    """Say what the ZIM is, in the words that Kiwix asks for."""
    archive, named = found
    config, held = archive.config, coverage(archive)
    spoken = languages(archive)
    about = config.subtitle or f"An archive of {counted(held.reports, 'report')}"
    given = {
        "Title": shorten(config.title, TITLE),
        "Description": shorten(about, DESCRIPTION),
        "LongDescription": shorten(_whole(found, about), WHOLE),
        "Language": ",".join(spoken),
        "Creator": ", ".join(held.publishers[:CREATORS]) or config.maintainer or config.title,
        "Publisher": config.maintainer or config.title,
        "Name": f"{slugify(config.title, max_length=60) or 'archive'}_{config.language}",
        "Flavour": f"edition-{named.digest}",
        "Source": config.url,
        "Scraper": "readingroom",
        "Tags": "_category:other;_ftindex:yes",
    }
    return {name: value for name, value in given.items() if value} | {"Date": day_of(named)}


def _whole(found: Published, about: str) -> str:
    config, named = found.archive.config, found.edition
    newest = f" Its newest report or change is of {named.newest}." if named.newest else ""
    live = f" The living archive is at {config.url}." if config.url else ""
    return f"{config.title}. {about}. Edition {named.name}.{newest}{live}"


def languages(archive: Archive) -> list[str]:
    """Return the languages of the reports as ISO 639-3 codes, the most frequent first; at least one."""
    counts = Counter(card.language for card in archive.cards)
    tags = sorted(counts, key=lambda tag: (-counts[tag], tag)) or [archive.config.language]
    return [*dict.fromkeys(map(alpha3, tags))]


def alpha3(tag: str) -> str:
    """Return the ISO 639-3 code of a language, `und` for one that has none.

    >>> alpha3("en-GB"), alpha3("ar"), alpha3("x-own")
    ('eng', 'ara', 'und')
    """
    try:
        return langcodes.Language.get(tag).to_alpha3()
    except LookupError:
        return UNKNOWN
