"""The files an archive is made of, and their digests: size and time as the fast path, content as the truth.

Which files exist for the program is said here once: neither what starts with a dot nor what editors and downloads
leave, and of the archive itself nothing that is a link, a pipe or a device.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from typing import TYPE_CHECKING, NamedTuple

from readingroom.problems import Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

RACY_NS = 2_000_000_000
FOLDERS = frozenset({"content", "seeds", "templates", "readingroom.toml"})
_PASSING = re.compile(
    r"\..*|.*~|#.*#|4913|.*\.(?:sw[a-z]|tmp|part|bak|crdownload)|Thumbs\.db|ehthumbs\.db|[Dd]esktop\.ini|Icon\r",
    re.DOTALL,
)
CHANGED = "changed while it was read"
_SPECIAL = "is no ordinary file", "it is a pipe, a socket or a device: take it out"


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
    """List every file of content/, seeds/, templates/ and the settings, by path; what is no file is refused."""
    found: list[Source] = []
    problems: list[Problem] = []
    for path, entry in walk(root, FOLDERS):
        problem = refused(path, entry)
        if problem:
            problems.append(problem)
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
            digests[source.path] = sha256(read_file(root / source.path))
        except OSError as error:
            hint = "check the file's permissions"
            problems.append(Problem(shown(source.path), 0, f"cannot be read: {error.strerror}", hint))
    return digests, problems


def sha256(content: bytes) -> str:
    """Return the SHA-256 of a file's content, in hex."""
    return hashlib.sha256(content).hexdigest()


def shown(path: str) -> str:
    """Return a path that can be printed whatever bytes its name holds."""
    return path.encode("utf-8", "backslashreplace").decode()


def is_passed_over(name: str) -> bool:
    """Tell whether a file or folder of this name is none of the archive's: hidden, or left by an editor or a system.

    >>> [is_passed_over(name) for name in (".git", "hajin.md~", "#hajin.md#", "page.html.part", "Thumbs.db")]
    [True, True, True, True, True]
    >>> [is_passed_over(name) for name in ("hajin.md", "swp", "part.txt", "a~b.txt")]
    [False, False, False, False]
    """
    return _PASSING.fullmatch(name) is not None


def walk(
    folder: Path, only: frozenset[str] = frozenset(), *, follow: bool = False
) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield all that is below a folder and no folder, by its path there (posix), but for what is passed over.

    `only` names what to look at in the folder itself; links to folders are entered only with `follow`.
    """
    waiting = [(str(folder), "")]
    while waiting:
        here, prefix = waiting.pop()
        with os.scandir(here) as entries:
            for entry in entries:
                if is_passed_over(entry.name) or (only and not prefix and entry.name not in only):
                    continue
                if entry.is_dir(follow_symlinks=follow):
                    waiting.append((entry.path, f"{prefix}{entry.name}/"))
                else:
                    yield prefix + entry.name, entry


def refused(path: str, entry: os.DirEntry[str]) -> Problem | None:
    """Say why a file of the archive is not read: it is a link, or nothing that can be read to its end."""
    if entry.is_symlink():
        return link(path)
    return None if entry.is_file(follow_symlinks=False) else Problem(shown(path), 0, *_SPECIAL)


def link(path: str) -> Problem:
    """Say that a path of the archive is a link."""
    hint = "put the file itself there; a link could publish what it points at"
    return Problem(shown(path), 0, "is a symbolic link", hint)


def link_on(root: Path, path: str) -> str:
    """Return the first part of a path below the archive's folder that is a link, "" if none is."""
    parts = path.split("/")
    ways = ("/".join(parts[:number]) for number in range(1, len(parts) + 1))
    return next((way for way in ways if (root / way).is_symlink()), "")


def files_below(folder: Path, *, follow: bool = False) -> dict[str, Path]:
    """Return the files below a folder in order, by their path there; links only with `follow`."""
    if not folder.is_dir() or (folder.is_symlink() and not follow):
        return {}
    found = [path for path, entry in walk(folder, follow=follow) if entry.is_file(follow_symlinks=follow)]
    return {path: folder / path for path in sorted(found)}


def template_files(folders: Sequence[Path]) -> list[dict[str, Path]]:
    """Return the files of each folder of templates, by name; only those the program brings may be links.

    Its own folder stands last; where it is the only one, the archive is the program's repository.
    """
    return [files_below(folder, follow=folder != folders[0]) for folder in folders]


def read_file(path: Path, *, follow: bool = False) -> bytes:
    """Read a file that is one: a pipe or device could keep the program waiting for ever.

    Raises:
        OSError: it cannot be read, is no ordinary file or, without `follow`, a link.
    """
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    number = os.open(path, flags if follow else flags | getattr(os, "O_NOFOLLOW", 0))
    try:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            raise OSError(errno.EINVAL, "it is no ordinary file", str(path))
    except OSError:
        os.close(number)
        raise
    with open(number, "rb") as file:  # noqa: PTH123 - a file that is open has no path
        return file.read()


def check_unchanged(path: str, content: bytes, expected: str | None) -> None:
    """Compare a file's content with the digest it was listed with: what is published is what was listed.

    An edit that is undone during a build would else stay published, for nothing would differ afterwards.

    Raises:
        ProblemsError: the file was changed, or was not there, when the files were listed.
    """
    if sha256(content) != expected:
        hint = "run  readingroom build  again: it was saved, or is being saved, just now"
        raise ProblemsError([Problem(shown(path), 0, CHANGED, hint)])
