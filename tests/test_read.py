from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readingroom.authority import check_authority, lineage
from readingroom.config import DEFAULT_KINDS
from readingroom.model import Change, Entity, Original, Point
from readingroom.read import ENTITY_KEYS, REPORT_KEYS, read_changes, read_entity, read_page, read_report

REPORT = """---
title: ISIS attacks Hajin
dek: A deck
publisher: The Monitor
published: 2018-01-18
date_basis: stated
date_evidence: today the 18th of January 2018 (p2)
source: https://example.org/1
language: en
original: {path: a.txt, sha256: abc}
cleaning:
  - {step: dehyphenate, count: 1, words: [[disap- pearances, disappearances]]}
  - {step: junk, count: 1, lines: [Read More]}
publish: false
---
First paragraph.

Second paragraph.
"""


def test_a_report_file_is_read_whole() -> None:
    report, problems = read_report(REPORT, "content/reports/2018-01-18-aaaaaa.md")
    assert not problems
    assert report is not None
    assert (report.id, report.title, report.dek) == ("2018-01-18-aaaaaa", "ISIS attacks Hajin", "A deck")
    assert (report.published, report.date_basis, report.publish) == ("2018-01-18", "stated", False)
    assert report.original == Original("a.txt", "abc")
    assert [(step.step, step.times, step.words, step.lines) for step in report.cleaning] == [
        ("dehyphenate", 1, (("disap- pearances", "disappearances"),), ()),
        ("junk", 1, (), ("Read More",)),
    ]
    assert [(passage.anchor, passage.text) for passage in report.passages] == [
        ("title", "ISIS attacks Hajin"),
        ("dek", "A deck"),
        ("p1", "First paragraph."),
        ("p2", "Second paragraph."),
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title: ISIS attacks Hajin\n", "", "title is missing"),
        ("2018-01-18", "2018-13-01", '"2018-13-01" is no date'),
        ("stated", "sure", 'date_basis cannot be "sure"'),
        ("https://", "ftp://", "source is no web address: ftp://example.org/1"),
        (", sha256: abc", "", "original needs path and sha256"),
        ("count: 1, words", "cuont: 1, words", "a cleaning step needs step and count"),
        ("publish: false", "publish: no", "publish must be true or false"),
        ("dek: A deck", "dek: [a]", "dek must be text"),
        ("language: en\n", "language: english!!\n", '"english!!" is no language tag'),
        ("language: en\n", "language: en_GB\n", '"en_GB" is no language tag'),
        ("title: ISIS attacks Hajin", "titel: ISIS attacks Hajin", 'unknown key "titel"'),
    ],
)
def test_a_faulty_report_is_left_out_with_its_problem(old: str, new: str, message: str) -> None:
    assert old in REPORT
    report, problems = read_report(REPORT.replace(old, new, 1), "content/reports/x.md")
    assert report is None
    assert [problem.message for problem in problems] == [message]


@pytest.mark.parametrize(
    ("basis", "date", "warned"),
    [("stated", "2018-01-19", True), ("inferred", "2018-02", True), ("stated", "2018-01", False),
     ("given", "2018-01-19", False), ("stated", "2018-01-18", False)],
)  # fmt: skip
def test_a_date_that_is_not_the_day_its_evidence_names_is_a_warning(basis: str, date: str, warned: bool) -> None:  # noqa: FBT001
    text = REPORT.replace("published: 2018-01-18", f"published: {date}").replace("stated", basis)
    report, problems = read_report(text, "content/reports/x.md")
    assert report is not None
    found = [(problem.line, problem.severity, problem.message) for problem in problems]
    assert found == [(7, "warning", f"the date is {date}, but its evidence names another day")] * warned


def test_every_fault_of_a_file_is_listed_at_once() -> None:
    text = "---\ntitel: a\npublished: soon\ndate_basis: sure\n---\nText.\n"
    _, problems = read_report(text, "content/reports/x.md")
    assert {problem.line for problem in problems} == {2, 3, 4}


ENTITY = """---
name: Hayat Tahrir al-Sham
variants: [Hayaat Tahrir Al-Sham, HTS]
native: {ar: هيئة تحرير الشام}
at: {lat: 35.93, lon: 36.63, precision: village, source: a map}
refers: [the organization]
not: [factions/isis]
ids: {wikidata: Q1}
reviewed: 2026-11-22
reviewed_by: Ana
---
A note.
"""


def test_an_entity_file_is_read_whole() -> None:
    entity, problems = read_entity(ENTITY, "content/factions/hts.md", "faction")
    assert not problems
    assert entity == Entity(
        id="factions/hts",
        path="content/factions/hts.md",
        kind="faction",
        name="Hayat Tahrir al-Sham",
        variants=("Hayaat Tahrir Al-Sham", "HTS"),
        native=(("ar", "هيئة تحرير الشام"),),
        at=Point(35.93, 36.63, "village", "a map"),
        refers=("the organization",),
        distinct_from=("factions/isis",),
        ids=(("wikidata", "Q1"),),
        reviewed="2026-11-22",
        reviewed_by="Ana",
        note="A note.",
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("lat: 35.93", "lat: north", "at needs lat and lon as numbers"),
        ("lat: 35.93", "lat: 95", "no such point on earth: 95.0, 36.63"),
        ("precision: village", "precision: town", 'precision cannot be "town"'),
        ("[Hayaat Tahrir Al-Sham, HTS]", "HTS", "variants must be a list of texts"),
        ("{wikidata: Q1}", "Q1", "ids must be a table of texts"),
        ("{wikidata: Q1}", "{wikidata: }", "ids says nothing for wikidata"),
        ("{ar: هيئة تحرير الشام}", "{ar: }", "native says nothing for ar"),
        ("{ar: هيئة تحرير الشام}", "{arabic!: x}", '"arabic!" is no language tag'),
        ("source: a map", "sauce: a map", 'unknown key "sauce" of at'),
        ("name: Hayat", "nmae: Hayat", 'unknown key "nmae"'),
        ("name: Hayat Tahrir al-Sham\n", "", "name is missing"),
        ("reviewed: 2026-11-22", "reviewed: yesterday", '"yesterday" is no date'),
    ],
)
def test_a_faulty_entity_is_left_out_with_its_problem(old: str, new: str, message: str) -> None:
    assert old in ENTITY
    entity, problems = read_entity(ENTITY.replace(old, new, 1), "content/factions/hts.md", "faction")
    assert entity is None
    assert [problem.message for problem in problems] == [message]


@pytest.mark.parametrize(
    ("key", "value"),
    [("name", "{}"), ("variants", "[Hajin, {}]"), ("native", "{{ar: {}}}"), ("refers", "[{}]")],
)
def test_a_name_that_is_a_text_is_a_problem_with_its_line(key: str, value: str) -> None:
    for length in (1_000, 1_001):
        lines = ["---", *([] if key == "name" else ["name: Hajin"]), f"{key}: {value.format('x' * length)}", "---", ""]
        entity, problems = read_entity("\n".join(lines), "content/places/hajin.md", "place")
        message = f"{key} holds 1,001 characters; a name may have 1,000"
        assert [(problem.line, problem.message) for problem in problems] == (
            [] if length == 1_000 else [(2 if key == "name" else 3, message)]
        )
        assert (entity is None) == (length == 1_001)


def test_every_fault_of_an_entity_file_is_listed_at_once() -> None:
    text = "---\nname: Hajin\nnative: x\nat: {lat: x}\nids: x\nrefers: x\nreviewed: x\npublish: x\n---\n"
    _, problems = read_entity(text, "content/places/hajin.md", "place")
    assert sorted(problem.line for problem in problems) == [3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize("date", ["2026-31-21", "yesterday", "2026-02-30"])
def test_a_change_needs_a_date_that_the_calendar_has(date: str) -> None:
    row = "- {date: 2026-11-22, kind: correction, of: a, note: b}\n"
    text = row + row.replace("2026-11-22", date)
    changes, (problem,) = read_changes(text, "content/changes.yaml")
    assert [line for _, line in changes] == [1]
    assert (problem.line, problem.message) == (2, f'"{date}" is no date')


def test_changes_are_read_and_faulty_ones_reported() -> None:
    row = "- {date: 2026-11-22, kind: correction, of: a, note: b}\n"
    text = row + row.replace("correction", "error") + "- x\n"
    changes, problems = read_changes(text, "content/changes.yaml")
    assert changes == [(Change("2026-11-22", "correction", "a", "b"), 1)]
    assert [problem.line for problem in problems] == [2, 3]


def entity(slug: str, within: str = "", name: str = "") -> Entity:
    return Entity(id=f"places/{slug}", path=f"content/places/{slug}.md", kind="place", name=name or slug, within=within)


def test_a_circle_of_places_is_found() -> None:
    problems = check_authority([entity("a", "b"), entity("b", "a")], DEFAULT_KINDS)
    assert {problem.message for problem in problems} == {"lies within itself"}


def test_two_places_of_one_name_may_stand_if_something_tells_them_apart() -> None:
    syria, iraq = entity("syria"), entity("iraq")
    twins = [entity("sinjar-idlib", "syria", "Sinjar"), entity("sinjar-nineveh", "iraq", "Sinjar")]
    assert check_authority([syria, iraq, *twins], DEFAULT_KINDS) == []
    same = [entity("sinjar-1", "syria", "Sinjar"), entity("sinjar-2", "syria", "Sinjar")]
    assert len(check_authority([syria, *same], DEFAULT_KINDS)) == 1


def test_lineage_goes_up_and_ends_in_a_circle() -> None:
    places = {item.id: item for item in (entity("hajin", "deir"), entity("deir", "syria"), entity("syria"))}
    assert [item.id for item in lineage(places["places/hajin"], places)] == ["places/deir", "places/syria"]
    round_trip = {item.id: item for item in (entity("a", "b"), entity("b", "a"))}
    assert len(lineage(round_trip["places/a"], round_trip)) == 2


def test_an_image_in_a_page_or_a_note_is_warned_of_where_it_stands() -> None:
    text = "---\n{key}: About\n---\nText, `![code](a.png)`.\n\nA map:\n![Map](map.png)\n\n![Photo][1]\n\n[1]: p.jpg\n"
    page, found = read_page(text.format(key="title"), "content/about.md")
    assert page is not None
    assert [(one.line, one.severity, one.message) for one in found] == [
        (6, "warning", "an image, which no page shows"),
        (9, "warning", "an image, which no page shows"),
    ]
    entity, found = read_entity(text.format(key="name"), "content/places/x.md", "place")
    assert entity is not None
    assert [one.line for one in found] == [6, 9]


@given(st.dictionaries(st.sampled_from((*REPORT_KEYS, *ENTITY_KEYS, "x")), st.text(max_size=20), max_size=6))
def test_no_value_makes_the_readers_fail(values: dict[str, str]) -> None:
    text = "---\n" + "".join(f"{key}: {value}\n" for key, value in values.items()) + "---\nText.\n"
    read_report(text, "content/reports/x.md")
    read_entity(text, "content/places/x.md", "place")
    read_page(text, "content/x.md")
