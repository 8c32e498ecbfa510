"""What belongs together stays together at any width: a native name in one piece, a count beside words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from test_search_browser import search

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

BROKEN = "names => names.filter(name => name.getClientRects().length > 1).map(name => name.textContent)"
ALONE = """counts => counts.filter(count => {
    const words = document.createRange();
    words.selectNodeContents(count.closest('li'));
    words.setEndBefore(count);
    const [last, own] = [[...words.getClientRects()].pop(), count.getBoundingClientRect()];
    return last.bottom <= own.top;
}).map(count => count.closest('li').textContent)"""


@pytest.mark.parametrize("width", [320, 390, 700, 1280])
def test_native_names_and_counts_of_an_index_stay_in_one_piece(page: Page, site: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}places/index.html")
    assert page.locator(".letter bdi[lang]").count() > 20
    assert page.locator(".letter bdi[lang]").evaluate_all(BROKEN) == []
    assert page.locator(".letter .count").evaluate_all(ALONE) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_names_that_answer_a_search_stand_apart_from_the_reports_that_do(page: Page, site: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    search(page, f"{site}search.html?q=abu", 1)
    names = page.locator(".found .names li")
    expect(names).to_have_count(3)
    assert page.locator(".found .names .see bdi").evaluate_all(BROKEN) == []
    tops = [page.locator(each).bounding_box() for each in ("#search-status", "#search-results")]
    last = names.last.bounding_box()
    assert last is not None
    assert [box["y"] > last["y"] for box in tops if box] == [True, True]
    search(page, f"{site}search.html?q=zzzz", None)
    empty = page.locator(".empty").bounding_box()
    assert empty is not None
    assert empty["width"] == last["width"]
