"""Files the site takes over byte for byte: static files of the templates, originals of published reports."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from readingroom.load import line_of
from readingroom.output import Copy
from readingroom.pages.originals import original_url
from readingroom.problems import Problem
from readingroom.sources import check_unchanged, read_file, template_files

CHANGED_SEED = (
    "restore the seed, or sha256: in the report, whichever was changed, for instance from git; a new text is a new seed"
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from readingroom.model import Card


def static_files(folders: Sequence[Path], digests: Mapping[str, str]) -> list[Copy]:
    """List the static files of these template folders; a file in an earlier folder hides one of its name.

    `digests` are the SHA-256 of the archive's files, by path, as they were listed.

    Raises:
        ProblemsError: one has changed since.
    """
    found: dict[str, Copy] = {}
    for folder, files in reversed([*zip(folders, template_files(folders), strict=True)]):
        for name, path in files.items():
            if name.startswith("static/"):
                content = read_file(path, follow=True)
                digest = hashlib.sha256(content).hexdigest()
                own = f"templates/{name}" if folder == folders[0] else ""
                if own:
                    check_unchanged(own, content, digests.get(own))
                found[name] = Copy(name, str(path), digest, len(content), own)
    return [found[name] for name in sorted(found)]


def originals(
    root: Path, reports: Iterable[Card], digests: Mapping[str, str], sizes: Mapping[str, int]
) -> tuple[list[Copy], list[Problem]]:
    """List the seeds of published reports; one that is missing or not as its report says is a problem."""
    copies: dict[str, Copy] = {}
    problems: list[Problem] = []
    for report in reports:
        if not report.original or not report.publish:
            continue
        source = f"seeds/{report.original}"
        digest = digests.get(source)
        if digest is None:
            line = line_of(root, report.path, "original")
            hint = "restore it, for instance from git; if it may not be published, set publish: false in the report"
            problems.append(Problem(report.path, line, f"its original {source} is not there", hint))
        elif digest != report.sha256:
            message = f"differs from what {report.path} says it was made from"
            problems.append(Problem(source, 0, message, CHANGED_SEED))
        else:
            url = original_url(report.original)
            copies[source] = Copy(url, str(root / source), digest, sizes[source], source)
    return sorted(copies.values()), problems
