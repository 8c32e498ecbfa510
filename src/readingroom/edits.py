"""Changes to entity files, checked as one with the whole authority before any of them is written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from readingroom.authority import check_authority
from readingroom.decision_log import LOG, Done
from readingroom.decision_log import diff as unified
from readingroom.load import LONGEST_SLUG, RESERVED, SLUG_LETTERS
from readingroom.problems import Problem, ProblemsError, is_error
from readingroom.publish import locked, room_to_write
from readingroom.read import read_entity, slug_of
from readingroom.sources import read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from readingroom.config import Kind
    from readingroom.model import Entity


class Place(NamedTuple):
    """Where people wrote what makes a change: a file and its line."""

    path: str
    line: int


class Edit(NamedTuple):
    """A file's text before (empty for a new file) and after a change, and where the change was asked for."""

    path: str
    before: str
    after: str
    origin: Place


class Authority(NamedTuple):
    """The entity files as they are: text by id, with the kinds they belong to."""

    texts: Mapping[str, str]
    kinds: Sequence[Kind]

    def kind_of(self, id_: str) -> Kind | None:
        """Return the kind whose folder an id names, None if there is none."""
        folder = id_.partition("/")[0]
        return next((kind for kind in self.kinds if kind.folder == folder), None)


def read_authority(root: Path, kinds: Sequence[Kind]) -> tuple[Authority, list[Problem]]:
    """Read the text of every entity file, bytes kept as they are."""
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for kind in kinds:
        for path in sorted((root / "content" / kind.folder).glob("[!.]*.md")):
            shown = f"content/{kind.folder}/{path.name}"
            try:
                texts[f"{kind.folder}/{slug_of(path.name)}"] = read_file(path).decode()
            except UnicodeDecodeError:
                problems.append(Problem(shown, 0, "is not UTF-8 text", "save it as UTF-8 in your editor"))
            except OSError as error:
                problems.append(Problem(shown, 0, f"cannot be read: {error.strerror}", "check its permissions"))
    return Authority(texts, tuple(kinds)), problems


def entities_of(authority: Authority) -> list[Entity]:
    """Read every entity file that has no fault."""
    return _read(authority, {})[0]


def path_of(id_: str) -> str:
    """Give the file of an entity.

    >>> path_of("places/hajin")
    'content/places/hajin.md'
    """
    return f"content/{id_}.md"


def checked(edits: Sequence[Edit], authority: Authority) -> tuple[list[Edit], list[Problem]]:
    """Keep the edits that leave the authority sound; what is wrong with the others is said where it was asked for."""
    problems: list[Problem] = []
    before = entities_of(authority)
    old = {(fault.path, fault.message) for fault in check_authority(before, authority.kinds)}
    sound = list(edits)
    while True:
        entities, faults = _read(authority, {edit.path: edit.after for edit in sound})
        found = [*faults, *check_authority(entities, authority.kinds)]
        origins = {edit.path: edit.origin for edit in sound}
        fresh = [
            fault for fault in found
            if fault.path in origins and is_error(fault) and (fault.path, fault.message) not in old
        ]  # fmt: skip
        if not fresh:
            return sound, problems
        problems += [_at(fault, origins[fault.path]) for fault in fresh]
        wrong = {fault.path for fault in fresh}
        sound = [edit for edit in sound if edit.path not in wrong]


def _at(fault: Problem, origin: Place) -> Problem:
    return Problem(origin.path, origin.line, f"{fault.path.removeprefix('content/')}: {fault.message}", fault.hint)


def _read(authority: Authority, changed: dict[str, str]) -> tuple[list[Entity], list[Problem]]:
    entities: list[Entity] = []
    problems: list[Problem] = []
    texts = {path_of(id_): text for id_, text in authority.texts.items()} | changed
    for path, text in texts.items():
        kind = authority.kind_of(path.removeprefix("content/"))
        if kind:
            entity, found = read_entity(text.removeprefix("\ufeff").replace("\r\n", "\n"), path, kind.name)
            entities += [entity] if entity else []
            problems += found if path in changed else []
    return entities, problems


def diff(edits: Iterable[Edit]) -> str:
    """Show what edits would change, as a patch."""
    listed = list(edits)
    return unified({edit.path: edit.before or None for edit in listed}, {edit.path: edit.after for edit in listed})


def write(root: Path, edits: Sequence[Edit], *, what: str, today: str) -> list[str]:
    """Write files, each whole or not at all, and note what they were: `names undo` takes them back.

    Raises:
        ProblemsError: a file has changed in the meantime, or lies behind a link; nothing is written.
    """
    if not edits:
        return []
    with room_to_write(root / "content"), locked(root / "build"):
        problems = [problem for edit in edits if (problem := _obstacle(root, edit))]
        if problems:
            raise ProblemsError(problems)
        before = {edit.path: edit.before or None for edit in edits}
        done = Done(what, today, "", before, {edit.path: edit.after for edit in edits})
        with (root / LOG).open("a", encoding="utf-8", newline="\n") as log:
            log.write(f"{json.dumps(done._asdict(), ensure_ascii=False)}\n")
        for edit in edits:
            draft = root / f"{edit.path}.tmp"
            draft.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(edit.after.encode())
            draft.replace(root / edit.path)
    return [edit.path for edit in edits]


def _obstacle(root: Path, edit: Edit) -> Problem | None:
    target = root / edit.path
    if any(step.is_symlink() for step in (target, target.parent, target.parent.parent)):
        return Problem(edit.path, 0, "is or lies behind a symbolic link", "put the file itself there")
    now = target.read_bytes().decode("utf-8", "replace") if target.exists() else ""
    if now != edit.before:
        return Problem(edit.path, 0, "was changed in the meantime", "run the command again")
    return None


def is_address(slug: str) -> bool:
    """Tell whether a slug can be a page's address.

    >>> is_address("al-tiba"), is_address("../x"), is_address(""), is_address("index")
    (True, False, False, False)
    """
    return bool(slug) and set(slug) <= SLUG_LETTERS and len(slug) <= LONGEST_SLUG and slug not in RESERVED | {"index"}
