"""What people see in the terminal: progress while work is long, and answers in words when it is done."""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from readingroom.problems import amount, counted, is_error, summary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from readingroom.options import Progress, Result
    from readingroom.plan import Stale
    from readingroom.problems import Problem, ProblemsError

MOST_PAGES = 12


@contextmanager
def progress() -> Iterator[Progress]:
    """Give a function that shows how far the work is, on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda _stage, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("starting", total=None, rate="")
        began = {"": time.monotonic()}

        def say(stage: str, done: int, total: int) -> None:
            if stage not in began:
                began[stage] = time.monotonic()
                bars.reset(task)
            spent = time.monotonic() - began[stage]
            rate = f"{done / spent:,.0f}/s" if done and spent > 1 else ""
            bars.update(task, description=stage, completed=done, total=total or None, rate=rate)

        yield say


def wrapped(text: str, width: int) -> str:
    r"""Break lines at a width, what goes on indented by two more; parts two spaces apart stay whole where they can.

    >>> print(wrapped("  Hajin#p1  Clashes went on\nk kind  m merge", 16))
      Hajin#p1
        Clashes went
        on
    k kind  m merge
    """
    return "\n".join(row for line in text.split("\n") for row in _rows(line, width))


def _rows(line: str, width: int) -> list[str]:
    bare = line.lstrip(" ")
    indent = " " * (len(line) - len(bare))
    rows = [indent]
    for part in bare.split("  "):
        gap = "" if rows[-1] == indent else "  "
        for word in [part] if _size(part) <= width - len(indent) - 2 else part.split(" "):
            if rows[-1].strip() and _size(rows[-1] + gap + word) > width:
                rows.append(f"{indent}  {word}")
            else:
                rows[-1] += gap + word
            gap = " "
    return rows


def _size(text: str) -> int:
    return len(click.unstyle(text))


def tell_problems(problems: Sequence[Problem], after: str) -> None:
    """Print problems to stderr, all of them, and what they mean for the work."""
    for problem in problems:
        path, message = str(problem).split(": ", 1)
        click.echo(f"{click.style(path, bold=True)}: {message}", err=True)
    if problems:
        click.echo(f"{summary(problems)}{after}", err=True)


def tell_failure(error: ProblemsError, after: str, *, as_json: bool) -> None:
    """Say why the work stopped, and which report files were written before it did."""
    if as_json:
        values = {"problems": [problem_values(problem) for problem in error.problems]}
        click.echo(json.dumps(values | ({"ingested": error.ingested} if error.ingested else {}), ensure_ascii=False))
    else:
        for path in error.ingested:
            click.echo(f"wrote {path}")
    tell_problems(error.problems, after)


def tell_build(result: Result, *, dry_run: bool) -> None:
    """Say what a build did, or would do."""
    for path in result.ingested:
        click.echo(f"{'would write' if dry_run else 'wrote'} {path}")
    if not (result.stale or result.removed or result.indexed):
        click.echo("nothing to do" if dry_run else "nothing changed")
    elif dry_run:
        tell_plan(result.stale, result.removed)
    click.echo(
        f"{counted(result.reports, 'report')} ({result.read} read), {counted(result.entities, 'name')}, "
        f"{counted(result.mentions, 'mention')}"
    )
    verb = "would render" if dry_run else "rendered"
    search = ", search index made" if result.indexed and not dry_run else ""
    click.echo(f"{verb} {counted(len(result.stale), 'file')}, removed {len(result.removed)}{search}")
    if not dry_run:
        size = f"{counted(result.files, 'file')}, {amount(result.size)}, in {result.seconds:.1f} s"
        click.echo(f"{click.style(str(result.site / 'index.html'), bold=True)}  ({size})")


def tell_plan(stale: Sequence[Stale], removed: Sequence[str]) -> None:
    """List what a build would make, with reasons, and what it would remove."""
    for item in stale:
        click.echo(f"  {item.url}  ({', '.join(item.reasons)})")
    for url in removed:
        click.echo(f"  {url}  (removed)")


def result_values(result: Result) -> dict[str, object]:
    """Return a build's answer for --json."""
    return {
        "site": str(result.site),
        "reports": result.reports,
        "entities": result.entities,
        "mentions": result.mentions,
        "files": result.files,
        "bytes": result.size,
        "edition": result.edition,
        "read": result.read,
        "recognised": result.recognised,
        "ingested": result.ingested,
        "rendered": [{"url": item.url, "why": item.reasons} for item in result.stale],
        "removed": result.removed,
        "indexed": result.indexed,
        "problems": [problem_values(problem) for problem in result.problems],
        "seconds": round(result.seconds, 3),
    }


def problem_values(problem: Problem) -> dict[str, object]:
    """Return a problem for --json."""
    return {
        "path": problem.path,
        "line": problem.line,
        "severity": problem.severity,
        "message": problem.message,
        "hint": problem.hint,
    }


def exit_code(problems: Sequence[Problem], *, strict: bool = False) -> int:
    """Return 1 where a problem stops publishing, else 0."""
    return int(any(is_error(problem) or strict for problem in problems))
