"""Values as the cells of a CSV file that any spreadsheet opens safely, and back without loss."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, NamedTuple

from readingroom.problems import Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

DELIMITERS = ",;\t"
MOST_CELL = 5_000_000
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_PART = re.compile(r"(?:\\.|[^\\|])*(?:\\$)?", re.DOTALL)
_ESCAPE = re.compile(r"\\([\\|=])")


class Row(NamedTuple):
    """One line of a table: the number of its first line in the file, and its cells by column."""

    line: int
    cells: dict[str, str]


def safe(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula.

    >>> safe("=HYPERLINK(1)"), safe("-12.5"), safe("'=1"), safe("al-Tiba")
    ("'=HYPERLINK(1)", '-12.5', "''=1", 'al-Tiba')
    """
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def plain(cell: str) -> str:
    """Undo `safe`.

    >>> plain("'=HYPERLINK(1)"), plain("''=1"), plain("'Ayn")
    ('=HYPERLINK(1)', "'=1", "'Ayn")
    """
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell) else cell


def join_list(texts: Iterable[str]) -> str:
    r"""Write texts as one cell, a | between them; what holds a | itself gets a backslash before it.

    >>> print(join_list(["SDF", "YPG|YPJ"]))
    SDF | YPG\|YPJ
    """
    return " | ".join(_escaped(text, "|") for text in texts)


def split_list(cell: str) -> tuple[str, ...]:
    r"""Undo `join_list`; empty parts are left out.

    >>> split_list(r"SDF | YPG\|YPJ | ")
    ('SDF', 'YPG|YPJ')
    """
    return tuple(_ESCAPE.sub(r"\1", part) for part in _parts(cell))


def join_table(pairs: Mapping[str, str]) -> str:
    """Write a table of texts as one cell.

    >>> join_table({"wikidata": "Q858", "geonames": "163843"})
    'wikidata=Q858 | geonames=163843'
    """
    return " | ".join(f"{_escaped(name, '|=')}={_escaped(text, '|')}" for name, text in pairs.items())


def split_table(cell: str) -> dict[str, str] | None:
    """Undo `join_table`; None where a part has no = or a name stands twice.

    >>> split_table("ar=هجين | en=Hajin"), split_table("هجين"), split_table("a=1|a=2")
    ({'ar': 'هجين', 'en': 'Hajin'}, None, None)
    """
    pairs: dict[str, str] = {}
    for part in _parts(cell):
        match = re.match(r"((?:\\.|[^\\=])*)=(.*)", part, re.DOTALL)
        name = _ESCAPE.sub(r"\1", match[1]).strip() if match else ""
        if match is None or not name or name in pairs:
            return None
        pairs[name] = _ESCAPE.sub(r"\1", match[2]).strip()
    return pairs


def write_table(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """Write a table as CSV text; a column that a row lacks is empty."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([safe(row.get(column, "")) for column in columns] for row in rows)
    return text.getvalue()


def read_table(path: Path) -> tuple[list[str], list[Row], list[Problem]]:
    """Read a CSV file as spreadsheets save it: its columns in lower case, its rows, and lines that are faulty.

    Commas, semicolons or tabs may separate its cells; the first line decides.

    Raises:
        ProblemsError: the file cannot be read at all.
    """
    csv.field_size_limit(MOST_CELL)
    text = read_text(path)
    start = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=start.count), strict=True)
    columns: list[str] = []
    rows: list[Row] = []
    problems: list[Problem] = []
    line = 1
    try:
        for cells in reader:
            read = [plain(cell.replace("\r\n", "\n")) for cell in cells]
            if not columns:
                columns = [cell.strip().casefold() for cell in read]
            elif len(read) > len(columns) and any(map(str.strip, read[len(columns) :])):
                hint = 'put a cell that holds a comma in "quotes"'
                problems.append(Problem(path.name, line, "has more cells than the first line", hint))
            elif any(map(str.strip, read)):
                rows.append(Row(line, dict(zip(columns, read, strict=False))))
            line = reader.line_num + 1
    except csv.Error as error:
        problems.append(Problem(path.name, line, f"not valid CSV: {error}", "close every quotation mark"))
    return columns, rows, problems


def read_text(path: Path) -> str:
    """Read a file that people bring, as UTF-8.

    Raises:
        ProblemsError: it cannot be read.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        hint = "in the spreadsheet, save it as “CSV UTF-8”: any other form loses letters"
        raise ProblemsError([Problem(path.name, 0, "is not UTF-8 text", hint)]) from error
    except OSError as error:
        raise ProblemsError([Problem(str(path), 0, f"cannot be read: {error.strerror}")]) from error


def _parts(cell: str) -> Iterable[str]:
    place = 0
    while place < len(cell):
        match = _PART.match(cell, place)
        part = match[0] if match else ""
        if part.strip():
            yield part.strip()
        place += len(part) + 1


def _escaped(text: str, marks: str) -> str:
    return re.sub(rf"[\\{re.escape(marks)}]", lambda found: f"\\{found[0]}", text)
