"""Mentions over time as the bars of a small chart."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from readingroom.chart_views import Bar, Chart
from readingroom.dates import display
from readingroom.pages.frame import year_month_day

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

WIDTH, HEIGHT, BASE = 600, 84, 64
MOST_MONTHS = 48
FEWEST = 10
MONTH = len("2018-01")
MOST_TICKS, STEPS = 5, (1, 2, 3, 6, 12, 24, 60, 120)


def chart(dated: Sequence[tuple[str, int]], root: str) -> Chart | None:
    """Draw how many mentions each month has, or each year where the span is long.

    None where that would say less than the mentions themselves: under two periods, or under ten mentions.

    `dated` holds an EDTF date and how many mentions it has; undated ones are left out. `root` is the way to the
    site's root.
    """
    if sum(times for _, times in dated) < FEWEST:
        return None
    months, years = Counter[str](), Counter[str]()
    for date, times in dated:
        year, month, _ = year_month_day(date)
        years[year] += times if year else 0
        months[month] += times if month else 0
    if years.total() < FEWEST:
        return None
    del years[""], months[""]
    if months and months.total() == years.total() and _span(months) <= MOST_MONTHS:
        counts = {period: months[period] for period in _months(min(months), max(months))}
    else:
        counts = {str(year): years[str(year)] for year in range(int(min(years)), int(max(years)) + 1)} if years else {}
    return _draw(counts, root) if len(counts) > 1 else None


def _draw(counts: dict[str, int], root: str) -> Chart:
    most = max(counts.values())
    step = WIDTH / len(counts)
    width = min(step * 0.62, 28.0)
    every = next((step for step in STEPS if len(counts) <= step * MOST_TICKS), len(counts))
    bars = []
    for position, (period, count) in enumerate(counts.items()):
        height = round(count / most * (BASE - 14), 1)
        label = display(period)
        bars.append(
            Bar(
                label=label,
                total=count,
                x=round(position * step + (step - width) / 2, 1),
                y=round(BASE - height, 1),
                width=round(width, 1),
                height=height,
                url=f"{root}months/{period}.html" if len(period) == MONTH and count else "",
                tick=_short(label) if position % every == 0 else "",
            )
        )
    return Chart(WIDTH, HEIGHT, tuple(bars))


def _short(label: str) -> str:
    """Shorten the name of a month.

    >>> _short("January 2018"), _short("2018")
    ('Jan 2018', '2018')
    """
    month, space, year = label.rpartition(" ")
    return month[:3] + space + year


def _span(months: Collection[str]) -> int:
    """Return how many months there are from the first of some to the last."""
    return _number(max(months)) - _number(min(months)) + 1


def _months(first: str, last: str) -> list[str]:
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(_number(first), _number(last) + 1)]


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1
