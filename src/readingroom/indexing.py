"""The search index made in a process of its own, which may be ended at any moment."""

from __future__ import annotations

import multiprocessing
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from readingroom.build import build
from readingroom.options import Result
from readingroom.problems import Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from pathlib import Path

    from readingroom.options import Options

GLANCE = 0.05


def build_apart(root: Path, options: Options, stop: Callable[[], bool]) -> Result | None:
    """Build in another process until `stop` says so: then end it and all it started, and return None.

    Publishing is one step and an unfinished stage is removed by the next build, so the site stays whole.

    Raises:
        ProblemsError: what stopped that build.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(root, options, there), daemon=False)
    process.start()
    there.close()
    try:
        while not here.poll(GLANCE):
            if stop():
                return None
        return _answer(here)
    finally:
        if process.pid:
            _end(process.pid)
        process.join()
        here.close()


def _answer(here: Connection) -> Result:
    try:
        answer = here.recv()
    except EOFError:
        hint = "the pages are up to date, only search is not; run  readingroom build  to see what is wrong"
        raise ProblemsError([Problem("pagefind", 0, "indexing for search ended early", hint)]) from None
    if isinstance(answer, Result):
        return answer
    raise ProblemsError(cast("tuple[Problem, ...]", answer))


def _end(number: int) -> None:
    """End a process with all it started: an orphan would go on writing into the next build's stage."""
    for end in (getattr(os, "killpg", None), os.kill):
        with suppress(ProcessLookupError, PermissionError):
            if end:
                end(number, getattr(signal, "SIGKILL", signal.SIGTERM))
                return


def _run(root: Path, options: Options, answer: Connection) -> None:
    if hasattr(os, "setsid"):
        os.setsid()
    try:
        answer.send(build(root, options))
    except ProblemsError as error:
        answer.send(error.problems)
