"""Which spellings are one name, which a person is asked about, and which are kept apart."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readingroom.romanise import fold, key
from readingroom.spelling_distance import JOIN, SUGGEST, apart, distance, is_short_acronym, may_join, may_suggest

SAME = [
    ("Deir Ezzor", "Deir ez-Zor"),
    ("Hayaat Tahrir Al-Sham", "Hay’at Tahrir al-Sham"),
    ("Khaled", "Khalid"),
    ("Sheikh Miskin", "Shaykh Meskeen"),
    ("Al-Baghuz", "Baghouz"),
    ("Jaysh al-Islam", "Jeish El Islam"),
]
NEAR = [
    ("Uqayribat", "Oqeirbat"),
    ("Hajin", "Hujayn"),
    ("Theban", "Dhiban"),
    ("Jamal", "Jamil"),
    ("Abu al-Duhur", "Abu az Zuhur"),
]
OTHER = [
    ("Hama", "Homs"),
    ("Idlib", "Aleppo"),
    ("Eastern Ghouta", "Western Ghouta"),
    ("Tiba al-Kabirah", "Tiba al-Saghirah"),
    ("1st Brigade", "2nd Brigade"),
    ("SDF", "SAF"),
    ("Mosul", "Mossad"),
]
LETTERS = st.text(alphabet="abdeghiklmnoqrstuyz' -ABM", min_size=1, max_size=14)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_usual_romanisations_of_one_name_join(one: str, other: str) -> None:
    assert may_join(one, other)


@pytest.mark.parametrize(("one", "other"), NEAR)
def test_near_spellings_are_asked_about_and_never_joined(one: str, other: str) -> None:
    assert may_suggest(one, other)
    assert not may_join(one, other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_different_names_are_not_even_asked_about(one: str, other: str) -> None:
    assert not may_suggest(one, other)


@pytest.mark.parametrize(("one", "other"), [("Hamoud", "Hamouda"), ("Abbas", "Abbasi"), ("Karim", "Karima")])
def test_a_last_vowel_makes_another_name(one: str, other: str) -> None:
    assert not may_join(one, other)


def test_numbers_and_directions_keep_names_apart() -> None:
    assert apart("105th Battalion", "106th Battalion")
    assert apart("Upper Qarnaz", "Qarnaz")
    assert not apart("The Qarnaz", "Qarnaz")


@pytest.mark.parametrize(("one", "other"), [("المدينة", "المدينة"), ("هجين", "غرانيج")])
def test_a_script_without_romanisation_is_compared_as_written(one: str, other: str) -> None:
    assert may_join(one, other) == (one == other)
    assert distance(one, other) == float(one != other)


@settings(deadline=None, max_examples=200)
@given(LETTERS, LETTERS)
def test_distance_is_symmetric_bounded_and_nothing_for_the_same(one: str, other: str) -> None:
    assert distance(one, other) == pytest.approx(distance(other, one))
    assert 0 <= distance(one, other) <= 1
    assert distance(one, one) == 0


@given(LETTERS, LETTERS, st.text(alphabet="aeioudhjkgqstxzy", max_size=2), st.integers(0, 14))
@settings(max_examples=300)
def test_to_look_no_further_than_the_limit_changes_no_answer(one: str, head: str, change: str, place: int) -> None:
    for other in (head, one[:place] + change + one[place + 1 :], head + one, f"al{one}"):
        kept_apart = is_short_acronym(one) or is_short_acronym(other) or apart(one, other)
        alike = key(one) == key(other) != ""
        for asked, limit in ((may_join, JOIN), (may_suggest, SUGGEST)):
            near = not kept_apart and (alike or distance(one, other) <= limit)
            assert asked(one, other) == (fold(one) == fold(other) or near)


@settings(deadline=None, max_examples=200)
@given(LETTERS, LETTERS)
def test_what_may_be_joined_may_be_suggested(one: str, other: str) -> None:
    assert not may_join(one, other) or may_suggest(one, other)
    assert may_join(one, other) == may_join(other, one)


def test_the_limit_of_suggestions_keeps_neighbouring_places_of_syria_apart() -> None:
    names = ("Aleppo", "Idlib", "Hama", "Homs", "Daraa", "Raqqa", "Damascus", "Latakia", "Tartus", "Quneitra")
    near = [(a, b) for a in names for b in names if a < b and distance(a, b) <= SUGGEST]
    assert near == []
