"""What the site should be, against what the last build knew: what to make again and why, what to remove.

One pure function. An output is stale when any of its digests differs from the one it was last made with, or
when its file is no longer what that build wrote. There is no other rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Digests = dict[str, str]
NEW = "new"
LOST = "not in the site as it was written"


class Stale(NamedTuple):
    """An output to make, and why: `new`, the fields that differ, or a file that is not as it was written."""

    url: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build will do to the site."""

    stale: tuple[Stale, ...]
    fresh: tuple[str, ...]
    removed: tuple[str, ...]


def plan(wanted: Mapping[str, Digests], known: Mapping[str, Digests], intact: Collection[str]) -> Plan:
    """Compare the outputs wanted with those known from the last build.

    `intact` holds the URLs whose file is just as that build left it; URLs there that nothing wants are removed.

    >>> plan({"a": {"title": "1"}}, {"a": {"title": "0"}, "b": {}}, {"a", "b"})
    Plan(stale=(Stale(url='a', reasons=('title',)),), fresh=(), removed=('b',))
    """
    stale, fresh = [], []
    for url, digests in wanted.items():
        reasons = why(digests, known.get(url), here=url in intact)
        if reasons:
            stale.append(Stale(url, reasons))
        else:
            fresh.append(url)
    return Plan(tuple(stale), tuple(fresh), tuple(sorted(url for url in {*known, *intact} if url not in wanted)))


def why(digests: Digests, known: Digests | None, *, here: bool) -> tuple[str, ...]:
    """Say why an output must be made again; nothing when it need not be."""
    if known is None:
        return (NEW,)
    differing = tuple(name for name in (*digests, *known) if digests.get(name) != known.get(name))
    if differing:
        return tuple(dict.fromkeys(differing))
    return () if here else (LOST,)
