"""The front page: what this is, who speaks, what it covers, and the ways in."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from markupsafe import Markup

from readingroom.citing import json_ld, sentence
from readingroom.digest import digest
from readingroom.markdown import to_html
from readingroom.output import Page
from readingroom.pages.frame import canonical, changes_of, chrome, date_of, register, root_of, row
from readingroom.pages.lists import year_groups
from readingroom.problems import counted
from readingroom.views import Coverage, Head, HomeView, Link

if TYPE_CHECKING:
    from collections.abc import Mapping

    from readingroom.config import Kind
    from readingroom.index import Archive
    from readingroom.pages.bases import Bases
    from readingroom.views import Register

TOP, LATEST, CHANGES = 10, 6, 5


def home_page(archive: Archive, bases: Bases) -> Page:
    """Make the front page."""
    written = digest([(page.slug, page.markdown) for page in archive.pages]).encode()
    parts = bases.all_reports, bases.all_entities, written, bases.all_changes
    return Page("index.html", "home.html", bases.of(*parts), partial(_view, archive))


def _view(archive: Archive) -> HomeView:
    url = "index.html"
    root = root_of(url)
    config = archive.config
    counts = {key: total for key in archive.entities if (total := archive.naming.total(key))}
    found = coverage(archive)
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
    return HomeView(
        chrome=chrome(archive, url, section=url),
        head=Head(
            title=config.title,
            description=config.subtitle or f"An archive of {counted(found.reports, 'report')}.",
            canonical=canonical(config, url),
            json_ld=json_ld(data),
        ),
        introduction=next((to_html(page.markdown) for page in archive.pages if page.slug == "index"), Markup()),
        coverage=found,
        years=year_groups(archive, root, titles=False),
        latest=tuple(row(archive, position, root) for position in _latest(archive)),
        registers=tuple(item for item in registers if item.entries),
        changes=changes_of(archive, "", root)[:CHANGES],
        citation=sentence(config.maintainer, config.title, config.url or "an archive of reports"),
    )


def _register(archive: Archive, kind: Kind, counts: Mapping[str, int]) -> Register:
    """List the names of a kind that are named most; what is left out includes those that no report names."""
    listed = register(archive, kind, counts, "", limit=TOP)
    known = sum(entity.kind == kind.name for entity in archive.entities.values())
    return listed._replace(more=known - len(listed.entries))


def _latest(archive: Archive) -> list[int]:
    dated = [position for position, card in enumerate(archive.cards) if card.published]
    undated = [position for position, card in enumerate(archive.cards) if not card.published]
    return [*reversed(dated), *undated][:LATEST]


def coverage(archive: Archive) -> Coverage:
    """Sum up what the archive holds."""
    dated = [report for report in archive.cards if report.published]
    publishers = Counter(report.publisher for report in archive.cards if report.publisher)
    return Coverage(
        reports=len(archive.cards),
        undated=len(archive.cards) - len(dated),
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
