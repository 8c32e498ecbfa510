"""The twin: the tree before the last, made to share with the next site what that shares with this one, and no more."""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archives import Archive, small_archive, tree
from readingroom import publish, twin
from readingroom.publish import SITE, TWIN, staged
from readingroom.twin import align

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is a twin where trees exchange")
PATHS = st.sampled_from(["a", "b", "f/a", "f/b", "f/g/a", "h/a", "f", "f/g", "h/i/j/k"])
TREES = st.dictionaries(PATHS, st.binary(max_size=3)).filter(
    lambda files: not any(other.startswith(f"{path}/") for path in files for other in files)
)


def put(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = small_archive(tmp_path / "archive")
    archive.build()
    archive.change("content/about.md", "What", "That")
    archive.build()
    assert (archive.root / "build" / TWIN).is_dir()
    return archive


def counted(monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> list[tuple[object, ...]]:
    calls: list[tuple[object, ...]] = []
    honest: Callable[..., object] = getattr(module, name)

    def watched(*given: object, **more: object) -> object:
        calls.append(given)
        return honest(*given, **more)

    monkeypatch.setattr(module, name, watched)
    return calls


def test_an_edit_links_and_removes_as_much_as_differs_however_large_the_site(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        archive.report(f"2019-03-{number % 28 + 1:02d}-{number:06x}", "Nothing moved.")
    for word in ("Where", "When"):
        archive.write("content/about.md", f"---\ntitle: About\n---\n{word} this is.\n")
        archive.build()
    links, gone = counted(monkeypatch, os, "link"), counted(monkeypatch, os, "unlink")
    archive.write("content/about.md", "---\ntitle: About\n---\nWhy this is.\n")
    edited = ["about.html", "data.html"]
    assert [item.url for item in archive.build().stale] == edited
    of_site = [str(call[0]) for call in gone if str(call[0]).endswith(".html")]
    assert len(links) == 0, "what differed last time differs again"
    assert sorted(path.rpartition("/")[2] for path in of_site) == edited
    archive.write("templates/static/own.css", "body { color: red }")
    assert [item.url for item in archive.build().stale] == ["static/own.css"]
    assert sorted(str(call[1]).rpartition("/")[2] for call in links) == edited


def test_the_twin_holds_what_the_site_holds_and_nothing_that_was_taken_out_of_it(archive: Archive) -> None:
    archive.report("2018-03-03-eeeee5", "A word to be taken back: zanzibar.")
    archive.build()
    archive.remove("content/reports/2018-03-03-eeeee5.md")
    archive.build()
    site, kept = archive.tree(), tree(archive.root / "build" / TWIN)
    assert kept.items() <= site.items()
    assert not any(b"zanzibar" in content for content in kept.values())


def test_files_of_the_twin_take_no_room_of_their_own(archive: Archive) -> None:
    kept = [path for path in (archive.root / "build" / TWIN).rglob("*") if path.is_file()]
    assert len(kept) > 20
    for path in kept:
        assert path.samefile(archive.site / path.relative_to(archive.root / "build" / TWIN))


def replace(path: Path) -> None:
    (path / "index.html").unlink()
    (path / "index.html").write_text("harmed")


def put_a_folder_where_a_page_was(path: Path) -> None:
    (path / "index.html").unlink()
    put(path / "index.html", {"x": b"x"})


def put_a_page_where_a_folder_was(path: Path) -> None:
    (path / "places").rename(path / "moved")
    put(path, {"places": b"x"})


def put_a_link_out_of_it(path: Path) -> None:
    (path / "places").rename(path / "moved")
    (path / "places").symlink_to("/")


def change_places(path: Path) -> None:
    (path / "search.html").unlink()
    (path / "index.html").rename(path / "search.html")


HARM: dict[str, Callable[[Path], object]] = {
    "a page edited in it, and so in the site": lambda path: (path / "index.html").write_text("harmed"),
    "a page replaced": replace,
    "a page gone": lambda path: (path / "index.html").unlink(),
    "strays": lambda path: put(path, {"stray.html": b"x", "deep/er/x": b"x"}),
    "a folder where a page was": put_a_folder_where_a_page_was,
    "a page where a folder was": put_a_page_where_a_folder_was,
    "a link out of it": put_a_link_out_of_it,
    "an empty folder": lambda path: (path / "empty" / "er").mkdir(parents=True),
    "pages that changed their places": change_places,
}


@pytest.mark.parametrize("harm", HARM)
def test_nothing_is_believed_of_the_twin(archive: Archive, tmp_path: Path, harm: str) -> None:
    HARM[harm](archive.root / "build" / TWIN)
    for word in ("Whence", "Why"):
        archive.write("content/about.md", f"---\ntitle: About\n---\n{word} this is.\n")
        archive.build()
        assert archive.tree() == archive.cold(tmp_path / f"cold-{word}")


def test_a_page_edited_in_the_site_is_made_anew_and_never_comes_back_from_the_twin(
    archive: Archive, tmp_path: Path
) -> None:
    clean = archive.tree()
    with (archive.site / "index.html").open("a") as file:  # in place: the twin's is the same file
        file.write("harmed")
    assert [item.url for item in archive.build().stale] == ["index.html"]
    assert archive.tree() == clean
    archive.write("templates/static/own.css", "x")
    archive.build()
    assert archive.tree() == archive.cold(tmp_path / "cold")


@pytest.mark.parametrize("step", ["take", "align"])
def test_a_twin_that_cannot_be_brought_forward_is_done_without(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), "twin")

    monkeypatch.setattr(publish, step, fail)
    archive.write("templates/static/own.css", "x")
    archive.build()
    assert archive.tree() == archive.cold(tmp_path / "cold")


@pytest.mark.parametrize("step", ["align", "move"])
def test_a_disk_that_is_full_while_the_twin_is_brought_forward_does_no_harm(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The first try fails, and takes the twin along; the second, which needs no cache either, does without."""
    tries: list[dict[str, bytes]] = []
    before = archive.tree()

    def fail(*_: object) -> None:
        tries.append(archive.tree())
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "twin")

    archive.write("templates/static/own.css", "x")
    monkeypatch.setattr(publish, step, fail)
    archive.build()
    assert tries == [before]
    assert archive.tree() == archive.cold(tmp_path / "cold")


def test_where_trees_cannot_exchange_no_twin_is_kept(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "exchange", lambda *_: False)
    for text in ("x", "y"):
        archive.write("templates/static/own.css", text)
        archive.build()
        assert archive.tree() == archive.cold(tmp_path / "cold")
        assert not (archive.root / "build" / TWIN).exists()


def test_whoever_still_reads_in_the_twin_finds_nothing_rather_than_another_site(tmp_path: Path) -> None:
    put(tmp_path / SITE, {"a": b"1", "f/a": b"1"})
    reader = os.open(tmp_path / SITE, os.O_RDONLY)
    try:
        for content in (b"2", b"3", b"4"):
            with staged(tmp_path) as stage:
                stage.write("a", content)
                stage.write("f/a", content)
                stage.publish()
            for name in ("a", "f/a"):
                with pytest.raises(FileNotFoundError):
                    os.open(name, os.O_RDONLY, dir_fd=reader)
    finally:
        os.close(reader)


@settings(deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))
@given(site=TREES, other=TREES, drop=st.sets(PATHS), shared=st.sets(PATHS))
def test_whatever_two_trees_hold_the_one_becomes_what_is_kept_of_the_other(
    tmp_path_factory: pytest.TempPathFactory,
    site: dict[str, bytes],
    other: dict[str, bytes],
    drop: set[str],
    shared: set[str],
) -> None:
    folder = tmp_path_factory.mktemp("trees")
    put(folder / "site", site)
    put(folder / "tree", other)
    for path in shared & site.keys() & other.keys():
        (folder / "tree" / path).unlink()
        os.link(folder / "site" / path, folder / "tree" / path)
    kept = site.keys() - drop
    twin.align(folder / "tree", folder / "site", kept)
    assert tree(folder / "tree") == {path: site[path] for path in kept}
    assert tree(folder / "site") == site


def test_room_is_made_for_files_that_come_from_elsewhere(tmp_path: Path) -> None:
    put(tmp_path / "site", {"a": b"a"})
    put(tmp_path / "tree", {"new": b"a file where a folder is needed", "old/x": b"x"})
    align(tmp_path / "tree", tmp_path / "site", {"a"}, ["new/deep/page", "a2"])
    assert tree(tmp_path / "tree") == {"a": b"a", "new/deep/": b""}
