from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readingroom.clean import clean
from readingroom.dates import display, parse_edtf, sort_key
from readingroom.dating import find_date

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


def test_a_day_after_retrieval_is_left_out() -> None:
    text = "It fell on 1 May 2017, or 1 May 2071."
    assert found(text, "2018-01-01") == ("2017-05-01", "inferred", "1 May 2017 (p1)")


def test_a_stated_day_wins_over_a_later_one() -> None:
    passages = [("p1", "It fell on 2 May 2019."), ("p2", "We write today, 1 May 2018.")]
    assert find_date(passages) == ("2018-05-01", "stated", "today, 1 May 2018 (p2)")
