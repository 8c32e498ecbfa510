"""How to build, and what came of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from readingroom.plan import Stale
    from readingroom.problems import Problem

Search = Literal["now", "later", "none"]
Progress = Callable[[str, int, int], None]
Work = Callable[[Sequence[Any]], Iterator[tuple[int, Any]]]


class Hands(Protocol):
    """Who works on other hosts."""

    def stream(
        self,
        work: Callable[[Sequence[Any]], Iterator[tuple[int, Any]]],
        items: Sequence[Any],
        done: Callable[[int], None],
    ) -> Iterator[Any]:
        """Call `work` on slices of `items` there; yield what came of them in any order, and say how many are done."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to build.

    `frozen` writes nothing in content/ and fails where it would have to; `search` "later" publishes pages at
    once beside the index there is (for serve); `url` overrides the settings' address. `cluster` is the address of
    a Dask scheduler, and `hands` are those who were found there.
    """

    frozen: bool = False
    strict: bool = False
    keep_going: bool = False
    search: Search = "now"
    jobs: int = 1
    url: str = ""
    dry_run: bool = False
    rehash: bool = False
    cluster: str = ""
    hands: Hands | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What a build did: what it read and found, what it made and why, what it removed, how long it took.

    `read` and `recognised` count the reports that had to be read and searched for names again;
    `problems` are those that did not stop it; `files` and `size` (bytes) measure the whole site; `edition` names its
    content.
    """

    site: Path
    reports: int = 0
    entities: int = 0
    mentions: int = 0
    files: int = 0
    size: int = 0
    edition: str = ""
    read: int = 0
    recognised: int = 0
    ingested: tuple[str, ...] = ()
    stale: tuple[Stale, ...] = ()
    removed: tuple[str, ...] = ()
    indexed: bool = False
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def silent(stage: str, done: int, total: int) -> None:
    """Say nothing of the progress."""


def counting(say: Progress, stage: str, total: int) -> Callable[[int], None]:
    """Return a function that counts what is done and says how far a stage is."""
    count = 0

    def done(number: int) -> None:
        nonlocal count
        count += number
        say(stage, count, total)

    say(stage, 0, total)
    return done
