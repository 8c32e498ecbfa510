"""One page an entity: its names, every mention in context, and who is named with it."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from readingroom.authority import ROLE_SOURCE, lineage
from readingroom.citing import json_ld
from readingroom.concordance import where
from readingroom.dates import display
from readingroom.digest import digest
from readingroom.language import direction
from readingroom.markdown import to_html
from readingroom.naming import Spelt
from readingroom.output import Page
from readingroom.pages.chart import chart
from readingroom.pages.frame import (
    canonical,
    changes_of,
    chrome,
    date_of,
    entity_links,
    entry,
    month_of,
    outside,
    root_of,
    year_of,
)
from readingroom.problems import counted
from readingroom.views import (
    Companion,
    CompanionGroup,
    EntityView,
    Entry,
    Head,
    Link,
    NativeName,
    Position,
    SpellingView,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from readingroom.chart_views import Chart
    from readingroom.concordance import Quoted
    from readingroom.index import Archive
    from readingroom.model import Card, Entity, Point
    from readingroom.naming import Naming
    from readingroom.pages.bases import Bases

CUT_BY_YEAR, CUT_BY_MONTH = 300, 1_000
COMPANIONS = 12
ADDRESSES = {
    "wikidata": "https://www.wikidata.org/wiki/{}",
    "geonames": "https://www.geonames.org/{}",
    "whosonfirst": "https://spelunker.whosonfirst.org/id/{}",
    "viaf": "https://viaf.org/viaf/{}",
    "osm": "https://www.openstreetmap.org/{}",
}
SCHEMES = {
    "wikidata": "Wikidata",
    "geonames": "GeoNames",
    "whosonfirst": "Who’s On First",
    "osm": "OpenStreetMap",
}


class Part(NamedTuple):
    """A page of an entity: the whole, or one year or month of it, with the reports that name it there, by position.

    `periods` are all years and months into which a long concordance is cut, with their numbers of mentions.
    """

    period: str
    positions: Sequence[int]
    mentions: int
    periods: tuple[tuple[str, int], ...]


def entity_pages(archive: Archive, bases: Bases) -> Iterator[Page]:
    """Make the page of every entity, and one a year or a month where the concordance is long."""
    runs = _runs(archive.cards)
    for entity in archive.entities.values():
        cut = _cut(archive.naming, entity.id, runs)
        periods = tuple((period, mentions) for period, (_, mentions) in cut.items())
        around = _around(archive, entity, bases)
        parts = [Part("", archive.naming.holders(entity.id), archive.naming.total(entity.id), periods)]
        parts += [Part(period, positions, mentions, periods) for period, (positions, mentions) in cut.items()]
        whole = digest(periods).encode()
        for part in parts:
            basis = bases.of(*around, whole, bases.quoted(entity.id, part.positions))
            yield Page(_part_url(entity, part.period), "entity.html", basis, partial(_view, archive, entity, part))


def dossier(archive: Archive, entity: Entity) -> EntityView:
    """Return everything that an entity's pages show as one page, however long its concordance."""
    return _view(archive, entity, Part("", archive.naming.holders(entity.id), archive.naming.total(entity.id), ()))


def _around(archive: Archive, entity: Entity, bases: Bases) -> tuple[bytes, ...]:
    """Digest what an entity's pages show besides the reports that name it."""
    others = (*(one.id for one in lineage(entity, archive.entities)), *entity.distinct_from)
    children = archive.children.get(entity.id, ())
    counts = [(child.id, child.name, archive.naming.total(child.id)) for child in children]
    cited = ROLE_SOURCE.search(entity.role)
    role = archive.position.get(cited[1]) if cited else None
    return (
        bases.entity(entity),
        *map(bases.face, others),
        digest(counts).encode() if counts else b"",
        bases.changes(entity.id),
        bases.report(role) if role is not None else b"",
    )


class _Run(NamedTuple):
    """Reports that follow each other and are filed under one month, up to position `stop`."""

    year: str
    month: str
    stop: int


def _runs(cards: Iterable[Card]) -> list[_Run]:
    """Find the runs of an archive: about as many as it has months."""
    found: list[_Run] = []
    for stop, card in enumerate(cards, 1):
        year, month = year_of(card), month_of(card)
        if found and found[-1][:2] == (year, month):
            found.pop()
        found.append(_Run(year, month, stop))
    return found


def _cut(naming: Naming, entity: str, runs: Iterable[_Run]) -> dict[str, tuple[Sequence[int], int]]:
    """Cut a long concordance by years, and long years by months: its reports by position, and their mentions."""
    if naming.total(entity) <= CUT_BY_YEAR:
        return {}
    holders, counts = naming.tally(entity)
    pieces: list[tuple[_Run, slice, int]] = []
    start = 0
    for run in runs:
        stop = bisect_left(holders, run.stop, start)
        if stop > start:
            pieces.append((run, slice(start, stop), sum(counts[start:stop])))
        start = stop
    years: Counter[str] = Counter()
    for run, _, mentions in pieces:
        years[run.year] += mentions
    found: dict[str, tuple[array[int], int]] = {}
    for run, piece, mentions in pieces:
        by_month = years[run.year] > CUT_BY_MONTH and run.month.startswith(run.year)
        period = run.month if by_month else run.year
        positions, before = found.get(period, (array("I"), 0))
        found[period] = positions + holders[piece], before + mentions
    return dict(sorted(found.items()))


def _view(archive: Archive, entity: Entity, part: Part) -> EntityView:
    url = _part_url(entity, part.period)
    root = root_of(url)
    kind = archive.config.kind(entity.kind)
    whole = not part.period
    reports = [archive.cards[position] for position in part.positions]
    found = [archive.quotes(card.id, entity.id) for card in reports] if part.period or not part.periods else []
    role, role_source = _role(archive, entity, root)
    return EntityView(
        chrome=chrome(archive, url, section=f"{kind.folder}/index.html"),
        head=_head(archive, entity, url, part.mentions, len(reports)),
        id=entity.id,
        kind=entity.kind,
        label=kind.label,
        index=Link(kind.plural, f"{root}{kind.folder}/index.html"),
        name=entity.name,
        native=tuple(NativeName(text, language, direction(language)) for language, text in entity.native),
        lineage=entity_links(archive, (item.id for item in lineage(entity, archive.entities)), root),
        parts=_parts(archive, entity, root) if whole else (),
        role=role,
        role_source=role_source,
        note=to_html(entity.note),
        position=_position(entity.at),
        ids=tuple(
            Link(f"{SCHEMES.get(scheme, scheme)} {value}", outside(ADDRESSES.get(scheme, "").format(value)))
            for scheme, value in entity.ids
        ),
        distinct_from=entity_links(archive, entity.distinct_from, root),
        spellings=_spellings(
            _spelt(part.positions, found) if part.period else archive.naming.spelt(entity.id), archive, root
        ),
        mentions=part.mentions,
        reports=len(reports),
        span=_span(reports),
        chart=_chart(archive, entity, root) if whole else None,
        year=display(part.period) if part.period else "",
        years=tuple(Entry(display(key), root + _part_url(entity, key), times) for key, times in part.periods),
        concordance=tuple(Markup(quoted.html) for quoted in found),  # noqa: S704 - escaped where it was made
        companions=_companions(archive, entity, root) if whole else (),
        reviewed=display(entity.reviewed) if entity.reviewed else "",
        reviewed_by=entity.reviewed_by,
        suggested=entity.suggested,
        inferred=archive.references[entity.id],
        changes=changes_of(archive, entity.id, root),
    )


def _part_url(entity: Entity, period: str) -> str:
    return f"{entity.id}.{period}.html" if period else entity.url


def _chart(archive: Archive, entity: Entity, root: str) -> Chart | None:
    counts = archive.naming.counts(entity.id)
    return chart([(archive.cards[position].published, times) for position, times in counts], root)


def _spelt(positions: Iterable[int], found: Iterable[Quoted]) -> dict[str, Spelt]:
    """Count how the name is printed in some reports."""
    counts: dict[str, Spelt] = {}
    for position, quoted in zip(positions, found, strict=True):
        for text, times, anchor in quoted.spellings:
            before = counts.get(text, Spelt(0, position, anchor))
            counts[text] = before._replace(total=before.total + times)
    return counts


def _spellings(spelt: Mapping[str, Spelt], archive: Archive, root: str) -> tuple[SpellingView, ...]:
    """List how the name is printed, the most frequent first, with the place it is first printed."""
    return tuple(
        SpellingView(text, found.total, f"{root}{archive.cards[found.position].url}#{found.anchor}")
        for text, found in sorted(spelt.items(), key=lambda item: (-item[1].total, item[0]))
    )


def _head(archive: Archive, entity: Entity, url: str, mentions: int, reports: int) -> Head:
    kind = archive.config.kind(entity.kind)
    said = (
        f"{counted(mentions, 'mention')} in {counted(reports, 'report')}" if mentions else "not named in any report yet"
    )
    schema = {"place": "Place", "faction": "Organization", "commander": "Person"}.get(entity.kind, "Thing")
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": schema,
        "name": entity.name,
        "alternateName": list(entity.spellings[1:]),
        "url": canonical(archive.config, entity.url),
        "sameAs": [ADDRESSES[scheme].format(value) for scheme, value in entity.ids if scheme in ADDRESSES],
    }
    if entity.at:
        data["geo"] = {"@type": "GeoCoordinates", "latitude": entity.at.lat, "longitude": entity.at.lon}
    return Head(
        title=entity.name,
        description=f"{kind.label} in {archive.config.title}: {said}.",
        canonical=canonical(archive.config, url),
        robots="noindex" if kind.noindex else "",
        json_ld="" if kind.noindex else json_ld(data),
    )


def _parts(archive: Archive, entity: Entity, root: str) -> tuple[Entry, ...]:
    return tuple(entry(child, archive.naming.total(child.id), root) for child in archive.children.get(entity.id, ()))


def _role(archive: Archive, entity: Entity, root: str) -> tuple[str, Link | None]:
    match = ROLE_SOURCE.search(entity.role)
    if match is None:
        return entity.role, None
    words = entity.role[: match.start()]
    if match.group(1) not in archive.position:
        return words, None
    report = archive.shown[match.group(1)].report
    if match.group(2) not in {passage.anchor for passage in report.passages}:
        return words, Link(date_of(report), root + report.url)
    return words, Link(f"{date_of(report)}, {where(match.group(2))}", f"{root}{report.url}#{match.group(2)}")


def _position(at: Point | None) -> Position | None:
    if at is None:
        return None
    text = f"{abs(at.lat):.3f}° {'N' if at.lat >= 0 else 'S'}, {abs(at.lon):.3f}° {'E' if at.lon >= 0 else 'W'}"
    words = {"exact": "exact spot", "village": "centre of the settlement"}
    return Position(text, words.get(at.precision, f"somewhere in the {at.precision}"), at.source)


def _span(reports: Sequence[Card]) -> str:
    dated = [report for report in reports if report.published]
    if not dated:
        return ""
    first, last = date_of(dated[0]), date_of(dated[-1])
    return first if first == last else f"{first} – {last}"


def _companions(archive: Archive, entity: Entity, root: str) -> tuple[CompanionGroup, ...]:
    entries: defaultdict[str, list[Companion]] = defaultdict(list)
    for found in archive.naming.companions(entity.id):
        other = archive.entities[found.entity]
        if len(entries[other.kind]) < COMPANIONS:
            evidence = f"{root}{archive.cards[found.position].url}#{found.anchor}"
            entries[other.kind].append(Companion(other.name, root + other.url, found.sentences, evidence))
    return tuple(
        CompanionGroup(kind.name, kind.plural, tuple(entries[kind.name]))
        for kind in archive.config.kinds
        if kind.name in entries
    )
