"""What the search index is made from: every report's words and names, apart from its page."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from readingroom.dates import sort_key
from readingroom.pages.frame import year_of
from readingroom.searchable import Searchable, searchable_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from readingroom.index import Archive


def searchables(archive: Archive) -> tuple[Searchable, ...]:
    """Describe every report to the plan of the index, in order of date, those without one last."""
    pairs = {entity.id: (entity.kind, entity.id) for entity in archive.entities.values()}
    found = (_searchable(archive, position, pairs) for position in range(len(archive.cards)))
    return tuple(sorted(found, key=lambda one: (not one.day, one.day, one.url)))


def labels(archive: Archive) -> Mapping[str, str]:
    """Return the names that readers see, by entity id."""
    return {entity.id: entity.name for entity in archive.entities.values()}


def texts(archive: Archive) -> Callable[[Iterable[str]], Iterator[tuple[str, str]]]:
    """Give the function that writes what the index is given of the reports on some pages, one by one."""

    @cache
    def by_url() -> Mapping[str, str]:
        return {card.url: card.id for card in archive.cards}

    def write(urls: Iterable[str]) -> Iterator[tuple[str, str]]:
        for url in urls:
            yield url, searchable_page(archive.shown[by_url()[url]].report)

    return write


def _searchable(archive: Archive, position: int, pairs: Mapping[str, tuple[str, str]]) -> Searchable:
    card = archive.cards[position]
    names = [pairs[key] for key in sorted(archive.naming.of_report(position))]
    publisher = [("publisher", card.publisher)] if card.publisher else []
    day = sort_key(card.published) if card.published else ""
    return Searchable(card.url, day, year_of(card), card.words, (*names, *publisher))
