"""The search index as part of the site: planned by shards, taken over where nothing differs, else made, and listed.

Each shard lies in a folder that is named by a digest of what it is made from, and so do its facets (facets.py): a
folder of that name that is whole is the one wanted. `pagefind/shards.js` lists them for the search page.
"""

from __future__ import annotations

import json
import posixpath
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from readingroom.digest import digest, digest_bytes
from readingroom.facets import Facet, facet_chunks, runs
from readingroom.offline import FOLDER, pack_index, pack_of, program_script, write_pack
from readingroom.program import versions
from readingroom.publish import written
from readingroom.search import ENTRY, PROGRAM, Task, indexing
from readingroom.shards import plan
from readingroom.state import PAGEFIND, shelf_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from readingroom.config import Config
    from readingroom.options import Progress, Search
    from readingroom.publish import Stage, Written
    from readingroom.search import Made
    from readingroom.searchable import Searchable
    from readingroom.state import Here, LastSite

LIST, CARD, TABLE, SHARED = "shards.js", "shard.json", "facets.json", "program"
KINDS = ("js", "pagefind")
FORM = 2
AT_ONCE = 2


class Shelf(NamedTuple):
    """One shard: the folder of its index, that of its facets, and its reports in order."""

    words: str
    names: str
    reports: tuple[Searchable, ...]


class IndexStep(NamedTuple):
    """What a build does about the search index, what the index is made from, and how it stands afterwards.

    `stands` is `now` (up to date), `later` (older than the pages, or missing until then) or `none`.
    """

    does: Literal["make", "keep", "none"]
    inputs: str
    stands: Search
    shelves: tuple[Shelf, ...] = ()


class Shelving(NamedTuple):
    """What an index is made with: the words of reports by address, names by id, settings, processes, a listener."""

    texts: Callable[[Iterable[str]], Iterable[tuple[str, str]]]
    labels: Mapping[str, str]
    config: Config
    jobs: int
    say: Progress


def index_step(
    reports: Sequence[Searchable],
    labels: Mapping[str, str],
    past: tuple[LastSite, Here],
    *,
    search: Search,
    config: Config,
) -> IndexStep:
    """Decide about the search index: keep it where its inputs are the same, or where it may wait."""
    if search == "none":
        return IndexStep("none", "", "none")
    last, here = past
    shelves = shelves_of(reports, labels, config)
    inputs = digest([(shelf.words, shelf.names) for shelf in shelves])
    if here.index_whole and last.index_inputs == inputs:
        return IndexStep("keep", inputs, "now")
    if search == "now":
        return IndexStep("make", inputs, "now", shelves)
    return IndexStep("keep" if here.index_whole else "none", last.index_inputs, "later")


def shelves_of(reports: Sequence[Searchable], labels: Mapping[str, str], config: Config) -> tuple[Shelf, ...]:
    """Plan the shards of reports that are in order of date, and name their folders by what they are made from."""
    (_, pagefind), *_ = versions(("pagefind-bin",))
    surroundings = (FORM, pagefind, config.language, config.offline_search)
    shelves = []
    for shard in plan([report.day for report in reports]):
        inside = tuple(reports[shard.start : shard.stop])
        words = digest((surroundings, [(report.url, report.digest) for report in inside]))
        seen = {value for report in inside for _, value in report.names}
        shown = sorted((value, labels[value]) for value in seen if value in labels)
        names = digest((surroundings, [(report.year, report.names) for report in inside], shown))
        shelves.append(Shelf(f"{shard.name}.{words}", f"{shard.name}.names.{names}", inside))
    return tuple(shelves)


@contextmanager
def begun(stage: Stage | None, step: IndexStep, here: Here, shelving: Shelving) -> Iterator[Iterator[Made]]:
    """Begin to index the shards that differ, the largest first, and give each index when it is ready.

    Pagefind needs nothing but the words of reports, so it can work while pages are made.
    """
    if stage is None or step.does != "make":
        yield iter(())
        return
    kept = _kept(step.shelves, here.shelves)
    wanted = [shelf for shelf in step.shelves if shelf.words not in kept]
    by_size = sorted(wanted, key=lambda shelf: (-len(shelf.reports), shelf.words))
    tasks = [Task(shelf.words, _pages(shelf, shelving)) for shelf in by_size]
    scratch = stage.path.with_name(f"{stage.path.name}.{PAGEFIND}")
    jobs = min(shelving.jobs, AT_ONCE)
    with indexing(tasks, scratch, language=shelving.config.language, jobs=jobs) as indexes:
        yield _counted(indexes, shelving.say, len(tasks))


def put_index(
    stage: Stage, step: IndexStep, past: tuple[LastSite, Here], shelving: Shelving, indexes: Iterable[Made]
) -> Mapping[str, Written]:
    """Put the search index on the stage and return its files by URL: the last one, one in part new, or none.

    `indexes` are those of the shards that differ, as `begun` gives them.
    """
    last, here = past
    if step.does == "none":
        return {}
    if step.does == "keep":
        stage.keep(last.index)
        return last.index
    root = stage.path / PAGEFIND
    root.mkdir()
    kept = _kept(step.shelves, here.shelves)
    files = {url: file for url, file in last.index.items() if shelf_of(url) in kept}
    stage.keep(files)
    for made in indexes:
        if made.pages:
            _put_shard(root, made, offline=shelving.config.offline_search)
    for shelf in step.shelves:
        if shelf.names not in kept:
            _put_names(root / shelf.names, shelf, shelving)
    files |= _new(root)
    _put_list(stage, step.shelves, files)
    return {**files, **_new(root)}


def _new(root: Path) -> dict[str, Written]:
    return {f"{PAGEFIND}/{url}": file for url, file in written(root).items()}


def _kept(shelves: Iterable[Shelf], whole: Collection[str]) -> frozenset[str]:
    """Return the folders to be taken over: those wanted that are whole, and nothing without the program."""
    wanted = {name for shelf in shelves for name in (shelf.words, shelf.names)}
    return frozenset({*wanted, SHARED} & {*whole}) if SHARED in whole else frozenset()


def _counted(indexes: Iterator[Made], say: Progress, total: int) -> Iterator[Made]:
    say("indexing for search", 0, total)
    for count, made in enumerate(indexes, start=1):
        yield made
        say("indexing for search", count, total)


def _pages(shelf: Shelf, shelving: Shelving) -> Callable[[], Iterable[tuple[str, str]]]:
    return lambda: shelving.texts([report.url for report in shelf.reports])


def _put_shard(root: Path, made: Made, *, offline: bool) -> None:
    """Move an index into its folder, and what all indexes share into one beside it."""
    folder = root / made.name
    made.folder.rename(folder)
    [module] = folder.glob("wasm.*.pagefind")
    program, wasm = program_script((folder / PROGRAM).read_text("utf-8")).encode(), module.read_bytes()
    shared = root / SHARED
    (shared / FOLDER if offline else shared).mkdir(parents=True, exist_ok=True)
    (shared / f"{digest_bytes(program)}.js").write_bytes(program)
    name = f"{digest_bytes(wasm)}.pagefind"
    (shared / name).write_bytes(wasm)
    entry = json.loads((folder / ENTRY).read_text("utf-8"))
    for path in (folder / PROGRAM, folder / ENTRY, module):
        path.unlink()
    together = 0
    if offline:
        write_pack(shared / FOLDER / f"{pack_of(name, 0)}.js", {f"{SHARED}/{name}": wasm})
        together = pack_index(folder)
    (folder / CARD).write_text(_json({"entry": entry, "together": together}), "utf-8", newline="\n")


def _facets(report: Searchable, labels: Mapping[str, str]) -> list[Facet]:
    return [Facet(name, value, labels.get(value, value)) for name, value in report.names]


def _put_names(folder: Path, shelf: Shelf, shelving: Shelving) -> None:
    """Write what a shard can be narrowed by, and a table of its chunks."""
    offline = shelving.config.offline_search
    chunks = facet_chunks(_facets(report, shelving.labels) for report in shelf.reports)
    (folder / FOLDER if offline and chunks else folder).mkdir(parents=True)
    for number, chunk in enumerate(chunks):
        (folder / f"{number}.facets").write_bytes(chunk.content)
        if offline:
            write_pack(folder / FOLDER / f"{number}.js", {f"{folder.name}/{number}.facets": chunk.content})
    table = [[chunk.first, len(chunk.content)] for chunk in chunks]
    (folder / TABLE).write_text(_json(table), "utf-8", newline="\n")


def _put_list(stage: Stage, shelves: Iterable[Shelf], files: Collection[str]) -> None:
    """List the shards for the search page: where each lies, its years, and what a search needs to begin with."""

    def read(folder: str, name: str) -> object:
        return json.loads(stage.find(f"{PAGEFIND}/{folder}/{name}").read_text("utf-8"))

    shards = [
        {
            "folder": shelf.words,
            **cast("dict[str, object]", read(shelf.words, CARD)),
            "years": runs(report.year for report in shelf.reports),
            "names": {"folder": shelf.names, "chunks": read(shelf.names, TABLE)},
        }
        for shelf in shelves
        if f"{PAGEFIND}/{shelf.words}/{CARD}" in files
    ]
    shared = [url.removeprefix(f"{PAGEFIND}/") for url in files if posixpath.dirname(url) == f"{PAGEFIND}/{SHARED}"]
    program, wasm = (next((url for url in shared if url.endswith(f".{kind}")), "") for kind in KINDS)
    text = _json({"program": program, "wasm": wasm, "shards": shards})
    script = f"(self.readingroom=self.readingroom||{{}}).index={text};\n"
    (stage.path / PAGEFIND / LIST).write_text(script, "utf-8", newline="\n")


def _json(value: object) -> str:
    """Write JSON in one canonical form that a script may hold."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).replace("<", "\\u003c")
