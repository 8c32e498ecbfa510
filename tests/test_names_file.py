"""The names file: everything the names box needs, and nothing that could run or escape."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from readingroom.names_file import KindLabel, NameRow, flat, keys_of, names_scripts, rules_script, skeletons_of
from readingroom.romanise import RULES, key, skeleton

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS = (
    KindLabel("places", "place", "Place", "Places"),
    KindLabel("factions", "faction", "Faction", "Factions"),
)
HAJIN = NameRow("places/hajin", "Hajin", "هجين", "rtl", 3, ("Hajin", "Hajeen", "هجين"))
HTS = NameRow("factions/hts", "Hayat Tahrir al-Sham", "", "", 5, ("Hay’at Tahrir al-Sham", "HTS"))


def names_script(rows: Iterable[NameRow], reports: int = 1) -> str:
    [(name, script)] = names_scripts(rows, kinds=KINDS, reports=reports)
    assert name == "names.js"
    return script


def parsed(script: str) -> dict[str, Any]:
    """Read the object literal back: its keys are bare, all else is JSON."""
    body = script.removeprefix("(self.readingroom = self.readingroom || {}).names = ").removesuffix(";\n")
    found: dict[str, Any] = json.loads(
        re.sub(r"^\{\nreports: (\d+),\nkinds: ", r'{"reports":\1,"kinds":', body).replace(
            ",\nrows: [\n", ',"rows":[', 1
        )
    )
    return found


def test_the_most_mentioned_name_stands_first_with_all_a_reader_is_shown() -> None:
    names = parsed(names_script([HAJIN, HTS], reports=2))
    assert names["reports"] == 2
    assert names["kinds"] == [
        ["places", "place", "Place", "Places"],
        ["factions", "faction", "Faction", "Factions"],
    ]
    assert names["rows"][0][:6] == [
        "factions/hts",
        "Hayat Tahrir al-Sham",
        "",
        "",
        5,
        ["Hay’at Tahrir al-Sham", "HTS"],
    ]
    assert names["rows"][1][:6] == ["places/hajin", "Hajin", "هجين", "rtl", 3, ["Hajeen"]]


def test_the_order_of_rows_given_does_not_matter() -> None:
    assert names_script([HAJIN, HTS], reports=2) == names_script([HTS, HAJIN], reports=2)


def test_an_archive_without_names_has_a_names_file_too() -> None:
    assert parsed(names_script([], reports=0))["rows"] == []


def test_each_word_of_a_name_can_be_typed_first() -> None:
    keys = keys_of(["Abu Talha al-Almani"]).split()
    for typed in ("abu talha", "Talha", "al-Almani", "Almani", "elmani"):
        assert any(found.startswith(key(typed)) for found in keys), typed


def test_spellings_that_sound_alike_share_one_key() -> None:
    assert keys_of(["Deir ez-Zor", "Deir Ezzor", "Dayr az-Zawr"]).split()[0] == key("deir el zour")
    assert keys_of(["Hajin", "Hajeen", "Hajine"]) == key("Hajin")


def test_skeletons_too_short_to_tell_names_apart_are_left_out() -> None:
    assert skeletons_of(["Hama"]) == ""
    assert skeletons_of(["Raqqa", "Rakka"]) == skeleton("الرقة")
    assert skeletons_of(["Gharanij", "Gharaneej"]) == skeleton("Gharanij")


def test_names_in_arabic_script_have_no_key_and_do_no_harm() -> None:
    assert keys_of(["هيئة تحرير الشام"]) == ""


def test_the_rules_are_those_of_the_program() -> None:
    script = rules_script(json.dumps(RULES))
    body = script.removeprefix("(self.readingroom = self.readingroom || {}).romanisation = ").removesuffix(";\n")
    assert json.loads(body) == RULES


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=4), st.text(max_size=20))
def test_no_text_ends_the_script_and_every_text_comes_back(spellings: list[str], native: str) -> None:
    row = NameRow("places/x", spellings[0], native, "rtl", 1, tuple(spellings))
    script = names_script([row])
    assert "<" not in script
    assert not re.search("[\u2028\u2029]", script)
    found = parsed(script)["rows"][0]
    assert found[1] == spellings[0]
    assert {found[1], found[2], *found[5]} == {*spellings, native}


def many(count: int) -> list[NameRow]:
    names = ("Tal", "Kafr", "Umm", "Deir", "Khan", "Ain", "Bir")
    return [
        NameRow(
            f"places/n{number}",
            f"{names[number % 7]} al-Qasr {number}",
            f"هجين {number}" if number % 2 else "",
            "",
            number,
            (),
        )
        for number in range(count)
    ]


def inside(script: str) -> list[list[Any]]:
    found: list[list[Any]] = json.loads("[" + script.removesuffix(");\n").partition(", [")[2])
    return found


def test_a_large_archive_has_its_names_in_files_of_a_bounded_size() -> None:
    rows = many(1500)
    files = dict(names_scripts(rows, kinds=KINDS, reports=1))
    head = files.pop("names.js")
    assert len(head) < 4000
    assert "rows: [\n\n]" in head
    assert len(files) > 20
    assert max(map(len, files.values())) < 40_000
    assert all(re.fullmatch(r"[nb]-[a-z0-9_.]+\.js", name) for name in files)
    assert {row[0] for name, script in files.items() if name[0] == "n" for row in inside(script)} == {
        row.id for row in rows
    }


def test_a_new_name_changes_the_few_files_it_is_in() -> None:
    before = dict(names_scripts(many(1500), kinds=KINDS, reports=1))
    after = dict(names_scripts([*many(1500), NameRow("places/new", "Raml", "", "", 0, ())], kinds=KINDS, reports=1))
    assert 1 <= sum(after.get(name) != script for name, script in before.items()) <= 4
    assert len(after.keys() ^ before.keys()) <= 2


def test_the_order_of_many_rows_does_not_matter() -> None:
    rows = many(700)
    assert dict(names_scripts(rows, kinds=KINDS, reports=1)) == dict(names_scripts(rows[::-1], kinds=KINDS, reports=1))


def test_words_are_compared_without_signs_and_marks() -> None:
    assert flat("  Hay’at—Tahrir (al-Shām)  ") == "hayat tahrir al sham"
    assert flat("“ ” -") == ""
