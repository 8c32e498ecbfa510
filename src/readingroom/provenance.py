"""Published reports compared with the seeds they were made from: every word comes from there, or is listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from readingroom.drafting import changed_words
from readingroom.frontmatter import parse
from readingroom.paragraphs import paragraph_lines
from readingroom.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from readingroom.model import Change, Report


def check_seeds(root: Path, reports: Iterable[Report], changes: Iterable[Change]) -> Iterator[Problem]:
    """Find reports whose words are not those of their seed, beyond what `cleaning` lists and corrections announce."""
    announced = {change.of for change in changes if change.kind == "correction"}
    for report in reports:
        seed = root / "seeds" / report.original.path if report.original else None
        if seed is None or report.id in announced or not seed.is_file():
            continue
        where, changed = changed_words(report, seed.read_bytes())
        if changed:
            hint = "restore the wording, list the change under cleaning:, or announce it in content/changes.yaml"
            line = _line(root, report.path, where)
            yield Problem(report.path, line, f"differs from its seed: {changed}", hint, "warning")


def _line(root: Path, path: str, where: str) -> int:
    """Return the line of a report's key or paragraph; 1 where it is not there."""
    document, _ = parse((root / path).read_text(encoding="utf-8-sig"), path)
    if document is None:
        return 1
    return {**paragraph_lines(document.body, first_line=document.body_line), **document.lines}.get(where, 1)
