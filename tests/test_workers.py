"""Work spread over processes: the same answers as in one, every problem heard, nobody left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from typing import TYPE_CHECKING

import pytest

from archives import small_archive
from readingroom import workers
from readingroom.options import processors, silent
from readingroom.problems import Problem, ProblemsError
from readingroom.workers import Crew, stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


@pytest.fixture(autouse=True)
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "WORTH_FORKING", 1)


def squares(part: Sequence[int]) -> Iterator[tuple[int, dict[int, int]]]:
    for number in part:
        yield 1, {number: number**2}


def where(part: Sequence[int]) -> Iterator[tuple[int, int]]:
    yield len(part), os.getpid()


@pytest.mark.parametrize("jobs", [1, 2, 3, 50])
def test_any_number_of_processes_gives_every_answer(jobs: int) -> None:
    parts = list(stream(squares, range(40), Crew(jobs, silent, "")))
    assert {key: value for part in parts for key, value in part.items()} == {n: n**2 for n in range(40)}
    assert len(parts) == 40


def test_processes_are_forked_and_one_job_needs_none() -> None:
    assert len({os.getpid(), *stream(where, range(40), Crew(2, silent, ""))}) == 3
    assert list(stream(where, range(40), Crew(1, silent, ""))) == [os.getpid()]


def test_few_items_are_not_worth_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "WORTH_FORKING", 300)
    assert list(stream(where, range(299), Crew(4, silent, ""))) == [os.getpid()]
    assert len(list(stream(where, range(300), Crew(4, silent, "")))) == 2


def test_answers_come_as_they_are_ready() -> None:
    def slow_first(part: Sequence[int]) -> Iterator[tuple[int, int]]:
        time.sleep(0.5 if part[0] == 0 else 0)
        yield len(part), part[0]

    assert list(stream(slow_first, range(2), Crew(2, silent, ""))) == [1, 0]


def test_the_crew_hears_of_every_item() -> None:
    heard: list[tuple[str, int, int]] = []
    list(stream(squares, range(40), Crew(3, lambda *said: heard.append(said), "squaring")))
    assert heard == [("squaring", done, 40) for done in range(41)]


def test_large_answers_come_through() -> None:
    def large(part: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        yield len(part), bytes(3_000_000)

    assert [len(answer) for answer in stream(large, range(2), Crew(2, silent, ""))] == [3_000_000] * 2


def test_whoever_has_heard_enough_ends_the_processes() -> None:
    def endless(part: Sequence[int]) -> Iterator[tuple[int, int]]:
        while True:
            yield len(part), os.getpid()

    answers = stream(endless, range(2), Crew(2, silent, ""))
    processes = {next(answers) for _ in range(20)}
    answers.close()  # type: ignore[attr-defined]
    assert not any(map(running, processes))


def test_problems_of_all_processes_are_raised_together() -> None:
    def faulty(part: Sequence[int]) -> Iterator[tuple[int, int]]:
        yield len(part), 0
        raise ProblemsError([Problem(f"{number}.html", 1, "wrong") for number in part])

    with pytest.raises(ProblemsError) as caught:
        list(stream(faulty, range(6), Crew(3, silent, "")))
    assert [problem.path for problem in caught.value.problems] == [f"{number}.html" for number in range(6)]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), ValueError("x"), KeyError("k")])
def test_an_error_in_a_process_is_raised_here_as_it_was(error: Exception) -> None:
    def broken(part: Sequence[int]) -> Iterator[tuple[int, int]]:
        yield len(part), 0
        if part[0]:
            raise error

    with pytest.raises(type(error)) as caught:
        list(stream(broken, range(2), Crew(2, silent, "")))
    assert caught.value.args == error.args


def test_a_process_that_is_killed_is_an_error_and_the_others_end() -> None:
    def killed(part: Sequence[int]) -> Iterator[tuple[int, int]]:
        yield len(part), 0
        if part[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(60)

    began = time.monotonic()
    with pytest.raises(RuntimeError, match="ended without an answer"):
        list(stream(killed, range(2), Crew(2, silent, "")))
    assert time.monotonic() - began < 20


def test_processes_end_when_the_one_that_waits_for_them_is_killed(tmp_path: Path) -> None:
    program = textwrap.dedent("""
        import os, time
        from readingroom import workers
        workers.WORTH_FORKING = 1
        def endless(part):
            os.write(1, b'%d\\n' % os.getpid())
            while True:
                time.sleep(0.01)
                yield 1, 0
        list(workers.stream(endless, range(3), workers.Crew(3, lambda *said: None, '')))
    """)
    with (tmp_path / "said").open("w") as said:
        parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=said, text=True)
        assert parent.stdout
        children = [int(parent.stdout.readline()) for _ in range(3)]
        parent.kill()
        parent.wait()
        parent.stdout.close()
    latest = time.monotonic() + 20
    while any(map(running, children)) and time.monotonic() < latest:
        time.sleep(0.02)
    left = list(filter(running, children))
    for process in left:
        os.kill(process, signal.SIGKILL)
    assert left == []
    assert (tmp_path / "said").read_text() == ""


def running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return not ended(process)


def ended(process: int) -> bool:
    """Tell whether a process has ended and only waits to be noticed (Linux)."""
    try:
        with open(f"/proc/{process}/stat", encoding="ascii") as file:  # noqa: PTH123 - no path of ours
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False


def test_an_archive_is_the_same_whoever_builds_it(tmp_path: Path) -> None:
    alone, many = small_archive(tmp_path / "alone"), small_archive(tmp_path / "many")
    assert alone.build(jobs=1).stale == many.build(jobs=3).stale
    assert alone.tree() == many.tree()


def test_a_fault_in_a_template_is_the_same_problem_whoever_finds_it(tmp_path: Path) -> None:
    archive = small_archive(tmp_path / "archive")
    archive.write("templates/report.html", "\n{{ view.nothing }}")
    found = []
    for jobs in (1, 3):
        with pytest.raises(ProblemsError) as caught:
            archive.build(jobs=jobs)
        found.append(caught.value.problems)
    assert found[0] == found[1]


def test_there_is_at_least_one_processor() -> None:
    assert processors() >= 1
