"""The archive turned into everything its site is made of: pages with their views, data, names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from readingroom.pages.bases import Bases
from readingroom.pages.data import data_files, data_pages
from readingroom.pages.edition import Edition, edition
from readingroom.pages.entity import entity_pages
from readingroom.pages.feeds import feed_pages
from readingroom.pages.free import free_pages
from readingroom.pages.home import home_page
from readingroom.pages.lists import index_pages, month_pages, reports_page
from readingroom.pages.names import names_basis, names_outputs
from readingroom.pages.report import around_reports, report_pages
from readingroom.pages.signposts import ambiguous_pages, moved_pages, withdrawn_pages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from readingroom.index import Archive
    from readingroom.output import Copy, DataFile, Page, Text

__all__ = ["Bases", "Edition", "around_reports", "closing_pages", "edition", "names_basis", "pages"]


def pages(
    archive: Archive, bases: Bases, names: Sequence[str] | None = None, around: bytes | None = None
) -> Iterator[Page | Text]:
    """List every page and file made from the archive, but for those that tell of files made from it.

    `names` are the names of the scripts that hold names, `around` the digests of what reports show of others, where a
    build of the same basis has listed them.
    """
    yield from report_pages(archive, bases, around_reports(archive, bases) if around is None else around)
    yield from entity_pages(archive, bases)
    yield from index_pages(archive, bases)
    yield reports_page(archive, bases)
    yield from ambiguous_pages(archive, bases)
    yield from moved_pages(archive, bases)
    yield from withdrawn_pages(archive, bases)
    yield from month_pages(archive, bases)
    yield home_page(archive, bases)
    yield from free_pages(archive, bases)
    yield from feed_pages(archive, bases)
    yield from data_files(archive, bases)
    yield from names_outputs(archive, bases, names)


def closing_pages(
    archive: Archive, bases: Bases, originals: Sequence[Copy], made: Mapping[str, DataFile]
) -> Iterator[Page | Text]:
    """List what tells of the data files, once they are made; `originals` are the seeds the site publishes."""
    yield from data_pages(archive, originals, made, bases)
