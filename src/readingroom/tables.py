"""Reports and mentions turned into the lines of the tables that people take away."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from readingroom.model import Mention, Report

Table = Literal["mentions", "reports"]
COLUMNS: dict[Table, tuple[str, ...]] = {
    "mentions": (
        "report", "paragraph", "start", "end", "text", "kind", "entity", "status", "confidence", "why",
    ),
    "reports": (
        "id", "title", "dek", "publisher", "published", "date_basis", "date_evidence", "source", "language", "original",
        "sha256",
    ),
}  # fmt: skip
END = "\n"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Lines(NamedTuple):
    """The lines a report has in a table, in parts, for many are alike.

    `first` is what all begin with, `middles` what follows in each, `of` the number of its ending; `entities` are
    what each ending tells of, if anything.
    """

    first: str
    middles: Sequence[str]
    of: Sequence[int]
    ends: Sequence[str]
    entities: Sequence[str]

    def text(self, shown: Container[str]) -> str:
        r"""Join the lines, without those of entities that are not shown.

        >>> Lines("a,", ["1,", "2,", "3,"], [0, 1, 0], ["x\n", "y\n"], ["places/x", "places/y"]).text({"places/x"})
        'a,1,x\na,3,x\n'
        """
        kept = [not entity or entity in shown for entity in self.entities]
        lines = zip(self.middles, self.of, strict=True)
        return "".join([self.first + middle + self.ends[number] for middle, number in lines if kept[number]])


def mention_values(mention: Mention) -> dict[str, object]:
    """Return a mention by the names of the columns, as `readingroom mentions --json` shows it."""
    return dict(zip(COLUMNS["mentions"], mention, strict=True)) | {"why": list(mention.why)}


def head(table: Table) -> str:
    """Return the first line of a table."""
    return _part(COLUMNS[table], END)


def lines_of(report: Report, shown: Iterable[Mention]) -> dict[Table, Lines]:
    """Give a line to each mention of a report that its page would show, and one to the report."""
    return {"mentions": _of_mentions(report, shown), "reports": _of_report(report)}


def _of_mentions(report: Report, shown: Iterable[Mention]) -> Lines:
    middles, of = [], []
    said: dict[tuple[str, str, str, float, tuple[str, ...]], int] = {}
    for one in shown:
        middles.append(_part((one.paragraph, one.start, one.end, one.text), ","))
        of.append(said.setdefault((one.kind, one.entity, one.status, one.confidence, one.why), len(said)))
    ends = [_part((kind, entity, status, sure, "; ".join(why)), END) for kind, entity, status, sure, why in said]
    return Lines(_part((report.id,), ","), middles, of, ends, [entity for _, entity, *_ in said])


def _of_report(report: Report) -> Lines:
    original = report.original
    middle = (
        report.title, report.dek, report.publisher, report.published, report.date_basis, report.date_evidence,
        report.source, report.language,
    )  # fmt: skip
    end = (original.path, original.sha256) if original else ("", "")
    return Lines(_part((report.id,), ","), [_part(middle, ",")], [0], [_part(end, END)], [""])


class _Echo:
    """What csv.writer writes to, so that it answers with the line."""

    @staticmethod
    def write(line: str) -> str:
        return line


_BREAK = "\r\n"  # csv quotes what may end a line only where it ends lines itself
_WRITER = csv.writer(_Echo(), lineterminator=_BREAK)


def _part(values: Iterable[object], then: str) -> str:
    r"""Write values of a line, and what stands behind them.

    No spreadsheet runs them as a formula (OWASP: CSV injection).

    >>> _part(["=1+1", 2, "a, b"], ",")
    '\'=1+1,2,"a, b",'
    """
    safe = [f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value for value in values]
    line: str = _WRITER.writerow(safe)
    return line.removesuffix(_BREAK) + then
