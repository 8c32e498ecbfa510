"""Report pages turned into a full-text index by Pagefind, made the same byte for byte on every run."""

from __future__ import annotations

import ctypes
import gzip
import json
import os
import signal
import subprocess
import sys
import zlib
from hashlib import sha256
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from readingroom.problems import Problem, ProblemsError, counted

if TYPE_CHECKING:
    from pathlib import Path

PR_SET_PDEATHSIG = 1
MAGIC = b"pagefind_dcd"
GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
NOTHING_TO_INDEX = "not able to build an index"
NEEDED = frozenset({"pagefind.js", "pagefind-entry.json"})
INDEX_FOLDERS = ("filter", "fragment", "index")
REINSTALL = "install it again: pip install --force-reinstall pagefind-bin; or build with --no-search"
TAIL = 12


class IndexResult(NamedTuple):
    """How many reports were indexed, and how many files and bytes the index takes."""

    pages: int
    files: int
    size: int


class _FormatError(Exception):
    """Says which file of Pagefind's is not of the form we know."""


def pagefind_version() -> str:
    """Ask the Pagefind program for its version, such as `1.5.2`."""
    return _run(["--version"]).stdout.strip().rpartition(" ")[2]


def build_index(site: Path, output: Path, *, glob: str = "reports/*.html", language: str = "en") -> IndexResult:
    """Index the pages of `site` that `glob` names and that carry `data-pagefind-body`, into `output`.

    `output` must be new or empty, for Pagefind keeps the text of deleted pages in a folder it finds.
    All reports go into one index, that of the archive's `language`: with an index a language Pagefind
    would search only one of them, and could not sort across them by date. Where no page is to be
    indexed the folder stays empty.

    Raises:
        FileExistsError: `output` holds something already.
        ProblemsError: Pagefind is missing, fails, or writes a form this program does not know.
    """
    output.mkdir(parents=True, exist_ok=True)
    if any(output.iterdir()):
        raise FileExistsError(f"not empty: {output}")
    if not any(b"data-pagefind-body" in page.read_bytes() for page in sorted(site.glob(glob))):
        return IndexResult(0, 0, 0)
    arguments = ["--site", str(site.resolve()), "--output-path", str(output.resolve()), "--glob", glob]
    done = _run([*arguments, "--force-language", language, "--quiet"], folder=output)
    if done.returncode and NOTHING_TO_INDEX in done.stderr:
        return IndexResult(0, 0, 0)
    if done.returncode:
        tail = "\n    ".join(done.stderr.strip().splitlines()[-TAIL:])
        raise _failure(f"Pagefind failed with exit code {done.returncode}:\n    {tail}", REINSTALL)
    try:
        pages = make_reproducible(output)
    except _FormatError as error:
        hint = "install a Pagefind this program knows: pip install 'pagefind-bin==1.5.2'"
        raise _failure(f"Pagefind wrote an index of an unknown form: {error}", hint) from error
    sizes = [path.stat().st_size for path in output.rglob("*") if path.is_file()]
    return IndexResult(pages, len(sizes), sum(sizes))


def make_reproducible(output: Path) -> int:
    """Give an index Pagefind wrote one canonical form, drop what our pages do not load, count its pages.

    Pagefind 1.5.2 writes filters and their values in the order of a hash map, so that their files,
    the file that names them (`pf_meta`) and the file that names that one differ from run to run.
    """
    entry_path = output / "pagefind-entry.json"
    entry = _read_entry(entry_path)
    languages = entry["languages"]
    for name, language in languages.items():
        meta_path = output / f"pagefind.{language['hash']}.pf_meta"
        language["hash"] = _sort_language(output, name, meta_path)
    entry_path.write_text(
        json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")), "utf-8", newline="\n"
    )
    used = {f"wasm.{language['wasm'] or 'unknown'}.pagefind" for language in languages.values()}
    used |= {f"pagefind.{language['hash']}.pf_meta" for language in languages.values()}
    _prune(output, used | NEEDED)
    return sum(language["page_count"] for language in languages.values())


def _sort_language(output: Path, name: str, path: Path) -> str:
    """Rewrite the filters of one language and the file at `path` that names them; return its new hash."""
    match _decode(path):
        case [version, pages, chunks, filters, sorts, fields] if _is_table(filters):
            named = sorted([label, _sort_filter(output, name, digest)] for label, digest in filters)
            data = _encode([version, pages, chunks, named, sorts, fields])
        case _:
            raise _FormatError(f"{path.name} is not [version, pages, chunks, filters, sorts, fields]")
    path.unlink()
    renamed = f"{name}_{sha256(data).hexdigest()[:10]}"
    (output / f"pagefind.{renamed}.pf_meta").write_bytes(data)
    return renamed


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


def _decode(path: Path) -> Any:  # noqa: ANN401 - CBOR holds any shape; the callers check it
    """Read a file of Pagefind's: gzip around a magic word and CBOR that we could write the same."""
    cbor = import_module("cbor2")
    try:
        data = gzip.decompress(path.read_bytes())
        if not data.startswith(MAGIC):
            raise _FormatError(f"{path.name} does not begin with {MAGIC.decode()}")
        value = cbor.loads(data[len(MAGIC) :])
    except (OSError, EOFError, zlib.error, ValueError, cbor.CBORDecodeError) as error:
        raise _FormatError(f"{path.name} cannot be read ({error})") from error
    if cbor.dumps(value) != data[len(MAGIC) :]:
        raise _FormatError(f"{path.name} holds CBOR that would change when written back")
    return value


def _encode(value: object) -> bytes:
    """Write a value the way Pagefind does, with neither time nor system in the gzip header."""
    data: bytes = MAGIC + import_module("cbor2").dumps(value)
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = packer.compress(data) + packer.flush()
    return GZIP_HEADER + body + zlib.crc32(data).to_bytes(4, "little") + len(data).to_bytes(4, "little")


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


def _run(arguments: list[str], folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run Pagefind where no settings file of its own lies, and without settings from the environment."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PAGEFIND_")}
    try:
        command = [str(import_module("pagefind_bin").get_executable()), *arguments]
        return subprocess.run(  # noqa: S603 - our own dependency; the child only asks the kernel a favour
            command,
            preexec_fn=die_with_parent if sys.platform.startswith("linux") else None,
            cwd=folder,
            env=surroundings,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="replace",
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
