"""A page shown by `readingroom serve`, while its files are edited."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from readingroom.board import Board, State
from readingroom.options import Options
from readingroom.preview import Preview
from readingroom.serve import Editing
from readingroom.watch import watching

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Watch
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

HEAD = "---\ntitle: Two villages\npublished: 2018-01-18\ndate_basis: given\n---\n"
PARAGRAPHS = "\n\n".join(f"Clashes went on in village {number}." for number in range(200))
REPORT = "content/reports/2018-01-18-aaaaaa.md"
PANEL = "#readingroom-problems"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "content/reports").mkdir(parents=True)
    (tmp_path / "readingroom.toml").write_text('title = "Test"\n', encoding="utf-8")
    (tmp_path / REPORT).write_text(HEAD + PARAGRAPHS, encoding="utf-8")
    return tmp_path


@contextmanager
def editing(root: Path) -> Iterator[str]:
    """Serve an archive and build it on every change; gives the address of its report."""
    board = Board(State("1-0"))
    desk = Editing(root, Options(search="none"), board, lambda _line: None)
    desk.rebuild(desk.pages_first)
    ended = threading.Event()
    with (
        Preview(0, root / "build/site", board, lambda _line: None) as server,
        server.answering(),
        watching(root) as (changes, _),
    ):

        def follow() -> None:
            while not ended.is_set():
                if changes.wait(0.1):
                    desk.rebuild(desk.pages_first)

        builder = threading.Thread(target=follow)
        builder.start()
        try:
            yield f"{server.address}reports/2018-01-18-aaaaaa.html"
        finally:
            ended.set()
            builder.join()


def has_scrolled(page: Page, where: int) -> None:
    """Wait until a page is scrolled to a place: asked from outside, for its CSP lets nobody ask again from inside."""
    for _ in range(100):
        if page.evaluate("scrollY") == where:
            return
        page.wait_for_timeout(50)
    assert page.evaluate("scrollY") == where


def test_a_changed_report_appears_by_itself_and_keeps_its_scroll(root: Path, page: Page) -> None:
    with editing(root) as address:
        page.goto(address)
        page.locator("#p150").scroll_into_view_if_needed()
        page.evaluate("scrollTo(0, 3000)")
        has_scrolled(page, 3000)
        for words in ("broke out", "calmed down", "were heard"):
            (root / REPORT).write_text(HEAD + PARAGRAPHS.replace("went on", words), encoding="utf-8")
            page.locator("#p150", has_text=words).wait_for()
        has_scrolled(page, 3000)
        page.goto("about:blank")


def test_a_fault_is_shown_over_the_last_good_page_and_goes_when_it_is_mended(root: Path, page: Page) -> None:
    with editing(root) as address:
        page.goto(address)
        (root / REPORT).write_text("---\ntitle: Two\n<b>publsher</b>: X\n---\nNothing.", encoding="utf-8")
        panel = page.locator(PANEL)
        panel.wait_for()
        assert "the last good site" in panel.inner_text()
        assert f"{REPORT}:3" in panel.inner_text()
        assert "did you mean publisher?" in panel.inner_text()
        assert panel.locator("b").count() == 0
        assert panel.evaluate("panel => getComputedStyle(panel).position") == "fixed"
        assert "village 7." in page.locator("#p8").inner_text()
        (root / REPORT).write_text(HEAD + PARAGRAPHS, encoding="utf-8")
        panel.wait_for(state="detached")
        page.goto("about:blank")


def test_a_page_of_problems_gives_way_to_the_site(root: Path, page: Page, watch: Watch) -> None:
    (root / REPORT).write_text("---\ntitle: Two\npublsher: X\n---\nNothing.", encoding="utf-8")
    with editing(root) as address:
        page.goto(address)
        assert "There is no site yet" in page.locator("h1").inner_text()
        assert "did you mean publisher?" in page.locator("li").inner_text()
        (root / REPORT).write_text(HEAD + "Nothing.", encoding="utf-8")
        page.locator("#p1", has_text="Nothing.").wait_for()
        page.goto("about:blank")
    assert all("503" in fault for fault in watch.faults)
    watch.faults.clear()


def test_pages_in_the_background_leave_the_server_to_others(root: Path, page: Page) -> None:
    with editing(root) as address:
        page.goto(address)
        others = [page.context.new_page() for _ in range(8)]
        for other in others:
            other.add_init_script("Object.defineProperty(document, 'hidden', {get: () => true})")
            other.goto(address)
        assert all(other.locator("#p1").inner_text() for other in others)
        for other in [*others, page]:
            other.goto("about:blank")
