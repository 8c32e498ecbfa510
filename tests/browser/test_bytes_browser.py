"""What a reader loads to search among a thousand reports: counted in bytes, not timed."""

from __future__ import annotations

import gzip
import random
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from test_search_browser import write

from readingroom.build import build
from readingroom.options import Options

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from conftest import Watch
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

REPORTS = 1_000
COLD, WARM, DISK = 220_000, 40_000, 1_000_000
PACKED = frozenset({".html", ".css", ".js", ".svg"})
PLACES = ("Hajin", "Sousa", "Gharanij", "Al-Baghuz", "Tal Rifaat", "Umm Qasr", "Palmyra", "Sinjar", "Darayya", "Kobane")
SYLLABLES = ("ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "zu", "sha", "tor")


def thousand(folder: Path) -> Path:
    """Write a thousand reports of some 550 words, of which some are in nearly all and most in few."""
    chance = random.Random(3)  # noqa: S311 - repeatable is what tests want
    words = ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 5))) for _ in range(9_000)]
    often = [1 / (rank + 5) for rank in range(len(words))]
    write(folder / "readingroom.toml", 'title = "A thousand"\n')
    for name in PLACES:
        slug = name.lower().replace(" ", "-")
        write(folder / f"content/places/{slug}.md", f"---\nname: {name}\nreviewed: 2026-11-22\n---\n")
    for number in range(REPORTS):
        day = f"{2010 + number // 100}-{number % 12 + 1:02}-{number % 28 + 1:02}"
        drawn = iter(chance.choices(words, often, k=550))
        text = "\n\n".join(
            f"In {chance.choice(PLACES)} {' '.join(word for word, _ in zip(drawn, range(55), strict=False))}."
            for _ in range(10)
        )
        head = f"title: '{' '.join(chance.choices(words, often, k=6)).capitalize()}'\npublished: {day}"
        write(folder / f"content/reports/{day}-{number:06x}.md", f"---\n{head}\ndate_basis: given\n---\n{text}\n")
    (folder / "words").write_text(" ".join(words), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the thousand reports once; gives the folder of the archive."""
    folder = thousand(tmp_path_factory.mktemp("thousand"))
    build(folder, Options())
    return folder


def ask(page: Page, watch: Watch, query: str) -> set[str]:
    """Search as a reader does; gives the addresses that were loaded for it."""
    before = len(watch.requests)
    page.fill("#q", query)
    page.press("#q", "Enter")
    expect(page.locator("#search-results > li").first).to_be_visible()
    expect(page.locator("#search-filters")).to_have_attribute("aria-busy", "false")
    return {urlsplit(url).path for url in watch.requests[before:]}


def on_the_wire(site: Path, paths: set[str]) -> int:
    """Count what a host sends that packs text; Pagefind's files are packed already."""
    total = 0
    for path in paths:
        file = site / path.lstrip("/")
        content = file.read_bytes()
        total += len(gzip.compress(content, 6) if file.suffix in PACKED else content)
    return total


def test_a_search_among_a_thousand_reports_stays_within_its_bytes(
    page: Page, watch: Watch, many: Path, serve: Callable[[Path], AbstractContextManager[str]]
) -> None:
    site, words = many / "build/site", (many / "words").read_text(encoding="utf-8").split()
    with serve(site) as address:
        page.goto(f"{address}search.html")
        first = ask(page, watch, words[40]) | {urlsplit(url).path for url in watch.requests}
        loaded = {"first": on_the_wire(site, first)}
        for query in (words[3], words[200], words[900], f"{words[70]} {words[20]}", "Palmyra"):
            loaded[query] = on_the_wire(site, ask(page, watch, query))
    assert loaded.pop("first") <= COLD
    assert {query: count for query, count in loaded.items() if count > WARM} == {}
    assert sum(loaded.values()) > 3 * WARM / 2


def test_from_disk_a_search_loads_a_small_part_of_the_index(page: Page, watch: Watch, many: Path) -> None:
    site, words = many / "build/site", (many / "words").read_text(encoding="utf-8").split()
    page.goto((site / "search.html").as_uri())
    ask(page, watch, f"{words[40]} {words[70]}")
    files = [site / urlsplit(url).path.split("/build/site/")[1] for url in watch.requests]
    scripts = [file for file in files if file.parent.name == "offline"]
    assert len(scripts) > 5
    assert sum(file.stat().st_size for file in scripts) <= DISK / 2
    assert all(file.stat().st_size <= DISK / 10 for file in scripts)
    assert sum(file.stat().st_size for file in site.glob("pagefind/*/offline/*.js")) > 2 * DISK
