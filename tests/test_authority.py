"""What is said of names that cannot be told apart."""

from __future__ import annotations

import pytest

from readingroom.authority import check_ambiguous, check_authority
from readingroom.config import DEFAULT_KINDS
from readingroom.model import Entity, Mention

MERGE = "merge them:  readingroom names merge places/{} places/{}; if they are not one, give one of them a longer name"


def place(slug: str, name: str, *variants: str, within: str = "") -> Entity:
    return Entity(f"places/{slug}", f"content/places/{slug}.md", "place", name, variants, within=within)


def test_two_places_of_one_name_in_the_same_place_are_to_be_merged_or_renamed() -> None:
    entities = [place("homs", "Homs"), *(place(slug, "Tiba", within="homs") for slug in ("tiba", "tiba-2"))]
    [problem] = check_authority(entities, DEFAULT_KINDS)
    assert problem.message == '"Tiba" also names places/tiba'
    assert problem.hint == MERGE.format("tiba-2", "tiba")


@pytest.mark.parametrize(
    ("one", "other", "hint"),
    [
        ("homs", "homs", MERGE.format("b", "a")),
        ("homs", "hama", "name the containing"),
        ("", "", "add within:"),
    ],
)
def test_what_tells_two_bearers_of_a_spelling_apart_depends_on_where_they_lie(one: str, other: str, hint: str) -> None:
    bearers = [place("a", "Tiba Imam", "Tiba", within=one), place("b", "Tiba Garden", "Tiba", within=other)]
    mention = Mention("r", "p1", 0, 4, "Tiba", "place", "", "ambiguous", 0.5, ("may be places/a or places/b",))
    [problem] = check_ambiguous([mention], {entity.id: entity for entity in bearers})
    assert problem.hint.startswith(hint)
