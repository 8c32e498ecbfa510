"""What the last build left, against the files as they are: whether there is anything to do at all."""

from __future__ import annotations

import time
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from readingroom.cache import Cache, LostRowError, remove
from readingroom.config import settings
from readingroom.digest import digest
from readingroom.garbage import no_collection
from readingroom.listing import Tree, digest_of, list_trees
from readingroom.options import Result
from readingroom.problems import Problem, ProblemsError, is_error
from readingroom.program import fingerprint, packaged_templates, program
from readingroom.publish import SITE, Written, lacks_room, locked, recover, room_to_write, written
from readingroom.sources import CHANGED, RACY_NS, Known, list_sources, read_file, sha256, sha256_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from readingroom.cache import Row
    from readingroom.config import Config
    from readingroom.options import Options
    from readingroom.plan import Digests

CACHE = "cache.sqlite"
LOST = Problem(
    f"build/{CACHE}",
    0,
    "is damaged, or was changed meanwhile",
    "run this again; if that does not help delete the file: the next build makes it anew",
)
LAST, PAGEFIND, NAMES, AROUND = "last", "pagefind", "names", "around"
RULES = "names/rules.js"
Answer = TypeVar("Answer", bound="Result | None")
ANSWERS = {"now": {"now"}, "later": {"now", "later"}, "none": {"none"}}


@dataclass(frozen=True, slots=True)
class Sources:
    """The archive's files as they are: SHA-256 and size by path, rows for the cache, what it should forget.

    `listing` is the digest of their sizes and times, empty where a file is refused or cannot be read.
    """

    listing: str
    digests: Mapping[str, str]
    sizes: Mapping[str, int]
    rows: Mapping[str, Row]
    gone: tuple[str, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class LastSite:
    """What the cache knows of the site: bases and files of outputs, files of the search index, its inputs.

    `listing` is the digest of all these files (`listing.digest_of`), empty where the last build did not end, or a row
    of one of them is lost.
    """

    bases: Mapping[str, str]
    files: Mapping[str, Written]
    index: Mapping[str, Written]
    index_inputs: str
    listing: str = ""


class Here(NamedTuple):
    """The site as found: outputs just as written (and files nobody wrote), whether the index is, whether all is.

    `shelves` are the folders of the index that are whole, `""` among them for the files beside them.
    """

    outputs: AbstractSet[str]
    index_whole: bool
    whole: bool
    shelves: AbstractSet[str] = frozenset()


def look(root: Path, cache: Cache, *, rehash: bool = False) -> Sources:
    """List and digest the archive's files; `rehash` reads them all whatever their times say."""
    kept = {path: Known(*cast("list[Any]", row)) for path, row in cache.load("file").items()}
    last = cache.get("build", LAST)
    since = cast("int", last["started"]) if isinstance(last, dict) else 0
    listed, problems = list_sources(root)
    digests, found = sha256_of(root, listed, {} if rehash else kept, since=since)
    rows: dict[str, Row] = {
        source.path: [source.size, source.changed, digests[source.path]]
        for source in listed
        if source.path in digests and kept.get(source.path) != (source.size, source.changed, digests[source.path])
    }
    gone = tuple(path for path in kept if path not in digests)
    sizes = {source.path: source.size for source in listed}
    listing = "" if problems or found else digest_of(listed)
    return Sources(listing, digests, sizes, rows, gone, tuple(problems + found))


def inputs_of(root: Path, listing: str, config: Config) -> str:
    """Return the digest of everything a site is made from, given that of the sources' sizes and times."""
    packaged = packaged_templates()
    ours = "" if packaged == root / "templates" else fingerprint(packaged)
    return digest((listing, config, ours)) if listing else ""


def last_site(cache: Cache) -> LastSite:
    """Read what the cache's rows say of the last site."""
    rows = cast("dict[str, list[Any]]", cache.load("output"))
    index = cast("dict[str, list[int]]", cache.load("search"))
    made, last = cache.get("build", PAGEFIND), cache.get("build", LAST)
    whole = isinstance(made, dict) and made["files"] == len(index)
    return LastSite(
        {url: row[0] for url, row in rows.items()},
        {url: Written(*row[1:]) for url, row in rows.items()},
        {url: Written(*row) for url, row in index.items()},
        str(made["inputs"]) if isinstance(made, dict) and whole else "",
        _listing(cast("dict[str, Any]", last), len(rows) + len(index)) if isinstance(last, dict) else "",
    )


def _listing(last: Mapping[str, Any], files: int) -> str:
    """Return the digest that the last build left of the site's files, if it tells of as many."""
    return str(last["site"]) if last["counts"]["files"] == files else ""


def listed_names(cache: Cache, basis: str) -> list[str] | None:
    """Return which scripts of names the last build made, if it made them from the same names."""
    row = cache.get("build", NAMES)
    return cast("list[str]", row["scripts"]) if isinstance(row, dict) and row["basis"] == basis else None


def names_row(urls: Iterable[str], basis: str) -> Row:
    """Return the row that `listed_names` reads, given all addresses of the site."""
    scripts = [url.removeprefix(f"{NAMES}/") for url in urls if url.startswith(f"{NAMES}/") and url != RULES]
    return {"basis": basis, "scripts": scripts}


def kept_around(cache: Cache, basis: str) -> bytes | None:
    """Return what the last build found around reports, if it found it in the same headings."""
    row = cache.get("build", AROUND)
    return bytes.fromhex(cast("str", row["digests"])) if isinstance(row, dict) and row["basis"] == basis else None


def around_row(basis: str, digests: bytes) -> Row:
    """Return the row that `kept_around` reads."""
    return {"basis": basis, "digests": digests.hex()}


def digests_row(digests: Digests, reasons: Sequence[str]) -> Row:
    """Flatten the digests of an output and the reasons why it was made."""
    return [",".join(digests), "".join(digests.values()), list(reasons)]


def digests_of(row: Row) -> Digests:
    """Return the digests that `digests_row` flattened."""
    names, joined, _ = cast("list[Any]", row)
    fields = names.split(",")
    size = len(joined) // len(fields)
    return {name: joined[at * size : (at + 1) * size] for at, name in enumerate(fields)}


def files_written(site: Path, cache: Cache) -> tuple[dict[str, Written], tuple[Problem, ...]]:
    """Return every file of the site as the last build wrote it, none where all still are so or that build did not end.

    Where some are not, and the cache has lost a row of one, nobody can tell which: that is a problem.
    """
    last, row = last_site(cache), cache.get("build", LAST)
    if not isinstance(row, dict) or _listed(site) == row["site"]:
        return {}, ()
    return ({**last.files, **last.index}, ()) if last.listing else ({}, (LOST,))


def is_outdated(root: Path, sources: Sources, cache: Cache) -> bool:
    """Tell whether the sources are others than the site was built from, or the search index is older than its pages."""
    last = cast("dict[str, Any] | None", cache.get("build", LAST))
    if not last:
        return False
    if last["search"] == "later":
        return True
    if inputs_of(root, sources.listing, settings(root, last["url"])) == last["inputs"]:
        return False
    known = cast("dict[str, list[Any]]", cache.load("file"))
    return {path: sha256 for path, (_, _, sha256) in known.items()} != sources.digests


def as_written(site: Path, last: LastSite) -> Here:
    """Compare the files of the site with what the last build wrote: all at once and, where any differs, one by one."""
    if last.listing and _listed(site) == last.listing:
        return Here(last.files.keys(), index_whole=True, whole=True, shelves={*map(shelf_of, last.index)})
    there = written(site) if site.is_dir() else {}
    wrote = {**last.files, **last.index}
    same = {url for url, file in there.items() if wrote.get(url, file) == file}
    return Here(
        outputs=frozenset(url for url in same if not url.startswith(f"{PAGEFIND}/")),
        index_whole={url for url in there if url.startswith(f"{PAGEFIND}/")} == last.index.keys() <= same,
        whole=there == wrote,
        shelves=_whole_shelves(there, last.index, same),
    )


def _listed(site: Path) -> str:
    """Return the digest of the files of the site, empty where they cannot be listed."""
    try:
        (found,) = list_trees([Tree(site)], since=time.time_ns())
    except OSError:
        return ""
    return found.digest


def shelf_of(url: str) -> str:
    """Return the folder of the index in which a file lies, `""` for one beside the folders.

    >>> shelf_of("pagefind/2018-01-18.5f3a/index/en_1.pf_index"), shelf_of("pagefind/shards.js")
    ('2018-01-18.5f3a', '')
    """
    return url.removeprefix(f"{PAGEFIND}/").rpartition("/")[0].partition("/")[0]


def _whole_shelves(there: Iterable[str], wrote: Iterable[str], same: set[str]) -> frozenset[str]:
    found = {url for url in there if url.startswith(f"{PAGEFIND}/")}
    wrong = {shelf_of(url) for url in found ^ set(wrote)} | {shelf_of(url) for url in found - same}
    return frozenset({shelf_of(url) for url in found} - wrong)


def unchanged(root: Path, config: Config, options: Options, cache: Cache) -> Result | None:
    """Return the answer of a build that has nothing to do, None if there may be something.

    The same files, settings and program make the same site, so nothing need be read but the sizes and times of files,
    and the content of those that changed so shortly before the last build that a later edit could bear the same time.
    """
    last = cache.get("build", LAST)
    if not isinstance(last, dict) or options.dry_run or options.rehash or last["search"] not in ANSWERS[options.search]:
        return None
    began = time.time_ns()
    trees = Tree(root, sources=True), Tree(root / "build" / SITE)
    try:
        with closing(list_trees(trees, since=cast("int", last["started"]) - RACY_NS)) as listed:
            sources = next(listed)
            if inputs_of(root, sources.digest, config) != last["inputs"] or next(listed).digest != last["site"]:
                return None
    except OSError:
        return None
    if not all(_is_as_known(root, path, cache) for path in sources.young):
        return None
    if sources.young:
        cache.save({"build": {LAST: {**last, "started": began}}})
    return _answer(root, last, options)


def _is_as_known(root: Path, path: str, cache: Cache) -> bool:
    """Tell whether a file's content is what the last build found."""
    known = cache.get("file", path)
    try:
        return known is not None and sha256(read_file(root / path)) == cast("list[Any]", known)[2]
    except OSError:
        return False


def _answer(root: Path, last: Row, options: Options) -> Result | None:
    """Give the answer of the last build again, None where its problems must stop this one."""
    row = cast("dict[str, Any]", last)
    problems = tuple(Problem(*values) for values in row["problems"])
    if not options.keep_going and any(options.strict or is_error(problem) for problem in problems):
        return None
    return Result(root / "build" / SITE, **row["counts"], problems=problems)


@contextmanager
def opened(root: Path, *, look_only: bool = False) -> Iterator[Cache]:
    """Open the archive's cache; with `look_only` the file stays as it is.

    Raises:
        ProblemsError: a row that was there is lost; a build begins again by itself (`begin`).
    """
    with suppress(OSError):
        (root / "build").mkdir(exist_ok=True)
    with closing(Cache(root / "build" / CACHE, program(), look_only=look_only)) as cache:
        try:
            yield cache
        except ProblemsError as error:
            unsteady = [problem.path for problem in error.problems if problem.message == CHANGED]
            cache.save({}, {"file": unsteady})  # the next build reads them, whatever their times say
            raise
        except LostRowError as error:
            raise ProblemsError([LOST]) from error


def begin(root: Path, options: Options, go: Callable[[Config, Cache], Answer]) -> Result | Answer:
    """Give the answer of a build that has nothing to do, before anything heavy is imported, else what `go` makes.

    Raises:
        ProblemsError: what people wrote, the disk or Pagefind stopped the build; the site is as it was.
    """
    began = time.monotonic()
    folder = root / "build"
    config = settings(root, options.url)
    with room_to_write(folder), _held(folder, options), no_collection():
        try:
            with opened(root, look_only=options.dry_run) as cache:
                result = unchanged(root, config, options, cache) or go(config, cache)
        except ProblemsError as error:
            result = _begin_again(root, options, error, partial(go, config))
    return replace(result, seconds=time.monotonic() - began) if isinstance(result, Result) else result


def _begin_again(
    root: Path, options: Options, error: ProblemsError, go: Callable[[Cache], Answer], *, anew: bool = True
) -> Answer:
    """Build with a new cache where a row of the old one was lost; in memory where the disk does not hold it.

    The reports that were taken in before are told as well.

    Raises:
        ProblemsError: `error` itself where the cache is not its cause, or what stopped the work now.
    """
    lost = isinstance(error.__cause__, LostRowError)
    if not lost and not lacks_room(error):
        raise error
    keeps = lost and anew and not options.dry_run
    if not keeps and not options.dry_run:
        remove(root / "build" / CACHE)
    try:
        with opened(root, look_only=not keeps) as cache:
            cache.begin_again()
            result = go(cache)
    except ProblemsError as again:
        told = ProblemsError(again.problems, tuple(dict.fromkeys((*error.ingested, *again.ingested))))
        told.__cause__ = again.__cause__
        if keeps:
            return _begin_again(root, options, told, go, anew=False)
        raise told from again.__cause__
    if isinstance(result, Result):
        result = replace(result, ingested=tuple(dict.fromkeys((*error.ingested, *result.ingested))))
    return result


@contextmanager
def _held(folder: Path, options: Options) -> Iterator[None]:
    """Hold the build folder and tidy it; a dry run only looks, so it takes no lock and may not even write there."""
    if options.dry_run:
        yield
        return
    with locked(folder):
        recover(folder)
        yield


def nothing_to_do(root: Path, options: Options) -> Result | None:
    """Return the answer of a build that has nothing to do."""
    return begin(root, options, lambda _config, _cache: None)


def last_reasons(cache: Cache) -> dict[str, tuple[str, ...]]:
    """Return why each output was made when it was last made."""
    there = cache.load("output")
    rows = cast("dict[str, list[Any]]", cache.load("digests"))
    return {url: tuple(row[2]) for url, row in rows.items() if url in there}


def last_row(result: Result, files: Mapping[str, Written], *, inputs: str, started: int, built: tuple[str, str]) -> Row:
    """Return the row that lets the next build see that it has nothing to do.

    `files` are all of the site; `built` says with which search and url.
    """
    counts = ("reports", "entities", "mentions", "files", "size", "edition")
    return {
        "inputs": inputs,
        "site": digest_of((url, *file) for url, file in files.items()),
        "started": started,
        "search": built[0],
        "url": built[1],
        "problems": [[p.path, p.line, p.message, p.hint, p.severity] for p in result.problems],
        "counts": {name: getattr(result, name) for name in counts},
    }
