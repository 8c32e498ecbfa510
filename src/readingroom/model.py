"""The values that flow through the pipeline: reports and their passages, entities, mentions, the archive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

DateBasis = Literal["stated", "inferred", "given", "unknown"]
Status = Literal["reviewed", "suggested", "withheld", "ambiguous", "inferred", "publisher"]
Precision = Literal["exact", "village", "district", "province"]
ChangeKind = Literal["addition", "correction", "withdrawal"]


class Mark(NamedTuple):
    """Inline markup over `[start, end)` of a passage's text; `href` only where `tag` is `a`."""

    start: int
    end: int
    tag: Literal["a", "code", "em", "s", "strong"]
    href: str = ""


class Passage(NamedTuple):
    """One citable unit of a report: its headline (`title`), deck (`dek`) or a paragraph (`p1` … `pN`).

    `text` is plain text as published; every offset into a report counts its code points. `block` is
    the HTML element that shows it.
    """

    anchor: str
    text: str
    block: str = "p"
    marks: tuple[Mark, ...] = ()


class Original(NamedTuple):
    """The seed a report was made from: its path below seeds/ and the SHA-256 of its bytes (hex)."""

    path: str
    sha256: str


MASTHEAD = "masthead"
TITLE_MADE = "headline made of first words"


class CleaningStep(NamedTuple):
    """One step of cleaning that changed something: how often, which words, which whole lines."""

    step: str
    times: int
    words: tuple[tuple[str, str], ...] = ()
    lines: tuple[str, ...] = ()


class Card(NamedTuple):
    """What lists need of a report, small enough to hold those of a whole archive.

    `original` is the path of its seed below seeds/, `sha256` that of the seed's bytes; `words` is a digest of what
    the full-text search is given of it.
    """

    id: str
    path: str
    title: str
    publisher: str
    published: str
    language: str
    publish: bool
    original: str
    sha256: str
    words: str = ""

    @property
    def url(self) -> str:
        """The report's page, relative to the site's root."""
        return f"reports/{self.id}.html"


@dataclass(frozen=True, slots=True)
class Report:
    """One cleaned report, as its file in content/reports says. Absent text is an empty string."""

    id: str
    path: str
    title: str
    dek: str
    publisher: str
    published: str
    date_basis: DateBasis
    date_evidence: str
    source: str
    language: str
    original: Original | None
    cleaning: tuple[CleaningStep, ...]
    publish: bool
    paragraphs: tuple[Passage, ...]

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Every citable unit in reading order: headline, deck if there is one, paragraphs."""
        head = [Passage("title", self.title, "h1")]
        if self.dek:
            head.append(Passage("dek", self.dek))
        return (*head, *self.paragraphs)

    @property
    def telling(self) -> tuple[Passage, ...]:
        """The passages that names are looked for in: all but a headline that cleaning made of the first words."""
        words = " ".join(self.title.removesuffix("…").split())
        made = any(step.step == TITLE_MADE for step in self.cleaning)
        repeats = made and any(" ".join(each.text.split()).startswith(words) for each in self.paragraphs)
        return self.passages[1:] if repeats else self.passages

    @property
    def url(self) -> str:
        """The report's page, relative to the site's root."""
        return f"reports/{self.id}.html"

    @property
    def card(self) -> Card:
        """What lists need of it."""
        original, sha256 = self.original or ("", "")
        heads = self.title, self.publisher, self.published, self.language
        return Card(self.id, self.path, *heads, self.publish, original, sha256)


class Point(NamedTuple):
    """Where a place is (WGS 84 degrees), how exact that is, and who says so."""

    lat: float
    lon: float
    precision: Precision
    source: str


@dataclass(frozen=True, slots=True)
class Entity:
    """One place, faction, commander or other named thing: of the authority file, or suggested by the program.

    `id` is `<folder>/<slug>`; `native` and `ids` are (language or scheme, value) pairs in the file's
    order; `within` is the slug of the containing place; `distinct_from` holds entity ids.
    """

    id: str
    path: str
    kind: str
    name: str
    variants: tuple[str, ...] = ()
    native: tuple[tuple[str, str], ...] = ()
    within: str = ""
    at: Point | None = None
    refers: tuple[str, ...] = ()
    distinct_from: tuple[str, ...] = ()
    ids: tuple[tuple[str, str], ...] = ()
    role: str = ""
    reviewed: str = ""
    reviewed_by: str = ""
    publish: bool = True
    note: str = ""
    suggested: bool = False

    @property
    def slug(self) -> str:
        """The file's name without folder and ending."""
        return self.id.partition("/")[2]

    @property
    def url(self) -> str:
        """The entity's page, relative to the site's root."""
        return f"{self.id}.html"

    @property
    def spellings(self) -> tuple[str, ...]:
        """Name, variants and native names, each once, in that order."""
        return tuple(dict.fromkeys((self.name, *self.variants, *(text for _, text in self.native))))


BY_DISTANCE = 0.7


class Mention(NamedTuple):
    """A name found in a passage: `[start, end)` of its text, what it names, and why we think so.

    `entity` is empty where no single entity is meant (ambiguous, publisher).
    """

    report: str
    paragraph: str
    start: int
    end: int
    text: str
    kind: str
    entity: str
    status: Status
    confidence: float
    why: tuple[str, ...]

    @property
    def probable(self) -> bool:
        """Tell whether only the distance to places named nearby says which of several places is meant."""
        return self.status == "reviewed" and self.confidence == BY_DISTANCE


class FreePage(NamedTuple):
    """A page people wrote themselves: content/about.md is `about.html`."""

    slug: str
    path: str
    title: str
    markdown: str


class Change(NamedTuple):
    """A correction, withdrawal or addition that content/changes.yaml announces."""

    date: str
    kind: ChangeKind
    of: str
    note: str


@dataclass(frozen=True, slots=True)
class Content:
    """Everything people wrote but for the reports, read.

    `moved` pairs the ids that entities had with those they have now.
    """

    entities: tuple[Entity, ...]
    pages: tuple[FreePage, ...]
    changes: tuple[Change, ...]
    moved: tuple[tuple[str, str], ...] = ()
