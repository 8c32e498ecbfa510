"""The names file: everything the names box needs, and nothing that could run or escape."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from readingroom.names_file import KindLabel, NameRow, keys_of, names_script, rules_script, skeletons_of
from readingroom.romanise import RULES, key, skeleton

KINDS = (
    KindLabel("places", "place", "Place", "Places"),
    KindLabel("factions", "faction", "Faction", "Factions"),
)
HAJIN = NameRow("places/hajin", "Hajin", "هجين", "rtl", 3, ("Hajin", "Hajeen", "هجين"))
HTS = NameRow("factions/hts", "Hayat Tahrir al-Sham", "", "", 5, ("Hay’at Tahrir al-Sham", "HTS"))


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
    names = parsed(names_script([HAJIN, HTS], kinds=KINDS, reports=2))
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
    assert names_script([HAJIN, HTS], kinds=KINDS, reports=2) == names_script([HTS, HAJIN], kinds=KINDS, reports=2)


def test_an_archive_without_names_has_a_names_file_too() -> None:
    assert parsed(names_script([], kinds=KINDS, reports=0))["rows"] == []


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
    script = names_script([row], kinds=KINDS, reports=1)
    assert "<" not in script
    assert not re.search("[\u2028\u2029]", script)
    found = parsed(script)["rows"][0]
    assert found[1] == spellings[0]
    assert {found[1], found[2], *found[5]} == {*spellings, native}
