"""Measured builds as a table for people and as JSON."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from scale_measure import Cost

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

GB, MB = 1e9, 1e6
COLUMNS = (
    "CPU s, ours", "Hugo", "ratio", "wall s, ours", "Hugo", "ratio", "MB, ours", "Hugo", "MB, Pagefind: ours", "Hugo",
)  # fmt: skip
NONE = "–"


class Measured(NamedTuple):
    """One build."""

    case: str
    search: bool
    tool: str
    cost: Cost


class Result(NamedTuple):
    """All builds of a corpus of so many reports, and files and bytes of the site by tool and search."""

    reports: int
    rows: Sequence[Measured]
    sizes: Mapping[tuple[str, bool], tuple[int, int]]

    def median(self, case: str, tool: str, *, search: bool) -> Cost | None:
        """Return the medians of a case; where a tool was measured on the full build alone, those of that."""
        for name in (case, "full") if tool == "hugo" else (case,):
            runs = [row.cost for row in self.rows if (row.case, row.tool, row.search) == (name, tool, search)]
            if runs:
                cpu, wall = (median(run[field] for run in runs) for field in range(2))
                return Cost(
                    cpu, wall, round(median(run.memory for run in runs)), round(median(run.pagefind for run in runs))
                )
        return None


def memory() -> int:
    """Return the bytes of memory of this machine."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def heading(hugo: str, runs: int, jobs: int) -> str:
    """Say when, where and how often was measured."""
    other = f"Hugo {hugo}" if hugo else "no Hugo here, so only our own columns are measured"
    where = (
        f"{os.cpu_count()} cores ({jobs} used), {memory() / GB:.0f} GB of memory, Python {platform.python_version()}"
    )
    often = f"medians of {runs} runs" if runs > 1 else "one run"
    return f"Measured on {datetime.now(tz=UTC).date()}; {where}; {other}; {often}.\n"


def table(result: Result, cases: Mapping[str, str], *, markdown: bool) -> str:
    """Lay out one size of corpus, a line for each of `cases`, which are called what the mapping says."""
    rows = [
        [f"{label}{', with search' if search else ''}", *_cells(result, case, search=search)]
        for search in dict.fromkeys(row.search for row in result.rows)
        for case, label in cases.items()
        if result.median(case, "ours", search=search)
    ]
    lines = lay_out([[f"{result.reports:,} reports", *COLUMNS], *rows], markdown=markdown)
    return "\n".join([*lines, "", *_sites(result), ""])


def _cells(result: Result, case: str, *, search: bool) -> list[str]:
    ours, hugo = (result.median(case, tool, search=search) for tool in ("ours", "hugo"))
    cells = []
    for field in range(2):
        mine, other = ours[field] if ours else 0.0, hugo[field] if hugo else 0.0
        cells += [_seconds(mine), _seconds(other), f"{mine / other:.2f}" if other else NONE]
    for size in (cost and getattr(cost, name) for name in ("memory", "pagefind") for cost in (ours, hugo)):
        cells.append(f"{size / MB:,.0f}" if size else NONE)
    return cells


def _seconds(value: float) -> str:
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value else NONE


def lay_out(rows: Sequence[Sequence[str]], *, markdown: bool) -> Iterable[str]:
    """Lay out rows of cells, the first one the head; columns of figures stand on the right."""
    columns = list(zip(*rows, strict=True))
    words = [any(map(str.isalpha, "".join(column[1:]))) for column in columns]
    if markdown:
        yield "| " + " | ".join(rows[0]) + " |"
        yield "|" + "|".join("---" if is_word else "---:" for is_word in words) + "|"
        yield from ("| " + " | ".join(row) + " |" for row in rows[1:])
        return
    widths = [max(map(len, column)) for column in columns]
    for row in rows:
        cells = zip(row, widths, words, strict=True)
        yield "  ".join(cell.ljust(width) if is_word else cell.rjust(width) for cell, width, is_word in cells).rstrip()


def _sites(result: Result) -> Iterable[str]:
    for search in dict.fromkeys(search for _, search in result.sizes):
        each = [
            f"{'ours' if tool == 'ours' else 'Hugo’s'} {files:,} files, {size / MB:,.0f} MB"
            for (tool, index), (files, size) in result.sizes.items()
            if index == search
        ]
        yield f"Site of {result.reports:,} reports {'with' if search else 'without'} search: {'; '.join(each)}.  "


def as_json(results: Sequence[Result], hugo: str) -> str:
    """Write every run, in seconds and bytes."""
    machine = {"cores": os.cpu_count(), "memory": memory(), "python": platform.python_version(), "hugo": hugo or None}
    sizes = [
        {
            "reports": result.reports,
            "runs": [{**row._asdict(), "cost": row.cost._asdict()} for row in result.rows],
            "sites": [
                {"tool": tool, "search": search, "files": files, "bytes": size}
                for (tool, search), (files, size) in result.sizes.items()
            ],
        }
        for result in results
    ]
    return json.dumps({"machine": machine, "sizes": sizes}, indent=1)
