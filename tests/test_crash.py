"""A build that is killed, or finds no room, leaves the old site or the new one, and the next build is a clean one."""

from __future__ import annotations

import gzip
import os
import resource
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archives import Archive, chance, small_archive
from readingroom import workers
from readingroom.problems import ProblemsError
from readingroom.publish import staged

if TYPE_CHECKING:
    from collections.abc import Callable

    from readingroom.options import Search

HERE = Path(__file__).resolve().parent
WORDS = ["".join(chr(97 + (seed * step) % 26) for step in range(1, 9)) for seed in range(1, 4000)]


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    monkeypatch.setattr(workers, "WORTH_FORKING", 1)
    archive = small_archive(tmp_path / "archive")
    for number in range(60):
        archive.report(f"2018-04-{number % 28 + 1:02d}-{number:06x}", f"Day {number} of the siege of Hajin.")
    return archive


def give_version(archive: Archive, version: int) -> None:
    """Make one of two contents that share no page, so that a mixed site shows."""
    archive.write("readingroom.toml", f'title = "Version {version}"\n')
    archive.write("templates/static/own.css", f"/* {version} */")
    archive.write(f"templates/static/only-{version}.css", "x")
    (archive.root / f"templates/static/only-{1 - version}.css").unlink(missing_ok=True)


def in_another_process(work: Callable[[], object]) -> int:
    """Start work in a forked process and return its number."""
    process = os.fork()
    if process == 0:
        try:
            work()
        except ProblemsError:
            os._exit(1)
        except BaseException:  # noqa: BLE001 - a forked test must not go on as a second pytest
            os._exit(3)
        os._exit(0)
    return process


def exit_code(process: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def timed_build(archive: Archive, search: Search) -> float:
    began = time.monotonic()
    archive.build(search, jobs=2)
    return time.monotonic() - began


def kill_builds(archive: Archive, times: int, search: Search, seed: int) -> list[int]:
    """Kill builds at random moments; return how many left the old site, and how many the new one."""
    luck = chance(seed)
    clean, took = [], 0.0
    for version in (0, 1):
        give_version(archive, version)
        took = timed_build(archive, search)
        clean.append(archive.tree())
    assert not any(clean[1].get(name) == content for name, content in clean[0].items() if name.endswith(".html"))
    left = [0, 0]
    version = 1
    for _ in range(times):
        version = 1 - version
        give_version(archive, version)
        process = in_another_process(lambda: archive.build(search, jobs=2))
        time.sleep(luck.random() * took * 1.15)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        found = archive.tree()
        assert found in clean, "a mixed site"
        left[found == clean[version]] += 1
        archive.build(search, jobs=2)
        assert archive.tree() == clean[version]
        beside = {path.name for path in (archive.root / "build").iterdir()}
        # what the killed build had started may be writing still, where nobody reads and the next build sweeps
        assert beside <= {"site", "site.twin", "cache.sqlite", "lock", *(("site.new",) if search == "now" else ())}
    return left


def test_builds_killed_at_random_moments_leave_the_old_site_or_the_new_one(archive: Archive) -> None:
    assert sum(kill_builds(archive, 12, "none", 1)) == 12


def test_builds_killed_while_they_index_leave_the_old_site_or_the_new_one(archive: Archive) -> None:
    assert sum(kill_builds(archive, 4, "now", 2)) == 4


@pytest.mark.long
@pytest.mark.parametrize(("times", "search"), [(140, "none"), (60, "now")])
def test_two_hundred_builds_killed_at_random_moments(archive: Archive, times: int, search: Search) -> None:
    left = kill_builds(archive, times, search, times)
    print(f"{times} kills, search {search}: {left[0]} left the old site, {left[1]} the new one, none another")  # noqa: T201
    assert min(left) > 0


MOMENTS = {
    "before the stage is begun": "readingroom.build.staged",
    "before the first page": "readingroom.build.pages",
    "before the swap": "readingroom.publish.Stage.publish",
    "before the twin is taken": "readingroom.publish.take",
    "before the twin is brought forward": "readingroom.publish.align",
    "while the twin is brought forward": "readingroom.twin._clear",
    "before the new files are moved": "readingroom.publish.move",
    "in the middle of the swap": "readingroom.publish.exchange",
    "before the old site becomes the twin": "readingroom.publish.prune",
    "before the old site is removed": "readingroom.publish.remove",
    "before the cache hears of it": "readingroom.build.last_row",
}


ALWAYS = [moment for moment in MOMENTS if moment != "before the old site becomes the twin"]


@pytest.mark.parametrize(
    ("moment", "in_one_step"), [*((moment, True) for moment in MOMENTS), *((moment, False) for moment in ALWAYS)]
)
def test_a_build_killed_at_a_chosen_moment_leaves_a_whole_site(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, *, in_one_step: bool
) -> None:
    for version in (0, 1, 0):  # so that there is a twin
        give_version(archive, version)
        archive.build()
    old = archive.tree()
    give_version(archive, 1)
    new = archive.cold(tmp_path / "cold")

    def build_and_die() -> None:
        if not in_one_step:
            monkeypatch.setattr("readingroom.publish.exchange", lambda _one, _other: False)
        monkeypatch.setattr(MOMENTS[moment], lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
        archive.build()

    assert exit_code(in_another_process(build_and_die)) == -signal.SIGKILL
    assert archive.tree() in (old, new)
    archive.build()
    assert archive.tree() == new


@pytest.mark.parametrize("step", range(4))
def test_a_build_killed_between_two_renames_leaves_a_site_that_comes_back(
    archive: Archive, tmp_path: Path, step: int
) -> None:
    give_version(archive, 0)
    archive.build()
    old = archive.tree()
    give_version(archive, 1)
    new = archive.cold(tmp_path / "cold")

    def build_and_die() -> None:
        renamed = iter(range(step + 1))
        rename = Path.rename

        def until(self: Path, target: Path) -> Path:
            if next(renamed, None) == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return rename(self, target)

        patch = pytest.MonkeyPatch()
        patch.setattr("readingroom.publish.exchange", lambda _one, _other: False)
        patch.setattr(Path, "rename", until)
        archive.build()

    killed = exit_code(in_another_process(build_and_die)) == -signal.SIGKILL
    assert killed == (step < 3)
    assert archive.tree() in (old, new, {})
    archive.write("templates/report.html", "{{ view.nothing }}")
    with pytest.raises(ProblemsError):
        archive.build()
    assert archive.tree() == (new if step > 1 else old)


# What was started goes on


def test_a_stage_goes_while_another_process_is_writing_into_it(tmp_path: Path) -> None:
    for _ in range(5):
        with staged(tmp_path) as stage:
            late = [sys.executable, "-c", WRITER, str(stage.path)]
            writer = subprocess.Popen(late, stdout=subprocess.PIPE, text=True)
            assert writer.stdout
            assert writer.stdout.readline() == "writing\n"
        assert not [*tmp_path.iterdir()]
        assert writer.communicate()[0] == "the stage has gone\n"
        assert not [*tmp_path.iterdir()]


WRITER = """
import sys
from readingroom.publish import FarStage
stage = FarStage(sys.argv[1])
try:
    for number in range(200_000):
        stage.write(f"{number % 97}/{number}.html", b"late")
        if number == 1000:
            print("writing", flush=True)
except FileNotFoundError:
    print("the stage has gone")
"""


# No room


def grow(archive: Archive, number: int) -> None:
    luck = chance(number)
    text = " ".join(luck.choice(WORDS) for _ in range(9000))
    archive.report(f"2019-01-{number + 1:02d}-{number:06x}", f"Hajin. {text}")


def pages_of(archive: Archive) -> dict[str, bytes]:
    """The site without its index, whose bytes depend on the order in which the file system lists the pages."""
    return {name: content for name, content in archive.tree().items() if not name.startswith("pagefind/")}


def indexed_whole(archive: Archive) -> bool:
    """Tell whether the index has every report, each file whole."""
    packed = [path for path in (archive.site / "pagefind").rglob("*.pf_*") if gzip.decompress(path.read_bytes())]
    reports = len(list((archive.root / "content/reports").glob("*.md")))
    return len([path for path in packed if path.suffix == ".pf_fragment"]) == reports


def run_full(root: Path, jobs: int, search: Search) -> str:
    """Let an archive grow until its build folder is full, and shrink again; say how often there was no room."""
    archive = Archive(root)
    workers.WORTH_FORKING = 1
    archive.build(search)
    clean, refused = pages_of(archive), 0
    for number in range(12):
        before = archive.tree()
        grow(archive, number)
        try:
            archive.build(search, jobs=jobs)
        except ProblemsError:
            refused += 1
            assert archive.tree() == before
            assert {path.name for path in (root / "build").iterdir()} <= {"site", "site.twin", "cache.sqlite", "lock"}
        else:
            archive.copy_to(root.parent / f"cold-{number}").build()
            assert pages_of(archive) == pages_of(Archive(root.parent / f"cold-{number}"))
            assert search == "none" or indexed_whole(archive)
        if refused == 3:
            break
    for path in sorted((root / "content/reports").glob("2019-*")):
        path.unlink()
    archive.build(search, jobs=jobs)
    assert pages_of(archive) == clean
    return f"no room {refused} times"


SCRIPT = textwrap.dedent("""
    import sys
    from pathlib import Path
    sys.path.insert(0, {here!r})
    from test_crash import run_full
    print(run_full(Path({root!r}), {jobs}, {search!r}))
""")


def exits_well(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def mounting(root: Path) -> list[str]:
    """Return a command that runs another with 2 MB of room in the build folder, seen by that command alone."""
    mount = f"mount -t tmpfs -o size=2m tmpfs '{root}/build' && exec \"$@\""
    for unshare in (["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"]):
        command = [*unshare, "sh", "-c", mount, "sh"]
        if shutil.which("unshare") and exits_well([*command, "true"]):
            return command
    return []


@pytest.mark.parametrize(("jobs", "search"), [(1, "none"), (2, "none"), (1, "now")])
def test_a_disk_of_two_megabytes_runs_full_without_harm(tmp_path: Path, jobs: int, search: str) -> None:
    """Where nothing can be mounted, no file may grow beyond what this process allows itself: as real, less like it."""
    root = small_archive(tmp_path / "archive").root
    (root / "build").mkdir()
    script = SCRIPT.format(here=str(HERE), root=str(root), jobs=jobs, search=search)
    small = mounting(root)
    limit = None if small else lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (90_000, 90_000))
    done = subprocess.run(
        [*small, sys.executable, "-c", script], capture_output=True, text=True, check=False, preexec_fn=limit
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("no room ")
    assert done.stdout != "no room 0 times\n"


def test_a_file_that_may_not_grow_is_a_problem_and_the_site_stays(archive: Archive) -> None:
    archive.build()
    before = archive.tree()
    grow(archive, 1)

    def build_with_little() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
        archive.build(jobs=2)

    assert exit_code(in_another_process(build_with_little)) == 1
    assert archive.tree() == before
    archive.build()
    assert archive.tree() == archive.cold(archive.root.parent / "cold")


def test_a_disk_that_runs_full_while_seeds_are_taken_in_leaves_no_half_report(archive: Archive) -> None:
    said = "\n\n".join(f"On 14 February 2018 paragraph {number} named Sousa." for number in range(2000))
    archive.write("seeds/long.txt", f"A headline\n\n{said}\n")

    def build_with_little() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
        archive.build()

    assert exit_code(in_another_process(build_with_little)) == 1
    archive.build()
    assert any(b"paragraph 1999 " in content for name, content in archive.tree().items() if name.startswith("reports/"))


# Two at once


@pytest.mark.long
def test_a_second_build_says_after_ten_seconds_who_is_building(tmp_path: Path) -> None:
    archive = small_archive(tmp_path / "archive")
    folder = str(archive.root / "build")
    hold = "from readingroom.publish import locked; from pathlib import Path\n"
    hold += f"with locked(Path({folder!r})): input()"
    with subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, text=True) as first:
        while not (archive.root / "build/lock.pid").is_file():
            time.sleep(0.05)
        began = time.monotonic()
        command = [sys.executable, "-c", "from readingroom.cli import main; main()", "-C", str(archive.root), "build"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        took = time.monotonic() - began
        first.communicate("\n")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"another build is running (process {first.pid})" in done.stderr
    assert 10 <= took < 15


def test_many_builds_at_once_all_end_with_the_same_site(archive: Archive) -> None:
    give_version(archive, 0)
    processes = [in_another_process(lambda: archive.build(jobs=2)) for _ in range(4)]
    assert [exit_code(process) for process in processes] == [0, 0, 0, 0]
    assert archive.tree() == archive.cold(archive.root.parent / "cold")
