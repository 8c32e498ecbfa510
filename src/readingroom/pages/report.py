"""One page a report: its text with every name linked, its register, relatives, citations and provenance."""

from __future__ import annotations

import re
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING

from markupsafe import Markup

from readingroom.citing import apart, citations, report_json_ld, report_meta
from readingroom.digest import SIZE
from readingroom.language import direction
from readingroom.link import link
from readingroom.output import Page
from readingroom.pages.frame import (
    canonical,
    changes_of,
    chrome,
    date_of,
    month_label,
    month_of,
    outside,
    register,
    root_of,
    visible,
)
from readingroom.pages.originals import original_url
from readingroom.views import (
    Head,
    Link,
    PassageView,
    Provenance,
    Register,
    RelatedReport,
    ReportView,
    StepView,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from readingroom.index import Archive, Shown
    from readingroom.model import Card, CleaningStep, Report
    from readingroom.pages.bases import Bases

EVIDENCE = re.compile(r"\s*\((title|dek|p\d+|date line|page metadata)\)$")
ELSEWHERE = {"date line": "its date line", "page metadata": "the metadata of the web page"}
DESCRIPTION = 200
REASONS = 3


def report_pages(archive: Archive, bases: Bases, around: bytes) -> Iterator[Page]:
    """Make the page of every report; `around` are the digests of what they show of other reports."""
    for position, card in enumerate(archive.cards):
        others = around[position * SIZE : (position + 1) * SIZE]
        basis = bases.of(bases.report(position), others, bases.changes(card.id))
        yield Page(card.url, "report.html", basis, partial(report_view, archive, position))


def around_reports(archive: Archive, bases: Bases) -> bytes:
    """Digest what the page of each report shows of other reports, `SIZE` bytes each.

    That is those before and after, and what relations hang on: all of it stands in the headings of all reports.
    """
    return b"".join(_around(archive, position, bases) for position in range(len(archive.cards)))


def _around(archive: Archive, position: int, bases: Bases) -> bytes:
    relations = archive.relations
    beside = _at(archive, position - 1), _at(archive, position + 1)
    titles = "\n".join(f"{card.id} {card.title!r}" if card else "" for card in beside).encode("utf-8", "surrogatepass")
    near = bases.headings(relations.near(position))
    return blake2b(b"%b\n%b%b" % (titles, near, relations.weights(position)), digest_size=SIZE).digest()


def shorten(text: str, limit: int) -> str:
    """Cut a text at a word's end, with an ellipsis.

    >>> shorten("villages in the countryside", 14)
    'villages in…'
    """
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def report_view(archive: Archive, position: int) -> ReportView:
    """Return everything that the page of a report shows."""
    shown = archive.shown[archive.cards[position].id]
    report = shown.report
    root = root_of(report.url)
    counts = archive.naming.in_report(position)
    html = _passages(archive, shown, root)
    registers = _registers(archive, shown, counts, root)
    note, where = date_note(report)
    about = [archive.entities[key] for key in sorted(counts, key=lambda key: (-counts[key], key))]
    return ReportView(
        chrome=chrome(archive, report.url, section="reports/index.html"),
        head=_head(archive, report, report_json_ld(report, about, archive.config)),
        id=report.id,
        publisher=report.publisher,
        title=html["title"],
        dek=html.get("dek", Markup()),
        language=report.language,
        direction=direction(report.language),
        date=date_of(report),
        date_iso=report.published,
        date_note=note,
        date_evidence=f"#{where}" if where else "",
        month=Link(month_label(month_of(report)), f"{root}months/{month_of(report)}.html"),
        words=sum(len(passage.text.split()) for passage in report.paragraphs),
        source=Link(report.source.split("://", 1)[-1].removeprefix("www.").rstrip("/"), outside(report.source))
        if report.source
        else None,
        passages=tuple(
            PassageView(passage.anchor, passage.anchor.removeprefix("p"), passage.block, html[passage.anchor])
            for passage in report.paragraphs
        ),
        registers=tuple(register for register in registers if register.entries),
        related=_related(archive, position, root),
        previous=_neighbour(archive, position - 1, root) if report.published else None,
        next=_neighbour(archive, position + 1, root),
        citations=citations(report, archive.config),
        provenance=_provenance(report, root),
        changes=changes_of(archive, report.id, root),
    )


def _registers(archive: Archive, shown: Shown, counts: Mapping[str, int], root: str) -> tuple[Register, ...]:
    first = {root + archive.entities[one.entity].url: one.paragraph for one in reversed(shown.mentions)}
    sure = {root + archive.entities[one.entity].url for one in shown.mentions if not one.probable}
    listed = (register(archive, kind, counts, root) for kind in archive.config.kinds)
    return tuple(
        one._replace(
            entries=tuple(
                entry._replace(where=first[entry.url], probable=entry.url not in sure) for entry in one.entries
            )
        )
        for one in listed
    )


def _passages(archive: Archive, shown: Shown, root: str) -> dict[str, Markup]:
    here = shown.of_passages()
    back = archive.config.link_references
    return {
        passage.anchor: link(passage, here[passage.anchor], archive.entities, root, back=back)
        for passage in shown.report.passages
    }


def _head(archive: Archive, report: Report, json_ld: Markup) -> Head:
    first = report.dek or (report.paragraphs[0].text if report.paragraphs else report.title)
    return Head(
        title=report.title,
        description=shorten(first, DESCRIPTION),
        canonical=canonical(archive.config, report.url),
        meta=report_meta(report, archive.config),
        json_ld=json_ld,
    )


def date_note(report: Report) -> tuple[str, str]:
    """Say where the date comes from, and the anchor of its evidence."""
    match = EVIDENCE.search(report.date_evidence)
    said = match.group(1) if match else ""
    where = said if said in {passage.anchor for passage in report.passages} else ""
    passage = {"title": "the headline", "dek": "the deck", "": ELSEWHERE.get(said, "the text")}.get(
        where, f"¶{where.removeprefix('p')}"
    )
    words = {
        "stated": f"stated in {passage}",
        "inferred": f"inferred from {passage}",
        "given": "as given by the archive",
    }
    return words.get(report.date_basis, ""), where


def _related(archive: Archive, position: int, root: str) -> tuple[RelatedReport, ...]:
    found = []
    for relation in archive.relations.related(position):
        other = archive.cards[relation.position]
        names = [apart(archive.entities[key].name) for key in relation.shared[:REASONS]]
        more = f" and {len(relation.shared) - REASONS} more" if len(relation.shared) > REASONS else ""
        reason = Markup("both name ") + Markup(", ").join(names) + more
        found.append(RelatedReport(other.title, root + other.url, date_of(other), reason))
    return tuple(found)


def _at(archive: Archive, position: int) -> Card | None:
    """Return the report at a position; none without a date, for it is neither before nor after another."""
    card = archive.cards[position] if 0 <= position < len(archive.cards) else None
    return card if card and card.published else None


def _neighbour(archive: Archive, position: int, root: str) -> Link | None:
    card = _at(archive, position)
    return Link(card.title, root + card.url) if card else None


def _provenance(report: Report, root: str) -> Provenance:
    original = report.original
    return Provenance(
        Link(visible(original.path), root + original_url(original.path)) if original else None,
        original.sha256 if original else "",
        tuple(_step(step) for step in report.cleaning),
    )


def _step(step: CleaningStep) -> StepView:
    times = f" ({step.times} times)" if step.times > 1 else ""
    words = tuple((visible(old), visible(new)) for old, new in step.words)
    label = visible(step.step.replace("-", " ").capitalize() + times)
    return StepView(label, words, tuple(map(visible, step.lines)))
