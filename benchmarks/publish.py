"""What finding nothing to do and publishing one changed file cost: `python benchmarks/publish.py [--reports N …]`.

Makes up an archive of N reports, a site of three times as many files and a cache that knows both, as a build would have
left them but for the content. Then measures the whole process that finds nothing changed and, without the rest of a
build, how a site is published of which one file differs: with a twin brought forward, and with every file linked anew.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from scale_measure import Cost, measure
from scale_table import lay_out

from readingroom import publish
from readingroom.config import settings
from readingroom.options import Result
from readingroom.publish import SITE, staged, written
from readingroom.state import LAST, PAGEFIND, inputs_of, last_row, look, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

BUILD = (sys.executable, "-c", "from readingroom.cli import main; main()", "build", "--no-search")
LONG_AGO = 1_500_000_000_000_000_000
PAGE = "<!doctype html><title>x</title>"
DECADE, YEAR, MONTH = 10, 12, 28
HEAD = ("CPU s", "wall s", "MB")


def urls(reports: int) -> Iterator[str]:
    """Name the files of a site: pages of reports, years of names, originals."""
    for number in range(reports):
        yield f"reports/{name(number)}.html"
        yield f"places/a-village-on-the-river-{number // YEAR:05}.{2010 + number % YEAR}.html"
        yield f"originals/{number:06}.txt"


def name(number: int) -> str:
    year, rest = number % DECADE, number // DECADE
    return f"{2010 + year}-{rest % YEAR + 1:02}-{rest // YEAR % MONTH + 1:02}-{number:06x}"


def make_up(root: Path, reports: int) -> None:
    """Write an archive that looks built."""
    files = {f"content/reports/{name(number)}.md": f"---\ntitle: {number}\n---\n" for number in range(reports)}
    files |= {f"build/{SITE}/{url}": PAGE for url in urls(reports)}
    for path, text in {**files, "readingroom.toml": 'title = "Made up"\n'}.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        os.utime(target, ns=(LONG_AGO, LONG_AGO))
    remember(root, reports)


def remember(root: Path, reports: int) -> None:
    """Write the cache that a build of this program would have left."""
    with opened(root) as cache:
        sources, site = look(root, cache), written(root / "build" / SITE)
        inputs = inputs_of(root, sources.listing, settings(root, ""))
        result = Result(root / "build" / SITE, reports=reports, files=len(site))
        row = last_row(result, site, inputs=inputs, started=time.time_ns(), built=("none", ""))
        output = {url: ["0" * 44, *file] for url, file in site.items()}
        build = {LAST: row, PAGEFIND: {"inputs": "", "files": 0}}
        cache.save({"file": sources.rows, "output": output, "build": build})


def publish_one(root: Path, reports: int, *, twin: bool) -> Cost:
    """Publish a site in which one file differs."""
    honest = publish.exchange
    publish.exchange = honest if twin else lambda _one, _other: False  # then no twin is kept, and all is linked
    kept = list(urls(reports))[1:]
    began, before = time.monotonic(), time.process_time()
    try:
        with staged(root / "build") as stage:
            stage.write(next(urls(reports)), PAGE.encode())
            stage.keep(kept)
            stage.publish()
    finally:
        publish.exchange = honest
    return Cost(time.process_time() - before, time.monotonic() - began)


def middle(costs: list[Cost]) -> Cost:
    cpu, wall, memory = (median(cost[field] for cost in costs) for field in range(3))
    return Cost(cpu, wall, round(memory))


def costs(reports: int, runs: int, folder: Path) -> Iterator[tuple[str, Cost]]:
    make_up(folder, reports)
    command = [*BUILD[:3], "-C", str(folder), *BUILD[3:]]
    yield "nothing changed, whole process", middle([measure(command) for _ in range(runs)])
    for twin, case in ((True, "one file published, twin"), (False, "one file published, every file linked")):
        publish_one(folder, reports, twin=twin)
        yield case, middle([publish_one(folder, reports, twin=twin) for _ in range(runs)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, nargs="+", default=[1_000, 10_000, 100_000], metavar="N")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--work", type=Path, help="make up the archives in this folder; they are removed afterwards")
    parser.add_argument("--markdown", action="store_true")
    given = parser.parse_args()
    for reports in given.reports:
        with tempfile.TemporaryDirectory(dir=given.work) as folder:
            rows = [
                (case, f"{cost.cpu:.2f}", f"{cost.wall:.2f}", f"{cost.memory / 1e6:.0f}" if cost.memory else "–")
                for case, cost in costs(reports, given.runs, Path(folder))
            ]
        print(
            "\n".join(lay_out([(f"{reports:,} reports, {3 * reports:,} files", *HEAD), *rows], markdown=given.markdown))
        )
        print()


if __name__ == "__main__":
    main()
