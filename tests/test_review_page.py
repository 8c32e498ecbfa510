"""The review page of `serve`: what it shows, what its posts decide, and which requests it refuses."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pytest

from browsing import get, raw
from readingroom.board import Board, State
from readingroom.config import DEFAULT_KINDS
from readingroom.decision_log import apply_decision
from readingroom.decisions import Accept, Belongs, MergeInto, NeverLink, NotSame, Reject, Same
from readingroom.local import MOST
from readingroom.lookup import cards, look_up
from readingroom.model import Entity, Mention, Passage, Report
from readingroom.preview import Preview
from readingroom.problems import ProblemsError
from readingroom.review_answer import Answer, Around, decisions_of, read_posted
from readingroom.review_desk import Desk, Gathering, Turns, gathered, git_name
from readingroom.review_page import Known, Standing, Wanted, page_of, read_wanted, row_key, view_of
from readingroom.serve import invite
from readingroom.suggestions import Sentence, Suggestion, Waiting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
    assert "18 January 2018 · ¶ 1" in page
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
        ("", []),
        ("xyzw", []),
    ],
)
def test_an_entity_is_found_by_any_spelling_as_in_the_names_box(typed: str, found: list[str]) -> None:
    known = [
        replace(HAJIN, native=(("ar", "هجين"),)),
        Entity("places/al-hajar", "", "place", "Al-Hajar"),
        Entity("places/quneitra", "", "place", "Quneitra"),
    ]
    assert [hit.entity.name for hit in look_up(typed, cards(known, {HAJIN.id: 5}))] == found


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


# The desk


SENTENCES = "Clashes went on in {}.\n\nShelling hit {} again."
VILLAGES = ("Baghuz", "Susah", "Marashidah", "Front")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "content/reports").mkdir(parents=True)
    (tmp_path / "content/places").mkdir()
    (tmp_path / "readingroom.toml").write_text('title = "Test"\n', encoding="utf-8")
    (tmp_path / "content/places/hajin.md").write_text("---\nname: Hajin\n---\n", encoding="utf-8")
    for number, name in enumerate(VILLAGES):
        head = f"---\ntitle: Report {number}\npublished: 2018-01-1{number}\ndate_basis: given\n---\n"
        path = tmp_path / f"content/reports/2018-01-1{number}-aaaaaa.md"
        path.write_text(head + SENTENCES.format(name, name), encoding="utf-8")
    return tmp_path


def found_by_hand(root: Path) -> Gathering:
    """Gather the archive, with the villages as the only suggestions."""
    gathering = gathered(root)
    found = {key: tuple(_villages(report)) for key, report in gathering.reports.items()}
    return gathering._replace(found=found)


def _villages(report: Report) -> Iterator[Mention]:
    for passage in report.paragraphs:
        for name in VILLAGES:
            start = passage.text.find(name)
            if start >= 0:
                yield Mention(
                    report.id, passage.anchor, start, start + len(name), name, "place", f"places/{name.lower()}",
                    "suggested", 0.8, ('"in" stands before it',),
                )  # fmt: skip


def desk_of(root: Path) -> Desk:
    return Desk(root, Turns(), gathered=found_by_hand, today=lambda: "2026-11-22")


def keys(desk: Desk) -> dict[str, str]:
    """The keys of the rows on the page, by name."""
    page = desk.page("").decode()
    rows = page.split('data-row="')[1:]
    return {row.partition("<bdi>")[2].partition("</bdi>")[0]: row.partition('"')[0] for row in rows}


def post(desk: Desk, **values: object) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(desk.answer(json.dumps(values).encode()))
    return answer


def test_accepting_writes_the_file_signed_and_dated_and_undo_takes_it_away(root: Path) -> None:
    desk = desk_of(root)
    rows = keys(desk)
    assert rows.keys() == set(VILLAGES)
    post(desk, by="Ana  Example")
    answer = post(desk, answers=[{"row": rows["Baghuz"], "action": "accept", "kind": "place"}])
    assert answer["results"] == [
        {"row": rows["Baghuz"], "what": "Baghuz is a place", "files": ["content/places/baghuz.md"], "problems": []}
    ]
    assert (answer["decided"], answer["waiting"], answer["last"]) == (1, 3, "Baghuz is a place")
    text = (root / "content/places/baghuz.md").read_text(encoding="utf-8")
    assert "reviewed: 2026-11-22" in text
    assert "reviewed_by: Ana Example" in text
    assert "Baghuz" not in keys(desk)
    answer = post(desk, undo=True)
    assert answer["results"][0]["row"] == rows["Baghuz"]
    assert (answer["decided"], answer["last"]) == (0, "")
    assert not (root / "content/places/baghuz.md").exists()
    assert keys(desk) == rows


def test_many_are_decided_at_once_and_taken_back_at_once_and_one_fault_stops_no_other(root: Path) -> None:
    desk = desk_of(root)
    rows = keys(desk)
    before = sorted(path for path in (root / "content").rglob("*") if path.is_file())
    answers = [
        {"row": rows["Baghuz"], "action": "accept", "kind": "place"},
        {"row": rows["Susah"], "action": "accept", "kind": "village"},
        {"row": rows["Marashidah"], "action": "merge", "entity": "places/hajin"},
        {"row": rows["Front"], "action": "never"},
    ]
    answer = post(desk, answers=answers)
    assert [bool(result["problems"]) for result in answer["results"]] == [False, True, False, False]
    assert 'no kind is called "village"' in answer["results"][1]["problems"][0]["message"]
    assert "Marashidah" in (root / "content/places/hajin.md").read_text(encoding="utf-8")
    assert "never: [Front]" in (root / "content/judgements.yaml").read_text(encoding="utf-8")
    assert (answer["decided"], answer["waiting"], answer["last"]) == (3, 1, "3 decisions")
    assert keys(desk).keys() == {"Susah"}
    assert len(post(desk, undo=True)["results"]) == 3
    assert sorted(path for path in (root / "content").rglob("*") if path.is_file()) == before
    assert keys(desk) == rows


def test_what_was_decided_meanwhile_is_said_and_not_decided_again(root: Path) -> None:
    desk = desk_of(root)
    row = keys(desk)["Front"]
    given = {"row": row, "action": "never"}
    post(desk, answers=[given])
    keys(desk)
    answer = post(desk, answers=[given])
    assert "no longer waits" in answer["results"][0]["problems"][0]["message"]


def test_undo_leaves_alone_what_was_decided_elsewhere(root: Path) -> None:
    desk = desk_of(root)
    assert "nothing was decided here" in post(desk, undo=True)["results"][0]["problems"][0]["message"]
    post(desk, answers=[{"row": keys(desk)["Baghuz"], "action": "accept", "kind": "place"}])
    apply_decision(root, NeverLink(("Front",)), today="2026-11-22", by="Ben")
    answer = post(desk, undo=True)
    assert "Front is never a name" in answer["results"][0]["problems"][0]["message"]
    assert (root / "content/places/baghuz.md").exists()
    assert "Front" in (root / "content/judgements.yaml").read_text(encoding="utf-8")


def test_the_archive_is_gathered_again_after_a_build_and_not_after_a_decision(root: Path) -> None:
    times: list[Path] = []

    def counted(folder: Path) -> Gathering:
        times.append(folder)
        return found_by_hand(folder)

    desk = Desk(root, Turns(), gathered=counted, today=lambda: "2026-11-22")
    rows = keys(desk)
    desk.page("page=2")
    desk.like("text=haj")
    post(desk, answers=[{"row": rows["Front"], "action": "never"}])
    assert "Front" not in keys(desk)
    assert len(times) == 1
    desk.note_build()
    keys(desk)
    assert len(times) == 2


def test_a_decision_waits_for_a_build_of_this_process_and_asks_it_to_make_room(root: Path) -> None:
    turns = Turns()
    desk = Desk(root, turns, gathered=found_by_hand, today=lambda: "2026-11-22")
    row = keys(desk)["Front"]
    with turns.build():
        posting = threading.Thread(target=post, args=(desk,), kwargs={"answers": [{"row": row, "action": "never"}]})
        posting.start()
        until = time.monotonic() + 5
        while not turns.asked_for and time.monotonic() < until:
            time.sleep(0.01)
        assert turns.asked_for
        assert not (root / "content/judgements.yaml").exists()
    posting.join(10)
    assert not turns.asked_for
    assert (root / "content/judgements.yaml").exists()


def test_the_names_that_wait_are_announced_only_if_there_are_any(root: Path) -> None:
    said: list[str] = []
    desk = desk_of(root)
    invite(desk, "http://127.0.0.1:8000/", said.append)
    assert said == ["4 names wait for review: http://127.0.0.1:8000/_readingroom/names"]
    post(desk, answers=[{"row": row, "action": "never"} for row in keys(desk).values()])
    invite(desk, "http://127.0.0.1:8000/", said.append)
    assert len(said) == 1


def test_the_reviewer_is_the_one_git_knows(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "user.name")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "Ana Example")
    assert git_name(root) == "Ana Example"
    assert 'value="Ana Example"' in desk_of(root).page("").decode()


# Requests


@pytest.fixture
def preview(root: Path) -> Iterator[Preview]:
    site = root / "build/site"
    site.mkdir(parents=True)
    (site / "index.html").write_text("<body></body>", encoding="utf-8")
    desk = desk_of(root)
    with Preview(0, site, Board(State("1-0")), lambda _line: None, review=desk) as server, server.answering():
        yield server


def token_of(port: int) -> str:
    return get(port, "/_readingroom/names")[2].partition('name="readingroom-token" content="')[2].partition('"')[0]


def send(port: int, body: bytes, **changed: str | None) -> tuple[int, str]:
    """Post as our page does, but for some headers (underscores for hyphens; None leaves one out)."""
    headers: dict[str, str | None] = {
        "Host": f"127.0.0.1:{port}",
        "Origin": f"http://127.0.0.1:{port}",
        "Sec-Fetch-Site": "same-origin",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "X-Readingroom-Token": token_of(port),
        **{name.replace("_", "-"): value for name, value in changed.items()},
    }
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    connection.putrequest("POST", "/_readingroom/names", skip_host=True, skip_accept_encoding=True)
    for name, value in headers.items():
        if value is not None:
            connection.putheader(name, value)
    connection.endheaders(body)
    answer = connection.getresponse()
    content = answer.read().decode()
    connection.close()
    return answer.status, content


NEVER = b'{"by": "Mallory"}'
REFUSALS: dict[str, tuple[dict[str, str | None], int]] = {
    "another host, as after DNS rebinding": ({"Host": "evil.example"}, 403),
    "a foreign page": ({"Origin": "https://evil.example"}, 403),
    "a sandboxed page": ({"Origin": "null"}, 403),
    "another program on this computer": ({"Origin": "http://127.0.0.1:3000"}, 403),
    "our other name": ({"Origin": "http://localhost:8000"}, 403),
    "no origin, so no browser": ({"Origin": None}, 403),
    "a foreign site by its own word": ({"Sec_Fetch_Site": "cross-site"}, 403),
    "a site beside ours": ({"Sec_Fetch_Site": "same-site"}, 403),
    "nobody's page": ({"Sec_Fetch_Site": "none"}, 403),
    "no word of the site": ({"Sec_Fetch_Site": None}, 403),
    "no token": ({"X_Readingroom_Token": None}, 403),
    "a wrong token": ({"X_Readingroom_Token": "guess"}, 403),
    "a token that is no text": ({"X_Readingroom_Token": "\xe9"}, 403),
    "a form": ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
    "plain text, which needs no preflight": ({"Content_Type": "text/plain"}, 415),
    "a form with a file": ({"Content_Type": "multipart/form-data; boundary=x"}, 415),
    "no type": ({"Content_Type": None}, 415),
    "no length": ({"Content_Length": None}, 411),
    "a negative length": ({"Content_Length": "-1"}, 411),
    "chunks": ({"Transfer_Encoding": "chunked"}, 411),
    "more than 1 MB": ({"Content_Length": str(MOST + 1)}, 413),
    "more than any number": ({"Content_Length": "9" * 5000}, 413),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_post_that_is_not_our_own_pages_is_refused_and_changes_nothing(name: str, preview: Preview) -> None:
    changed, expected = REFUSALS[name]
    status, content = send(preview.port, NEVER, **changed)
    assert status == expected
    assert content.startswith("Refused: ")
    assert "Mallory" not in get(preview.port, "/_readingroom/names")[2]


def test_our_own_pages_post_is_carried_out(preview: Preview, root: Path) -> None:
    row = get(preview.port, "/_readingroom/names")[2].partition('data-row="')[2].partition('"')[0]
    body = json.dumps({"by": "Ana", "answers": [{"row": row, "action": "never"}]}).encode()
    status, content = send(preview.port, body)
    assert status == 200
    assert json.loads(content)["decided"] == 1
    assert "never" in (root / "content/judgements.yaml").read_text(encoding="utf-8")


def test_a_post_of_our_page_that_makes_no_sense_is_answered_and_changes_nothing(preview: Preview, root: Path) -> None:
    status, content = send(preview.port, b'{"answers": "all"}')
    assert status == 400
    assert json.loads(content)["problems"][0]["hint"] == "load the page again"
    assert not (root / "content/judgements.yaml").exists()


def test_only_the_one_address_takes_posts(preview: Preview) -> None:
    for path in ("/", "/_readingroom/names/", "/_readingroom/names?x=1", "/_readingroom/names/like", "/index.html"):
        request = f"POST {path} HTTP/1.1\nHost: 127.0.0.1:{preview.port}\nContent-Length: 0\n\n"
        assert raw(preview.port, request)[0] == 405


def test_without_a_desk_there_is_no_page_and_no_post(root: Path) -> None:
    with Preview(0, root, Board(State("1-0")), lambda _line: None) as server, server.answering():
        assert get(server.port, "/_readingroom/names")[0] == 404
        request = f"POST /_readingroom/names HTTP/1.1\nHost: 127.0.0.1:{server.port}\nContent-Length: 0\n\n"
        assert raw(server.port, request)[0] == 405


@pytest.mark.parametrize(
    ("site", "path", "expected"),
    [
        ("none", "/_readingroom/names", 200),
        ("same-origin", "/_readingroom/names", 200),
        ("cross-site", "/_readingroom/names", 403),
        ("same-site", "/_readingroom/names", 403),
        ("none", "/_readingroom/names/like?text=h", 403),
        ("same-origin", "/_readingroom/names/like?text=h", 200),
    ],
)
def test_the_page_opens_for_whoever_types_its_address_and_for_no_page_from_elsewhere(
    preview: Preview, site: str, path: str, expected: int
) -> None:
    request = (
        f"GET {path} HTTP/1.1\nHost: 127.0.0.1:{preview.port}\nSec-Fetch-Site: {site}\n"
        "Sec-Fetch-Mode: navigate\nSec-Fetch-Dest: document\nConnection: close\n\n"
    )
    status, _, content = raw(preview.port, request)
    assert status == expected
    assert ("readingroom-token" in content) == (expected == 200 and "like" not in path)


def test_the_page_has_a_strict_policy_and_its_own_files(preview: Preview) -> None:
    _, headers, content = get(preview.port, "/_readingroom/names")
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    for name in ("site.css", "review.css", "review.js", "find.js", "favicon.svg"):
        assert f"/_readingroom/{name}" in content
        assert get(preview.port, f"/_readingroom/{name}")[0] == 200


def test_broken_content_is_said_instead_of_a_list(root: Path, preview: Preview) -> None:
    (root / "content/places/hajin.md").write_text("---\nnmae: Hajin\n---\n", encoding="utf-8")
    status, _, content = get(preview.port, "/_readingroom/names")
    assert status == 503
    assert "did you mean name?" in content
