"""The authority as a table and back: nothing is lost, only what was changed is written, faults are said by line."""

from __future__ import annotations

import json
from string import printable
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from archives import new_archive, tree
from readingroom.cells import (
    join_list,
    join_table,
    plain,
    read_table,
    safe,
    split_list,
    split_table,
    write_table,
)
from readingroom.cli_exchange import export_command, import_command
from readingroom.config import DEFAULT_KINDS
from readingroom.edits import Authority
from readingroom.entity_file import entity_text
from readingroom.model import Entity, Point
from readingroom.problems import ProblemsError
from readingroom.spreadsheet import COLUMNS, changes, rows

if TYPE_CHECKING:
    from pathlib import Path

    from archives import Archive
    from readingroom.cells import Row

HAJIN = """---
name: Hajin # as printed
variants: [Hajeen, 'Ha|jin']
native:   {ar: هجين}
within: deir
at: {lat: 34.690, lon: 40.83, precision: village, source: "a, b"}
not: [factions/guards]
ids: {wikidata: Q5639989, geonames: 174506}
reviewed: 2026-11-22
---

A town.

Its second = paragraph.
"""
DEIR = "---\r\nname: Deir Valley\r\n---\r\n"
GUARDS = "---\nname: =SUM(A1)\nrefers:\n- the guards\n- |\n  two\n  lines\npublish: false\n---\nNote"
TALHA = "---\nname: Abu Talha\nrole: a commander\nreviewed: 2026-01-01\n---\n"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = new_archive(tmp_path / "archive", plain=False)
    archive.write("content/places/hajin.md", HAJIN)
    archive.write("content/places/deir.md", DEIR)
    archive.write("content/factions/guards.md", GUARDS)
    archive.write("content/commanders/talha.md", TALHA)
    return archive


def run(archive: Archive, command: str, *arguments: object) -> tuple[int, str, str]:
    which = export_command if command == "export" else import_command
    done = CliRunner().invoke(which, [str(item) for item in arguments], obj=archive.root)
    if isinstance(done.exception, ProblemsError):
        return 1, done.stdout, str(done.exception)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


def exported(archive: Archive) -> tuple[Path, list[Row]]:
    path = archive.root / "names.csv"
    assert run(archive, "export", path, "--overwrite")[0] == 0
    _, table, problems = read_table(path)
    assert problems == []
    return path, table


def save(path: Path, table: list[Row], *new: dict[str, str]) -> None:
    text = write_table(COLUMNS, [*(row.cells for row in table), *new])
    path.write_text(text, encoding="utf-8-sig", newline="")


def changed(archive: Archive, id_: str, *new: dict[str, str], **cells: str) -> tuple[int, str, str]:
    """Export, change cells of one row, add rows, import."""
    path, table = exported(archive)
    for row in table:
        if row.cells["id"] == id_:
            row.cells.update(cells)
    save(path, table, *new)
    return run(archive, "import", path)


# Cells


@given(st.text(printable + "'=+-@|\\\tهجين"))
@settings(deadline=None, max_examples=200)
def test_a_cell_made_safe_reads_back_the_same_and_starts_no_formula(text: str) -> None:
    assert plain(safe(text)) == text
    assert safe(text)[:1] not in set("=+@\t\r")


@given(st.lists(st.text("ab|\\= ,\"'هج", min_size=1).map(str.strip).filter(bool)))
@settings(deadline=None, max_examples=200)
def test_a_list_in_a_cell_reads_back_the_same(texts: list[str]) -> None:
    assert split_list(join_list(texts)) == tuple(texts)


@given(
    st.dictionaries(
        st.text("ab|\\=", min_size=1, max_size=3), st.text("ab|\\= ,هج", max_size=5).map(str.strip), max_size=4
    )
)
@settings(deadline=None, max_examples=200)
def test_a_table_in_a_cell_reads_back_the_same(pairs: dict[str, str]) -> None:
    assert split_table(join_table(pairs)) == pairs


def test_semicolons_and_windows_lines_as_spreadsheets_save_them_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes('\ufeffid;Name\r\nplaces/a;"A;\r\nB"\r\n\r\nplaces/b;C;;\r\n'.encode())
    columns, table, problems = read_table(path)
    assert (columns, problems) == (["id", "name"], [])
    assert [(row.line, row.cells["name"]) for row in table] == [(2, "A;\nB"), (5, "C")]


def test_a_table_that_lost_its_letters_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes("id,name\nplaces/a,Café\n".encode("cp1252"))
    with pytest.raises(ProblemsError, match="CSV UTF-8"):
        read_table(path)


# The round trip


def test_export_shows_every_key_and_starts_no_formula(archive: Archive) -> None:
    path, table = exported(archive)
    hajin = next(row.cells for row in table if row.cells["id"] == "places/hajin")
    assert set(hajin) == set(COLUMNS)
    assert hajin["variants"] == "Hajeen | Ha\\|jin"
    assert (hajin["native"], hajin["ids"]) == ("ar=هجين", "wikidata=Q5639989 | geonames=174506")
    assert (hajin["lat"], hajin["precision"], hajin["source"]) == ("34.690", "village", "a, b")
    assert hajin["note"] == "A town.\n\nIts second = paragraph."
    assert ",'=SUM(A1)," in path.read_text(encoding="utf-8-sig")


def test_export_to_standard_output_is_the_same_table(archive: Archive) -> None:
    path, _ = exported(archive)
    assert run(archive, "export")[1] == path.read_text(encoding="utf-8-sig")


def test_export_does_not_overwrite_an_edited_table(archive: Archive) -> None:
    path, _ = exported(archive)
    path.write_text("edited")
    code, _, problems = run(archive, "export", path)
    assert code == 1
    assert "exists already" in problems
    assert path.read_text() == "edited"


def test_importing_what_was_exported_changes_no_byte(archive: Archive) -> None:
    before = tree(archive.root / "content")
    path, _ = exported(archive)
    code, said, problems = run(archive, "import", path)
    assert (code, said, problems) == (0, "nothing to change\n", "")
    assert tree(archive.root / "content") == before
    assert not (archive.root / "build/decisions.jsonl").exists()


WORDS = (
    st.text("abcÉهج '\"|\\=:#[]{},-\n", min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)
)
ENTITIES = st.builds(
    Entity,
    id=st.just("places/one"),
    path=st.just("content/places/one.md"),
    kind=st.just("place"),
    name=WORDS,
    variants=st.lists(WORDS, max_size=3).map(tuple),
    native=st.lists(st.tuples(st.sampled_from(["ar"]), WORDS), max_size=1).map(tuple),
    at=st.none() | st.builds(Point, st.floats(-90, 90), st.floats(-180, 180), st.just("village"), WORDS),
    refers=st.lists(WORDS, max_size=2).map(tuple),
    ids=st.lists(st.tuples(st.sampled_from(["wikidata"]), WORDS), max_size=1).map(tuple),
    role=WORDS | st.just(""),
    reviewed=st.sampled_from(["", "2026-11-22"]),
    publish=st.booleans(),
    note=st.lists(WORDS, max_size=2).map("\n\n".join),
)


@given(ENTITIES, st.sampled_from(["\n", "\r\n"]))
@settings(deadline=None, max_examples=150)
def test_a_round_trip_loses_nothing_whatever_the_entity(
    tmp_path_factory: pytest.TempPathFactory, entity: Entity, newline: str
) -> None:
    text = entity_text(entity).replace("\n", newline)
    authority = Authority({entity.id: text}, DEFAULT_KINDS)
    listed, problems = rows(authority)
    assert problems == []
    path = tmp_path_factory.getbasetemp() / "names.csv"
    path.write_text(write_table(COLUMNS, listed), encoding="utf-8-sig", newline="")
    columns, table, faults = read_table(path)
    assert faults == []
    assert changes(columns, table, authority, path.name) == ([], [])
    (made,) = changes(columns, table, Authority({}, DEFAULT_KINDS), path.name).edits
    again, _ = rows(Authority({entity.id: made.after}, DEFAULT_KINDS))
    assert again == listed


@pytest.mark.parametrize(
    ("cells", "old", "new"),
    [
        ({"name": "Hajjin"}, "name: Hajin # as printed", "name: Hajjin # as printed"),
        ({"variants": "Hajeen | H2"}, "variants: [Hajeen, 'Ha|jin']", "variants: [Hajeen, H2]"),
        ({"variants": ""}, "variants: [Hajeen, 'Ha|jin']\n", ""),
        ({"native": "ar=هجين | ku=Hecîn"}, "native:   {ar: هجين}", "native: {ar: هجين, ku: Hecîn}"),
        ({"lat": "34,7"}, "{lat: 34.690,", "{lat: 34.7,"),
        ({"ids": "wikidata=Q1"}, "{wikidata: Q5639989, geonames: 174506}", "{wikidata: Q1}"),
        ({"publish": "FALSE"}, "reviewed: 2026-11-22\n", "reviewed: 2026-11-22\npublish: false\n"),
        ({"role": "a town"}, "reviewed: 2026-11-22\n", "role: a town\nreviewed: 2026-11-22\n"),
        ({"note": "Other."}, "\nA town.\n\nIts second = paragraph.\n", "Other.\n"),
    ],
)
def test_a_changed_cell_changes_that_key_only(archive: Archive, cells: dict[str, str], old: str, new: str) -> None:
    before = tree(archive.root / "content")
    code, _, problems = changed(archive, "places/hajin", **cells)
    assert (code, problems) == (0, "")
    after = tree(archive.root / "content")
    assert {path for path in after if after[path] != before[path]} == {"places/hajin.md"}
    assert archive.read("content/places/hajin.md") == HAJIN.replace(old, new)


def test_what_a_spreadsheet_rewrites_without_meaning_it_is_no_change(archive: Archive) -> None:
    code, said, _ = changed(archive, "places/hajin", lat="34.69", publish="TRUE", variants="Hajeen|Ha\\|jin|")
    assert (code, said) == (0, "nothing to change\n")


def test_rows_taken_out_of_the_table_and_columns_left_out_change_nothing(archive: Archive) -> None:
    before = tree(archive.root / "content")
    path = archive.root / "few.csv"
    path.write_text("id,within\nplaces/hajin,deir\n")
    assert run(archive, "import", path)[1] == "nothing to change\n"
    path.write_text("id,within\nplaces/hajin,\n")
    assert run(archive, "import", path)[0] == 0
    assert tree(archive.root / "content")["places/hajin.md"] == HAJIN.replace("within: deir\n", "").encode()
    assert before.keys() == tree(archive.root / "content").keys()


def test_a_new_row_makes_a_new_file(archive: Archive) -> None:
    new = {"id": "place", "name": "Tal Sh’ayr", "variants": "Tell Shair", "within": "deir", "note": "A hill."}
    assert changed(archive, "", new)[0] == 0
    text = archive.read("content/places/tal-shayr.md")
    assert text == "---\nname: Tal Sh’ayr\nvariants: [Tell Shair]\nwithin: deir\n---\nA hill.\n"


def test_a_new_row_may_lie_in_another_new_row(archive: Archive) -> None:
    first, second = {"id": "places/b", "name": "B", "within": "a"}, {"id": "places/a", "name": "A"}
    assert changed(archive, "", first, second)[0] == 0
    assert "within: a" in archive.read("content/places/b.md")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"id": "places/x"}, "places/x has no name"),
        ({"id": "", "name": "X"}, "has no id"),
        ({"id": "rivers/x", "name": "X"}, 'id "rivers/x" belongs to no kind'),
        ({"id": "places/../x", "name": "X"}, "cannot be an address"),
        ({"id": "places/other", "name": "X", "within": "nowhere"}, 'within "nowhere": no such place'),
        ({"id": "places/x", "name": "X", "native": "هجين"}, "native is no table"),
        ({"id": "places/x", "name": "X", "lat": "north", "lon": "1", "precision": "village"}, "at needs lat and lon"),
        ({"id": "places/x", "name": "X", "reviewed": "22/11/2026"}, "is no date"),
        ({"id": "places/x", "name": "Deir Valley"}, "also names"),
        ({"id": "place", "name": "Hajin"}, "has a file already"),
        ({"id": "places/hajin", "name": "Hajin"}, "stands twice"),
        ({"id": "commanders/x", "name": "X"}, "is a commander and not reviewed"),
    ],
)
def test_a_faulty_row_is_a_problem_with_its_line_and_the_rest_goes_on(
    archive: Archive, row: dict[str, str], said: str
) -> None:
    before = tree(archive.root / "content")
    path, table = exported(archive)
    save(path, table, row, {"id": "places/good", "name": "Good"})
    line = path.read_text(encoding="utf-8-sig").count("\n") - 1
    code, _, problems = run(archive, "import", path)
    assert code == 1
    assert f"names.csv:{line}: " in problems
    assert said in problems
    after = tree(archive.root / "content")
    assert after.pop("places/good.md") == b"---\nname: Good\n---\n"
    assert after == before


def test_a_persons_review_cannot_be_taken_away_in_a_table(archive: Archive) -> None:
    code, _, problems = changed(archive, "commanders/talha", reviewed="")
    assert code == 1
    assert "not reviewed" in problems
    assert archive.read("content/commanders/talha.md") == TALHA


def test_a_column_nobody_knows_is_a_warning(archive: Archive) -> None:
    path = archive.root / "x.csv"
    path.write_text("id,variants,withn\nplaces/hajin,Hajeen|Ha\\|jin,deir\n")
    code, _, warned = run(archive, "import", path)
    assert code == 0
    assert 'the column "withn" is not read' in warned
    assert "did you mean within?" in warned


def test_a_dry_run_shows_what_would_change_and_writes_nothing(archive: Archive) -> None:
    path, table = exported(archive)
    table[-1].cells["within"] = ""
    save(path, table)
    before = tree(archive.root / "content")
    said = run(archive, "import", path, "--dry-run")[1]
    assert "--- a/content/places/hajin.md" in said
    assert "-within: deir" in said
    assert tree(archive.root / "content") == before


def test_an_import_can_be_undone(archive: Archive) -> None:
    from readingroom.decision_log import undo  # noqa: PLC0415 - what it needs is heavy

    before = tree(archive.root / "content")
    assert changed(archive, "places/hajin", {"id": "places/new", "name": "New"}, within="")[0] == 0
    assert tree(archive.root / "content") != before
    undo(archive.root)
    assert tree(archive.root / "content") == before


def test_nothing_is_written_through_a_link(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "outside.md").write_text(TALHA)
    path, table = exported(archive)
    for row in table:
        row.cells.update({"role": "other"} if row.cells["id"] == "commanders/talha" else {})
    save(path, table)
    (archive.root / "content/commanders/talha.md").unlink()
    (archive.root / "content/commanders/talha.md").symlink_to(tmp_path / "outside.md")
    code, _, problems = run(archive, "import", path)
    assert code == 1
    assert "symbolic link" in problems
    assert (tmp_path / "outside.md").read_text() == TALHA


# OpenRefine


def test_what_openrefine_judged_matched_is_written_and_the_rest_proposed(archive: Archive) -> None:
    path = archive.root / "refine.csv"
    path.write_text(
        "name,Wikidata,judgment,score\n"
        "Deir Valley,Q233914,matched,99\nAbu Talha,https://www.wikidata.org/wiki/Q7,none,40\n"
        "=SUM(A1),Q8,new,1\nHajin,,none,\nNobody,Q9,matched,100\n"
    )
    out = archive.root / "proposed.csv"
    code, _, warned = run(archive, "import", path, "--out", out)
    assert code == 0
    deir = (archive.root / "content/places/deir.md").read_bytes()
    assert deir == b"---\r\nname: Deir Valley\r\nids: {wikidata: Q233914}\r\n---\r\n"
    assert '"Nobody" names no entity' in warned
    assert archive.read("content/commanders/talha.md") == TALHA
    _, table, _ = read_table(out)
    assert [(row.cells["accept"], row.cells["id"], row.cells["value"]) for row in table] == [
        ("", "commanders/talha", "Q7")
    ]
    assert "judged none, score 40" in table[0].cells["why"]


def test_openrefines_json_without_judgements_is_only_proposed(archive: Archive) -> None:
    path = archive.root / "refine.json"
    path.write_text(json.dumps({"rows": [{"id": "places/deir", "label": "x", "qid": "Q1"}, {"id": "", "qid": None}]}))
    before = tree(archive.root / "content")
    out = archive.root / "proposed.csv"
    assert run(archive, "import", path, "--out", out)[0] == 0
    assert tree(archive.root / "content") == before
    assert [row.cells["value"] for row in read_table(out)[1]] == ["Q1"]


def test_a_row_of_openrefines_json_is_named_by_its_line(archive: Archive) -> None:
    path = archive.root / "refine.json"
    rows = ['{"name": "Hajin", "qid": "Q1", "judgment": "matched"}', '{"name": "Nowhere", "qid": "Q2"}']
    path.write_text('{"rows": [\n  ' + ",\n\n  ".join(rows) + "\n]}\n")
    assert 'refine.json:4: warning: "Nowhere" names no entity' in run(archive, "import", path)[2]


def test_an_id_a_file_has_already_is_not_replaced_by_openrefines(archive: Archive) -> None:
    path = archive.root / "refine.csv"
    path.write_text("id,name,qid,judgment\n,Nowhere,Q9,matched\nplaces/hajin,Hajin,Q1,matched\n")
    code, _, warned = run(archive, "import", path)
    assert code == 0
    assert 'refine.csv:2: warning: "Nowhere" names no entity' in warned
    assert "refine.csv:3: warning: places/hajin has ids.wikidata already" in warned
    assert archive.read("content/places/hajin.md") == HAJIN
