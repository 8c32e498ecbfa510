"""The commands that turn the archive into files to hand on: export zip, and its siblings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from readingroom.problems import amount, counted
from readingroom.terminal import progress

if TYPE_CHECKING:
    from readingroom.export.places import Exported

json_option = click.option("--json", "as_json", is_flag=True, help="Answer as JSON on standard output.")
out_option = click.option(
    "-o", "out", metavar="FILE", type=click.Path(path_type=Path), help="Write here instead of into build/exports/."
)


@click.group(short_help="Make files of the archive to hand on.")
def export() -> None:
    """Make files of the archive to hand on, each of which says which edition it is and where the archive lives."""


@export.command("zip", short_help="Pack the finished site, for a USB stick or a mail.")
@out_option
@json_option
@click.pass_obj
def zip_command(root: Path, *, out: Path | None, as_json: bool) -> None:
    """Pack the finished site into a zip, with a page that tells its receiver how to open it.

    The same site gives the same bytes. The checksum is written beside the zip.
    """
    from readingroom.export.zipped import export_zip

    with progress() as say:
        done = export_zip(root, out, say)
    values = {"files": done.files, "search": done.searches, "sums": str(done.sums)}
    if as_json:
        click.echo(json.dumps(exported_values(done.file) | values, ensure_ascii=False))
        return
    if not done.searches:
        click.echo("the site was built without full-text search, and so is its copy", err=True)
    tell_exported(done.file, counted(done.files, "file"))
    click.echo(str(done.sums))


def exported_values(file: Exported) -> dict[str, object]:
    """Return a file that was written for --json."""
    return {"path": str(file.path), "bytes": file.size, "sha256": file.sha256, "edition": file.edition}


def tell_exported(file: Exported, holds: str) -> None:
    """Say which file was written, of which edition, and what it holds."""
    path = click.style(str(file.path), bold=True)
    click.echo(f"edition {file.edition}")
    click.echo(f"{path}  ({holds}, {amount(file.size)})")
