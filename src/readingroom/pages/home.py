"""The front page: what this is, who speaks, what it covers, and the ways in."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from markupsafe import Markup

from readingroom.citing import json_ld, sentence
from readingroom.markdown import to_html
from readingroom.output import Page
from readingroom.pages.frame import canonical, changes_of, chrome, date_of, register, root_of, row
from readingroom.pages.lists import year_groups
from readingroom.problems import counted
from readingroom.views import Coverage, Head, HomeView, Link

if TYPE_CHECKING:
    from readingroom.config import Kind
    from readingroom.index import Archive
    from readingroom.model import Report
    from readingroom.views import Register

TOP, LATEST, CHANGES = 10, 6, 5


def home_page(archive: Archive) -> Page:
    """Make the front page."""
    url = "index.html"
    root = root_of(url)
    config = archive.config
    counts = Counter({key: len(found) for key, found in archive.named.items() if found})
    coverage = _coverage(archive)
    registers = [_register(archive, kind, counts) for kind in config.kinds]
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "ArchiveComponent",
        "name": config.title,
        "description": config.subtitle,
        "url": config.url,
        "inLanguage": config.language,
        "maintainer": config.maintainer,
    }
    view = HomeView(
        chrome=chrome(archive, url, section=url),
        head=Head(
            title=config.title,
            description=config.subtitle or f"An archive of {counted(coverage.reports, 'report')}.",
            canonical=canonical(config, url),
            json_ld=json_ld(data),
        ),
        introduction=next((to_html(page.markdown) for page in archive.pages if page.slug == "index"), Markup()),
        coverage=coverage,
        years=year_groups(archive, root, titles=False),
        latest=tuple(row(archive, report, root) for report in _latest(archive)),
        registers=tuple(item for item in registers if item.entries),
        changes=changes_of(archive, "", root)[:CHANGES],
        citation=sentence(config.maintainer, config.title, config.url or "an archive of reports"),
    )
    return Page(url, "home.html", view)


def _register(archive: Archive, kind: Kind, counts: Counter[str]) -> Register:
    """List the names of a kind that are named most; what is left out includes those that no report names."""
    listed = register(archive, kind, counts, "", limit=TOP)
    known = sum(entity.kind == kind.name for entity in archive.entities.values())
    return listed._replace(more=known - len(listed.entries))


def _latest(archive: Archive) -> list[Report]:
    dated = [report for report in archive.reports if report.published]
    undated = [report for report in archive.reports if not report.published]
    return [*reversed(dated), *undated][:LATEST]


def _coverage(archive: Archive) -> Coverage:
    dated = [report for report in archive.reports if report.published]
    publishers = Counter(report.publisher for report in archive.reports if report.publisher)
    return Coverage(
        reports=len(archive.reports),
        undated=len(archive.reports) - len(dated),
        first=date_of(dated[0]) if dated else "",
        last=date_of(dated[-1]) if dated else "",
        publishers=tuple(sorted(publishers, key=lambda name: (-publishers[name], name))),
        names=tuple(
            Link(
                counted(total, kind.label.lower(), kind.plural.lower()),
                f"{kind.folder}/index.html",
            )
            for kind in archive.config.kinds
            if (total := sum(entity.kind == kind.name for entity in archive.entities.values()))
        ),
    )
