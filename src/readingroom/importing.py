"""A file of names that people bring, whatever its form, turned into changes to write or proposals to review."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from readingroom import openrefine, proposals, spreadsheet
from readingroom.cells import Row, read_table, write_table
from readingroom.edits import entities_of, read_authority
from readingroom.gazetteer import FORMATS as GAZETTEERS
from readingroom.gazetteer import SOURCES, format_of, open_text, places
from readingroom.placing import Judge, Neighbours, match
from readingroom.problems import Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from readingroom.config import Kind
    from readingroom.edits import Authority, Edit
    from readingroom.gazetteer import Format
    from readingroom.model import Entity, Mention
    from readingroom.proposals import Proposal

Form = Literal["geonames", "whosonfirst", "csv", "names", "openrefine", "proposals"]
SAMPLE = 1 << 16
LARGE = 20_000_000
MOST_FAULTS = 20
FORMS = (*GAZETTEERS, "names", "openrefine")


class Imported(NamedTuple):
    """What a file brings: changes to make now, proposals to review first, and its problems."""

    edits: list[Edit]
    proposals: list[Proposal]
    problems: list[Problem]


def form_of(path: Path, authority: Authority) -> Form:
    """Tell what a file is from its name, its columns and its first cells.

    Raises:
        ProblemsError: it is nothing that can be imported.
    """
    suffix = path.suffix.lower()
    if path.is_dir() or suffix in {".geojson", ".txt", ".zip"}:
        return format_of(path)
    return _json_form(path) if suffix == ".json" else _table_form(path, authority) or format_of(path)


def _json_form(path: Path) -> Form:
    with open_text(path) as file:
        start = file.read(SAMPLE)
    position = any(word in start for word in ('"lat"', '"geometry"', "geom:latitude", "FeatureCollection"))
    return "whosonfirst" if position else "openrefine"


def _table_form(path: Path, authority: Authority) -> Form | None:
    with open_text(path) as file:
        header = {cell.strip(' "\r\n') for cell in re.split("[,;\t]", file.readline(SAMPLE).casefold())}
    if {"name", "lat", "lon"} <= header and ("id" not in header or path.stat().st_size > LARGE):
        return None
    columns, rows, _ = read_table(path)
    if {"accept", "id", "field", "value"} <= set(columns):
        return "proposals"
    if openrefine.is_result(columns, rows):
        return "openrefine"
    known = {*authority.texts, *(kind.folder for kind in authority.kinds), *(kind.name for kind in authority.kinds)}
    ours = "variants" in columns or any(row.cells.get("id", "").strip() in known for row in rows)
    return "names" if ours and "id" in columns else None


def import_table(path: Path, form: Form, authority: Authority) -> Imported:
    """Import a table of names, reviewed proposals or OpenRefine's result.

    Raises:
        ProblemsError: the file cannot be read.
    """
    if form == "openrefine":
        return _import_result(path, authority)
    columns, rows, faults = read_table(path)
    if form == "names":
        changes = spreadsheet.changes(columns, rows, authority, path.name)
        return Imported(changes.edits, [], [*faults, *changes.problems])
    lacking = [name for name in proposals.COLUMNS[:5] if name not in columns and name != "name"]
    if lacking:
        hint = "this is no file of proposals; make one with  readingroom names import GAZETTEER"
        raise ProblemsError([Problem(path.name, 1, f"has no column {lacking[0]}", hint)])
    accepted = proposals.accepted(rows, authority, path.name)
    return Imported(accepted.edits, [], [*faults, *accepted.problems])


def _import_result(path: Path, authority: Authority) -> Imported:
    columns, rows, faults = openrefine.read_result(path)
    result = openrefine.reconciled(columns, rows, entities_of(authority), path.name)
    table = [Row(line, item._asdict()) for line, item in result.matched]
    accepted = proposals.accepted(table, authority, path.name)
    return Imported(accepted.edits, result.open, [*faults, *result.problems, *accepted.problems])


def import_gazetteer(
    path: Path, form: Format, entities: Iterable[Entity], mentions: Mapping[str, Iterable[Mention]]
) -> Imported:
    """Propose what a gazetteer knows of the authority's places; `mentions` are those of every report.

    Raises:
        ProblemsError: the file cannot be read.
    """
    listed = [entity for entity in entities if entity.kind == "place" or entity.within or entity.at]
    faults: list[Problem] = []
    matches = match(listed, places(path, form, faults))
    judge = Judge(listed, matches, Neighbours(mention for each in mentions.values() for mention in each))
    verdicts = judge.verdicts()
    proposed = proposals.propose(judge, verdicts, SOURCES.get(form, path.name))
    if len(faults) > MOST_FAULTS:
        more = Problem(path.name, 0, f"{len(faults) - MOST_FAULTS:,} more lines are left out", "correct them")
        faults[MOST_FAULTS:] = [more]
    return Imported([], proposed, [*faults, *proposals.remarks(proposed, verdicts, path.name)])


def proposals_table(found: Iterable[Proposal]) -> str:
    """Write proposals as the table people review."""
    return write_table(proposals.COLUMNS, (proposal._asdict() for proposal in found))


def read_names(root: Path, kinds: Sequence[Kind]) -> Authority:
    """Read the entity files of an archive.

    Raises:
        ProblemsError: one of them cannot be read as text.
    """
    authority, problems = read_authority(root, kinds)
    if problems:
        raise ProblemsError(problems)
    return authority
