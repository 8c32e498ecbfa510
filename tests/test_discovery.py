"""What discovery finds in texts of many kinds, and what it promises whatever the text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readingroom.config import DEFAULT_KINDS, Kind
from readingroom.discovery import Scan, Votes, decide, mentions, proposals, revive, scan
from readingroom.discovery.chunks import TOKEN, cutter
from readingroom.discovery.lines import read_line
from readingroom.model import TITLE_MADE, CleaningStep, Entity, Mention, Passage, Report
from readingroom.read import read_report
from readingroom.recognise import Recogniser

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests" / "cases" / "discovery"
KINDS = (*DEFAULT_KINDS, Kind("operation", "operations", "Operation", "Operations"))
CLASS = {"commander": "person"}


class Case(NamedTuple):
    """A text with the names marked in it, each with its class; `any` is for what need not be found."""

    name: str
    paragraphs: tuple[str, ...]
    expected: tuple[tuple[str, str], ...]
    allowed: frozenset[str]
    known_failure: bool


def read_cases(path: Path) -> Iterator[Case]:
    head, _, failures = path.read_text(encoding="utf-8").partition("\n# Known failures\n")
    for part, known_failure in ((head, False), (failures, True)):
        for section in re.split(r"^## ", part, flags=re.MULTILINE)[1:]:
            name, _, body = section.partition("\n")
            lines = [line[2:] for line in body.splitlines() if line.startswith("> ")]
            marked = re.findall(r"\[([^\]]+)\]\((\w+)\)", "\n".join(lines))
            yield Case(
                f"{path.stem}: {name}",
                tuple(re.sub(r"\[([^\]]+)\]\(\w+\)", r"\1", line) for line in lines),
                tuple((text, sort) for text, sort in marked if sort != "any"),
                frozenset(text for text, sort in marked if sort == "any"),
                known_failure,
            )


def all_cases() -> list[object]:
    cases = [case for path in sorted(CASES.glob("*.md")) for case in read_cases(path)]
    assert cases
    return [pytest.param(case, id=case.name, marks=[pytest.mark.xfail] if case.known_failure else []) for case in cases]


def report(*paragraphs: str, name: str = "r1", title: str = "", publisher: str = "") -> Report:
    passages = tuple(Passage(f"p{number}", text) for number, text in enumerate(paragraphs, 1))
    return Report(
        id=name, path="", title=title, dek="", publisher=publisher, published="", date_basis="unknown",
        date_evidence="", source="", language="en", original=None, cleaning=(), publish=True, paragraphs=passages,
    )  # fmt: skip


def found(*reports: Report, kinds: Sequence[Kind] = KINDS, known: Sequence[Mention] = ()) -> list[Mention]:
    scans = [scan(each, [one for one in known if one.report == each.id], kinds) for each in reports]
    votes = decide(scans)
    return [mention for each in scans for mention in mentions(each, votes, kinds)]


def only(mentions_: Sequence[Mention], text: str) -> Mention:
    (mention,) = {mention[4:]: mention for mention in mentions_ if mention.text == text}.values()
    return mention


@pytest.mark.parametrize("marks", ['"."', "“,”", '", "', '"freedom", "dignity" and "bread"'])
def test_quotation_marks_around_nothing_are_no_name(marks: str) -> None:
    assert scan(report(f"They wrote {marks} on walls in Hajin."), (), KINDS).report


@pytest.mark.parametrize("case", all_cases())
def test_names_are_found_with_their_class(case: Case) -> None:
    got = [(each.text, CLASS.get(each.kind, each.kind)) for each in found(report(*case.paragraphs)) if each.kind]
    assert [item for item in got if item[0] not in case.allowed] == list(case.expected)


def own_reports() -> list[Report]:
    reports = []
    for path in sorted((ROOT / "content" / "reports").glob("*.md")):
        read, problems = read_report(path.read_text(encoding="utf-8"), str(path))
        assert read, problems
        reports.append(read)
    return reports


@pytest.mark.parametrize(
    ("name", "kind", "entity"),
    [
        ("Gharanij", "place", "places/gharanij"),
        ("Hajin", "place", "places/hajin"),
        ("SDF", "faction", "factions/sdf"),
        ("Hayaat Tahrir Al-Sham", "faction", "factions/hayaat-tahrir-al-sham"),
        ("Hayyaat Tahrir al-Sham", "faction", "factions/hayaat-tahrir-al-sham"),
        ("“Al-Jazeera Storm” Operation", "operation", "operations/al-jazeera-storm"),
        ("Abu Talha al-Almani", "commander", "commanders/abu-talha-al-almani"),
    ],
)
def test_this_archives_reports_give_their_names_with_no_authority_at_all(name: str, kind: str, entity: str) -> None:
    found_here = {each[5:7] for each in found(*own_reports()) if each.text == name}
    assert found_here == {(kind, entity)}


def test_the_commander_of_this_archives_headline_is_found() -> None:
    names = {each.text.casefold(): each.kind for each in found(*own_reports())}
    assert names["suhail al-hassan"] == "commander"


def test_quotation_marks_around_a_mark_are_no_name() -> None:
    assert {each.text for each in found(report("They wrote “,” and “.” on the walls of Hama."))} == {"Hama"}


@given(st.text(alphabet="aB1é’'-.,(“_ \n\t\u00a0\u0301", max_size=30))
def test_a_line_cut_chunk_by_chunk_is_the_line_cut_at_once(text: str) -> None:
    line, matches = read_line("p1", text, cutter("en")), [*TOKEN.finditer(text)]
    assert line.words == tuple(each[0] for each in matches)
    assert line.starts == tuple(each.start() for each in matches)
    spots = [each.span() for each in matches]
    assert [line.touches(place) for place in range(1, len(spots))] == [a[1] == b[0] for a, b in pairwise(spots)]


def test_a_name_without_evidence_waits_for_review_without_a_kind() -> None:
    mention = only(found(report("They recalled Qarnaz again.")), "Qarnaz")
    assert (mention.kind, mention.entity, mention.status) == ("", "", "withheld")
    assert mention.why == ("no evidence of what it is",)


def test_reasons_are_plain_words() -> None:
    mention = only(found(report("Clashes in the villages of Hajin, Gharanij and al-Bahra.")), "Gharanij")
    assert mention.why == ("named in a list with Hajin",)


@pytest.mark.parametrize(("text", "why"), [("Umm Haffur", "begins with “Umm”"), ("Om Haffur", "begins with “Om”")])
def test_a_reason_names_the_word_it_found(text: str, why: str) -> None:
    assert why in only(found(report(f"Clashes broke out in the village of {text}.")), text).why


def test_a_person_is_never_suggested_for_publication() -> None:
    text = "The commander Abu Omar al-Ansari and President Bashar Saleh met Rima Khaled, who was wounded."
    assert {each.status for each in found(report(text))} == {"withheld"}
    assert {each.kind for each in found(report(text))} == {"commander", "person"}


def test_only_a_person_with_an_office_is_proposed_as_a_commander() -> None:
    text = "Colonel Samir Haddad said that Rima Khaled, who was wounded, had fled."
    got = found(report(text))
    assert only(got, "Samir Haddad").kind == "commander"
    assert (only(got, "Rima Khaled").kind, only(got, "Rima Khaled").entity) == ("person", "")


def test_a_civil_body_waits_for_review_where_the_archive_has_no_kind_for_it() -> None:
    text = "The Ministry of Health denied it."
    mention = only(found(report(text)), "Ministry of Health")
    assert (mention.kind, mention.status) == ("faction", "withheld")
    own = (*KINDS, Kind("organisation", "organisations", "Organisation", "Organisations"))
    assert only(found(report(text), kinds=own), "Ministry of Health").status == "suggested"


def test_a_class_without_a_kind_in_the_archive_is_not_suggested() -> None:
    kinds = (Kind("village", "villages", "Village", "Villages"),)
    text = "Fighters of the Rapid Support Forces entered Hajin town."
    assert {(each.kind, each.status) for each in found(report(text), kinds=kinds)} == {("", "withheld")}


def test_the_publisher_is_no_name_of_its_own_reports() -> None:
    text = "The Syrian Observatory for Human Rights (SOHR) monitored clashes in Hajin town. The SOHR documented it."
    got = found(report(text, publisher="The Syrian Observatory For Human Rights"))
    assert [each.text for each in got] == ["Hajin"]


def test_a_byline_names_nobody() -> None:
    assert found(report("By John Smith", "Photo by Ali Hassan")) == []


def test_a_known_name_is_not_found_again_but_vouches_for_its_neighbours() -> None:
    text = "They shelled Qarnaz, Tubran and Selwan."
    known = Mention("r1", "p1", 13, 19, "Qarnaz", "place", "places/qarnaz", "reviewed", 1.0, ("name",))
    got = found(report(text), known=[known])
    assert [(each.text, each.kind) for each in got] == [("Tubran", "place"), ("Selwan", "place")]


def test_other_reports_decide_what_one_leaves_open() -> None:
    clear = [report("They entered Qarnaz town.", name=f"r{number}") for number in (2, 3)]
    mention = next(each for each in found(report("They recalled Qarnaz again."), *clear) if each.report == "r1")
    assert (mention.kind, mention.entity) == ("place", "places/qarnaz")
    assert "named so in 2 or more reports" in mention.why


def test_one_more_report_of_many_changes_no_other() -> None:
    reports = [report("They entered Qarnaz town.", name=f"r{number}") for number in range(10, 15)]
    before = found(*reports)
    assert found(*reports, report("They left Qarnaz town.", name="r99"))[: len(before)] == before


@pytest.mark.parametrize(("title", "anchors"), [("They entered Deir…", {"p1"}), ("Deir ez-Zor taken", {"title", "p1"})])
def test_a_headline_made_of_the_first_words_is_not_read_twice(title: str, anchors: set[str]) -> None:
    made = replace(report("They entered Deir ez-Zor city.", title=title), cleaning=(CleaningStep(TITLE_MADE, 1),))
    assert {each.paragraph for each in found(made)} == anchors
    authority = [Entity("places/deir-ez-zor", "", "place", "Deir ez-Zor", ("Deir",))]
    known = Recogniser(authority, KINDS).mentions(made)
    assert {each.paragraph for each in known} == anchors


@pytest.mark.parametrize(
    "text",
    [
        "THE ARMED GROUP LEFT THE AREA. THE ARMED GROUP WAS SEEN.",
        "THE SOLDIERS OF ATLACATL LEFT.",
        "THEY SIGNED AN ALLIANCE OF MAZUPI.",
        "THEY SHOWED A NEW AK TO THE PRESS.",
        "THIS IS CHAPTER II OF IT.",
    ],
)
def test_one_cue_in_a_line_of_capitals_is_not_enough_to_publish_common_words(text: str) -> None:
    assert [each.text for each in found(report(text)) if each.status == "suggested"] == []


def test_a_second_cue_is() -> None:
    assert only(found(report("MEMBERS OF THE COMMUNIST PARTY LEFT.")), "COMMUNIST PARTY").status == "suggested"


def test_an_acronym_is_what_it_was_introduced_as() -> None:
    text = "The Sudan Liberation Army (SLA) withdrew. The SLA denied it."
    got = [each for each in found(report(text)) if each.text == "SLA"]
    assert {each.entity for each in got} == {"factions/sudan-liberation-army"}
    assert "introduced as Sudan Liberation Army (SLA)" in got[0].why


def test_one_differing_long_form_does_not_part_an_acronym_from_its_name() -> None:
    names = ["", "", " General Command"]
    texts = [f"The Farabundo Marti Liberation Front{more} (FMLN) withdrew." for more in names]
    got = found(
        *(report(text, name=f"r{number}") for number, text in enumerate(texts)),
        report("The FMLN denied it.", name="r9"),
    )
    assert got[-1].entity == "factions/farabundo-marti-liberation-front"


def test_an_acronym_of_two_names_stands_for_neither() -> None:
    texts = [
        "The Sudan Liberation Army (SLA) withdrew.",
        "The South Lebanon Army (SLA) withdrew.",
        "The SLA denied it.",
    ]
    got = found(*(report(text, name=f"r{number}") for number, text in enumerate(texts)))
    assert got[-1].entity == "factions/sla"


def test_spellings_with_one_key_are_one_entity_and_near_ones_a_question() -> None:
    reports = [
        report("They entered Uqayribat town.", name="r1"),
        report("They entered Oqeirbat town.", name="r2"),
        report("They entered Gharanij town and Gharaneej town.", name="r3"),
    ]
    got = found(*reports)
    assert only(got, "Gharanij").entity == only(got, "Gharaneej").entity
    asked = [(each.one.name, each.other.name, each.kind) for each in proposals(got)]
    assert asked == [("Oqeirbat", "Uqayribat", "place")]
    assert {proposals(got)[0].one.report, proposals(got)[0].other.report} == {"r1", "r2"}


def test_initials_are_a_question_not_an_answer() -> None:
    got = found(report("The Syrian Democratic Forces withdrew.", "SDF fighters entered Hajin."))
    assert [each.why for each in proposals(got)] == ["SDF are the initials of Syrian Democratic Forces"]


WORDS = st.sampled_from(
    re.split(
        " +",
        "Hajin al-Bab HAJIN village of the commander Abu Omar “ ” ( ) [ ] , . - – ’s Front SDF and in ISIS 105th "
        "Operation San U.S. Deir ez-Zor Ministry for المدينة ﬁ e\u0301 bin de la led by who town \n \u200e",
    )
)
TEXTS = st.one_of(st.lists(WORDS, max_size=25).map(" ".join), st.text(max_size=60))


@settings(deadline=None, max_examples=150)
@given(st.lists(TEXTS, min_size=1, max_size=3))
def test_whatever_the_text_mentions_are_stretches_of_it_in_order_and_apart(paragraphs: list[str]) -> None:
    whole = report(*paragraphs, title="Clashes In Hajin")
    texts = {each.anchor: each.text for each in whole.passages}
    got = found(whole)
    for each in got:
        assert each.text == texts[each.paragraph][each.start : each.end] != ""
        assert 0 <= each.confidence <= 1
        assert each.why
        assert each.status == "withheld" or (each.status == "suggested" and each.kind and each.entity)
    for one, other in pairwise(got):
        assert one.paragraph != other.paragraph or one.end <= other.start


@settings(deadline=None, max_examples=60)
@given(st.lists(TEXTS, min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_the_reports_decides_nothing(texts: list[str], random: object) -> None:
    scans = [scan(report(text, name=f"r{number}"), (), KINDS) for number, text in enumerate(texts)]
    shuffled = list(scans)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert decide(scans) == decide(shuffled)


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_a_stored_scan_is_the_scan(text: str) -> None:
    one = scan(report(text), (), KINDS)
    assert revive(json.loads(json.dumps(one))) == one


def test_a_report_in_a_language_without_rules_has_no_sightings() -> None:
    text = replace(report("Los combates en Hajin."), language="es")
    assert scan(text, (), KINDS) == Scan("r1", (), ())


@pytest.mark.parametrize(
    "text",
    ["A ", "al-", "(", "“", "Hajin, ", "Abu bin ", "Army of the ", "HAJIN TOWN ", "clashes between Hajin ", "(ABC) "],
)
def test_work_grows_with_the_length_of_a_hostile_text_and_not_with_its_square(text: str) -> None:
    def seconds(length: int) -> float:
        start = process_time()
        found(report(text * (length // len(text))))
        return process_time() - start

    seconds(500)
    assert seconds(20_000) < 15 * max(seconds(4_000), 0.02)


def test_an_empty_report_has_no_names() -> None:
    assert mentions(Scan("r1", (), ()), Votes(), KINDS) == ()
