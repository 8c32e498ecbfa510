"""What the template of an entity receives to draw its mentions over time."""

from __future__ import annotations

from typing import NamedTuple


class Bar(NamedTuple):
    """One bar of the chart of mentions over time; geometry in the chart's own units."""

    label: str
    total: int
    x: float
    y: float
    width: float
    height: float
    url: str
    tick: str


class Chart(NamedTuple):
    """Mentions over time: its size and bars.

    Bars stand on y = `height` - 20, the line of the ticks is below; a tick stands under the middle of its bar.
    Drawn 600 units wide, a unit is about a pixel.
    """

    width: int
    height: int
    bars: tuple[Bar, ...]
