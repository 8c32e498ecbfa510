"""Publishing: a whole new site staged and swapped in, under a lock, recovered from, and never through a link."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import textwrap
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from archives import Archive, small_archive, tree
from readingroom import publish
from readingroom.problems import ProblemsError
from readingroom.publish import (
    OLD,
    SITE,
    STAGE,
    TWIN,
    exchange,
    locked,
    recover,
    remove,
    room_to_write,
    staged,
    written,
)

if TYPE_CHECKING:
    from pathlib import Path

LINUX = sys.platform.startswith("linux")
A, B = {"index.html": b"A", "p/x.html": b"A"}, {"index.html": b"B", "p/y.html": b"B"}


def put(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def site_of(folder: Path) -> dict[str, bytes]:
    return tree(folder / SITE)


# The swap


@pytest.mark.parametrize("in_one_step", [True, False])
def test_a_new_site_takes_the_old_ones_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, in_one_step: bool
) -> None:
    if not in_one_step:
        monkeypatch.setattr(publish, "exchange", lambda _one, _other: False)
    put(tmp_path / SITE, A)
    with staged(tmp_path) as stage:
        for url, content in B.items():
            stage.write(url, content)
        assert site_of(tmp_path) == A
        stage.publish()
        assert site_of(tmp_path) == B
    assert names(tmp_path) == ([SITE, TWIN] if in_one_step and LINUX else [SITE])
    assert not any(content for content in tree(tmp_path / TWIN).values())


def test_the_first_site_needs_no_old_one(tmp_path: Path) -> None:
    put(tmp_path / TWIN, B)
    with staged(tmp_path) as stage:
        stage.write("index.html", b"A")
        stage.publish()
    assert tree(tmp_path) == {"site/index.html": b"A"}


def test_exchanging_swaps_two_folders_or_says_that_it_cannot(tmp_path: Path) -> None:
    put(tmp_path / "a", A)
    put(tmp_path / "b", B)
    if exchange(tmp_path / "a", tmp_path / "b"):
        assert (tree(tmp_path / "a"), tree(tmp_path / "b")) == (B, A)
    assert not exchange(tmp_path / "a", tmp_path / "nowhere")
    assert (tmp_path / "a").is_dir()


def test_linux_can_exchange(tmp_path: Path) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("not Linux")
    put(tmp_path / "a", A)
    put(tmp_path / "b", B)
    assert exchange(tmp_path / "a", tmp_path / "b")


def test_elsewhere_nobody_can_exchange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not exchange(tmp_path, tmp_path)


def test_a_stage_that_is_not_published_leaves_nothing(tmp_path: Path) -> None:
    put(tmp_path / SITE, A)

    def fail() -> None:
        with staged(tmp_path) as stage:
            stage.write("index.html", b"B")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert tree(tmp_path) == {f"site/{url}": content for url, content in A.items()}


def test_a_reader_finds_a_whole_site_at_every_moment(tmp_path: Path) -> None:
    """One process reads the pages that say which of two sites they belong to, another swaps them."""
    if not sys.platform.startswith("linux"):
        pytest.skip("two renames leave a moment without a site")
    put(tmp_path / SITE, {f"{'q/' * (number % 2)}p{number}": b"0" for number in range(20)})
    reader = textwrap.dedent("""
        import os, sys
        mixed = rounds = 0
        while not os.path.exists("stop"):
            folder = os.open("site", os.O_RDONLY)
            try:
                seen = {os.read(os.open(f"{'q/' * (n % 2)}p{n}", os.O_RDONLY, dir_fd=folder), 9) for n in range(20)}
                mixed += len(seen) > 1
                rounds += 1
            except FileNotFoundError:
                pass  # this site was swapped out and is being removed; the next look finds the other
            finally:
                os.closerange(3, 60)
        print(mixed, rounds)
    """)
    process = subprocess.Popen([sys.executable, "-c", reader], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    for turn in range(150):
        with staged(tmp_path) as stage:
            for number in range(20):
                stage.write(f"{'q/' * (number % 2)}p{number}", b"%d" % turn)
            stage.publish()
    (tmp_path / "stop").touch()
    mixed, rounds = map(int, process.communicate()[0].split())
    assert mixed == 0
    assert rounds > 0


# Recovery: every state that a crash can leave


CRASHES: dict[str, tuple[dict[str, dict[str, bytes]], dict[str, bytes]]] = {
    "before anything": ({}, {}),
    "while the first stage was written": ({f"{STAGE}/1": B}, {}),
    "while a stage was written": ({SITE: A, f"{STAGE}/1": {"index.html": b""}}, A),
    "before the swap": ({SITE: A, f"{STAGE}/1": B}, A),
    "after the exchange": ({SITE: B, f"{STAGE}/1": A}, B),
    "before the old site was removed": ({SITE: B, STAGE: {}, OLD: A}, B),
    "while the old site was removed": ({SITE: B, OLD: {"p/x.html": b"A"}}, B),
    "between two renames": ({OLD: A, f"{STAGE}/1": B}, A),
    "between two renames, long ago": ({OLD: A}, A),
    "by a program that staged otherwise": ({SITE: A, STAGE: B}, A),
    "while the twin was brought forward": ({SITE: A, f"{STAGE}/1": B, f"{STAGE}/1.{TWIN}": {"p/y.html": b"B"}}, A),
    "after the exchange, with a twin": ({SITE: B, f"{STAGE}/1.{TWIN}": A, f"{STAGE}/1": {}}, B),
    "with a twin that is none": ({SITE: B, TWIN: {"p/x.html": b"B", "stray/y": b"?"}}, B),
}


@pytest.mark.parametrize("moment", CRASHES)
def test_the_next_start_finds_a_whole_site_wherever_a_crash_struck(tmp_path: Path, moment: str) -> None:
    folders, expected = CRASHES[moment]
    for name, files in folders.items():
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
        put(tmp_path / name, files)
    recover(tmp_path)
    assert (site_of(tmp_path) if expected else {}) == expected
    left = [name for name in (SITE, TWIN) if name in (folders if name == TWIN else [SITE] if expected else [])]
    assert names(tmp_path) == left
    recover(tmp_path)
    assert (site_of(tmp_path) if expected else {}) == expected


@pytest.mark.parametrize("moment", CRASHES)
def test_a_build_after_any_crash_equals_a_clean_one(tmp_path: Path, moment: str) -> None:
    archive = small_archive(tmp_path / "archive")
    archive.build()
    clean = archive.tree()
    archive.site.rename(tmp_path / "real")
    folders, _ = CRASHES[moment]
    for name, files in folders.items():
        (archive.root / "build" / name).mkdir(parents=True, exist_ok=True)
        put(archive.root / "build" / name, clean if files == A else files)
    archive.build()
    assert archive.tree() == clean
    archive.change("content/about.md", "What", "That")
    archive.build()
    assert archive.tree() == archive.cold(tmp_path / "cold")


def test_what_turns_out_not_to_be_wanted_is_not_published(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        stage.write("a.html", b"A")
        wrote = stage.write_if("data/a.csv", (line for line in (b"a,", b"b\n")), lambda: True)
        assert wrote
        assert (wrote.size, stage.find("data/a.csv").read_bytes()) == (4, b"a,b\n")
        assert stage.write_if("data/b.csv", [b"B"], lambda: False) is None
        stage.publish()
    assert {path.name for path in (tmp_path / "site").rglob("*.*")} == {"a.html", "a.csv"}


def test_what_a_killed_build_had_started_may_go_on_writing_where_it_was(tmp_path: Path) -> None:
    program = textwrap.dedent("""
        import pathlib, sys
        folder, number = pathlib.Path(sys.argv[1]), 0
        while not pathlib.Path(sys.argv[2]).exists():
            folder.mkdir(parents=True, exist_ok=True)
            number += 1
            try:
                (folder / f"{number}").write_text("late")
            except FileNotFoundError:
                pass
    """)
    late = [tmp_path / STAGE / "1-2" / "pagefind" / "fragment", tmp_path / "stop"]
    with subprocess.Popen([sys.executable, "-c", program, *late]):
        try:
            while not late[0].is_dir():
                time.sleep(0.01)
            for content in (b"A", b"B") * 40:
                recover(tmp_path)
                with staged(tmp_path) as stage:
                    stage.write("index.html", content)
                    stage.publish()
                assert site_of(tmp_path) == {"index.html": content}
        finally:
            late[1].touch()
    recover(tmp_path)
    assert names(tmp_path) == [SITE, *([TWIN] if LINUX else []), "stop"]


# Hard links


def test_a_kept_file_is_the_same_file_and_a_written_one_never_is(tmp_path: Path) -> None:
    put(tmp_path / SITE, {"a.html": b"A", "b.html": b"A"})
    before = (tmp_path / SITE / "a.html").stat()
    with staged(tmp_path) as stage:
        stage.keep(["a.html"])
        stage.write("b.html", b"B")
        assert (tmp_path / SITE / "b.html").read_bytes() == b"A"
        stage.publish()
    after = (tmp_path / SITE / "a.html").stat()
    assert (after.st_ino, after.st_mtime_ns, after.st_nlink) == (before.st_ino, before.st_mtime_ns, 1 + LINUX)
    assert (tmp_path / SITE / "b.html").stat().st_nlink == 1


def test_a_file_that_is_kept_and_written_too_is_the_one_written(tmp_path: Path) -> None:
    for content in (b"A", b"B", b"C"):
        with staged(tmp_path) as stage:
            stage.keep(["a.html"])
            stage.write("a.html", content)
            stage.publish()
        assert site_of(tmp_path) == {"a.html": content}


@pytest.mark.parametrize("number", [errno.EPERM, errno.EXDEV, errno.EMLINK, errno.EOPNOTSUPP])
def test_where_the_disk_has_no_hard_links_files_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(_source: str, target: str, **_: bool) -> None:
        raise OSError(number, os.strerror(number), target)

    monkeypatch.setattr(os, "link", refuse)
    archive = small_archive(tmp_path / "archive")
    archive.build()
    archive.change("content/about.md", "What", "That")
    assert [item.url for item in archive.build().stale] == ["about.html", "data.html"]
    assert archive.build().stale == ()
    assert archive.tree() == archive.cold(tmp_path / "cold")


def test_a_fault_that_is_not_about_links_is_not_hidden(tmp_path: Path) -> None:
    put(tmp_path / SITE, A)
    with staged(tmp_path) as stage:
        stage.keep(["never/there.html"])
        with pytest.raises(FileNotFoundError):
            stage.publish()
    assert tree(tmp_path) == {f"site/{url}": content for url, content in A.items()}


def test_a_hard_linked_copy_that_someone_keeps_never_changes(tmp_path: Path) -> None:
    archive = small_archive(tmp_path / "archive")
    archive.build()
    before = archive.tree()
    for path in archive.site.rglob("*"):
        kept = tmp_path / "kept" / path.relative_to(archive.site)
        kept.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file():
            os.link(path, kept)
    archive.write("readingroom.toml", 'title = "Another"\n')
    archive.build()
    assert archive.tree() != before
    assert tree(tmp_path / "kept") == before


def test_no_file_is_written_twice_into_one_stage(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        stage.write("a.html", b"A")
        with pytest.raises(FileExistsError):
            stage.write("a.html", b"B")


# Links in the output


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = small_archive(tmp_path / "archive")
    archive.build()
    put(tmp_path / "outside", {"hajin.html": b"precious", "sub/x": b"precious"})
    return archive


@pytest.mark.parametrize("name", ["stray", "index.html", "places", "places/hajin.html", "data"])
@pytest.mark.parametrize("target", ["outside", "outside/hajin.html", "nowhere"])
def test_a_link_in_the_site_is_replaced_never_followed(
    archive: Archive, tmp_path: Path, name: str, target: str
) -> None:
    clean = archive.tree()
    remove(archive.site / name)
    (archive.site / name).symlink_to(tmp_path / target)
    archive.change("content/places/hajin.md", "Hajin", "Hajin")
    archive.build()
    assert archive.tree() == clean
    assert tree(tmp_path / "outside") == {"hajin.html": b"precious", "sub/x": b"precious"}


@pytest.mark.parametrize("name", [SITE, STAGE, OLD, TWIN, "lock", "lock.pid", "cache.sqlite"])
@pytest.mark.parametrize("target", ["outside", "outside/hajin.html", "nowhere"])
def test_a_link_in_the_build_folder_is_replaced_never_followed(
    archive: Archive, tmp_path: Path, name: str, target: str
) -> None:
    clean = archive.tree()
    remove(archive.root / "build" / name)
    (archive.root / "build" / name).symlink_to(tmp_path / target)
    archive.write("content/about.md", archive.read("content/about.md") + "\n")
    archive.build()
    assert archive.tree() == clean
    assert not archive.site.is_symlink()
    assert tree(tmp_path / "outside") == {"hajin.html": b"precious", "sub/x": b"precious"}
    assert not (tmp_path / "nowhere").exists()


def test_a_file_where_the_site_should_be_gives_way(archive: Archive) -> None:
    clean = archive.tree()
    remove(archive.site)
    archive.site.write_text("not a folder")
    archive.build()
    assert archive.tree() == clean


def test_strays_go_whatever_they_are(archive: Archive) -> None:
    clean = archive.tree()
    put(archive.site, {"stray.html": b"x", "deep/er/stray": b"x", "places/.hidden": b"x"})
    (archive.site / "empty" / "folder").mkdir(parents=True)
    removed = archive.build().removed
    assert removed == ("deep/er/stray", "empty/folder/", "places/.hidden", "stray.html")
    assert archive.tree() == clean


def test_removing_a_link_leaves_what_it_leads_to(tmp_path: Path) -> None:
    put(tmp_path / "precious", A)
    (tmp_path / "link").symlink_to(tmp_path / "precious")
    remove(tmp_path / "link")
    remove(tmp_path / "never there")
    assert tree(tmp_path) == {f"precious/{url}": content for url, content in A.items()}


def test_files_are_told_by_size_and_time_and_links_by_themselves(tmp_path: Path) -> None:
    put(tmp_path / SITE, A)
    (tmp_path / SITE / "link").symlink_to("p")
    (tmp_path / SITE / "empty").mkdir()
    found = written(tmp_path / SITE)
    assert set(found) == {"index.html", "p/x.html", "link", "empty/"}
    assert (found["index.html"].size, found["link"].size) == (1, 1)


# The lock


HOLD = textwrap.dedent("""
    import sys, time
    from pathlib import Path
    from readingroom.publish import locked
    with locked(Path(sys.argv[1])):
        print("held", flush=True)
        sys.stdin.readline()
""")


def holder(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_build_waits_then_names_the_first(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        began = time.monotonic()
        with (
            pytest.raises(ProblemsError, match=rf"another build is running \(process {process.pid}\)"),
            locked(tmp_path, patience=0.3),
        ):
            pytest.fail("two builds at once")
        assert time.monotonic() - began >= 0.3
        process.communicate("go\n")
    with locked(tmp_path, patience=0):
        pass


def test_the_patience_is_ten_seconds() -> None:
    assert publish.PATIENCE == 10


def test_a_second_build_begins_as_soon_as_the_first_ends(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.close()
        with locked(tmp_path):
            assert (tmp_path / "lock.pid").read_text() == f"{os.getpid()}\n"
    assert not (tmp_path / "lock.pid").exists()


def test_the_lock_of_a_killed_build_is_free(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        process.kill()
        process.wait()
        with locked(tmp_path, patience=1):
            assert (tmp_path / "lock.pid").read_text() == f"{os.getpid()}\n"


def test_a_holder_that_left_no_name_is_unknown(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        (tmp_path / "lock.pid").unlink()
        with pytest.raises(ProblemsError, match="process unknown"), locked(tmp_path, patience=0):
            pytest.fail("two builds at once")
        process.communicate("go\n")


def test_two_builds_at_once_both_end_well(tmp_path: Path) -> None:
    archive = small_archive(tmp_path / "archive")
    program = "import sys; from readingroom.cli import main; main()"
    command = [sys.executable, "-c", program, "-C", str(archive.root), "build", "--no-search"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = sorted(process.communicate()[0].splitlines()[0] for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert said[1] == "nothing changed"
    assert archive.tree() == archive.cold(tmp_path / "cold")


# No room


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EFBIG])
def test_a_disk_that_takes_no_more_is_a_problem_with_a_next_step(tmp_path: Path, number: int) -> None:
    with pytest.raises(ProblemsError, match="cannot be written") as caught, room_to_write(tmp_path):
        raise OSError(number, os.strerror(number), "build/site.new/index.html")
    assert caught.value.problems[0].path == "build/site.new/index.html"
    assert "the site is as it was" in caught.value.problems[0].hint


def test_a_full_disk_says_how_much_is_free_and_how_much_the_site_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=1_234_567))
    hints = []
    for size in (0, 2_500_000):
        if size:
            (tmp_path / SITE / "data").mkdir(parents=True)
            (tmp_path / SITE / "data/x.csv").write_bytes(bytes(size))
        with pytest.raises(ProblemsError) as caught, room_to_write(tmp_path):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "x")
        hints.append(caught.value.problems[0].hint)
    rest = " or mend the permissions; the site is as it was"
    whole = "1.2 MB are free; a whole site, written beside the old one, takes up to 2.5 MB"
    assert hints == [f"free some room (1.2 MB are free){rest}", f"free some room ({whole}){rest}"]


def test_any_other_fault_of_the_system_is_not_called_a_full_disk(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), room_to_write(tmp_path):
        raise FileNotFoundError(errno.ENOENT, "gone", "x")
