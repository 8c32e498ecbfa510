"""content/ turned into Content: files read again only when they changed, then checked together."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from readingroom.authority import check_authority, check_changes, check_reports, check_roles
from readingroom.frontmatter import UNPRINTABLE, parse, unprintable
from readingroom.index import order
from readingroom.judgements import FILE as JUDGEMENTS
from readingroom.judgements import Judgements, read_judgements
from readingroom.keep import report_of, report_row
from readingroom.model import Change, Content, Entity, FreePage, Report
from readingroom.problems import Problem, is_error
from readingroom.read import draft_entity, read_changes, read_page, read_report, slug_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from readingroom.cache import Row
    from readingroom.config import Config

CHANGES = "content/changes.yaml"
OTHER_FILES = frozenset({CHANGES, JUDGEMENTS, "content/ingested.csv"})
SLUG_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")
RESERVED = frozenset({"404", "changes", "data", "search"})
TAKEN_BY_WINDOWS = re.compile(r"con|prn|aux|nul|com\d|lpt\d")
LONGEST_SLUG = 80
MOST_BYTES = 5_000_000


class Loaded(NamedTuple):
    """What content/ holds; `rows` are the reports read afresh, for the cache, by path."""

    content: Content
    judgements: Judgements
    rows: dict[str, Row]
    problems: list[Problem]


def load(root: Path, config: Config, digests: Mapping[str, str], kept: Mapping[str, Row]) -> Loaded:
    """Read content/; `digests` are those of all sources by path, `kept` the reports the cache holds."""
    loader = _Loader(root, config, digests, kept)
    for path in digests:
        if path.startswith("content/") and path not in OTHER_FILES:
            loader.take(path)
    return loader.finish()


def line_of(root: Path, path: str, key: str) -> int:
    """Return the line of a key in a file's front matter; 1 where it is not there.

    The file is read again: problems that only show when files are seen together are few, and what an earlier
    build read has no lines.
    """
    try:
        document, _ = parse((root / path).read_text(encoding="utf-8-sig"), path)
    except (OSError, UnicodeDecodeError):
        return 1
    return document.lines.get(key, 1) if document else 1


class _Loader:
    def __init__(self, root: Path, config: Config, digests: Mapping[str, str], kept: Mapping[str, Row]) -> None:
        self._root, self._config, self._digests, self._kept = root, config, digests, kept
        self._kinds = {kind.folder: kind for kind in config.kinds}
        self._reports: list[Report] = []
        self._entities: list[Entity] = []
        self._left_out: list[Entity] = []
        self._present: set[str] = set()
        self._pages: list[FreePage] = []
        self._rows: dict[str, Row] = {}
        self._problems: list[Problem] = []

    def take(self, path: str) -> None:
        """Read one file into the list its folder says."""
        folder, _, name = path.removeprefix("content/").rpartition("/")
        if not self._has_good_name(path, folder, name):
            return
        self._present.add(slug_of(path) if folder in {"", "reports"} else f"{folder}/{slug_of(path)}")
        if folder == "reports":
            self._report(path)
            return
        text = self._text(path)
        if text is None:
            return
        if folder:
            entity, found = draft_entity(text, path, self._kinds[folder].name)
            sound = self._left_out if any(map(is_error, found)) else self._entities
            sound += [entity] if entity else []
        else:
            page, found = read_page(text, path)
            self._pages += [page] if page else []
        self._problems += found

    def finish(self) -> Loaded:
        """Check what was read as a whole."""
        self._reports.sort(key=order)
        changes = self._changes()
        where = partial(line_of, self._root)
        entities = {key for key in self._present if "/" in key}
        self._problems += check_authority(
            self._entities, self._config.kinds, left_out=self._left_out, present=entities, line_of=where
        )
        self._problems += check_reports(self._reports, where)
        reports = {report.id: report for report in self._reports}
        self._problems += check_roles(self._entities, reports, present=self._present, line_of=where)
        self._problems += check_changes(changes, self._present, CHANGES)
        announced = tuple(change for change, _ in changes)
        judgements = self._judgements()
        moved = tuple(sorted(judgements.moved.items()))
        content = Content(tuple(self._reports), tuple(self._entities), tuple(self._pages), announced, moved)
        return Loaded(content, judgements, self._rows, self._problems)

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
        else:
            return True
        return False

    def _report(self, path: str) -> None:
        kept = self._kept.get(path)
        if isinstance(kept, dict) and kept.get("sha256") == self._digests[path]:
            self._reports.append(report_of(cast("list[Any]", kept["report"])))
            return
        text = self._text(path)
        if text is None:
            return
        report, found = read_report(text, path)
        self._problems += found
        if report is None:
            return
        self._reports.append(report)
        if not found:
            self._rows[path] = {"sha256": self._digests[path], "report": report_row(report)}

    def _text(self, path: str) -> str | None:
        try:
            content = (self._root / path).read_bytes()
            if len(content) > MOST_BYTES:
                hint = f"split it; a file may hold {MOST_BYTES // 1_000_000} MB"
                self._problems.append(Problem(path, 0, "is too large", hint))
                return None
            return self._printable(content.decode("utf-8-sig").replace("\r\n", "\n"), path)
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            self._problems.append(Problem(path, line, "is not UTF-8 text", "save it as UTF-8 in your editor"))
        except OSError as error:
            self._problems.append(Problem(path, 0, f"cannot be read: {error.strerror}", "check its permissions"))
        return None

    def _printable(self, text: str, path: str) -> str | None:
        found = UNPRINTABLE.search(text)
        if not found:
            return text
        line = text.count("\n", 0, found.start()) + 1
        message = f"holds {unprintable(found[0])}, which no page can show"
        self._problems.append(Problem(path, line, message, "take it out"))
        return None

    def _judgements(self) -> Judgements:
        text = self._text(JUDGEMENTS) if JUDGEMENTS in self._digests else ""
        judgements, found = read_judgements(text or "", JUDGEMENTS)
        self._problems += found
        return judgements

    def _changes(self) -> list[tuple[Change, int]]:
        if CHANGES not in self._digests:
            return []
        text = self._text(CHANGES)
        changes, found = read_changes(text or "", CHANGES)
        self._problems += found
        return changes
