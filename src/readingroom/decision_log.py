"""Decisions written to content/, and the last ones taken back: build/decisions.jsonl holds what files were before."""

from __future__ import annotations

import difflib
import json
import re
from typing import TYPE_CHECKING, NamedTuple

from readingroom.config import FILE as SETTINGS
from readingroom.config import read_config
from readingroom.decisions import decide, in_words
from readingroom.judgements import FILE as JUDGEMENTS
from readingroom.load import CHANGES
from readingroom.problems import Problem, ProblemsError
from readingroom.publish import locked, room_to_write

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from readingroom.decisions import Decision

LOG = "build/decisions.jsonl"
LINE = re.compile(r"[^\n]*\n|[^\n]+$")
NEXT = "the files are as they are; use git to see and undo what changed"


class Done(NamedTuple):
    """One decision as it was carried out: when, by whom, and each changed file before and after (None: no file)."""

    what: str
    on: str
    by: str
    before: Mapping[str, str | None]
    after: Mapping[str, str | None]


def read_files(root: Path) -> dict[str, str]:
    """Read the files decisions are made of: settings, entities, judgements, announced changes.

    Raises:
        ProblemsError: a file cannot be read.
    """
    config, problems = read_config(root)
    found: dict[str, str] = {}
    for path in _paths(root, [kind.folder for kind in config.kinds]):
        try:
            found[path] = (root / path).read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError):
            problems.append(Problem(path, 0, "cannot be read as UTF-8 text", "save it as UTF-8 in your editor"))
    if problems:
        raise ProblemsError(problems)
    found[SETTINGS] = found[SETTINGS].removeprefix("\ufeff")
    return found


def apply_decision(root: Path, decision: Decision, *, today: str, by: str) -> Done:
    """Carry a decision out: write its files, each whole or not at all, and note what they were.

    Raises:
        ProblemsError: the decision cannot be made; nothing is written.
    """
    with room_to_write(root / "content"), locked(root / "build"):
        files = read_files(root)
        after = decide(decision, files, today, by)
        done = Done(in_words(decision), today, by, {path: files.get(path) for path in after}, after)
        if after:
            _refuse_links(root, after)
            with (root / LOG).open("a", encoding="utf-8", newline="\n") as log:
                log.write(f"{json.dumps(done._asdict(), ensure_ascii=False)}\n")
            _write(root, after)
    return done


def undo(root: Path) -> Done:
    """Take the last decision back.

    Raises:
        ProblemsError: there is none, or a file was changed since.
    """
    with room_to_write(root / "content"), locked(root / "build"):
        done = last_decision(root)
        _refuse_links(root, done.after)
        changed = [path for path in done.after if _now(root, path) not in {done.before[path], done.after[path]}]
        if changed:
            raise ProblemsError([Problem(changed[0], 0, f"was changed since: {done.what}", NEXT)])
        _write(root, done.before)
        _write(root, {LOG: "".join(_log(root)[:-1])})
    return done


def last_decision(root: Path) -> Done:
    """Return the decision that `undo` would take back.

    Raises:
        ProblemsError: there is none.
    """
    lines = _log(root)
    if not lines:
        hint = "decisions are noted in build/ on the computer where they were made; use git for older ones"
        raise ProblemsError([Problem(LOG, 0, "there is no decision to take back", hint)])
    return _done(lines[-1])


def _done(line: str) -> Done:
    try:
        done = Done(**json.loads(line))
        inside = all(path.startswith("content/") and ".." not in path for path in done.after)
        if inside and done.before.keys() == done.after.keys():
            return done
    except (ValueError, TypeError, AttributeError):
        pass
    hint = f"delete {LOG}; use git to see and undo what changed"
    raise ProblemsError([Problem(LOG, 0, "its last line cannot be read", hint)])


def diff(before: Mapping[str, str | None], after: Mapping[str, str | None]) -> str:
    """Show what a decision changes as a unified diff."""
    return "".join(line for path in after for line in _diff(path, before.get(path), after[path]))


def _diff(path: str, before: str | None, after: str | None) -> Iterator[str]:
    names = ("/dev/null" if before is None else f"a/{path}", "/dev/null" if after is None else f"b/{path}")
    for line in difflib.unified_diff(_lines(before), _lines(after), *names):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(text: str | None) -> list[str]:
    """Cut a text at line feeds only, as git does."""
    return LINE.findall((text or "").replace("\r\n", "\n"))


def _paths(root: Path, folders: list[str]) -> Iterator[str]:
    for folder in folders:
        for path in sorted((root / "content" / folder).glob("[!.]*.md")):
            if path.is_file() and not path.is_symlink():
                yield f"content/{folder}/{path.name}"
    for name in (SETTINGS, JUDGEMENTS, CHANGES):
        if (root / name).is_file():
            yield name


def _log(root: Path) -> list[str]:
    try:
        return _lines((root / LOG).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []


def _now(root: Path, path: str) -> str | None:
    try:
        return (root / path).read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return None


def _refuse_links(root: Path, paths: Mapping[str, str | None]) -> None:
    """Write through no symbolic link: it could lead out of the archive."""
    for path in paths:
        steps = [root / part for part in (path, *map(str, _parents(path)))]
        if any(step.is_symlink() for step in steps):
            raise ProblemsError([Problem(path, 0, "is or lies behind a symbolic link", "put the file itself there")])


def _parents(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _write(root: Path, files: Mapping[str, str | None]) -> None:
    new = {path: root / f"{path}.tmp" for path, text in files.items() if text is not None}
    for path, draft in new.items():
        draft.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes((files[path] or "").encode())
    for path, draft in new.items():
        draft.replace(root / path)
    for path, text in files.items():
        if text is None:
            (root / path).unlink(missing_ok=True)
