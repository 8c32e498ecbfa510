"""What the search index is made from: every report's words and names, apart from its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from readingroom.dates import sort_key
from readingroom.digest import digest_bytes
from readingroom.pages.frame import year_of
from readingroom.searchable import Searchable, searchable_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from readingroom.index import Archive
    from readingroom.model import Report


def searchables(archive: Archive) -> tuple[Searchable, ...]:
    """Describe every report to the plan of the index, in order of date, those without one last."""
    found = [_searchable(archive, report) for report in archive.reports]
    return tuple(sorted(found, key=lambda one: (not one.day, one.day, one.url)))


def labels(archive: Archive) -> Mapping[str, str]:
    """Return the names that readers see, by entity id."""
    return {entity.id: entity.name for entity in archive.entities.values()}


def texts(archive: Archive) -> Callable[[Iterable[str]], Iterator[tuple[str, str]]]:
    """Give the function that writes what the index is given of the reports on some pages, one by one."""

    def write(urls: Iterable[str]) -> Iterator[tuple[str, str]]:
        for url in urls:
            yield url, searchable_page(by_url[url])

    by_url = {report.url: report for report in archive.reports}
    return write


def _searchable(archive: Archive, report: Report) -> Searchable:
    names = [(archive.entities[key].kind, key) for key in sorted(archive.in_report[report.id])]
    publisher = [("publisher", report.publisher)] if report.publisher else []
    return Searchable(
        report.url,
        sort_key(report.published) if report.published else "",
        year_of(report),
        digest_bytes(searchable_page(report).encode("utf-8", "surrogatepass")),
        (*names, *publisher),
    )
