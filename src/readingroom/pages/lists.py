"""The ways in: A–Z indexes of each kind, reports by year and month."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from readingroom.authority import lineage
from readingroom.digest import digest
from readingroom.language import direction
from readingroom.output import Page
from readingroom.pages.frame import (
    canonical,
    chrome,
    day_of,
    month_label,
    month_of,
    root_of,
    row,
    year_of,
)
from readingroom.problems import counted
from readingroom.views import (
    Entry,
    Head,
    IndexEntry,
    IndexLetter,
    IndexView,
    Link,
    MonthGroup,
    MonthView,
    ReportsView,
    YearGroup,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from readingroom.config import Kind
    from readingroom.index import Archive
    from readingroom.model import Entity
    from readingroom.pages.bases import Bases

PARTICLES = re.compile(r"^(?:(?:al|el|a[dnrstz]|adh|ash|ath|es|ez|the|al-?bu|ab(?:u|o|ou)|bu|o?umm?|omm?)[- ]|[^\w]+)+")
QUOTED = frozenset({"“”", '""', "‘’", "''", "«»"})
LIST_ALL = 200
LONG_MONTH = 300


def filing(name: str) -> str:
    """Return what a name is filed under: without accents, articles and Abu-style particles.

    >>> filing("al-Baghuz"), filing("Abu al-Hassan"), filing("“Islamic State” organization"), filing("Sh’aytat")
    ('baghuz', 'hassan', 'islamic state organization', 'shaytat')
    >>> [filing(f"{word} Haffur") for word in ("Umm", "Um", "Om", "Oum", "Abou", "Abo", "Albu", "al-Bu", "Umma")]
    ['haffur', 'haffur', 'haffur', 'haffur', 'haffur', 'haffur', 'haffur', 'haffur', 'umma haffur']
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    plain = re.sub(r"(?<=\w)[’'ʿʾ‘`´ʼ](?=\w)", "", plain)
    plain = " ".join(re.sub(r"[^\w\s-]+", " ", plain).split())
    return PARTICLES.sub("", plain).strip() or plain or name


def letter_of(filed: str) -> str:
    """Return the letter that a name stands under, of what it is filed under; figures and signs share one.

    >>> letter_of("baghuz"), letter_of("7th brigade"), letter_of("كرم")
    ('B', '#', 'ك')
    """
    first = filed[:1].upper()
    return first if first.isascii() and first.isalpha() else "#" if first.isascii() else first


def unquoted(name: str) -> str:
    """Take quotation marks off a name that stands within a pair of them.

    >>> unquoted("“Islamic State”"), unquoted("“Islamic State” organization"), unquoted("'Ayn Issa")
    ('Islamic State', '“Islamic State” organization', "'Ayn Issa")
    """
    inner = name[1:-1]
    paired = len(name) > 2 and name[0] + name[-1] in QUOTED  # noqa: PLR2004 - two marks and something between
    return inner if paired and name[0] not in inner and name[-1] not in inner else name


def index_pages(archive: Archive, bases: Bases) -> Iterator[Page]:
    """Make the A–Z index of every kind."""
    for kind in archive.config.kinds:
        basis = bases.of(bases.kind(kind.name))
        yield Page(f"{kind.folder}/index.html", "index.html", basis, partial(_index, archive, kind))


def _index(archive: Archive, kind: Kind) -> IndexView:
    url = f"{kind.folder}/index.html"
    entities = [entity for entity in archive.entities.values() if entity.kind == kind.name]
    head = Head(
        title=kind.plural,
        description=(
            f"{kind.plural} named in {archive.config.title}, A to Z: {counted(len(entities), 'entry', 'entries')}."
        ),
        canonical=canonical(archive.config, url),
        robots="noindex" if kind.noindex else "",
    )
    frame = chrome(archive, url, section=url)
    letters = _letters(archive, entities, root_of(url))
    suggested = sum(entity.suggested for entity in entities)
    return IndexView(frame, head, kind.name, kind.plural, len(entities), suggested, letters)


def _letters(archive: Archive, entities: list[Entity], root: str) -> tuple[IndexLetter, ...]:
    entries: defaultdict[str, list[tuple[str, IndexEntry]]] = defaultdict(list)
    for entity in entities:
        for spelling in _headings(entity, archive):
            filed = filing(spelling)
            entries[letter_of(filed)].append((filed, _entry(archive, entity, spelling, root)))
    return tuple(
        IndexLetter(
            letter,
            f"letter-{letter.lower()}" if letter.isascii() and letter != "#" else f"letter-{ord(letter):x}",
            tuple(entry for _, entry in sorted(entries[letter], key=lambda item: (item[0], item[1].url, item[1].name))),
        )
        for letter in sorted(entries, key=lambda letter: (not letter.isalpha(), letter))
    )


def _headings(entity: Entity, archive: Archive) -> Iterator[str]:
    seen = set()
    printed = sorted(archive.naming.spelt(entity.id))
    for spelling in (entity.name, *entity.variants, *printed):
        filed = filing(spelling)
        if filed not in seen:
            seen.add(filed)
            yield spelling


def _entry(archive: Archive, entity: Entity, spelling: str, root: str) -> IndexEntry:
    if spelling != entity.name:
        return IndexEntry(unquoted(spelling), root + entity.url, 0, "", "", "", "", entity.name, entity.suggested)
    return index_entry(archive, entity, root)


def index_entry(archive: Archive, entity: Entity, root: str) -> IndexEntry:
    """List an entity under its own name."""
    language, native = entity.native[0] if entity.native else ("", "")
    around = lineage(entity, archive.entities)
    return IndexEntry(
        name=entity.name,
        url=root + entity.url,
        total=archive.naming.total(entity.id),
        native=native,
        native_language=language,
        native_direction=direction(language) if language else "",
        within=around[0].name if around else "",
        see="",
        suggested=entity.suggested,
    )


def reports_page(archive: Archive, bases: Bases) -> Page:
    """Make the list of all reports by year and month."""
    return Page("reports/index.html", "reports.html", bases.of(bases.all_reports), partial(_reports, archive))


def _reports(archive: Archive) -> ReportsView:
    url = "reports/index.html"
    total = len(archive.cards)
    head = Head(
        title="Reports",
        description=f"{counted(total, 'report')} in {archive.config.title}, by year and month.",
        canonical=canonical(archive.config, url),
    )
    groups = year_groups(archive, root_of(url), titles=total <= LIST_ALL)
    return ReportsView(chrome(archive, url, section=url), head, total, groups)


def by_month(archive: Archive) -> dict[str, list[int]]:
    """Return the positions of the reports of each month, and of those without one, by month."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for position, card in enumerate(archive.cards):
        found[month_of(card)].append(position)
    return dict(sorted(found.items()))


def year_groups(archive: Archive, root: str, *, titles: bool) -> tuple[YearGroup, ...]:
    """Group the reports by year and month, the newest first, undated ones last; with or without their titles."""
    counts: defaultdict[str, defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for position, card in enumerate(archive.cards):
        counts[year_of(card)][month_of(card)].append(position)
    most = max(map(len, by_month(archive).values()), default=0)
    groups = []
    for year, in_year in counts.items():
        months = []
        for month, positions in sorted(in_year.items(), reverse=True):
            rows = tuple(row(archive, position, root) for position in positions) if titles else ()
            number = int(month[-2:]) if month != "undated" else 0
            level = -(-4 * len(positions) // most)
            months.append(
                MonthGroup(month_label(month), f"{root}months/{month}.html", len(positions), rows, number, level)
            )
        groups.append(YearGroup(year, sum(month.total for month in months), tuple(months)))
    groups.sort(key=lambda group: (group.year.isdigit(), group.year), reverse=True)
    return tuple(groups)


def month_pages(archive: Archive, bases: Bases) -> Iterator[Page]:
    """Make a page for every month that has reports, and one for those without; for each day of a long month too."""
    months = by_month(archive)
    for month, around in _beside(months):
        days = _days(archive, months[month])
        rest = days.pop("", [])
        period = Period(month, rest, around, days=tuple((day, len(positions)) for day, positions in days.items()))
        yield _period_page(archive, bases, period)
        for day, beside in _beside(days):
            yield _period_page(archive, bases, Period(day, days[day], beside, month))


class Period(NamedTuple):
    """A month or a day: the reports its page lists by position, the periods before and after, `""` where there is none.

    A day is one of a `month`; a long month has `days` with their numbers of reports.
    """

    name: str
    positions: Sequence[int]
    around: tuple[str, str]
    month: str = ""
    days: tuple[tuple[str, int], ...] = ()


def _beside(periods: Iterable[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield each period with those before and after it."""
    order = ["", *periods, ""]
    yield from ((now, (before, after)) for before, now, after in zip(order, order[1:], order[2:], strict=False))


def _days(archive: Archive, positions: Sequence[int]) -> dict[str, list[int]]:
    """Return the reports of a month by day; those without one, and all of a month that is not long, under `""`."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for position in positions:
        found[day_of(archive.cards[position]) if len(positions) > LONG_MONTH else ""].append(position)
    return dict(sorted(found.items()))


def _period_page(archive: Archive, bases: Bases, period: Period) -> Page:
    parts = digest((period.around, period.days)).encode(), bases.reports(period.positions)
    return Page(f"months/{period.name}.html", "month.html", bases.of(*parts), partial(_month, archive, period))


def _month(archive: Archive, period: Period) -> MonthView:
    url = f"months/{period.name}.html"
    root = root_of(url)
    label = month_label(period.name)
    total = len(period.positions) + sum(number for _, number in period.days)
    head = Head(
        title=f"Reports, {label}",
        description=f"{counted(total, 'report')} in {archive.config.title}: {label}.",
        canonical=canonical(archive.config, url),
    )

    def link(name: str) -> Link | None:
        return Link(month_label(name), f"{root}months/{name}.html") if name else None

    return MonthView(
        chrome(archive, url, section="reports/index.html"),
        head,
        label,
        link(period.month),
        tuple(Entry(month_label(day), f"{root}months/{day}.html", number) for day, number in period.days),
        tuple(row(archive, position, root) for position in period.positions),
        *map(link, period.around),
    )
