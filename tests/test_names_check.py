"""A list of names against the reports: what occurs, where, how it is spelled there, how sure that is."""

from __future__ import annotations

import csv
import io
import json
import time
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from archives import chance, new_archive
from readingroom.cli_exchange import check_command
from readingroom.judgements import read_judgements
from readingroom.model import Entity, Passage, Report
from readingroom.names_check import Answer, Query, check, read_list
from readingroom.problems import ProblemsError

if TYPE_CHECKING:
    from pathlib import Path

    from archives import Archive

HAJIN = Entity(
    "places/hajin", "content/places/hajin.md", "place", "Hajin", ("Hajin Town", "HJN"), native=(("ar", "هجين"),)
)


def report(*paragraphs: str, id_: str = "2018-01-02-aaaaa1", title: str = "A headline") -> Report:
    passages = tuple(Passage(f"p{number}", text) for number, text in enumerate(paragraphs, 1))
    path = f"content/reports/{id_}.md"
    return Report(id_, path, title, "", "", "2018-01-02", "given", "", "", "en", None, (), publish=True,
                  paragraphs=passages)  # fmt: skip


def answer(name: str, *paragraphs: str, entities: tuple[Entity, ...] = ()) -> Answer:
    (found,) = check([Query(1, *_named(name))], [report(*paragraphs)], entities)
    return found


def _named(name: str) -> tuple[str, tuple[str, ...]]:
    first, *others = name.split("|")
    return first, tuple(others)


def seen(name: str, *paragraphs: str, entities: tuple[Entity, ...] = ()) -> list[tuple[str, bool]]:
    return [(each.text, each.sure) for each in answer(name, *paragraphs, entities=entities).occurrences]


# How names are found


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("Gharanij", "Shelling of Gharanij’s market.", [("Gharanij", True)]),
        ("Deir ez-Zor", "In DEIR EZ-ZOR and in Deir Ez–Zor.", [("DEIR EZ-ZOR", True), ("Deir Ez–Zor", True)]),
        ("Uqayribat", "They left the town of ‘Oqayribat.", [("Oqayribat", True)]),
        ("Al Tibah", "It hit al-Tiba at dawn.", [("al-Tiba", True)]),
        ("Gharanij", "It hit Gharanig at dawn.", [("Gharanig", False)]),
        ("Hajin", "It hit Hujayn at dawn.", [("Hujayn", False)]),
        ("Hajin", "It hit Homs at dawn.", []),
        ("Hama", "The Hamas office, the Hamad desert.", []),
        ("Hamam", "Fighting in Abu Hamam.", [("Hamam", False)]),
        ("March", "They march on in March.", [("march", False), ("March", True)]),
        ("IS", "This is what IS says.", [("IS", True)]),
        ("the organization", "Members of the organization left.", [("the organization", True)]),
        ("Eastern Ghouta", "Shelling of Western Ghouta.", []),
        ("هجين", "في بلدة هجين شرق الفرات", [("هجين", True)]),
        ("Hajin|Sousa", "From Sousa to Hajin.", [("Sousa", True), ("Hajin", True)]),
        ("Uqayribat", "CLASHES IN OQAYRIBAT TOWN", [("OQAYRIBAT", True)]),
    ],
)
def test_a_name_is_found_as_a_reader_would(name: str, text: str, found: list[tuple[str, bool]]) -> None:
    assert seen(name, text) == found


def test_other_spellings_of_a_listed_name_are_found_and_said_to_be_that() -> None:
    (found,) = answer("Hajeen", "Nothing in HJN today.", entities=(HAJIN,)).occurrences
    assert (found.text, found.how, found.entity) == ("HJN", "a spelling of places/hajin", "places/hajin")


def test_an_arabic_name_is_found_by_the_latin_spellings_of_its_entity() -> None:
    assert seen("هجين", "Shelling of Hajin.", entities=(HAJIN,)) == [("Hajin", True)]
    assert seen("هجين", "Shelling of Hajin.") == []


def test_a_spelling_of_two_listed_names_brings_in_the_spellings_of_neither() -> None:
    other = Entity("factions/hajin", "content/factions/hajin.md", "faction", "Hajin", ("Free Men",))
    assert seen("Hajin", "HJN and Free Men met in Hajin.", entities=(HAJIN, other)) == [("Hajin", True)]


def test_of_several_ways_to_match_one_place_the_best_counts() -> None:
    (found,) = answer("Hajin", "Shelling of Hajin Town.", entities=(HAJIN,)).occurrences
    assert (found.text, found.how) == ("Hajin", "as listed")


def test_what_people_judged_the_same_or_not_always_wins() -> None:
    made = [report("Hamoud, Hajeen and Daesh left.")]
    judged, _ = read_judgements("- {same: [Daesh, ISIS]}\n- {not_same: [Hajin, Hajeen]}\n")
    answers = check([Query(1, "ISIS"), Query(2, "Hajin")], made, (), judgements=judged)
    assert [(each.text, each.how) for each in answers[0].occurrences] == [("Daesh", "judged the same as ISIS")]
    assert answers[1].occurrences == ()


def test_two_names_of_the_list_may_stand_in_one_place() -> None:
    answers = check([Query(1, "Hajin"), Query(2, "Hajeen")], [report("In Hajin.")], ())
    assert [[each.text for each in found.occurrences] for found in answers] == [["Hajin"], ["Hajin"]]


def test_the_headline_is_searched_and_the_sentence_is_given() -> None:
    made = report("One. It hit Hajin (at dawn). Two.", title="Hajin hit")
    (found,) = check([Query(1, "Hajin")], [made], ())
    assert [(each.passage.anchor, each.sentence) for each in found.occurrences] == [
        ("title", "Hajin hit"),
        ("p1", "It hit Hajin (at dawn)."),
    ]


@given(st.text("Hajin ’'-–\u0301\u00a0.ß", max_size=40))
@settings(deadline=None, max_examples=150)
def test_offsets_count_the_passages_own_characters(noise: str) -> None:
    text = f"{noise} in Gharanij town"
    found = [each for each in answer("Gharanij", text).occurrences if each.sure]
    assert [text[each.start : each.end] for each in found] == ["Gharanij"]


def test_a_thousand_names_in_many_reports_take_seconds() -> None:
    random = chance(1)
    names = ["".join(random.choice("btdrsn") + random.choice("aeiou") for _ in range(4)).title() for _ in range(1000)]
    texts = [
        " ".join(f"Shelling of {random.choice(names)} went on until the evening of that day." for _ in range(20))
        for _ in range(400)
    ]
    began = time.monotonic()
    answers = check([Query(1, name) for name in names], [report(*texts)], ())
    assert sum(len(each.occurrences) for each in answers) >= 8000
    assert time.monotonic() - began < 20


# Lists


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("list.csv", "Hajin\nSousa | Susah\n\n", [(1, "Hajin", ()), (2, "Sousa", ("Susah",))]),
        ("list.txt", "name\nAl-Hassan, Suhail\n", [(1, "name", ()), (2, "Al-Hassan, Suhail", ())]),
        ("list.csv", 'name\n"Hassan, S."\n', [(2, "Hassan, S.", ())]),
        ("list.csv", "no;name\n1;Hajin\n", [(2, "Hajin", ())]),
        ("list.csv", "who,when\nHajin,2018\n", [(2, "Hajin", ())]),
        ("list.csv", "id,name,variants,native\na,Hajin,Hajeen,ar=هجين\n", [(2, "Hajin", ("Hajeen", "هجين"))]),
        ("list.csv", "", []),
    ],
)
def test_lists_are_read_in_the_forms_people_have_them(
    tmp_path: Path, file: str, text: str, expected: list[tuple[int, str, tuple[str, ...]]]
) -> None:
    (tmp_path / file).write_text(text, encoding="utf-8-sig")
    queries, problems = read_list(tmp_path / file)
    assert [tuple(query) for query in queries] == expected
    assert problems == []


# The command


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = new_archive(tmp_path / "archive", plain=False)
    archive.entity("places/hajin", "Hajin", "HJN")
    archive.report("2018-01-02-aaaaa1", "=Shelling of Hajin. All of HJN fled.")
    archive.report("2018-01-03-bbbbb2", "Nothing in Hajin.", publish="false")
    (archive.root / "list.csv").write_text("Hajin\nHujayn\nSousa\n")
    return archive


def run(archive: Archive, *arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(check_command, [str(archive.root / "list.csv"), *arguments], obj=archive.root)
    if isinstance(done.exception, ProblemsError):
        return 1, done.stdout, str(done.exception)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


def test_the_answer_says_what_occurs_where_and_what_does_not(archive: Archive) -> None:
    code, said, _ = run(archive)
    assert code == 0
    assert "Hajin: 3 times in 2 reports\n  2018-01-02-aaaaa1#p1  Hajin  (as listed)\n    =Shelling of Hajin." in said
    assert "Hujayn: possibly" in said
    assert "Sousa: not found" in said
    assert said.endswith("1 found, 1 possible, 1 not found\n")


def test_the_table_lists_every_occurrence_and_is_safe_in_a_spreadsheet(archive: Archive) -> None:
    out = archive.root / "found.csv"
    code, said, _ = run(archive, "--csv", str(out))
    assert (code, said) == (
        0,
        f"wrote 5 occurrences of 3 names to {out}\n1 found, 1 possible, 1 not found\n",
    )
    text = out.read_text(encoding="utf-8-sig")
    listed = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [(row["name"], row["found"], row["spelling"], row["report"][-6:], row["public"]) for row in listed] == [
        ("Hajin", "yes", "Hajin", "aaaaa1", "yes"),
        ("Hajin", "yes", "HJN", "aaaaa1", "yes"),
        ("Hajin", "yes", "Hajin", "bbbbb2", "no"),
        ("Hujayn", "possible", "Hajin", "aaaaa1", "yes"),
        ("Hujayn", "possible", "Hajin", "bbbbb2", "no"),
        ("Sousa", "no", "", "", ""),
    ]
    assert listed[0]["sentence"] == "'=Shelling of Hajin."
    assert run(archive, "--csv", str(out))[0] == 1


def test_json_has_one_name_a_line(archive: Archive) -> None:
    answers = [json.loads(line) for line in run(archive, "--json")[1].splitlines()]
    assert [(each["name"], each["found"], len(each["occurrences"])) for each in answers] == [
        ("Hajin", "yes", 3),
        ("Hujayn", "possible", 2),
        ("Sousa", "no", 0),
    ]
    first = answers[0]["occurrences"][0]
    assert (first["report"], first["paragraph"], first["start"], first["end"]) == ("2018-01-02-aaaaa1", "p1", 13, 18)
