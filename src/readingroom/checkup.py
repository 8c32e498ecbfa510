"""Everything that `readingroom check` looks at: what people wrote, the site, and whether the one shows the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from readingroom.budget import check_budget
from readingroom.check import check_site, check_sums, check_written, sizes
from readingroom.exchange import has_site
from readingroom.gather import looked_at
from readingroom.new import SKELETON
from readingroom.problems import Problem
from readingroom.program import template_folders
from readingroom.provenance import check_seeds
from readingroom.publish import SITE
from readingroom.render import broken_templates
from readingroom.state import files_written, is_outdated, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from readingroom.gather import Gathered

QUESTIONS = "content/about.md"
OUTDATED = Problem(
    f"build/{SITE}",
    0,
    "does not show all that is written: files changed since it was built, or since its search index was",
    "run  readingroom build",
    "warning",
)


def check_archive(root: Path) -> tuple[Problem, ...]:
    """Look for problems in content/ and templates/, for damage in the site, and compare reports with their seeds.

    Those of what people wrote come first.
    """
    with looked_at(root) as gathered:
        found = {
            *gathered.problems,
            *broken_templates(template_folders(root)),
            *_unanswered(root),
            *check_seeds(root, gathered.reports.values(), gathered.archive.changes),
            *_of_site(root, gathered),
        }
    once = {(problem.path, problem.line, problem.message): problem for problem in sorted(found)}
    return tuple(sorted(once.values(), key=lambda problem: problem.path.startswith("build/")))


def _unanswered(root: Path) -> Iterator[Problem]:
    """Find the page of questions that a new archive begins with, still as it was."""
    try:
        asked = (root / QUESTIONS).read_bytes() == (SKELETON / QUESTIONS).read_bytes()
    except OSError:  # not there, or told of where the files are listed
        return
    if asked:
        message = "still asks the questions that a new archive begins with, for all readers to see"
        yield Problem(QUESTIONS, 0, message, "answer them in your own words", "warning")


def _of_site(root: Path, gathered: Gathered) -> Iterator[Problem]:
    site = root / "build" / SITE
    with opened(root, look_only=True) as cache:
        wrote, problems = files_written(site, cache)
        if has_site(site) and is_outdated(root, gathered.sources, cache):
            yield OUTDATED
    yield from problems
    yield from check_site(site, {url for url in wrote if not (site / url).is_file()})
    yield from check_written(site, wrote)
    yield from check_sums(site)
    suggested = [entity.id for entity in gathered.archive.entities.values() if entity.suggested]
    yield from check_budget(sizes(site), suggested)
