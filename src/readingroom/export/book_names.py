"""The registers at the end of the book: every published name, and every passage that names it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from readingroom.authority import ROLE_SOURCE, lineage
from readingroom.book_views import (
    BookLetter,
    BookLink,
    BookMentions,
    BookName,
    BookNamesView,
    BookPlace,
    BookSpelling,
    BookText,
    BookYear,
)
from readingroom.concordance import where
from readingroom.export.book_layout import A_NAME, A_PLACE, A_REPORT, FULL, distinct, name_anchor
from readingroom.language import direction
from readingroom.markdown import to_xhtml
from readingroom.pages.frame import date_of, year_of
from readingroom.pages.lists import filing, letter_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from readingroom.export.book_layout import Shelf
    from readingroom.export.book_reports import Desk
    from readingroom.model import Entity


class Sheet(NamedTuple):
    """A file of a register: its address, its view, and its first and last letter."""

    url: str
    view: BookNamesView
    first: str
    last: str


class _Piece(NamedTuple):
    """A name, or a part of what is listed of it, and about how many bytes it will take."""

    letter: str
    name: BookName
    weight: int


def sheets(desk: Desk, shelf: Shelf) -> Iterator[Sheet]:
    """Make the file of a shelf, and more of them where one name fills more than one."""
    pieces: list[_Piece] = []
    size, number = 0, 1
    for piece in _pieces(desk, shelf):
        if pieces and piece.name.continued and size + piece.weight > FULL:
            yield _sheet(desk, shelf, number, pieces)
            pieces, size, number = [], 0, number + 1
        pieces.append(piece)
        size += piece.weight
    yield _sheet(desk, shelf, number, pieces)


def _sheet(desk: Desk, shelf: Shelf, number: int, pieces: list[_Piece]) -> Sheet:
    url = shelf.url if number == 1 else f"{shelf.url.removesuffix('.xhtml')}.{number}.xhtml"
    letters = tuple(
        BookLetter(letter, tuple(piece.name for piece in group))
        for letter, group in groupby(pieces, key=lambda piece: piece.letter)
    )
    view = BookNamesView(desk.frame, shelf.kind.plural, shelf.part, letters)
    return Sheet(url, view, letters[0].letter, letters[-1].letter)


def _pieces(desk: Desk, shelf: Shelf) -> Iterator[_Piece]:
    for key in shelf.ids:
        entity = desk.archive.entities[key]
        letter = letter_of(filing(entity.name))
        name = _name(desk, entity)
        for number, (reports, weight) in enumerate(_cut(_mentions(desk, key))):
            by_year = groupby(reports, key=lambda one: one[0])
            years = tuple(BookYear(year, tuple(row for _, row in rows)) for year, rows in by_year)
            piece = (_continued(name, number) if number else name)._replace(years=years)
            yield _Piece(letter, piece, weight + (0 if number else A_NAME + len(entity.note.encode())))


def _continued(name: BookName, number: int) -> BookName:
    return name._replace(
        id=f"{name.id}.{number + 1}",
        continued=True,
        native=(),
        lineage=(),
        role="",
        role_source=BookLink("", ""),
        note=name.note[:0],
        distinct_from=(),
        spellings=(),
    )


def _cut(rows: Iterable[tuple[str, BookMentions]]) -> Iterator[tuple[list[tuple[str, BookMentions]], int]]:
    """Cut what is listed of a name so that no part fills more than a file; there is always one."""
    part: list[tuple[str, BookMentions]] = []
    size = 0
    for year, row in rows:
        weight = A_REPORT + A_PLACE * len(row.places)
        if part and size + weight > FULL - A_NAME:
            yield part, size
            part, size = [], 0
        part.append((year, row))
        size += weight
    yield part, size


def _mentions(desk: Desk, key: str) -> Iterator[tuple[str, BookMentions]]:
    """List the passages that name an entity, report by report, each with its year."""
    for position, found in groupby(desk.occurrences.of(key), key=lambda one: one[0]):
        card = desk.archive.cards[position]
        places = tuple(
            BookPlace(where(anchor), desk.guide.report(card.id, anchor), probable) for _, anchor, probable in found
        )
        year = year_of(card)
        yield "Without a date" if year == "undated" else year, BookMentions(date_of(card), places)


def _name(desk: Desk, entity: Entity) -> BookName:
    archive = desk.archive
    role, source = _role(desk, entity)
    spelt = archive.naming.spelt(entity.id)
    return BookName(
        id=name_anchor(entity),
        kind=entity.kind,
        name=entity.name,
        suggested=entity.suggested,
        continued=False,
        native=tuple(BookText(text, language, direction(language)) for language, text in entity.native),
        lineage=tuple(
            BookLink(desk.named[one.id].name, desk.named[one.id].url)
            for one in lineage(entity, archive.entities)
            if one.id in desk.named
        ),
        role=role,
        role_source=source,
        note=desk.guide.linked(to_xhtml(entity.note), entity.url),
        distinct_from=distinct(archive, entity, desk.named),
        spellings=tuple(
            BookSpelling(text, found.total)
            for text, found in sorted(spelt.items(), key=lambda item: (-item[1].total, item[0]))
        ),
        mentions=archive.naming.total(entity.id),
        reports=len(archive.naming.holders(entity.id)),
        years=(),
    )


def _role(desk: Desk, entity: Entity) -> tuple[str, BookLink]:
    """Return what is said of a person's role, and where it is said if that is published."""
    match = ROLE_SOURCE.search(entity.role)
    if match is None:
        return entity.role, BookLink("", "")
    words, archive = entity.role[: match.start()], desk.archive
    if match[1] not in archive.position:
        return words, BookLink("", "")
    report = archive.shown[match[1]].report
    known = match[2] in {passage.anchor for passage in report.passages}
    said = f"{date_of(report)}, {where(match[2])}" if known else date_of(report)
    return words, BookLink(said, desk.guide.report(report.id, match[2] if known else ""))
