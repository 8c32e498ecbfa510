"""Reports and mentions as JSON rows for the cache, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from readingroom.model import CleaningStep, Mark, Mention, Original, Passage, Report

if TYPE_CHECKING:
    from collections.abc import Sequence


def report_row(report: Report) -> list[object]:
    """Flatten a report, field by field in the order of its class."""
    return [
        report.id, report.path, report.title, report.dek, report.publisher, report.published, report.date_basis,
        report.date_evidence, report.source, report.language, report.original, report.cleaning, report.publish,
        report.paragraphs,
    ]  # fmt: skip


def report_of(row: Sequence[Any]) -> Report:
    """Rebuild the report that `report_row` flattened."""
    original, cleaning, publish, paragraphs = row[10:]
    return Report(
        *row[:10],
        original=Original(*original) if original else None,
        cleaning=tuple(_step(step) for step in cleaning),
        publish=publish,
        paragraphs=tuple(_passage(passage) for passage in paragraphs),
    )


def mentions_of(rows: object) -> tuple[Mention, ...]:
    """Rebuild mentions from their rows."""
    return tuple(Mention(*row[:9], tuple(row[9])) for row in cast("list[list[Any]]", rows))


def _step(row: Sequence[Any]) -> CleaningStep:
    step, times, words, lines = row
    return CleaningStep(step, times, tuple((old, new) for old, new in words), tuple(lines))


def _passage(row: Sequence[Any]) -> Passage:
    anchor, text, block, marks = row
    return Passage(anchor, text, block, tuple(Mark(*mark) for mark in marks))
