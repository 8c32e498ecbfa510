"""Reports and mentions as JSON rows for the cache, and back."""

from __future__ import annotations

from dataclasses import fields
from sys import intern
from typing import TYPE_CHECKING, Any, cast

from readingroom.model import Card, CleaningStep, Entity, Mark, Mention, Original, Passage, Point, Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


ENTITY = tuple(field.name for field in fields(Entity))
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


def card_of(row: Sequence[Any]) -> Card:
    """Rebuild the card that JSON stored as a list; what many of these say alike is in memory once."""
    key, path, title, publisher, published, language, *others = row
    return Card(key, path, title, intern(publisher), intern(published), intern(language), *others)


def entity_row(entity: Entity) -> list[object]:
    """Flatten an entity, field by field in the order of its class."""
    return [getattr(entity, name) for name in ENTITY]


def entity_of(row: Sequence[Any]) -> Entity:
    """Rebuild the entity that `entity_row` flattened."""
    values = dict(zip(ENTITY, row, strict=True))
    for name in ("variants", "refers", "distinct_from"):
        values[name] = tuple(values[name])
    for name in ("native", "ids"):
        values[name] = tuple((one, other) for one, other in values[name])
    return Entity(**{**values, "at": Point(*values["at"]) if values["at"] else None})


def mentions_row(report: Report, mentions: Iterable[Mention]) -> list[object]:
    """Flatten mentions of a report: what they say of names, each once, and four numbers a mention.

    The numbers are those of the passage, of the start, of the end, and of what is said.
    """
    passages = {passage.anchor: number for number, passage in enumerate(report.passages)}
    said: dict[tuple[object, ...], int] = {}
    numbers: list[int] = []
    for one in mentions:
        what = (one.kind, one.entity, one.status, one.confidence, one.why)
        numbers += (passages[one.paragraph], one.start, one.end, said.setdefault(what, len(said)))
    return [list(said), numbers]


def mentions_of(report: Report, row: object) -> tuple[Mention, ...]:
    """Rebuild the mentions that `mentions_row` flattened."""
    said, numbers = cast("tuple[list[Any], list[int]]", row)
    tails = [(kind, entity, status, confidence, tuple(why)) for kind, entity, status, confidence, why in said]
    passages = [(passage.anchor, passage.text) for passage in report.passages]
    each = iter(numbers)
    return tuple(
        Mention(report.id, passages[passage][0], start, end, passages[passage][1][start:end], *tails[what])
        for passage, start, end, what in zip(each, each, each, each, strict=True)
    )


def quotes_key(path: str, entity: str) -> str:
    """Return the key of what is quoted of a report on the page of an entity."""
    return f"{path}\0{entity}"  # no file has that in its name


def lines_key(path: str, table: str) -> str:
    """Return the key of the lines that a report has in a table."""
    return f"{path}\0{table}"


def _step(row: Sequence[Any]) -> CleaningStep:
    step, times, words, lines = row
    return CleaningStep(step, times, tuple((old, new) for old, new in words), tuple(lines))


def _passage(row: Sequence[Any]) -> Passage:
    anchor, text, block, marks = row
    return Passage(anchor, text, block, tuple(Mark(*mark) for mark in marks))
