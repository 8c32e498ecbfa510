"""Work spread over the workers of a Dask cluster, who see the archive's folder as this host does."""

from __future__ import annotations

import gc
import logging
import os
import re
import signal
import time
import uuid
import warnings
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager, suppress
from itertools import islice
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from readingroom import errands
from readingroom.errands import UnfitError, blind, differences, do, edition, pack, put_down, see, unlike
from readingroom.problems import Problem, ProblemsError
from readingroom.publish import SENT, remove, sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from distributed import Client, Future, LocalCluster

    from readingroom.errands import Done, Errand
    from readingroom.options import Work

LOCAL = "local"
SLICE = 50
AHEAD = 4
PATIENCE = 10.0
LONGEST_ALONE = 30.0
LOOK_AGAIN = 1.0
FIRST = "start one with  dask scheduler  and give the address that it prints, such as tcp://10.0.0.5:8786, or local"
START = "start some on every host:  dask worker {} --nworkers -1 --nthreads 1"
_ADDRESS = re.compile(r"(?:[a-z]+://)?(?:[\w.-]+|\[[0-9a-fA-F:]+\]):\d+")


@contextmanager
def joined(address: str, folder: Path, jobs: int) -> Iterator[Cluster]:
    """Join the cluster whose scheduler is at `address`, or one of `jobs` processes here where that is "local".

    `folder` is the build folder, which the workers must see.

    Raises:
        ProblemsError: there is none to be joined, or it is not fit for the work.
    """
    sent = folder / SENT
    remove(sent)
    sent.mkdir()
    try:
        with _quiet(), _client(address, jobs) as client:
            cluster = Cluster(client, sent, address)
            cluster.look()
            yield cluster
            cluster.leave()
    finally:
        sweep(sent)


class Cluster:
    """The workers of one scheduler."""

    def __init__(self, client: Client, sent: Path, address: str) -> None:
        """Send them work through the folder `sent`."""
        self._client, self._sent, self._address = client, sent, address
        self._alone_since = 0.0

    def look(self) -> None:
        """Make sure that there are workers, that all can do the work of this build and see its folder."""
        try:
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise ProblemsError([self._deserted()]) from None
        token, content = self._sent / "token", uuid.uuid4().hex
        token.write_text(content, encoding="ascii")
        seen = self._client.run(see, str(token), content, on_error="return")
        problems = []
        for worker, found in seen.items():
            if not hasattr(found, "edition"):
                problems.append(unlike(worker, [f"{type(found).__name__}: {found}"]))
            elif other := differences(edition(), found.edition):
                problems.append(unlike(worker, other))
            elif not (found.reads and found.writes):
                problems.append(blind(worker, str(self._sent.parent)))
        if problems:
            raise ProblemsError(problems)

    def stream(self, work: Work, items: Sequence[Any], done: Callable[[int], None]) -> Iterator[Any]:
        """Call `work` on slices of `items` there; yield what came of them in any order, and say how many are done.

        Few slices are under way at a time, so that their answers fill no memory. A worker that dies is replaced by
        the others: its slices are done again.
        """
        errand = pack(work, self._sent)
        parts = (items[start : start + SLICE] for start in range(0, len(items), SLICE))
        ready: SimpleQueue[Future] = SimpleQueue()
        running: set[Future] = set()
        problems: list[Problem] = []
        try:
            for part in islice(parts, AHEAD * max(1, self._workers())):
                running.add(self._send(errand, part, ready))
            while running:
                future = self._next(ready)
                answers, wrong = self._result(future)
                running.discard(future)
                running |= {self._send(errand, part, ready) for part in islice(parts, 1)}
                problems += wrong
                for number, answer in answers:
                    done(number)
                    yield answer
                gc.collect(1)
        finally:
            with suppress(Exception):
                self._client.cancel([*running])
        if problems:
            raise ProblemsError(problems)

    def leave(self) -> None:
        """Let the workers forget what they were sent."""
        with suppress(Exception):  # the work is done; whoever cannot be told has nothing any more
            self._client.run(put_down)

    def _send(self, errand: Errand, part: Sequence[Any], ready: SimpleQueue[Future]) -> Future:
        future = self._client.submit(do, errand, part, pure=False)
        future.add_done_callback(ready.put)
        return future

    def _next(self, ready: SimpleQueue[Future]) -> Future:
        """Wait for the next slice that is done."""
        while True:
            try:
                return ready.get(timeout=LOOK_AGAIN)
            except Empty:
                self._look_again()

    def _result(self, future: Future) -> Done:
        """Fetch what came of a slice; it is done again where that is lost, so there must be somebody to do it."""
        patience = 10 * LOOK_AGAIN
        while True:
            try:
                with self._heard():
                    found: Done = future.result(timeout=patience)
                    return found
            except TimeoutError:
                if future.status == "error":  # it was a worker that waited in vain, for a disk
                    raise
                self._look_again()
                patience *= 2

    def _look_again(self) -> None:
        """Make sure that workers are left; those that died may be started again meanwhile."""
        now = time.monotonic()
        self._alone_since = 0 if self._workers() else self._alone_since or now
        if self._alone_since and now - self._alone_since >= LONGEST_ALONE:
            raise ProblemsError([self._deserted()]) from None

    def _workers(self) -> int:
        if self._client.status == "closed":
            raise ProblemsError([_gone()])
        try:
            return len(self._client.nthreads())
        except OSError as error:
            raise ProblemsError([_gone()]) from error

    @contextmanager
    def _heard(self) -> Iterator[None]:
        """Turn what may go wrong between hosts into a problem with a next step."""
        from distributed.comm import CommClosedError  # noqa: PLC0415 - a build on one machine does without Dask
        from distributed.scheduler import KilledWorker  # noqa: PLC0415 - as above

        try:
            yield
        except UnfitError as error:
            raise ProblemsError([error.problem]) from None
        except ModuleNotFoundError as error:
            raise ProblemsError([unlike("that has just joined", [str(error)])]) from error
        except KilledWorker as error:
            message = f"a slice of work failed again and again: each time the worker {error.last_worker.address} died"
            hint = "most likely its memory was full: give it more (--memory-limit), or start fewer on a host"
            raise ProblemsError([_problem(message, hint)]) from error
        except (CancelledError, CommClosedError) as error:
            raise ProblemsError([_gone()]) from error

    def _deserted(self) -> Problem:
        return _problem(f"the scheduler at {self._address} has no workers", START.format(self._address))


def _gone() -> Problem:
    hint = "see its log, start it and the workers again, and build again: what was found so far is kept"
    return _problem("the scheduler does not answer any more", hint)


def _problem(message: str, hint: str) -> Problem:
    return Problem("--cluster", 0, message, hint)


@contextmanager
def _client(address: str, jobs: int) -> Iterator[Client]:
    """Give a client of the scheduler at an address, or of one started here."""
    try:
        import distributed  # noqa: PLC0415 - a build on one machine does without Dask
    except ModuleNotFoundError as error:
        hint = 'run  pip install "readingroom[cluster]"  here and wherever workers run, or leave --cluster out'
        raise ProblemsError([_problem(f"needs Dask ({error})", hint)]) from None
    if address != LOCAL and not _ADDRESS.fullmatch(address):
        raise ProblemsError([_problem(f'"{address}" is no address of a scheduler', FIRST)])
    with ExitStack() as stack:
        where = stack.enter_context(_cluster_here(jobs)) if address == LOCAL else address
        try:
            client = distributed.Client(where, timeout=PATIENCE, set_as_default=False)
        except OSError as error:
            reason = str(error).partition("\n")[0]
            raise ProblemsError([_problem(f"no scheduler answers at {address}: {reason}", FIRST)]) from error
        yield stack.enter_context(client)


@contextmanager
def _cluster_here(jobs: int) -> Iterator[LocalCluster]:
    """Give a cluster of processes on this host; where the work is broken off they end at once."""
    from distributed import LocalCluster  # noqa: PLC0415 - a build on one machine does without Dask

    at = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    with LocalCluster(n_workers=jobs, threads_per_worker=1, preload=[errands.__name__], **at) as here:
        try:
            yield here
        except BaseException:
            for nanny in here.workers.values():
                nanny.auto_restart = False
                if nanny.pid:
                    os.kill(nanny.pid, signal.SIGTERM)
            raise


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's own log and warnings off the terminal: what they mean for a build is said in a problem."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="distributed")
            yield
    finally:
        logging.disable(before)
