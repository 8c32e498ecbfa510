"""Searching from disk beyond what test_anywhere_browser.py compares: addresses, and copies without the scripts."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from conftest import copy_of_this_archive
from playwright.sync_api import expect

from readingroom.build import build
from readingroom.options import Options

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from conftest import Watch
    from playwright.sync_api import Page


def shown(page: Page, address: str) -> tuple[str, list[str]]:
    """Return what the search page says and lists."""
    page.goto(address)
    expect(page.locator(":is(#search-results > li, #search .empty):visible").first).to_be_visible()
    expect(page.locator("#search-status")).not_to_have_text("Searching…")
    return page.locator("#search-status").inner_text(), page.locator("#search-results > li").all_inner_texts()


DENIED = """for (const name of ["pushState", "replaceState"]) {
  const real = history[name].bind(history);
  history[name] = (state, title, url) => {
    if (!url.startsWith("#")) throw new DOMException("denied", "SecurityError");
    real(state, title, url);
  };
}"""


@pytest.mark.parametrize("script", ["", DENIED])
def test_from_disk_too_words_filters_and_order_stand_in_the_address(page: Page, built: Path, script: str) -> None:
    if script:
        page.add_init_script(script)
    shown(page, (built / "search.html").as_uri())
    page.fill("#q", "ISIS")
    expect(page.locator("#search-status")).to_have_text("2 reports")
    page.locator("#search select").select_option("oldest")
    page.get_by_label("2018").check()
    expect(page.locator("#search-filters summary")).to_contain_text("1 chosen")
    first = page.locator("#search-results h2").first.inner_text()
    assert first.startswith("After about 7 months")
    page.reload()
    expect(page.locator("#search-status")).to_have_text("2 reports")
    expect(page.get_by_label("2018")).to_be_checked()
    assert page.input_value("#q") == "ISIS"
    assert page.locator("#search select").input_value() == "oldest"
    expect(page.locator("#search-results h2").first).to_have_text(first)
    page.go_back()
    expect(page.get_by_label("2018")).not_to_be_checked()


def test_without_the_scripts_a_copy_on_disk_says_so_and_names_answer(
    page: Page, built: Path, tmp_path: Path, watch: Watch
) -> None:
    copy = tmp_path / "site"
    shutil.copytree(built, copy, ignore=shutil.ignore_patterns("offline"))
    page.goto(f"{(copy / 'search.html').as_uri()}?q=hayat tahrir")
    expect(page.locator("#search .names li").first).to_contain_text("Hayat Tahrir al-Sham")
    expect(page.locator(".empty")).to_contain_text("made without what the search for words needs")
    assert watch.faults == ["error: Failed to load resource: net::ERR_FILE_NOT_FOUND"]
    watch.faults.clear()


def test_a_site_only_for_the_web_says_on_disk_what_it_lacks_and_searches_over_http(
    page: Page, tmp_path: Path, serve: Callable[[Path], AbstractContextManager[str]]
) -> None:
    folder = copy_of_this_archive(tmp_path / "archive")
    with (folder / "readingroom.toml").open("r+", encoding="utf-8") as settings:
        rest = settings.read()
        settings.seek(0)
        settings.write(f"offline_search = false\n{rest}")
    site = build(folder, Options()).site
    page.goto(f"{(site / 'search.html').as_uri()}?q=hayat tahrir")
    expect(page.locator("#search .names li").first).to_contain_text("Hayat Tahrir al-Sham")
    expect(page.locator(".empty")).to_contain_text("made without what the search for words needs")
    with serve(site) as address:
        assert shown(page, f"{address}search.html?q=Almani")[0] == "1 report"
