"""What the site should be, against what the last build knew: what to look at, to make again and why, to remove.

Pure functions. An output is stale when any of its digests differs from the one it was last made with, or when its
file is no longer what that build wrote. There is no other rule: a basis only says where there is no need to look.
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


def candidates(wanted: Mapping[str, str], known: Mapping[str, str], intact: Collection[str]) -> list[str]:
    """Choose which outputs must be looked at, given the basis of each one wanted, and those known from the last build.

    A basis is a digest of everything an output is made from; where it is the same, so is the output. `intact` holds
    the URLs whose file is just as that build left it.

    >>> candidates({"a": "1", "b": "1", "c": "1"}, {"a": "1", "b": "0", "c": "1"}, {"a", "b"})
    ['b', 'c']
    """
    return [url for url, basis in wanted.items() if known.get(url) != basis or url not in intact]


def why(digests: Digests, known: Digests | None, *, here: bool) -> tuple[str, ...]:
    """Say why an output must be made again; nothing when it need not be. `here` tells that its file is intact."""
    if known is None:
        return (NEW,)
    differing = tuple(name for name in (*digests, *known) if digests.get(name) != known.get(name))
    if differing:
        return tuple(dict.fromkeys(differing))
    return () if here else (LOST,)


def plan(wanted: Collection[str], reasons: Mapping[str, tuple[str, ...]], there: Collection[str]) -> Plan:
    """Bring together what was found: the outputs wanted, why some must be made, and everything that is or was there.

    >>> plan(["a", "c"], {"a": ("title",)}, {"a", "b"})
    Plan(stale=(Stale(url='a', reasons=('title',)),), fresh=('c',), removed=('b',))
    """
    stale = tuple(Stale(url, reasons[url]) for url in wanted if reasons.get(url))
    fresh = tuple(url for url in wanted if not reasons.get(url))
    return Plan(stale, fresh, tuple(sorted(set(there).difference(wanted))))
