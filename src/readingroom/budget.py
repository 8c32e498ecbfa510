"""The size of a site held against what hosts take, and what would make it smaller."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from readingroom.offline import FOLDER
from readingroom.problems import Problem, amount, counted
from readingroom.state import PAGEFIND

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

GUIDE = "docs/how-to/large-archives.md says which hosts take more"
MOST_NAMED = 10


class Host(NamedTuple):
    """What a host takes, as its documentation says: bytes of a site, files, bytes of a file; 0 for any number."""

    name: str
    size: int = 0
    files: int = 0
    file: int = 0


HOSTS = (
    Host("GitHub Pages", size=1_000_000_000),
    Host("a repository on GitHub", file=100 << 20),
    Host("Cloudflare Pages (free)", files=20_000, file=25 << 20),
)


class Saving(NamedTuple):
    """What a setting would spare: files and bytes."""

    setting: str
    files: int
    size: int


def check_budget(sizes: Mapping[str, int], suggested: Collection[str]) -> list[Problem]:
    """Warn where a site, given the bytes of its files by URL, is more than a host takes.

    `suggested` are the ids of the names that nobody has reviewed and that have pages all the same.
    """
    savings = [found for found in _savings(sizes, suggested) if found.files]
    problems = []
    for host in HOSTS:
        if host.size and sum(sizes.values()) > host.size:
            said = f"is {amount(sum(sizes.values()))}; {host.name} takes {amount(host.size)}"
            problems.append(_warning("", said, _advice(savings, files=False)))
        if host.files and len(sizes) > host.files:
            said = f"holds {counted(len(sizes), 'file')}; {host.name} takes {host.files:,}"
            problems.append(_warning("", said, _advice(savings, files=True)))
    return problems + list(_large_files(sizes))


def _savings(sizes: Mapping[str, int], suggested: Collection[str]) -> Iterator[Saving]:
    """Say what the settings that leave something out would spare."""
    ids = frozenset(suggested)
    offline = [size for url, size in sizes.items() if url.startswith(f"{PAGEFIND}/") and f"/{FOLDER}/" in url]
    yield Saving("offline_search = false", len(offline), sum(offline))
    pages = [size for url, size in sizes.items() if posixpath.dirname(url) and url.partition(".")[0] in ids]
    yield Saving("publish_suggestions = false", len(pages), sum(pages))


def _advice(savings: Sequence[Saving], *, files: bool) -> str:
    """Say what to do, the setting that spares most first."""
    by_use = sorted(savings, key=lambda one: one.files if files else one.size, reverse=True)
    spared = [f"{one.setting}  spares {counted(one.files, 'file')}, {amount(one.size)}" for one in by_use]
    return "; ".join([*spared, GUIDE])


def _large_files(sizes: Mapping[str, int]) -> Iterator[Problem]:
    """Name the files that a host refuses, the largest first."""
    limit = min(host.file for host in HOSTS if host.file)
    large = sorted((url for url, size in sizes.items() if size > limit), key=lambda url: (-sizes[url], url))
    for url in large[:MOST_NAMED]:
        refused = [f"{host.name} takes up to {host.file >> 20} MiB" for host in HOSTS if 0 < host.file < sizes[url]]
        yield _warning(f"/{url}", f"is {amount(sizes[url])}; of one file {', '.join(refused)}", GUIDE)
    if len(large) > MOST_NAMED:
        more = counted(len(large) - MOST_NAMED, "more file")
        yield _warning("", f"{more} of more than {limit >> 20} MiB", GUIDE)


def _warning(url: str, message: str, hint: str) -> Problem:
    return Problem(f"build/site{url}", 0, message, hint, "warning")
