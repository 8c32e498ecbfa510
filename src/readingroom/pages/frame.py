"""What pages share: the frame around them, dates and names in words, links between pages."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from readingroom.dates import display, parse_edtf
from readingroom.frontmatter import UNPRINTABLE
from readingroom.language import direction
from readingroom.views import ChangeView, Chrome, Entry, Link, NavItem, Register, ReportRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from readingroom.config import Config, Kind
    from readingroom.index import Archive
    from readingroom.model import Card, Entity, Report

NAMES_IN_ROW = 4
LOOSE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
IN_ADDRESS = "%/:?@!$&'()*+,;=~"


def root_of(url: str) -> str:
    """Return the way from a page to the site's root.

    >>> root_of("reports/x.html"), root_of("index.html")
    ('../', '')
    """
    return "../" * url.count("/")


def chrome(archive: Archive, url: str, *, section: str = "", root: str | None = None) -> Chrome:
    """Frame the page at `url`; `section` names the entry of the navigation it belongs to."""
    config = archive.config
    way = root_of(url) if root is None else root
    entries = [("Reports", "reports/index.html")]
    entries += [(kind.plural, f"{kind.folder}/index.html") for kind in config.kinds]
    entries += [(page.title, f"{page.slug}.html") for page in archive.pages if page.slug == "about"]
    nav = tuple(
        NavItem("About" if target == "about.html" else text, way + target, target == (section or url))
        for text, target in entries
    )
    return Chrome(
        config.title,
        config.subtitle,
        config.language,
        direction(config.language),
        way,
        nav,
        config.maintainer,
        config.contact,
        feed=bool(config.url),
        live=config.url,
    )


def outside(address: str) -> str:
    """Write a web address as it may stand in a link: what addresses cannot hold is percent-encoded.

    >>> outside("https://example.org/a b?q=<é>&r=%20&s=5%#x#y")
    'https://example.org/a%20b?q=%3C%C3%A9%3E&r=%20&s=5%25#x%23y'
    """
    before, mark, fragment = LOOSE_PERCENT.sub("%25", address).partition("#")
    return quote(before, safe=IN_ADDRESS) + mark + quote(fragment, safe=IN_ADDRESS)


def visible(text: str) -> str:
    r"""Show characters that no page can hold by the pictures that stand for them.

    >>> visible("page\x0cbreak\x7f\x85")
    'page␌break␡\ufffd'
    """
    return UNPRINTABLE.sub(lambda found: _picture(ord(found[0])), text)


def _picture(code: int) -> str:
    if code < ord(" "):
        return chr(0x2400 + code)
    return "␡" if code == ord("\x7f") else "\ufffd"


def canonical(config: Config, url: str) -> str:
    """Return a page's absolute address, empty where the archive has none."""
    return config.url + ("" if url == "index.html" else url) if config.url else ""


def date_of(report: Card | Report) -> str:
    """Say a report's date in words."""
    return display(report.published) if report.published else "undated"


def month_of(report: Card | Report) -> str:
    """Return the month a report is filed under: `2018-01`, or `undated`."""
    return year_month_day(report.published)[1] or "undated"


def month_label(month: str) -> str:
    """Say a month that reports are filed under.

    >>> month_label("2018-01"), month_label("undated")
    ('January 2018', 'without a month')
    """
    return "without a month" if month == "undated" else display(month)


def day_of(report: Card | Report) -> str:
    """Return the day a report is filed under in a long month: `2018-01-18`, empty where its date names none."""
    return year_month_day(report.published)[2]


def year_of(report: Card | Report) -> str:
    """Return the year a report is filed under, or `undated`."""
    return year_month_day(report.published)[0] or "undated"


@lru_cache(maxsize=65_536)
def year_month_day(date: str) -> tuple[str, str, str]:
    """Return the year, the month and the day that an EDTF date names, each empty where it names none.

    >>> [year_month_day(date) for date in ("2018-01-18", "../2017-06-30", "2018-21", "201X")]
    [('2018', '2018-01', '2018-01-18'), ('2017', '2017-06', '2017-06-30'), ('2018', '', ''), ('', '', '')]
    """
    found = parse_edtf(date)
    return (found.year, found.month, found.day) if found else ("", "", "")


def row(archive: Archive, position: int, root: str) -> ReportRow:
    """Show a report in a list, with the names it names most."""
    report = archive.cards[position]
    counts = archive.naming.in_report(position)
    names = sorted(counts, key=lambda key: (-counts[key], key))[:NAMES_IN_ROW]
    return ReportRow(
        report.title,
        root + report.url,
        date_of(report),
        report.published,
        report.publisher,
        report.language,
        direction(report.language),
        tuple(archive.entities[name].name for name in names),
    )


def register(archive: Archive, kind: Kind, counts: Mapping[str, int], root: str, limit: int = 0) -> Register:
    """List the entities of one kind by how often they are named; `limit` 0 lists all."""
    ids = [key for key in counts if archive.entities[key].kind == kind.name]
    ids.sort(key=lambda key: (-counts[key], archive.entities[key].name.casefold(), key))
    shown = ids[:limit] if limit else ids
    entries = tuple(entry(archive.entities[key], counts[key], root) for key in shown)
    return Register(kind.name, kind.plural, f"{root}{kind.folder}/index.html", entries, len(ids) - len(shown))


def entry(entity: Entity, total: int, root: str) -> Entry:
    """List an entity with how often it is named."""
    return Entry(entity.name, root + entity.url, total, suggested=entity.suggested)


def changes_of(archive: Archive, target: str, root: str) -> tuple[ChangeView, ...]:
    """List what was changed of one report, entity or page, the newest first; an empty target lists all."""
    found = [*(archive.changes_by_target.get(target, ()) if target else archive.changes)]
    found.sort(key=lambda change: (change.date, change.of), reverse=True)
    return tuple(
        ChangeView(display(change.date), change.kind, change.note, _changed(archive, change.of, root))
        for change in found
    )


def _changed(archive: Archive, target: str, root: str) -> Link:
    if target in archive.position:
        report = archive.cards[archive.position[target]]
        return Link(report.title, root + report.url)
    if target in archive.entities:
        entity = archive.entities[target]
        return Link(entity.name, root + entity.url)
    for page in archive.pages:
        if page.slug == target:
            return Link(page.title, f"{root}{page.slug}.html")
    if any(change.of == target for change in archive.withdrawn):
        return Link(target, f"{root}reports/{target}.html")
    return Link(_unnamed(archive.config, target), "")


def _unnamed(config: Config, target: str) -> str:
    """Say what sort of thing was changed that is not published: an id can hold a name."""
    folder, slash, _ = target.partition("/")
    label = next((kind.label for kind in config.kinds if kind.folder == folder), "name") if slash else "report"
    article = "an" if label[:1].lower() in set("aeiou") else "a"
    return f"{article} {label.lower()}’s entry" if slash else f"{article} {label}"


def entity_links(archive: Archive, ids: Iterable[str], root: str) -> tuple[Link, ...]:
    """Link to published entities, in the order given."""
    return tuple(
        Link(archive.entities[key].name, root + archive.entities[key].url) for key in ids if key in archive.entities
    )
