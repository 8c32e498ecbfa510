"""The review page of `serve`: what it shows, and what its posts decide."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from readingroom.config import DEFAULT_KINDS
from readingroom.decisions import Accept, Belongs, MergeInto, NeverLink, NotSame, Reject, Same
from readingroom.lookup import cards, look_up
from readingroom.model import Entity, Passage, Report
from readingroom.problems import ProblemsError
from readingroom.review_answer import Answer, Around, decisions_of, read_posted
from readingroom.review_page import Known, Standing, Wanted, page_of, read_wanted, row_key, view_of
from readingroom.suggestions import Sentence, Suggestion, Waiting

if TYPE_CHECKING:
    from readingroom.suggestions import Sort

REPORT = Report(
    "2018-01-18-aaaaaa", "content/reports/2018-01-18-aaaaaa.md", "Two villages", "", "", "2018-01-18", "given",
    "", "", "en", None, (), publish=True, paragraphs=(Passage("p1", "Clashes went on in Hajin."),),
)  # fmt: skip
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
HAJIN = Entity("places/hajin", "content/places/hajin.md", "place", "Hajin", ("Hajeen",))


def waiting(
    name: str,
    *others: str,
    kind: str = "place",
    sort: Sort = "new name",
    candidates: tuple[str, ...] = (),
    confidence: float = 0.9,
) -> Waiting:
    spellings = tuple((text, 2) for text in (name, *others))
    suggestion = Suggestion(
        f"{kind}s/{name.lower()}" if kind and name.isascii() else "", kind, name, spellings, 2 * len(spellings),
        confidence, ('"villages of" stands before it',), "suggested",
    )  # fmt: skip
    sentence = Sentence(REPORT.id, "p1", "Clashes went on in ", name, ".")
    return Waiting(sort, suggestion, candidates, (sentence,))


def html(*items: Waiting, wanted: Wanted | None = None, standing: Standing | None = None) -> str:
    known = Known(DEFAULT_KINDS, {HAJIN.id: HAJIN}, {REPORT.id: REPORT})
    view = view_of(items, known, wanted or Wanted(), standing or Standing("Test", "token"))
    return page_of(view).decode()


# The page


def test_a_row_shows_name_kind_confidence_reasons_spellings_and_evidence_with_its_paragraph() -> None:
    page = html(waiting("Baghuz", "Bagouz", confidence=0.6))
    assert "New names: places" in page
    assert "<bdi>Baghuz</bdi></h3>" in page
    assert "likely <span" in page
    assert "0.60" in page
    assert "stands before it" in page
    assert '<bdi>Bagouz</bdi> <span class="count">2</span>' in page
    assert "Clashes went on in <mark><bdi>Baghuz</bdi></mark>." in page
    assert '<a href="/reports/2018-01-18-aaaaaa.html#p1"' in page
    assert "18 January 2018 · ¶1" in page
    assert '<option value="place" selected>Place</option>' in page


def test_hostile_names_reasons_and_titles_stay_text() -> None:
    item = waiting(HOSTILE)
    item = item._replace(suggestion=item.suggestion._replace(why=(HOSTILE,)))
    page = html(item, wanted=Wanted(text=HOSTILE[:30]), standing=Standing(HOSTILE, "token", HOSTILE, 1, HOSTILE))
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_rows_stand_in_groups_new_names_by_kind_first() -> None:
    page = html(
        waiting("Hajin al-Gharbi", sort="kind conflict"),
        waiting("Hajeen", sort="ambiguous", kind="", candidates=(HAJIN.id,)),
        waiting("Hajine", sort="merge", candidates=(HAJIN.id,)),
        waiting("Peace Spring", kind=""),
        waiting("HTS", kind="faction"),
        waiting("Baghuz"),
    )
    titles = [part.partition(" <span")[0].partition(">")[2] for part in page.split("<h2 ")[1:]]
    assert titles == [
        "New names: places",
        "New names: factions",
        "New names: of unknown kind",
        "May be a name we have",
        "Could be one of several",
        "In doubt between kinds",
    ]


def test_an_ambiguous_spelling_offers_what_it_may_mean_and_nothing_else() -> None:
    page = html(waiting("Hajeen", sort="ambiguous", kind="", candidates=(HAJIN.id,)))
    assert '<option value="places/hajin">Hajin – Place, places/hajin</option>' in page
    assert 'data-act="means"' in page
    assert 'data-act="accept"' not in page
    assert 'data-act="reject"' not in page


def test_a_merge_offers_entities_and_larger_suggestions_by_name() -> None:
    larger = waiting("Baghouz")
    page = html(larger, waiting("Baghuz", sort="merge", candidates=(HAJIN.id, "places/baghouz")))
    assert '<option value="places/baghouz">Baghouz – Place, places/baghouz, waits too</option>' in page
    assert 'data-act="same"' in page
    assert 'data-act="different"' in page


def test_a_kind_the_archive_has_not_must_be_chosen_first() -> None:
    page = html(waiting("Peace Spring", kind=""))
    assert '<option value="">choose…</option>' in page


def test_fifty_are_shown_at_a_time_and_each_name_on_exactly_one_page() -> None:
    items = [waiting(f"Village {number:03}") for number in range(120)]
    pages = [html(*items, wanted=Wanted(page=page)) for page in (1, 2, 3, 99)]
    assert [page.count('class="item"') for page in pages] == [50, 50, 20, 20]
    assert 'href="/_readingroom/names?page=2"' in pages[0]
    assert 'rel="prev"' not in pages[0]
    assert 'rel="next"' not in pages[2]
    assert all(sum(f"<bdi>Village {number:03}</bdi></h3>" in page for page in pages[:3]) == 1 for number in range(120))


def test_the_list_can_be_limited_by_kind_and_by_text_in_any_spelling() -> None:
    items = (waiting("Baghuz", "Bāghūz"), waiting("HTS", kind="faction"), waiting("Peace Spring", kind=""))
    assert html(*items, wanted=Wanted(kind="faction")).count('class="item"') == 1
    assert html(*items, wanted=Wanted(kind="unknown")).count('class="item"') == 1
    assert html(*items, wanted=Wanted(text="BĀGH")).count('class="item"') == 1
    empty = html(*items, wanted=Wanted(text="nowhere"))
    assert 'class="item"' not in empty
    assert "No name that waits fits" in empty
    assert "Nothing waits" in html()


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=" + "9" * 30, "&".join(["a=1"] * 50), "page=%FF", "=&&"])
def test_an_address_that_makes_no_sense_shows_the_first_page(query: str) -> None:
    assert read_wanted(query) == Wanted()


def test_a_row_has_another_key_once_it_asks_something_else() -> None:
    first = waiting("Hajine", sort="merge", candidates=(HAJIN.id,))
    others = [waiting("Hajine"), waiting("Hajine", "Hajiine", sort="merge", candidates=(HAJIN.id,)), waiting("Hajin")]
    assert row_key(first) not in map(row_key, others)
    assert row_key(first) == row_key(first._replace(evidence=()))


# Names found by what is typed


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("haj", ["Hajin", "Al-Hajar"]),
        ("hajeen", ["Hajin"]),
        ("HAJI", ["Hajin"]),
        ("هجين", ["Hajin"]),
        ("hajar", ["Al-Hajar"]),
        ("qoneitra", ["Quneitra"]),
        ("الرقة", ["Raqqa"]),
        ("rk", []),
        ("", []),
        ("xyzw", []),
    ],
)
def test_an_entity_is_found_by_any_spelling_as_in_the_names_box(typed: str, found: list[str]) -> None:
    known = [
        replace(HAJIN, native=(("ar", "هجين"),)),
        Entity("places/al-hajar", "", "place", "Al-Hajar"),
        Entity("places/quneitra", "", "place", "Quneitra"),
        Entity("places/raqqa", "", "place", "Raqqa"),
    ]
    assert [hit.entity.name for hit in look_up(typed, cards(known, {HAJIN.id: 5}))] == found


def test_evidence_of_a_report_without_a_date_names_the_report() -> None:
    known = Known(DEFAULT_KINDS, {}, {REPORT.id: replace(REPORT, published="")})
    page = page_of(view_of([waiting("Baghuz")], known, Wanted(), Standing("Test", "token"))).decode()
    assert "Two villages · ¶1" in page


def test_the_spelling_that_answers_is_said_where_it_is_not_the_name() -> None:
    assert look_up("hajee", cards([HAJIN], {}))[0].spelt == "Hajeen"
    assert look_up("haji", cards([HAJIN], {}))[0].spelt == ""


# What is posted


MALFORMED = [
    b"", b"accept", b"[]", b"\xff", b"[" * 100_000, b'{"answers": {}}', b'{"undo": 1}', b'{"more": 1}', b'{"by": 7}',
    b'{"answers": [1]}', b'{"answers": [{"row": "a"}]}', b'{"answers": [{"row": "a", "action": "delete"}]}',
    b'{"answers": [{"row": "", "action": "never"}]}', b'{"answers": [{"row": "a", "action": "never", "path": "/x"}]}',
    b'{"answers": [{"row": "a", "action": "never"}], "undo": true}', b'{"by": "\\ud800"}', b'{"by": "a\\nb"}',
    b'{"by": "' + b"a" * 400 + b'"}', b'{"answers": [' + b",".join([b'{"row": "a", "action": "never"}'] * 501) + b"]}",
]  # fmt: skip


@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
def test_what_our_page_does_not_post_is_refused(body: bytes) -> None:
    with pytest.raises(ProblemsError, match="the request"):
        read_posted(body)


AROUND = Around(frozenset({"place", "faction", "commander"}), {HAJIN.id: "Hajin"}, {})
MERGE = waiting("Hajine", "Hajiin", sort="merge", candidates=(HAJIN.id, "places/baghouz"))
AMBIGUOUS = waiting("Hajeen", sort="ambiguous", kind="", candidates=(HAJIN.id, "places/hajin-homs"))
ANSWERS = [
    (Answer("k", "accept", "faction"), waiting("HTS"), (Accept(("HTS",), "faction", "HTS", shown_at="places/hts"),)),
    (
        Answer("k", "accept", "place", "al-Baghuz"),
        waiting("Baghuz"),
        (Accept(("Baghuz",), "place", "al-Baghuz", shown_at="places/baghuz"),),
    ),
    (
        Answer("k", "merge", entity="places/hajin"),
        waiting("Hajine"),
        (MergeInto(("Hajine",), HAJIN.id, "places/hajine"),),
    ),
    (Answer("k", "reject"), waiting("Front"), (Reject(("Front",), "place"),)),
    (Answer("k", "reject"), waiting("Somebody", kind="person"), (Reject(("Somebody",), ""),)),
    (Answer("k", "never"), AMBIGUOUS, (NeverLink(("Hajeen",)),)),
    (Answer("k", "means", entity=HAJIN.id), AMBIGUOUS, (Belongs("Hajeen", HAJIN.id),)),
    (Answer("k", "same", entity=HAJIN.id), MERGE, (MergeInto(("Hajine", "Hajiin"), HAJIN.id, "places/hajine"),)),
    (
        Answer("k", "different", entity=HAJIN.id),
        MERGE,
        (NotSame("Hajine", "Hajin"), NotSame("Hajiin", "Hajin")),
    ),
]


@pytest.mark.parametrize(("answer", "item", "expected"), ANSWERS)
def test_an_answer_becomes_its_decisions(answer: Answer, item: Waiting, expected: tuple[object, ...]) -> None:
    assert decisions_of(answer, item, AROUND) == expected


def test_a_suggestion_said_to_be_the_same_as_a_larger_one_is_judged_so() -> None:
    around = Around(AROUND.kinds, AROUND.entities, {"places/baghouz": waiting("Baghouz").suggestion})
    assert decisions_of(Answer("k", "same", entity="places/baghouz"), MERGE, around) == (Same("Hajine", "Baghouz"),)


@pytest.mark.parametrize(
    ("answer", "item"),
    [
        (Answer("k", "accept", "place"), AMBIGUOUS),
        (Answer("k", "means", entity="places/elsewhere"), AMBIGUOUS),
        (Answer("k", "same", entity="places/elsewhere"), MERGE),
        (Answer("k", "means", entity=HAJIN.id), MERGE),
        (Answer("k", "same", entity=HAJIN.id), waiting("Baghuz")),
    ],
)
def test_an_answer_that_does_not_fit_its_question_decides_nothing(answer: Answer, item: Waiting) -> None:
    with pytest.raises(ProblemsError, match="cannot be decided so"):
        decisions_of(answer, item, AROUND)
