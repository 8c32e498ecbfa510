"""Counts the work of a build after each kind of edit, and keeps the counts expected; `make counts` renews them.

The archive is the beginning of the scale corpus, with everything that is cut when it is long cut when it is short, so
that 120 reports go the ways that 100,000 go.
"""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from scale_cases import CASES, Editor, dress
from scale_corpus import Corpus, report_file, write_corpus
from scale_prose import write

from readingroom import segments, settling, shards, shelving, site, sources
from readingroom.build import build
from readingroom.cache import Cache
from readingroom.options import Options
from readingroom.pages import data, entity, lists

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from readingroom.options import Result, Search

Counts = dict[str, int]
TABLE = Path(__file__).with_suffix(".toml")
HEAD = """\
# What a build does after each edit, one made after the other, and how large the pages then are.
# tests/test_work_counts.py compares. Written by `make counts`: run it when another amount of work is meant.
"""
REPORTS, ENTITIES = 120, 120
LONG_AGO = 1_500_000_000_000_000_000
ADDED, PAGES, MADE = "one report added", "bytes of pages", "made"
WEIGHED = (".html", ".xml", ".csv", ".json")
SLACK = 1.05
SMALL: tuple[tuple[Any, str, object], ...] = (
    (segments, "SPAN", 16),
    (shards, "ALONE", 40),
    (shards, "LEVELS", (shards.Level(40, 20, 5),)),
    (data, "MOST_IN_ONE", 50),
    (data, "MOST_PLAIN", 15),
    (lists, "LONG_MONTH", 3),
    (entity, "CUT_BY_YEAR", 40),
    (entity, "CUT_BY_MONTH", 60),
)


class Found(NamedTuple):
    """The files of a site by address: inode and time of change, and size."""

    files: Mapping[str, tuple[int, int]]
    sizes: Mapping[str, int]


def measure(root: Path, cases: Iterable[str] = (*CASES, ADDED), search: Search = "now") -> dict[str, Counts]:
    """Build a corpus in an empty folder, and again after each edit; return the counts of each, and sizes of pages."""
    corpus = Corpus(root, REPORTS, ENTITIES)
    write_corpus(corpus, 1)
    dress(corpus)
    editor = Editor(corpus)
    with pytest.MonkeyPatch.context() as patch:
        for module, name, value in SMALL:
            patch.setattr(module, name, value)
        found = {name: _counted(editor, case, number, search) for number, (case, name) in enumerate(_named(cases))}
    return {**found, PAGES: _weights(_look(corpus.archive / "build/site"))}


def _named(cases: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((case, CASES[case][0] if case in CASES else case) for case in cases)


def _counted(editor: Editor, case: str, number: int, search: Search) -> Counts:
    """Edit, build, and count what is done."""
    archive = editor.corpus.archive
    if case == ADDED:
        report = write(editor.corpus.authority, REPORTS)
        (archive / f"content/reports/{report.id}.md").write_text(report_file(report), encoding="utf-8")
    else:
        editor.prepare(case, number)
    _let_age(archive, number)
    before = _look(archive / "build/site")
    with pytest.MonkeyPatch.context() as patch:
        counts = _watched(patch)
        result = build(archive, Options(search=search))
    after = _look(archive / "build/site")
    written = [url for url, file in after.files.items() if before.files.get(url) != file]
    index = [url for url in written if url.startswith("pagefind/")]
    return {
        **counts,
        "reports read": result.read,
        "reports searched for names": result.recognised,
        "files written": len(written) - len(index),
        "files of the index written": len(index),
        "files removed": len(before.files.keys() - after.files.keys()),
        **_made(result),
    }


def _let_age(archive: Path, number: int) -> None:
    """Give whatever was edited a time long ago, so that no build reads a file because it is young."""
    for path in archive.rglob("*"):
        if "build" not in path.parts and path.is_file() and path.stat().st_mtime_ns > LONG_AGO + number:
            os.utime(path, ns=(LONG_AGO + number, LONG_AGO + number))


def _look(folder: Path) -> Found:
    found = [(path.relative_to(folder).as_posix(), path.stat()) for path in folder.rglob("*") if path.is_file()]
    files = {url: (status.st_ino, status.st_mtime_ns) for url, status in found}
    return Found(files, {url: status.st_size for url, status in found})


def _watched(patch: pytest.MonkeyPatch) -> Counts:
    """Count what a build asks of the parts that work hard."""
    counts: Counts = dict.fromkeys(
        ("sources digested", "segments added up", "outputs looked at", "files linked", "shards indexed",
         "cache rows written", "cache rows forgotten"), 0
    )  # fmt: skip

    def watch(owner: object, name: str, note: Callable[..., object]) -> None:
        honest = getattr(owner, name)

        def watched(*given: Any, **more: Any) -> Any:
            answer = honest(*given, **more)
            note(answer, *given)
            return answer

        patch.setattr(owner, name, watched)

    def add(name: str, number: int) -> None:
        counts[name] += number

    def saved(
        _answer: object, _cache: object, rows: Mapping[str, Any], forget: Mapping[str, Any] | None = None
    ) -> None:
        add("cache rows written", sum(map(len, rows.values())))
        add("cache rows forgotten", sum(len(list(keys)) for keys in (forget or {}).values()))

    watch(sources, "read_file", lambda *_: add("sources digested", 1))
    watch(settling, "sum_up", lambda *_: add("segments added up", 1))
    watch(site, "candidates", lambda answer, *_: add("outputs looked at", len(answer)))
    watch(shelving, "indexing", lambda _answer, tasks, *_: add("shards indexed", len(tasks)))
    watch(os, "link", lambda *_: add("files linked", 1))
    watch(Cache, "save", saved)
    watch(Cache, "set_aside", lambda _answer, _cache, _shelf, rows: add("cache rows written", len(rows)))
    return counts


def _made(result: Result) -> Counts:
    """Count the outputs made, by kind, and the reasons why."""
    made = Counter(f"{_kind(item.url)}: {MADE}" for item in result.stale)
    why = Counter(f"{_kind(item.url)}: {reason}" for item in result.stale for reason in item.reasons)
    return dict(sorted((made + why).items(), key=_rank))


def _rank(row: tuple[str, int]) -> tuple[str, bool, int, str]:
    """Put rows in order: by kind, first how many were made, then the reasons, the most frequent first."""
    kind, _, what = row[0].partition(": ")
    return kind, what != MADE, -row[1], what


def _kind(url: str) -> str:
    """Return the kind of an output: its folder, or itself.

    >>> _kind("places/hajin.2018.html"), _kind("places/index.html"), _kind("feed.xml")
    ('places/', 'places/index.html', 'feed.xml')
    """
    folder, slash, name = url.partition("/")
    return url if name == "index.html" else folder + slash


def _weights(found: Found) -> Counts:
    """Return the bytes of pages and of data files of each kind, of the largest and on average."""
    sizes: dict[str, list[int]] = {}
    for url, size in sorted(found.sizes.items()):
        if url.endswith(WEIGHED) and not url.startswith("pagefind/"):
            sizes.setdefault(_kind(url), []).append(size)
    return {
        f"{kind}: {name}": size
        for kind, each in sizes.items()
        for name, size in (("largest", max(each)), ("on average", sum(each) // len(each)))[: len(each)]
    }


def differences(now: Mapping[str, Counts], expected: Mapping[str, Counts]) -> list[str]:
    """Say which counts differ, in which build, and by how much; pages may grow a little and shrink as they will.

    >>> differences({"nothing changed": {"reports read": 3}}, {"nothing changed": {"reports read": 1}})
    ['nothing changed: reports read: 3, expected 1: 2 more']
    """
    found = []
    for case in dict.fromkeys((*expected, *now)):
        ours, theirs = now.get(case, {}), expected.get(case, {})
        for name in dict.fromkeys((*theirs, *ours)):
            count, wanted = ours.get(name, 0), theirs.get(name, 0)
            differs = count > wanted * SLACK if case == PAGES and wanted else count != wanted
            more = f"{count - wanted:,} more" if count > wanted else f"{wanted - count:,} fewer"
            found += [f"{case}: {name}: {count:,}, expected {wanted:,}: {more}"] if differs else []
    return found


def read_table() -> dict[str, Counts]:
    """Read the counts expected."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {case: dict(_flat(rows)) for case, rows in table.items()}


def _flat(rows: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for name, count in rows.items():
        yield from (
            ((f"{name}: {more}", one) for more, one in count.items()) if isinstance(count, dict) else [(name, count)]
        )


def as_table(counts: Mapping[str, Counts]) -> str:
    """Write counts as the table holds them, a line for each kind of output; what is 0 is left out.

    >>> print(as_table({"an edit": {"files linked": 0, "files written": 2, "places/: made": 2, "places/: head": 1}}))
    ["an edit"]
    "files written" = 2
    "places/" = {made = 2, head = 1}
    <BLANKLINE>
    """
    return "\n".join(f'["{case}"]\n' + "".join(_lines(rows)) for case, rows in counts.items())


def _key(name: str) -> str:
    return name if re.fullmatch(r"[\w-]+", name, re.ASCII) else f'"{name}"'


def _lines(rows: Counts) -> Iterator[str]:
    kinds: dict[str, list[str]] = {}
    for name, count in rows.items():
        kind, colon, more = name.partition(": ")
        if colon:
            kinds.setdefault(kind, []).append(f"{_key(more)} = {count}")
        elif count:
            yield f'"{name}" = {count}\n'
    yield from (f'"{kind}" = {{{", ".join(each)}}}\n' for kind, each in kinds.items())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        TABLE.write_text(f"{HEAD}\n{as_table(measure(Path(folder, 'corpus')))}", encoding="utf-8", newline="\n")
