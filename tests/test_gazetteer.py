"""Gazetteers read, their places matched with those of an authority, proposals reviewed and accepted."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from archives import new_archive, tree
from readingroom.cli_exchange import import_command
from readingroom.gazetteer import format_of, places
from readingroom.model import Entity, Mention, Point
from readingroom.placing import Judge, Neighbours, Verdict, bare, match
from readingroom.problems import Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archives import Archive
    from readingroom.gazetteer import Place


def line(number: int, name: str, at: tuple[float, float], code: str = "PPL", **more: str) -> str:
    """One line of a GeoNames country file."""
    feature = "A" if code.startswith(("ADM", "PCL")) else "P"
    cells = [
        str(number), name, name, more.get("others", ""), str(at[0]), str(at[1]), feature, code, "XX", "",
        more.get("province", ""), more.get("district", ""), "", "", more.get("people", "0"), "", "", "", "2020-01-01",
    ]  # fmt: skip
    return "\t".join(cells) + "\n"


NORTH, SOUTH = {"province": "01"}, {"province": "02"}
COUNTRY = "".join(
    [
        line(1, "Xland", (33.0, 39.0), "PCLI"),
        line(2, "Northern Province", (36.0, 40.0), "ADM1", others="North Valley,Shamal", **NORTH),
        line(3, "South Valley Governorate", (32.0, 38.0), "ADM1", **SOUTH),
        line(10, "Ţayyibah", (36.1, 40.1), others="At Tayyibah,الطيبة", **NORTH),
        line(11, "Tayyibah", (32.1, 38.1), people="900", **SOUTH),
        line(12, "Hajin", (36.2, 40.2), **NORTH),
        line(13, "Sousa", (32.05, 38.05), **SOUTH),
        line(14, "Sousa", (36.15, 40.15), **NORTH),
        line(15, "Kharayij", (36.3, 40.3), others="Gharanij,غرانيج", **NORTH),
        line(16, "Kharayij Far", (40.0, 44.0), others="Lonely", **NORTH),
    ]
)


@pytest.fixture
def country(tmp_path: Path) -> Path:
    path = tmp_path / "XX.txt"
    path.write_text(COUNTRY, encoding="utf-8")
    return path


def place(slug: str, name: str, *variants: str, within: str = "", at: Point | None = None) -> Entity:
    return Entity(f"places/{slug}", f"content/places/{slug}.md", "place", name, variants, within=within, at=at)


def verdicts(entities: Sequence[Entity], gazetteer: Sequence[Place], together: str = "") -> dict[str, Verdict]:
    """Judge entities; `together` are the slugs that one paragraph names."""
    named = [
        Mention("r", "p1", 40 * number, 40 * number + 5, slug, "place", f"places/{slug}", "reviewed", 1.0, ())
        for number, slug in enumerate(together.split())
    ]
    judge = Judge(entities, match(entities, gazetteer), Neighbours(named))
    return {verdict.entity.slug: verdict for verdict in judge.verdicts()}


def position(verdict: Verdict) -> tuple[float, float]:
    return verdict.candidate.place.lat, verdict.candidate.place.lon


# Reading


def test_a_geonames_country_file_gives_names_ranks_and_the_divisions_places_lie_in(country: Path) -> None:
    assert format_of(country) == "geonames"
    found = {each.ids[0][1]: each for each in places(country, "geonames", [])}
    assert found["1"].rank == "country"
    assert (found["2"].rank, found["2"].own, found["2"].parents) == ("province", "XX.01", ("XX",))
    assert found["10"].names == ("Ţayyibah", "At Tayyibah", "الطيبة")
    assert (found["10"].rank, found["10"].parents) == ("village", ("XX.01", "XX"))


def test_lines_that_are_no_places_are_passed_over_and_one_that_lies_nowhere_is_named(tmp_path: Path) -> None:
    path = tmp_path / "XX.txt"
    path.write_text("a\tb\n" + line(1, "", (1, 1)) + line(2, "Nowhere", (99, 1)) + line(3, "Here", (1, 1)))
    problems: list[Problem] = []
    assert [each.name for each in places(path, "geonames", problems)] == ["Here"]
    assert [str(each).split("\n")[0] for each in problems] == ["XX.txt:3: Nowhere lies nowhere: lat 99, lon 1"]


def test_a_country_is_read_as_downloaded_in_its_zip(country: Path) -> None:
    packed = country.with_suffix(".zip")
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(country, "XX.txt")
        archive.writestr("readme.txt", "Terms")
    assert list(places(packed, format_of(packed), [])) == list(places(country, "geonames", []))


def test_a_zip_without_a_country_is_refused(tmp_path: Path) -> None:
    packed = tmp_path / "XX.zip"
    packed.write_bytes(b"no zip")
    with pytest.raises(ProblemsError, match="unpack it"):
        format_of(packed)


WOF = {
    "type": "Feature",
    "properties": {
        "wof:id": 5, "wof:name": "Hajin", "wof:placetype": "locality", "geom:latitude": 36.2, "geom:longitude": 40.2,
        "name:ara_x_preferred": ["هجين"], "wof:hierarchy": [{"region_id": 2, "county_id": -1, "locality_id": 5}],
        "wof:concordances": {"wd:id": "Q5", "gn:id": 12}, "edtf:deprecated": "uuuu",
    },
    "geometry": {"type": "Point", "coordinates": [40.0, 36.0]},
}  # fmt: skip


@pytest.mark.parametrize("form", ["collection", "list", "file", "folder"])
def test_whos_on_first_is_read_in_every_form_it_comes_in(form: str, tmp_path: Path) -> None:
    path = tmp_path / "data.geojson"
    if form == "folder":
        path = tmp_path / "data"
        (path / "1").mkdir(parents=True)
        (path / "1/5.geojson").write_text(json.dumps(WOF))
        (path / "1/5-alt-quattroshapes.geojson").write_text(json.dumps(WOF))
    else:
        value = {"collection": {"type": "FeatureCollection", "features": [WOF]}, "list": [WOF], "file": WOF}[form]
        path.write_text(json.dumps(value, indent=1))
    (found,) = places(path, format_of(path), [])
    assert (found.name, found.lat, found.lon, found.rank) == ("Hajin", 36.2, 40.2, "village")
    assert found.names == ("Hajin", "هجين")
    assert found.ids == (("whosonfirst", "5"), ("wikidata", "Q5"), ("geonames", "12"))
    assert found.parents == ("2",)


def test_deprecated_records_and_those_without_a_position_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "x.geojson"
    gone = {**WOF, "properties": {**WOF["properties"], "edtf:deprecated": "2020-01-01"}}  # type: ignore[dict-item]
    nameless = {"type": "Feature", "properties": {"name": "Somewhere"}, "geometry": None}
    path.write_text(json.dumps([gone, nameless]))
    assert list(places(path, "whosonfirst", [])) == []


def test_a_json_file_longer_than_what_is_held_at_once_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "big.json"
    rows = [{"id": n, "name": f"Place {n}", "lat": 1.5, "lon": 2.5, "names": {"x": ["y" * 500]}} for n in range(5000)]
    path.write_text(json.dumps(rows))
    assert path.stat().st_size > 2 << 20
    assert [each.name for each in places(path, "whosonfirst", [])] == [row["name"] for row in rows]


def test_a_json_file_that_is_cut_off_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "cut.json"
    path.write_text('[{"id": 1, "name": "A", "lat": 1, "lon": 1}, {"id": 2, "na')
    with pytest.raises(ProblemsError, match="not valid JSON"):
        list(places(path, "whosonfirst", []))


def test_a_plain_table_needs_name_and_position_only(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("Name;lat;lon;within;id;names\nHajin;36,2;40,2;North;geonames=12;Hajeen|هجين\n;1;1;;;\nX;;;;;\n")
    assert format_of(path) == "csv"
    (found,) = places(path, "csv", [])
    assert (found.names, found.lat, found.parents) == (("Hajin", "Hajeen", "هجين"), 36.2, ("North",))
    assert found.ids == (("geonames", "12"),)


def test_each_faulty_row_of_a_plain_table_is_named_with_its_line_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(
        "name,lat,lon,precision\nA,x,40,\nB,36,400,\n,,,\nC,,,\n,1,1,\nD,36,40,town\nE,36,40,District\nF,36,,\n"
    )
    problems: list[Problem] = []
    (found,) = places(path, "csv", problems)
    assert (found.name, found.rank, found.ranked) == ("E", "district", True)
    assert [str(each).split("\n")[0] for each in problems] == [
        "own.csv:2: A lies nowhere: lat x, lon 40",
        "own.csv:3: B lies nowhere: lat 36, lon 400",
        "own.csv:5: warning: C has no position",
        "own.csv:6: has no name",
        'own.csv:7: D: precision cannot be "town"',
        "own.csv:9: F lies nowhere: lat 36, lon empty",
    ]


def test_a_file_that_is_no_gazetteer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("colour,size\n")
    with pytest.raises(ProblemsError, match="no gazetteer"):
        format_of(path)


# Judging


def test_the_province_that_the_file_names_decides_between_places_of_one_name(country: Path) -> None:
    gazetteer = list(places(country, "geonames", []))
    entities = [place("north-valley", "North Valley"), place("tiba", "al-Tayyibah", within="north-valley")]
    found = verdicts(entities, gazetteer)
    assert position(found["tiba"]) == (36.1, 40.1)
    assert found["tiba"].sureness == "sure"
    assert "in North Valley" in found["tiba"].why


def test_nearness_to_what_the_paragraph_names_decides_where_no_province_does(country: Path) -> None:
    gazetteer = list(places(country, "geonames", []))
    entities = [place("sousa", "Sousa"), place("hajin", "Hajin", at=Point(36.2, 40.2, "village", ""))]
    found = verdicts(entities, gazetteer, "hajin sousa")
    assert position(found["sousa"]) == (36.15, 40.15)
    assert found["sousa"].sureness == "sure"
    assert "named in the same paragraph" in found["sousa"].why


def test_a_place_just_found_helps_to_find_the_next(country: Path) -> None:
    found = verdicts(
        [place("sousa", "Sousa"), place("hajin", "Hajin")], list(places(country, "geonames", [])), "hajin sousa"
    )
    assert position(found["sousa"]) == (36.15, 40.15)


def test_it_is_only_probable_where_the_second_is_nearly_as_near(country: Path) -> None:
    middle = place("middle", "Middle", at=Point(34.2, 39.15, "village", ""))
    found = verdicts([place("sousa", "Sousa"), middle], list(places(country, "geonames", [])), "middle sousa")
    assert found["sousa"].sureness == "probably"
    assert len(found["sousa"].others) == 1


def test_several_places_and_nothing_to_tell_them_apart_is_left_to_people(country: Path) -> None:
    found = verdicts([place("sousa", "Sousa")], list(places(country, "geonames", [])))
    assert found["sousa"].sureness == "unclear"


def test_a_place_in_another_province_than_the_file_says_is_not_it(country: Path) -> None:
    entities = [place("south", "South Valley"), place("north", "North Valley"), place("hajin", "Hajin", within="south")]
    assert verdicts(entities, list(places(country, "geonames", [])))["hajin"].sureness == "unclear"


def test_a_name_the_gazetteer_does_not_put_first_counts_only_nearby(country: Path) -> None:
    gazetteer = list(places(country, "geonames", []))
    hajin = place("hajin", "Hajin", at=Point(36.2, 40.2, "village", ""))
    found = verdicts([hajin, place("a", "Gharanij"), place("b", "Lonely")], gazetteer, "hajin a b")
    assert (found["a"].sureness, found["b"].sureness) == ("sure", "probably")


def test_a_known_position_tells_which_place_it_is(country: Path) -> None:
    gazetteer = list(places(country, "geonames", []))
    here, away = Point(32.1, 38.1, "village", ""), Point(10.0, 10.0, "village", "")
    found = verdicts([place("here", "Tayyibah", at=here), place("away", "Hajin", at=away)], gazetteer)
    assert found["here"].candidate.place.ids == (("geonames", "11"),)
    assert found["away"].sureness == "unclear"


def test_what_a_division_is_called_is_no_part_of_its_name() -> None:
    assert [bare(name) for name in ("south valley governorate", "province", "muhafazat halab")] == [
        "south valley",
        "province",
        "halab",
    ]


# Proposing and accepting


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = new_archive(tmp_path / "archive", plain=False)
    archive.entity("places/north", "North Valley")
    archive.entity("places/hajin", "Hajin", reviewed="2026-01-01")
    archive.write(
        "content/places/sousa.md", "---\r\nname: Sousa # as printed\r\nids:   {wikidata: Q7}\r\n---\r\nA note."
    )
    archive.entity("commanders/tayyibah", "Tayyibah")
    archive.report("2018-01-02-aaaaa1", "Shelling hit Hajin and Sousa.")
    return archive


def run(archive: Archive, *arguments: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(import_command, [str(item) for item in arguments], obj=archive.root)
    if isinstance(done.exception, ProblemsError):
        return 1, done.stdout, str(done.exception)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def test_proposals_go_to_a_file_for_review_and_nothing_else_changes(archive: Archive, country: Path) -> None:
    before = tree(archive.root / "content")
    out = archive.root / "proposed.csv"
    code, said, _ = run(archive, country, "--out", out)
    assert code == 0
    assert "names import --accept" in said
    assert tree(archive.root / "content") == before
    found = {(row["id"], row["field"]): row for row in rows(out)}
    assert found["places/hajin", "at"]["value"] == "lat=36.2 | lon=40.2 | precision=village"
    assert found["places/hajin", "at"]["accept"] == "yes"
    assert found["places/hajin", "within"]["value"] == "north"
    assert found["places/hajin", "ids.geonames"]["value"] == "12"
    assert not any(id_.startswith("commanders/") for id_, _ in found)


def test_what_a_file_brings_is_told_in_rows_and_in_names(archive: Archive, country: Path) -> None:
    said = run(archive, country, "--out", archive.root / "proposed.csv")[1]
    assert "wrote 8 proposals to " in said
    assert "proposed.csv, for 3 names: 3 sure\n" in said


def test_a_table_without_precision_leaves_it_to_the_person_who_accepts(archive: Archive) -> None:
    own, out = archive.root / "own.csv", archive.root / "proposed.csv"
    own.write_text("name,lat,lon\nHajin,36.2,40.2\n")
    code, _, warned = run(archive, own, "--out", out)
    assert code == 0
    assert "own.csv: warning: gives no precision for 1 position\n" in warned
    (row,) = rows(out)
    assert (row["accept"], row["confidence"], row["value"]) == ("", "sure", "lat=36.2 | lon=40.2 | precision=")
    text = out.read_text(encoding="utf-8-sig").replace("\n,", "\nyes,")
    out.write_text(text)
    code, _, problems = run(archive, "--accept", out)
    assert code == 1
    assert "proposed.csv:2: the position of places/hajin has no precision\n" in problems
    out.write_text(text.replace("precision=", "precision=village"))
    assert run(archive, "--accept", out)[0] == 0
    assert "precision: village, source: own.csv}" in archive.read("content/places/hajin.md")


def test_a_suggestion_gets_no_proposal_and_is_named(archive: Archive) -> None:
    archive.report("2018-01-03-bbbbb2", "Clashes broke out in the village of Gharanij. The town of Gharanij fell.")
    own, out = archive.root / "own.csv", archive.root / "proposed.csv"
    own.write_text("name,lat,lon,precision,within\nHajin,36.2,40.2,village,Gharanij\nGharanij,36,40,district,\n")
    code, _, warned = run(archive, own, "--out", out)
    assert "own.csv: warning: nothing is proposed for Gharanij: only a suggestion\n    accept it first" in warned
    assert [(row["id"], row["field"]) for row in rows(out)] == [("places/hajin", "at")]
    assert (code, run(archive, "--accept", out)[0]) == (0, 0)


def test_of_many_faulty_lines_the_first_are_named(archive: Archive) -> None:
    own = archive.root / "own.csv"
    own.write_text("name,lat,lon\n" + "Hajin,north,east\n" * 30)
    code, _, problems = run(archive, own)
    assert (code, problems.count("Hajin lies nowhere")) == (1, 20)
    assert "own.csv: 10 more lines are left out\n" in problems


def test_an_earlier_review_is_not_overwritten(archive: Archive, country: Path) -> None:
    out = archive.root / "proposed.csv"
    out.write_text("mine")
    code, _, problems = run(archive, country, "--out", out)
    assert code == 1
    assert "exists already" in problems
    assert out.read_text() == "mine"
    assert run(archive, country, "--out", out, "--overwrite")[0] == 0


def test_accepting_writes_what_says_yes_and_keeps_every_other_byte(archive: Archive, country: Path) -> None:
    out = archive.root / "proposed.csv"
    run(archive, country, "--out", out)
    assert run(archive, "--accept", out)[0] == 0
    assert archive.read("content/places/hajin.md") == (
        "---\nname: Hajin\nwithin: north\nat: {lat: 36.2, lon: 40.2, precision: village, source: GeoNames 12}\n"
        "ids: {geonames: 12}\nreviewed: 2026-01-01\n---\n"
    )
    assert (archive.root / "content/places/sousa.md").read_bytes() == (
        b"---\r\nname: Sousa # as printed\r\nwithin: north\r\n"
        b"at: {lat: 36.15, lon: 40.15, precision: village, source: GeoNames 14}\r\n"
        b"ids: {wikidata: Q7, geonames: 14}\r\n---\r\nA note."
    )
    again = archive.root / "again.csv"
    assert "nothing to change" in run(archive, country, "--out", again)[1]
    assert not again.exists()


def test_a_dry_run_writes_nothing_at_all(archive: Archive, country: Path) -> None:
    out = archive.root / "proposed.csv"
    assert "places/hajin\tat" in run(archive, country, "--dry-run", "--out", out)[1]
    assert not out.exists()
    run(archive, country, "--out", out)
    before = tree(archive.root / "content")
    code, said, _ = run(archive, "--accept", out, "--dry-run")
    assert (code, tree(archive.root / "content")) == (0, before)
    assert "+within: north" in said


def proposals(archive: Archive, *lines: str) -> Path:
    path = archive.root / "proposed.csv"
    path.write_text("accept,id,name,field,value,source,confidence,why\n" + "".join(f"{each}\n" for each in lines))
    return path


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["perhaps,places/hajin,,within,north,,,"], 'accept cannot be "perhaps"'),
        (["yes,places/gone,,within,north,,,"], 'no entity "places/gone"'),
        (["yes,places/hajin,,within,nowhere,,,"], 'within "nowhere": no such place'),
        (["yes,places/hajin,,name,Other,,,"], 'field cannot be "name"'),
        (["yes,places/hajin,,at,lat=99 | lon=1 | precision=village,,,"], "no such point on earth"),
        (["yes,places/hajin,,ids.a,1,,,", "yes,places/hajin,,ids.a,2,,,"], "two values for ids.a"),
        (["yes,places/hajin,,within,,,,"], "has no value"),
    ],
)
def test_a_faulty_row_is_a_problem_and_the_rest_goes_on(archive: Archive, lines: list[str], said: str) -> None:
    path = proposals(archive, *lines, "yes,places/sousa,,within,north,,,")
    code, _, problems = run(archive, "--accept", path)
    assert code == 1
    assert said in problems
    assert "within: north" in archive.read("content/places/sousa.md")
    assert archive.read("content/places/hajin.md") == "---\nname: Hajin\nreviewed: 2026-01-01\n---\n"


def test_what_a_file_has_by_now_is_left_as_it_is(archive: Archive) -> None:
    code, _, warned = run(archive, "--accept", proposals(archive, "yes,places/sousa,,ids.wikidata,Q8,,,"))
    assert code == 0
    assert "places/sousa has ids.wikidata already" in warned
    assert "Q7" in archive.read("content/places/sousa.md")


def test_proposals_are_not_written_unless_asked_to_accept(archive: Archive) -> None:
    code, _, problems = run(archive, proposals(archive, "yes,places/hajin,,within,north,,,"))
    assert code == 1
    assert "names import --accept" in problems


def test_json_says_what_is_proposed_and_why(archive: Archive, country: Path) -> None:
    answer = json.loads(run(archive, country, "--dry-run", "--json")[1])
    assert answer["written"] == []
    assert {item["confidence"] for item in answer["proposals"] if item["id"] == "places/hajin"} == {"sure"}
    assert answer["problems"] == []
