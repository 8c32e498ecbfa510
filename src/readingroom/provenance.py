"""Reports compared with what they were made from: the words of their seeds, the facts of seeds/index.csv."""

from __future__ import annotations

from typing import TYPE_CHECKING

from readingroom.frontmatter import parse
from readingroom.ledger import INDEX
from readingroom.model import MASTHEAD
from readingroom.paragraphs import paragraph_lines
from readingroom.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from readingroom.ledger import Facts
    from readingroom.model import Change, Report


def check_seeds(root: Path, reports: Iterable[Report], changes: Iterable[Change]) -> Iterator[Problem]:
    """Find reports whose words are not those of their seed, beyond what `cleaning` lists and corrections announce."""
    from readingroom.drafting import changed_words  # noqa: PLC0415 - start-up: a build compares no words

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


def check_facts(reports: Iterable[Report], facts: Mapping[str, Facts]) -> Iterator[Problem]:
    """Find what seeds/index.csv says of a seed and its report does not: the file counts when a seed is taken in."""
    for report in reports:
        given = facts.get(report.original.path) if report.original else None
        if given is None:
            continue
        hint = f"correct the report, or the cell: {INDEX} counts when a seed is taken in"
        for key in ("source", "publisher", "published", "language"):
            cell, own = getattr(given, key), getattr(report, key)
            if cell and not _agree(key, cell, own, report):
                said = f"{report.path} says {own}" if own else f"{report.path} gives none"
                yield Problem(INDEX, given.line, f"says {key} {cell}, but {said}", hint, "warning")


def _agree(key: str, cell: str, own: str, report: Report) -> bool:
    """Tell whether a report may say what it does beside a cell: a masthead goes first, a date may be more exact."""
    if key == "publisher" and any(step.step == MASTHEAD for step in report.cleaning):
        return True
    if key == "language":
        return cell.casefold() == own.casefold()
    return own == cell or (key == "published" and own.startswith(f"{cell}-"))


def _line(root: Path, path: str, where: str) -> int:
    """Return the line of a report's key or paragraph; 1 where it is not there."""
    document, _ = parse((root / path).read_text(encoding="utf-8-sig"), path)
    if document is None:
        return 1
    return {**paragraph_lines(document.body, first_line=document.body_line), **document.lines}.get(where, 1)
