"""The desk at which names are reviewed in the browser: gathers what waits, carries out what a reviewer decides."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs

from readingroom.config import settings
from readingroom.decision_log import apply_decision, last_decision, read_files, undo
from readingroom.gather import gather
from readingroom.lookup import cards, look_up
from readingroom.model import Entity
from readingroom.options import Options, silent
from readingroom.problems import Problem, ProblemsError
from readingroom.review_answer import Around, decisions_of, read_posted
from readingroom.review_page import Known, Standing, page_of, read_wanted, row_key, view_of
from readingroom.revision import Revision
from readingroom.state import opened
from readingroom.suggestions import Known as Decided
from readingroom.suggestions import what_waits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from readingroom.config import Config
    from readingroom.decision_log import Done
    from readingroom.lookup import Card
    from readingroom.model import Mention, Report
    from readingroom.review_answer import Answer
    from readingroom.suggestions import Waiting

TOKEN_BYTES = 32
PATIENCE = 2.0


class Turns:
    """Builds of this process and decisions on names, one after the other."""

    def __init__(self) -> None:
        """Begin with nobody at work."""
        self._work, self._count = threading.Lock(), threading.Lock()
        self._waiting = 0

    @property
    def asked_for(self) -> bool:
        """Tell whether a person waits: what takes long and can be ended should end."""
        return self._waiting > 0

    @property
    def taken(self) -> bool:
        """Tell whether someone is at work."""
        return self._work.locked()

    @contextmanager
    def build(self) -> Iterator[None]:
        """Let a build work."""
        with self._work:
            yield

    @contextmanager
    def person(self) -> Iterator[None]:
        """Let a person decide."""
        with self._count:
            self._waiting += 1
        try:
            self._work.acquire()
        finally:
            with self._count:
                self._waiting -= 1
        try:
            yield
        finally:
            self._work.release()


class Gathering(NamedTuple):
    """What the archive is made of: its settings, its published reports, the mentions found in them."""

    config: Config
    reports: Mapping[str, Report]
    found: Mapping[str, Sequence[Mention]]


class Age(NamedTuple):
    """What something was made of: how many builds and how many decisions there had been."""

    builds: int
    decisions: int


@dataclass(frozen=True)
class Table:
    """All that waits at one moment, and what it takes to decide."""

    age: Age
    gathering: Gathering
    decided: Decided
    waiting: tuple[Waiting, ...]

    @cached_property
    def by_key(self) -> Mapping[str, Waiting]:
        """The questions by the key of their row."""
        return {row_key(item): item for item in self.waiting}

    @cached_property
    def around(self) -> Around:
        """What an answer may speak of besides its question."""
        return Around(
            frozenset(kind.name for kind in self.gathering.config.kinds),
            {entity.id: entity.name for entity in self.decided.entities},
            {item.suggestion.id: item.suggestion for item in self.waiting if item.suggestion.id},
        )

    @cached_property
    def cards(self) -> tuple[Card, ...]:
        """The entities and the other names that wait, ready to be found by what someone types."""
        named = Counter(mention.entity for found in self.gathering.found.values() for mention in found)
        known, declared = self.decided.by_id, self.around.kinds
        waiting = [
            Entity(each.id, "", each.kind, each.name, each.texts, suggested=True)
            for each in self.around.suggestions.values()
            if each.id not in known and each.kind in declared
        ]
        return cards((*self.decided.entities, *waiting), named)


def gathered(root: Path) -> Gathering:
    """Gather the archive from its files and from what the last build kept of its work; write no content.

    Raises:
        ProblemsError: a setting is wrong.
    """
    config = settings(root)
    with opened(root, look_only=True) as cache:
        gathered = gather(root, config, cache, Options(dry_run=True), silent)
        return Gathering(config, dict(gathered.reports), dict(gathered.found))


def today() -> str:
    """Return this day as the clock of this computer has it."""
    return time.strftime("%Y-%m-%d")


class Desk:
    """Names reviewed at the archive at `root`: one for every `serve`, used by many threads."""

    def __init__(
        self,
        root: Path,
        turns: Turns,
        *,
        gathered: Callable[[Path], Gathering] = gathered,
        today: Callable[[], str] = today,
    ) -> None:
        """Begin a session: a new token, nothing gathered yet, the reviewer git knows."""
        self.token = secrets.token_urlsafe(TOKEN_BYTES)
        self._root, self._turns, self._gathered, self._today = root, turns, gathered, today
        self._by = git_name(root)
        self._table: Table | None = None
        self._making = threading.Lock()
        self._builds = self._decisions = 0
        self._batches: list[list[tuple[str, Done]]] = []

    def note_build(self) -> None:
        """Take note that the archive may have changed."""
        self._builds += 1

    def count(self) -> int:
        """Count what waits."""
        return len(self._fresh().waiting)

    def page(self, query: str) -> bytes:
        """Show what waits.

        Raises:
            ProblemsError: content/ must be mended first.
        """
        table = self._fresh()
        kinds, reports = table.gathering.config.kinds, table.gathering.reports
        standing = Standing(table.gathering.config.title, self.token, self._by, self._decided(), self._last())
        known = Known(kinds, table.decided.by_id, reports)
        return page_of(view_of(table.waiting, known, read_wanted(query), standing))

    def like(self, query: str) -> bytes:
        """Answer what is typed to merge the name of a row into: the entities and other names it may mean, as JSON.

        Raises:
            ProblemsError: content/ must be mended first.
        """
        table = self._fresh()
        labels = {kind.name: kind.label for kind in table.gathering.config.kinds}
        own = table.by_key.get(parse_qs(query).get("row", [""])[0])
        others = (card for card in table.cards if own is None or card.entity.id != own.suggestion.id)
        hits = look_up(read_wanted(query).text, others)
        return _json(
            [
                {
                    "id": hit.entity.id,
                    "name": hit.entity.name,
                    "kind": hit.entity.kind,
                    "label": labels.get(hit.entity.kind, hit.entity.kind),
                    "spelt": hit.spelt,
                    "waits": hit.entity.suggested,
                }
                for hit in hits
            ]
        )

    def answer(self, body: bytes) -> bytes:
        """Carry out what a page posted; say what was written and what was wrong.

        Raises:
            ProblemsError: it is not what our page posts, or content/ must be mended first.
        """
        posted = read_posted(body)
        table = self._table or self._fresh()
        with self._turns.person():
            if posted.by is not None:
                self._by = posted.by
            results = self._undo() if posted.undo else self._carry_out(posted.answers, table)
        done = {row for batch in self._batches for row, _ in batch}
        return _json(
            {
                "results": results,
                "by": self._by,
                "decided": self._decided(),
                "waiting": len(table.by_key.keys() - done),
                "last": self._last(),
            }
        )

    def _carry_out(self, answers: Sequence[Answer], table: Table) -> list[dict[str, object]]:
        results: list[dict[str, object]] = []
        batch: list[tuple[str, Done]] = []
        for answer in answers:
            try:
                made = self._decide(answer, table)
                batch += [(answer.row, done) for done in made if done.after]
                results.append(_said(answer.row, made))
            except ProblemsError as error:
                results.append({"row": answer.row, "problems": _told(error.problems)})
        if batch:
            self._decisions += 1
            self._batches.append(batch)
        return results

    def _decide(self, answer: Answer, table: Table) -> list[Done]:
        waiting = table.by_key.get(answer.row) or self._fresh().by_key.get(answer.row)
        if waiting is None:
            raise ProblemsError([Problem("names", 0, "this no longer waits as it was shown", "load the page again")])
        decisions = decisions_of(answer, waiting, table.around)
        day = self._today()
        return [apply_decision(self._root, decision, today=day, by=self._by) for decision in decisions]

    def _undo(self) -> list[dict[str, object]]:
        """Take the last answers back, but nothing that was decided elsewhere since."""
        if not self._batches:
            hint = "use  readingroom names undo  or git for what was decided before"
            return [{"row": "", "problems": _told([Problem("names", 0, "nothing was decided here yet", hint)])}]
        results: list[dict[str, object]] = []
        batch = self._batches[-1]
        try:
            while batch:
                row, expected = batch[-1]
                latest = last_decision(self._root)
                if latest != expected:
                    hint = "take that back first:  readingroom names undo"
                    raise ProblemsError([Problem("names", 0, f"decided elsewhere since: {latest.what}", hint)])
                results.append(_said(row, [undo(self._root)]))
                self._decisions += 1
                batch.pop()
        except ProblemsError as error:
            results.append({"row": "", "problems": _told(error.problems)})
        if not batch:
            self._batches.pop()
        return results

    def _fresh(self) -> Table:
        """Bring what waits up to date: look at what was decided since, and gather again after a build.

        During a build what was gathered before will do: gathering would repeat the build's own work beside it.
        """
        with self._making:
            age, table = Age(self._builds, self._decisions), self._table
            if table is None or (table.age.builds != age.builds and not self._turns.taken):
                table = _table(self._root, age, self._gathered(self._root))
            elif table.age.decisions != age.decisions:
                table = _table(self._root, Age(table.age.builds, age.decisions), table.gathering)
            self._table = table
            return table

    def _decided(self) -> int:
        return len({row for batch in self._batches for row, _ in batch})

    def _last(self) -> str:
        if not self._batches:
            return ""
        rows = list(dict.fromkeys(row for row, _ in self._batches[-1]))
        return self._batches[-1][-1][1].what if len(rows) == 1 else f"{len(rows)} decisions"


def git_name(root: Path) -> str:
    """Return the name that git writes into commits here; empty without git or a name."""
    git = shutil.which("git")
    if git is None:
        return ""
    command = [git, "-C", str(root), "config", "user.name"]
    try:
        answer = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)  # noqa: S603 - git itself
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return " ".join(answer.stdout.decode("utf-8", "replace").split())


def _table(root: Path, age: Age, gathering: Gathering) -> Table:
    revision = Revision(read_files(root), today="", by="")
    decided = Decided(tuple(revision.entities[key] for key in sorted(revision.entities)), revision.judgements)
    return Table(age, gathering, decided, what_waits(gathering.found, gathering.reports, decided))


def _said(row: str, made: Sequence[Done]) -> dict[str, object]:
    files = sorted({path for done in made for path in done.after})
    return {"row": row, "what": "; ".join(done.what for done in made), "files": files, "problems": []}


def _told(problems: Sequence[Problem]) -> list[dict[str, str]]:
    return [
        {"where": f"{item.path}:{item.line}" if item.line else item.path, "message": item.message, "hint": item.hint}
        for item in problems
    ]


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
