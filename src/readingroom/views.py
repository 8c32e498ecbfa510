"""What templates receive: one frozen view a page, and nothing else.

The digest of each field decides whether a page is rendered again (plan.py), so a view holds exactly what
its page shows. Text is plain and escaped by the template; `Markup` fields were built from escaped text.
URLs are relative to the page they stand on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from readingroom.chart_views import Chart  # noqa: TC001 - what a view holds can be asked of it
from readingroom.feed_views import FeedView, RobotsView, SitemapsView, SitemapView

if TYPE_CHECKING:
    from markupsafe import Markup


class Link(NamedTuple):
    """A text and where it leads."""

    text: str
    url: str


class NavItem(NamedTuple):
    """One entry of the site's navigation."""

    text: str
    url: str
    current: bool


class Copy(NamedTuple):
    """What makes a page a copy that stands alone: its edition and where the living page is; all its CSS, and its hash.

    `newest` is the day of the edition's newest report or change in words; `live` is the address of the page on the
    web, or of the archive; both may be empty. `style_hash` is the source expression that the page's policy allows.
    """

    edition: str
    newest: str
    live: str
    style: Markup
    style_hash: str


@dataclass(frozen=True, slots=True)
class Chrome:
    """What surrounds every page: the archive's name, the way to its root (`""`, `"../"`), navigation.

    `language` and `direction` are those of the archive's own words; the words of the pages are English. `live` is
    where the archive stands on the web, empty where it does not say; `copy` is there on pages made to be handed on.
    """

    title: str
    subtitle: str
    language: str
    direction: str
    root: str
    nav: tuple[NavItem, ...]
    maintainer: str
    contact: str
    feed: bool
    live: str = ""
    copy: Copy | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What the page says to machines; `meta` holds (name, content) pairs, `json_ld` is ready for a script element."""

    title: str
    description: str
    canonical: str = ""
    robots: str = ""
    meta: tuple[tuple[str, str], ...] = ()
    json_ld: Markup | str = ""


class Entry(NamedTuple):
    """A named entity in a list: how often it is named there, and where first.

    `where` is an anchor of the same page (`title`, `p4`); it is empty outside a report's register.
    `suggested` entries were found by the program and not yet reviewed by a person; of `probable` ones only the
    distance to places named nearby says that they are meant.
    """

    name: str
    url: str
    total: int
    where: str = ""
    suggested: bool = False
    probable: bool = False


class Register(NamedTuple):
    """The entities of one kind, the most named first; `more` counts those left out."""

    kind: str
    plural: str
    url: str
    entries: tuple[Entry, ...]
    more: int = 0


class ReportRow(NamedTuple):
    """A report in a list; `names` are the entities most named in it."""

    title: str
    url: str
    date: str
    date_iso: str
    publisher: str
    language: str
    direction: str
    names: tuple[str, ...]


class PassageView(NamedTuple):
    """A paragraph as published: its anchor, the number shown beside it, its element and linked text."""

    anchor: str
    number: str
    block: str
    html: Markup


class RelatedReport(NamedTuple):
    """Another report and, in words, what it shares with this one."""

    title: str
    url: str
    date: str
    reason: Markup


class Citation(NamedTuple):
    """A reference in one of the usual forms, ready to copy."""

    form: str
    text: Markup


class StepView(NamedTuple):
    """One step of cleaning in words, with the words it changed and the lines it dropped."""

    label: str
    words: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]


class Provenance(NamedTuple):
    """Where the text comes from: the seed kept in the archive, its SHA-256, what cleaning changed."""

    original: Link | None
    sha256: str
    steps: tuple[StepView, ...]


class ChangeView(NamedTuple):
    """A correction, withdrawal or addition: when, what, of which page."""

    date: str
    kind: str
    note: str
    of: Link


@dataclass(frozen=True, slots=True)
class ReportView:
    """The page of one report."""

    chrome: Chrome
    head: Head
    id: str
    publisher: str
    title: Markup
    dek: Markup
    language: str
    direction: str
    date: str
    date_iso: str
    date_note: str
    date_evidence: str
    month: Link
    words: int
    source: Link | None
    passages: tuple[PassageView, ...]
    registers: tuple[Register, ...]
    related: tuple[RelatedReport, ...]
    previous: Link | None
    next: Link | None
    citations: tuple[Citation, ...]
    provenance: Provenance
    changes: tuple[ChangeView, ...]


class NativeName(NamedTuple):
    """A name in its own script."""

    text: str
    language: str
    direction: str


class SpellingView(NamedTuple):
    """One spelling as attested: how often it is printed, and where first."""

    text: str
    total: int
    url: str


class Companion(NamedTuple):
    """An entity named in the same sentences: how many, and where one of them stands."""

    name: str
    url: str
    total: int
    evidence: str


class CompanionGroup(NamedTuple):
    """The companions of one kind."""

    kind: str
    plural: str
    entries: tuple[Companion, ...]


class Position(NamedTuple):
    """Where a place is, in words people can check."""

    text: str
    precision: str
    source: str


@dataclass(frozen=True, slots=True)
class EntityView:
    """The page of one entity, or one year or month (`year`) of it where its concordance is cut.

    `concordance` holds a section a report, ready to print: every mention in its context, linked to its paragraph.
    """

    chrome: Chrome
    head: Head
    id: str
    kind: str
    label: str
    index: Link
    name: str
    native: tuple[NativeName, ...]
    lineage: tuple[Link, ...]
    parts: tuple[Entry, ...]
    role: str
    role_source: Link | None
    note: Markup
    position: Position | None
    ids: tuple[Link, ...]
    distinct_from: tuple[Link, ...]
    spellings: tuple[SpellingView, ...]
    mentions: int
    reports: int
    span: str
    chart: Chart | None
    year: str
    years: tuple[Entry, ...]
    concordance: tuple[Markup, ...]
    companions: tuple[CompanionGroup, ...]
    reviewed: str
    reviewed_by: str
    suggested: bool
    inferred: int
    changes: tuple[ChangeView, ...]


class IndexEntry(NamedTuple):
    """One line of an A–Z index: an entity, or a see-reference from a spelling (`see` is its heading).

    `suggested` entries were found by the program and not yet reviewed by a person.
    """

    name: str
    url: str
    total: int
    native: str
    native_language: str
    native_direction: str
    within: str
    see: str
    suggested: bool = False


class IndexLetter(NamedTuple):
    """The entries filed under one letter."""

    letter: str
    anchor: str
    entries: tuple[IndexEntry, ...]


@dataclass(frozen=True, slots=True)
class IndexView:
    """The A–Z index of one kind."""

    chrome: Chrome
    head: Head
    kind: str
    plural: str
    total: int
    suggested: int
    letters: tuple[IndexLetter, ...]


class MonthGroup(NamedTuple):
    """A month and its reports; `reports` stays empty where there are too many to list.

    `month` is its number (0: reports without a date); `level` from 0 to 4 says how full it is beside the
    fullest month, and shades the grid of the front page.
    """

    label: str
    url: str
    total: int
    reports: tuple[ReportRow, ...]
    month: int = 0
    level: int = 0


class YearGroup(NamedTuple):
    """A year and its months."""

    year: str
    total: int
    months: tuple[MonthGroup, ...]


@dataclass(frozen=True, slots=True)
class ReportsView:
    """All reports by year and month."""

    chrome: Chrome
    head: Head
    total: int
    years: tuple[YearGroup, ...]


@dataclass(frozen=True, slots=True)
class MonthView:
    """The reports of one month, or those without a date; or of one day of a long month, which is then `month`.

    A long month lists its `days` and, as `reports`, those whose date names no day.
    """

    chrome: Chrome
    head: Head
    label: str
    month: Link | None
    days: tuple[Entry, ...]
    reports: tuple[ReportRow, ...]
    previous: Link | None
    next: Link | None


class Coverage(NamedTuple):
    """What the archive holds: counts, first and last date, who published the reports."""

    reports: int
    undated: int
    first: str
    last: str
    publishers: tuple[str, ...]
    names: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class HomeView:
    """The front page."""

    chrome: Chrome
    head: Head
    introduction: Markup
    coverage: Coverage
    years: tuple[YearGroup, ...]
    latest: tuple[ReportRow, ...]
    registers: tuple[Register, ...]
    changes: tuple[ChangeView, ...]
    citation: Markup


class SearchKind(NamedTuple):
    """A kind the search can be narrowed by."""

    name: str
    label: str
    plural: str


@dataclass(frozen=True, slots=True)
class SearchView:
    """The search page."""

    chrome: Chrome
    head: Head
    kinds: tuple[SearchKind, ...]
    examples: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class FreeView:
    """A page people wrote themselves."""

    chrome: Chrome
    head: Head
    title: str
    body: Markup


@dataclass(frozen=True, slots=True)
class ChangesView:
    """Corrections, withdrawals and additions, the newest first."""

    chrome: Chrome
    head: Head
    changes: tuple[ChangeView, ...]


class DataFile(NamedTuple):
    """A file to download: rows, size in bytes and SHA-256."""

    name: str
    url: str
    about: str
    rows: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class DataView:
    """The page of downloads; `more` counts the originals it does not list.

    `edition` names the content; `newest` is the day of its newest report or change in words, empty if none is dated.
    """

    chrome: Chrome
    head: Head
    edition: str
    newest: str
    files: tuple[DataFile, ...]
    originals: tuple[DataFile, ...]
    more: int
    sums: Link


@dataclass(frozen=True, slots=True)
class MovedView:
    """An address that moved: where it leads now; browsers go there by themselves."""

    chrome: Chrome
    head: Head
    target: Link


@dataclass(frozen=True, slots=True)
class AmbiguousView:
    """A spelling that several entities bear: which they are, and where it stands undecided, as in a concordance.

    `apart` says for each entity where it lies: the places around it, its position, the nearest place we know.
    """

    chrome: Chrome
    head: Head
    spelling: str
    entities: tuple[IndexEntry, ...]
    undecided: tuple[Markup, ...]
    apart: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WithdrawnView:
    """The address of a report that was withdrawn: its id, when and why, and nothing of the report itself."""

    chrome: Chrome
    head: Head
    id: str
    date: str
    note: str


@dataclass(frozen=True, slots=True)
class MissingView:
    """The page for addresses that lead nowhere; its links are absolute, for it answers at any depth."""

    chrome: Chrome
    head: Head


View = (
    ReportView
    | EntityView
    | IndexView
    | ReportsView
    | MonthView
    | HomeView
    | SearchView
    | FreeView
    | ChangesView
    | DataView
    | MissingView
    | MovedView
    | WithdrawnView
    | AmbiguousView
    | FeedView
    | SitemapView
    | SitemapsView
    | RobotsView
)
