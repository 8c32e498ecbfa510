"""Everything to take away: mentions, reports and entities as data, originals, checksums."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import TYPE_CHECKING

from readingroom.authority import ROLE_SOURCE
from readingroom.output import Page, Text
from readingroom.pages.frame import canonical, chrome
from readingroom.problems import counted
from readingroom.views import DataFile, DataView, Head, Link

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from readingroom.index import Archive
    from readingroom.model import Entity, Mention
    from readingroom.output import Copy, Output

MENTION_COLUMNS = (
    "report",
    "paragraph",
    "start",
    "end",
    "text",
    "kind",
    "entity",
    "status",
    "confidence",
    "why",
)
REPORT_COLUMNS = (
    "id", "title", "dek", "publisher", "published", "date_basis", "date_evidence", "source", "language", "original",
    "sha256",
)  # fmt: skip
SUMS = "data/SHA256SUMS"


def data_outputs(archive: Archive, originals: Sequence[Copy]) -> Iterator[Output]:
    """Make the data files, their checksums, and the page that offers them."""
    mentions, entities, reports = (
        Text("data/mentions.csv", mentions_csv(archive)),
        Text("data/entities.json", entities_json(archive)),
        Text("data/reports.csv", reports_csv(archive)),
    )
    named = sum(map(len, archive.mentions.values()))
    files = [
        (mentions, "Every mention the site shows, with its place in the text", counted(named, "mention")),
        (entities, "The names of the archive, as reviewed", counted(len(archive.entities), "name")),
        (reports, "Headline, date and its basis, source, checksum", counted(len(archive.reports), "report")),
    ]
    rows = [(sha256(text.text), text.url) for text, _, _ in files] + [(copy.digest, copy.url) for copy in originals]
    yield from (text for text, _, _ in files)
    yield Text(SUMS, "".join(f"{digest}  {url}\n" for digest, url in sorted(rows, key=lambda item: item[1])))
    yield _page(archive, files, originals)


def mention_values(mention: Mention) -> dict[str, object]:
    """Return a mention as FORMATS.md's `mentions --json` shows it."""
    return dict(zip(MENTION_COLUMNS, mention, strict=True)) | {"why": list(mention.why)}


def mentions_csv(archive: Archive) -> str:
    """List every mention shown, in order of report and position."""
    rows = (
        (*mention[:-1], "; ".join(mention.why)) for report in archive.reports for mention in archive.mentions[report.id]
    )
    return _csv(MENTION_COLUMNS, rows)


def reports_csv(archive: Archive) -> str:
    """List every report published."""
    rows = (
        (
            report.id, report.title, report.dek, report.publisher, report.published, report.date_basis,
            report.date_evidence, report.source, report.language,
            report.original.path if report.original else "", report.original.sha256 if report.original else "",
        )
        for report in archive.reports
    )  # fmt: skip
    return _csv(REPORT_COLUMNS, rows)


def entities_json(archive: Archive) -> str:
    """List every entity published, with how often it is named."""
    rows = [_entity(archive, entity) for entity in archive.entities.values()]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def sha256(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 bytes, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


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
        "mentions": len(archive.named[entity.id]),
        "reports": len({mention.report for mention in archive.named[entity.id]}),
    }
    return {key: value for key, value in values.items() if value not in (None, "", (), {})}


def _role(archive: Archive, role: str) -> str:
    """Return a role with the passage that says it, as long as its report is published."""
    cited = ROLE_SOURCE.search(role)
    return role[: cited.start()] if cited and cited[1] not in archive.report else role


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return buffer.getvalue()


def _cell(value: object) -> object:
    """Keep a spreadsheet from running a text as a formula (OWASP: CSV injection)."""
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value


def _page(archive: Archive, files: list[tuple[Text, str, str]], originals: Sequence[Copy]) -> Page:
    config = archive.config
    head = Head(
        "Data",
        f"Everything in {config.title} to download: mentions, reports, names, original texts, checksums.",
        canonical(config, "data.html"),
    )
    view = DataView(
        chrome(archive, "data.html"),
        head,
        tuple(
            DataFile(text.url.partition("/")[2], text.url, about, rows, len(text.text.encode()), sha256(text.text))
            for text, about, rows in files
        ),
        tuple(DataFile(copy.url.partition("/")[2], copy.url, "", "", copy.size, copy.digest) for copy in originals),
        Link("SHA256SUMS", SUMS),
    )
    return Page("data.html", "data.html", view)
