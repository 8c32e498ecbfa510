"""content/ turned into Content, its reports apart; what only shows when files are seen together is checked here."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from readingroom.authority import (
    Cited,
    check_authority,
    check_changes,
    check_reports,
    check_roles,
    check_scripts,
)
from readingroom.frontmatter import UNPRINTABLE, parse, unprintable
from readingroom.judgements import FILE as JUDGEMENTS
from readingroom.judgements import Judgements, read_judgements
from readingroom.keep import entity_of, entity_row
from readingroom.model import Card, Change, Content, Entity, FreePage
from readingroom.problems import Problem, ProblemsError, is_error
from readingroom.read import draft_entity, read_changes, read_page, slug_of
from readingroom.sources import check_unchanged, read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from readingroom.cache import Row
    from readingroom.config import Config
    from readingroom.model import Passage

Read = TypeVar("Read")

CHANGES = "content/changes.yaml"
OTHER_FILES = frozenset({CHANGES, JUDGEMENTS, "content/ingested.csv"})
SLUG_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")
RESERVED = frozenset({"404", "changes", "data", "search"})
TAKEN_BY_WINDOWS = re.compile(r"con|prn|aux|nul|com\d|lpt\d")
LONGEST_SLUG = 80
MOST_BYTES = 5_000_000


class Loaded(NamedTuple):
    """What content/ holds besides reports, and the paths of those; `rows` are entities read afresh, for the cache."""

    content: Content
    judgements: Judgements
    reports: list[str]
    left_out: list[Entity]
    present: set[str]
    changes: list[tuple[Change, int]]
    rows: dict[str, Row]
    problems: list[Problem]


def load(root: Path, config: Config, digests: Mapping[str, str], kept: Mapping[str, Row]) -> Loaded:
    """Read content/ except for its reports; `digests` are those of all sources, `kept` the entities the cache holds."""
    loader = _Loader(root, config, digests, kept)
    for path in digests:
        if path.startswith("content/") and path not in OTHER_FILES:
            loader.take(path)
    return loader.finish()


def check_together(
    loaded: Loaded, cards: Sequence[Card], passages: Callable[[str], Iterable[Passage]], root: Path, config: Config
) -> list[Problem]:
    """Find what is wrong with the files of content/ only when they are seen together.

    `cards` are those of all reports that can be read, `passages` gives those of a report.
    """
    where = partial(line_of, root)
    entities = loaded.content.entities
    present = {key for key in loaded.present if "/" in key}
    return [
        *check_authority(entities, config.kinds, left_out=loaded.left_out, present=present, line_of=where),
        *check_reports(cards, where),
        *check_scripts(entities, cards),
        *check_roles(
            entities, Cited({card.id: card for card in cards}, passages), present=loaded.present, line_of=where
        ),
        *check_changes(loaded.changes, loaded.present, CHANGES),
    ]


def read_text(root: Path, path: str, sha256: str) -> tuple[str | None, list[Problem]]:
    """Read a file of content/ as text that pages can show; None with what is wrong where that cannot be.

    `sha256` is the digest of what it held when the files were listed.
    """
    try:
        content = read_file(root / path)
        check_unchanged(path, content, sha256)
        if len(content) > MOST_BYTES:
            hint = f"split it; a file may hold {MOST_BYTES // 1_000_000} MB"
            return None, [Problem(path, 0, "is too large", hint)]
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except ProblemsError as error:
        return None, [*error.problems]
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return None, [Problem(path, line, "is not UTF-8 text", "save it as UTF-8 in your editor")]
    except OSError as error:
        return None, [Problem(path, 0, f"cannot be read: {error.strerror}", "check its permissions")]
    found = UNPRINTABLE.search(text)
    if not found:
        return text, []
    line = text.count("\n", 0, found.start()) + 1
    message = f"holds {unprintable(found[0])}, which no page can show"
    return None, [Problem(path, line, message, "take it out")]


def line_of(root: Path, path: str, key: str) -> int:
    """Return the line of a key in a file's front matter; 1 where it is not there.

    The file is read again: problems that only show when files are seen together are few, and what an earlier
    build read has no lines.
    """
    try:
        document, _ = parse(read_file(root / path).decode("utf-8-sig"), path)
    except (OSError, UnicodeDecodeError):
        return 1
    return document.lines.get(key, 1) if document else 1


class _Loader:
    def __init__(self, root: Path, config: Config, digests: Mapping[str, str], kept: Mapping[str, Row]) -> None:
        self._root, self._config, self._digests, self._kept = root, config, digests, kept
        self._rows: dict[str, Row] = {}
        self._kinds = {kind.folder: kind for kind in config.kinds}
        self._reports: list[str] = []
        self._entities: list[Entity] = []
        self._left_out: list[Entity] = []
        self._present: set[str] = set()
        self._pages: list[FreePage] = []
        self._problems: list[Problem] = []

    def take(self, path: str) -> None:
        """Read one file into the list its folder says."""
        folder, _, name = path.removeprefix("content/").rpartition("/")
        if not self._has_good_name(path, folder, name):
            return
        self._present.add(slug_of(path) if folder in {"", "reports"} else f"{folder}/{slug_of(path)}")
        if folder == "reports":
            self._reports.append(path)
        elif folder:
            self._entity(path, self._kinds[folder].name)
        elif (text := self._text(path)) is not None:
            page, found = read_page(text, path)
            self._pages += [page] if page else []
            self._problems += found

    def _entity(self, path: str, kind: str) -> None:
        kept = self._kept.get(path)
        if isinstance(kept, list) and kept[:2] == [self._digests[path], kind]:
            self._entities.append(entity_of(cast("list[Any]", kept[2])))
            return
        text = self._text(path)
        if text is None:
            return
        entity, found = draft_entity(text, path, kind)
        sound = self._left_out if any(map(is_error, found)) else self._entities
        sound += [entity] if entity else []
        self._problems += found
        if entity and not found:
            self._rows[path] = [self._digests[path], kind, entity_row(entity)]

    def finish(self) -> Loaded:
        """Read the files that speak of others."""
        changes = self._listed(CHANGES, read_changes) or []
        judgements = self._listed(JUDGEMENTS, read_judgements) or Judgements(())
        announced = tuple(change for change, _ in changes)
        moved = tuple(sorted(judgements.moved.items()))
        content = Content(tuple(self._entities), tuple(self._pages), announced, moved)
        return Loaded(
            content,
            judgements,
            self._reports,
            self._left_out,
            self._present,
            changes,
            self._rows,
            self._problems,
        )

    def _has_good_name(self, path: str, folder: str, name: str) -> bool:
        if folder not in {"", "reports", *self._kinds}:
            hint = f"folders: {', '.join(['reports', *self._kinds])}; kinds are declared in readingroom.toml"
            self._problems.append(Problem(path, 0, f'the folder "{folder}" belongs to no kind', hint))
        elif not name.endswith(".md"):
            hint = "reports, entities and pages are .md files; keep other files elsewhere"
            self._problems.append(Problem(path, 0, "is not read", hint, "warning"))
        elif not set(slug_of(path)) <= SLUG_LETTERS or len(slug_of(path)) > LONGEST_SLUG:
            hint = f"lower-case letters, digits and hyphens, at most {LONGEST_SLUG}: it becomes the page's address"
            self._problems.append(Problem(path, 0, "this file's name cannot be an address", hint))
        elif TAKEN_BY_WINDOWS.fullmatch(slug_of(path)):
            hint = f"Windows keeps this name for a device; write {slug_of(path)}-1 or a longer name"
            self._problems.append(Problem(path, 0, "this file's name cannot be a file everywhere", hint))
        elif slug_of(path) in RESERVED and folder != "reports":
            hint = "this address belongs to a page that every archive has; give the file another name"
            self._problems.append(Problem(path, 0, f'the name "{slug_of(path)}" is taken', hint))
        elif slug_of(path) == "index" and folder:
            hint = f"{folder}/index.html is the list of all that is in the folder; give the file another name"
            self._problems.append(Problem(path, 0, 'the name "index" is taken', hint))
        else:
            return True
        return False

    def _text(self, path: str) -> str | None:
        text, problems = read_text(self._root, path, self._digests[path])
        self._problems += problems
        return text

    def _listed(self, path: str, read: Callable[[str, str], tuple[Read, list[Problem]]]) -> Read | None:
        """Read a file that an archive may lack."""
        text = self._text(path) if path in self._digests else None
        if text is None:
            return None
        found, problems = read(text, path)
        self._problems += problems
        return found
