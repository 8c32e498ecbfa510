"""The reports in order, a file a month, or several where a month is long."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from readingroom.book_views import BookChange, BookLink, BookPassage, BookReport, BookReportsView
from readingroom.citing import plain
from readingroom.export.book_layout import FULL, passage_anchor
from readingroom.language import direction
from readingroom.link import link
from readingroom.pages.frame import changes_of, date_of
from readingroom.pages.report import date_note

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from readingroom.book_views import BookFrame
    from readingroom.export.book_layout import Face, Guide, Month, Occurrences
    from readingroom.index import Archive, Shown

A_REPORT, A_PARAGRAPH = 1_000, 90


class Desk(NamedTuple):
    """What is needed to write the book: the archive, the frame of its files, and where things stand."""

    archive: Archive
    frame: BookFrame
    named: dict[str, Face]
    guide: Guide
    occurrences: Occurrences


class Chapter(NamedTuple):
    """A file of reports: its address, its view, the positions of its reports."""

    url: str
    view: BookReportsView
    positions: tuple[int, ...]


def chapters(desk: Desk, month: Month) -> Iterator[Chapter]:
    """Make the files of a month one after the other; a file ends where the next report would make it too long."""
    reports: list[BookReport] = []
    positions: list[int] = []
    size, part = 0, 0
    for position in month.positions:
        report = _report(desk, position)
        weight = _weight(report)
        if reports and size + weight > FULL:
            yield _chapter(desk, month, part, reports, positions)
            reports, positions, size, part = [], [], 0, part + 1
        reports.append(report)
        positions.append(position)
        size += weight
    yield _chapter(desk, month, part, reports, positions)


def _chapter(desk: Desk, month: Month, part: int, reports: list[BookReport], positions: list[int]) -> Chapter:
    number = f".{part + 1}" if part else ""
    url = f"reports-{month.key}{number}.xhtml"
    for position in positions:
        desk.guide.put(desk.archive.cards[position].id, url)
    view = BookReportsView(desk.frame, month.label, part + 1 if part else 0, tuple(reports))
    return Chapter(url, view, tuple(positions))


def _weight(report: BookReport) -> int:
    return A_REPORT + sum(A_PARAGRAPH + len(passage.html.encode()) for passage in report.passages)


def _report(desk: Desk, position: int) -> BookReport:
    archive = desk.archive
    shown = archive.shown[archive.cards[position].id]
    report = shown.report
    desk.occurrences.add(position, shown)
    html = _passages(desk, shown)
    note, where = date_note(report)
    return BookReport(
        id=f"r{report.id}",
        name=report.title,
        publisher=report.publisher,
        title=html["title"],
        dek=html.get("dek", Markup()),
        language=report.language,
        direction=direction(report.language),
        date=date_of(report),
        date_note=note,
        date_evidence=f"#{passage_anchor(report.id, where)}" if where else "",
        passages=tuple(
            BookPassage(
                passage_anchor(report.id, one.anchor), one.anchor.removeprefix("p"), one.block, html[one.anchor]
            )
            for one in report.paragraphs
        ),
        citation=plain(report, archive.config),
        changes=changes(desk, report.id),
    )


def _passages(desk: Desk, shown: Shown) -> Mapping[str, Markup]:
    here = shown.of_passages()
    back = desk.archive.config.link_references
    return {
        passage.anchor: desk.guide.linked(
            link(passage, here[passage.anchor], desk.named, "", back=back), shown.report.url
        )
        for passage in shown.report.passages
    }


def changes(desk: Desk, target: str) -> tuple[BookChange, ...]:
    """List what was changed of a report or a name, the newest first; an empty target lists all."""
    return tuple(
        BookChange(
            one.date, one.kind, one.note, BookLink(one.of.text, desk.guide.lead(one.of.url, "") if one.of.url else "")
        )
        for one in changes_of(desk.archive, target, "")
    )
