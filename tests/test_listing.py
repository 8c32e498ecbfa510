"""Trees brought to one digest each: equal for equal files, different for any other, in one process or two."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

import pytest

from archives import Archive, small_archive
from readingroom import listing
from readingroom.listing import Tree, digest_of, list_trees
from readingroom.options import Options
from readingroom.publish import written
from readingroom.sources import list_sources
from readingroom.state import nothing_to_do

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ALWAYS = 1 << 62


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = small_archive(tmp_path / "archive")
    archive.build()
    return archive


def digests(archive: Archive) -> list[str]:
    trees = Tree(archive.root, sources=True), Tree(archive.site)
    return [found.digest for found in list_trees(trees, since=ALWAYS)]


def expected(archive: Archive) -> list[str]:
    """The same digests from the rows that a build has at hand."""
    site = ((url, *file) for url, file in written(archive.site).items())
    return [digest_of(list_sources(archive.root)[0]), digest_of(site)]


@pytest.fixture(params=["one process", "two processes"])
def processes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the processes forked: none for small trees, one where every folder counts as large."""
    forked: list[int] = []
    if request.param == "two processes":
        honest = os.fork
        monkeypatch.setattr(listing, "LARGE", 1)
        monkeypatch.setattr(listing, "WORTH_FORKING", 1)
        monkeypatch.setattr(listing, "_may_fork", lambda: True)  # whatever threads other tests have left
        monkeypatch.setattr(os, "fork", lambda: forked.append(1) or honest())  # type: ignore[func-returns-value]
    else:
        monkeypatch.setattr(os, "fork", None)
        forked.append(1)
    return forked


def test_a_tree_as_found_and_as_it_was_written_have_the_same_digest(archive: Archive, processes: list[int]) -> None:
    assert digests(archive) == expected(archive)
    assert processes == [1]


EDITS: dict[str, Callable[[Archive], object]] = {
    "a byte more": lambda archive: archive.write("build/site/index.html", archive.read("build/site/index.html") + "x"),
    "another time": lambda archive: os.utime(archive.site / "places/index.html", ns=(5, 5)),
    "a file more": lambda archive: archive.write("build/site/new/x.html", ""),
    "a file less": lambda archive: archive.remove("build/site/static/own.css"),
    "another name": lambda archive: (archive.site / "about.html").rename(archive.site / "About.html"),
    "another folder": lambda archive: (archive.site / "about.html").rename(archive.site / "places" / "about.html"),
    "a name that is no text": lambda archive: (archive.site / os.fsdecode(b"\xff")).write_text("x"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_whatever_differs_in_a_tree_makes_its_digest_differ_and_no_other(
    archive: Archive, processes: list[int], edit: str
) -> None:
    sources, site = digests(archive)
    EDITS[edit](archive)
    now = digests(archive)
    assert now == expected(archive)
    assert (now[0] == sources, now[1] == site) == (True, False)
    assert set(processes) == {1}


def test_an_empty_folder_in_the_site_is_no_file_of_any_build(archive: Archive) -> None:
    before = digests(archive)
    (archive.site / "empty" / "er").mkdir(parents=True)
    assert digests(archive)[1] != before[1]
    (archive.root / "content" / "empty").mkdir()
    assert digests(archive)[0] == before[0]


def test_what_is_no_source_does_not_count_and_what_is_no_file_is_never_as_known(archive: Archive) -> None:
    before = digests(archive)[0]
    archive.write("notes.txt", "beside the archive")
    archive.write("content/.swap.md.swp", "an editor's")
    archive.write("content/.git/x", "hidden")
    assert digests(archive)[0] == before
    (archive.root / "content" / "link.md").symlink_to(archive.root / "notes.txt")
    assert list_sources(archive.root)[1]
    assert digests(archive)[0] != digest_of(list_sources(archive.root)[0])


def test_files_that_changed_since_are_named(archive: Archive, processes: list[int]) -> None:
    for file in archive.root.rglob("*"):
        os.utime(file, ns=(1_000, 1_000))
    for path in ("content/about.md", "readingroom.toml", "build/site/places/hajin.html"):
        os.utime(archive.root / path, ns=(2_000, 2_000))
    trees = Tree(archive.root, sources=True), Tree(archive.site)
    young = [found.young for found in list_trees(trees, since=2_000)]
    assert young == [("content/about.md", "readingroom.toml"), ("places/hajin.html",)]
    assert [found.young for found in list_trees(trees, since=2_001)] == [(), ()]
    assert processes


def test_a_folder_that_is_not_there_is_said(archive: Archive, processes: list[int]) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        list(list_trees((Tree(archive.root, sources=True), Tree(archive.root / "nowhere")), since=0))
    assert set(processes) <= {1}


def test_a_process_that_dies_over_its_part_is_no_answer(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "LARGE", 1)
    monkeypatch.setattr(listing, "WORTH_FORKING", 1)
    monkeypatch.setattr(listing, "_may_fork", lambda: True)  # whatever threads other tests have left
    monkeypatch.setattr(listing, "_parts", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(OSError, match="could not be listed"):
        digests(archive)
    assert nothing_to_do(archive.root, Options(search="none")) is None


def test_a_program_with_threads_is_not_forked(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "LARGE", 1)
    monkeypatch.setattr(listing, "WORTH_FORKING", 1)
    monkeypatch.setattr(os, "fork", None)
    over = threading.Event()
    thread = threading.Thread(target=over.wait)
    thread.start()
    try:
        assert digests(archive) == expected(archive)
    finally:
        over.set()
        thread.join()


def test_folders_are_parted_into_halves_of_about_one_size() -> None:
    folders = [listing._Folder(0, str(size), "", size) for size in (5, 1, 9, 4, 3)]  # noqa: SLF001
    halves = listing._halves(folders, 0)  # noqa: SLF001
    assert sorted(sum(folder.size for folder in half) for half in halves) == [10, 12]
    assert sorted(folder for half in halves for folder in half) == sorted(folders)
    busy, free = listing._halves(folders, 10)  # noqa: SLF001
    assert (sum(folder.size for folder in busy), sum(folder.size for folder in free)) == (7, 15)
