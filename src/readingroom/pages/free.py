"""Pages people wrote, and the few that every archive has: search, changes, 404."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from readingroom.digest import digest
from readingroom.markdown import to_html
from readingroom.output import Page
from readingroom.pages.frame import canonical, changes_of, chrome
from readingroom.views import ChangesView, FreeView, Head, Link, MissingView, SearchKind, SearchView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from readingroom.index import Archive
    from readingroom.model import FreePage
    from readingroom.pages.bases import Bases

EXAMPLES = 3


def free_pages(archive: Archive, bases: Bases) -> Iterator[Page]:
    """Make the free pages, the search page, the page of changes and the one for lost addresses."""
    for page in archive.pages:
        if page.slug != "index":
            basis = bases.of(digest((page.title, page.markdown)).encode())
            yield Page(f"{page.slug}.html", "free.html", basis, partial(_free, archive, page))
    yield Page("search.html", "search.html", bases.of(bases.all_entities), partial(search_view, archive))
    yield Page("changes.html", "changes.html", bases.of(bases.all_changes), partial(_changes, archive))
    yield Page("404.html", "404.html", bases.of(), partial(_lost, archive))


def _free(archive: Archive, page: FreePage) -> FreeView:
    config = archive.config
    url = f"{page.slug}.html"
    head = Head(page.title, f"{page.title} – {config.title}", canonical(config, url))
    return FreeView(chrome(archive, url), head, page.title, to_html(page.markdown))


def _changes(archive: Archive) -> ChangesView:
    config = archive.config
    about = f"Corrections, withdrawals and additions in {config.title}"
    head = Head("Changes", about, canonical(config, "changes.html"))
    return ChangesView(chrome(archive, "changes.html"), head, changes_of(archive, "", ""))


def _lost(archive: Archive) -> MissingView:
    base = urlsplit(archive.config.url).path or "/"
    lost = Head("Not here", f"No page of {archive.config.title} has this address.", robots="noindex")
    return MissingView(chrome(archive, "404.html", root=base), lost)


def search_view(archive: Archive) -> SearchView:
    """Give what the search page shows."""
    config = archive.config
    counts = {key: total for key in archive.entities if (total := archive.naming.total(key))}
    names = [archive.entities[key].name for key in sorted(counts, key=lambda key: (-counts[key], key))[:EXAMPLES]]
    head = Head("Search", f"Search the reports of {config.title}", canonical(config, "search.html"), robots="noindex")
    return SearchView(
        chrome(archive, "search.html"),
        head,
        tuple(SearchKind(kind.name, kind.label, kind.plural) for kind in config.kinds),
        tuple(Link(name, "search.html?" + urlencode({"q": name})) for name in names),
    )
