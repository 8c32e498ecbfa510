"""Where an exported file goes: what it is called, and that it appears whole or not at all."""

from __future__ import annotations

import hashlib
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from slugify import slugify

from readingroom.problems import Problem, ProblemsError
from readingroom.publish import NO_ROOM, sweep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = "exports"
LONGEST, LONGEST_BYTES = 60, 120  # of a title in a file name, which may have 255 bytes in all
ELSEWHERE = "give the name of a file elsewhere: -o FILE"
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
    return f"{short(title)}-{edition}"


def short(title: str) -> str:
    """Write a title as the beginning of a file name.

    >>> short("The Pocket: Idlib/Hama"), len(short("阿勒颇" * 50).encode()), short("?")
    ('the-pocket-idlib-hama', 120, 'archive')
    """
    name = slugify(title, allow_unicode=True, max_length=LONGEST, word_boundary=True)
    return name.encode()[:LONGEST_BYTES].decode(errors="ignore").strip("-") or "archive"


def place(root: Path, asked: Path | None, name: str) -> Path:
    """Return where a file goes: where someone asked for, else to build/exports/; never among what is published or kept.

    Raises:
        ProblemsError: it was asked for where the archive itself lies, or something is there that is no such export.
    """
    path = (asked or root / "build" / FOLDER / name).resolve()
    inside = next((folder for folder in OURS if path.is_relative_to((root / folder).resolve())), "")
    refused = f"an export may not lie in {inside}/" if inside else _in_the_way(path, name.rpartition(".")[2])
    if refused:
        raise ProblemsError([Problem(str(asked or path), 0, refused, ELSEWHERE)])
    return path


def _in_the_way(path: Path, form: str) -> str:
    """Say what stands where a file is to go, empty if nothing does or an older export."""
    try:
        if path.is_dir():
            return "is a folder"
        if path.exists() and not path.is_file():
            return "is no file, but a device or the like"
        return f"is there already, and its name does not end in .{form}" if _is_other(path, form) else ""
    except OSError as error:
        return f"cannot be written: {error.strerror}"


def _is_other(path: Path, form: str) -> bool:
    return path.exists() and path.suffix.lower() != f".{form}"


@contextmanager
def fresh(path: Path) -> Iterator[Path]:
    """Give a place beside `path` to write to; what stands there in the end takes its name, and nothing else stays."""
    passing = path.with_name(f".{hashlib.sha256(path.name.encode()).hexdigest()[:12]}.{os.getpid()}.part")
    _try(path, passing)
    try:
        yield passing
        passing.replace(path)
    finally:
        with suppress(OSError):
            for left in [other for other in path.parent.iterdir() if other.name.startswith(passing.name)]:
                sweep(left)  # libzim writes to files and folders beside what it was given


def _try(path: Path, passing: Path) -> None:
    """Find out whether a file can be written.

    Raises:
        OSError: there is no room or no permission.
        ProblemsError: there can be no file of this name.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        passing.touch()
        passing.unlink()
        path.exists()
    except OSError as error:
        if error.errno in NO_ROOM:
            raise OSError(error.errno, error.strerror, str(path)) from error
        message = f"cannot be written: {error.strerror}"
        raise ProblemsError([Problem(str(path), 0, message, ELSEWHERE)]) from error


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
