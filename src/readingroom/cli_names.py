"""The commands by which people decide about names."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from readingroom.problems import counted
from readingroom.terminal import exit_code, tell_problems, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from readingroom.bearers import Bearer
    from readingroom.decisions import Decision
    from readingroom.gather import Gathered
    from readingroom.problems import Problem
    from readingroom.reviewing import Desk, Session, Terminal
    from readingroom.suggestions import Waiting

LIMIT = 20
UNKNOWN = "unknown"
PLACES = 5
TITLES = {
    "new name": "new names",
    "merge": "names that may be merged",
    "ambiguous": "ambiguous spellings",
    "kind conflict": "conflicts of kind",
}
json_option = click.option("--json", "as_json", is_flag=True, help="Answer as JSON on standard output.")
dry_option = click.option("--dry-run", is_flag=True, help="Show the changes as a diff; write nothing.")
by_option = click.option("--by", default="", metavar="NAME", help="Who decides; git's user.name by default.")
kind_option = click.option("--kind", default=None, metavar="KIND", help="Only names of this kind, or: unknown.")


def deciding(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --dry-run and --by."""
    return dry_option(by_option(command))


@click.group(invoke_without_command=True, short_help="List the names that wait for a decision, and decide.")
@kind_option
@click.option("--limit", type=click.IntRange(0), default=LIMIT, metavar="N", help="Show N of each sort (20); 0: all.")
@json_option
@click.pass_context
def names(context: click.Context, *, kind: str | None, limit: int, as_json: bool) -> None:
    """List the names that wait for a person, and decide about them.

    Decisions are files in content/: they last, and git shows who decided what. What helps most comes first.
    """
    if context.invoked_subcommand is None:
        desk, problems = _desk(context.obj, "")
        waiting = desk.waiting(_kind(desk, kind))
        if as_json:
            click.echo(json.dumps([_waiting_values(item) for item in waiting], ensure_ascii=False))
        else:
            _tell_waiting(desk, waiting, limit)
        sys.exit(exit_code(problems))


@names.command(short_help="Go through what waits, one name and one key at a time.")
@kind_option
@by_option
@click.pass_obj
def review(root: Path, *, kind: str | None, by: str) -> None:
    """Go through what waits, one name after another, with single keys; ? explains them.

    Each decision is written at once; u takes it back. Ctrl-C or q ends the review and loses nothing.
    """
    from readingroom.reviewing import Session

    desk, _ = _desk(root, by)
    session = Session(desk, _terminal(), _kind(desk, kind))
    try:
        session.run()
    except (KeyboardInterrupt, click.Abort):
        click.echo()
        _tell_review(session)
        raise
    _tell_review(session)


@names.command(short_help="Say what bears a spelling, and where it is printed.")
@click.argument("spelling")
@json_option
@click.pass_obj
def find(root: Path, spelling: str, *, as_json: bool) -> None:
    """Say what bears SPELLING: entities, suggested names, words of the reports; and where it is printed."""
    from readingroom.bearers import Printed, bearers

    desk, problems = _desk(root, "")
    found = bearers(spelling, Printed(desk.reports, desk.found), desk.known().entities)
    if as_json:
        click.echo(json.dumps([one._asdict() for one in found], ensure_ascii=False))
    else:
        for one in found:
            _tell_bearer(one)
        if not found:
            click.echo(f"{spelling} is nowhere: no name is like it, and no report prints it")
    sys.exit(exit_code(problems))


@names.command(short_help="Merge one entity into another.")
@click.argument("gone", metavar="A")
@click.argument("into", metavar="B")
@deciding
@click.pass_obj
def merge(root: Path, /, gone: str, into: str, **options: Any) -> None:  # noqa: ANN401
    """Merge the entity A into B (ids such as places/hajin): B takes all A had, and A's address leads to B."""
    from readingroom.decisions import MergeEntities

    _carry_out(root, MergeEntities(gone, into), **options)


@names.command(short_help="Give spellings of an entity to a new one.")
@click.argument("entity", metavar="ID")
@click.argument("spellings", metavar="SPELLING...", nargs=-1, required=True)
@click.option("--into", required=True, metavar="NAME", help="The name of the new entity.")
@click.option("--slug", default="", metavar="SLUG", help="Its address; made of the name by default.")
@deciding
@click.pass_obj
def split(root: Path, /, entity: str, spellings: tuple[str, ...], *, into: str, **options: Any) -> None:  # noqa: ANN401
    """Give spellings of the entity ID to a new one of the same kind."""
    from readingroom.decisions import Split

    slug = options.pop("slug")
    _carry_out(root, Split(entity, spellings, into, slug), **options)


@names.command(short_help="Give an entity another name or another address.")
@click.argument("entity", metavar="ID")
@click.argument("name", default="")
@click.option("--slug", default="", metavar="SLUG", help="A new address; the old one leads on to it.")
@deciding
@click.pass_obj
def rename(root: Path, /, entity: str, name: str, *, slug: str, **options: Any) -> None:  # noqa: ANN401
    """Give the entity ID another NAME; the old one stays as a spelling, the address stays without --slug."""
    from readingroom.decisions import Rename

    _carry_out(root, Rename(entity, name, slug), **options)


@names.command()
@click.argument("one", metavar="SPELLING")
@click.argument("other", metavar="SPELLING")
@deciding
@click.pass_obj
def same(root: Path, /, one: str, other: str, **options: Any) -> None:  # noqa: ANN401
    """Say that two spellings are one name."""
    from readingroom.decisions import Same

    _carry_out(root, Same(one, other), **options)


@names.command("not-same", short_help="Say that two spellings are two names.")
@click.argument("one", metavar="SPELLING")
@click.argument("other", metavar="SPELLING")
@deciding
@click.pass_obj
def not_same(root: Path, /, one: str, other: str, **options: Any) -> None:  # noqa: ANN401
    """Say that two spellings are two names, however alike they read."""
    from readingroom.decisions import NotSame

    _carry_out(root, NotSame(one, other), **options)


@names.command(short_help="Take the last decision back; again for the one before.")
@dry_option
@click.pass_obj
def undo(root: Path, *, dry_run: bool) -> None:
    """Take the last decision back, if its files are still as it left them; again for the one before."""
    from readingroom.decision_log import diff, last_decision
    from readingroom.decision_log import undo as take_back

    if dry_run:
        done = last_decision(root)
        click.echo(diff(done.after, done.before), nl=False)
        return
    click.echo(f"taken back: {take_back(root).what}")


def _carry_out(root: Path, decision: Decision, *, dry_run: bool, by: str) -> None:
    from readingroom.decision_log import apply_decision, diff, read_files
    from readingroom.decisions import decide, in_words

    who, today = _reviewer(root, by), _today()
    if dry_run:
        files = read_files(root)
        click.echo(diff(files, decide(decision, files, today, who)), nl=False)
        return
    done = apply_decision(root, decision, today=today, by=who)
    for path, text in done.after.items():
        click.echo(f"{'removed' if text is None else 'wrote'} {path}")
    click.echo(f"{in_words(decision)}; to take it back:  readingroom names undo" if done.after else "nothing changed")


def _desk(root: Path, by: str) -> tuple[Desk, Sequence[Problem]]:
    from readingroom.reviewing import Desk

    gathered = _gather(root)
    tell_problems(gathered.problems, "")
    desk = Desk(root, gathered.reports, gathered.found, _reviewer(root, by), _today())
    return desk, gathered.problems


def _gather(root: Path) -> Gathered:
    from readingroom.gather import looked_at

    return click.get_current_context().with_resource(looked_at(root))


def _today() -> str:
    return datetime.now(UTC).astimezone().date().isoformat()


def _reviewer(root: Path, by: str) -> str:
    """Name who decides: as given, else as git knows them here, else the user of this computer."""
    if by.strip():
        return " ".join(by.split())
    git = shutil.which("git")
    if git:
        asked = subprocess.run(  # noqa: S603 - the git of this computer, with fixed arguments
            [git, "-C", str(root), "config", "user.name"], capture_output=True, check=False, encoding="utf-8"
        )
        if asked.stdout.strip():
            return " ".join(asked.stdout.split())
    return os.environ.get("USER", "") or os.environ.get("USERNAME", "")


def _kind(desk: Desk, kind: str | None) -> str | None:
    if kind is None or kind == UNKNOWN:
        return "" if kind else None
    known = list(desk.kinds())
    if kind not in known:
        raise click.BadParameter(f"no kind is called {kind}; known: {', '.join([*known, UNKNOWN])}")
    return kind


def _terminal() -> Terminal:
    from readingroom.reviewing import Terminal

    if sys.stdin.isatty():
        return Terminal(click.getchar, lambda text: str(click.prompt(text, "", show_default=False, prompt_suffix="")),
                        _say, _bold)  # fmt: skip
    return Terminal(_piped_key, lambda _: sys.stdin.readline(), _say, _bold)


def _say(text: str) -> None:
    click.echo(wrapped(text, shutil.get_terminal_size().columns) if sys.stdout.isatty() else text)


def _tell_review(session: Session) -> None:
    decided = session.decisions
    click.echo(f"{counted(decided, 'decision')} written{'; next:  readingroom build' if decided else ''}")


def _piped_key() -> str:
    """Read the next key from a pipe; white space between keys says nothing."""
    while (pressed := sys.stdin.read(1)).isspace():
        pass
    return pressed


def _bold(text: str) -> str:
    return click.style(text, bold=True)


def _tell_waiting(desk: Desk, waiting: Sequence[Waiting], limit: int) -> None:
    from readingroom.reviewing import described

    labels = {id_: f"{entity.name}  {id_}" for id_, entity in desk.known().by_id.items()}
    for sort, title in TITLES.items():
        listed = [item for item in waiting if item.sort == sort]
        shown = listed[:limit] if limit else listed
        if listed:
            click.echo(f"{_bold(title)} ({len(listed):,})")
        for item in shown:
            for line in described(item, _bold, labels):
                click.echo(f"  {line}")
        if len(listed) > len(shown):
            click.echo(f"  and {len(listed) - len(shown):,} more; --limit 0 shows all")
    if waiting:
        click.echo(f"{counted(len(waiting), 'name')} to decide on:  readingroom names review")
    else:
        click.echo("nothing waits")


def _waiting_values(item: Waiting) -> dict[str, object]:
    return {
        "sort": item.sort,
        **item.suggestion._asdict(),
        "candidates": item.candidates,
        "evidence": [each._asdict() for each in item.evidence],
    }


def _tell_bearer(one: Bearer) -> None:
    printed = ", ".join(f"{text} {count}" for text, count in one.spellings) or "printed in no report"
    what = " ".join(filter(None, (one.kind, one.id))) or "no name yet"
    click.echo(f"{_bold(one.name)}  {what}  ({one.status}, {one.how})  {printed}")
    for report, paragraph in one.places[:PLACES]:
        click.echo(f"  {report}#{paragraph}")
    if len(one.places) > PLACES:
        click.echo(f"  and in {len(one.places) - PLACES:,} more paragraphs; --json lists all")
