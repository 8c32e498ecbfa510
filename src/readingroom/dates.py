"""Dates as archives write them (EDTF level 1): checked, sorted and said in English."""

from __future__ import annotations

import calendar
import re
from functools import lru_cache
from typing import NamedTuple

_MONTHS = tuple(calendar.month_name)
_SEASONS = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}
_SEASON_START = {"21": "03", "22": "06", "23": "09", "24": "12"}
_ONE = re.compile(
    r"(?P<year>\d{4}|\d{3}X|\d\dXX)"
    r"(?:-(?P<month>0[1-9]|1[0-2]|2[1-4]|XX)(?:-(?P<day>[0-2]\d|3[01]|XX))?)?(?P<doubt>[?~%]?)",
    re.ASCII,
)
DAYS = 8_192  # of which an archive prints the same ones again and again
_OPEN = frozenset({"", ".."})


class Edtf(NamedTuple):
    """A valid EDTF date: as written, and the first day it can mean, which it is sorted by."""

    text: str
    sort_key: str

    @property
    def year(self) -> str:
        """Its (first) year, "" if no single year is given."""
        found = _first(self.text)
        return found["year"] if found and "X" not in found["year"] else ""

    @property
    def month(self) -> str:
        """Its (first) month as `2018-01`, "" if no single month is given."""
        found = _first(self.text)
        month = found["month"] if found else None
        return f"{self.year}-{month}" if self.year and month and month.isdigit() and month <= "12" else ""

    @property
    def day(self) -> str:
        """Its (first) day as `2018-01-18`, "" if no single day is given."""
        found = _first(self.text)
        day = found["day"] if found else None
        return f"{self.month}-{day}" if self.month and day and day.isdigit() else ""


@lru_cache(DAYS)
def parse_edtf(text: str) -> Edtf | None:
    """Read an EDTF level 1 date or interval of dates; None if it is none.

    >>> [parse_edtf(text).sort_key for text in ("2018-01-18", "2018-01~", "201X", "2018-21", "2017/2018-02")]
    ['2018-01-18', '2018-01-01', '2010-01-01', '2018-03-01', '2017-01-01']
    >>> [parse_edtf(text) for text in ("2018-02-30", "18.01.2018", "2018-1-1", "2018/2017", "")]
    [None, None, None, None, None]
    """
    first, slash, last = text.partition("/")
    if not slash:
        start = _start(first)
        return Edtf(text, start) if start else None
    start, end = _start(first), _start(last)
    faulty = (not start and first not in _OPEN) or (not end and last not in _OPEN)
    if faulty or not (start or end) or (start and end and start > end):
        return None
    return Edtf(text, start or end)


def sort_key(text: str) -> str:
    """Return the first day an EDTF date can mean, by which reports are sorted; "" if it is no date.

    >>> sort_key("2018-01~"), sort_key("when?")
    ('2018-01-01', '')
    """
    date = parse_edtf(text)
    return date.sort_key if date else ""


@lru_cache(DAYS)
def display(text: str) -> str:
    """Say an EDTF date in English; what is no EDTF date is returned as it is.

    >>> [display(text) for text in ("2018-01-18", "2018-01", "2018-01-18~", "2018?", "201X", "2018-21")]
    ['18 January 2018', 'January 2018', 'about 18 January 2018', '2018 (uncertain)', '2010s', 'spring 2018']
    >>> [display(text) for text in ("2017-07/2017-09~", "2017/..", "../2017-06-30", "2018-XX-XX", "when?")]
    ['July 2017 to about September 2017', 'since 2017', 'until 30 June 2017', '2018', 'when?']
    """
    if not parse_edtf(text):
        return text
    first, slash, last = text.partition("/")
    if not slash:
        return _say(first)
    if first in _OPEN:
        return f"until {_say(last)}"
    return f"since {_say(first)}" if last in _OPEN else f"{_say(first)} to {_say(last)}"


def _first(text: str) -> re.Match[str] | None:
    return next((found for part in text.split("/") if (found := _ONE.fullmatch(part))), None)


def _start(text: str) -> str:
    """Return the first day a single EDTF date can mean, "" if it is no such date."""
    found = _ONE.fullmatch(text)
    if not found:
        return ""
    year, month, day = found["year"].replace("X", "0"), found["month"] or "01", found["day"] or "01"
    if month in _SEASON_START:
        return "" if found["day"] else f"{year}-{_SEASON_START[month]}-01"
    if month == "XX" and day.isdigit() and found["day"]:
        return ""
    start = f"{year}-{month.replace('XX', '01')}-{day.replace('XX', '01')}"
    leap_for_unknown_year = "2000" if "X" in found["year"] else year
    return start if _is_day(leap_for_unknown_year + start[4:]) else ""


def _is_day(text: str) -> bool:
    year, month, day = map(int, text.split("-"))
    return 1 <= day <= 31 and (day <= calendar.monthrange(year or 4, month)[1])  # noqa: PLR2004


def _say(text: str) -> str:
    found = _ONE.fullmatch(text)
    if not found:
        return text
    year = found["year"]
    said = f"{year[:3]}0s" if year.endswith("X") and "XX" not in year else year
    if "XX" in year:
        said = f"{year[:2]}00s"
    month, day = found["month"] or "XX", found["day"] or "XX"
    if month in _SEASONS:
        said = f"{_SEASONS[month]} {said}"
    elif month != "XX":
        said = f"{_MONTHS[int(month)]} {said}" if day == "XX" else f"{int(day)} {_MONTHS[int(month)]} {said}"
    about = "about " if found["doubt"] in {"~", "%"} else ""
    return f"{about}{said}{' (uncertain)' if found['doubt'] in {'?', '%'} else ''}"
