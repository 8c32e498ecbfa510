"""What the templates for machines receive: feed, sitemap, robots.txt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class FeedEntry(NamedTuple):
    """A report in the feed; addresses are absolute."""

    title: str
    url: str
    updated: str
    summary: str
    author: str


@dataclass(frozen=True, slots=True)
class FeedView:
    """The Atom feed of the latest reports."""

    title: str
    subtitle: str
    language: str
    url: str
    home: str
    updated: str
    author: str
    entries: tuple[FeedEntry, ...]


@dataclass(frozen=True, slots=True)
class SitemapView:
    """Absolute addresses of every page that search engines may list."""

    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SitemapsView:
    """Absolute addresses of the sitemaps of a site that one cannot list."""

    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RobotsView:
    """What crawlers are told; `sitemap` is absolute or empty."""

    sitemap: str
