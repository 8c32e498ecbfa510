"""The text of a report turned into the date it gives of itself, with the words that are the evidence."""

from __future__ import annotations

import calendar
import re
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from readingroom.model import DateBasis

_LEVANTINE = (
    "كانون الثاني", "شباط", "اذار", "نيسان", "ايار", "حزيران", "تموز", "اب", "ايلول", "تشرين الاول", "تشرين الثاني",
    "كانون الاول",
)  # fmt: skip
_GREGORIAN = (
    "يناير", "فبراير", "مارس", "ابريل", "مايو", "يونيو", "يوليو", "اغسطس", "سبتمبر", "اكتوبر", "نوفمبر", "ديسمبر",
)  # fmt: skip
_EGYPTIAN = {"يونيه": 6, "يوليه": 7}
_ARABIC_DAYS = ("الاثنين", "الثلاثاء", "الاربعاء", "الخميس", "الجمعه", "السبت", "الاحد")
_MONTH_NUMBERS = {
    **{name[:3].lower(): number for number, name in enumerate(calendar.month_name) if name},
    **{name: number for names in (_LEVANTINE, _GREGORIAN) for number, name in enumerate(names, 1)},
    **_EGYPTIAN,
}
_DAYS = {
    **{name[:3].lower(): number for number, name in enumerate(calendar.day_name)},
    **{name: number for number, name in enumerate(_ARABIC_DAYS)},
}
_MONTH = (
    r"(?P<month>January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_WEEKDAY = r"(?:(?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day),? )?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)\b"
_ARABIC_DAY = r"(?P<day>[0-3]?\d)"
_ARABIC_MONTH = (
    r"(?:شهر )?(?P<month>كانون الثاني|شباط|[اآأ]ذار|نيسان|[اأ]يار|حزيران|تموز|[اآأ]ب|[اأ]يلول|تشرين ال[اأ]ول"
    r"|تشرين الثاني|كانون ال[اأ]ول|يناير|فبراير|مارس|[اأإ]بريل|مايو|يوني[وة]|يولي[وة]|[اأ]غسطس|سبتمبر|[اأ]كتوبر"
    r"|نوفمبر|ديسمبر)(?!\w)"
)
_ARABIC_WEEKDAY = (
    r"(?:(?:يوم )?(?P<weekday>ال[اإ]ثنين|الثلاثاء|ال[اأ]ربعاء|الخميس|الجمعة|السبت|ال[اأ]حد)(?: الموافق)?،? \(?)?"
)
_FORMS = (
    re.compile(rf"\b{_WEEKDAY}(?:the )?\b{_DAY}(?: of)? {_MONTH},?(?: of)? {_YEAR}", re.IGNORECASE),
    re.compile(rf"\b{_WEEKDAY}(?:the )?\b{_MONTH} {_DAY},? {_YEAR}", re.IGNORECASE),
    re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>[01]\d)-(?P<day>[0-3]\d)\b"),
    re.compile(r"\b(?P<day>[0-3]?\d)(?P<mark>[./-])(?P<month>[01]?\d)(?P=mark)(?P<year>(?:19|20)\d\d)\b"),
    re.compile(
        rf"(?<!\w){_ARABIC_WEEKDAY}{_ARABIC_DAY}(?: من)? {_ARABIC_MONTH}(?: ?/ ?\w+| \(\w+\))?،? (?:عام )?{_YEAR}"
    ),
)
_SHORT = re.compile(
    r"\b(?P<day>[0-3]?\d) (?P<month>JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC) (?P<year>\d\d)"
    r"(?=(?: [(\[][\w .,’'-]{2,60}[)\]])? ?--? | \((?:title|dek|p\d+)\)$)"
)
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_HAMZA = str.maketrans("أإآة", "اااه")
_TODAY_BEFORE = re.compile(
    r"(?:\b(?:until|till|as of|up to|since) )?\btoday,? \(?(?:is |on )?$"
    r"|(?:(?<!\w)(?:حتى|منذ|فجر|صباح|ظهر|عصر|مساء|ليل) )?(?<!\w)(?:هذا )?اليوم[،:]? \(?$",
    re.IGNORECASE,
)
_TODAY_AFTER = re.compile(r",? \(?today\b|،? \(?اليوم(?!\w)", re.IGNORECASE)
_LABEL = re.compile(
    r"\b(?:published|posted|date|updated|dated)(?: on| at)?:? $|(?<!\w)(?:تاريخ النشر|نشرت? في|نشرت? بتاريخ) ?:? ?$",
    re.IGNORECASE,
)
_PLACES = re.compile(r"[\w’'()., /-]{2,60}(?: [–—-]|,|:)? ")
_DATELINE_END = re.compile(r"\)?(?: \([\w .-]{2,40}\))? ?(?:[–—:]|--? )")
_OPENING = frozenset({"title", "dek", "p1", "p2"})
_NO_YEAR = r"(?!,? ?(?:of )?\d{4}| ?/)\)?(?: \([\w .-]{2,40}\))? ?(?:[–—:]|--? )"
_PLACE_BEFORE = (
    r"(?!(?:on|since|until|from|by|after|before|between)\b)(?:[^\W\d_][\w’'()., /-]{1,60}?(?: ?[–—,:-])? \(?)?"
)
_DATELINES = (
    re.compile(rf"{_PLACE_BEFORE}{_WEEKDAY}(?:{_MONTH} {_DAY}){_NO_YEAR}", re.IGNORECASE),
    re.compile(rf"{_PLACE_BEFORE}{_WEEKDAY}(?:{_DAY}(?: of)? {_MONTH}){_NO_YEAR}", re.IGNORECASE),
    re.compile(rf"(?:[^\W\d_][\w،,/ -]{{1,40}}?[،,:–-]? )?{_ARABIC_WEEKDAY}{_ARABIC_DAY} {_ARABIC_MONTH}{_NO_YEAR}"),
)
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
_MOST_YEARS = 5_000  # in one report; what names more is a table
_LAST_OF_2000S = 68
_LONGEST_DATELINE = 160


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
    `not_after` (an ISO day) is left out, and so is one that a dateline without a year contradicts. Only the first
    5,000 years named are looked at.

    >>> find_date([("p1", "It held until today the 18th of January 2018."), ("p2", "on 30 June 2019")])
    Dated(published='2018-01-18', basis='stated', evidence='until today the 18th of January 2018 (p1)')
    >>> find_date([("p1", "It raged on Friday the 9th of February 2018.")])
    Dated(published='2018-02-09', basis='inferred', evidence='Friday the 9th of February 2018 (p1)')
    >>> find_date([("p1", "Aleppo, March 12 – They left, as the agreement signed on 1 May 2017 says.")])
    Dated(published='', basis='unknown', evidence='')
    >>> find_date([("p1", "SAN SALVADOR, 4 JAN 90 (EFE) -- [TEXT] The army left.")])
    Dated(published='1990-01-04', basis='stated', evidence='4 JAN 90 (p1)')
    >>> find_date([("p1", "It raged on Sunday the 9th of February 2018, and in March 2018.")])
    Dated(published='', basis='unknown', evidence='')
    """
    texts = list(passages)
    found = list(_found(texts))
    known = [(hit, anchor) for hit, anchor in found if not not_after or hit.day.isoformat() <= not_after]
    for hit, anchor in known:
        if hit.stated:
            return Dated(hit.day.isoformat(), "stated", f"{hit.words} ({anchor})")
    line = _dateline(texts)
    events = [
        (hit, anchor) for hit, anchor in known if not hit.ahead and (not line or line == (hit.day.month, hit.day.day))
    ]
    if not events:
        return UNKNOWN
    hit, anchor = max(events, key=lambda event: event[0].day)
    return Dated(hit.day.isoformat(), "inferred", f"{hit.words} ({anchor})")


def _found(passages: Iterable[tuple[str, str]]) -> Iterator[tuple[_Found, str]]:
    left = _MOST_YEARS
    for anchor, text in passages:
        if left <= 0:
            return
        yield from ((hit, anchor) for hit in _days(text, left))
        left -= sum(1 for _ in islice(_YEARS.finditer(text.translate(_DIGITS)), left))


def agrees(published: str, evidence: str) -> bool:
    """Tell whether an EDTF date can be the day its evidence names; evidence without a full day is no witness.

    >>> agrees("2018-01-18", "until today the 18th of January 2018 (p6)"), agrees("2018-01", "18 January 2018 (p1)")
    (True, True)
    >>> agrees("2018-01-19", "until today the 18th of January 2018 (p6)"), agrees("2018-01-19", "seeds/index.csv")
    (False, True)
    """
    days = [hit.day.isoformat() for hit in _days(evidence)]
    first, slash, last = (part.rstrip("?~%") for part in published.partition("/"))
    if not days or not published:
        return True
    if not slash:
        return any(_can_be(first, day) for day in days)
    return any(
        (first in {"", ".."} or first <= day) and (last in {"", ".."} or day[: len(last)] <= last) for day in days
    )


def _can_be(date_: str, day: str) -> bool:
    """Compare an EDTF date, whose X may be any digit, with a day, as far as the date goes."""
    return all(one in {"X", other} for one, other in zip(date_, day, strict=False))


def _days(text: str, most: int = _MOST_YEARS) -> Iterator[_Found]:
    """Find every full date of a text in order, but those that no calendar has; look at so many years at most."""
    matches: dict[tuple[int, int], re.Match[str]] = {}
    digits = text.translate(_DIGITS)
    whole = digits.strip(" .()")
    for year in islice(_YEARS.finditer(digits), most):
        for form in _FORMS:
            for match in form.finditer(digits, max(0, year.start() - _BEFORE), year.end() + _AFTER):
                if match.start() <= year.start() < match.end():
                    matches.setdefault(match.span(), match)
    short = _SHORT.search(digits, 0, _LONGEST_DATELINE)
    if short and (not short.start() or _PLACES.fullmatch(digits, 0, short.start())):
        matches[short.span()] = short
    for _, match in sorted(matches.items()):
        day = _day(match)
        if day:
            before = digits[max(0, match.start() - _REACH) : match.start()]
            today = _TODAY_BEFORE.search(before)
            stated = bool(today) or match is short or match[0] == whole or _says_so(digits, match, before)
            words = f"{today[0] if today else ''}{text[match.start() : match.end()]}"
            yield _Found(day, words, stated, bool(_AHEAD.search(before)))


def _dateline(passages: Iterable[tuple[str, str]]) -> tuple[int, int] | None:
    """Return month and day of a dateline without a year that opens the report ("Aleppo, March 12 – …")."""
    for anchor, text in passages:
        for form in _DATELINES if anchor in _OPENING else ():
            match = form.match(text.translate(_DIGITS))
            if match:
                return _month(match["month"]), int(match["day"])
    return None


def _says_so(text: str, match: re.Match[str], before: str) -> bool:
    """Tell whether a date is marked as today's, labelled, or part of a dateline."""
    if _TODAY_AFTER.match(text, match.end()) or _LABEL.search(before):
        return True
    opening = match.start() == 0 or bool(_PLACES.fullmatch(text, 0, match.start()))
    return opening and bool(_DATELINE_END.match(text, match.end()))


def _day(match: re.Match[str]) -> date | None:
    groups = match.groupdict()
    month, number = _month(groups["month"]), int(groups["day"])
    if groups.get("mark") and number <= _LAST_AMBIGUOUS and number != month:
        return None
    try:
        day = date(_year(groups["year"]), month, number)
    except ValueError:
        return None
    weekday = groups.get("weekday")
    return day if not weekday or _DAYS[_known(weekday)] == day.weekday() else None


def _year(printed: str) -> int:
    """Read a year; one of two digits lies between 1969 and 2068, as POSIX has it."""
    year = int(printed)
    return year if len(printed) > 2 else year + (1900 if year > _LAST_OF_2000S else 2000)  # noqa: PLR2004


def _month(named: str) -> int:
    return int(named) if named.isdigit() else _MONTH_NUMBERS[_known(named)]


def _known(name: str) -> str:
    """Return a month's or weekday's name as the tables have it."""
    return name[:3].lower() if name.isascii() else name.translate(_HAMZA)
