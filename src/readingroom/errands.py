"""Work for other hosts: packed into a file once a stage, unpacked there once, and done slice by slice."""

from __future__ import annotations

import gc
import hashlib
import logging
import platform
import signal
import threading
import uuid
from contextlib import suppress
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from pickle import loads
from typing import TYPE_CHECKING, Any, NamedTuple

from readingroom import __version__
from readingroom.garbage import no_collection
from readingroom.problems import Problem, ProblemsError
from readingroom.program import MATTERS, packaged_templates

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from readingroom.options import Work

LIBRARIES = (*MATTERS, "cloudpickle", "dask", "distributed")
OURS = "readingroom"
ALIKE = "install the same into an environment at the same path on every host, then start the workers again"


class Errand(NamedTuple):
    """Packed work: the path of its file, the SHA-256 of that, and what must be installed to do it."""

    path: str
    sha256: str
    edition: Mapping[str, str]


class Seen(NamedTuple):
    """What a worker says of itself: what is installed there, and whether it can read and write the shared folder."""

    edition: Mapping[str, str]
    reads: bool
    writes: bool


class Done(NamedTuple):
    """What came of a slice: how many items and their answer, again and again; and what was wrong with them."""

    answers: list[tuple[int, Any]]
    problems: tuple[Problem, ...]


class UnfitError(Exception):
    """A worker that cannot do this build's work: `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem)


@cache
def edition() -> Mapping[str, str]:
    """Return what must be the same wherever work is done: Python, this program and where it lies, its libraries."""
    found = {"Python": platform.python_version(), OURS: f"{__version__} ({_content()})"}
    for name in LIBRARIES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return {**found, "folder": str(packaged_templates())}


def _content() -> str:
    """Return the beginning of the SHA-256 of all files of this program."""
    found = hashlib.sha256()
    for folder in dict.fromkeys((Path(__file__).parent, packaged_templates())):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                found.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return found.hexdigest()[:12]


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """Say what is installed otherwise there than here.

    >>> differences({"jinja2": "3.1", "dask": "1"}, {"jinja2": "3.0", "dask": "1"}), differences({"dask": "1"}, {})
    (['jinja2 is 3.0 there and 3.1 here'], ['dask is missing there'])
    """
    return [
        f"{name} is {there[name]} there and {wanted} here" if name in there else f"{name} is missing there"
        for name, wanted in here.items()
        if there.get(name) != wanted
    ]


def see(token: str, content: str) -> Seen:
    """Say what is installed where this runs, and whether it sees the file `token` and can write beside it."""
    path, reads, writes = Path(token), False, False
    with suppress(OSError):
        reads = path.read_text(encoding="ascii") == content
        mine = path.with_name(uuid.uuid4().hex)
        mine.touch(exist_ok=False)
        mine.unlink()
        writes = True
    return Seen(edition(), reads, writes)


def pack(work: Work, folder: Path) -> Errand:
    """Write `work`, with all it refers to, into a file of its own."""
    from cloudpickle import dump  # noqa: PLC0415 - it comes with Dask, which a build on one machine does not need

    path = folder / uuid.uuid4().hex
    with path.open("xb") as file:
        dump(work, file)
    with path.open("rb") as file:
        return Errand(str(path), hashlib.file_digest(file, "sha256").hexdigest(), edition())


def do(errand: Errand, items: Sequence[Any]) -> Done:
    """Do packed work on some items, where this runs.

    One slice at a time in a process: threads would share what is no thread's own, and gain nothing.

    Raises:
        UnfitError: it cannot be done here.
    """
    found = differences(errand.edition, edition())
    if found:
        raise UnfitError(unlike(platform.node(), found))
    done = Done([], ())
    with _TURN, no_collection():
        work = _unpacked(errand.path, errand.sha256)
        try:
            done.answers.extend(work(items))
        except ProblemsError as error:
            return done._replace(problems=error.problems)
    return done


def put_down() -> None:
    """Forget the work that was unpacked last."""
    with _TURN:
        _unpacked.cache_clear()
        gc.unfreeze()
        gc.collect()


def dask_setup(_worker: object) -> None:
    """Leave Ctrl-C, and what to say, to the build: Dask calls this where a cluster is started on one host."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable(logging.CRITICAL)


def unlike(worker: str, found: Sequence[str]) -> Problem:
    """Say that a worker has other programs than this build."""
    return Problem(f"worker {worker}", 0, f"works with other versions: {'; '.join(found)}", ALIKE)


def blind(worker: str, folder: str) -> Problem:
    """Say that a worker does not see the archive's folder."""
    hint = "put the archive on a disk that all hosts mount at this path, and let the worker's user write there"
    return Problem(f"worker {worker}", 0, f"cannot read and write {folder}", hint)


_TURN = threading.Lock()


@lru_cache(maxsize=1)
def _unpacked(path: str, sha256: str) -> Work:
    """Unpack work, and look for garbage in it no more."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise UnfitError(blind(platform.node(), str(Path(path).parent))) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise UnfitError(blind(platform.node(), str(Path(path).parent)))
    work: Work = loads(content)  # noqa: S301 - the build wrote it
    gc.freeze()
    return work
