"""The edition of an archive: what its copies are told apart by, on paper, on a stick and on the web."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from readingroom.dates import display, sort_key
from readingroom.digest import digest

if TYPE_CHECKING:
    from readingroom.index import Archive
    from readingroom.pages.bases import Bases

SHOWN = 8


class Edition(NamedTuple):
    """The day of the newest report or change (ISO, empty where none has a date), and a digest of what is shown."""

    day: str
    digest: str

    @property
    def name(self) -> str:
        """What the edition is called.

        >>> Edition("2018-02-09", "3fa9c1de").name, Edition("", "3fa9c1de").name
        ('2018-02-09-3fa9c1de', 'undated-3fa9c1de')
        """
        return f"{self.day or 'undated'}-{self.digest}"

    @property
    def newest(self) -> str:
        """The day in words, empty where there is none."""
        return display(self.day) if self.day else ""


def edition(archive: Archive, bases: Bases) -> Edition:
    """Name the edition of an archive: equal names mean equal content, wherever it is published and however it looks."""
    days = [sort_key(card.published) for card in archive.cards if card.published]
    days += [sort_key(change.date) for change in archive.changes]
    config = replace(archive.config, url="", offline_search=True)
    pages = [(page.slug, page.title, page.markdown.strip()) for page in archive.pages]
    reports, entities = bases.all_reports.hex(), bases.all_entities.decode()
    whole = (config, pages, archive.changes, archive.withdrawn, archive.moved, reports, entities)
    return Edition(max(days, default=""), digest(whole)[:SHOWN])
