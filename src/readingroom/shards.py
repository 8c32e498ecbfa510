"""Reports cut into shards of the search index by their dates alone: old shards large and stable, new ones small.

Where a shard begins is a function of the dates, never of the last build. Cuts stand on coarse counts from the
oldest report on, and there on the roundest date in reach (a year's, a month's, a third of a month's first day), so
that a report more or less seldom moves one, and reports added at the end touch the last shard.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

ALONE = 1000
UNDATED = "undated"
MOST = 12


class Shard(NamedTuple):
    """A stretch `[start, stop)` of the reports in order; its name is the day it begins with, or `undated`."""

    name: str
    start: int
    stop: int


class Level(NamedTuple):
    """How large shards are at most, and up to how many reports the newest one waits before it is cut.

    `reach` is how many reports before the place where a cut is due it may stand, for the sake of a round date.
    """

    size: int
    newest: int
    reach: int


# Pagefind holds about 315 kB a report while it indexes: 0.7, 1.5 and 2.8 GB.
LEVELS = (Level(2400, 1000, 200), Level(5000, 1500, 300), Level(9100, 2250, 200))


def plan(days: Sequence[str]) -> tuple[Shard, ...]:
    """Cut reports in order of date, given each one's first possible day (`""` for those without, which stand last).

    Those without a date are a shard of their own, or part of the newest where it would be the thirteenth.

    >>> plan(["2018-01-18", "2018-02-09", ""])
    (Shard(name='2018-01-18', start=0, stop=3),)
    >>> months = [f"20{year}-{month:02}-01" for year in range(10, 20) for month in range(1, 13) for _ in range(20)]
    >>> [shard.name for shard in plan(months)], [shard.stop - shard.start for shard in plan(months)]
    (['2010-01-01', '2019-01-01'], [2160, 240])
    """
    if not days:
        return ()
    if len(days) <= ALONE:
        return (Shard(days[0] or UNDATED, 0, len(days)),)
    dated = bisect_left(days, 1, key=lambda day: not day)
    starts = [0, *_cuts(days, dated)]
    shards = [
        Shard(days[start], start, stop) for start, stop in zip(starts, [*starts[1:], dated], strict=True) if dated
    ]
    if len(shards) == MOST:
        shards[-1] = shards[-1]._replace(stop=len(days))
    elif dated < len(days):
        shards.append(Shard(UNDATED, dated, len(days)))
    return tuple(shards)


def level_of(dated: int) -> Level:
    """Choose the size of shards so that they are at most twelve, up to 100,000 reports.

    >>> [level_of(count).size for count in (10_000, 25_200, 25_201, 53_200, 53_201, 100_000)]
    [2400, 2400, 5000, 5000, 9100, 9100]
    """
    return next((level for level in LEVELS if len(_due(dated, level)) < MOST), LEVELS[-1])


def _due(dated: int, level: Level) -> list[int]:
    """Return the counts at which cuts are due: full shards, then what the newest one leaves behind.

    >>> [_due(dated, LEVELS[0]) for dated in (10_000, 4000, 800)]
    [[2200, 4400, 6600, 8800, 9550], [2200, 3700], []]
    """
    most, newest, reach = level
    size = most - reach
    full = max(0, dated - 1) // size
    rest, step = dated - full * size, newest * 3 // 4
    tail = -(-(rest - newest) // step) * step if rest > newest else 0
    return [*(number * size for number in range(1, full + 1)), *([full * size + tail] if tail else [])]


def _cuts(days: Sequence[str], dated: int) -> list[int]:
    """Find where each cut that is due can stand: where the day changes, at the roundest date within reach."""
    level = level_of(dated)
    cuts: list[int] = []
    for due in _due(dated, level):
        after = cuts[-1] if cuts else 0
        near = [place for place in range(max(after, due - level.reach) + 1, due + 1) if days[place] != days[place - 1]]
        place = max(near, key=lambda place: (_roundness(days, place), place)) if near else _day_change(days, after, due)
        if after < place < dated:
            cuts.append(place)
    return cuts


def _day_change(days: Sequence[str], after: int, due: int) -> int:
    """Return the last place before `due` at which a day begins, or the first behind it where one day fills all."""
    before = bisect_left(days, days[due], 0, due)
    return before if before > after else bisect_left(days, 1, due, key=lambda day: day != days[due])


def _roundness(days: Sequence[str], place: int) -> tuple[int, int]:
    """Say how round the date is at which a shard would begin; days of one month differ by their number's twos.

    >>> [_roundness([before, "2018-03-01"], 1)[0] for before in ("2017-12-31", "2018-02-28", "2018-02-01")]
    [2, 1, 1]
    >>> _roundness(["2018-03-09", "2018-03-12"], 1), _roundness(["2018-03-12", "2018-03-16"], 1)
    ((0, 2), (-1, 4))
    """
    before, day = days[place - 1], days[place]
    number = int(day[8:])
    twos = (number & -number).bit_length() - 1
    if before[:7] != day[:7]:
        return (1 if before[:4] == day[:4] else 2), twos
    return (-1 if before[8:9] == day[8:9] else 0), twos
