"""Published reports compared with the seeds they were made from: every word comes from there, or is listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from readingroom.drafting import changed_words
from readingroom.load import line_of
from readingroom.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from readingroom.model import Report


def check_seeds(root: Path, reports: Iterable[Report]) -> Iterator[Problem]:
    """Find reports whose words are not those of their seed, beyond the changes that `cleaning` lists."""
    for report in reports:
        seed = root / "seeds" / report.original.path if report.original else None
        if seed is None or not seed.is_file():
            continue
        changed = changed_words(report, seed.read_bytes())
        if changed:
            line = line_of(root, report.path, "original")
            hint = "restore the wording, list the change under cleaning:, or announce it in content/changes.yaml"
            yield Problem(report.path, line, f"differs from its seed: {changed}", hint, "warning")
