"""Searching in a real Chromium: names in any spelling, reports by their words, landing on the paragraph."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import expect

from readingroom.build import build
from readingroom.options import Options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from conftest import Watch
    from playwright.sync_api import Dialog, Page

pytestmark = pytest.mark.browser

PAGE = 7
HOSTILE = "<img src=x onerror=alert(1)> & “quoted”"


# What the reader sees


def status(page: Page) -> str:
    return page.locator("#search-status").inner_text().strip()


def search(page: Page, address: str, count: int | None) -> None:
    """Open a search and wait for its results; `count` None waits for the way out of having none."""
    page.goto(address)
    if count is None:
        expect(page.locator(".empty")).to_contain_text("No report ")
    else:
        expect(page.locator("#search-status")).to_have_text(f"{count} report{'s' if count != 1 else ''}")
        expect(page.locator("#search-results > li")).to_have_count(min(count, PAGE))


def titles(page: Page) -> list[str]:
    return page.locator("#search-results h2").all_inner_texts()


def given(page: Page) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(page.url).query)


# Reports by their words


def test_a_search_leads_to_the_paragraph_and_marks_the_words(page: Page, site: str) -> None:
    page.goto(f"{site}search.html")
    page.fill("#q", "Almani")
    expect(page.locator("#search-status")).to_have_text("1 report")
    excerpt = page.locator(".excerpt", has_text="Abu Talha al-Almani")
    expect(excerpt.locator("mark")).to_have_text("al-Almani")
    excerpt.locator("a.ref").click()
    page.wait_for_url(re.compile(r"/reports/[^/]+\.html\?q=[^#]+#p\d+$"))
    paragraph = page.locator(f"#{page.url.rpartition('#')[2]}")
    expect(paragraph).to_be_in_viewport()
    expect(paragraph.locator("mark").first).to_have_text("al-Almani")
    assert page.locator("mark").count() == paragraph.locator("mark").count()


def test_on_a_small_screen_the_word_itself_is_brought_into_view(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 360, "height": 480})
    search(page, f"{site}search.html?q=Almani", 1)
    page.locator(".excerpt a.ref").click()
    expect(page.locator("mark").first).to_be_in_viewport()


def test_marking_words_changes_no_text_and_no_link(page: Page, site: str) -> None:
    search(page, f"{site}search.html?q=Almani", 1)
    marked = page.locator(".excerpt a.ref").first.get_attribute("href") or ""
    page.goto(f"{site}{marked}")
    expect(page.locator("mark").first).to_be_visible()
    passages, links = page.locator("article .text [id^=p]"), page.locator("article .text a")
    texts, count = passages.all_text_contents(), links.count()
    page.goto(f"{site}{marked.partition('?')[0]}")
    assert passages.all_text_contents() == texts
    assert links.count() == count
    assert page.locator("mark").count() == 0


def test_a_search_can_be_cited_by_its_address(page: Page, site: str) -> None:
    search(page, f"{site}search.html?q=ISIS&year=2018&sort=date", 2)
    assert page.input_value("#q") == "ISIS"
    assert page.locator("#search select").input_value() == "date"
    assert page.get_by_label("2018").is_checked()
    newest = titles(page)
    search(page, f"{site}search.html?q=ISIS&year=2018&sort=oldest", 2)
    assert titles(page) == newest[::-1]


def test_the_back_button_brings_the_last_search_back(page: Page, site: str) -> None:
    search(page, f"{site}search.html?q=ISIS", 2)
    page.fill("#q", "Almani")
    page.press("#q", "Enter")
    expect(page.locator("#search-status")).to_have_text("1 report")
    assert given(page) == [("q", "Almani")]
    page.go_back()
    expect(page.locator("#search-status")).to_have_text("2 reports")
    assert page.input_value("#q") == "ISIS"


def test_filters_are_shown_by_name_and_kept_by_id(page: Page, site: str) -> None:
    search(page, f"{site}search.html?q=organization", 2)
    box = page.locator("fieldset[data-filter=place]")
    expect(box.locator("legend")).to_have_text("Places")
    box.get_by_role("button").click()
    assert "places/" not in box.inner_text()
    box.get_by_label("Hajin").check()
    expect(page.locator("#search-status")).to_have_text("1 report")
    assert given(page) == [("q", "organization"), ("place", "places/hajin")]
    page.go_back()
    expect(page.locator("#search-status")).to_have_text("2 reports")
    expect(page.get_by_label("Hajin")).not_to_be_checked()


def test_filters_count_the_reports_they_would_leave(page: Page, site: str) -> None:
    search(page, f"{site}search.html?q=organization", 2)
    for kind in ("place", "faction", "commander"):
        label = page.locator(f"fieldset[data-filter={kind}] label").first
        expect(label).to_be_visible()
        count = int(label.locator(".count").inner_text())
        label.locator("input").check()
        expect(page.locator("#search-status")).to_have_text(f"{count} report{'s' if count > 1 else ''}")
        page.go_back()
        expect(page.locator("#search-status")).to_have_text("2 reports")


def test_a_name_alone_lists_the_reports_that_name_it_and_marks_it_as_printed(page: Page, site: str) -> None:
    search(page, f"{site}search.html?place=places/al-shaafah", 1)
    expect(page.locator(".excerpt mark").first).to_have_text("Sha’afah")


def test_quotes_ask_for_the_words_in_this_order(page: Page, site: str) -> None:
    search(page, f"{site}search.html?q=organization the", 2)
    search(page, f"{site}search.html?q=%22Talha al-Almani%22", 1)
    expect(page.locator(".excerpt mark").first).to_have_text("Talha al-Almani")
    search(page, f"{site}search.html?q=“Talha al-Almani”", 1)
    search(page, f"{site}search.html?q=%22al-Almani Talha%22", None)
    page.get_by_role("link", name="without quotes").click()
    expect(page.locator("#search-status")).to_have_text("1 report")


def test_words_beside_a_phrase_narrow_it(page: Page, site: str) -> None:
    search(page, f"{site}search.html?q=%22regime forces%22", 2)
    search(page, f"{site}search.html?q=%22regime forces%22 Almani", 1)
    search(page, f"{site}search.html?q=%22regime forces%22 %22Talha al-Almani%22", 1)


def test_a_search_that_finds_nothing_offers_names_in_other_spellings(page: Page, site: str) -> None:
    search(page, f"{site}search.html?q=Shaafa zzzz", None)
    expect(page.locator(".empty")).to_contain_text("No report holds “zzzz”")
    page.get_by_role("link", name="Reports that name al-Shaafah").click()
    expect(page.locator("#search-status")).to_have_text("1 report")
    assert given(page) == [("place", "places/al-shaafah")]


def test_a_filter_that_leaves_nothing_can_be_dropped(page: Page, site: str) -> None:
    search(page, f"{site}search.html?q=Almani&year=1999", None)
    page.get_by_role("link", name="Search all reports").click()
    expect(page.locator("#search-status")).to_have_text("1 report")


def test_without_a_query_the_page_says_what_can_be_searched_and_loads_no_index(
    page: Page, site: str, watch: Watch
) -> None:
    page.goto(f"{site}search.html")
    expect(page.locator(".empty")).to_contain_text("a name in any spelling")
    assert not [url for url in watch.requests if "/pagefind/" in url]


def test_arrows_move_from_the_box_through_names_and_results(page: Page, site: str) -> None:
    search(page, f"{site}search.html?q=Hajin", 1)
    page.focus("#q")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "Hajin"
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.className") == "what"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.id") == "q"


def test_the_same_site_answers_below_a_folder(page: Page, site: str) -> None:
    search(page, f"{site}repo/search.html?q=Almani", 1)
    page.locator(".excerpt a.ref").first.click()
    expect(page.locator("mark").first).to_be_visible()
    assert "/repo/reports/" in page.url


def test_a_first_search_stays_within_its_bytes(page: Page, site: str) -> None:
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    search(page, f"{site}search.html?q=villages", 2)
    expect(page.locator("#search-filters")).to_be_visible()
    assert sum(sizes) < 300_000, "uncompressed, page and style included"


# An archive with everything that is hard


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def report(folder: Path, name: str, title: str, text: str, *, language: str = "en") -> None:
    basis = "date_basis: unknown"
    if not name.startswith("undated"):
        basis = f"published: {name[:10]}\ndate_basis: stated"
    head = f"title: {title!r}\npublisher: 'Watch {HOSTILE}'\n{basis}\nlanguage: {language}"
    write(folder / "content/reports" / f"{name}.md", f"---\n{head}\n---\n{text}\n")


def hard_archive(folder: Path) -> Path:
    write(folder / "readingroom.toml", 'title = "Hard"\n')
    write(
        folder / "content/places/hajin.md",
        "---\nname: Hajin\nnative: {ar: هجين}\nreviewed: 2026-11-22\n---\n",
    )
    write(folder / "content/places/trap.md", f"---\nname: 'Trap {HOSTILE}'\nreviewed: 2026-11-22\n---\n")
    for number in range(25):
        report(
            folder,
            f"20{10 + number % 9}-03-{number + 1:02}-{number:06x}",
            f"Shelling {number}",
            "Shells fell on Hajin.",
        )
    report(
        folder,
        "undated-00000a",
        f"Title {HOSTILE}",
        f"Somewhere else, Trap {HOSTILE}.\n\n<script>alert(2)</script> said.",
    )
    report(folder, "2019-05-01-00000b", "قصف", "قصفت الطائرات بلدة هجين في دير الزور.", language="ar")
    return folder


@pytest.fixture(scope="module")
def hard(
    tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], AbstractContextManager[str]]
) -> Iterator[str]:
    """Give the address of the built hard archive."""
    built = build(hard_archive(tmp_path_factory.mktemp("hard")), Options()).site
    with serve(built) as address:
        yield address


def test_reports_in_arabic_are_found_from_the_english_page_and_marked(page: Page, hard: str) -> None:
    search(page, f"{hard}search.html?q=هجين", 1)
    page.locator(".excerpt a.ref").click()
    expect(page.locator("#p1 mark")).to_have_text("هجين")


def test_reports_without_a_date_come_last_in_both_orders(page: Page, hard: str) -> None:
    for sort, first in (("date", "1 May 2019"), ("oldest", "1 March 2010")):
        page.goto(f"{hard}search.html?year=undated&year=2010&year=2019&sort={sort}")
        expect(page.locator("#search-results .meta").first).to_contain_text(first)
        expect(page.locator("#search-results .meta").last).to_contain_text("undated")


def test_more_results_come_when_asked_and_the_focus_goes_to_them(page: Page, hard: str) -> None:
    search(page, f"{hard}search.html?q=Shells&sort=date", 25)
    more = page.get_by_role("button", name="More results")
    more.click()
    expect(page.locator("#search-results > li")).to_have_count(2 * PAGE)
    assert page.evaluate("document.activeElement.closest('li').matches(':nth-child(8)')")
    more.click()
    expect(page.locator("#search-results > li")).to_have_count(3 * PAGE)
    more.click()
    expect(page.locator("#search-results > li")).to_have_count(25)
    expect(more).to_be_hidden()
    assert len(set(titles(page))) == 25


def test_years_widen_and_names_narrow(page: Page, hard: str) -> None:
    search(page, f"{hard}search.html?q=Shells&year=2010", 3)
    years = page.locator("fieldset[data-filter=year]")
    expect(years.get_by_label("2012")).to_be_visible()
    years.get_by_label("2012").check()
    expect(page.locator("#search-status")).to_have_text("6 reports")
    page.goto(f"{hard}search.html?place=places/hajin&place=places/trap")
    expect(page.locator(".empty")).to_contain_text("No report ")


def test_text_that_looks_like_html_is_shown_as_text(page: Page, hard: str) -> None:
    dialogs: list[str] = []

    def refuse(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", refuse)
    search(page, f"{hard}search.html?q=somewhere else&year=undated", 1)
    assert titles(page) == [f"Title {HOSTILE}"]
    expect(page.locator("#search-results .meta")).to_contain_text(f"Watch {HOSTILE}")
    expect(page.locator("fieldset[data-filter=place] label")).to_contain_text(f"Trap {HOSTILE}")
    search(page, f"{hard}search.html?q=alert", 1)
    expect(page.locator(".excerpt").last).to_contain_text("<script>alert(2)</script> said.")
    page.locator(".excerpt a.ref").last.click()
    expect(page.locator("#p2 mark").first).to_be_visible()
    page.goto(f"{hard}search.html?q={HOSTILE}&place=<b>&year=<i>&sort=<u>")
    expect(page.locator(".empty")).to_contain_text("No report ")
    page.goto(f"{hard}reports/index.html")
    page.keyboard.press("/")
    page.keyboard.type("trap")
    expect(page.locator(".suggestions li").first).to_contain_text(f"Trap {HOSTILE}")
    assert dialogs == []
    assert page.locator("#main img, #main script, .suggestions img").count() == 0


def test_an_archive_without_reports_says_so_and_asks_for_no_index(
    page: Page, tmp_path: Path, serve: Callable[[Path], AbstractContextManager[str]], watch: Watch
) -> None:
    write(tmp_path / "readingroom.toml", 'title = "Empty"\n')
    write(tmp_path / "content/places/hajin.md", "---\nname: Hajin\nreviewed: 2026-11-22\n---\n")
    with serve(build(tmp_path, Options()).site) as address:
        page.goto(f"{address}search.html?q=Hajin")
        expect(page.locator(".empty")).to_contain_text("holds no reports yet")
        expect(page.locator("#search .names li").first).to_contain_text("Hajin")
    assert not [url for url in watch.requests if "/pagefind/" in url]
