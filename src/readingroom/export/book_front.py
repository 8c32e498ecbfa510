"""What stands before the reports: the cover, what the archive is, pages people wrote; and the table of contents."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import east_asian_width

from markupsafe import Markup

from readingroom.book_views import (
    BookBar,
    BookContentsView,
    BookCoverView,
    BookEntry,
    BookLink,
    BookPageView,
    BookTitleView,
)
from readingroom.export.book_layout import CHANGES, CONTENTS, TITLE, page_file
from readingroom.language import direction
from readingroom.markdown import to_xhtml
from readingroom.pages.chart import chart
from readingroom.pages.frame import date_of
from readingroom.pages.home import coverage
from readingroom.problems import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from readingroom.export.book_layout import Month, Shelf
    from readingroom.export.book_names import Sheet
    from readingroom.export.book_reports import Desk
    from readingroom.index import Archive
    from readingroom.model import Card, FreePage

COVER = "cover.xhtml"
LINES = ((13, 112), (18, 84), (26, 60))  # letters a line, and the size that fits them on the cover
MOST_LINES, SUBTITLE, FOOT = 6, 38, 46
WIDEST, BROAD = 150, frozenset("MW@%mw—…")
WIDE, MARGIN, GROUND, UP = 1200, 110, 1330, 420  # of the drawing, see templates/book-cover.svg
MOST_TITLES = 1_000


class ReportFile(NamedTuple):
    """A written file of reports: its address, and the positions of its reports."""

    url: str
    positions: tuple[int, ...]


class MonthFiles(NamedTuple):
    """A month and the files that hold its reports."""

    month: Month
    files: list[ReportFile]


def cover(desk: Desk) -> BookCoverView:
    """Make the cover: the title as large as fits, and the reports over time."""
    config = desk.archive.config
    letters, size = next((fit for fit in LINES if len(_lines(config.title, fit[0])) <= MOST_LINES // 2), LINES[-1])
    foot = [counted(len(desk.archive.cards), "report"), f"Edition {desk.frame.edition}"]
    return BookCoverView(
        desk.frame,
        size,
        tuple(_lines(config.title, letters)),
        tuple(_lines(config.subtitle, SUBTITLE)) if config.subtitle else (),
        _bars(desk.archive),
        (*foot, *_lines(desk.frame.live, FOOT, 2)),
    )


def _lines(text: str, letters: float, most: int = MOST_LINES) -> list[str]:
    """Break a text into lines as wide as so many common letters; what takes too many lines is cut.

    >>> _lines("Reports on the war between Aleppo and Hama", 20), _lines("WWW MMM", 9)
    (['Reports on the war', 'between Aleppo and', 'Hama'], ['WWW', 'MMM'])
    """
    lines: list[str] = []
    for word in text.split():
        *whole, rest = _broken(word, letters)
        lines += whole
        joined = f"{lines[-1]} {rest}" if lines and not whole else rest
        if lines and not whole and _wide(joined) <= letters:
            lines[-1] = joined
        else:
            lines.append(rest)
    return [*lines[: most - 1], f"{lines[most - 1]} …"] if len(lines) > most else lines


def _broken(word: str, letters: float) -> list[str]:
    """Break a word that is wider than a line."""
    parts, start = [], 0
    for end in range(1, len(word) + 1):
        if _wide(word[start:end]) > letters:
            parts.append(word[start : end - 1])
            start = end - 1
    return [*parts, word[start:]]


def _wide(text: str) -> float:
    """Guess how wide a text is set, in letters of common width: fonts differ from one reader to another."""
    return sum(1.7 if one in BROAD or east_asian_width(one) in "WF" else 1.25 if one.isupper() else 1 for one in text)


def _bars(archive: Archive) -> tuple[BookBar, ...]:
    """Draw the reports over time as the charts of the site do, in the measure of the cover."""
    drawn = chart([(card.published, 1) for card in archive.cards], "")
    if drawn is None:
        return ()
    across, up, floor = (WIDE - 2 * MARGIN) / drawn.width, UP / drawn.height, drawn.height - 20
    width = min(drawn.width / len(drawn.bars) * across * 0.62, WIDEST)
    return tuple(
        BookBar(
            round(MARGIN + (bar.x + bar.width / 2) * across - width / 2, 1),
            round(GROUND - (floor - bar.y) * up, 1),
            round(width, 1),
            round((floor - bar.y) * up, 1),
        )
        for bar in drawn.bars
        if bar.total
    )


def title_page(desk: Desk, registers: Iterable[Shelf]) -> BookTitleView:
    """Make the page that says what the archive is, what is in it, how to read it and whom to ask."""
    archive = desk.archive
    config, found = archive.config, coverage(archive)
    index = next((page for page in archive.pages if page.slug == "index"), None)
    totals = Counter(entity.kind for entity in archive.entities.values())
    names = tuple(
        BookLink(counted(totals[kind.name], kind.label.lower(), kind.plural.lower()), url)
        for url, kind, part, _ in registers
        if not part
    )
    return BookTitleView(
        desk.frame,
        config.subtitle,
        desk.guide.linked(to_xhtml(index.markdown), "index.html") if index else Markup(),
        found.reports,
        found.undated,
        found.first,
        found.last,
        found.publishers,
        names,
        any(entity.suggested for entity in archive.entities.values()),
        config.maintainer,
        config.contact,
    )


def free_page(desk: Desk, page: FreePage) -> BookPageView:
    """Make a page that people of the archive wrote."""
    return BookPageView(desk.frame, page.title, desk.guide.linked(to_xhtml(page.markdown), f"{page.slug}.html"))


def free_pages(archive: Archive) -> list[FreePage]:
    """Return the pages that people wrote, but for the introduction, which the title page holds."""
    return [page for page in archive.pages if page.slug != "index"]


def contents(desk: Desk, chapters: Sequence[MonthFiles], registers: Sequence[Sheet]) -> BookContentsView:
    """Make the table of contents: reports by year and month, with their titles where they are few; then the names."""
    front = [_entry("About this edition", TITLE)]
    front += [_own(desk, page.title, page_file(page.slug)) for page in free_pages(desk.archive)]
    titles = len(desk.archive.cards) <= MOST_TITLES
    years = [
        _entry(year, months[0].files[0].url, tuple(_month(desk, month, titles=titles) for month in months))
        for year, months in ((year, [*group]) for year, group in groupby(chapters, key=lambda one: one.month.year))
    ]
    names = [_kind(plural, [*group]) for plural, group in groupby(registers, key=lambda sheet: sheet.view.plural)]
    back = [_entry("Changes", CHANGES)] if desk.archive.changes else []
    first_report = years[0].url if years else TITLE
    landmarks = [("toc", "Contents", CONTENTS), ("cover", "Cover", COVER), ("titlepage", "About this edition", TITLE)]
    landmarks += [("bodymatter", "Reports", first_report)]
    landmarks += [("index", names[0].text, names[0].url)] if names else []
    return BookContentsView(desk.frame, (*front, *years, *names, *back), tuple(landmarks))


def _month(desk: Desk, month: MonthFiles, *, titles: bool) -> BookEntry:
    """List a month: its reports, or its files where the book has too many reports to list."""
    cards = desk.archive.cards
    if titles:
        positions = [position for file in month.files for position in file.positions]
        below = tuple(_report(cards[position], desk.guide.report(cards[position].id)) for position in positions)
    else:
        below = tuple(
            _entry(_span(cards[file.positions[0]], cards[file.positions[-1]]), file.url) for file in month.files
        )
    return _entry(month.month.label, month.files[0].url, below if titles or len(below) > 1 else ())


def _span(first: Card, last: Card) -> str:
    dates = dict.fromkeys((date_of(first), date_of(last)))
    return " – ".join(dates)


def _report(card: Card, url: str) -> BookEntry:
    return BookEntry(card.title, card.language, direction(card.language), url, ())


def _kind(plural: str, sheets: list[Sheet]) -> BookEntry:
    """List a register, and its parts by their letters where it has more than one."""
    parts = tuple(
        _entry(" – ".join(dict.fromkeys((sheet.first, sheet.last))), sheet.url) for sheet in sheets if len(sheets) > 1
    )
    return _entry(plural, sheets[0].url, parts)


def _own(desk: Desk, text: str, url: str) -> BookEntry:
    """Make an entry in the language of the archive's own words."""
    return BookEntry(text, desk.frame.title.language, desk.frame.title.direction, url, ())


def _entry(text: str, url: str, below: tuple[BookEntry, ...] = ()) -> BookEntry:
    return BookEntry(text, "en", "ltr", url, below)
