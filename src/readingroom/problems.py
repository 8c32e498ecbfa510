"""Faults in what people wrote, as values that stages collect and one exception that carries them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Severity = Literal["error", "warning"]
UNITS, STEP = ("bytes", "kB", "MB", "GB"), 1000


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault: where it is, what is wrong, and what to do about it.

    `path` is relative to the archive's folder, with forward slashes; `line` counts from 1, 0 means
    the file as a whole.
    """

    path: str
    line: int
    message: str
    hint: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        """Print as one line `path:line: message`, with the hint indented below.

        >>> print(Problem("content/places/hajin.md", 4, 'unknown key "nmae"', "did you mean name?"))
        content/places/hajin.md:4: unknown key "nmae"
            did you mean name?
        """
        where = f"{self.path}:{self.line}" if self.line else self.path
        mark = "warning: " if self.severity == "warning" else ""
        hint = f"\n    {self.hint}" if self.hint else ""
        return f"{where}: {mark}{self.message}{hint}"


class ProblemsError(Exception):
    """Carries every problem found when at least one stops the work, and the report files written until then."""

    def __init__(self, problems: Iterable[Problem], ingested: tuple[str, ...] = ()) -> None:
        self.problems = tuple(sorted(set(problems)))
        self.ingested = ingested
        super().__init__("\n".join(map(str, self.problems)))


def is_error(problem: Problem) -> bool:
    """Tell whether the problem stops publishing."""
    return problem.severity == "error"


def summary(problems: Sequence[Problem]) -> str:
    """Say how many problems there are, and in how many files, if any of them is in a file.

    >>> summary([Problem("a.md", 1, "x"), Problem("a.md", 2, "y")]), summary([Problem("places/hajn", 0, "x")])
    ('2 problems in 1 file', '1 problem')
    """
    files = {problem.path for problem in problems if "." in problem.path.rpartition("/")[2]}
    return counted(len(problems), "problem") + (f" in {counted(len(files), 'file')}" if files else "")


def with_article(noun: str) -> str:
    """Put a or an before a noun.

    >>> with_article("place"), with_article("operation")
    ('a place', 'an operation')
    """
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def counted(number: int, one: str, many: str = "") -> str:
    """Say a number with its noun.

    >>> counted(1, "report"), counted(3, "report"), counted(2, "entity", "entities")
    ('1 report', '3 reports', '2 entities')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def amount(size: float) -> str:
    """Say a number of bytes.

    >>> amount(512), amount(143_500), amount(2_100_000)
    ('512 bytes', '144 kB', '2.1 MB')
    """
    for unit in UNITS:
        if size < STEP or unit == UNITS[-1]:
            break
        size /= STEP
    return f"{size:.1f} {unit}" if unit in UNITS[2:] else f"{size:.0f} {unit}"
