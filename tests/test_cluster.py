"""Builds spread over a cluster: the same bytes, whoever dies meanwhile, and a clear word where there is none to help."""

from __future__ import annotations

import json
import os
import pickle
import re
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
from readingroom.mentions import Names
from readingroom.options import Options, silent
from readingroom.problems import Problem, ProblemsError
from readingroom.publish import Stage, staged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from readingroom.options import Progress

PATIENCE = 30.0
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
    for number in range(24):
        archive.report(
            f"2018-{1 + number % 12:02d}-{1 + number:02d}-{number:06x}",
            f"The River Guards left Hajin and went to the town of Kafr{'abcdef'[number % 6]}ra near Sousa.",
            f"Clashes in the villages of Tel{'uvw'[number % 3]}ara, Marat and Kafrbara; RG lost Idlib.",
        )
    return archive


def build(archive: Archive, address: str, say: Progress = silent, **options: Any) -> None:
    building.build(archive.root, Options(cluster=address, search="none", **options), say)


def pids(found: Cluster) -> dict[str, int]:
    there: dict[str, int] = found._client.run(os.getpid)
    return there


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
    when: str, tmp_path: Path, network: Network, clusters: list[Cluster]
) -> None:
    archive = archive_of(tmp_path / "archive", plain=True)
    killed: list[int] = []

    def say(stage: str, done: int, total: int) -> None:
        if stage == when and 0 < done < total and not killed:
            at_work = {worker: tasks for worker, tasks in clusters[0]._client.processing().items() if tasks}
            victim = pids(clusters[0])[next(iter(at_work))]
            os.kill(victim, signal.SIGKILL)
            killed.append(victim)

    build(archive, network.address, say)
    assert [process.wait(PATIENCE) for process in network.workers if process.pid in killed] == [-signal.SIGKILL]
    assert archive.tree() == archive.cold(tmp_path / "cold")


def test_when_the_scheduler_dies_the_old_site_stays_and_one_message_says_so(
    tmp_path: Path, clusters: list[Cluster]
) -> None:
    archive = archive_of(tmp_path / "archive", plain=True)
    archive.build()
    before = archive.tree()
    archive.write("templates/_shown.html", "other {{ view }}")
    with started(tmp_path) as network:
        network.hire(2)

        def say(stage: str, done: int, _: int) -> None:
            if stage == "making pages" and done:
                network.scheduler.kill()

        with pytest.raises(ProblemsError) as caught:
            build(archive, network.address, say)
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
    assert [path for path, _, _ in found] == sorted(f"worker {worker}" for worker in clusters[0]._client.nthreads())
    assert {message for _, message, _ in found} == {
        f"works with other versions: jinja2 is {errands.edition()['jinja2']} there and 2.0 here"
    }
