"""The text of a report turned into the date it gives of itself, with the words that are the evidence."""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from readingroom.model import DateBasis

_MONTH_NUMBERS = {name[:3].lower(): number for number, name in enumerate(calendar.month_name) if name}
_DAYS = {name[:3].lower(): number for number, name in enumerate(calendar.day_name)}
_MONTH = (
    r"(?P<month>January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_WEEKDAY = r"(?:(?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day),? )?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)\b"
_FORMS = (
    re.compile(rf"\b{_WEEKDAY}(?:the )?\b{_DAY}(?: of)? {_MONTH},?(?: of)? {_YEAR}", re.IGNORECASE),
    re.compile(rf"\b{_WEEKDAY}(?:the )?\b{_MONTH} {_DAY},? {_YEAR}", re.IGNORECASE),
    re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>[01]\d)-(?P<day>[0-3]\d)\b"),
    re.compile(r"\b(?P<day>[0-3]?\d)[./](?P<month>[01]?\d)[./](?P<year>(?:19|20)\d\d)\b"),
)
_TODAY_BEFORE = re.compile(r"(?:\b(?:until|till|as of|up to|since) )?\btoday,? \(?(?:is |on )?$", re.IGNORECASE)
_TODAY_AFTER = re.compile(r",? \(?today\b", re.IGNORECASE)
_LABEL = re.compile(r"\b(?:published|posted|date|updated|dated)(?: on| at)?:? $", re.IGNORECASE)
_PLACES = re.compile(r"[\w’'()., /-]{2,60}(?: [–—-]|,|:)? ")
_DATELINE_END = re.compile(r"\)?(?: \([\w .-]{2,40}\))? ?(?:[–—:]|--? )")
_AHEAD = re.compile(
    r"\b(?:by|before|planned for|scheduled for|set for|due (?:on|by)|expires? (?:on|in)"
    r"|no later than|deadline of) (?:the )?$",
    re.IGNORECASE,
)
_YEARS = re.compile(r"(?:19|20)\d\d")
_BEFORE = 60  # longer than any form of a date before its year
_AFTER = len("-01-18")
_REACH = 40
_LAST_AMBIGUOUS = 12


class Dated(NamedTuple):
    """A report's date as EDTF ("" if unknown), what it rests on, and the words that say it."""

    published: str
    basis: DateBasis
    evidence: str


class _Found(NamedTuple):
    """A full date in a text: the day, the words that give it, whether they say it is the day of writing."""

    day: date
    words: str
    stated: bool
    ahead: bool


UNKNOWN = Dated("", "unknown", "")


def find_date(passages: Iterable[tuple[str, str]], not_after: str = "") -> Dated:
    """Find the date of writing in (anchor, text) pairs: the first stated, else the latest day named.

    A day whose weekday is wrong, that lies ahead of the writing ("by the 3rd of May 2018") or after
    `not_after` (an ISO day) is left out.

    >>> find_date([("p1", "It held until today the 18th of January 2018."), ("p2", "on 30 June 2019")])
    Dated(published='2018-01-18', basis='stated', evidence='until today the 18th of January 2018 (p1)')
    >>> find_date([("p1", "It raged on Friday the 9th of February 2018.")])
    Dated(published='2018-02-09', basis='inferred', evidence='Friday the 9th of February 2018 (p1)')
    >>> find_date([("p1", "It raged on Sunday the 9th of February 2018, and in March 2018.")])
    Dated(published='', basis='unknown', evidence='')
    """
    found = [(hit, anchor) for anchor, text in passages for hit in _days(text)]
    known = [(hit, anchor) for hit, anchor in found if not not_after or hit.day.isoformat() <= not_after]
    for hit, anchor in known:
        if hit.stated:
            return Dated(hit.day.isoformat(), "stated", f"{hit.words} ({anchor})")
    events = [(hit, anchor) for hit, anchor in known if not hit.ahead]
    if not events:
        return UNKNOWN
    hit, anchor = max(events, key=lambda event: event[0].day)
    return Dated(hit.day.isoformat(), "inferred", f"{hit.words} ({anchor})")


def _days(text: str) -> Iterator[_Found]:
    """Find every full date of a text in order, but those that no calendar has."""
    matches: dict[tuple[int, int], re.Match[str]] = {}
    for year in _YEARS.finditer(text):
        for form in _FORMS:
            for match in form.finditer(text, max(0, year.start() - _BEFORE), year.end() + _AFTER):
                if match.start() <= year.start() < match.end():
                    matches.setdefault(match.span(), match)
    for _, match in sorted(matches.items()):
        day = _day(match)
        if day:
            before = text[max(0, match.start() - _REACH) : match.start()]
            today = _TODAY_BEFORE.search(before)
            stated = bool(today) or _says_so(text, match, before)
            words = f"{today[0] if today else ''}{match[0]}"
            yield _Found(day, words, stated, bool(_AHEAD.search(before)))


def _says_so(text: str, match: re.Match[str], before: str) -> bool:
    """Tell whether a date is marked as today's, labelled, alone in its line, or part of a dateline."""
    if _TODAY_AFTER.match(text, match.end()) or _LABEL.search(before):
        return True
    alone = match[0] == text.strip(" .()")
    opening = match.start() == 0 or bool(_PLACES.fullmatch(text, 0, match.start()))
    return alone or (opening and bool(_DATELINE_END.match(text, match.end())))


def _day(match: re.Match[str]) -> date | None:
    named = match["month"]
    month = int(named) if named.isdigit() else _MONTH_NUMBERS[named[:3].lower()]
    number = int(match["day"])
    slashed = match[0][-5] in "./"
    if slashed and number <= _LAST_AMBIGUOUS and number != month:
        return None
    try:
        day = date(int(match["year"]), month, number)
    except ValueError:
        return None
    weekday = match.groupdict().get("weekday")
    return day if not weekday or _DAYS[weekday[:3].lower()] == day.weekday() else None
