"""One page an entity: its names, every mention in context, and who is named with it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from readingroom.authority import lineage
from readingroom.citing import json_ld
from readingroom.dates import display
from readingroom.markdown import to_html
from readingroom.output import Page
from readingroom.pages.chart import chart
from readingroom.pages.concordance import concordance, context_of_pair, spellings
from readingroom.pages.frame import (
    canonical,
    changes_of,
    chrome,
    date_of,
    direction,
    entity_links,
    entry,
    outside,
    root_of,
    where,
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
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from readingroom.index import Archive
    from readingroom.model import Entity, Mention, Point, Report

CUT_BY_YEAR = 300
COMPANIONS = 12
ROLE_SOURCE = re.compile(r"\s*\(([^()#\s]+)#([^()\s]+)\)$")
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


def entity_pages(archive: Archive) -> Iterator[Page]:
    """Make the page of every entity, and one a year where the concordance is long."""
    for entity in archive.entities.values():
        found = archive.named[entity.id]
        years = _years(archive, found) if len(found) > CUT_BY_YEAR else {}
        yield Page(entity.url, "entity.html", _view(archive, entity, "", found, years))
        for year, part in years.items():
            yield Page(_part_url(entity, year), "entity.html", _view(archive, entity, year, part, years))


def _view(
    archive: Archive, entity: Entity, year: str, found: Sequence[Mention], years: dict[str, list[Mention]]
) -> EntityView:
    url = _part_url(entity, year) if year else entity.url
    root = root_of(url)
    kind = archive.config.kind(entity.kind)
    reports = [archive.report[key] for key in dict.fromkeys(mention.report for mention in found)]
    role, role_source = _role(archive, entity, root)
    return EntityView(
        chrome=chrome(archive, url, section=f"{kind.folder}/index.html"),
        head=_head(archive, entity, url, len(found), len(reports)),
        id=entity.id,
        kind=entity.kind,
        label=kind.label,
        index=Link(kind.plural, f"{root}{kind.folder}/index.html"),
        name=entity.name,
        native=tuple(NativeName(text, language, direction(language)) for language, text in entity.native),
        lineage=entity_links(archive, (item.id for item in lineage(entity, archive.entities)), root),
        parts=_parts(archive, entity, root),
        role=role,
        role_source=role_source,
        note=to_html(entity.note),
        position=_position(entity.at),
        ids=tuple(
            Link(f"{SCHEMES.get(scheme, scheme)} {value}", outside(ADDRESSES.get(scheme, "").format(value)))
            for scheme, value in entity.ids
        ),
        distinct_from=entity_links(archive, entity.distinct_from, root),
        spellings=spellings(found, root),
        mentions=len(found),
        reports=len(reports),
        span=_span(reports),
        chart=chart([(archive.report[mention.report].published, root) for mention in found]),
        year=year,
        years=tuple(Entry(key, root + _part_url(entity, key), len(part)) for key, part in years.items()),
        concordance=() if years and not year else concordance(archive, found, root),
        companions=_companions(archive, entity, root),
        reviewed=display(entity.reviewed) if entity.reviewed else "",
        reviewed_by=entity.reviewed_by,
        suggested=entity.suggested,
        inferred=archive.references[entity.id],
        changes=changes_of(archive, entity.id, root),
    )


def _part_url(entity: Entity, year: str) -> str:
    return f"{entity.id}.{year}.html"


def _years(archive: Archive, found: Sequence[Mention]) -> dict[str, list[Mention]]:
    years: defaultdict[str, list[Mention]] = defaultdict(list)
    for mention in found:
        years[year_of(archive.report[mention.report])].append(mention)
    return dict(sorted(years.items()))


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
    return tuple(entry(child, len(archive.named[child.id]), root) for child in archive.children.get(entity.id, ()))


def _role(archive: Archive, entity: Entity, root: str) -> tuple[str, Link | None]:
    match = ROLE_SOURCE.search(entity.role)
    if match is None:
        return entity.role, None
    report = archive.report.get(match.group(1))
    words = entity.role[: match.start()]
    if report is None:
        return words, None
    if match.group(2) not in {passage.anchor for passage in report.passages}:
        return words, Link(date_of(report), root + report.url)
    return words, Link(f"{date_of(report)}, {where(match.group(2))}", f"{root}{report.url}#{match.group(2)}")


def _position(at: Point | None) -> Position | None:
    if at is None:
        return None
    text = f"{abs(at.lat):.3f}° {'N' if at.lat >= 0 else 'S'}, {abs(at.lon):.3f}° {'E' if at.lon >= 0 else 'W'}"
    words = {"exact": "exact spot", "village": "centre of the settlement"}
    return Position(text, words.get(at.precision, f"somewhere in the {at.precision}"), at.source)


def _span(reports: Sequence[Report]) -> str:
    dated = [report for report in reports if report.published]
    if not dated:
        return ""
    first, last = date_of(dated[0]), date_of(dated[-1])
    return first if first == last else f"{first} – {last}"


def _companions(archive: Archive, entity: Entity, root: str) -> tuple[CompanionGroup, ...]:
    groups = []
    shown: Counter[str] = Counter()
    for kind in archive.config.kinds:
        entries = []
        for companionship in archive.companions.get(entity.id, ()):
            other = archive.entities[companionship.entity]
            if other.kind != kind.name or shown[kind.name] == COMPANIONS:
                continue
            shown[kind.name] += 1
            text, url = context_of_pair(archive, companionship.evidence, root)
            entries.append(Companion(other.name, root + other.url, companionship.sentences, text, url))
        if entries:
            groups.append(CompanionGroup(kind.name, kind.plural, tuple(entries)))
    return tuple(groups)
