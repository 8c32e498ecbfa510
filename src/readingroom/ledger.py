"""The tables about seeds: what people know of them (index.csv) and which became reports (ingested.csv)."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from readingroom.config import nearest
from readingroom.dates import parse_edtf
from readingroom.problems import Problem
from readingroom.sources import read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

INDEX = "seeds/index.csv"
LEDGER = "content/ingested.csv"
REPORTS = "content/reports"
_COLUMNS = ("file", "source", "publisher", "published", "retrieved", "language")
_LEDGER_COLUMNS = ("path", "sha256", "report")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a seed from outside its text, and the line that says so; empty where nothing is."""

    source: str = ""
    publisher: str = ""
    published: str = ""
    retrieved: str = ""
    language: str = ""
    line: int = 0


class Ingested(NamedTuple):
    """One line of the ledger: a seed's path below seeds/, the SHA-256 it had, the report made from it."""

    path: str
    sha256: str
    report: str


def read_index(root: Path) -> tuple[dict[str, Facts], set[str], list[Problem]]:
    """Read seeds/index.csv: the facts by file, the files whose line is faulty, and the problems."""
    text, problems = _read(root, INDEX)
    if not text.strip():
        return {}, set(), problems
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    header = [name.strip() for name in rows.fieldnames or ()]
    fault = _header_fault(header)
    if fault:
        return {}, set(), [fault]
    rows.fieldnames = header
    facts: dict[str, Facts] = {}
    faulty: set[str] = set()
    for line, row in _rows(rows, problems):
        file = row.pop("file")
        found = _faults(row)
        if file in facts or file in faulty:
            found.append((f"{file} has two lines", "keep one of them"))
        problems += [Problem(INDEX, line, message, hint) for message, hint in found]
        if found:
            faulty.add(file)
        facts[file] = Facts(**row, line=line)
    return facts, faulty, problems


def read_ledger(root: Path) -> tuple[dict[str, Ingested], list[Problem]]:
    """Read content/ingested.csv: its lines by seed."""
    text, problems = _read(root, LEDGER)
    found: dict[str, Ingested] = {}
    for number, row in enumerate(csv.reader(io.StringIO(text, newline="")), 1):
        if not row or tuple(row) == _LEDGER_COLUMNS:
            continue
        line = Ingested(*row) if len(row) == len(_LEDGER_COLUMNS) else None
        if not line or not _SHA256.fullmatch(line.sha256) or not _ID.fullmatch(line.report):
            hint = "restore the file from your version control, or delete it: it is written anew"
            problems.append(Problem(LEDGER, number, "is no line of path,sha256,report", hint))
        elif found.setdefault(line.path, line) != line:
            hint = "keep the line whose report exists"
            problems.append(Problem(LEDGER, number, f"{line.path} stands twice", hint))
    return found, problems


def write_ledger(lines: Iterable[Ingested]) -> str:
    """Write the ledger, one seed a line in order of path, so that two branches merge.

    >>> print(write_ledger([Ingested("b.txt", "0" * 64, "undated-b"), Ingested("a, b.txt", "1" * 64, "x")]))
    path,sha256,report
    "a, b.txt",1111111111111111111111111111111111111111111111111111111111111111,x
    b.txt,0000000000000000000000000000000000000000000000000000000000000000,undated-b
    <BLANKLINE>
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_LEDGER_COLUMNS)
    writer.writerows(sorted(lines))
    return text.getvalue()


def _read(root: Path, path: str) -> tuple[str, list[Problem]]:
    try:
        return read_file(root / path).decode("utf-8-sig"), []
    except FileNotFoundError:
        return "", []
    except (OSError, UnicodeDecodeError) as error:
        return "", [Problem(path, 0, f"cannot be read: {error}", "save it as CSV in UTF-8")]


def _header_fault(header: list[str]) -> Problem | None:
    if "file" not in header:
        hint = f"start it with the line {','.join(_COLUMNS)}"
        return Problem(INDEX, 1, "the first line names no column file", hint)
    unknown = next((name for name in header if name not in _COLUMNS), None)
    if unknown is not None:
        return Problem(INDEX, 1, f'unknown column "{unknown}"', nearest(unknown, list(_COLUMNS)))
    twice = next((name for name in header if header.count(name) > 1), None)
    return Problem(INDEX, 1, f'the column "{twice}" stands twice', "keep one of them") if twice else None


def _rows(rows: csv.DictReader[str], problems: list[Problem]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each line's number and its cells; a line of another length is a problem."""
    try:
        for row in rows:
            if None in row or None in row.values():
                hint = 'give it as many cells as the first line; put a cell with a comma in "quotes"'
                problems.append(Problem(INDEX, rows.line_num, "has another number of cells than the header", hint))
            else:
                yield rows.line_num, {name: cell.strip() for name, cell in row.items()}
    except csv.Error as error:
        problems.append(Problem(INDEX, rows.line_num, f"not valid CSV: {error}", "close every quotation mark"))


def _faults(row: dict[str, str]) -> list[tuple[str, str]]:
    """List what is wrong with the facts of one line, each with a hint."""
    found = []
    for name in ("published", "retrieved"):
        if row.get(name) and not parse_edtf(row[name]):
            hint = "write 2018-01-18, 2018-01, 2018, or 2018-01~ when about then"
            found.append((f'{name} "{row[name]}" is no date', hint))
    if row.get("source") and not row["source"].startswith(("https://", "http://")):
        found.append((f"source is no web address: {row['source']}", "write it with https:// in front"))
    if row.get("language") and not _LANGUAGE.fullmatch(row["language"]):
        found.append((f'language "{row["language"]}" is no language tag', "write en, ar, or pt-BR"))
    return found
