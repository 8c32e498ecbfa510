"""The archive turned into everything its site is made of: pages with their views, data, names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from readingroom.pages.data import data_outputs
from readingroom.pages.entity import entity_pages
from readingroom.pages.feeds import feed_pages
from readingroom.pages.free import free_pages
from readingroom.pages.home import home_page
from readingroom.pages.lists import index_pages, month_pages, reports_page
from readingroom.pages.names import names_outputs
from readingroom.pages.report import report_pages
from readingroom.pages.signposts import ambiguous_pages, moved_pages, withdrawn_pages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from readingroom.index import Archive
    from readingroom.output import Copy, Output


def pages(archive: Archive, originals: Sequence[Copy]) -> Iterator[Output]:
    """List every page and file made from the archive; `originals` are the seeds it publishes."""
    yield from report_pages(archive)
    yield from entity_pages(archive)
    yield from index_pages(archive)
    yield reports_page(archive)
    yield from ambiguous_pages(archive)
    yield from moved_pages(archive)
    yield from withdrawn_pages(archive)
    yield from month_pages(archive)
    yield home_page(archive)
    yield from free_pages(archive)
    yield from feed_pages(archive)
    yield from data_outputs(archive, originals)
    yield from names_outputs(archive)
    yield from originals
