"""Why a name is linked, and why a page is made again, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from readingroom.concordance import where
from readingroom.config import nearest
from readingroom.problems import Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from readingroom.gather import Gathered
    from readingroom.model import Mention
    from readingroom.options import Result

STATUS = {
    "reviewed": "linked",
    "suggested": "linked, marked as suggested",
    "withheld": "found, not published",
    "ambiguous": "not linked: several entities bear this name",
    "inferred": "counted, not linked: refers back",
    "publisher": "not linked: the report's own publisher",
}


def mentions_at(gathered: Gathered, report_id: str, anchor: str) -> list[Mention]:
    """Return the mentions of a report, or of one passage of it.

    Raises:
        ProblemsError: there is no such report or passage.
    """
    reports = gathered.reports
    if report_id not in reports:
        hint = nearest(report_id, sorted(reports))
        raise ProblemsError([Problem(report_id, 0, "no report of this id is published", hint)])
    anchors = [passage.anchor for passage in reports[report_id].passages]
    if anchor and anchor not in anchors:
        raise ProblemsError([Problem(f"{report_id}#{anchor}", 0, "no such passage", nearest(anchor, anchors))])
    return [mention for mention in gathered.found[report_id] if not anchor or mention.paragraph == anchor]


def in_words(gathered: Gathered, report_id: str, mentions: Sequence[Mention]) -> Iterator[str]:
    """Explain mentions line by line: the words in their context, what they name, and why."""
    report = gathered.reports[report_id]
    texts = {passage.anchor: passage.text for passage in report.passages}
    for mention in mentions:
        text = texts[mention.paragraph]
        before, after = text[max(0, mention.start - 30) : mention.start], text[mention.end : mention.end + 30]
        yield f"{where(mention.paragraph)}  …{before}[{mention.text}]{after}…"
        yield f"    {_outcome(gathered, mention)}"
        yield f"    because: {'; '.join(mention.why)} (confidence {mention.confidence:.2f})"
    if not mentions:
        yield "no name found here"


def why_made(url: str, result: Result, last: Mapping[str, Sequence[str]]) -> list[str]:
    """Say why the next build would make a file of the site, and why the last one did.

    Raises:
        ProblemsError: the site has no such file.
    """
    now = {item.url: item.reasons for item in result.stale}
    if url not in now and url not in last:
        raise ProblemsError([Problem(url, 0, "the site has no such file", nearest(url, sorted({*now, *last})))])
    state = f"would be made again: {', '.join(now[url])}" if url in now else "is up to date"
    if url in result.removed:
        state = "would be removed: nothing asks for it any more"
    lines = [f"{url} {state}"]
    if url in last:
        lines.append(f"made last because of: {', '.join(last[url])}")
    return lines


def _outcome(gathered: Gathered, mention: Mention) -> str:
    entity = gathered.archive.entities.get(mention.entity)
    name = f"{entity.name} ({entity.id})" if entity else mention.kind or "this name"
    return f"{name}: {STATUS[mention.status]}"
