"""The authority as one table for a spreadsheet, a row an entity, and what was changed there back into its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from slugify import slugify

from readingroom.cells import join_list, join_table, split_list, split_table
from readingroom.config import nearest
from readingroom.edits import Edit, Place, checked, is_address, path_of
from readingroom.entity_file import with_key
from readingroom.frontmatter import parse
from readingroom.problems import Problem, ProblemsError, counted, with_article

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from readingroom.cells import Row
    from readingroom.edits import Authority
    from readingroom.frontmatter import Document, Value

POINT = ("lat", "lon", "precision", "source")
LISTS = ("variants", "refers", "not")
TABLES = ("native", "ids")
COLUMNS = (
    "id", "name", "variants", "native", "within", *POINT, "refers", "not", "ids", "role", "reviewed", "reviewed_by",
    "publish", "note",
)  # fmt: skip
_BOM = "\ufeff"


class Changes(NamedTuple):
    """What a table asks for: sound edits, and the problems of the rows that are not."""

    edits: list[Edit]
    problems: list[Problem]


class _FaultError(Exception):
    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def rows(authority: Authority) -> tuple[list[dict[str, str]], list[Problem]]:
    """Write every entity as a row; a file that cannot be read is left out and reported."""
    found: list[dict[str, str]] = []
    problems: list[Problem] = []
    for id_, text in sorted(authority.texts.items()):
        document, faults = _document(text, path_of(id_))
        problems += faults
        if document:
            found.append(cells_of(id_, document))
    return found, problems


def cells_of(id_: str, document: Document) -> dict[str, str]:
    """Write an entity file as cells, one for each key; at: has four, the note below the keys its own."""
    at = document.meta.get("at")
    point = at if isinstance(at, dict) else {}
    cells = {"id": id_, "note": document.body.strip("\n")}
    cells |= {name: _cell(point.get(name, "")) for name in POINT}
    return cells | {key: _cell(document.meta.get(key, "")) for key in COLUMNS if key not in cells}


def changes(columns: Sequence[str], table: Sequence[Row], authority: Authority, path: str) -> Changes:
    """Compare a table with the entity files: an edit for each row that differs; rows not there change nothing."""
    problems = _column_faults(columns, path)
    if any(problem.severity == "error" for problem in problems):
        return Changes([], problems)
    edits: dict[str, Edit] = {}
    seen: dict[str, int] = {}
    for row in table:
        origin = Place(path, row.line)
        try:
            id_ = _id(row, authority)
            if id_ in seen:
                raise _FaultError(f"{id_} stands twice", f"keep one of the two rows; the other is line {seen[id_]}")
            seen[id_] = row.line
            edit = _edit(id_, row, authority, origin)
            edits |= {id_: edit} if edit else {}
        except _FaultError as fault:
            problems.append(Problem(path, row.line, fault.message, fault.hint))
        except ProblemsError as error:
            problems += [Problem(path, row.line, fault.message, fault.hint) for fault in error.problems]
    sound, faults = checked(list(edits.values()), authority)
    return Changes(sound, sorted([*problems, *faults]))


def _document(text: str, path: str) -> tuple[Document | None, list[Problem]]:
    return parse(text.removeprefix(_BOM).replace("\r\n", "\n"), path)


def _cell(value: Value) -> str:
    if isinstance(value, list):
        return join_list(map(str, value))
    if isinstance(value, dict):
        return join_table({name: str(text) for name, text in value.items()})
    return value


def _column_faults(columns: Sequence[str], path: str) -> list[Problem]:
    problems = [
        Problem(path, 1, f'the column "{name}" is not read', nearest(name, list(COLUMNS)), "warning")
        for name in columns
        if name and name not in COLUMNS
    ]
    twice = sorted({name for name in columns if name in COLUMNS and columns.count(name) > 1})
    problems += [Problem(path, 1, f'the column "{name}" stands twice', "keep one of them") for name in twice]
    if "id" not in columns:
        hint = "export the names first, and edit that file:  readingroom names export"
        problems.append(Problem(path, 1, "has no column id", hint))
    return problems


def _id(row: Row, authority: Authority) -> str:
    """Give the entity a row is about; a new one may name its folder or kind only."""
    given, name = row.cells.get("id", "").strip(), row.cells.get("name", "").strip()
    if given in authority.texts:
        return given
    word, _, slug = given.partition("/")
    kinds = {kind.name: kind.folder for kind in authority.kinds} | {
        kind.folder: kind.folder for kind in authority.kinds
    }
    if word not in kinds:
        hint = f"write the folder of its kind: {', '.join(kind.folder for kind in authority.kinds)}"
        raise _FaultError(f'id "{given}" belongs to no kind' if given else "has no id", hint)
    slug = slug or slugify(name, replacements=[("'", ""), ("’", "")])
    if not is_address(slug):
        hint = "write folder/name in lower-case letters, digits and hyphens, such as places/hajin"
        raise _FaultError(f'id "{given}" cannot be an address', hint)
    if "/" not in given and f"{kinds[word]}/{slug}" in authority.texts:
        hint = f"write the id out: {kinds[word]}/{slug} to change that entity, another name for a new one"
        raise _FaultError(f'"{name}" has a file already', hint)
    return f"{kinds[word]}/{slug}"


def _edit(id_: str, row: Row, authority: Authority, origin: Place) -> Edit | None:
    path = path_of(id_)
    before = authority.texts.get(id_, "")
    text = before or "---\nname: x\n---\n"
    document, faults = _document(text, path)
    if document is None:
        raise ProblemsError(faults)
    current = cells_of(id_, document) if before else dict.fromkeys(COLUMNS, "")
    given = {name: cell for name, cell in row.cells.items() if name in COLUMNS and name != "id"}
    changed = {name: cell for name, cell in given.items() if _normal(name, cell) != _normal(name, current[name])}
    if before and not changed:
        return None
    if not (given.get("name", current["name"])).strip():
        raise _FaultError(f"{id_} has no name", "write one in the column name; to remove an entity, delete its file")
    kind = authority.kind_of(id_)
    if kind and kind.person and not given.get("reviewed", current["reviewed"]).strip():
        hint = "a person has a page only after review: write the day somebody did that in the column reviewed"
        raise _FaultError(f"{id_} is {with_article(kind.name)} and not reviewed", hint)
    return Edit(path, before, _changed(text, document, changed), origin)


def _changed(text: str, document: Document, changed: Mapping[str, str]) -> str:
    for key, value in _values(document, changed).items():
        text = with_key(text, key, value)
    return _with_note(text, changed["note"]) if "note" in changed else text


def _values(document: Document, changed: Mapping[str, str]) -> dict[str, Value | None]:
    values: dict[str, Value | None] = {}
    for name, given in changed.items():
        cell = given.strip()
        if name in LISTS:
            values[name] = list(split_list(cell)) or None
        elif name in TABLES:
            values[name] = _table(name, cell)
        elif name not in {"note", *POINT}:
            values[name] = (_normal(name, cell) or "true" if name == "publish" else cell) or None
    point = {name: _normal(name, changed[name]) for name in POINT if name in changed}
    if point:
        old = document.meta.get("at", {})
        at = {**(old if isinstance(old, dict) else {}), **point}
        values["at"] = {name: value for name, value in at.items() if value} or None
    return values


def _table(name: str, cell: str) -> Value | None:
    pairs = split_table(cell)
    if pairs is None:
        sample = "ar=هجين" if name == "native" else "wikidata=Q5639989 | geonames=174506"
        raise _FaultError(f'{name} is no table: "{cell}"', f"write {sample}")
    return dict(pairs) or None


def _normal(name: str, cell: str) -> str:
    """Give what a cell says, however a spreadsheet has rewritten it.

    >>> _normal("lat", "34,690"), _normal("publish", "TRUE"), _normal("publish", "FALSE")
    ('34.69', '', 'false')
    """
    cell = cell.replace("\r\n", "\n").strip()
    if name == "publish":
        return "" if cell.casefold() == "true" else cell.casefold()
    if name in {"lat", "lon"}:
        try:
            return repr(float(cell.replace(",", ".")))
        except ValueError:
            return cell
    if name in LISTS:
        return join_list(split_list(cell))
    return cell


def _with_note(text: str, note: str) -> str:
    """Replace what stands below the front matter."""
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    end = next(number for number, line in enumerate(lines) if number and line.rstrip() == "---")
    head = "".join(lines[: end + 1]).rstrip("\r\n") + newline
    body = note.replace("\r\n", "\n").strip("\n")
    return head + (body.replace("\n", newline) + newline if body else "")


def told(found: Changes) -> str:
    """Say in one line what a table changes."""
    new = sum(not edit.before for edit in found.edits)
    return f"{counted(len(found.edits) - new, 'entity', 'entities')} changed, {new:,} new"
