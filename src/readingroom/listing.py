"""The files of a folder brought down to one digest of their names, sizes and times: whether anything differs at all.

A row a file would have to be read, checked and compared; of 400,000 files that takes longer than asking each for its
size and time, which nothing can spare. Where folders are large, two processes ask.
"""

from __future__ import annotations

import json
import os
import signal
import threading
from contextlib import contextmanager
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from readingroom.options import processors
from readingroom.sources import FOLDERS, is_passed_over

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
    from pathlib import Path

    Part = tuple[int, str, str, list[str]]  # a tree's number, a folder below it, the digest of its files, young ones

LARGE = 1 << 16  # bytes of a folder itself, which holds the names of its files: a thousand or more
WORTH_FORKING = 1 << 18
BY_NUMBER = os.scandir in os.supports_fd


class Tree(NamedTuple):
    """A folder to be listed; of the archive's own only the sources count, and only files may be among them."""

    root: Path
    sources: bool = False


class Listed(NamedTuple):
    """What was found of a tree: the digest of its files, and which of them are young."""

    digest: str
    young: tuple[str, ...]


class _Folder(NamedTuple):
    """A folder of a tree: the tree's number, its path, its path below the tree with a slash behind it, its size."""

    tree: int
    path: str
    below: str
    size: int = 0


def digest_of(files: Iterable[tuple[str, int, int]]) -> str:
    """Return the digest of a tree that holds these files: path (posix), size, time of change in nanoseconds.

    >>> digest_of([("a/b", 1, 2), ("c", 3, 4)]) == digest_of([("c", 3, 4), ("a/b", 1, 2)])
    True
    >>> digest_of([("a/b", 1, 2)]) == digest_of([("a/b", 1, 3)])
    False
    """
    folders: dict[str, list[str]] = {}
    for path, size, changed in files:
        end = path.rfind("/") + 1
        folders.setdefault(path[:end], []).append(f"{path[end:]}\0{size}\0{changed}")
    return _whole((folder, _digest(lines)) for folder, lines in folders.items())


def list_trees(trees: Sequence[Tree], *, since: int) -> Generator[Listed]:
    """List trees, each when it is asked for; the files that changed at `since` (ns) or later are young.

    Where the folders of the first are large, another process lists some of the others meanwhile.

    Raises:
        OSError: a folder cannot be read, or goes while it is read.
    """
    first, *others = [_Folder(number, str(tree.root), "") for number, tree in enumerate(trees)]
    parts: list[Part] = []
    large = _list(trees, [first], since, parts, LARGE)
    busy = sum(folder.size for folder in large)
    if busy < WORTH_FORKING or not others or not _may_fork():
        _list(trees, large, since, parts)
        yield _listed(first.tree, parts)
        for folder in others:
            _list(trees, [folder], since, parts)
            yield _listed(folder.tree, parts)
        return
    ours, theirs = _halves(_list(trees, others, since, parts, LARGE), busy)
    with _beside(lambda: _parts(trees, theirs, since)) as answer:
        _list(trees, large, since, parts)
        yield _listed(first.tree, parts)
        _list(trees, ours, since, parts)
        parts += answer()
    yield from (_listed(folder.tree, parts) for folder in others)


def _listed(number: int, parts: Sequence[Part]) -> Listed:
    own = [part for part in parts if part[0] == number]
    young = sorted(path for _, _, _, paths in own for path in paths)
    return Listed(_whole((below, digest) for _, below, digest, _ in own), tuple(young))


def _parts(trees: Sequence[Tree], folders: Sequence[_Folder], since: int) -> list[Part]:
    parts: list[Part] = []
    _list(trees, folders, since, parts)
    return parts


def _list(
    trees: Sequence[Tree], folders: Sequence[_Folder], since: int, parts: list[Part], limit: int = 0
) -> list[_Folder]:
    """List folders and all below them; those larger than `limit` are left for later, and returned."""
    waiting, large = list(folders), []
    while waiting:
        folder = waiting.pop()
        number = os.open(folder.path, os.O_RDONLY) if BY_NUMBER else -1
        try:
            size = os.fstat(number).st_size if BY_NUMBER else 0
            if limit and size > limit:
                large.append(folder._replace(size=size))
                continue
            with os.scandir(number if BY_NUMBER else folder.path) as entries:
                part, inner = _look_at(folder, entries, since, sources=trees[folder.tree].sources)
        finally:
            if BY_NUMBER:
                os.close(number)
        waiting += inner
        parts += [part] if part[2] else []
    return large


def _look_at(
    folder: _Folder, entries: Iterable[os.DirEntry[str]], since: int, *, sources: bool
) -> tuple[Part, list[_Folder]]:
    """Digest the files of one folder, and name those in it."""
    tree, path, below, _ = folder
    lines: list[str] = []
    young: list[str] = []
    inner: list[_Folder] = []
    for entry in entries:
        name = entry.name
        if sources and (is_passed_over(name) or not (below or name in FOLDERS)):
            continue
        if entry.is_dir(follow_symlinks=False):
            inner.append(_Folder(tree, f"{path}/{name}", f"{below}{name}/"))
        elif sources and not entry.is_file(follow_symlinks=False):
            lines.append(name)  # no file of this line is ever known
        else:
            status = entry.stat(follow_symlinks=False)
            changed = status.st_mtime_ns
            lines.append(f"{name}\0{status.st_size}\0{changed}")
            if changed >= since:
                young.append(below + name)
    empty = not (sources or lines or inner)
    digest = _digest(lines) if lines or (empty and below) else ""
    return (tree, below, digest, young), inner


def _digest(lines: list[str]) -> str:
    lines.sort()
    return blake2b("\n".join(lines).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _whole(folders: Iterable[tuple[str, str]]) -> str:
    return _digest([f"{below}\0{digest}" for below, digest in folders])


def _may_fork() -> bool:
    return hasattr(os, "fork") and processors() > 1 and threading.active_count() == 1


def _halves(folders: Sequence[_Folder], busy: int) -> tuple[list[_Folder], list[_Folder]]:
    """Part folders so that both parts are about as large, the first with the bytes that it is `busy` with besides."""
    halves: tuple[list[_Folder], list[_Folder]] = ([], [])
    sizes = [busy, 0]
    for folder in sorted(folders, key=lambda folder: folder.size, reverse=True):
        less = sizes.index(min(sizes))
        halves[less].append(folder)
        sizes[less] += folder.size
    return halves


@contextmanager
def _beside(work: Callable[[], list[Part]]) -> Iterator[Callable[[], list[Part]]]:
    """Do work in a forked process, which ends with this one's interest in it; what is given waits for the answer."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        _answer(work, writing)
    os.close(writing)

    def answer() -> list[Part]:
        content = b"".join(iter(lambda: os.read(reading, 1 << 20), b""))
        try:
            return [(tree, below, digest, young) for tree, below, digest, young in json.loads(content)]
        except ValueError as error:
            raise OSError("a folder could not be listed") from error

    try:
        yield answer
    finally:
        os.close(reading)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)


def _answer(work: Callable[[], list[Part]], writing: int) -> None:
    """Send what comes of work, all of it or nothing, and end this process."""
    try:
        with open(writing, "wb") as pipe:
            pipe.write(json.dumps(work()).encode())
    finally:
        os._exit(0)
