"""Where an exported file goes: what it is called, and that it appears whole or not at all."""

from __future__ import annotations

import hashlib
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from slugify import slugify

from readingroom.problems import Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = "exports"
LONGEST = 60
OURS = ("build/site", "content", "seeds", "templates")


class Exported(NamedTuple):
    """A file that was written: where, its size in bytes, the SHA-256 of its content, and the edition it holds."""

    path: Path
    size: int
    sha256: str
    edition: str


def called(title: str, edition: str) -> str:
    """Name a copy after its archive and edition, in the archive's own letters.

    >>> called("The Pocket: Idlib/Hama", "2018-02-09-3fa9c1de"), called("تقارير سوريا", "undated-3fa9c1de")
    ('the-pocket-idlib-hama-2018-02-09-3fa9c1de', 'تقارير-سوريا-undated-3fa9c1de')
    >>> called("?", "undated-3fa9c1de")
    'archive-undated-3fa9c1de'
    """
    name = slugify(title, allow_unicode=True, max_length=LONGEST, word_boundary=True)
    return f"{name or 'archive'}-{edition}"


def place(root: Path, asked: Path | None, name: str) -> Path:
    """Return where a file goes: where someone asked for, else to build/exports/; never among what is published or kept.

    Raises:
        ProblemsError: it was asked for where the archive itself lies.
    """
    path = (asked or root / "build" / FOLDER / name).resolve()
    inside = next((folder for folder in OURS if path.is_relative_to((root / folder).resolve())), "")
    if inside or path.is_dir():
        message = f"an export may not lie in {inside}/" if inside else "is a folder"
        raise ProblemsError([Problem(str(asked), 0, message, "give the name of a file elsewhere: -o FILE")])
    return path


@contextmanager
def fresh(path: Path) -> Iterator[Path]:
    """Give a place beside `path` to write to; what stands there in the end takes its name, and nothing else stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    passing = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield passing
        passing.replace(path)
    finally:
        with suppress(OSError):
            passing.unlink(missing_ok=True)


def measured(path: Path, edition: str) -> Exported:
    """Read a finished file once more, for its checksum."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Exported(path, path.stat().st_size, sha256, edition)


def write_sum(exported: Exported) -> Path:
    """Write the checksum of a file beside it, as `sha256sum --check` reads it."""
    path = exported.path.with_name(f"{exported.path.name}.sha256")
    with fresh(path) as passing:
        passing.write_text(f"{exported.sha256}  {exported.path.name}\n", encoding="utf-8", newline="\n")
    return path
