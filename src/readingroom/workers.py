"""Work spread over forked processes that inherit what they need and return little."""

from __future__ import annotations

import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from readingroom.cache import LostRowError
from readingroom.options import counting
from readingroom.problems import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkContext
    from multiprocessing.process import BaseProcess

    from readingroom.options import Hands, Progress
    from readingroom.problems import Problem

Item = TypeVar("Item")
Answer = TypeVar("Answer")
WORTH_FORKING = 300
WORTH_SENDING = 300


class Crew(NamedTuple):
    """Who does the work: how many processes at most, who hears how far it is, and what it is called.

    Where `hands` on other hosts are given, they do all that is worth sending, and no process is forked.
    """

    jobs: int
    say: Progress
    stage: str
    hands: Hands | None = None


class Desk(NamedTuple):
    """Where a forked process sends its answer, and what it inherits and must close to notice its parent's death."""

    answer: Connection
    inherited: tuple[Connection, ...]


def stream(
    work: Callable[[Sequence[Item]], Iterator[tuple[int, Answer]]],
    items: Sequence[Item],
    crew: Crew,
) -> Iterator[Answer]:
    """Call `work` on slices of `items`, each in a process of its own where that pays and forking exists, or elsewhere.

    `work` yields how many more items are done, and what came of them; the answers come in any order, as they
    are ready. Problems raised in any process are raised here together, after all answers; anything else that goes
    wrong in one ends all.
    """
    done = counting(crew.say, crew.stage, len(items))
    if crew.hands and len(items) >= WORTH_SENDING:
        yield from crew.hands.stream(work, items, done)
        return
    jobs = 1 if crew.hands else min(crew.jobs, len(items) // WORTH_FORKING + 1)
    context = _forking() if jobs > 1 else None
    if context is None:
        for number, answer in work(items):
            done(number)
            yield answer
        return
    running: dict[Connection, BaseProcess] = {}
    try:
        for number in range(jobs):
            here, there = context.Pipe(duplex=False)
            desk = Desk(there, (here, *running))
            process: BaseProcess = context.Process(target=_run, args=(work, items[number::jobs], desk), daemon=True)
            process.start()
            there.close()
            running[here] = process
        yield from _gather(list(running), done)
    finally:
        for here, process in running.items():
            process.terminate()
            process.join()
            here.close()


def _forking() -> ForkContext | None:
    """Return how processes are forked; None where they cannot be."""
    import multiprocessing  # noqa: PLC0415 - start-up: after most edits there is no work for several

    return multiprocessing.get_context("fork") if "fork" in multiprocessing.get_all_start_methods() else None


def _gather(waiting: list[Connection], done: Callable[[int], None]) -> Iterator[Any]:
    from multiprocessing.connection import wait  # noqa: PLC0415 - start-up, as above

    problems: list[Problem] = []
    while waiting:
        for ready in wait(waiting):
            connection = cast("Connection", ready)
            what, value = _receive(connection)
            if what == "answer":
                number, answer = value
                done(number)
                yield answer
                continue
            if what == "error":
                raise value
            waiting.remove(connection)
            problems += value if what == "problems" else ()
    if problems:
        raise ProblemsError(problems)


def _receive(connection: Connection) -> tuple[str, Any]:
    try:
        what, value = connection.recv()
    except EOFError:
        return "error", RuntimeError("a worker process ended without an answer")
    return what, value


def _run(work: Callable[[Sequence[Item]], Iterator[tuple[int, Answer]]], items: Sequence[Item], desk: Desk) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for connection in desk.inherited:
        connection.close()
    with suppress(BrokenPipeError):  # the parent was killed: nobody waits for the answer, so end
        _answer(work, items, desk.answer)


def _answer(
    work: Callable[[Sequence[Item]], Iterator[tuple[int, Answer]]], items: Sequence[Item], answer: Connection
) -> None:
    try:
        for found in work(items):
            answer.send(("answer", found))
        answer.send(("end", None))
    except BrokenPipeError:
        raise
    except ProblemsError as error:
        answer.send(("problems", error.problems))
    except (
        LostRowError,
        OSError,
        ValueError,
        TypeError,
        LookupError,
        ArithmeticError,
        RuntimeError,
        AttributeError,
    ) as error:
        answer.send(("error", error))
