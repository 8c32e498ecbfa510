"""What is said of names that cannot be told apart, and of reports in which none can be found."""

from __future__ import annotations

import pytest

from readingroom.authority import check_ambiguous, check_authority, check_scripts
from readingroom.config import DEFAULT_KINDS
from readingroom.model import Card, Entity, Mention

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


def report(key: str, language: str, title: str) -> Card:
    return Card(key, f"content/reports/{key}.md", title, "", "", language, publish=True, original="", sha256="")


def test_reports_in_letters_that_no_name_is_written_in_are_told_of_once_a_language() -> None:
    arabic = [report(f"a{number}", "ar", "قتل ثلاثة مدنيين") for number in range(3)]
    reports = [report("e", "en", "Three civilians"), *arabic, report("r", "ru", "Погибли мирные")]
    latin, native = place("hajin", "Hajin"), place("sousa", "Sousa", "السوسة")
    first, second = check_scripts([latin], reports)
    assert (first.path, second.path) == ("content/reports/a0.md", "content/reports/r.md")
    more = ", nor in 2 more reports in this language"
    assert first.message == f"no name in its letters can be found here{more}: none is listed"
    assert "native: {ar: …}" in first.hint
    assert second.message == "no name in its letters can be found here: none is listed"
    assert [problem.path for problem in check_scripts([latin, native], reports)] == ["content/reports/r.md"]
    assert check_scripts([], reports) == []
    english = [report(f"e{number}", "en", title) for number, title in enumerate(("داعش", "Two villages", "Three"))]
    assert check_scripts([latin], english) == []
