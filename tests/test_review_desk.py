"""The desk behind the review page: what it writes and takes back, and which requests it refuses."""

from __future__ import annotations

import json
import socket
import threading
import time
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pytest

from browsing import get, raw
from readingroom.board import Board, State
from readingroom.decision_log import apply_decision
from readingroom.decisions import NeverLink
from readingroom.local import MOST
from readingroom.model import Mention
from readingroom.preview import Preview
from readingroom.review_desk import Desk, Gathering, Turns, gathered, git_name
from readingroom.serve import invite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from readingroom.model import Report

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


def test_during_a_build_the_list_is_what_was_gathered_before_with_what_was_decided_since(root: Path) -> None:
    turns = Turns()
    desk = Desk(root, turns, gathered=found_by_hand, today=lambda: "2026-11-22")
    rows = keys(desk)
    post(desk, answers=[{"row": rows["Front"], "action": "never"}])
    (root / "content/reports/2018-01-10-aaaaaa.md").unlink()
    desk.note_build()
    with turns.build():
        assert keys(desk).keys() == {"Baghuz", "Susah", "Marashidah"}
    assert keys(desk).keys() == {"Susah", "Marashidah"}


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


def test_whoever_is_refused_can_say_all_and_then_reads_why(preview: Preview) -> None:
    head = f"POST /_readingroom/names HTTP/1.1\r\nHost: 127.0.0.1:{preview.port}\r\nContent-Length: 40000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", preview.port), timeout=5) as connection:
        connection.sendall(head.encode())
        connection.recv(1, socket.MSG_PEEK)
        for _ in range(4):
            connection.sendall(bytes(10_000))
            time.sleep(0.05)
        assert b" 403 " in connection.makefile("rb").readline()


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
