"""Where everything stands in the e-book: files by month, registers by kind, and the way from the site's addresses."""

from __future__ import annotations

import posixpath
import re
from array import array
from collections import defaultdict
from html import unescape
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from markupsafe import Markup, escape

from readingroom.book_views import BookLink
from readingroom.language import direction
from readingroom.pages.frame import month_label, month_of, outside, year_of
from readingroom.pages.lists import filing, letter_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from readingroom.config import Kind
    from readingroom.index import Archive, Shown
    from readingroom.model import Entity

FULL = 200_000  # bytes of a file, about; reading programs for phones load one at a time
A_NAME, A_REPORT, A_PLACE = 1_000, 70, 60
TITLE, CHANGES, CONTENTS = "title.xhtml", "changes.xhtml", "contents.xhtml"
ADDRESS = re.compile(r'<a href="([^"]*)"([^>]*)>')
WEB = re.compile(r"(?:https?://[A-Za-z0-9.-]+(?::\d+)?(?:[/?#].*)?|mailto:[^\s@]+@[A-Za-z0-9.-]+)", re.IGNORECASE)
HEAD = {"title": 0, "dek": 1}


class Face(NamedTuple):
    """What links show of an entity, with the address of its entry in the book."""

    name: str
    kind: str
    suggested: bool
    url: str


class Shelf(NamedTuple):
    """A file of a register: its address, its kind, which part of the register, the ids of its names in order."""

    url: str
    kind: Kind
    part: int
    ids: tuple[str, ...]


class Month(NamedTuple):
    """The reports of a month by position; `key` names its files, `year` is a heading of the contents."""

    key: str
    year: str
    label: str
    positions: Sequence[int]


def months(archive: Archive) -> list[Month]:
    """Group the reports by year and month, the oldest first; those without a month end their year.

    Those without a year end the book.
    """
    found: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for position, card in enumerate(archive.cards):
        found[year_of(card), month_of(card)].append(position)
    return [_month(year, month, found[year, month]) for year, month in sorted(found, key=_late_without_a_date)]


def _late_without_a_date(group: tuple[str, str]) -> tuple[bool, str, bool, str]:
    year, month = group
    return (year == "undated", year, month == "undated", month)


def _month(year: str, month: str, positions: Sequence[int]) -> Month:
    if year == "undated":
        return Month("undated", "Without a date", "Without a date", positions)
    if month == "undated":
        return Month(f"{year}-undated", year, f"{year}, {month_label(month)}", positions)
    return Month(month, year, month_label(month), positions)


def shelves(archive: Archive) -> list[Shelf]:
    """Cut the register of each kind into files of a sensible size, A to Z; a name that fills more has its own."""
    found = []
    for kind in archive.config.kinds:
        ids: list[str] = []
        size, part = 0, 0
        for entity in filed(archive, kind):
            weight = _weight(archive, entity)
            if ids and size + weight > FULL:
                found.append(_shelf(kind, part, ids))
                ids, size, part = [], 0, part + 1
            ids.append(entity.id)
            size += weight
        if ids:
            found.append(_shelf(kind, part, ids))
    return found


def _shelf(kind: Kind, part: int, ids: Iterable[str]) -> Shelf:
    return Shelf(f"names-{kind.folder}.{part + 1}.xhtml", kind, part + 1 if part else 0, tuple(ids))


def _weight(archive: Archive, entity: Entity) -> int:
    naming = archive.naming
    listed = A_REPORT * len(naming.holders(entity.id)) + A_PLACE * naming.total(entity.id)
    return A_NAME + len(entity.note.encode()) + listed


def filed(archive: Archive, kind: Kind) -> list[Entity]:
    """Return the published entities of a kind as an A–Z register lists them."""
    keyed = [(filing(one.name), one) for one in archive.entities.values() if one.kind == kind.name]
    keyed.sort(key=lambda item: (*_place_of(letter_of(item[0])), item[0], item[1].id))
    return [entity for _, entity in keyed]


def _place_of(letter: str) -> tuple[bool, str]:
    return (not letter.isalpha(), letter)


def faces(archive: Archive, listed: Iterable[Shelf]) -> dict[str, Face]:
    """Return what links show of every entity, by id."""
    found = {}
    for shelf in listed:
        for key in shelf.ids:
            entity = archive.entities[key]
            found[key] = Face(entity.name, entity.kind, entity.suggested, f"{shelf.url}#{name_anchor(entity)}")
    return found


def name_anchor(entity: Entity) -> str:
    """Return the anchor of a name in its register."""
    return f"n-{entity.slug}"


def passage_anchor(report: str, anchor: str) -> str:
    """Return the anchor of a passage of a report: one file holds many reports."""
    return f"r{report}-{anchor}"


class Guide:
    """The way from an address of the site to the same thing in the book, else on the web, else to nothing."""

    def __init__(self, archive: Archive, named: dict[str, Face], free: Iterable[str]) -> None:
        """Know the names and the free pages; reports are added as their files are written."""
        self._live = archive.config.url
        self._known = {archive.entities[key].url: face.url for key, face in named.items()}
        self._known |= {f"{slug}.html": page_file(slug) for slug in free}
        self._known["index.html"] = self._known["reports/index.html"] = CONTENTS
        self._known |= {f"{kind.folder}/index.html": CONTENTS for kind in archive.config.kinds}
        if archive.changes:
            self._known["changes.html"] = CHANGES
        self._files: dict[str, str] = {}

    def put(self, report: str, file: str) -> None:
        """Note which file of the book holds a report."""
        self._files[report] = file

    def report(self, report: str, anchor: str = "") -> str:
        """Return where a report or a passage of it stands; "" if nowhere yet."""
        file = self._files.get(report, "")
        return f"{file}#{passage_anchor(report, anchor) if anchor else f'r{report}'}" if file else ""

    def lead(self, address: str, page: str) -> str:
        """Return where a link leads that stands on `page` of the site."""
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", address):
            return outward(address)
        path, _, anchor = address.partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(path))) if path else page
        return self._inside(target, unquote(anchor)) or (outward(self._live + target) if self._live else "")

    def _inside(self, target: str, anchor: str) -> str:
        folder, _, name = target.partition("/")
        if folder == "reports" and name.removesuffix(".html") in self._files:
            known = re.fullmatch(r"title|dek|p[1-9]\d*", anchor)
            return self.report(name.removesuffix(".html"), anchor if known else "")
        return self._known.get(target, "")

    def linked(self, html: Markup, page: str) -> Markup:
        """Let the links that people wrote on `page` of the site lead where they can in the book."""

        def turned(found: re.Match[str]) -> str:
            target = self.lead(unescape(found[1]), page)
            return f'<a href="{escape(target)}"{found[2]}>' if target else "<a>"

        return Markup(ADDRESS.sub(turned, html))  # noqa: S704 - only addresses change, and they are escaped


def outward(address: str) -> str:
    """Return an address outside the book as programs that check links want it; "" if they would refuse it.

    >>> outward("https://example.org/a b"), outward("https:///x"), outward("javascript:alert(1)")
    ('https://example.org/a%20b', '', '')
    """
    found = outside(address)
    return found if WEB.fullmatch(found) else ""


def page_file(slug: str) -> str:
    """Return the file of a page that people of the archive wrote."""
    return f"page-{slug}.xhtml"


def distinct(archive: Archive, entity: Entity, named: dict[str, Face]) -> tuple[BookLink, ...]:
    """Link to those that an entity must not be confused with."""
    return tuple(BookLink(named[key].name, named[key].url) for key in entity.distinct_from if key in archive.entities)


class Occurrences:
    """Which passages name each entity, noted report by report in as little memory as that takes."""

    def __init__(self) -> None:
        """Begin with no report."""
        self._found: defaultdict[str, tuple[array[int], array[int]]] = defaultdict(lambda: (array("I"), array("I")))

    def add(self, position: int, shown: Shown) -> None:
        """Take in the next report; a passage counts as probable if every mention in it is."""
        sure: dict[tuple[str, str], bool] = {}
        for mention in shown.mentions:
            key = mention.entity, mention.paragraph
            sure[key] = sure.get(key, False) or not mention.probable
        for (entity, anchor), certain in sure.items():
            positions, passages = self._found[entity]
            positions.append(position)
            passages.append(_number(anchor) * 2 + (not certain))

    def of(self, entity: str) -> Iterator[tuple[int, str, bool]]:
        """Return the passages that name an entity: the report's position, the anchor, whether only probably."""
        if entity in self._found:
            for position, code in zip(*self._found[entity], strict=True):
                yield position, _anchor(code // 2), bool(code % 2)


def _number(anchor: str) -> int:
    return HEAD[anchor] if anchor in HEAD else int(anchor[1:]) + 1


def _anchor(number: int) -> str:
    return next((anchor for anchor, one in HEAD.items() if one == number), f"p{number - 1}")


def turning(languages: Sequence[str]) -> str:
    """Return the direction in which the pages of the book are turned: that of its most frequent language."""
    return direction(languages[0]) if languages else "ltr"
