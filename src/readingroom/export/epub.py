"""The archive as an e-book: EPUB 3, the same bytes from the same content, written a file at a time."""

from __future__ import annotations

import hashlib
import uuid
import zipfile
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from readingroom.book_views import BookChangesView, BookFrame, BookItem, BookText, BookView
from readingroom.export.book_front import (
    COVER,
    MonthFiles,
    ReportFile,
    contents,
    cover,
    free_page,
    free_pages,
    title_page,
)
from readingroom.export.book_layout import (
    CHANGES,
    CONTENTS,
    TITLE,
    Guide,
    Occurrences,
    faces,
    months,
    page_file,
    shelves,
    turning,
)
from readingroom.export.book_names import sheets
from readingroom.export.book_reports import Desk, changes, chapters
from readingroom.export.content import day_of, published
from readingroom.export.finished import finished
from readingroom.export.places import called, fresh, measured, place
from readingroom.language import direction
from readingroom.options import counting
from readingroom.program import template_folders
from readingroom.publish import room_to_write
from readingroom.render import Renderer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from readingroom.book_views import BookFileView
    from readingroom.export.book_names import Sheet
    from readingroom.export.places import Exported
    from readingroom.index import Archive
    from readingroom.options import Progress
    from readingroom.pages import Edition

FOLDER, PACKAGE, STYLE, DRAWING = "EPUB", "package.opf", "book.css", "cover.svg"
MIMETYPE = b"application/epub+zip"
CONTAINER = f"""<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="{FOLDER}/{PACKAGE}" media-type="application/oebps-package+xml"/></rootfiles>
</container>
""".encode()
WHEN = (1980, 1, 1, 0, 0, 0)  # the first moment a zip can name
MODE, UNIX = 0o100644 << 16, 3
XHTML, SVG, CSS = "application/xhtml+xml", "image/svg+xml", "text/css"
NAMESPACE = uuid.UUID("0f5c1b8e-6d7a-5f3e-9b1c-2a4d8e7f6053")
CREATORS = 5
SUMMARY = (
    "Reports as text, with headings for months and reports and a number beside each paragraph. Every name in a report "
    "is a link to its entry in the registers, and every entry links to the paragraphs that name it. "
    "The only image is the cover, and its text is repeated on the page after it."
)


class Book(NamedTuple):
    """What was written: how many files, reports and names are in the book."""

    files: int
    reports: int
    names: int


class _Binder:
    """The book while it is written: each file goes into the zip at once; what stays is its name and a digest of all."""

    def __init__(self, target: zipfile.ZipFile, renderer: Renderer) -> None:
        self._target, self._renderer = target, renderer
        self._digest = hashlib.sha256()
        self.items: dict[str, BookItem] = {}
        self._put("mimetype", MIMETYPE, zipfile.ZIP_STORED)
        self._put("META-INF/container.xml", CONTAINER)

    def add(self, url: str, template: str, view: BookFileView, *, kind: str = XHTML, properties: str = "") -> None:
        """Print a file of the book; documents are read in the order that the package gives them."""
        self._put(f"{FOLDER}/{url}", self._renderer.render(template, view))
        self.items[url] = BookItem(url, kind, properties, kind == XHTML)

    def close(self, make: Callable[[str], BookView]) -> None:
        """Write the package, which is given an identifier made from everything in the book."""
        found = uuid.uuid5(NAMESPACE, self._digest.hexdigest())
        self._put(f"{FOLDER}/{PACKAGE}", self._renderer.render("book.opf", make(found.urn)))

    def _put(self, name: str, content: bytes, method: int = zipfile.ZIP_DEFLATED) -> None:
        entry = zipfile.ZipInfo(name, WHEN)
        entry.compress_type, entry.create_system, entry.external_attr = method, UNIX, MODE
        self._target.writestr(entry, content)
        self._digest.update(f"{name}\0{len(content)}\0".encode() + content)


class Bound(NamedTuple):
    """The file that was written, and what is in it."""

    file: Exported
    book: Book


def export_epub(root: Path, asked: Path | None, say: Progress) -> Bound:
    """Write the archive that is published in build/site as an e-book.

    Raises:
        ProblemsError: there is no site, it is not up to date, or the book cannot be written.
    """
    with finished(root) as site, published(root, site, say) as (archive, named):
        target = place(root, asked, f"{called(archive.config.title, named.name)}.epub")
        renderer = Renderer(template_folders(root))
        with room_to_write(target.parent), fresh(target) as passing:
            book = write_book(archive, named, renderer, passing, say)
        return Bound(measured(target, named.name), book)


def write_book(archive: Archive, edition: Edition, renderer: Renderer, target: Path, say: Progress) -> Book:
    """Write the archive as an EPUB to `target`: reports, then registers, then what tells of them."""
    config = archive.config
    title = BookText(config.title, config.language, direction(config.language))
    frame = BookFrame(title, edition.name, edition.newest, config.url)
    listed = shelves(archive)
    named = faces(archive, listed)
    guide = Guide(archive, named, (page.slug for page in free_pages(archive)))
    desk = Desk(archive, frame, named, guide, Occurrences())
    with zipfile.ZipFile(target, "w") as packed:
        binder = _Binder(packed, renderer)
        written = _reports(desk, binder, say)
        registers: list[Sheet] = []
        for shelf in listed:
            for sheet in sheets(desk, shelf):
                binder.add(sheet.url, "book-names.xhtml", sheet.view)
                registers.append(sheet)
        binder.add(COVER, "book-cover.xhtml", cover(desk))
        binder.add(DRAWING, "book-cover.svg", cover(desk), kind=SVG, properties="cover-image")
        binder.add(TITLE, "book-title.xhtml", title_page(desk, listed))
        for page in free_pages(archive):
            binder.add(page_file(page.slug), "book-page.xhtml", free_page(desk, page))
        if archive.changes:
            binder.add(CHANGES, "book-changes.xhtml", BookChangesView(frame, changes(desk, "")))
        binder.add(CONTENTS, "book-contents.xhtml", contents(desk, written, registers), properties="nav")
        package = _package(desk, edition)
        binder.add(STYLE, "book.css", package, kind=CSS)
        chosen = _in_order(desk, binder, written, registers)
        binder.close(lambda identifier: _package(desk, edition, identifier, chosen))
        return Book(len(packed.namelist()), len(archive.cards), len(archive.entities))


def _reports(desk: Desk, binder: _Binder, say: Progress) -> list[MonthFiles]:
    done = counting(say, "writing reports", len(desk.archive.cards))
    written = []
    for month in months(desk.archive):
        files = []
        for chapter in chapters(desk, month):
            binder.add(chapter.url, "book-reports.xhtml", chapter.view)
            files.append(ReportFile(chapter.url, chapter.positions))
            done(len(chapter.positions))
        written.append(MonthFiles(month, files))
    return written


def _in_order(
    desk: Desk, binder: _Binder, written: Sequence[MonthFiles], registers: Sequence[Sheet]
) -> tuple[BookItem, ...]:
    """Return all files, those to be read in the order of reading, then the rest."""
    urls = [COVER, TITLE, CONTENTS, *(page_file(page.slug) for page in free_pages(desk.archive))]
    urls += [file.url for month in written for file in month.files]
    urls += [sheet.url for sheet in registers]
    urls += [CHANGES] if desk.archive.changes else []
    rest = [url for url in binder.items if url not in set(urls)]
    return tuple(binder.items[url] for url in (*urls, *rest))


def _package(desk: Desk, edition: Edition, identifier: str = "", items: tuple[BookItem, ...] = ()) -> BookView:
    archive = desk.archive
    config = archive.config
    counts = Counter(card.language for card in archive.cards)
    languages = sorted(counts, key=lambda language: (-counts[language], language)) or [config.language]
    publishers = Counter(card.publisher for card in archive.cards if card.publisher)
    creators = sorted(publishers, key=lambda name: (-publishers[name], name))[:CREATORS]
    return BookView(
        frame=desk.frame,
        identifier=identifier,
        modified=f"{day_of(edition).isoformat()}T00:00:00Z",
        date=day_of(edition).isoformat() if edition.day else "",
        languages=tuple(languages),
        direction=turning(languages),
        description=config.subtitle,
        creators=tuple(creators),
        publisher=config.maintainer,
        summary=SUMMARY,
        items=items,
    )
