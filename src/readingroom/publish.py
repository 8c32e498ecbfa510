"""A whole new site put together beside the old one, then swapped in: readers see the old site or the new one.

Files that did not change are second names of the old ones, never written through. The tree that was the site before
is kept and brought forward to be the next one, so that publishing costs as much as differs. A stage a crash left
behind is removed at the next start, and a swap it interrupted is finished.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
import time
import uuid
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from filelock import FileLock, Timeout

from readingroom.problems import Problem, ProblemsError, amount
from readingroom.twin import align, move, prune, take

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SITE, STAGE, OLD, TWIN, SENT = "site", "site.new", "site.old", "site.twin", "sent"
PATIENCE = 10.0
RENAME_EXCHANGE = 2
AT_FDCWD = -100
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
TOO_LITTLE = 100_000
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG})
NO_LINKS = frozenset({errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})


@contextmanager
def locked(folder: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the build folder for one process; another waits `patience` seconds, then fails and names the holder."""
    folder.mkdir(parents=True, exist_ok=True)
    holder = folder / "lock.pid"
    if (folder / "lock").is_symlink():
        remove(folder / "lock")
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(timeout=patience)
    except Timeout:
        number = _holder(holder)
        hint = "wait until it ends, or end it; readingroom serve builds by itself"
        raise ProblemsError([Problem("build/lock", 0, f"another build is running (process {number})", hint)]) from None
    try:
        holder.unlink(missing_ok=True)
        with holder.open("x", encoding="ascii") as file:
            file.write(f"{os.getpid()}\n")
        yield
    finally:
        with suppress(OSError):
            holder.unlink()
        lock.release()


def _holder(path: Path) -> str:
    with suppress(OSError, ValueError):
        return path.read_text(encoding="ascii").strip() or "unknown"
    return "unknown"


@contextmanager
def room_to_write(folder: Path) -> Iterator[None]:
    """Turn a full disk or missing permission into a problem with a next step; the stage is gone by then."""
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        where = str(error.filename or folder)
        wants = f"free some room ({_room(folder)})" if error.errno == errno.ENOSPC else "free some room"
        hint = f"{wants} or mend the permissions; the site is as it was"
        raise ProblemsError([Problem(where, 0, f"cannot be written: {error.strerror}", hint)]) from error


def lacks_room(error: ProblemsError) -> bool:
    """Tell whether what stopped the work was a full disk."""
    return isinstance(error.__cause__, OSError) and error.__cause__.errno in FULL


@contextmanager
def telling_of_a_full_disk(folder: Path) -> Iterator[None]:
    """Let another program's failure on a full disk be told as what it is."""
    try:
        yield
    except ProblemsError as error:
        if shutil.disk_usage(folder).free < TOO_LITTLE:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder)) from error
        raise


def _room(folder: Path) -> str:
    """Say how much room there is on the disk of a folder, and how much the site in it takes."""
    free = ""
    with suppress(OSError):
        free = f"{amount(shutil.disk_usage(folder).free)} are free"
        size = sum(file.size for file in written(folder / SITE).values())
        return f"{free}; a whole site, written beside the old one, takes up to {amount(size)}"
    return free or "how much is free cannot be told"


def recover(folder: Path) -> None:
    """Finish or undo what an interrupted build left: never without a site where there was one."""
    site, old = folder / SITE, folder / OLD
    if old.is_dir() and not site.is_dir():
        remove(site)
        old.rename(site)
    sweep(folder / STAGE)
    sweep(folder / SENT)
    remove(old)
    if not (folder / TWIN).is_dir() or (folder / TWIN).is_symlink():
        remove(folder / TWIN)


def remove(path: Path) -> None:
    """Remove a folder, file or link, whatever is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def sweep(path: Path) -> None:
    """Remove what a killed build left, as far as it goes: what it had started may still be writing there.

    So the folder is moved out of its way first: whoever knows it by its path finds nothing to write into.
    """
    gone = path.with_name(f"{path.name}.gone")
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            remove(gone)
            path.rename(gone)
    for left in (gone, path):
        with suppress(OSError):
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)


class Written(NamedTuple):
    """A file as it was written: size, and time of change in nanoseconds."""

    size: int
    changed: int


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """Give an empty stage in the build folder; whatever ends the work before it is published removes it."""
    stage = Stage(folder)
    try:
        yield stage
    finally:
        stage.discard()


class Stage:
    """The new site while it is being put together: its new files, and which of the old ones it keeps.

    Its folder bears a name of its own, so that what a killed build had started and could not end (Pagefind, a
    forked process) never writes into the stage of the next build.
    """

    def __init__(self, folder: Path) -> None:
        """Begin an empty stage in the build folder."""
        self._stages = folder / STAGE
        self.path = self._stages / f"{os.getpid()}-{time.time_ns()}"
        self._site = folder / SITE
        self._old = folder / OLD
        self._twin = folder / TWIN
        self._folders: set[str] = set()
        self._kept: set[str] = set()
        sweep(self._stages)
        self.path.mkdir(parents=True)

    def __reduce__(self) -> tuple[type[FarStage], tuple[str]]:
        return FarStage, (str(self.path),)

    def write(self, url: str, content: bytes) -> Written:
        """Write a new file; its content never reaches the old site."""
        with open(self._place(url), "xb") as file:  # noqa: PTH123 - half the price of Path.open at 100,000 files
            file.write(content)
            file.flush()
            status = os.fstat(file.fileno())
        return Written(status.st_size, status.st_mtime_ns)

    def write_if(self, url: str, parts: Iterable[bytes], wanted: Callable[[], bool]) -> Written | None:
        """Write a new file from parts that are made meanwhile; keep it if it is `wanted` when all are there."""
        place = Path(self._place(url))
        with place.open("xb") as file:
            file.writelines(parts)
        status = place.stat()
        if wanted():
            return Written(status.st_size, status.st_mtime_ns)
        place.unlink()
        return None

    def copy(self, url: str, source: str) -> Written:
        """Copy a file from outside the build folder."""
        with open(source, "rb") as file:  # noqa: PTH123 - as above
            return self.write(url, file.read())

    def keep(self, urls: Iterable[str]) -> None:
        """Take files over from the old site, as second names for the same bytes where the disk allows it."""
        self._kept.update(urls)

    def find(self, url: str) -> Path:
        """Return where a file of the new site lies until it is published."""
        return self.path / url if (self.path / url).is_file() else self._site / url

    def publish(self) -> None:
        """Put the new files and those kept together and swap them in; the old site becomes the twin, or is removed."""
        new = [url for url in written(self.path) if not url.endswith("/")]
        kept = self._kept.difference(new)
        if not os.path.lexists(self._site):
            self.path.rename(self._site)
            remove(self._twin)
            return
        tree, linked = self._together(new, kept)
        exchanged = exchange(tree, self._site)
        if not exchanged:
            self._site.rename(self._old)
            tree.rename(self._site)
        with suppress(OSError):  # the new site is there; the next build tries again
            self._retire(tree if exchanged else self._old, kept, useful=linked and exchanged)

    def _together(self, new: list[str], kept: set[str]) -> tuple[Path, bool]:
        """Return a tree of all files of the new site, and whether those kept are links."""
        forward = self._stages / f"{self.path.name}.{TWIN}"
        try:
            if take(self._twin, forward):
                align(forward, self._site, kept, new)
                move(self.path, forward, new)
                return forward, True
        except OSError as error:
            if error.errno in FULL or not all(map(self._is_here, new)):
                raise
        return self.path, self._link(kept)

    def _is_here(self, url: str) -> bool:
        return os.path.lexists(f"{self.path}/{url}")

    def _link(self, kept: Iterable[str]) -> bool:
        """Bring the kept files to the new ones: links, or copies where the disk knows no links; tell which."""
        linked = True
        for url in kept:
            source, target = f"{self._site}/{url}", self._place(url)
            try:
                os.link(source, target, follow_symlinks=False)
            except OSError as error:
                if error.errno not in NO_LINKS:
                    raise
                shutil.copy2(source, target, follow_symlinks=False)
                linked = False
        return linked

    def _retire(self, old: Path, kept: set[str], *, useful: bool) -> None:
        """Keep of the old site what the new one shares with it, for the next; where that is of no use, nothing."""
        remove(self._twin)
        if useful and old.is_dir() and not old.is_symlink():
            prune(old, kept)
            old.rename(self._twin)
        else:
            remove(old)

    def discard(self) -> None:
        """Throw the stage away; the site stays as it was."""
        with suppress(OSError):
            sweep(self._stages)

    def _place(self, url: str) -> str:
        folder = url.rpartition("/")[0]
        if folder not in self._folders:
            (self.path / folder).mkdir(parents=True, exist_ok=True)
            self._folders.add(folder)
        return f"{self.path}/{url}"


class FarStage:
    """The stage as another host sees it.

    There the same work may be done twice: a host that seemed dead may have written a file, or may write it yet. So
    a file is written beside the stage and put in its place whole, over one of the same bytes, never through a link.
    Once the stage is published or thrown away, nothing can be put there any more.
    """

    def __init__(self, path: str) -> None:
        """See the stage that stands at this path."""
        self._path = path

    def write(self, url: str, content: bytes) -> Written:
        """Write a file, new or once more."""
        return self._put(self._beside([content]), url)

    def write_if(self, url: str, parts: Iterable[bytes], wanted: Callable[[], bool]) -> Written | None:
        """Write a file, new or once more, from parts; put it in its place if it is `wanted` when all are there."""
        beside = self._beside(parts)
        if wanted():
            return self._put(beside, url)
        Path(beside).unlink()
        return None

    def _beside(self, parts: Iterable[bytes]) -> str:
        """Write a file beside the stage; return its path."""
        folder = f"{self._path}.parts"
        with suppress(FileExistsError):
            os.mkdir(folder)  # noqa: PTH102 - strings, as in Stage
        path = f"{folder}/{uuid.uuid4().hex}"
        with open(path, "xb") as file:  # noqa: PTH123 - as above
            file.writelines(parts)
        return path

    def _put(self, path: str, url: str) -> Written:
        """Put a file that lies beside the stage in its place."""
        status = os.stat(path)  # noqa: PTH116 - once it is closed: a file server may set the time only then
        target = f"{self._path}/{url}"
        try:
            os.replace(path, target)  # noqa: PTH105 - as above
        except FileNotFoundError:
            self._make_folder(url.rpartition("/")[0])
            os.replace(path, target)  # noqa: PTH105 - as above
        return Written(status.st_size, status.st_mtime_ns)

    def _make_folder(self, url: str) -> None:
        """Make a folder of the stage, but never the stage itself."""
        path = self._path
        for part in url.split("/"):
            path = f"{path}/{part}"
            with suppress(FileExistsError):
                os.mkdir(path)  # noqa: PTH102 - as above


def written(folder: Path) -> dict[str, Written]:
    """Return every file below a folder, by its path below it; links count as files, and so do empty folders."""
    found: dict[str, Written] = {}
    waiting = [(str(folder), "")]
    while waiting:
        path, url = waiting.pop()
        with os.scandir(path) as entries:
            inside = list(entries)
            if not inside and url:
                found[url] = Written(0, 0)
            for entry in inside:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((entry.path, f"{url}{entry.name}/"))
                else:
                    status = entry.stat(follow_symlinks=False)
                    found[url + entry.name] = Written(status.st_size, status.st_mtime_ns)
    return found


def exchange(one: Path, other: Path) -> bool:
    """Swap two paths in one step (Linux renameat2); False where the system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    return bool(renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0)
