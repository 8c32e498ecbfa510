"""What machines read: the Atom feed, the sitemap, robots.txt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from readingroom.feed_views import FeedEntry, FeedView, RobotsView, SitemapView
from readingroom.output import Page, Text
from readingroom.pages.report import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from readingroom.index import Archive
    from readingroom.model import Report

LATEST = 50
SUMMARY = 300
EPOCH = "1970-01-01"
NOBODY = "publisher not stated"  # without a name of its own an entry would take that of the archive


def feed_pages(archive: Archive) -> Iterator[Page | Text]:
    """Make robots.txt, and feed and sitemap where the archive knows its address."""
    config = archive.config
    yield Page("robots.txt", "robots.txt", RobotsView(f"{config.url}sitemap.xml" if config.url else ""))
    if not config.url:
        return
    dated = [report for report in archive.reports if report.published][-LATEST:]
    entries = tuple(_entry(archive, report) for report in reversed(dated))
    view = FeedView(
        title=config.title,
        subtitle=config.subtitle,
        language=config.language,
        url=f"{config.url}feed.xml",
        home=config.url,
        updated=max((entry.updated for entry in entries), default=_moment(EPOCH)),
        author=config.maintainer or config.title,
        entries=entries,
    )
    yield Page("feed.xml", "feed.xml", view)
    yield Page("sitemap.xml", "sitemap.xml", SitemapView(tuple(config.url + url for url in _listed(archive))))


def _entry(archive: Archive, report: Report) -> FeedEntry:
    first = report.dek or (report.paragraphs[0].text if report.paragraphs else "")
    changed = max([_day(report.published), *(c.date for c in archive.changes if c.of == report.id)])
    return FeedEntry(
        report.title,
        archive.config.url + report.url,
        _moment(changed),
        shorten(first, SUMMARY),
        report.publisher or NOBODY,
    )


def _day(date: str) -> str:
    """Return the first day an EDTF date may mean."""
    digits = date[:10].split("/", maxsplit=1)[0].rstrip("~?%")
    parts = [part for part in digits.split("-") if part.isdigit()]
    return "-".join([*parts, "01", "01"][:3]) if parts and len(parts[0]) == len("2018") else EPOCH


def _moment(day: str) -> str:
    return f"{day}T00:00:00Z"


def _listed(archive: Archive) -> Iterator[str]:
    yield ""
    yield from ("reports/index.html", "changes.html", "data.html")
    yield from (f"{page.slug}.html" for page in archive.pages if page.slug != "index")
    yield from (report.url for report in archive.reports)
    listed = {kind.name for kind in archive.config.kinds if not kind.noindex}
    yield from (f"{kind.folder}/index.html" for kind in archive.config.kinds if kind.name in listed)
    yield from (entity.url for entity in archive.entities.values() if entity.kind in listed)
