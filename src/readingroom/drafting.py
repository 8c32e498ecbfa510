"""One seed turned into the report file it becomes: cleaned, dated, named by its id."""

from __future__ import annotations

import hashlib
import re
from typing import NamedTuple

from readingroom.clean import PARAGRAPH_LIMIT, clean, clean_markdown
from readingroom.dating import Dated, find_date
from readingroom.dressing import dress
from readingroom.extract import Raw, read_seed
from readingroom.ledger import INDEX, REPORTS, Facts
from readingroom.model import MASTHEAD, TITLE_MADE, CleaningStep, Original, Passage, Report
from readingroom.paragraphs import read_paragraphs, write_paragraphs
from readingroom.problems import Problem, counted, is_error
from readingroom.reportfile import write_report
from readingroom.steps import drop_bidi
from readingroom.webpage import ROW
from readingroom.which_language import can_be, language_of
from readingroom.words import difference

DATE_LINES = "date lines"
MOST_PARAGRAPHS = 20_000
_TITLE_WORDS = 12
_PARAGRAPH = re.compile(r"(?:\A|\n[ \t]*\n)[ \t]*\S")
_DATE_PART = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-\d\d)?)?")


class ManyParagraphsError(Exception):
    """A seed has more paragraphs than a page could show."""

    def __init__(self, number: int) -> None:
        """Take how many there are."""
        super().__init__(number)
        self.number = number


class NewReport(NamedTuple):
    """A report file to be written: its path and text, the seed below seeds/, and what was done to it."""

    path: str
    text: str
    seed: str
    summary: str
    report: Report


class _Text(NamedTuple):
    """A seed's text after cleaning: the parts of a report file and the passages that may hold its date."""

    publisher: str
    title: str
    dek: str
    body: str
    passages: tuple[Passage, ...]
    steps: tuple[CleaningStep, ...]


def report_id(path: str, published: str) -> str:
    """Mint a report's id from its seed's path below seeds/ and its date.

    >>> report_id("a.txt", "2018-01-18"), report_id("a.txt", "2018-01~"), report_id("a.txt", "")
    ('2018-01-18-18b7cb', '2018-01-18b7cb', 'undated-18b7cb')
    """
    date = _DATE_PART.match(published)
    digest = hashlib.sha256(path.encode("utf-8")).hexdigest()[:6]
    return f"{date[0] if date else 'undated'}-{digest}"


def draft(path: str, data: bytes, facts: Facts) -> tuple[NewReport | None, list[Problem]]:
    """Make the report of a seed; `path` is below seeds/, `facts` are what seeds/index.csv gives."""
    seed = f"seeds/{path}"
    raw, problems = read_seed(data, seed)
    if raw is None or any(map(is_error, problems)):
        return None, problems
    try:
        text = _markdown(raw, seed) if raw.kind == "markdown" else _plain(raw, facts)
    except ManyParagraphsError as error:
        hint = "split it into its reports, one a file; if it is one, join its lines"
        message = f"{error.number:,} paragraphs; the limit is {MOST_PARAGRAPHS:,}"
        return None, [*problems, Problem(seed, 0, message, hint)]
    problems += _limits(text, seed)
    if not text.title:
        return None, [*problems, Problem(seed, 0, "no text is left after cleaning", "take it out of seeds/")]
    dated = _date(raw, text, facts)
    identity = report_id(path, dated.published)
    report = Report(
        id=identity,
        path=f"{REPORTS}/{identity}.md",
        title=text.title,
        dek=text.dek,
        publisher=text.publisher or raw.own.get("publisher", "") or facts.publisher,
        published=dated.published,
        date_basis=dated.basis,
        date_evidence=dated.evidence,
        source=facts.source or _web(raw.own.get("source", "")),
        language=_language(raw, text, facts),
        original=Original(path, hashlib.sha256(data).hexdigest()),
        cleaning=text.steps,
        publish=True,
        paragraphs=text.passages,
    )
    return NewReport(report.path, write_report(report, text.body), path, _summary(report), report), problems


def changed_words(report: Report, data: bytes) -> tuple[str, str]:
    """Name the first word of a report that its seed and the listed changes do not give, and the key or anchor it is in.

    Both are "" if there is none.
    """
    raw, _ = read_seed(data, f"seeds/{report.original.path if report.original else ''}")
    if raw is None:
        return "original", "its first word: the seed cannot be read"
    done = {step.step for step in report.cleaning}
    parts = [("title", "" if TITLE_MADE in done else report.title), ("dek", report.dek)]
    parts += [(passage.anchor, passage.text) for passage in report.paragraphs]
    original = raw.text
    if raw.kind == "markdown":
        passages, _ = read_paragraphs(clean_markdown(raw.text)[0], path="", first_line=1)
        own = ["" if TITLE_MADE in done else raw.own.get("title", ""), raw.own.get("dek", "")]
        original = "\n".join((*own, *(passage.text for passage in passages)))
    elif MASTHEAD in done:
        parts.insert(0, ("publisher", report.publisher))
    part, said = difference(original, [text for _, text in parts], report.cleaning)
    return (parts[part][0], said) if said else ("", "")


def _plain(raw: Raw, facts: Facts) -> _Text:
    known = (facts.publisher, raw.own.get("site", ""))
    cleaned = clean(raw.text, frozenset(name.casefold() for name in known if name))
    _check_number(len(cleaned.paragraphs))
    body, kept = _body(cleaned.paragraphs, raw)
    passages, _ = read_paragraphs(body, path="", first_line=1)
    title, made = _title(cleaned.title, passages)
    steps = (*raw.steps, *kept, *cleaned.steps, *made)
    return _Text(cleaned.publisher, title, cleaned.dek, body, passages, steps)


def _body(paragraphs: tuple[str, ...], raw: Raw) -> tuple[str, tuple[CleaningStep, ...]]:
    """Write the body of a report; of a web page, say which of its forms were kept, and which links were not."""
    if raw.kind != "html":
        return write_paragraphs(paragraphs), ()
    dressed = dress(paragraphs, raw.lines)
    counts = (
        ("numbers of list items written out", sum(line.block.endswith(".") for line in raw.lines)),
        ("rows of tables written with | between cells", sum(line.block == ROW for line in raw.lines)),
        ("links kept", dressed.links),
        ("links left out", dressed.lost),
    )
    return dressed.body, tuple(CleaningStep(name, times) for name, times in counts if times)


def _markdown(raw: Raw, seed: str) -> _Text:
    body, steps = clean_markdown(raw.text)
    _check_number(sum(1 for _ in _PARAGRAPH.finditer(body)))
    passages, _ = read_paragraphs(body, path=seed, first_line=1)
    _check_number(len(passages))
    title, made = _title(drop_bidi(raw.own.get("title", "")), passages)
    dek = drop_bidi(raw.own.get("dek", ""))
    return _Text("", title, dek, body, passages, (*raw.steps, *steps, *made))


def _check_number(number: int) -> None:
    if number > MOST_PARAGRAPHS:
        raise ManyParagraphsError(number)


def _title(title: str, passages: tuple[Passage, ...]) -> tuple[str, tuple[CleaningStep, ...]]:
    """Keep a headline; a report without one is headed by the first words of its text, which a step tells."""
    if title or not passages:
        return title, ()
    first = drop_bidi(passages[0].text).split()
    more = "…" if len(first) > _TITLE_WORDS else ""
    return " ".join(first[:_TITLE_WORDS])[:200] + more, (CleaningStep(TITLE_MADE, 1),)


def _date(raw: Raw, text: _Text, facts: Facts) -> Dated:
    if facts.published:
        return Dated(facts.published, "given", INDEX)
    if raw.own.get("published"):
        return Dated(raw.own["published"], "given", "front matter of the original")
    lines = [line for step in text.steps if step.step == DATE_LINES for line in step.lines]
    heads = [("date line", line.strip()) for line in lines] + [("title", text.title), ("dek", text.dek)]
    if raw.own.get("page_date"):
        heads.insert(0, ("page metadata", raw.own["page_date"]))
    retrieved = facts.retrieved if len(facts.retrieved) == len("2018-01-18") else ""
    return find_date([*heads, *((anchor, words) for anchor, words, *_ in text.passages)], retrieved)


def _limits(text: _Text, seed: str) -> list[Problem]:
    hint = "it is kept as one; look whether the original lost its line ends"
    return [
        Problem(seed, 0, f"paragraph {anchor} has {len(words):,} characters", hint, "warning")
        for anchor, words, *_ in text.passages
        if len(words) > PARAGRAPH_LIMIT
    ]


def _language(raw: Raw, text: _Text, facts: Facts) -> str:
    """Tell a report's language: as given, as the file says, else as its letters and words show.

    What a web page says of itself counts only where its letters can be of that language: templates say en.
    """
    sample = " ".join((text.title, text.dek, *(passage.text[:2000] for passage in text.passages[:20])))
    own = raw.own.get("language", "")
    if raw.kind == "html" and own and not can_be(own, sample):
        own = ""
    return facts.language or own or language_of(sample)


def _web(address: str) -> str:
    return address if address.startswith(("https://", "http://")) else ""


def _summary(report: Report) -> str:
    date = f"date {report.date_basis}" if report.published else "no date found"
    changes = sum(step.times for step in report.cleaning)
    figures = f"{counted(len(report.paragraphs), 'paragraph')}, {counted(changes, 'change')}"
    return f"{report.title} ({date}, {figures})"
