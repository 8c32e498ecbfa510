"""Filters and odd queries on the search page: nothing moves under the hand, results come before filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from test_search_browser import given, search

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_what_can_be_ticked_stays_where_it_is_while_it_is_ticked(page: Page, site: str) -> None:
    search(page, f"{site}search.html?q=organization", 2)
    labels = page.locator("fieldset[data-filter=faction] label bdi")
    expect(labels.first).to_be_visible()
    before = labels.all_inner_texts()
    assert len(before) > 4
    page.get_by_label(before[3]).check()
    expect(page.locator("#search-filters summary")).to_contain_text("1 chosen")
    kept = [name for name in before if name in labels.all_inner_texts()]
    assert labels.all_inner_texts()[: len(kept)] == kept
    page.get_by_label(before[3]).uncheck()
    expect(page.locator("#search-status")).to_have_text("2 reports")
    expect(labels).to_have_text(before)


def test_a_small_screen_shows_results_first_and_filters_when_asked(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    search(page, f"{site}search.html?q=organization", 2)
    expect(page.locator("#search-filters summary")).to_be_visible()
    expect(page.locator("#search-results h2").first).to_be_in_viewport()
    expect(page.locator("fieldset[data-filter=place]")).to_be_hidden()
    page.locator("#search-filters summary").click()
    expect(page.locator("fieldset[data-filter=place]")).to_be_visible()
    cut = "list => list.scrollHeight > list.clientHeight || list.scrollWidth > list.clientWidth"
    assert page.locator("#search-filters ul").evaluate_all(f"lists => lists.filter({cut}).length") == 0
    page.set_viewport_size({"width": 1280, "height": 844})
    expect(page.locator("#search-filters summary")).to_be_hidden()
    expect(page.locator("fieldset[data-filter=place]")).to_be_visible()


@pytest.mark.parametrize("typed", ["%", "“”", "- !", '"%"'])
def test_signs_without_a_word_find_nothing_rather_than_everything(page: Page, site: str, typed: str) -> None:
    page.goto(f"{site}search.html")
    page.fill("#q", typed)
    page.press("#q", "Enter")
    expect(page.locator(".empty")).to_contain_text("Search for:")
    expect(page.locator("#search-results > li")).to_have_count(0)
    assert given(page) == [("q", typed)]
