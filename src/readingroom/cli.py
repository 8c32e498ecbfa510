"""The command line: what people type, turned into calls, and answers turned into words and exit codes."""

from __future__ import annotations

import atexit
import gc
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from readingroom import __version__
from readingroom.cli_exchange import check_command, export_command, import_command
from readingroom.cli_export import export
from readingroom.cli_names import names
from readingroom.options import Options, processors
from readingroom.problems import Problem, ProblemsError, counted
from readingroom.state import begin
from readingroom.terminal import (
    exit_code,
    problem_values,
    progress,
    result_values,
    tell_build,
    tell_failure,
    tell_problems,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from readingroom.cache import Cache
    from readingroom.config import Config
    from readingroom.gather import Gathered
    from readingroom.options import Result

STOPPED, BUG, INTERRUPTED = 1, 3, 130
NOTHING = "; nothing was published"
REST = "; the rest was published"


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="readingroom")
@click.option(
    "-C",
    "root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="Work in this archive instead of the current folder.",
)
@click.pass_context
def cli(context: click.Context, root: Path) -> None:
    """Turn a folder of raw reports into an archive people can read, search and cite.

    \b
    An archive is a folder:
      seeds/             raw reports exactly as received; never changed
      content/           what is published: reports, places, factions, commanders, pages
      templates/         how it looks (optional)
      build/site/        the finished site: open index.html, or put the folder on any web host

    \b
    From nothing to a site:
      readingroom new my-archive
      cd my-archive              put reports (.txt, .md, .html) into seeds/
      readingroom build          clean, link and index them
      readingroom serve          read it at http://127.0.0.1:8000/ while you edit

    Exit codes: 0 done, 1 problems in the content, 2 wrong usage, 3 a bug in this program, 130 interrupted.
    """  # noqa: D301 - click reads the backspace character
    context.obj = root.resolve()


def jobs_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --jobs."""
    return click.option(
        "--jobs",
        type=click.IntRange(1),
        metavar="N",
        help="Processes to use, besides Pagefind's; all processors by default.",
    )(command)


json_option = click.option("--json", "as_json", is_flag=True, help="Answer as JSON on standard output.")


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--title", default="", help="The archive's name.")
def new(folder: Path, title: str) -> None:
    """Make an empty archive in FOLDER that builds at once."""
    from readingroom.new import new_archive

    written = new_archive(folder, title)
    click.echo(f"wrote {counted(len(written), 'file')} to {folder}")
    click.echo(f"next:  cd {folder}, put reports into seeds/, then  readingroom build")


@cli.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show the cleaned text and every change; write nothing.")
@json_option
@click.pass_obj
def ingest(root: Path, files: tuple[Path, ...], *, dry_run: bool, as_json: bool) -> None:
    """Turn new seeds into report files in content/reports/.

    Without FILES, all seeds that have no report yet. Nothing that exists is overwritten.
    """
    from readingroom.config import settings
    from readingroom.gather import judge
    from readingroom.ingest import plan_ingest, write_ingest

    paths = [file.resolve() for file in files]
    only = [path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path) for path in paths]
    settings(root)  # what is no archive, or a faulty one, gets no files
    planned = plan_ingest(root, only=only)
    if not dry_run:
        judge(planned.problems, strict=False, keep_going=bool(planned.files))
        write_ingest(root, planned)
    if as_json:
        rows = [{"path": file.path, "seed": file.seed, "text": file.text} for file in planned.files]
        click.echo(
            json.dumps(
                {
                    "written": [] if dry_run else rows,
                    "planned": rows if dry_run else [],
                    "present": [{"path": path, "seed": seed.removeprefix("seeds/")} for seed, path in planned.present],
                    "problems": [problem_values(item) for item in planned.problems],
                },
                ensure_ascii=False,
            )
        )
    else:
        for file in planned.files:
            click.echo(f"{'would write' if dry_run else 'wrote'} {file.path}")
            if dry_run:
                click.echo(file.text)
        for seed, path in planned.present:
            click.echo(f"{seed} has its report already: {path}")
        if not (planned.files or planned.present):
            click.echo("no new seeds")
        tell_problems(planned.problems, "")
    sys.exit(exit_code(planned.problems))


@cli.command()
@click.option("--frozen", is_flag=True, help="Write nothing in content/; fail if a new seed would have to be (CI).")
@click.option("--strict", is_flag=True, help="Take warnings for errors.")
@click.option("--keep-going", is_flag=True, help="Leave faulty items out and publish the rest.")
@click.option("--no-search", is_flag=True, help="Build without full-text search.")
@jobs_option
@click.option("--url", default="", metavar="URL", help="Where the site will stand; overrides readingroom.toml.")
@click.option("--dry-run", is_flag=True, help="Say what would be made and why; write nothing.")
@click.option("--rehash", is_flag=True, help="Read every file again, whatever its time says.")
@click.option("--cluster", default="", metavar="ADDRESS", help="Spread the work: a Dask scheduler's address, or local.")
@json_option
@click.pass_obj
def build(root: Path, /, *, no_search: bool, jobs: int | None, as_json: bool, **flags: Any) -> None:  # noqa: ANN401
    """Build the site in build/site/, doing only what changed.

    New seeds are ingested first. If anything is wrong, all problems are listed and the published site
    stays as it was.
    """
    options = Options(search="none" if no_search else "now", jobs=jobs or processors(), **flags)
    if options.cluster and options.dry_run:
        raise click.UsageError("--dry-run writes nothing, so workers could not be sent anything: leave --cluster out")
    try:
        result = _build(root, options)
    except ProblemsError as error:
        tell_failure(error, NOTHING, as_json=as_json)
        sys.exit(STOPPED)
    code = exit_code(result.problems, strict=options.strict)
    if as_json:
        click.echo(json.dumps(result_values(result), ensure_ascii=False))
    else:
        tell_problems(result.problems, REST if code and not options.dry_run else "")
        tell_build(result, dry_run=options.dry_run)
    sys.exit(code)


@cli.command(short_help="Show the site on this computer and rebuild it as you edit.")
@click.option("--port", type=click.IntRange(1, 65535), default=None, metavar="N", help="Port to listen on (8000).")
@click.option("--no-search", is_flag=True, help="Do without full-text search.")
@jobs_option
@click.pass_obj
def serve(root: Path, *, port: int | None, no_search: bool, jobs: int | None) -> None:
    """Show the site at http://127.0.0.1:8000/ and rebuild it as you edit.

    Only this computer can reach it. A page reloads in place when what it shows has changed; a broken
    file shows its problem on the page, and the last good site stays. Ctrl-C ends it.
    """
    from readingroom.serve import serve as serve_site

    serve_site(
        root,
        Options(search="none" if no_search else "now", jobs=jobs or processors()),
        port=port,
        announce=lambda line: click.echo(line, err=True),
    )


@cli.command(short_help="Look for problems in content/ and in the finished site.")
@json_option
@click.pass_obj
def check(root: Path, *, as_json: bool) -> None:
    """Look for problems in content/, for damage and broken links in build/site/, and compare reports with seeds."""
    from readingroom.checkup import check_archive

    problems = check_archive(root)
    if as_json:
        click.echo(json.dumps({"problems": [problem_values(problem) for problem in problems]}, ensure_ascii=False))
    else:
        tell_problems(problems, "")
        if not problems:
            click.echo("no problems")
    sys.exit(exit_code(problems))


@cli.command()
@click.option("--all", "everything", is_flag=True, help="Also what is found but not shown.")
@json_option
@click.pass_obj
def mentions(root: Path, *, everything: bool, as_json: bool) -> None:
    """List the names found in the reports; no build is needed."""
    from readingroom.sums import SHOWN
    from readingroom.tables import mention_values

    gathered = _gather(root)
    tell_problems(gathered.problems, "")
    for found in gathered.found.values():
        for mention in found:
            if not everything and mention.status not in SHOWN:
                continue
            if as_json:
                click.echo(json.dumps(mention_values(mention), ensure_ascii=False))
            else:
                click.echo(f"{mention.report}#{mention.paragraph}\t{mention.text}\t{mention.entity}\t{mention.status}")
    code = exit_code(gathered.problems)
    if as_json and code:
        click.echo(json.dumps({"problems": [problem_values(item) for item in gathered.problems]}, ensure_ascii=False))
    sys.exit(code)


@cli.command(short_help="Say why a name is linked, or why a page is made again.")
@click.argument("target")
@json_option
@click.pass_obj
def explain(root: Path, target: str, *, as_json: bool) -> None:
    """Say why names in a report are linked, or why a page is made again.

    TARGET is a report (2018-01-18-3fa9c1), a passage of it (2018-01-18-3fa9c1#p4), or a page of the site
    (places/hajin.html).
    """
    from readingroom.explain import in_words, mentions_at
    from readingroom.tables import mention_values

    if "." in target:
        lines = _why_made(root, target)
        click.echo(json.dumps({"url": target, "why": lines}, ensure_ascii=False) if as_json else "\n".join(lines))
        return
    report, _, anchor = target.partition("#")
    gathered = _gather(root)
    found = mentions_at(gathered, report, anchor)
    if as_json:
        click.echo(json.dumps([mention_values(mention) for mention in found], ensure_ascii=False))
    else:
        for line in in_words(gathered, report, found):
            click.echo(line)


for command in (import_command, export_command, check_command):
    names.add_command(command)
cli.add_command(names)
cli.add_command(export)


def _build(root: Path, options: Options) -> Result:
    def go(config: Config, cache: Cache) -> Result:
        from readingroom.build import spread

        with progress() as say:
            return spread(root, config, options, cache, say)

    return begin(root, options, go)


def _why_made(root: Path, url: str) -> list[str]:
    from readingroom.build import build as build_site
    from readingroom.explain import why_made
    from readingroom.state import last_reasons, opened

    result = build_site(root, Options(dry_run=True))
    with opened(root) as cache:
        return why_made(url, result, last_reasons(cache))


def _gather(root: Path) -> Gathered:
    from readingroom.gather import looked_at

    return click.get_current_context().with_resource(looked_at(root))


def main() -> None:
    """Run the command line; whatever goes wrong ends in one message, as JSON too where that was asked for."""
    atexit.register(gc.freeze)  # what is left at the end goes with the process, and need not be searched for garbage
    as_json = "--json" in sys.argv
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as ended:
        sys.exit(ended.exit_code)
    except click.ClickException as error:
        error.show()
        _answer(as_json, "command line", error.format_message())
        sys.exit(error.exit_code)
    except ProblemsError as error:
        tell_failure(error, "", as_json=as_json)
        sys.exit(STOPPED)
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted; the site is whole", err=True)
        _answer(as_json, "", "interrupted")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(STOPPED)
    except Exception as error:  # noqa: BLE001 - the one place where every bug becomes a message
        log = _log_of_bug()
        click.echo(f"a bug in readingroom {__version__}: {type(error).__name__}: {error}", err=True)
        click.echo(f"    please report it with {log}", err=True)
        _answer(as_json, log, f"a bug: {type(error).__name__}: {error}")
        sys.exit(BUG)


def _answer(as_json: bool, path: str, message: str) -> None:  # noqa: FBT001 - passed on as it was asked for
    """Give a failure as the answer to a program that waits for JSON."""
    if as_json:
        click.echo(json.dumps({"problems": [problem_values(Problem(path, 0, message))]}, ensure_ascii=False))


def _log_of_bug() -> str:
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="readingroom-", suffix=".log", delete=False, encoding="utf-8") as log:
        traceback.print_exc(file=log)
    return log.name
