"""The review page of `serve`, driven in Chromium by mouse and by keys."""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from itertools import product
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from readingroom.board import Board, State
from readingroom.model import Mention
from readingroom.options import Options
from readingroom.preview import Preview
from readingroom.review_desk import Desk, Gathering, Turns, gathered
from readingroom.serve import Editing
from readingroom.watch import watching

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Watch
    from playwright.sync_api import Browser, Locator, Page

    from readingroom.model import Report

pytestmark = pytest.mark.browser

NAMES = [f"{first}{second}" for first, second in product(("Bark", "Dolek", "Fazr", "Khums", "Murt", "Tals"), (
    "ouba", "ameel", "zuna", "isha", "odin", "ghib", "unad", "enta", "ashir", "olman", "yaret", "heifa", "jabin",
    "sawal", "qasem", "tinah", "wadeh", "nour", "libeh", "rustom",
))]  # fmt: skip
HOSTILE = "<img src=x onerror=alert(1)>"
ARABIC = "الشعفة"
PER_REPORT = 10


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make an archive of 120 villages nobody has reviewed, and two names that have a file."""
    (tmp_path / "content/reports").mkdir(parents=True)
    (tmp_path / "content/places").mkdir()
    (tmp_path / "readingroom.toml").write_text('title = "Test"\n', encoding="utf-8")
    (tmp_path / "content/places/hajin.md").write_text("---\nname: Hajin\nvariants: [Hajeen]\n---\n", encoding="utf-8")
    (tmp_path / "content/places/susah.md").write_text("---\nname: Susah\n---\n", encoding="utf-8")
    for number in range(0, len(NAMES), PER_REPORT):
        sentences = [
            f"Clashes went on in {name}. Shelling hit {name} again." for name in NAMES[number : number + PER_REPORT]
        ]
        write_report(tmp_path, f"2018-01-{number // PER_REPORT + 1:02}", sentences)
    return tmp_path


def write_report(root: Path, day: str, paragraphs: list[str]) -> None:
    head = f"---\ntitle: Villages of {day}\npublished: {day}\ndate_basis: given\n---\n"
    text = "\n\n".join(paragraphs)
    (root / f"content/reports/{day}-aaaaaa.md").write_text(f"{head}{text}\n", encoding="utf-8")


def found_by_hand(root: Path) -> Gathering:
    """Gather the archive, with every name of ours that is printed as its only suggestions."""
    gathering = gathered(root)
    return gathering._replace(found={key: tuple(_named(report)) for key, report in gathering.reports.items()})


def _named(report: Report) -> Iterator[Mention]:
    for passage in report.paragraphs:
        for name in (*NAMES, HOSTILE, ARABIC):
            slug = re.sub("[^a-z]+", "-", name.lower()).strip("-")
            for match in re.finditer(re.escape(name), passage.text):
                yield Mention(
                    report.id, passage.anchor, *match.span(), name, "place", f"places/{slug}" if slug else "",
                    "suggested", 0.7, ('"in" stands before it',),
                )  # fmt: skip


@contextmanager
def reviewing(root: Path) -> Iterator[str]:
    """Serve an archive, build it on every change; gives the address of the review page."""
    board, turns = Board(State("1-0")), Turns()
    desk = Desk(root, turns, gathered=found_by_hand, today=lambda: "2026-11-22")
    editing = Editing(root, Options(search="none"), board, lambda _line: None, turns=turns, desk=desk)
    editing.rebuild(editing.pages_first)
    ended = threading.Event()
    with (
        Preview(0, root / "build/site", board, lambda _line: None, review=desk) as server,
        server.answering(),
        watching(root) as (changes, _),
    ):

        def follow() -> None:
            while not ended.is_set():
                if changes.wait(0.1):
                    editing.rebuild(editing.pages_first)

        builder = threading.Thread(target=follow)
        builder.start()
        try:
            yield f"{server.address}_readingroom/names"
        finally:
            ended.set()
            builder.join()


def row(page: Page, name: str) -> Locator:
    return page.locator(".item").filter(has=page.locator("h3", has_text=re.compile(f"^{re.escape(name)}$")))


def decided(page: Page, number: int, of: int) -> None:
    page.locator("#count", has_text=f"{number} of {of} decided").wait_for()


def files(root: Path) -> set[str]:
    return {path.stem for path in (root / "content/places").glob("*.md")}


def test_a_reviewer_clears_a_hundred_names_without_touching_a_file(root: Path, page: Page) -> None:
    with reviewing(root) as address:
        page.goto(address)
        assert page.locator("#count").inner_text() == "0 of 120 decided"
        page.get_by_label("Reviewer").fill("Ana")
        page.get_by_label("Reviewer").press("Tab")
        page.locator("#status", has_text="signed Ana").wait_for()
        for done in (50, 100):
            page.get_by_label("Select all").check()
            page.get_by_role("button", name="Accept 50 selected").click()
            decided(page, done, 120)  # the next names are not here yet
        expect(page.locator(".item:not(.done)")).to_have_count(20)
        assert len(files(root)) == 102
        some = (root / "content/places" / f"{NAMES[0].lower()}.md").read_text(encoding="utf-8")
        assert "reviewed: 2026-11-22" in some
        assert "reviewed_by: Ana" in some
        page.reload()
        assert page.locator("#count").inner_text() == "100 of 120 decided"
        assert page.locator(".item").count() == 20
        page.goto("about:blank")


def test_keys_decide_name_after_name_and_undo_takes_the_last_back(root: Path, page: Page) -> None:
    with reviewing(root) as address:
        page.goto(address)
        names = page.locator(".item h3").all_inner_texts()
        for key in "anrsj":
            page.keyboard.press(key)
        decided(page, 3, 120)
        current = page.locator(".item[aria-current]")
        assert current.locator("h3").inner_text() == names[5]
        judgements = (root / "content/judgements.yaml").read_text(encoding="utf-8")
        assert f"never: [{names[1]}]" in judgements
        assert f"rejected: [{names[2]}], kind: place" in judgements
        page.keyboard.press("u")
        decided(page, 2, 120)
        assert "rejected" not in (root / "content/judgements.yaml").read_text(encoding="utf-8")
        assert current.locator("h3").inner_text() == names[2]
        page.keyboard.press("u")
        page.keyboard.press("u")
        decided(page, 0, 120)
        assert files(root) == {"hajin", "susah"}
        assert not (root / "content/judgements.yaml").exists()
        page.goto("about:blank")


def test_what_is_selected_is_rejected_at_once_and_taken_back_at_once(root: Path, page: Page) -> None:
    with reviewing(root) as address:
        page.goto(address)
        for key in "xjxjx":
            page.keyboard.press(key)
        page.get_by_role("group", name="All selected").get_by_role("button", name="Reject").click()
        decided(page, 3, 120)
        assert (root / "content/judgements.yaml").read_text(encoding="utf-8").count("rejected") == 3
        page.get_by_role("button", name="Undo: 3 decisions").click()
        decided(page, 0, 120)
        assert not (root / "content/judgements.yaml").exists()
        assert page.locator(".item.done").count() == 0
        page.goto("about:blank")


def test_a_name_is_merged_into_one_found_by_another_spelling(root: Path, page: Page) -> None:
    with reviewing(root) as address:
        page.goto(address)
        name = page.locator(".item h3").first.inner_text()
        page.keyboard.press("m")
        box = page.get_by_role("combobox", name=f"Merge {name} into")
        expect(page.locator(".suggestions")).not_to_contain_text(name)
        box.fill("xyzw")
        expect(page.locator(".merge [role=status]")).to_have_text("No name is like “xyzw”.")
        expect(page.locator(".suggestions li")).to_have_count(0)
        box.fill("hajee")
        option = page.locator(".suggestions").get_by_role("option", name="Hajin")
        option.wait_for()
        assert "spelt “Hajeen”" in option.inner_text()
        box.press("ArrowDown")
        assert option.get_attribute("aria-selected") == "true"
        box.press("Enter")
        decided(page, 1, 120)
        assert f"variants: [Hajeen, {name}]" in (root / "content/places/hajin.md").read_text(encoding="utf-8")
        assert f"{name} is places/hajin" in row(page, name).or_(page.locator(".item.done")).first.inner_text()
        page.goto("about:blank")


def test_a_name_is_merged_into_another_that_waits_too(root: Path, page: Page) -> None:
    with reviewing(root) as address:
        page.goto(address)
        name, _, other = page.locator(".item h3").all_inner_texts()[:3]
        page.keyboard.press("m")
        page.get_by_role("combobox", name=f"Merge {name} into").fill(other)
        option = page.locator(".suggestions").get_by_role("option", name=other)
        assert "waits too" in option.inner_text()
        option.click()
        expect(row(page, other)).to_contain_text("no longer waits")
        written = (root / f"content/places/{other.lower()}.md").read_text(encoding="utf-8")
        assert f"name: {other}\nvariants: [{name}]" in written
        page.goto("about:blank")


def test_the_kind_and_the_name_can_be_changed_before_a_name_is_accepted(root: Path, page: Page) -> None:
    with reviewing(root) as address:
        page.goto(address)
        first = page.locator(".item").first
        first.get_by_label("Kind").select_option("commander")
        first.get_by_role("button", name="Accept").click()
        first.locator(".problem", has_text="too short to name a person").wait_for()
        assert files(root) == {"hajin", "susah"}
        first.get_by_label("Name").fill("Abu Talha al-Almani")
        first.get_by_label("Name").press("Enter")
        decided(page, 1, 120)
        assert (root / "content/commanders/abu-talha-al-almani.md").is_file()
        page.goto("about:blank")


def test_the_next_name_comes_to_where_the_mouse_is_and_the_list_keeps_its_place(root: Path, page: Page) -> None:
    with reviewing(root) as address:
        page.goto(address)
        third = page.locator(".item").nth(2)
        third.scroll_into_view_if_needed()
        button = third.get_by_role("button", name="Accept", exact=True)
        before = button.bounding_box()
        button.click()
        decided(page, 1, 120)
        expect(page.locator(".item")).to_have_count(51)
        after = page.locator(".item[aria-current]").get_by_role("button", name="Accept", exact=True).bounding_box()
        assert before
        assert after
        assert abs(before["y"] - after["y"]) < 8
        page.goto("about:blank")


def test_a_fault_is_said_in_its_row_and_the_row_stays(root: Path, page: Page, watch: Watch) -> None:
    with reviewing(root) as address:
        page.goto(address)
        name = page.locator(".item h3").first.inner_text()
        (root / "content/places/susah.md").write_text("---\nnmae: Susah\n---\n", encoding="utf-8")
        page.keyboard.press("a")
        page.locator(".item").first.locator(".problem", has_text="did you mean name?").wait_for()
        assert page.locator("#count").inner_text() == "0 of 120 decided"
        (root / "content/places/susah.md").write_text("---\nname: Susah\n---\n", encoding="utf-8")
        row(page, name).get_by_role("button", name="Accept", exact=True).click()
        decided(page, 1, 120)
        page.goto("about:blank")
    assert all("503" in fault for fault in watch.faults)  # the list while content/ is broken
    watch.faults.clear()


def test_the_list_is_limited_by_kind_and_text_and_paged(root: Path, page: Page) -> None:
    with reviewing(root) as address:
        page.goto(address)
        page.get_by_role("link", name="Next").click()
        page.locator("#pager", has_text="51–100 of 120").wait_for()
        page.get_by_placeholder("text in a spelling").fill("barkou")
        page.get_by_placeholder("text in a spelling").press("Enter")
        page.locator("#pager", has_text="1–1 of 1").wait_for()
        assert page.locator(".item h3").all_inner_texts() == ["Barkouba"]
        page.goto("about:blank")


def test_a_link_leads_to_the_paragraph_that_is_evidence(root: Path, page: Page) -> None:
    with reviewing(root) as address:
        page.goto(f"{address}?text=Barkameel")
        with page.context.expect_page() as opened:
            page.locator(".evidence a").first.click()
        report = opened.value
        report.wait_for_load_state()
        assert report.url.endswith("/reports/2018-01-01-aaaaaa.html#p2")
        assert "Barkameel" in report.locator("#p2").inner_text()
        report.close()
        page.goto("about:blank")


def test_hostile_and_arabic_names_are_text_and_stay_in_their_row(root: Path, page: Page) -> None:
    write_report(root, "2018-02-01", [f"Clashes went on in `{HOSTILE}` again.", f"اشتباكات في {ARABIC} اليوم."])
    with reviewing(root) as address:
        page.goto(address)
        page.get_by_placeholder("text in a spelling").fill("img")
        page.get_by_placeholder("text in a spelling").press("Enter")
        page.wait_for_url("**text=img*")
        page.locator('.item[aria-current="true"]').wait_for()
        assert page.locator(".item h3").inner_text() == HOSTILE
        assert page.locator("img").count() == 0
        page.keyboard.press("n")
        page.locator("#status", has_text=HOSTILE).wait_for()
        assert page.locator("img").count() == 0
        page.goto(f"{address}?text={ARABIC}")
        assert page.locator(".item h3").inner_text() == ARABIC
        direction = page.locator(".evidence p").first.evaluate("line => getComputedStyle(line).direction")
        assert direction == "rtl"
        page.goto("about:blank")


def test_single_keys_can_be_switched_off_and_do_nothing_in_fields(root: Path, page: Page) -> None:
    with reviewing(root) as address:
        page.goto(address)
        page.get_by_label("Reviewer").fill("")
        page.get_by_label("Reviewer").press_sequentially("aunt rana")
        page.keyboard.press("Tab")
        page.keyboard.press("?")
        page.get_by_label("Use single keys").uncheck()
        page.keyboard.press("a")
        page.locator("#status", has_text="aunt rana").wait_for()
        assert page.locator("#count").inner_text() == "0 of 120 decided"
        assert files(root) == {"hajin", "susah"}
        page.goto("about:blank")


def test_a_page_of_an_earlier_session_says_so(root: Path, page: Page, watch: Watch) -> None:
    with reviewing(root) as address:
        page.goto(address)
        page.route("**/_readingroom/names", lambda route: route.continue_(
            headers={**route.request.headers, "x-readingroom-token": "old"}
        ))  # fmt: skip
        page.keyboard.press("a")
        page.locator("#status", has_text="load this page again").wait_for()
        assert files(root) == {"hajin", "susah"}
        page.goto("about:blank")
    assert all("403" in fault for fault in watch.faults)
    watch.faults.clear()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_the_page_is_accessible_and_fits_the_screen(
    root: Path, browser: Browser, watch: Watch, scheme: str, width: int
) -> None:
    with reviewing(root) as address:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light"
        )
        watch.follow(context)
        page = context.new_page()
        page.goto(address)
        page.keyboard.press("a")
        decided(page, 1, 120)
        page.keyboard.press("m")
        page.get_by_role("combobox", name="Merge").fill("h")
        page.locator(".suggestions").get_by_role("option", name="Hajin").wait_for()
        page.get_by_role("button", name="Keys").click()
        found = Axe().run(page).response["violations"]
        assert [(item["id"], [node["html"] for node in item["nodes"][:2]]) for item in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        context.close()
    assert watch.faults == []


@pytest.mark.parametrize("width", [390, 1280])
def test_the_toolbar_stays_as_high_whatever_it_says(page: Page, root: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    with reviewing(root) as address:
        page.goto(address)
        page.locator("#by").fill("Somebody of some rather long name")
        cut = page.locator("#by").evaluate("field => field.scrollWidth > field.clientWidth")
        before = page.locator(".bar").bounding_box()
        page.locator('[data-act="accept"]').first.click()
        expect(page.locator("#undo")).to_contain_text(" is a place")
        expect(page.locator("#status")).to_contain_text("content/places/")
        after = page.locator(".bar").bounding_box()
    assert before is not None
    assert after is not None
    assert (cut, after["height"]) == (False, before["height"])
