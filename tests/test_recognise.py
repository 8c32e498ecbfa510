"""What the cases expect, agreement with a naive recogniser, and what a signature promises."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import naive
from archives import small_archive
from readingroom.config import DEFAULT_KINDS, Kind, read_config
from readingroom.matching import fold_passage, fold_report
from readingroom.model import Entity, Passage, Point, Report
from readingroom.read import read_entity, read_report
from readingroom.recognise import Recogniser, publisher_names
from readingroom.romanise import fold
from readingroom.signature import can_hold, signature
from readingroom.variants import Reading, read_listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from readingroom.model import Mention

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests" / "cases" / "recognise"
PERSONS = frozenset({"commander"})
KIND_OF = {kind.folder: kind.name for kind in DEFAULT_KINDS}


class Case(NamedTuple):
    """What an authority lists, a text, and the mentions expected in it as (start, text, outcome)."""

    name: str
    entities: tuple[Entity, ...]
    text: str
    expected: list[tuple[int, str, str]]
    known_failure: bool


def read_cases(path: Path) -> Iterator[Case]:
    head, _, failures = path.read_text(encoding="utf-8").partition("\n# Known failures\n")
    for part, known_failure in ((head, False), (failures, True)):
        for section in re.split(r"^## ", part, flags=re.MULTILINE)[1:]:
            name, _, body = section.partition("\n")
            lines = body.splitlines()
            marked = " ".join(line[2:] for line in lines if line.startswith("> "))
            entities = tuple(read_line(line) for line in lines if line.startswith("- "))
            text, expected = unmarked(marked)
            yield Case(f"{path.stem}: {name}", entities, text, expected, known_failure)


def read_line(line: str) -> Entity:
    match = re.fullmatch(r"- (\S+): (.+?)(?: \((\w+: .+)\))?", line)
    assert match, line
    spellings = match[2].split(" | ")
    given_ = dict(item.split(": ", 1) for item in (match[3] or "").split(", ") if item)
    lat, lon = map(float, given_["at"].split()) if "at" in given_ else (0.0, 0.0)
    return Entity(
        match[1],
        f"content/{match[1]}.md",
        KIND_OF[match[1].partition("/")[0]],
        spellings[0],
        tuple(spellings[1:]),
        native=(("ar", given_["ar"]),) if "ar" in given_ else (),
        within=given_.get("within", ""),
        at=Point(lat, lon, "village", "") if "at" in given_ else None,
        publish=given_.get("publish") != "false",
    )


def unmarked(marked: str) -> tuple[str, list[tuple[int, str, str]]]:
    text, expected, end = "", [], 0
    for match in re.finditer(r"\[([^\]]+)\]\(([^)]+)\)", marked):
        text += marked[end : match.start()]
        expected.append((len(text), match[1], match[2]))
        text += match[1]
        end = match.end()
    return text + marked[end:], expected


def report_of(*texts: str, publisher: str = "The Eastern Watch For Rights", title: str = "Report") -> Report:
    paragraphs = tuple(Passage(f"p{number}", text) for number, text in enumerate(texts, 1))
    return Report(
        "r", "content/reports/r.md", title, "", publisher, "", "unknown", "", "", "en", None, (),
        publish=True, paragraphs=paragraphs,
    )  # fmt: skip


def outcome(mention: Mention) -> str:
    return " ".join(filter(None, ("" if mention.status == "reviewed" else mention.status, mention.entity)))


def all_cases() -> list[object]:
    return [
        pytest.param(case, id=case.name, marks=[pytest.mark.xfail(strict=True)] if case.known_failure else [])
        for path in sorted(CASES.glob("*.md"))
        if path.stem != "seeds"
        for case in read_cases(path)
    ]


@pytest.mark.parametrize("case", all_cases())
def test_the_text_holds_exactly_the_expected_mentions(case: Case) -> None:
    mentions = Recogniser(case.entities, DEFAULT_KINDS).mentions(report_of(case.text))
    assert [(each.start, each.text, outcome(each)) for each in mentions] == case.expected


# The fast recogniser against the naive one

WORDS = """
    Hama Hamah Hamas Hamaa Abu Umm bin Hassan Hasan Hassane Deir Ezzor ez-Zor Zor al al- Al- el- As Idlib Idleb
    Idlíb Suhail Suheil Sha’afah Sha'fah Tal Abyad abyad Abiad Kareem Karim SDF SDFs IS is the The regime forces
    Forces militia militias village of in “Islamic State” organization Khalid Khaled’s Paris Palmira Haspin Has Been
    Sinjar sinjar Sinjaar إدلب d’Idlib Pálmira Umm Al-Bab Bab Hamam Hammam 3
"""
JOINTS = [" ", " ", " ", "-", ", ", ". ", "’s ", "'", "  ", "”", "\u00a0", "(", "–"]
SPELLINGS = """
    Hama Idlib Hassan al-Hassan Deir-ez-Zor Sha'afah Tal_Abyad Abu_Hassan Suhail_al-Hassan SDF IS Kareem al-Kareem
    regime_forces militia Islamic_State “Islamic_State”_organization Umm_Hamam Palmira Haspin Sinjar Sinjaar
    al-Bab Bab Hammam Khalid_bin_Hassan إدلب Abu_Idlib Abyad Zor Hamad Tal Hamas Idleb 'Afrin Abu State
"""
SPELLING = st.sampled_from([spelling.replace("_", " ") for spelling in SPELLINGS.split()])
TEXT = st.lists(st.tuples(st.sampled_from(WORDS.split()), st.sampled_from(JOINTS)), max_size=9).map(
    lambda pairs: "".join(word + joint for word, joint in pairs).strip()
)


@st.composite
def entity(draw: st.DrawFn) -> Entity:
    folder = draw(st.sampled_from(["places", "places", "factions", "commanders"]))
    slug = draw(st.sampled_from("abcdef"))
    spellings = draw(st.lists(SPELLING, min_size=1, max_size=3, unique=True))
    within = draw(st.sampled_from(["", "", "a", "b", "c"])) if folder == "places" else ""
    at = Point(draw(st.floats(33, 37)), draw(st.floats(36, 42)), "village", "") if draw(st.booleans()) else None
    return Entity(
        f"{folder}/{slug}",
        "",
        KIND_OF[folder],
        spellings[0],
        tuple(spellings[1:]),
        within=within if within != slug else "",
        at=at if folder == "places" else None,
        publish=draw(st.booleans()),
    )


ENTITIES = st.lists(entity(), max_size=6, unique_by=lambda each: each.id)


@given(ENTITIES, TEXT)
@settings(deadline=None, max_examples=400)
def test_the_fast_recogniser_finds_what_the_naive_one_finds(entities: list[Entity], text: str) -> None:
    mentions = Recogniser(entities, DEFAULT_KINDS).mentions(report_of(text, publisher=""))
    found = [(each.start, each.end) for each in mentions if each.paragraph == "p1"]
    expected = naive.recognise(text, entities, PERSONS)
    assert found == [(each.start, each.end) for each in expected]
    for mention, stretch in zip([each for each in mentions if each.paragraph == "p1"], expected, strict=True):
        assert mention.entity in {*stretch.entities, ""}
        assert (len(stretch.entities) == 1) <= (mention.entity == stretch.entities[0])
        assert mention.text == text[mention.start : mention.end]
        assert ("romanisation" in mention.why) == (stretch.by == "key")


IDLIB = Entity("places/a", "", "place", "Idlib")
MIDDLE = Entity("places/b", "", "place", "Haspin", within="a")
SINJAR = Entity("places/c", "", "place", "Sinjar", within="b")
OTHER = Entity("places/d", "", "place", "Sinjar")


@example([IDLIB, MIDDLE, SINJAR, OTHER], [replace(MIDDLE, within="")], ["Sinjar in Idlib"])
@example([IDLIB, SINJAR, OTHER], [MIDDLE], ["Sinjar in Idlib"])
@given(ENTITIES, ENTITIES, st.lists(TEXT, min_size=1, max_size=3))
@settings(deadline=None, max_examples=300)
def test_what_a_report_cannot_hold_does_not_change_its_mentions(
    before: list[Entity], changed: list[Entity], texts: list[str]
) -> None:
    report = report_of(*texts)
    after = [*{each.id: each for each in (*before, *changed)}.values()]
    touched = {each.id for each in changed}
    concerned = [
        each for authority in (before, after) for each in authority if touched & {each.id, *chain(each, authority)}
    ]
    summary = signature(fold_report(report).values())
    if not any(can_hold(summary, text) for each in concerned for text in each.spellings):
        old, new = (Recogniser(authority, DEFAULT_KINDS).mentions(report) for authority in (before, after))
        assert old == new


def chain(each: Entity, authority: list[Entity]) -> list[str]:
    known = {entity.id: entity for entity in authority}
    found: list[str] = []
    while each.within and (parent := f"places/{each.within}") not in found:
        found.append(parent)
        if parent not in known:
            break
        each = known[parent]
    return found


# The archive's own reports


def seed_expectations() -> list[tuple[str, list[tuple[str, str, str]]]]:
    text = (CASES / "seeds.md").read_text(encoding="utf-8")
    sections = re.split(r"^## (\S+)\n", text, flags=re.MULTILINE)[1:]
    return [
        (name, re.findall(r"^\| (title|dek|p\d+) \| (.+?) \| (\S+) \|$", table, flags=re.MULTILINE))
        for name, table in zip(sections[::2], sections[1::2], strict=True)
    ]


@pytest.mark.parametrize(("name", "expected"), seed_expectations(), ids=["first seed", "second seed"])
def test_the_archives_reports_hold_the_names_a_person_read_in_them(
    name: str, expected: list[tuple[str, str, str]]
) -> None:
    kinds = read_config(ROOT)[0].kinds
    entities = [each for kind in kinds for each in read_folder(kind)]
    report, problems = read_report(
        (ROOT / f"content/reports/{name}.md").read_text(encoding="utf-8"), f"content/reports/{name}.md"
    )
    assert report, problems
    mentions = Recogniser(entities, kinds).mentions(report)
    texts = {passage.anchor: passage.text for passage in report.passages}
    assert all(texts[each.paragraph][each.start : each.end] == each.text for each in mentions)
    named = [each for each in mentions if not is_generic(each)]
    assert [(each.paragraph, each.text, outcome(each)) for each in named] == expected


def read_folder(kind: Kind) -> Iterator[Entity]:
    for path in sorted((ROOT / "content" / kind.folder).glob("*.md")):
        found, problems = read_entity(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix(), kind.name)
        assert found, problems
        yield found


def is_generic(mention: Mention) -> bool:
    """A common-noun name of an actor: its last word is in lower case and it is neither quoted nor a name."""
    return mention.text.split()[0].islower() and not mention.text.startswith(("al-", "“"))


# Single rules


def test_the_publishers_acronym_takes_the_initials_of_its_long_words() -> None:
    assert publisher_names("The Syrian Observatory For Human Rights")[1] == "SOHR"
    assert publisher_names("Reuters") == ("reuters",)
    assert publisher_names("") == ()


def test_every_passage_is_read_headline_and_deck_too() -> None:
    report = replace(report_of("in Hama", title="Hama falls"), dek="Near Hama")
    mentions = Recogniser([Entity("places/hama", "", "place", "Hama")], DEFAULT_KINDS).mentions(report)
    assert [each.paragraph for each in mentions] == ["title", "dek", "p1"]
    assert {(each.report, each.why, each.confidence) for each in mentions} == {("r", ("name",), 1.0)}


def test_an_authority_without_entities_finds_nothing_but_the_publisher() -> None:
    mentions = Recogniser([], DEFAULT_KINDS).mentions(report_of("EWR in Hama"))
    assert [each.status for each in mentions] == ["publisher"]


def test_a_reason_names_the_listed_spelling_and_the_place_that_decided() -> None:
    entities = [
        Entity("places/idlib", "", "place", "Idlib"),
        Entity("places/one", "", "place", "Sinjar", within="idlib"),
        Entity("places/two", "", "place", "Sinjar"),
        Entity("places/deir", "", "place", "Deir ez-Zor"),
    ]
    mentions = Recogniser(entities, DEFAULT_KINDS).mentions(report_of("Sinjar in Idlib, Deir Ezzor"))
    assert [each.why for each in mentions] == [
        ("name", "within Idlib, named beside it"),
        ("name",),
        ("romanisation", 'key "dirzur" is that of Deir ez-Zor'),
    ]
    assert [each.confidence for each in mentions] == [0.8, 1.0, 0.9]


LETTERS = st.text("aAbHIiİıßẞÆœéḨḩ’'`“-–\u00a0 \u00ad\u0301ﬁ½…هئةَأ.Σς", max_size=24)


@given(LETTERS)
@settings(deadline=None, max_examples=300)
def test_a_folded_passage_keeps_the_place_of_every_character(text: str) -> None:
    folded = fold_passage(text)
    assert len(folded.cased) == len(folded.folded)
    assert folded.folded.strip(" ") == fold(text)
    for start in range(len(folded.folded)):
        first, last = folded.span(start, start + 1)
        assert 0 <= first < last <= len(text)


def test_a_mention_is_printed_as_in_the_passage_whatever_folding_changed() -> None:
    hajin = Entity("places/hajin", "", "place", "Hajin")
    text = "ﬁve  men in Ha\u0304jin\u0301, Ḩajīn"
    mentions = Recogniser([hajin], DEFAULT_KINDS).mentions(report_of(text))
    assert [each.text for each in mentions] == ["Ha\u0304jin\u0301", "Ḩajīn"]
    assert all(text[each.start : each.end] == each.text for each in mentions)


def test_a_signature_admits_what_the_text_holds_in_any_romanisation_and_denies_the_rest() -> None:
    report = report_of("The SDFs left Deir Ezzor and the regime forces’ road to Suheil al-Hasan.")
    held = signature(fold_report(report).values())
    for spelling in ("SDF", "Deir ez-Zor", "regime forces", "Suhail al-Hassan", "Dayr az-Zawr"):
        assert can_hold(held, spelling), spelling
    for spelling in ("Palmyra", "Hayat Tahrir al-Sham", "Deir Hafir", "Sinjar", "إدلب"):
        assert not can_hold(held, spelling), spelling


def test_spellings_that_an_earlier_build_read_are_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = small_archive(tmp_path / "archive")
    archive.build()
    read: list[str] = []

    def noted(spelling: str) -> Reading:
        read.append(spelling)
        return read_listed(spelling)

    monkeypatch.setattr("readingroom.mentions.read_listed", noted)
    monkeypatch.setattr("readingroom.variants.read_listed", noted)
    archive.entity("places/sousa", "Sousa", "as-Soussah", within="deir")
    archive.change("content/reports/2018-01-02-aaaaa1.md", "Nothing moved in Sousa.", "Nothing moved in Al-Sosah.")
    archive.build()
    assert read == ["as-Soussah"]
    assert "places/sousa.html" in archive.tree()["reports/2018-01-02-aaaaa1.html"].decode()
    assert archive.tree() == archive.cold(tmp_path / "cold")
