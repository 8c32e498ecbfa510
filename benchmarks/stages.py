"""Say where the time of a build goes, by stage: `python benchmarks/stages.py [--reports N] [--case body]`.

Runs one build of the scale corpus in this process, without workers, and looks at its stack every few milliseconds of
CPU time. The time since the last look belongs to the stage whose module stands innermost on the stack; helpers and
libraries belong to the stage that calls them. Code in C belongs to the Python function that calls it. The build is
slowed down by one or two per cent; what a profiler of calls adds to small functions is not there.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import resource
import shutil
import signal
import sys
import sysconfig
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scale import OURS, prepared, say
from scale_cases import CASES, Editor
from scale_corpus import Corpus
from scale_measure import measure
from scale_table import lay_out

import readingroom

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

# Modules that begin a stage, packages among them. Any other module belongs to the stage that calls it.
STAGES = {
    "start-up": "cli program config",
    "reading": "sources load read frontmatter ingest clean authority entity_file reportfile ledger",
    "recognising": "recognise matching mentions ambiguity signature",
    "discovery": "discovery suggestions bearers settling",
    "indexing": "index segments furniture concordance tables",
    "views": "pages views provenance assets",
    "digesting": "digest plan",
    "rendering": "render templates",
    "writing": "publish output",
    "state": "state cache keep",
    "search": "search offline",
}
STAGE_OF = {module: stage for stage, modules in STAGES.items() for module in modules.split()}
ELSEWHERE, COLLECTING, IMPORTING, PAGEFIND = "elsewhere", "collecting garbage", "<frozen importlib", "Pagefind"
GLANCE = 0.002  # seconds of CPU time
PACKAGE = str(Path(readingroom.__file__).parent) + "/"
LIBRARIES = [sysconfig.get_path(name) + "/" for name in ("purelib", "platlib", "stdlib")]


class Place(NamedTuple):
    """Where the build was seen: the stage, the module or library it was in, and the function."""

    stage: str
    module: str
    function: str


def module_of(path: str) -> str:
    """Name one of our modules by its path below the package, a library's by the library, a template as such."""
    if path.startswith(PACKAGE):
        return path[len(PACKAGE) :].removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    for folder in LIBRARIES:
        if path.startswith(folder):
            return f"({path[len(folder) :].partition('/')[0].removesuffix('.py')})"
    if path.startswith("<frozen "):
        return f"({path[len('<frozen ') : -1]})"
    return {__file__: f"({COLLECTING})", "<string>": "(named tuples)"}.get(path, "(templates)")


def place_of(frame: FrameType | None) -> Place:
    """Say where a stack is: the innermost function, and the stage of the innermost module that begins one."""
    if frame is None:
        return Place(ELSEWHERE, "(other)", "?")
    code = frame.f_code
    innermost = Place(ELSEWHERE, module_of(code.co_filename), f"{code.co_qualname}")
    outer: FrameType | None = frame
    while outer is not None:
        path = outer.f_code.co_filename
        if path.startswith(IMPORTING):
            return innermost._replace(stage="start-up")
        if path.startswith(PACKAGE) and (stage := STAGE_OF.get(module_of(path).partition(".")[0])):
            return innermost._replace(stage=stage)
        outer = outer.f_back
    return innermost


class Sampler:
    """Adds up CPU time by place while a build runs, and apart from it what the garbage collector takes."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.seconds: Counter[Place] = Counter()
        self.collecting = 0.0
        self._last = self._began = 0.0

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Look at the stack of this thread, the only one a build works in."""
        signal.signal(signal.SIGPROF, self._look)
        gc.callbacks.append(self._collect)
        self._last = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, GLANCE, GLANCE)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            gc.callbacks.remove(self._collect)

    def _look(self, _signal: int, frame: FrameType | None) -> None:
        now = time.process_time()
        self.seconds[place_of(frame)] += now - self._last  # type: ignore[assignment]  # a Counter holds what one adds
        self._last = now

    def _collect(self, phase: str, _info: dict[str, int]) -> None:
        now = time.process_time()
        if phase == "start":
            self._began = now
        else:
            self.collecting += now - self._began


def profile(corpus: Corpus, *, search: bool) -> Sampler:
    """Build the archive in this process; Pagefind, a process of its own, is a place of its own."""
    sampler = Sampler()
    sys.argv = ["readingroom", "-C", str(corpus.archive), "build", "--jobs", "1", *([] if search else ["--no-search"])]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with sampler.watching():
        from readingroom.cli import main  # noqa: PLC0415 - importing is a part of the build

        try:
            main()
        except SystemExit as ended:
            if ended.code:
                raise
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if spent > GLANCE:
        sampler.seconds[Place("search", PAGEFIND, PAGEFIND)] += spent  # type: ignore[assignment]
    return sampler


def stage_rows(sampler: Sampler, reports: int) -> Iterator[list[str]]:
    """List the stages, the costliest first, and what each spends its time in."""
    total = sum(sampler.seconds.values())
    stages: Counter[str] = Counter()
    for place, seconds in sampler.seconds.items():
        stages[place.stage] += seconds
    for stage, seconds in stages.most_common():
        modules: Counter[str] = Counter()
        for place, part in sampler.seconds.items():
            if place.stage == stage:
                modules[place.module] += part
        most = ", ".join(f"{module} {part / seconds:.0%}" for module, part in modules.most_common(4))
        yield [stage, *_figures(seconds, reports, total), most]
    yield ["all", *_figures(total, reports, total), ""]
    yield [f"of it {COLLECTING}", *_figures(sampler.collecting, reports, total), "anywhere"]


def function_rows(sampler: Sampler, reports: int, number: int) -> Iterator[list[str]]:
    """List the functions in which most time is spent, without what they call in Python."""
    total = sum(sampler.seconds.values())
    for place, seconds in sampler.seconds.most_common(number):
        yield [f"{place.module}: {place.function}", *_figures(seconds, reports, total), place.stage]


def _figures(seconds: float, reports: int, total: float) -> list[str]:
    return [f"{seconds:.2f}", f"{seconds / reports * 1000:.2f}", f"{seconds / total:.1%}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=1_000)
    parser.add_argument("--entities", type=int, default=2_000)
    parser.add_argument("--case", choices=CASES, default="full", help="what is done before the build")
    parser.add_argument("--search", action="store_true", help="index for full-text search, too")
    parser.add_argument("--functions", type=int, default=20, metavar="N", help="list so many functions")
    parser.add_argument("--work", type=Path, metavar="DIR", help="where corpora are kept, as for scale.py")
    parser.add_argument("--markdown", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = (given.work or Path(scratch)) / f"{given.reports}-{given.entities}"
        corpus = prepared(Corpus(folder, given.reports, given.entities), 2)
        sampler = _profile_case(corpus, given.case, search=given.search)
    head = ["CPU s", "ms a report", "share"]
    for first, last, rows in (
        (f"stage ({CASES[given.case][0]})", "most of it in", stage_rows(sampler, given.reports)),
        ("function", "stage", function_rows(sampler, given.reports, given.functions)),
    ):
        print("\n".join(lay_out([[first, *head, last], *rows], markdown=given.markdown)) + "\n")


def _profile_case(corpus: Corpus, case: str, *, search: bool) -> Sampler:
    shutil.rmtree(corpus.archive / "build", ignore_errors=True)
    editor = Editor(corpus)
    try:
        if case != "full":
            say("building, so that there is something to change")
            measure([*OURS, "-C", str(corpus.archive), "build", *([] if search else ["--no-search"])])
        editor.prepare(case, 1)
        with contextlib.redirect_stdout(sys.stderr):
            return profile(corpus, search=search)
    finally:
        editor.undo()


if __name__ == "__main__":
    main()
