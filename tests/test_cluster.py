"""Builds spread over a cluster: the same bytes, whoever dies meanwhile, and a clear word where nobody can help."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from archives import Archive, small_archive
from readingroom import build as building
from readingroom import cluster, errands, publish, workers
from readingroom.cache import Cache
from readingroom.cluster import Cluster
from readingroom.errands import UnfitError, do, pack
from readingroom.options import Options, silent
from readingroom.problems import ProblemsError
from readingroom.publish import staged

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from readingroom.options import Progress

PATIENCE = 30.0
PROGRAM = """
import sys
from readingroom import workers
from readingroom.cli import main
workers.WORTH_SENDING = 1
if __name__ == "__main__":
    try:
        main()
    finally:
        print({"dask", "distributed", "cloudpickle"} & sys.modules.keys() != set(), file=sys.stderr)
"""
STAGES = ("recognising names", "deciding on names", "making pages")


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "WORTH_SENDING", 1)
    monkeypatch.setattr(cluster, "SLICE", 2)


class Network(NamedTuple):
    """A scheduler on loopback and its workers, each a process of its own."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]
    folder: Path

    def hire(self, number: int) -> None:
        """See to it that so many workers live."""
        for _ in range(number - sum(process.poll() is None for process in self.workers)):
            words = ["dask_worker", self.address, "--nthreads", "1", "--no-nanny"]
            self.workers.append(self.start(*words, "--local-directory", str(self.folder)))

    def start(self, program: str, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", *words, "--no-dashboard", "--host", "127.0.0.1"]
        return subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextmanager
def started(folder: Path) -> Iterator[Network]:
    where = folder / "scheduler.json"
    network = Network("", None, [], folder)  # type: ignore[arg-type]
    scheduler = network.start("dask_scheduler", "--port", "0", "--scheduler-file", str(where))
    try:
        network = network._replace(scheduler=scheduler, address=json.loads(text_of(where))["address"])
        yield network
    finally:
        for process in (*network.workers, scheduler):
            process.kill()
            process.wait()


def text_of(path: Path) -> str:
    latest = time.monotonic() + PATIENCE
    while not (path.is_file() and path.read_text(encoding="ascii").endswith("}")):
        assert time.monotonic() < latest, f"nobody wrote {path}"
        time.sleep(0.05)
    return path.read_text(encoding="ascii")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with started(tmp_path_factory.mktemp("network")) as network:
        yield network


@pytest.fixture
def network(shared: Network) -> Network:
    shared.hire(2)
    return shared


@pytest.fixture
def clusters(monkeypatch: pytest.MonkeyPatch) -> list[Cluster]:
    """Every cluster that is joined, with both workers there."""
    found: list[Cluster] = []

    def look(self: Cluster) -> None:
        self._client.wait_for_workers(2, timeout=PATIENCE)
        found.append(self)
        looked(self)

    looked = Cluster.look
    monkeypatch.setattr(Cluster, "look", look)
    monkeypatch.setattr(cluster, "PATIENCE", PATIENCE)
    return found


def archive_of(root: Path, *, plain: bool = False) -> Archive:
    """An archive large enough for many slices, with names nobody has listed."""
    archive = small_archive(root, plain=plain)
    archive.write("seeds/old.txt", "Shelling hit Hajin on the 3rd of March 2018.\n\nThe River Guards left the town.\n")
    for number in range(16):
        archive.report(
            f"2018-{1 + number % 12:02d}-{1 + number:02d}-{number:06x}",
            f"The River Guards left Hajin and went to the town of Kafr{'abcdef'[number % 6]}ra near Sousa.",
            f"Clashes in the villages of Tel{'uvw'[number % 3]}ara, Marat and Kafrbara; RG lost Idlib.",
        )
    return archive


def build(archive: Archive, address: str, say: Progress = silent, **options: Any) -> None:
    building.build(archive.root, Options(cluster=address, search="none", **options), say)


def at_work(found: Cluster) -> list[int]:
    """The processes that have something to do."""
    client = found._client  # noqa: SLF001 - whom to kill is no business of a build
    pids = client.run(os.getpid)
    return [pids[worker] for worker, tasks in client.processing().items() if tasks]


def test_the_site_is_that_of_a_build_on_one_machine_and_so_is_the_next(
    tmp_path: Path, network: Network, clusters: list[Cluster]
) -> None:
    archive = archive_of(tmp_path / "archive")
    sent: list[tuple[str, int]] = []
    build(archive, network.address, lambda stage, done, _: sent.append((stage, done)))
    assert {stage for stage, done in sent if done} == set(STAGES)
    assert archive.tree() == archive.cold(tmp_path / "cold")
    assert archive.build().stale == ()
    archive.change("content/places/hajin.md", "name: Hajin", "name: Hajin Town")
    archive.change("content/reports/2018-01-01-000000.md", "Idlib", "Sousa")
    build(archive, network.address)
    assert archive.tree() == archive.cold(tmp_path / "cold")
    assert len(clusters) == 2
    assert not (archive.root / "build/sent").exists()


@pytest.mark.parametrize("when", ["recognising names", "making pages"])
def test_a_worker_that_is_killed_at_work_is_replaced_by_the_others(
    when: str, tmp_path: Path, network: Network, clusters: list[Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(errand: errands.Errand, items: Sequence[Any]) -> errands.Done:
        time.sleep(0.1)
        return do(errand, items)

    do = errands.do
    monkeypatch.setattr(cluster, "do", slowly)
    monkeypatch.setattr(cluster, "SLICE", 4)
    archive = archive_of(tmp_path / "archive", plain=True)
    killed: list[int] = []

    def say(stage: str, done: int, total: int) -> None:
        if stage == when and 0 < done < total and not killed:
            for process in at_work(clusters[0])[:1]:
                os.kill(process, signal.SIGKILL)
                killed.append(process)

    build(archive, network.address, say)
    assert [process.wait(PATIENCE) for process in network.workers if process.pid in killed] == [-signal.SIGKILL]
    assert archive.tree() == archive.cold(tmp_path / "cold")


@pytest.mark.parametrize("after", [1, 0], ids=["at work", "between stages"])
def test_when_the_scheduler_dies_the_old_site_stays_and_one_message_says_so(
    after: int, tmp_path: Path, clusters: list[Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 5.0)
    archive = archive_of(tmp_path / "archive", plain=True)
    archive.build()
    before = archive.tree()
    archive.write("templates/_shown.html", "other {{ view }}")
    with started(tmp_path) as network:
        network.hire(2)

        def say(stage: str, done: int, _: int) -> None:
            if stage == "making pages" and done >= after:
                network.scheduler.kill()
                network.scheduler.wait()

        with pytest.raises(ProblemsError) as caught:
            build(archive, network.address, say)
    assert clusters
    assert [(problem.path, problem.message) for problem in caught.value.problems] == [
        ("--cluster", "the scheduler does not answer any more")
    ]
    assert archive.tree() == before
    assert sorted(path.name for path in (archive.root / "build").iterdir()) == ["cache.sqlite", "lock", "site"]


def test_whoever_interrupts_a_build_leaves_the_old_site_and_idle_workers(
    tmp_path: Path, network: Network, clusters: list[Cluster]
) -> None:
    archive = archive_of(tmp_path / "archive", plain=True)
    archive.build()
    before = archive.tree()
    archive.write("templates/_shown.html", "other {{ view }}")

    def say(stage: str, done: int, _: int) -> None:
        if stage == "making pages" and done:
            raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        build(archive, network.address, say)
    assert clusters
    assert archive.tree() == before
    assert sorted(path.name for path in (archive.root / "build").iterdir()) == ["cache.sqlite", "lock", "site"]
    assert time.monotonic() - began < PATIENCE
    build(archive, network.address)
    assert archive.tree() == archive.cold(tmp_path / "cold")


def test_a_fault_in_a_template_is_the_problem_it_is_on_one_machine(
    tmp_path: Path, network: Network, clusters: list[Cluster]
) -> None:
    archive = archive_of(tmp_path / "archive", plain=True)
    archive.write("templates/report.html", "\n{{ view.nothing }}")
    found = []
    for address in ("", network.address):
        with pytest.raises(ProblemsError) as caught:
            build(archive, address)
        found.append(caught.value.problems)
    assert clusters
    assert found[0] == found[1] != ()


def refused(archive: Archive, address: str) -> list[tuple[str, str, str]]:
    with pytest.raises(ProblemsError) as caught:
        build(archive, address)
    assert not archive.site.exists()
    assert not (archive.root / "build/sent").exists()
    return [(problem.path, problem.message, problem.hint) for problem in caught.value.problems]


def test_workers_of_another_version_are_refused_by_name(
    tmp_path: Path, network: Network, clusters: list[Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "edition", lambda: {**errands.edition(), "jinja2": "2.0"})
    found = refused(small_archive(tmp_path / "archive"), network.address)
    assert clusters
    assert [path.rpartition(":")[0] for path, _, _ in found] == ["worker tcp://127.0.0.1"] * 2
    assert {(message, hint) for _, message, hint in found} == {
        (f"works with other versions: jinja2 is {errands.edition()['jinja2']} there and 2.0 here", errands.ALIKE)
    }


def test_workers_that_do_not_see_the_folder_are_refused(
    tmp_path: Path, network: Network, clusters: list[Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    def elsewhere(token: str, content: str) -> errands.Seen:
        return see(token.replace("archive", "on another disk"), content)

    see = errands.see
    monkeypatch.setattr(cluster, "see", elsewhere)
    archive = small_archive(tmp_path / "archive")
    found = refused(archive, network.address)
    assert clusters
    assert [message for _, message, _ in found] == [f"cannot read and write {archive.root / 'build'}"] * 2


def test_a_worker_without_this_program_is_refused(
    tmp_path: Path, network: Network, clusters: list[Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    def bare(_token: str, _content: str) -> errands.Seen:
        raise ModuleNotFoundError("No module named 'readingroom'")

    monkeypatch.setattr(cluster, "see", bare)
    found = refused(small_archive(tmp_path / "archive"), network.address)
    assert clusters
    assert {message for _, message, _ in found} == {
        "works with other versions: ModuleNotFoundError: No module named 'readingroom'"
    }


def test_a_worker_that_joins_later_and_is_not_fit_ends_the_build(tmp_path: Path) -> None:
    errand = pack(squares, tmp_path)
    assert do(errand, [1, 2]).answers == [(1, 1), (1, 4)]
    with pytest.raises(UnfitError) as caught:
        do(errand._replace(edition={**errand.edition, "readingroom": "9"}), [1])
    unfit = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    assert "readingroom is 0." in unfit.problem.message
    assert "there and 9 here" in unfit.problem.message
    with pytest.raises(UnfitError, match="cannot read and write"):
        do(errand._replace(path=str(tmp_path / "missing")), [1])
    with pytest.raises(UnfitError, match="cannot read and write"):
        do(errand._replace(sha256="0" * 64), [1])


def squares(part: Sequence[int]) -> Iterator[tuple[int, int]]:
    for number in part:
        yield 1, number**2


def test_without_dask_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    ((path, message, hint),) = refused(small_archive(tmp_path / "archive"), "tcp://127.0.0.1:8786")
    assert (path, message[:11]) == ("--cluster", "needs Dask ")
    assert 'pip install "readingroom[cluster]"' in hint


def test_a_scheduler_that_does_not_answer_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    ((path, message, hint),) = refused(small_archive(tmp_path / "archive"), "tcp://127.0.0.1:9")
    assert (path, hint) == ("--cluster", cluster.FIRST)
    assert message.startswith("no scheduler answers at tcp://127.0.0.1:9: ")


@pytest.mark.parametrize("address", ["elsewhere", "http://example", "127.0.0.1", "tcp://a b:1"])
def test_what_is_no_address_is_refused_at_once(address: str, tmp_path: Path) -> None:
    found = refused(small_archive(tmp_path / "archive"), address)
    assert found == [("--cluster", f'"{address}" is no address of a scheduler', cluster.FIRST)]


def test_a_scheduler_without_workers_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 2.0)
    with started(tmp_path) as network:
        ((path, message, hint),) = refused(small_archive(tmp_path / "archive"), network.address)
    assert (path, message) == ("--cluster", f"the scheduler at {network.address} has no workers")
    assert f"dask worker {network.address}" in hint


def test_when_all_workers_are_gone_for_good_the_build_ends(
    tmp_path: Path, clusters: list[Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "LOOK_AGAIN", 0.1)
    monkeypatch.setattr(cluster, "LONGEST_ALONE", 1.0)
    with started(tmp_path) as network:
        network.hire(2)

        def say(_: str, done: int, __: int) -> None:
            for process in network.workers if done else ():
                process.kill()

        with pytest.raises(ProblemsError, match="has no workers"):
            build(archive_of(tmp_path / "archive", plain=True), network.address, say)
    assert clusters


def command(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the program, and let it say last whether it imported any of Dask."""
    return subprocess.run([sys.executable, "-c", PROGRAM, *words], capture_output=True, text=True, check=False)


def test_a_build_on_one_machine_imports_nothing_of_dask(tmp_path: Path) -> None:
    small_archive(tmp_path / "archive")
    done = command("-C", str(tmp_path / "archive"), "build", "--no-search")
    assert (done.returncode, done.stderr) == (0, "False\n")


def test_the_word_local_starts_a_cluster_here(tmp_path: Path) -> None:
    archive = small_archive(tmp_path / "archive")
    done = command("-C", str(archive.root), "build", "--no-search", "--cluster", "local", "--jobs", "2")
    assert (done.returncode, done.stderr) == (0, "True\n"), done.stdout
    assert archive.tree() == archive.cold(tmp_path / "cold")


def test_a_look_ahead_sends_nothing(tmp_path: Path) -> None:
    done = command("-C", str(small_archive(tmp_path / "archive").root), "build", "--dry-run", "--cluster", "local")
    assert done.returncode == 2
    assert "leave --cluster out" in done.stderr


def test_a_file_put_on_the_stage_twice_is_there_once_and_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside.html"
    outside.write_text("mine")
    with staged(tmp_path) as stage:
        far = pickle.loads(pickle.dumps(stage))  # noqa: S301 - our own
        far.write("places/a.html", b"same")
        wrote = far.write("places/a.html", b"same")
        (stage.path / "b.html").symlink_to(outside)
        far.write("b.html", b"theirs")
        assert publish.written(stage.path)["places/a.html"] == wrote
        assert (stage.path / "b.html").read_bytes() == b"theirs"
        stage.publish()
        with pytest.raises(FileNotFoundError):
            far.write("places/c.html", b"too late")
    assert outside.read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["outside.html", "site"]


def test_another_host_reads_what_was_saved_before_the_cache_last_rested(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "a cache?.sqlite", "program")
    cache.share()
    cache.save({"build": {"early": [1], "old": [2]}})
    cache.rest()
    cache.save({"build": {"late": [3]}}, {"build": ["old"]})
    there = pickle.loads(pickle.dumps(cache))  # noqa: S301 - our own
    assert [there.get("build", key) for key in ("early", "old", "late")] == [[1], [2], None]
    there.close()
    cache.rest()
    there = pickle.loads(pickle.dumps(cache))  # noqa: S301 - our own
    assert [there.get("build", key) for key in ("early", "old", "late")] == [[1], None, [3]]
    there.close()
    cache.close()


def test_work_that_kills_worker_after_worker_ends_the_build_and_says_why(
    tmp_path: Path, clusters: list[Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fatal(errand: errands.Errand, items: Sequence[Any]) -> errands.Done:
        os.kill(os.getpid(), signal.SIGKILL)
        return do(errand, items)

    do = errands.do
    monkeypatch.setattr(cluster, "do", fatal)
    monkeypatch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", "0")
    with started(tmp_path) as network:
        network.hire(2)
        with pytest.raises(ProblemsError) as caught:
            build(archive_of(tmp_path / "archive", plain=True), network.address)
    assert clusters
    (problem,) = caught.value.problems
    assert problem.message.startswith("a slice of work failed again and again: each time the worker tcp://127.0.0.1:")
    assert "--memory-limit" in problem.hint
