"""Pages turned into full-text indexes by Pagefind, made the same byte for byte on every run."""

from __future__ import annotations

import ctypes
import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zlib
from contextlib import contextmanager
from hashlib import sha256
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from readingroom.facets import compressed
from readingroom.problems import Problem, ProblemsError, counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

PR_SET_PDEATHSIG = 1
MAGIC = b"pagefind_dcd"
NOTHING_TO_INDEX = "not able to build an index"
PROGRAM, ENTRY = "pagefind.js", "pagefind-entry.json"
INDEX_FOLDERS = ("filter", "fragment", "index")
REINSTALL = "install it again: pip install --force-reinstall pagefind-bin; or build with --no-search"
TAIL = 12
GLANCE = 0.01
CHUNK = 7_000


class Task(NamedTuple):
    """An index to be made: its name, and the pages it holds as (address, HTML), in order, when they are asked for."""

    name: str
    pages: Callable[[], Iterable[tuple[str, str]]]


class Made(NamedTuple):
    """A finished index: the task's name, how many pages are in it, and the folder it lies in."""

    name: str
    pages: int
    folder: Path


class _FormatError(Exception):
    """Says which file of Pagefind's is not of the form we know."""


class _Run(NamedTuple):
    """A Pagefind at work: on which task, in which folder, with the addresses it was given in order."""

    task: Task
    folder: Path
    addresses: tuple[str, ...]
    process: subprocess.Popen[bytes]


def pagefind_version() -> str:
    """Ask the Pagefind program for its version, such as `1.5.2`."""
    with _start(["--version"], None, subprocess.PIPE) as process:
        said, _ = process.communicate()
    return said.decode().strip().rpartition(" ")[2]


@contextmanager
def indexing(tasks: Sequence[Task], scratch: Path, *, language: str, jobs: int = 1) -> Iterator[Iterator[Made]]:
    """Make the index of each task in a folder of its own below `scratch`, `jobs` at a time.

    The first are begun at once and run on whether or not somebody waits for what is given: every index as it is
    ready. Those still at work at the end of the context are ended.

    All pages of an index are indexed in the archive's `language`: with an index a language Pagefind would search
    only one of them. Where no page holds a word the folder stays empty.

    Raises:
        FileExistsError: there is such a folder already; Pagefind would keep what it finds there.
        ProblemsError: Pagefind is missing, fails, or writes a form this program does not know.
    """
    waiting = list(reversed(tasks))
    running: list[_Run] = []

    def begin() -> None:
        while waiting and len(running) < max(1, jobs):
            task = waiting.pop()
            running.append(_begin(task, scratch / task.name, language))

    def ready() -> Iterator[Made]:
        while running:
            ended = next((run for run in running if run.process.poll() is not None), None)
            if ended is None:
                time.sleep(GLANCE)
                continue
            running.remove(ended)
            begin()
            yield _finish(ended)

    try:
        begin()
        yield ready()
    finally:
        for run in running:
            run.process.kill()
            run.process.wait()


def _begin(task: Task, folder: Path, language: str) -> _Run:
    """Write a task's pages and start Pagefind on them."""
    site, output = folder / "pages", folder / "index"
    output.mkdir(parents=True)
    addresses = []
    for address, page in task.pages():
        path = site / address
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8", errors="surrogatepass", newline="\n")
        addresses.append(address)
    site.mkdir(exist_ok=True)
    arguments = ["--site", str(site.resolve()), "--output-path", str(output.resolve()), "--glob", "**/*.html"]
    with (folder / "said").open("wb") as said:
        process = _start([*arguments, "--force-language", language, "--quiet"], output, said)
    return _Run(task, folder, tuple(addresses), process)


def _finish(run: _Run) -> Made:
    """Turn what Pagefind wrote into the canonical form, and drop what it was given."""
    said = (run.folder / "said").read_text("utf-8", errors="replace")
    output = run.folder / "index"
    shutil.rmtree(run.folder / "pages")
    if run.process.returncode and NOTHING_TO_INDEX in said:
        return Made(run.task.name, 0, output)
    if run.process.returncode:
        tail = "\n    ".join(said.strip().splitlines()[-TAIL:])
        raise _failure(f"Pagefind failed with exit code {run.process.returncode}:\n    {tail}", REINSTALL)
    try:
        return Made(run.task.name, make_reproducible(output, run.addresses), output)
    except _FormatError as error:
        hint = "install a Pagefind this program knows: pip install 'pagefind-bin==1.5.2'"
        raise _failure(f"Pagefind wrote an index of an unknown form: {error}", hint) from error


def make_reproducible(output: Path, addresses: Sequence[str]) -> int:
    """Give an index Pagefind wrote one canonical form, drop what our pages do not load, count its pages.

    Pagefind 1.5.2 writes filters and their values in the order of a hash map, so that their files,
    the file that names them (`pf_meta`) and the file that names that one differ from run to run.
    Pages are named by their place among `addresses` instead of by a hash, so that a hit says which report it is.
    """
    entry_path = output / ENTRY
    entry = _read_entry(entry_path)
    languages = entry["languages"]
    if len(languages) != 1:
        raise _FormatError(f"{ENTRY} names {counted(len(languages), 'language')}")
    numbers = {address: number for number, address in enumerate(addresses)}
    for name, language in languages.items():
        meta_path = output / f"pagefind.{language['hash']}.pf_meta"
        language["hash"] = _sort_language(output, name, meta_path, numbers)
    entry_path.write_text(
        json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")), "utf-8", newline="\n"
    )
    used = {f"wasm.{language['wasm'] or 'unknown'}.pagefind" for language in languages.values()}
    used |= {f"pagefind.{language['hash']}.pf_meta" for language in languages.values()}
    _prune(output, used | {PROGRAM, ENTRY})
    return sum(language["page_count"] for language in languages.values())


def _sort_language(output: Path, name: str, path: Path, numbers: Mapping[str, int]) -> str:
    """Rewrite the filters of one language and the file at `path` that names them and the pages; return its new hash."""
    match _decode(path):
        case [version, pages, chunks, filters, sorts, fields] if _is_table(filters):
            named = sorted([label, _sort_filter(output, name, digest)] for label, digest in filters)
            numbered = _number_pages(output, pages, numbers)
            data = _encode([version, numbered, chunks, named, sorts, fields])
        case _:
            raise _FormatError(f"{path.name} is not [version, pages, chunks, filters, sorts, fields]")
    path.unlink()
    renamed = f"{name}_{sha256(data).hexdigest()[:10]}"
    (output / f"pagefind.{renamed}.pf_meta").write_bytes(data)
    return renamed


def _number_pages(output: Path, pages: object, numbers: Mapping[str, int]) -> list[list[object]]:
    """Name every page and its file by its place in the order of addresses."""
    if not isinstance(pages, list):
        raise _FormatError("the list of pages is none")
    numbered: list[list[object]] = []
    for page in pages:
        match page:
            case [str() as digest, int() as words]:
                path = output / "fragment" / f"{digest}.pf_fragment"
                address = _address(path)
                if address not in numbers:
                    raise _FormatError(f"{path.name} holds a page nobody gave: {address}")
                number = str(numbers[address])
                path.rename(path.with_name(f"{number}.pf_fragment"))
                numbered.append([number, words])
            case _:
                raise _FormatError(f"{page!r} is no page")
    return numbered


def _address(path: Path) -> str:
    """Return the address of the page that a file of Pagefind's holds."""
    try:
        fragment = json.loads(_unpack(path))
        return str(fragment["url"]).lstrip("/")
    except (ValueError, KeyError, TypeError) as error:
        raise _FormatError(f"{path.name} cannot be read ({error})") from error


def _sort_filter(output: Path, language: str, digest: str) -> str:
    """Rewrite one filter's file with its values in order; return the new hash that names it."""
    path = output / "filter" / f"{digest}.pf_filter"
    match _decode(path):
        case [str() as label, values] if _is_table(values):
            data = _encode([label, sorted([value, sorted(set(pages))] for value, pages in values)])
        case _:
            raise _FormatError(f"{path.name} is not [filter, [[value, pages], …]]")
    path.unlink()
    renamed = f"{language}_{sha256(data).hexdigest()[:10]}"
    path.with_name(f"{renamed}.pf_filter").write_bytes(data)
    return renamed


def _is_table(rows: object) -> bool:
    """Tell whether `rows` is a list of pairs, each a text with a text or a list."""
    if not isinstance(rows, list):
        return False
    for row in rows:
        match row:
            case [str(), str() | list()]:
                continue
            case _:
                return False
    return True


def _read_entry(path: Path) -> dict[str, Any]:
    """Read the file a search starts from, making sure it names languages, hashes and page counts."""
    try:
        entry: dict[str, Any] = json.loads(path.read_text("utf-8"))
        known = all({"hash", "wasm", "page_count"} <= set(item) for item in entry["languages"].values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _FormatError(f"{path.name} cannot be read ({error})") from error
    if not known:
        raise _FormatError(f"{path.name} names a language without hash, wasm or page_count")
    return entry


def _unpack(path: Path) -> bytes:
    """Read a file of Pagefind's: gzip around a magic word and the content."""
    try:
        data = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise _FormatError(f"{path.name} cannot be read ({error})") from error
    if not data.startswith(MAGIC):
        raise _FormatError(f"{path.name} does not begin with {MAGIC.decode()}")
    return data[len(MAGIC) :]


def _decode(path: Path) -> Any:  # noqa: ANN401 - CBOR holds any shape; the callers check it
    """Read a file of Pagefind's that holds CBOR which we could write the same."""
    cbor = import_module("cbor2")
    data = _unpack(path)
    try:
        value = cbor.loads(data)
    except (ValueError, cbor.CBORDecodeError) as error:
        raise _FormatError(f"{path.name} cannot be read ({error})") from error
    if cbor.dumps(value) != data:
        raise _FormatError(f"{path.name} holds CBOR that would change when written back")
    return value


def _encode(value: object) -> bytes:
    """Write a value the way Pagefind does."""
    return compressed(MAGIC + import_module("cbor2").dumps(value))


def _prune(output: Path, keep: set[str]) -> None:
    """Remove the files of Pagefind's own interfaces, and languages' modules that no index uses."""
    for path in output.iterdir():
        if path.is_file() and path.name not in keep:
            path.unlink()
    missing = sorted(name for name in keep if not (output / name).is_file())
    strange = sorted(path.name for path in output.iterdir() if path.is_dir() and path.name not in INDEX_FOLDERS)
    if missing or strange:
        raise _FormatError(f"{counted(len(missing), 'file')} missing, unknown folders: {missing + strange}")


def die_with_parent() -> None:
    """Ask Linux to end this process with the one that started it: Pagefind retries for ever in a folder that went."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _start(arguments: list[str], folder: Path | None, said: int | IO[bytes]) -> subprocess.Popen[bytes]:
    """Start Pagefind where no settings file of its own lies, and without settings from the environment.

    Its chunks of words are made a third as large as it would: whoever searches for one word loads the whole chunk.
    """
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PAGEFIND_")}
    surroundings["PAGEFIND_UNSTABLE_INDEX_CHUNK_SIZE"] = str(CHUNK)
    try:
        command = [str(import_module("pagefind_bin").get_executable()), *arguments]
        return subprocess.Popen(  # noqa: S603 - our own dependency
            command,
            preexec_fn=die_with_parent if sys.platform.startswith("linux") else None,  # noqa: PLW1509 - only asks the kernel
            cwd=folder,
            env=surroundings,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    except (ImportError, FileNotFoundError) as error:
        raise _failure(
            "Pagefind cannot be started: its program is not installed for this computer", REINSTALL
        ) from error
    except OSError as error:
        raise _failure(f"Pagefind cannot be started: {error.strerror or error}", REINSTALL) from error


def _failure(message: str, hint: str) -> ProblemsError:
    """Wrap one problem with Pagefind."""
    return ProblemsError([Problem("pagefind", 0, message, hint)])
