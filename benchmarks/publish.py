"""What publishing and finding nothing to do cost, without a build: `python benchmarks/publish.py [--reports N …]`.

Makes up an archive of N reports and a site of three times as many files, as a build would have left them, content
apart. Then measures what `readingroom build` takes to find that nothing changed, and what it takes to bring a site of
which a few files differ into the old one's place.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from readingroom.config import settings
from readingroom.options import Result
from readingroom.publish import written
from readingroom.state import LAST, PAGEFIND, inputs_of, last_row, look, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

OURS = (sys.executable, "-c", "from readingroom.cli import main; main()", "build", "--no-search")
LONG_AGO = 1_500_000_000_000_000_000
PAGE = "<!doctype html><title>x</title>"


def make_archive(root: Path, reports: int) -> None:
    """Write an archive, a site and a cache that knows both."""
    _write(root, "readingroom.toml", 'title = "Made up"\n')
    for number in range(reports):
        _write(root, f"content/reports/{_day(number)}-{number:06x}.md", f"---\ntitle: {number}\n---\n")
    for url in urls(reports):
        _write(root / "build/site", url, PAGE)
    with opened(root) as cache:
        sources = look(root, cache)
        files = written(root / "build/site")
        inputs = inputs_of(root, sources, settings(root, ""))
        result = Result(root / "build/site", reports=reports, files=len(files))
        cache.save(
            {
                "file": sources.rows,
                "output": {url: ["0" * 44, *file] for url, file in files.items()},
                "build": {
                    LAST: last_row(result, inputs=inputs, started=time.time_ns(), search="none"),
                    PAGEFIND: {"inputs": "", "files": 0},
                },
            }
        )


def urls(reports: int) -> Iterator[str]:
    """Name the files of a site: pages of reports, of names and their years, originals."""
    for number in range(reports):
        yield f"reports/{_day(number)}-{number:06x}.html"
        yield f"places/{'al-' * (number % 3)}made-up-place-{number // 12:05}.{2010 + number % 12}.html"
        yield f"originals/{number:06}.txt"


def _day(number: int) -> str:
    return f"{2010 + number % 10}-{number // 10 % 12 + 1:02}-{number // 120 % 28 + 1:02}"


def _write(root: Path, path: str, text: str) -> None:
    target = root / path
    try:
        target.write_text(text, encoding="utf-8")
    except FileNotFoundError:
        target.parent.mkdir(parents=True)
        target.write_text(text, encoding="utf-8")
    os.utime(target, ns=(LONG_AGO, LONG_AGO))
