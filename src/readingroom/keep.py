"""Reports and mentions as JSON rows for the cache, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from readingroom.model import CleaningStep, Mark, Mention, Original, Passage, Report

if TYPE_CHECKING:
    from collections.abc import Sequence


TEXTS = (
    "id", "path", "title", "dek", "publisher", "published", "date_basis", "date_evidence", "source", "language",
)  # fmt: skip


def report_row(report: Report) -> list[object]:
    """Flatten a report, field by field in the order of its class."""
    texts = [getattr(report, name) for name in TEXTS]
    return [*texts, report.original, report.cleaning, report.publish, report.paragraphs]


def report_of(row: Sequence[Any]) -> Report:
    """Rebuild the report that `report_row` flattened."""
    original, cleaning, publish, paragraphs = row[len(TEXTS) :]
    texts = dict(zip(TEXTS, row, strict=False))
    return Report(
        **texts,
        original=Original(*original) if original else None,
        cleaning=tuple(_step(step) for step in cleaning),
        publish=publish,
        paragraphs=tuple(_passage(passage) for passage in paragraphs),
    )


def mentions_of(rows: object) -> tuple[Mention, ...]:
    """Rebuild mentions from their rows."""
    return tuple(Mention._make((*row[:-1], tuple(row[-1]))) for row in cast("list[list[Any]]", rows))


def _step(row: Sequence[Any]) -> CleaningStep:
    step, times, words, lines = row
    return CleaningStep(step, times, tuple((old, new) for old, new in words), tuple(lines))


def _passage(row: Sequence[Any]) -> Passage:
    anchor, text, block, marks = row
    return Passage(anchor, text, block, tuple(Mark(*mark) for mark in marks))
