"""The commands that turn the archive into files to hand on: export zip, and its siblings."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from readingroom.problems import amount, counted
from readingroom.terminal import exit_code, problem_values, progress, tell_problems

if TYPE_CHECKING:
    from readingroom.export.places import Exported

NO_ADDRESS = "the archive names no address (url in readingroom.toml, or --url): links are plain text"
LEFT_OUT = "; what they concern was left out"
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
        click.echo("the site has no full-text search that works from disk, and neither has its copy", err=True)
    tell_exported(done.file, counted(done.files, "file"))
    click.echo(str(done.sums))


@export.command("single", short_help="Put a report, a name or a month into one file.")
@click.argument("target", metavar="TARGET")
@out_option
@click.option("--url", default="", metavar="URL", help="Where the archive stands; overrides readingroom.toml.")
@click.option("--keep-going", is_flag=True, help="Leave faulty files out, as build does, instead of stopping.")
@json_option
@click.pass_obj
def single_command(root: Path, /, target: str, *, out: Path | None, url: str, **flags: bool) -> None:
    """Put a report, a name with every mention, or all reports of a month into one HTML file.

    TARGET is an id (2018-01-18-3fa9c1, places/hajin, 2018-01), a file in content/, an address of the
    published site, or a name that only one thing bears. The file needs no other, runs no script, and
    prints well; its links lead to the published archive.
    """
    from readingroom.config import settings
    from readingroom.export.single import export_single
    from readingroom.options import Options, processors
    from readingroom.state import opened

    config = settings(root, url)  # what is no archive gets no cache
    with progress() as say, opened(root, look_only=True) as cache:
        options = Options(frozen=True, keep_going=flags["keep_going"], jobs=processors())
        done = export_single(root, target, out, (config, cache, options, say))
    tell_problems(done.problems, LEFT_OUT)
    if flags["as_json"]:
        values = {"of": done.of, "url": done.live, "problems": [problem_values(item) for item in done.problems]}
        click.echo(json.dumps(exported_values(done.file) | values, ensure_ascii=False))
    else:
        if not done.live:
            click.echo(NO_ADDRESS, err=True)
        tell_exported(done.file, done.of)
    sys.exit(exit_code(done.problems))


def exported_values(file: Exported) -> dict[str, object]:
    """Return a file that was written for --json."""
    return {"path": str(file.path), "bytes": file.size, "sha256": file.sha256, "edition": file.edition}


def tell_exported(file: Exported, holds: str) -> None:
    """Say which file was written, of which edition, and what it holds."""
    path = click.style(str(file.path), bold=True)
    click.echo(f"edition {file.edition}")
    click.echo(f"{path}  ({holds}, {amount(file.size)})")


@export.command("epub", short_help="Make an e-book, for phones, tablets and e-readers.")
@out_option
@json_option
@click.pass_obj
def epub_command(root: Path, *, out: Path | None, as_json: bool) -> None:
    """Make an e-book of the finished site: all reports in order, and the registers of names, linked both ways.

    The same content gives the same bytes.
    """
    from readingroom.export.epub import export_epub

    with progress() as say:
        file, book = export_epub(root, out, say)
    if as_json:
        values = {"files": book.files, "reports": book.reports, "names": book.names}
        click.echo(json.dumps(exported_values(file) | values, ensure_ascii=False))
        return
    tell_exported(file, f"{counted(book.reports, 'report')}, {counted(book.names, 'name')}")


@export.command("zim", short_help="Make a ZIM, for Kiwix on any device.")
@out_option
@json_option
@click.pass_obj
def zim_command(root: Path, *, out: Path | None, as_json: bool) -> None:
    """Make a ZIM of the finished site, for the Kiwix readers: with titles and full-text search.

    Needs the libraries libzim and langcodes. Two exports have the same content, but not every byte.
    """
    from readingroom.export.extras import need

    need("export zim", "libzim", "langcodes")
    from readingroom.export.zim import export_zim

    with progress() as say:
        done = export_zim(root, out, say)
    if as_json:
        values = {"entries": done.entries, "redirects": done.redirects}
        click.echo(json.dumps(exported_values(done.file) | values, ensure_ascii=False))
        return
    tell_exported(done.file, counted(done.entries, "entry", "entries"))
