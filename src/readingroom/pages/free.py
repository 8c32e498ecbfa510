"""Pages people wrote, and the few that every archive has: search, changes, 404."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from readingroom.markdown import to_html
from readingroom.output import Page
from readingroom.pages.frame import canonical, changes_of, chrome
from readingroom.views import ChangesView, FreeView, Head, Link, MissingView, SearchKind, SearchView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from readingroom.index import Archive

EXAMPLES = 3


def free_pages(archive: Archive) -> Iterator[Page]:
    """Make the free pages, the search page, the page of changes and the one for lost addresses."""
    config = archive.config
    for page in archive.pages:
        if page.slug == "index":
            continue
        url = f"{page.slug}.html"
        head = Head(page.title, f"{page.title} – {config.title}", canonical(config, url))
        yield Page(url, "free.html", FreeView(chrome(archive, url), head, page.title, to_html(page.markdown)))
    yield _search(archive)
    changes = Head(
        "Changes",
        f"Corrections, withdrawals and additions in {config.title}",
        canonical(config, "changes.html"),
    )
    yield Page(
        "changes.html",
        "changes.html",
        ChangesView(chrome(archive, "changes.html"), changes, changes_of(archive, "", "")),
    )
    base = urlsplit(config.url).path or "/"
    lost = Head("Not here", f"No page of {config.title} has this address.", robots="noindex")
    yield Page("404.html", "404.html", MissingView(chrome(archive, "404.html", root=base), lost))


def _search(archive: Archive) -> Page:
    config = archive.config
    counts = Counter({key: len(found) for key, found in archive.named.items() if found})
    names = [archive.entities[key].name for key in sorted(counts, key=lambda key: (-counts[key], key))[:EXAMPLES]]
    head = Head("Search", f"Search the reports of {config.title}", canonical(config, "search.html"), robots="noindex")
    view = SearchView(
        chrome(archive, "search.html"),
        head,
        tuple(SearchKind(kind.name, kind.label, kind.plural) for kind in config.kinds),
        tuple(Link(name, "search.html?" + urlencode({"q": name})) for name in names),
    )
    return Page("search.html", "search.html", view)
