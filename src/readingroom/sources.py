"""The files an archive is made of, and their digests: size and time as the fast path, content as the truth."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, NamedTuple

from readingroom.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

RACY_NS = 2_000_000_000
FOLDERS = frozenset({"content", "seeds", "templates", "readingroom.toml"})


class Source(NamedTuple):
    """A file: its path below the archive's folder (posix), size and time of change in nanoseconds."""

    path: str
    size: int
    changed: int


class Known(NamedTuple):
    """What an earlier build saw of a file, and the SHA-256 of its content then."""

    size: int
    changed: int
    sha256: str


def list_sources(root: Path) -> tuple[list[Source], list[Problem]]:
    """List every file of content/, seeds/, templates/ and the settings, by path; links are refused."""
    found: list[Source] = []
    problems: list[Problem] = []
    for path, entry in _walk(root, "", FOLDERS):
        if entry.is_symlink():
            hint = "put the file itself there; a link could publish what it points at"
            problems.append(Problem(shown(path), 0, "is a symbolic link", hint))
            continue
        status = entry.stat(follow_symlinks=False)
        found.append(Source(path, status.st_size, status.st_mtime_ns))
    return sorted(found), problems


def sha256_of(
    root: Path, sources: list[Source], known: Mapping[str, Known], *, since: int
) -> tuple[dict[str, str], list[Problem]]:
    """Return the SHA-256 of every source by path.

    A file whose size and time are known keeps its digest, unless it changed less than two seconds before
    `since` (the start of the build that saw it, in ns): a later write could bear the same time.
    """
    digests: dict[str, str] = {}
    problems: list[Problem] = []
    for source in sources:
        seen = known.get(source.path)
        if seen and (seen.size, seen.changed) == (source.size, source.changed) and source.changed < since - RACY_NS:
            digests[source.path] = seen.sha256
            continue
        try:
            digests[source.path] = hashlib.sha256((root / source.path).read_bytes()).hexdigest()
        except OSError as error:
            hint = "check the file's permissions"
            problems.append(Problem(shown(source.path), 0, f"cannot be read: {error.strerror}", hint))
    return digests, problems


def shown(path: str) -> str:
    """Return a path that can be printed whatever bytes its name holds."""
    return path.encode("utf-8", "backslashreplace").decode()


def _walk(
    folder: str | Path, prefix: str, only: frozenset[str] = frozenset()
) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield every file below a folder with its path there."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if only and entry.name not in only:
                continue
            if entry.name.startswith(".") or entry.name.endswith(("~", ".swp", ".tmp")):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(entry.path, f"{prefix}{entry.name}/")
            else:
                yield prefix + entry.name, entry
