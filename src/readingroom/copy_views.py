"""What the templates of copies receive: pages that are no part of the site, made to be handed on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from readingroom.book_views import BookFileView

if TYPE_CHECKING:
    from readingroom.views import Chrome, Head, ReportView


@dataclass(frozen=True, slots=True)
class ReadmeView:
    """The page for whoever receives the archive in a zip; `searches` says whether it has full-text search."""

    chrome: Chrome
    head: Head
    folder: str
    reports: int
    entities: int
    searches: bool


@dataclass(frozen=True, slots=True)
class CollectionView:
    """Reports in full, one after the other, such as those of a month."""

    chrome: Chrome
    head: Head
    label: str
    reports: tuple[ReportView, ...]


CopyView = ReadmeView | CollectionView | BookFileView
