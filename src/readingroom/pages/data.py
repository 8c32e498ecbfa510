"""Everything to take away: mentions, reports and entities as data, originals, checksums."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING

from readingroom.authority import ROLE_SOURCE
from readingroom.digest import digest, digest_bytes
from readingroom.output import GZIP, Page, Text
from readingroom.output import DataFile as Written
from readingroom.pages.edition import edition
from readingroom.pages.frame import canonical, chrome, year_of
from readingroom.problems import counted
from readingroom.tables import COLUMNS, head
from readingroom.views import DataFile, DataView, Head, Link

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from readingroom.index import Archive
    from readingroom.model import Entity
    from readingroom.output import Copy
    from readingroom.pages.bases import Bases
    from readingroom.pages.edition import Edition
    from readingroom.tables import Table

SUMS = "data/SHA256SUMS"
MOST_IN_ONE = 5_000
MOST_PLAIN = 4_000  # in a year: their mentions come to about the 25 MiB that some hosts take as one file
MOST_LISTED = 1_000


def data_files(archive: Archive, bases: Bases) -> Iterator[Text]:
    """Make the data files; tables that are long are cut by year."""
    for table in COLUMNS:
        for url, positions in _cut(archive, table).items():
            yield Text(url, bases.of(bases.lines(table, positions)), partial(_table, archive, table, positions))
    yield Text("data/entities.json", bases.of(bases.all_entities), partial(_entities, archive))


def data_pages(
    archive: Archive, originals: Sequence[Copy], made: Mapping[str, Written], bases: Bases
) -> Iterator[Page | Text]:
    """Make the checksums of the data files, which are `made` before, and the page that offers them."""
    rows = [(file.sha256, url) for url, file in made.items()] + [(copy.digest, copy.url) for copy in originals]
    sums = "".join(f"{digest}  {url}\n" for digest, url in sorted(rows, key=lambda item: item[1]))
    yield Text(SUMS, digest_bytes(sums.encode()), lambda: (sums,))
    counts = archive.naming.mentions, len(archive.entities), len(archive.cards)
    named = edition(archive, bases)
    basis = bases.of(digest((counts, named, sorted(made.items()), originals[:MOST_LISTED], len(originals))).encode())
    yield Page("data.html", "data.html", basis, partial(_page, archive, named, originals, made))


def _cut(archive: Archive, table: Table) -> dict[str, Sequence[int]]:
    """Return the reports that a table's files cover, by the address of the file.

    Where one year is too long for a plain file the files of all years are compressed.
    """
    if len(archive.cards) <= MOST_IN_ONE:
        return {f"data/{table}.csv": range(len(archive.cards))}
    years: defaultdict[str, list[int]] = defaultdict(list)
    for position, card in enumerate(archive.cards):
        years[year_of(card)].append(position)
    packed = GZIP if max(map(len, years.values())) > MOST_PLAIN else ""
    return {f"data/{table}.{year}.csv{packed}": positions for year, positions in sorted(years.items())}


def _table(archive: Archive, table: Table, positions: Iterable[int]) -> Iterator[str]:
    yield head(table)
    for position in positions:
        yield archive.lines(table, archive.cards[position].id).text(archive.entities)


def _entities(archive: Archive) -> Iterator[str]:
    """List every entity published, with how often it is named, as JSON: each value on a line."""
    between = "[\n"
    for entity in archive.entities.values():
        values = _entity(archive, entity).items()
        lines = (f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in values)
        yield between + " {\n" + ",\n".join(lines) + "\n }"
        between = ",\n"
    yield "\n]\n" if archive.entities else "[]\n"


def _entity(archive: Archive, entity: Entity) -> dict[str, object]:
    values: dict[str, object] = {
        "id": entity.id,
        "kind": entity.kind,
        "name": entity.name,
        "variants": entity.variants,
        "native": dict(entity.native),
        "within": entity.within if f"{entity.id.partition('/')[0]}/{entity.within}" in archive.entities else "",
        "at": entity.at._asdict() if entity.at else None,
        "not": tuple(other for other in entity.distinct_from if other in archive.entities),
        "ids": dict(entity.ids),
        "role": _role(archive, entity.role),
        "reviewed": entity.reviewed,
        "suggested": entity.suggested or None,
        "mentions": archive.naming.total(entity.id),
        "reports": len(archive.naming.holders(entity.id)),
    }
    return {key: value for key, value in values.items() if value not in (None, "", (), {})}


def _role(archive: Archive, role: str) -> str:
    """Return a role with the passage that says it, as long as its report is published."""
    cited = ROLE_SOURCE.search(role)
    return role[: cited.start()] if cited and cited[1] not in archive.position else role


def _page(archive: Archive, named: Edition, originals: Sequence[Copy], made: Mapping[str, Written]) -> DataView:
    config = archive.config
    head = Head(
        "Data",
        f"Everything in {config.title} to download: mentions, reports, names, original texts, checksums.",
        canonical(config, "data.html"),
    )
    return DataView(
        chrome(archive, "data.html"),
        head,
        named.name,
        named.newest,
        tuple(DataFile(url.partition("/")[2], url, *_about(archive, url), made[url].size, made[url].sha256)
              for url in made),
        tuple(
            DataFile(copy.url.partition("/")[2], copy.url, "", "", copy.size, copy.digest)
            for copy in originals[:MOST_LISTED]
        ),
        max(0, len(originals) - MOST_LISTED),
        Link("SHA256SUMS", SUMS),
    )  # fmt: skip


def _about(archive: Archive, url: str) -> tuple[str, str]:
    """Say what a data file holds, and how much of it where that is the whole."""
    name, _, year = url.removeprefix("data/").removesuffix(GZIP).removesuffix(".csv").partition(".")
    of_year = f", {year}" if year.isdigit() or year == "undated" else ""
    if name == "mentions":
        counts = "" if of_year else counted(archive.naming.mentions, "mention")
        return f"Every mention the site shows, with its place in the text{of_year}", counts
    if name == "reports":
        counts = "" if of_year else counted(len(archive.cards), "report")
        return f"Headline, date and its basis, source, checksum{of_year}", counts
    suggested = sum(entity.suggested for entity in archive.entities.values())
    unlike = f"; {suggested:,} only suggested, and marked so" if suggested else ", all reviewed"
    return f"The names of the archive{unlike}", counted(len(archive.entities), "name")
