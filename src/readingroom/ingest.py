"""New seeds turned into report files: first planned as values, then written; nothing there is overwritten."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from readingroom import frontmatter
from readingroom.assets import CHANGED_SEED
from readingroom.ledger import INDEX, LEDGER, REPORTS, Facts, Ingested, read_index, read_ledger, write_ledger
from readingroom.problems import Problem, ProblemsError, is_error
from readingroom.sources import check_unchanged, link, link_on, read_file, refused, walk
from readingroom.words import BIDI

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from readingroom.drafting import NewReport

_UNREADABLE = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{BIDI}]")
NO_SEEDS = frozenset({"index.csv", "README.md"})
_UNFINISHED = ".new"


@dataclass(frozen=True, slots=True)
class IngestPlan:
    """What ingesting would write, and what is wrong; `ledger` is the ledger's new text, "" if it stays.

    `facts` are those of seeds/index.csv by seed, without faulty lines; `present` are the seeds asked for that
    have their report already, each with its path.
    """

    files: tuple[NewReport, ...]
    ledger: str
    problems: tuple[Problem, ...]
    facts: Mapping[str, Facts] = field(default_factory=dict)
    present: tuple[tuple[str, str], ...] = ()


@dataclass
class _Desk:
    """Everything planning looks up, and what it has decided so far."""

    root: Path
    digests: Mapping[str, str]
    ledger: Mapping[str, Ingested]
    seeds: Collection[str]
    reports: Collection[str]
    ids: dict[str, str]
    lines: dict[str, Ingested] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @cached_property
    def heads(self) -> Mapping[str, Ingested]:
        """Which seeds reports name that the ledger does not know; it takes reading them all."""
        known = {line.report for line in self.ledger.values() if line.path in self.seeds}
        return _heads(self.root, set(self.reports) - known)


def plan_ingest(root: Path, *, only: Collection[str] = (), digests: Mapping[str, str] | None = None) -> IngestPlan:
    """Plan the report files of all seeds that have none, or of those in `only` (paths below the archive).

    `digests` are SHA-256 by path below the archive that the caller has at hand; other seeds are read.
    """
    obstacle = _obstacle(root)
    if obstacle:
        return IngestPlan((), "", (obstacle,))
    facts, faulty, problems = read_index(root)
    ledger, found = read_ledger(root)
    seeds, refused = list_seeds(root)
    problems += found + refused
    here = set(seeds)
    problems += [
        Problem(INDEX, 0, f"{file} is not in seeds/", "put the file there, or take its line out", "warning")
        for file in sorted(facts.keys() - here)
    ]
    problems += [
        Problem(path, 0, "is no seed: it is not below seeds/", "copy it into seeds/ and name it there")
        for path in only
        if path.removeprefix("seeds/") not in here or not path.startswith("seeds/")
    ]
    reports = _names(root / REPORTS)
    desk = _Desk(root, digests or {}, ledger, here, reports, dict.fromkeys(reports, ""))
    desk.problems += problems
    new = [seed for seed in seeds if not _is_ingested(desk, seed)]
    present = [
        (f"seeds/{seed}", f"{REPORTS}/{line.report}.md")
        for seed, line in desk.lines.items()
        if f"seeds/{seed}" in only and line.report in reports
    ]
    wanted = [seed for seed in new if not only or f"seeds/{seed}" in only]
    files = [file for seed in wanted if seed not in faulty and (file := _plan(desk, seed, facts.get(seed, Facts())))]
    sound = {seed: fact for seed, fact in facts.items() if seed not in faulty}
    stays = any(map(is_error, found)) or (not files and any(map(is_error, desk.problems)))
    text = "" if stays else _ledger(desk, here)
    return IngestPlan(tuple(files), text, tuple(desk.problems), sound, tuple(present))


def _ledger(desk: _Desk, seeds: Collection[str]) -> str:
    """Write the ledger's new text; "" where it stays as it is."""
    lines = {**dict(_away(desk, seeds)), **desk.lines}
    stays = not lines or (lines == desk.ledger and (desk.root / LEDGER).exists())
    return "" if stays else write_ledger(lines.values())


def _away(desk: _Desk, seeds: Collection[str]) -> Iterator[tuple[str, Ingested]]:
    """Yield the lines of seeds that are not there while the report made from them is: the seed may come back."""
    claimed = {line.report for line in desk.lines.values()}
    for path, line in desk.ledger.items():
        if path in seeds:
            continue
        report = desk.heads.get(path, line).report
        if report in desk.reports and report not in claimed:
            yield path, line._replace(report=report)


def write_ingest(root: Path, plan: IngestPlan) -> None:
    """Write the planned reports, then the ledger, each whole or not at all; no report is overwritten.

    Raises:
        ProblemsError: a file cannot be written, or a report file appeared since the plan was made.
    """
    obstacle = _obstacle(root)
    if obstacle:
        raise ProblemsError([obstacle])
    folder = root / REPORTS
    folder.mkdir(parents=True, exist_ok=True)
    for left in (*folder.glob(f".*{_UNFINISHED}"), *(root / LEDGER).parent.glob(f".*{_UNFINISHED}")):
        left.unlink(missing_ok=True)
    for file in plan.files:
        _write(root, file.path, file.text, replace=False)
    if plan.ledger:
        _write(root, LEDGER, plan.ledger, replace=True)


def _obstacle(root: Path) -> Problem | None:
    """Say why no report may be written: its folder is, or lies behind, a link, or is no folder."""
    way = link_on(root, REPORTS)
    if way:
        return link(way)
    folder = root / REPORTS
    if folder.is_dir() or not folder.exists():
        return None
    return Problem(REPORTS, 0, "is no folder", "move the file elsewhere: reports are files in a folder of this name")


def _write(root: Path, path: str, text: str, *, replace: bool) -> None:
    """Write a file beside its place and move it there when it is whole and on the disk."""
    target = root / path
    unfinished = target.with_name(f".{target.name}.{os.getpid()}{_UNFINISHED}")
    try:
        with unfinished.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            unfinished.replace(target)
        else:
            _move_to_free_place(unfinished, target)
    except FileExistsError:
        hint = "nothing was overwritten; run the command again"
        raise ProblemsError([Problem(path, 0, "appeared while it was to be written", hint)]) from None
    except OSError as error:
        hint = "make room or check the folder's permissions, then run the command again; what is written stays"
        raise ProblemsError([Problem(path, 0, f"cannot be written: {error.strerror}", hint)]) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _move_to_free_place(unfinished: Path, target: Path) -> None:
    """Give a file its name unless that is taken; a disk without links (FAT) is asked just before."""
    try:
        os.link(unfinished, target)
    except FileExistsError:
        raise
    except OSError:
        if target.exists():
            raise FileExistsError from None
        unfinished.rename(target)


def list_seeds(root: Path) -> tuple[list[str], list[Problem]]:
    """List the paths of all seeds below seeds/, sorted; links and names that are no text are refused."""
    paths: list[str] = []
    problems: list[Problem] = []
    base = root / "seeds"
    if base.is_symlink():
        return [], [link("seeds")]
    for path, entry in walk(base) if base.is_dir() else ():
        name = path.encode("unicode_escape").decode() if _UNREADABLE.search(path) else path
        problem = refused(f"seeds/{name}", entry)
        if problem:
            problems.append(problem)
        elif path in NO_SEEDS:
            continue
        elif name != path:
            hint = "rename it: letters, digits, - and _ are safe"
            problems.append(Problem(f"seeds/{name}", 0, "its name is no readable text", hint))
        else:
            paths.append(path)
    return sorted(paths), problems


def _names(folder: Path) -> set[str]:
    if not folder.is_dir():
        return set()
    with os.scandir(folder) as entries:
        return {entry.name.removesuffix(".md") for entry in entries if entry.name.endswith(".md")}


def _heads(root: Path, reports: Collection[str]) -> dict[str, Ingested]:
    """Read which seeds the given reports name; a report that cannot be read is the reader's problem."""
    found = {}
    for report in sorted(reports):
        line = _head(root, report)
        if line:
            found[line.path] = line
    return found


def _head(root: Path, report: str) -> Ingested | None:
    path = f"{REPORTS}/{report}.md"
    try:
        text = read_file(root / path).decode()
    except (OSError, UnicodeDecodeError):
        return None
    document, _ = frontmatter.parse(text, path)
    original = document.meta.get("original") if document else None
    if not isinstance(original, dict) or "path" not in original:
        return None
    return Ingested(str(original["path"]), str(original.get("sha256", "")), report)


def _is_ingested(desk: _Desk, seed: str) -> bool:
    """Tell whether a seed has its report, or had one; note its line of the ledger and what is wrong."""
    line = desk.ledger.get(seed)
    if line and line.report not in desk.reports:
        line = desk.heads.get(seed) or line
    line = line or desk.heads.get(seed)
    if not line:
        return False
    if line.report in desk.reports:
        line = _verified(desk, line)
    else:
        hint = "restore it (git checkout, a backup), or write it again with publish: false"
        message = f"the report was deleted, but its seed seeds/{seed} is still there"
        desk.problems.append(Problem(f"{REPORTS}/{line.report}.md", 0, message, hint))
    desk.lines[seed] = line
    desk.first.setdefault(line.sha256, seed)
    return True


def _verified(desk: _Desk, line: Ingested) -> Ingested:
    """Compare a seed with what its report was made from; the report's own word counts, not the ledger's."""
    now = _sha256(desk, line.path)
    if now in {"", line.sha256}:
        return line
    head = _head(desk.root, line.report)
    if head and head.path == line.path and head.sha256 == now:
        return head
    message = f"differs from what {REPORTS}/{line.report}.md says it was made from"
    desk.problems.append(Problem(f"seeds/{line.path}", 0, message, CHANGED_SEED))
    return line


def _sha256(desk: _Desk, seed: str) -> str:
    known = desk.digests.get(f"seeds/{seed}")
    if known:
        return known
    data = _read(desk, seed)
    return "" if data is None else hashlib.sha256(data).hexdigest()


def _read(desk: _Desk, seed: str) -> bytes | None:
    path = f"seeds/{seed}"
    try:
        data = read_file(desk.root / path)
        if path in desk.digests:
            check_unchanged(path, data, desk.digests[path])
    except ProblemsError as error:
        desk.problems += error.problems
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        desk.problems.append(Problem(path, 0, message, "check the file's permissions"))
    else:
        return data
    return None


def _plan(desk: _Desk, seed: str, facts: Facts) -> NewReport | None:
    data = _read(desk, seed)
    if data is None:
        return None
    sha256 = hashlib.sha256(data).hexdigest()
    first = desk.first.setdefault(sha256, seed)
    if first != seed:
        hint = "one report is enough: take one of the two out of seeds/"
        message = f"the same bytes as seeds/{first}; not ingested again"
        desk.problems.append(Problem(f"seeds/{seed}", 0, message, hint, "warning"))
        return None
    from readingroom.drafting import draft  # noqa: PLC0415 - start-up: few builds have new seeds

    file, problems = draft(seed, data, facts)
    desk.problems += problems
    if file is None:
        return None
    taken = desk.ids.setdefault(file.report.id, seed)
    if taken != seed:
        whose = f"is that of seeds/{taken}" if taken else "is there but is not of this seed"
        message = f"its report would be {file.path}, which {whose}"
        hint = "rename the new seed: a report's id comes from its date and its seed's path"
        if not taken:
            hint = "if that file is empty or cut off (an interrupted run), delete it; if it is yours, rename it"
        desk.problems.append(Problem(f"seeds/{seed}", 0, message, hint))
        return None
    desk.lines[seed] = Ingested(seed, sha256, file.report.id)
    return file
