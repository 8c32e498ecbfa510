"""The links of a page that leaves its site: to the living archive where it has an address, else plain text."""

from __future__ import annotations

import posixpath
import re
from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urljoin

if TYPE_CHECKING:
    from collections.abc import Callable

ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
LOADING = frozenset({"audio", "base", "embed", "form", "frame", "iframe", "img", "object", "script", "source", "video"})
RELATIONS = frozenset({"canonical"})
OF_LINKS = frozenset({"aria-current", "aria-label", "href", "hreflang", "rel", "target", "type"})


class Moved(NamedTuple):
    """A page with its links led elsewhere, and the elements in it that would load something, as they are written."""

    html: str
    loads: tuple[str, ...]


def lead_elsewhere(html: str, url: str, live: str, inside: Callable[[str, str], str]) -> Moved:
    """Lead the links of the page at `url` to the site at `live`; `inside` gives the anchor of what is on this page too.

    It is asked with the address of a page below the site's root and a fragment, and answers with an id or nothing.

    >>> page = '<a href="../places/hajin.html#x" class="e">Hajin</a> <a href="#p1">1</a>'
    >>> lead_elsewhere(page, "reports/a.html", "https://a.org/", lambda url, fragment: "").html
    '<a href="https://a.org/places/hajin.html#x" class="e" rel="noreferrer">Hajin</a> <a href="#p1">1</a>'
    >>> lead_elsewhere(page, "reports/a.html", "", lambda url, fragment: "").html
    '<a class="e">Hajin</a> <a href="#p1">1</a>'
    >>> lead_elsewhere('<svg><line x1="1"/></svg> &amp; &#60;', "a.html", "", lambda url, fragment: "").html
    '<svg><line x1="1"/></svg> &amp; &#60;'
    """
    writer = _Writer(url, live, inside)
    writer.feed(html)
    writer.close()
    return Moved("".join(writer.written), tuple(writer.loads))


class _Writer(HTMLParser):
    """Writes a page as it reads it, every tag but those of links just as it stands."""

    def __init__(self, url: str, live: str, inside: Callable[[str, str], str]) -> None:
        super().__init__(convert_charrefs=False)
        self._url, self._live, self._inside = url, live, inside
        self.written: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Write a tag; a link leads to where its target will be."""
        source = self.get_starttag_text() or ""
        values = {name: value or "" for name, value in attrs}
        if tag in LOADING or (tag == "link" and values.get("rel") not in RELATIONS):
            self.loads.append(source)
        self.written.append(self._link(values) if tag == "a" and "href" in values else source)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Write a tag that ends its element itself, as drawings have them."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Write the end of an element."""
        self.written.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Write text."""
        self.written.append(data)

    def handle_entityref(self, name: str) -> None:
        """Write a character reference as it stands."""
        self.written.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """Write a character reference as it stands."""
        self.written.append(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        """Write a comment."""
        self.written.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        """Write the document type."""
        self.written.append(f"<!{decl}>")

    def _link(self, values: dict[str, str]) -> str:
        href = self._led(values["href"])
        if not href:
            kept = {name: value for name, value in values.items() if name not in OF_LINKS}
        elif href == values["href"]:
            kept = values
        else:
            kept = {name: href if name == "href" else value for name, value in values.items() if name != "rel"}
            kept |= {} if href.startswith("#") else {"rel": "noreferrer"}
        return "<a" + "".join(f' {name}="{escape(value)}"' for name, value in kept.items()) + ">"

    def _led(self, href: str) -> str:
        """Return where a link leads from outside the site, empty if nowhere."""
        if href.startswith("#") or ABSOLUTE.match(href):
            return href
        path, _, fragment = href.partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(self._url), path.partition("?")[0]))
        here = self._inside(unquote(target), unquote(fragment))
        if here:
            return f"#{here}"
        return self._live and urljoin(self._live + self._url, href)
