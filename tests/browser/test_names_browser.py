"""The names box in a real Chromium: names in any spelling, before and without the index, from one file or many."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from readingroom.names_file import KindLabel, NameRow, names_scripts

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from conftest import Watch
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def suggestions(page: Page) -> list[str]:
    return page.locator(".suggestions li").all_inner_texts()


@pytest.mark.parametrize(
    ("typed", "name", "target"),
    [
        ("hayat tahrir", "Hayat Tahrir al-Sham", "factions/hayat-tahrir-al-sham.html"),
        ("Shaafa", "al-Shaafah", "places/al-shaafah.html"),
        ("deir el zour", "Deir ez-Zor", "places/deir-ez-zor.html"),
        ("هجين", "Hajin", "places/hajin.html"),
    ],
)
def test_a_name_answers_in_any_spelling_without_the_index(
    page: Page, site: str, typed: str, name: str, target: str
) -> None:
    page.route("**/pagefind/**", lambda route: route.abort())
    page.goto(f"{site}about.html")
    page.keyboard.press("/")
    page.keyboard.type(typed)
    expect(page.locator(".suggestions li").first).to_contain_text(name)
    page.keyboard.press("ArrowDown")
    expect(page.locator(".suggestions [aria-selected=true]")).to_contain_text(name)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}{target}")


def test_the_first_letters_are_enough_and_the_last_row_searches_the_reports(page: Page, site: str) -> None:
    page.goto(f"{site}index.html")
    page.keyboard.press("/")
    page.keyboard.type("haji")
    expect(page.locator(".suggestions li").first).to_contain_text("Hajin")
    assert suggestions(page)[-1] == "Search the reports for “haji”"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}search.html?q=haji")


def test_enter_without_a_choice_searches_the_reports(page: Page, site: str) -> None:
    page.goto(f"{site}places/index.html")
    page.keyboard.press("/")
    page.keyboard.type("Almani")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}search.html?q=Almani")
    expect(page.locator("#search-status")).to_have_text("1 report")


def test_the_box_tells_assistive_technology_what_it_shows(page: Page, site: str) -> None:
    page.goto(f"{site}about.html")
    box = page.get_by_role("combobox")
    box.focus()
    assert box.get_attribute("aria-expanded") == "false"
    page.keyboard.type("ha")
    expect(page.get_by_role("option").first).to_be_visible()
    assert box.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    active = box.get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("aria-selected") == "true"
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    assert box.get_attribute("aria-expanded") == "false"
    assert box.input_value() == "ha"


def test_a_slash_typed_into_a_box_stays_a_slash(page: Page, site: str) -> None:
    page.goto(f"{site}about.html")
    page.keyboard.press("/")
    page.keyboard.type("1/2")
    assert page.get_by_role("combobox").input_value() == "1/2"


def test_nothing_is_loaded_before_somebody_enters_the_box(page: Page, site: str, watch: Watch) -> None:
    page.goto(f"{site}about.html", wait_until="networkidle")
    assert not [url for url in watch.requests if "/names/" in url or "romanise" in url]


def test_the_search_page_shows_names_above_the_results_before_the_index_answers(
    page: Page, site: str, watch: Watch
) -> None:
    page.route("**/pagefind/**", lambda route: route.abort())
    page.goto(f"{site}search.html?q=deir el zour")
    expect(page.locator("#search .names li").first).to_contain_text("Deir ez-Zor")
    expect(page.locator(".empty")).to_contain_text("could not be loaded")
    assert watch.faults
    watch.faults.clear()


def two_thousand_names() -> list[NameRow]:
    parts = ["Tal", "Kafr", "Abu", "Umm", "Deir", "Ain", "Khirbat", "Jabal", "Bir", "Wadi"]
    tails = [
        f"{first}{middle}{last}" for first in "bdfghjklmn" for middle in ("ara", "iri", "aya") for last in "bdfhklmnrz"
    ]
    arabic = ("تل", "كفر", "أبو", "أم", "دير")
    return [
        NameRow(
            f"places/n{number}",
            f"{part} al-{tail.title()}",
            f"{arabic[number % 5]} {arabic[number // 7 % 5]}" if number % 3 == 0 else "",
            "rtl" if number % 3 == 0 else "",
            number // 3,
            (f"{part} {tail}", f"{part} el {tail}ah"),
        )
        for number, (part, tail) in enumerate((part, tail) for part in parts for tail in tails[:200])
    ]


def write_names(folder: Path) -> list[str]:
    kinds = [KindLabel("places", "place", "Place", "Places")]
    scripts = dict(names_scripts(two_thousand_names(), kinds=kinds, reports=1))
    for name, script in scripts.items():
        (folder / name).write_text(script, encoding="utf-8")
    return list(scripts)


def test_of_two_thousand_names_a_reader_loads_those_near_what_is_typed(
    page: Page, built: Path, tmp_path: Path, serve: Callable[[Path], AbstractContextManager[str]], watch: Watch
) -> None:
    shutil.copytree(built, tmp_path / "site")
    assert len(write_names(tmp_path / "site/names")) > 40
    with serve(tmp_path / "site") as address:
        page.goto(f"{address}about.html")
        page.keyboard.press("/")
        page.keyboard.type("deir el baraba")
        expect(page.get_by_role("option").first).to_contain_text("Deir al-Barab")
    loaded = {url.partition("/names/")[2] for url in watch.requests if "/names/" in url}
    assert 3 < len(loaded) < 24
    assert sum((tmp_path / "site/names" / name).stat().st_size for name in loaded) < 200_000


def test_names_in_many_files_answer_as_in_one(
    page: Page,
    built: Path,
    tmp_path: Path,
    serve: Callable[[Path], AbstractContextManager[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = two_thousand_names()
    texts = [text for row in rows[::37] for text in (row.name, row.native, *row.spellings) if text]
    typed = sorted({text[start:stop] for text in texts for start in (0, 4) for stop in (start + 1, start + 3, 12, 40)})
    typed += ["dayr el baraab", "zzz", "كفر", "Umm-", "UM AL", "teer", "𐍈x"]
    answers = []
    for number, limit in enumerate((0, 10_000)):
        monkeypatch.setattr("readingroom.names_file.ONE_FILE", limit)
        shutil.copytree(built, tmp_path / f"{number}")
        count = len(write_names(tmp_path / f"{number}/names"))
        assert (count == 1) == (limit > 0)
        with serve(tmp_path / f"{number}") as address:
            page.goto(f"{address}about.html")
            page.focus("[data-names-box] input")
            ask = """async (typed) => {
                await readingroom.load();
                const found = [];
                for (const text of typed) {
                    found.push((await readingroom.lookup(text)).map((one) => [one.row.id, one.level]));
                }
                return found;
            }"""
            answers.append(page.evaluate(ask, typed))
    assert len(typed) > 300
    for text, parted, whole in zip(typed, *answers, strict=True):
        assert parted == whole, text
    assert sum(map(bool, answers[1])) > len(typed) * 0.9


def test_opened_from_a_disk_names_answer_first(page: Page, built: Path) -> None:
    page.goto((built / "about.html").as_uri())
    page.keyboard.press("/")
    page.keyboard.type("Shaafa")
    expect(page.locator(".suggestions li").first).to_contain_text("al-Shaafah")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url((built / "places/al-shaafah.html").as_uri())
