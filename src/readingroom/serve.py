"""An archive shown in the browser while people edit it, built again whenever they save something."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from readingroom.board import Board, State
from readingroom.build import build
from readingroom.config import FILE, settings
from readingroom.exchange import has_site
from readingroom.indexing import build_apart
from readingroom.options import Result, silent
from readingroom.preview import listen
from readingroom.problems import Problem, ProblemsError, counted
from readingroom.publish import SITE
from readingroom.review_desk import Desk, Turns
from readingroom.sources import CHANGED
from readingroom.state import nothing_to_do
from readingroom.watch import watching

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from readingroom.options import Options, Progress, Search
    from readingroom.watch import Changes

PAUSE, BEAT = 2.0, 0.5
ATTEMPTS = 2
NAMED = 3
LOCK = "build/lock"


def serve(
    root: Path,
    options: Options,
    *,
    announce: Callable[[str], None],
    port: int | None = None,
    say: Progress = silent,
) -> None:
    """Show the archive at `root` and build it again on every change, until interrupted.

    The first build may fork; later ones share the process with the threads that watch and answer, so they do
    not, and the search index, which takes longest, is made in a process of its own once saving pauses.

    Raises:
        ProblemsError: there is no archive at `root`, or the port is taken.
    """
    root = root.resolve()
    if not (root / FILE).is_file():
        settings(root)
    site = root / "build" / SITE
    board = Board(State(f"{time.time_ns():x}-0"))
    turns = Turns()
    desk = Desk(root, turns)
    with suppress(KeyboardInterrupt), listen(port, site, board, announce, review=desk) as preview:
        editing = Editing(root, options, board, announce, turns=turns, desk=desk)
        editing.rebuild(replace(editing.pages_first, jobs=options.jobs), say)
        with preview.answering(), watching(root) as (changes, watch):
            announce(f"{preview.address}  (Ctrl-C ends it)")
            threading.Thread(target=invite, args=(desk, preview.address, announce), daemon=True).start()
            while True:
                if changes.wait(PAUSE if editing.search_due else BEAT):
                    watch.renew()
                    editing.rebuild(editing.pages_first)
                elif editing.search_due:
                    editing.renew_search(changes)
                if editing.must_try_again:
                    changes.note()


@dataclass(slots=True)
class Editing:
    """An archive being edited: how it is built, what is shown of it, and what is still to do."""

    root: Path
    options: Options
    board: Board
    announce: Callable[[str], None]
    search_due: bool = False
    warned: tuple[Problem, ...] = ()
    turns: Turns = field(default_factory=Turns)
    desk: Desk | None = None

    @property
    def pages_first(self) -> Options:
        """Say how to build when someone waits for a page."""
        wants: Search = "none" if self.options.search == "none" else "later"
        return replace(self.options, search=wants, jobs=1)

    @property
    def must_try_again(self) -> bool:
        """Tell whether only another build, or a file being saved, stood in the way."""
        return any(problem.path == LOCK or problem.message == CHANGED for problem in self.board.state.problems)

    def rebuild(self, options: Options, say: Progress = silent) -> None:
        """Build, and show what came of it."""
        self._try(lambda: steadily(lambda: build(self.root, options, say)))
        if self.desk:
            self.desk.note_build()
        self.search_due = not self.board.state.problems and self.options.search != "none"

    def renew_search(self, changes: Changes) -> None:
        """Bring the search index up to date, unless someone saves or decides something first."""
        options = replace(self.options, search="now")

        def stop() -> bool:
            return changes.pending or self.turns.asked_for

        self.search_due = not self._try(
            lambda: nothing_to_do(self.root, options) or build_apart(self.root, options, stop)
        )

    def _try(self, work: Callable[[], Result | None]) -> bool:
        """Work, and show what came of it; tell whether it was not ended before its time."""
        try:
            with self.turns.build():
                result = work()
            if result is None:
                return False
            self._succeeded(result)
        except ProblemsError as error:
            self._failed(error.problems)
        except FileNotFoundError as error:
            hint = "it was moved or removed during the build; save a file to try again"
            self._failed((Problem(str(error.filename), 0, "went away while it was read", hint),))
        return True

    def _succeeded(self, result: Result) -> None:
        changed = bool(result.stale or result.removed)
        had_problems = bool(self.board.state.problems or self.warned)
        base = urlsplit(settings(self.root, self.options.url).url).path or "/"
        self.board.put(State(self._version(changed=changed), (), base))
        for path in result.ingested:
            self.announce(f"{clock()} wrote {path}")
        if changed or result.indexed:
            self.announce(f"{clock()} {in_words(result)}")
        if result.problems != self.warned:
            self._tell(result.problems, "published all the same")
        if had_problems and not result.problems:
            self.announce(f"{clock()} no problem is left")
        self.warned = result.problems

    def _failed(self, problems: tuple[Problem, ...]) -> None:
        state = self.board.state
        if problems != state.problems:
            self._tell(problems, "the last good site stays")
        listed = not has_site(self.root / "build" / SITE)
        self.board.put(replace(state, version=self._version(changed=listed), problems=problems))

    def _version(self, *, changed: bool) -> str:
        first, _, turn = self.board.state.version.rpartition("-")
        return f"{first}-{int(turn) + changed}"

    def _tell(self, problems: tuple[Problem, ...], so: str) -> None:
        for problem in problems:
            self.announce(str(problem))
        if problems:
            files = counted(len({problem.path for problem in problems}), "file")
            self.announce(f"{clock()} {counted(len(problems), 'problem')} in {files}; {so}")


def steadily(work: Callable[[], Result]) -> Result:
    """Build, and build again where a file was saved while it was read."""
    for _ in range(ATTEMPTS):
        try:
            return work()
        except ProblemsError as error:
            if not any(problem.message == CHANGED for problem in error.problems):
                raise
    return work()


def invite(desk: Desk, address: str, announce: Callable[[str], None]) -> None:
    """Say how many names wait for review and where, if any do."""
    with suppress(ProblemsError, FileNotFoundError):
        number = desk.count()
        if number:
            waits = "name waits" if number == 1 else "names wait"
            announce(f"{number:,} {waits} for review: {address}_readingroom/names")


def in_words(result: Result) -> str:
    """Say what a build did, in one line.

    >>> from pathlib import Path
    >>> from readingroom.plan import Stale
    >>> stale = (Stale("names/names.json", ("content",)), Stale("places/hajin.html", ("note",)))
    >>> in_words(Result(Path(), stale=stale, seconds=0.21))
    'rebuilt 1 page and 1 other file in 0.2 s: places/hajin.html (note)'
    >>> in_words(Result(Path(), indexed=True, seconds=3.4))
    'renewed the search index in 3.4 s'
    """
    pages = [item for item in result.stale if item.url.endswith(".html")]
    others = len(result.stale) - len(pages)
    made = [counted(len(pages), "page")] if pages else []
    made += [counted(others, "other file" if pages else "file")] if others else []
    parts = [f"rebuilt {' and '.join(made)}"] if made else []
    parts += [f"removed {counted(len(result.removed), 'file')}"] if result.removed else []
    parts += ["renewed the search index"] if result.indexed else []
    named = [f"{item.url} ({', '.join(item.reasons)})" for item in pages[:NAMED]]
    named += [f"{len(pages) - NAMED:,} more"] if len(pages) > NAMED else []
    return f"{', '.join(parts)} in {result.seconds:.1f} s" + (f": {', '.join(named)}" if named else "")


def clock() -> str:
    """Say the time of day."""
    return time.strftime("%H:%M:%S")
