from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readingroom.clean import clean
from readingroom.dates import display, parse_edtf, sort_key
from readingroom.dating import agrees, find_date

if TYPE_CHECKING:
    from datetime import date

SEEDS = Path(__file__).resolve().parent.parent / "seeds"


def found(text: str, not_after: str = "") -> tuple[str, str, str]:
    published, basis, evidence = find_date([("p1", text)], not_after)
    return published, basis, evidence


@pytest.mark.parametrize(
    ("text", "year", "month", "said"),
    [
        ("2018", "2018", "", "2018"),
        ("2018-01", "2018", "2018-01", "January 2018"),
        ("2018-01-18", "2018", "2018-01", "18 January 2018"),
        ("2018-01-18?", "2018", "2018-01", "18 January 2018 (uncertain)"),
        ("2018-01~", "2018", "2018-01", "about January 2018"),
        ("2018%", "2018", "", "about 2018 (uncertain)"),
        ("2018-01-XX", "2018", "2018-01", "January 2018"),
        ("2018-XX-XX", "2018", "", "2018"),
        ("2018-XX", "2018", "", "2018"),
        ("201X", "", "", "2010s"),
        ("20XX", "", "", "2000s"),
        ("2018-24", "2018", "", "winter 2018"),
        ("2017-07/2017-09~", "2017", "2017-07", "July 2017 to about September 2017"),
        ("2018-01-18/..", "2018", "2018-01", "since 18 January 2018"),
        ("/2018-01-18", "2018", "2018-01", "until 18 January 2018"),
        ("2016-02-29", "2016", "2016-02", "29 February 2016"),
    ],
)
def test_a_valid_date_is_filed_and_said(text: str, year: str, month: str, said: str) -> None:
    parsed = parse_edtf(text)
    assert parsed is not None
    assert (parsed.year, parsed.month, display(text)) == (year, month, said)


@pytest.mark.parametrize(
    "text",
    ["", "..", "/", "../..", "2018-13", "2018-00", "2018-1", "2018-01-32", "2018-02-29", "2018-XX-18", "2018-21-01",
     "18-01-2018", "2018/01/18", "2018-01-18T10:00:00", "2018-01-18/2018-01-17", "January 2018", "20180118", "XXXX",
     "2018-01-18 ", "٢٠١٨", "2018-01-00", "0000-00-00"],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    assert parse_edtf(text) is None
    assert sort_key(text) == ""
    assert display(text) == text


@given(st.dates(), st.dates())
@settings(deadline=None, max_examples=100)
def test_days_sort_as_the_calendar_does(one: date, other: date) -> None:
    keys = sort_key(str(one)), sort_key(str(other))
    assert (keys[0] < keys[1]) == (str(one) < str(other))
    assert parse_edtf(f"{min(one, other)}/{max(one, other)}")


@given(st.text("0123456789X-/.~?% ", max_size=22))
@settings(deadline=None, max_examples=300)
def test_any_text_is_a_date_with_a_full_sort_key_or_none(text: str) -> None:
    parsed = parse_edtf(text)
    assert parsed is None or (parsed.text == text and len(parsed.sort_key) == 10 and "X" not in parsed.sort_key)


def dated_seed(name: str) -> tuple[str, str, str]:
    cleaned = clean((SEEDS / name).read_text(encoding="utf-8"))
    paragraphs = ((f"p{number}", text) for number, text in enumerate(cleaned.paragraphs, 1))
    published, basis, evidence = find_date(paragraphs)
    return published, basis, evidence


def test_the_first_seed_states_its_day() -> None:
    evidence = "until today the 18th of January 2018 (p6)"
    assert dated_seed("000_af9b7abf363c386e.txt") == ("2018-01-18", "stated", evidence)


def test_the_second_seed_names_a_day_from_which_its_own_is_inferred() -> None:
    evidence = "Friday the 9th of February 2018 (p2)"
    assert dated_seed("001_055f8da6003751ec.txt") == ("2018-02-09", "inferred", evidence)


@pytest.mark.parametrize(
    ("text", "day", "evidence"),
    [
        (
            "It holds today, Thursday the 18th of January 2018.",
            "2018-01-18",
            "today, Thursday the 18th of January 2018",
        ),
        ("As of today, January 18, 2018, it holds.", "2018-01-18", "As of today, January 18, 2018"),
        ("On 18 January 2018 (today) it holds.", "2018-01-18", "18 January 2018"),
        ("Damascus – 18 January 2018 – Shells fell.", "2018-01-18", "18 January 2018"),
        ("IDLIB, Syria, 18 Jan. 2018 (SANA) -- Shells fell.", "2018-01-18", "18 Jan. 2018"),
        ("BOGOTA, 6 FEB 89 (EFE) -- [TEXT] Shells fell.", "1989-02-06", "6 FEB 89"),
        ("LA PAZ, 31 DEC 05 -- Shells fell.", "2005-12-31", "31 DEC 05"),
        ("18 January 2018: shells fell.", "2018-01-18", "18 January 2018"),
        ("Published on: 2018-01-18 by the desk", "2018-01-18", "2018-01-18"),
        ("Monday, 30 July 2018", "2018-07-30", "Monday, 30 July 2018"),
    ],
)
def test_a_day_marked_as_that_of_writing_is_stated(text: str, day: str, evidence: str) -> None:
    assert found(text) == (day, "stated", f"{evidence} (p1)")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("It fell on the 3rd of May 2017 and again on June 4th, 2017, as in 2016.", "2017-06-04"),
        ("It fell on 13/12/2017.", "2017-12-13"),
        ("It fell on 05.05.2017.", "2017-05-05"),
        ("It fell on 2017-12-31.", "2017-12-31"),
        ("It fell on 1 May 2017; elections are planned for 3 June 2018.", "2017-05-01"),
        ("It fell on Monday 1 May 2017, not on Monday 2 May 2017.", "2017-05-01"),
        ("It fell on 29 February 2017, no: 28 February 2017 at dawn.", "2017-02-28"),
    ],
)
def test_of_other_days_the_latest_sound_one_is_inferred(text: str, day: str) -> None:
    assert found(text)[:2] == (day, "inferred")


@pytest.mark.parametrize(
    "text", ["It fell in May 2017.", "It fell on 05/06/2017.", "on Sunday 1 May 2017", "by 3 May 2018", "1234-56-78"]
)
def test_without_a_sound_day_the_date_is_unknown(text: str) -> None:
    assert found(text) == ("", "unknown", "")


@pytest.mark.parametrize(
    ("text", "day", "evidence"),
    [
        ("وثق المرصد اليوم الجمعة 14 كانون الأول 2018 مقتل مدنيين.", "2018-12-14", "اليوم الجمعة 14 كانون الأول 2018"),
        ("حتى اليوم، ١٤ ديسمبر ٢٠١٨، قتل عشرون.", "2018-12-14", "حتى اليوم، ١٤ ديسمبر ٢٠١٨"),
        ("قصف مساء اليوم 14-12-2018", "2018-12-14", "مساء اليوم 14-12-2018"),
        ("دمشق – 3 آب/أغسطس 2018 – سقطت قذائف.", "2018-08-03", "3 آب/أغسطس 2018"),
        ("حجين (اليوم) تاريخ النشر: 3 أيار 2018 وقد", "2018-05-03", "3 أيار 2018"),
        ("الخميس 18 كانون الثاني 2018", "2018-01-18", "الخميس 18 كانون الثاني 2018"),
    ],
)
def test_a_day_marked_in_arabic_as_that_of_writing_is_stated(text: str, day: str, evidence: str) -> None:
    assert found(text) == (day, "stated", f"{evidence} (p1)")


ARABIC_MONTHS = {
    1: ("كانون الثاني", "يناير"), 2: ("شباط", "فبراير"), 3: ("آذار", "اذار", "مارس"), 4: ("نيسان", "أبريل", "إبريل"),
    5: ("أيار", "ايار", "مايو"), 6: ("حزيران", "يونيو", "يونية"), 7: ("تموز", "يوليو"), 8: ("آب", "أغسطس", "اغسطس"),
    9: ("أيلول", "سبتمبر"), 10: ("تشرين الأول", "تشرين الاول", "أكتوبر"), 11: ("تشرين الثاني", "نوفمبر"),
    12: ("كانون الأول", "ديسمبر"),
}  # fmt: skip


@pytest.mark.parametrize(("month", "name"), [(month, name) for month, names in ARABIC_MONTHS.items() for name in names])
def test_arabic_months_are_read_by_both_of_their_names(month: int, name: str) -> None:
    assert found(f"سيطرت القوات على البلدة في 17 من {name} عام 2017، ثم انسحبت")[:2] == (
        f"2017-{month:02}-17",
        "inferred",
    )


@pytest.mark.parametrize(
    "text",
    [
        "وقع ذلك يوم السبت 14 كانون الأول 2018 في حجين",
        "وقع ذلك في كانون الأول 2018",
        "وقع ذلك في 31 شباط 2018",
        "وقع ذلك في 5-6-2018",
    ],
)
def test_an_arabic_day_that_is_wrong_or_not_full_is_none(text: str) -> None:
    assert found(text) == ("", "unknown", "")


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("Aleppo, March 12 – The two parties kept to the agreement that was signed 1 May 2017.", ""),
        ("ALEPPO (March 12): it was signed on 1 May 2017.", ""),
        ("Deir Ezzor, 12 March -- it was signed on 1 May 2017.", ""),
        ("Monday, 12 March: it was signed on 1 May 2017.", ""),
        ("حلب، 12 آذار – وقع الاتفاق في 1 أيار 2017.", ""),
        ("Aleppo, March 12 – they came on 12 March 2018, and it was signed on 1 May 2018.", "2018-03-12"),
        ("Aleppo, March 12 – we write today, 13 March 2018.", "2018-03-13"),
        ("Aleppo, March 12, 2018 – it was signed on 1 May 2019.", "2018-03-12"),
        ("Since March 12 – it was signed on 1 May 2017 – they stayed.", "2017-05-01"),
        ("The town fell on March 12, and it was signed on 1 May 2017.", "2017-05-01"),
        ("In May 3 villages fell: it was signed on 1 May 2017.", "2017-05-01"),
    ],
)
def test_a_dateline_without_a_year_is_not_overridden_by_another_day(text: str, published: str) -> None:
    assert found(text)[0] == published


def test_only_the_head_of_a_report_has_a_dateline() -> None:
    passages = [("p1", "It fell on 1 May 2017."), ("p2", "More."), ("p3", "March 12: a shell fell.")]
    assert find_date(passages).published == "2017-05-01"


@pytest.mark.parametrize(
    ("published", "evidence", "expected"),
    [
        ("2018-01-18", "until today the 18th of January 2018 (p6)", True),
        ("2018-01-19", "until today the 18th of January 2018 (p6)", False),
        ("2018-01-19", "18 January 2018, 19 January 2018 (p6)", True),
        ("2018-01-18~", "18 January 2018 (p1)", True),
        ("2018-01", "18 January 2018 (p1)", True),
        ("2018-02", "18 January 2018 (p1)", False),
        ("2018-01-XX", "18 January 2018 (p1)", True),
        ("201X", "18 January 2018 (p1)", True),
        ("2018-01-10/2018-01-20", "18 January 2018 (p1)", True),
        ("2018-01-19/..", "18 January 2018 (p1)", False),
        ("../2018-01", "18 January 2018 (p1)", True),
        ("2018-12-14", "اليوم الجمعة ١٤ كانون الأول ٢٠١٨ (p1)", True),
        ("2018-12-15", "اليوم الجمعة ١٤ كانون الأول ٢٠١٨ (p1)", False),
        ("1989-02-06", "6 FEB 89 (p1)", True),
        ("1989-02-07", "6 FEB 89 (p1)", False),
        ("2018-01-19", "seeds/index.csv", True),
        ("2018-01-19", "", True),
        ("", "18 January 2018 (p1)", True),
    ],
)
def test_a_date_agrees_with_its_evidence_or_not(published: str, evidence: str, expected: bool) -> None:  # noqa: FBT001
    assert agrees(published, evidence) is expected


@given(st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2099, 12, 31)))
@settings(deadline=None, max_examples=100)
def test_what_is_found_agrees_with_its_own_evidence(day: date) -> None:
    published, _, evidence = found(f"It fell on {day.day} {day:%B} {day.year}, and they left.")
    assert published == day.isoformat()
    assert agrees(published, evidence)
    assert not agrees((day + dt.timedelta(1)).isoformat(), evidence)


def test_a_day_after_retrieval_is_left_out() -> None:
    text = "It fell on 1 May 2017, or 1 May 2071."
    assert found(text, "2018-01-01") == ("2017-05-01", "inferred", "1 May 2017 (p1)")


def test_a_stated_day_wins_over_a_later_one() -> None:
    passages = [("p1", "It fell on 2 May 2019."), ("p2", "We write today, 1 May 2018.")]
    assert find_date(passages) == ("2018-05-01", "stated", "today, 1 May 2018 (p2)")
