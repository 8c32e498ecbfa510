"""The commands that bring names in and out: names import, names export, names check."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from readingroom.problems import Problem, ProblemsError, counted
from readingroom.terminal import exit_code, problem_values, tell_problems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from readingroom.gather import Gathered
    from readingroom.gazetteer import Format
    from readingroom.importing import Form, Imported
    from readingroom.names_check import Answer, Occurrence

PROPOSED = "names-proposed.csv"
FORMS = ("geonames", "whosonfirst", "csv", "names", "openrefine")
SHOWN = 3
FOUND_COLUMNS = (
    "name", "found", "how", "spelling", "entity", "report", "published", "paragraph", "sentence", "public",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Answer as JSON on standard output.")
overwrite_option = click.option("--overwrite", is_flag=True, help="Replace the file that is written if it exists.")


@click.command("import", short_help="Take in a gazetteer, a spreadsheet or OpenRefine's result.")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--format", "form", type=click.Choice(FORMS), help="What FILE is, where it cannot be told by itself.")
@click.option("--accept", is_flag=True, help="FILE holds reviewed proposals: write the rows that say yes.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), default=Path(PROPOSED), help="Where proposals go."
)
@click.option("--dry-run", is_flag=True, help="Show what would be written; write nothing.")
@overwrite_option
@json_option
@click.pass_obj
def import_command(root: Path, /, file: Path, *, form: Form | None, accept: bool, out: Path, **flags: bool) -> None:
    """Take in what a file knows of the names: a gazetteer, a spreadsheet, OpenRefine's result.

    A gazetteer (GeoNames, Who's On First, CSV) proposes positions, containing places and ids: they are
    written to names-proposed.csv, and after review with --accept to the entity files. The table of
    `names export` is written to the entity files at once, and so is what OpenRefine judged matched.
    """
    found = _imported(root, file, "proposals" if accept else form)
    if not flags["dry_run"]:
        if found.proposals:
            from readingroom.importing import proposals_table

            _write(out, proposals_table(found.proposals), overwrite=flags["overwrite"])
        _write_edits(root, file, found)
    if flags["as_json"]:
        click.echo(json.dumps(_import_values(found, dry_run=flags["dry_run"]), ensure_ascii=False))
    else:
        _tell_import(found, out, dry_run=flags["dry_run"])
    tell_problems(found.problems, "")
    sys.exit(exit_code(found.problems))


@click.command("export", short_help="Write all names as a table for a spreadsheet.")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@overwrite_option
@click.pass_obj
def export_command(root: Path, file: Path | None, *, overwrite: bool) -> None:
    """Write all names as a table for a spreadsheet; to standard output without FILE.

    Edit it and take it back in with `names import`: only what you changed is written.
    """
    from readingroom.cells import write_table
    from readingroom.config import settings
    from readingroom.importing import read_names
    from readingroom.spreadsheet import COLUMNS, rows

    listed, problems = rows(read_names(root, settings(root).kinds))
    text = write_table(COLUMNS, listed)
    if file is None:
        click.echo(text, nl=False)
    else:
        _write(file, text, overwrite=overwrite)
        click.echo(f"wrote {counted(len(listed), 'name')} to {file}")
    tell_problems(problems, "")
    sys.exit(exit_code(problems))


@click.command("check", short_help="Say which names of a list occur in the reports, and where.")
@click.argument("file", metavar="LIST", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--csv", "out", type=click.Path(dir_okay=False, path_type=Path), help="Write every occurrence here.")
@overwrite_option
@json_option
@click.pass_obj
def check_command(root: Path, file: Path, *, out: Path | None, overwrite: bool, as_json: bool) -> None:
    """Say which names of a list occur in the reports, where, and in which spelling.

    LIST holds a name a line, or is a CSV with a column `name`; | separates further spellings of one name.
    """
    from readingroom.names_check import check, read_list

    queries, problems = read_list(file)
    gathered = _gathered(root)
    answers = check(
        queries, gathered.drafts.values(), gathered.loaded.content.entities, judgements=gathered.loaded.judgements
    )
    if out:
        _write(out, _found_table(answers), overwrite=overwrite)
    for answer in answers:
        if as_json:
            click.echo(json.dumps(_answer_values(answer), ensure_ascii=False))
        elif not out:
            _tell_answer(answer)
    if not as_json:
        if out:
            occurrences = counted(sum(len(answer.occurrences) for answer in answers), "occurrence")
            click.echo(f"wrote {occurrences} of {counted(len(answers), 'name')} to {out}")
        counts = [sum(answer.found == word for answer in answers) for word in ("yes", "possible", "no")]
        click.echo(f"{counts[0]:,} found, {counts[1]:,} possible, {counts[2]:,} not found")
    problems += gathered.problems
    tell_problems(problems, "")
    sys.exit(exit_code(problems))


def _imported(root: Path, file: Path, form: Form | None) -> Imported:
    from readingroom.config import settings
    from readingroom.importing import form_of, import_table, read_names

    config = settings(root)
    authority = read_names(root, config.kinds)
    told = form or form_of(file, authority)
    if told == "proposals" and form != "proposals":
        hint = f"to write the rows that say yes:  readingroom names import --accept {file}"
        raise ProblemsError([Problem(file.name, 1, "holds proposals to review", hint)])
    match told:
        case "names" | "openrefine" | "proposals":
            return import_table(file, told, authority)
        case _:
            return _proposed(root, file, told)


def _proposed(root: Path, file: Path, form: Format) -> Imported:
    from readingroom.importing import import_gazetteer

    gathered = _gathered(root)
    return import_gazetteer(file, form, gathered.archive.entities.values(), gathered.found)


def _gathered(root: Path) -> Gathered:
    from readingroom.gather import looked_at

    return click.get_current_context().with_resource(looked_at(root))


def _write_edits(root: Path, file: Path, found: Imported) -> None:
    from readingroom.edits import write

    today = datetime.now(UTC).astimezone().date().isoformat()
    write(root, found.edits, what=f"import {file.name}", today=today)


def _write(file: Path, text: str, *, overwrite: bool) -> None:
    """Write a table with the mark by which spreadsheets know UTF-8."""
    try:
        with file.open("w" if overwrite else "x", encoding="utf-8-sig", newline="") as target:
            target.write(text)
    except FileExistsError as error:
        hint = "give another name, or add --overwrite"
        raise ProblemsError([Problem(str(file), 0, "exists already", hint)]) from error
    except OSError as error:
        raise ProblemsError([Problem(str(file), 0, f"cannot be written: {error.strerror}")]) from error


def _tell_import(found: Imported, out: Path, *, dry_run: bool) -> None:
    from readingroom.edits import diff
    from readingroom.proposals import told

    if dry_run:
        click.echo(diff(found.edits), nl=False)
        for proposal in found.proposals:
            values = (proposal.confidence, proposal.id, proposal.field, proposal.value, proposal.why)
            click.echo("\t".join(values))
    for edit in () if dry_run else found.edits:
        click.echo(f"wrote {edit.path}")
    if found.proposals and not dry_run:
        click.echo(f"wrote {counted(len(found.proposals), 'proposal')} to {out}, for {told(found.proposals)}")
        click.echo(f"next:  look through it, then  readingroom names import --accept {out}")
    if not (found.edits or found.proposals):
        click.echo("nothing to change")


def _import_values(found: Imported, *, dry_run: bool) -> dict[str, object]:
    from readingroom.edits import diff

    return {
        "written": [] if dry_run else [edit.path for edit in found.edits],
        "changes": [{"path": edit.path, "diff": diff([edit])} for edit in found.edits],
        "proposals": [proposal._asdict() for proposal in found.proposals],
        "problems": [problem_values(problem) for problem in found.problems],
    }


def _tell_answer(answer: Answer) -> None:
    from readingroom.cells import join_list
    from readingroom.names_check import excerpt

    name = click.style(join_list([answer.query.name, *answer.query.aliases]), bold=True)
    if not answer.occurrences:
        click.echo(f"{name}: not found")
        return
    reports = len({occurrence.report.id for occurrence in answer.occurrences})
    mark = "possibly " if answer.found == "possible" else ""
    times = counted(len(answer.occurrences), "time")
    click.echo(f"{name}: {mark}{times} in {counted(reports, 'report')}")
    for item in sorted(answer.occurrences, key=lambda occurrence: not occurrence.sure)[:SHOWN]:
        click.echo(f"  {item.report.id}#{item.passage.anchor}  {item.text}  ({item.how})")
        click.echo(f"    {excerpt(item)}")
    if len(answer.occurrences) > SHOWN:
        click.echo(f"  and {len(answer.occurrences) - SHOWN:,} more; --csv FILE or --json lists all")


def _answer_values(answer: Answer) -> dict[str, object]:
    return {
        "name": answer.query.name,
        "aliases": answer.query.aliases,
        "found": answer.found,
        "occurrences": [
            {**_place(item), "start": item.start, "end": item.end, "text": item.text} for item in answer.occurrences
        ],
    }


def _place(item: Occurrence) -> dict[str, object]:
    return {
        "report": item.report.id,
        "paragraph": item.passage.anchor,
        "published": item.report.published,
        "public": item.report.publish,
        "how": item.how,
        "sure": item.sure,
        "entity": item.entity,
        "sentence": item.sentence,
    }


def _found_table(answers: Sequence[Answer]) -> str:
    from readingroom.cells import write_table

    rows: list[dict[str, str]] = []
    for answer in answers:
        if not answer.occurrences:
            rows.append({"name": answer.query.name, "found": "no"})
        for item in answer.occurrences:
            row = {key: str(value) for key, value in _place(item).items()}
            row |= {"name": answer.query.name, "found": "yes" if item.sure else "possible", "spelling": item.text}
            rows.append({**row, "public": "yes" if item.report.publish else "no"})
    return write_table(FOUND_COLUMNS, rows)
