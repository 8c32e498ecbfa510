"""What the templates of the e-book receive: one frozen view a file, and nothing else.

All files of the book lie in one folder, so addresses are their names, with an anchor where one is meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from markupsafe import Markup


class BookText(NamedTuple):
    """A text with its language (BCP 47) and direction."""

    text: str
    language: str
    direction: str


class BookLink(NamedTuple):
    """A text and where it leads; the address may be empty."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class BookFrame:
    """What every file of the book knows: the archive's name, its edition, and where it stands on the web, if it does.

    `newest` is the day of the edition's newest report or change in words, empty where none has a date.
    """

    title: BookText
    edition: str
    newest: str
    live: str


class BookItem(NamedTuple):
    """A file of the book as its package lists it; `properties` as EPUB names them, `spine` if it is to be read."""

    url: str
    media_type: str
    properties: str
    spine: bool


@dataclass(frozen=True, slots=True)
class BookView:
    """The package: what the book is, and all its files in reading order.

    `identifier` is made from the content, `modified` (UTC) and `date` from the edition; `languages` are those of the
    reports, the most frequent first; `direction` is that of turning pages.
    """

    frame: BookFrame
    identifier: str
    modified: str
    date: str
    languages: tuple[str, ...]
    direction: str
    description: str
    creators: tuple[str, ...]
    publisher: str
    summary: str
    items: tuple[BookItem, ...]


class BookBar(NamedTuple):
    """One bar of the cover's drawing; x grows to the right, y down, in the drawing's units."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class BookCoverView:
    """The cover: title and subtitle in lines that fit, reports over time as bars, and what stands below."""

    frame: BookFrame
    size: int
    lines: tuple[str, ...]
    subtitle: tuple[str, ...]
    bars: tuple[BookBar, ...]
    foot: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BookTitleView:
    """The page after the cover: what the archive says of itself, what is in it, how to read it, whom to ask.

    `first` and `last` are the dates of its first and last report, in words.
    """

    frame: BookFrame
    subtitle: str
    introduction: Markup
    reports: int
    undated: int
    first: str
    last: str
    publishers: tuple[str, ...]
    names: tuple[BookLink, ...]
    suggested: bool
    maintainer: str
    contact: str


@dataclass(frozen=True, slots=True)
class BookPageView:
    """A page that people of the archive wrote."""

    frame: BookFrame
    title: str
    body: Markup


class BookChange(NamedTuple):
    """A correction, withdrawal or addition: when, of what, what was done."""

    date: str
    kind: str
    note: str
    of: BookLink


@dataclass(frozen=True, slots=True)
class BookChangesView:
    """Corrections, withdrawals and additions, the newest first."""

    frame: BookFrame
    changes: tuple[BookChange, ...]


class BookPassage(NamedTuple):
    """A paragraph: its anchor in its file, its number, its element, its linked text."""

    id: str
    number: str
    block: str
    html: Markup


class BookReport(NamedTuple):
    """One report: `id` is its anchor, `date_note` says where the date comes from, `date_evidence` is the anchor."""

    id: str
    name: str
    publisher: str
    title: Markup
    dek: Markup
    language: str
    direction: str
    date: str
    date_note: str
    date_evidence: str
    passages: tuple[BookPassage, ...]
    citation: Markup
    changes: tuple[BookChange, ...]


@dataclass(frozen=True, slots=True)
class BookReportsView:
    """The reports of one month, or a part of them where they are many; `part` counts from 2, 0 is the first."""

    frame: BookFrame
    label: str
    part: int
    reports: tuple[BookReport, ...]


class BookPlace(NamedTuple):
    """A passage that names an entity; of `probable` ones only the distance to places nearby says that it is meant."""

    label: str
    url: str
    probable: bool


class BookMentions(NamedTuple):
    """The passages of one report that name an entity."""

    date: str
    places: tuple[BookPlace, ...]


class BookYear(NamedTuple):
    """A year of mentions, report by report."""

    year: str
    reports: tuple[BookMentions, ...]


class BookSpelling(NamedTuple):
    """A spelling as printed, and how often."""

    text: str
    total: int


class BookName(NamedTuple):
    """A name of the register, or its continuation (`continued`) where it is named very often."""

    id: str
    kind: str
    name: str
    suggested: bool
    continued: bool
    native: tuple[BookText, ...]
    lineage: tuple[BookLink, ...]
    role: str
    role_source: BookLink
    note: Markup
    distinct_from: tuple[BookLink, ...]
    spellings: tuple[BookSpelling, ...]
    mentions: int
    reports: int
    years: tuple[BookYear, ...]


class BookLetter(NamedTuple):
    """The names filed under one letter."""

    letter: str
    names: tuple[BookName, ...]


@dataclass(frozen=True, slots=True)
class BookNamesView:
    """The register of one kind, A to Z, or a part of it where it is long; `part` counts from 2, 0 is the first."""

    frame: BookFrame
    plural: str
    part: int
    letters: tuple[BookLetter, ...]


class BookEntry(NamedTuple):
    """An entry of the table of contents and those below it."""

    text: str
    language: str
    direction: str
    url: str
    entries: tuple[BookEntry, ...]


@dataclass(frozen=True, slots=True)
class BookContentsView:
    """The table of contents, and the landmarks that reading programs offer: (kind, text, address)."""

    frame: BookFrame
    entries: tuple[BookEntry, ...]
    landmarks: tuple[tuple[str, str, str], ...]


BookFileView = (
    BookView
    | BookCoverView
    | BookTitleView
    | BookPageView
    | BookChangesView
    | BookReportsView
    | BookNamesView
    | BookContentsView
)
