"""What the templates of copies receive: pages that are no part of the site, made to be handed on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from readingroom.views import Chrome, Head


@dataclass(frozen=True, slots=True)
class ReadmeView:
    """The page for whoever receives the archive in a zip; `searches` says whether it has full-text search."""

    chrome: Chrome
    head: Head
    folder: str
    reports: int
    entities: int
    searches: bool


CopyView = ReadmeView
