"""What machines read: the Atom feed, the sitemap, robots.txt."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from readingroom.digest import digest
from readingroom.feed_views import FeedEntry, FeedView, RobotsView, SitemapsView, SitemapView
from readingroom.output import Page
from readingroom.pages.report import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from readingroom.config import Config
    from readingroom.index import Archive
    from readingroom.model import Report
    from readingroom.pages.bases import Bases

LATEST = 50
SUMMARY = 300
SITEMAP = 50_000  # sitemaps.org: the most addresses one may list
EPOCH = "1970-01-01"
NOBODY = "publisher not stated"  # without a name of its own an entry would take that of the archive


def feed_pages(archive: Archive, bases: Bases) -> Iterator[Page]:
    """Make robots.txt, and feed and sitemap where the archive knows its address."""
    config = archive.config
    yield Page("robots.txt", "robots.txt", bases.of(), partial(_robots, config))
    if not config.url:
        return
    latest = [position for position, card in enumerate(archive.cards) if card.published][-LATEST:]
    basis = bases.of(bases.reports(latest), bases.all_changes)
    yield Page("feed.xml", "feed.xml", basis, partial(_feed, archive, latest))
    listed = [config.url + url for url in _listed(archive)]
    parts = [listed[first : first + SITEMAP] for first in range(0, len(listed), SITEMAP)]
    names = ["sitemap.xml"] if len(parts) == 1 else [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
    for name, part in zip(names, parts, strict=True):
        yield Page(name, "sitemap.xml", bases.of(digest(part).encode()), partial(SitemapView, tuple(part)))
    if len(parts) > 1:
        view = SitemapsView(tuple(config.url + name for name in names))
        yield Page("sitemap.xml", "sitemaps.xml", bases.of(digest(view).encode()), lambda: view)


def _robots(config: Config) -> RobotsView:
    return RobotsView(f"{config.url}sitemap.xml" if config.url else "")


def _feed(archive: Archive, latest: Sequence[int]) -> FeedView:
    config = archive.config
    dated = [archive.shown[archive.cards[position].id].report for position in latest]
    entries = tuple(_entry(archive, report) for report in reversed(dated))
    return FeedView(
        title=config.title,
        subtitle=config.subtitle,
        language=config.language,
        url=f"{config.url}feed.xml",
        home=config.url,
        updated=max((entry.updated for entry in entries), default=_moment(EPOCH)),
        author=config.maintainer or config.title,
        entries=entries,
    )


def _entry(archive: Archive, report: Report) -> FeedEntry:
    first = report.dek or (report.paragraphs[0].text if report.paragraphs else "")
    changed = max([_day(report.published), *(one.date for one in archive.changes_by_target.get(report.id, ()))])
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
    yield from (report.url for report in archive.cards)
    listed = {kind.name for kind in archive.config.kinds if not kind.noindex}
    yield from (f"{kind.folder}/index.html" for kind in archive.config.kinds if kind.name in listed)
    yield from (entity.url for entity in archive.entities.values() if entity.kind in listed)
