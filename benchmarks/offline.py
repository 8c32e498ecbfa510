"""Measure a search from disk: `python benchmarks/offline.py SITE…`, each the built site of a scale corpus.

Chromium opens search.html from disk in a fresh window for every query, and loads whatever it loads from there.
"""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

QUERIES = {
    "a word in most reports": "market",
    "a word in a third of them": "minaret",
    "a beginning of words": "shel",
    "a name": "Mahyut",
    "two words": "school books",
    "a phrase of three words": "“heavy machine guns”",
    "a word in none": "zzzz",
}
OTHER = "warplanes"
KEY = 120
WAIT = """() => {
  const empty = document.querySelector("#search .empty");
  const nothing = !empty.hidden && empty.textContent.startsWith("No report");
  return (document.querySelector("#search-results > li") || nothing) && performance.now();
}"""
STAMP = """() => document.getElementById("q").addEventListener("keydown", (event) => {
  self.last = event.timeStamp;
  self.first = self.first || event.timeStamp;
})"""


class Answer(NamedTuple):
    """One search: what the page says, bytes and files loaded in all, milliseconds until the first result is drawn."""

    said: str
    loaded: int
    files: int
    first: float
    typed: float
    after: float


def result(page: Page, since: str) -> float:
    """Wait for the first result; gives the milliseconds since a key."""
    drawn: float = page.wait_for_function(WAIT, polling="raf").json_value()
    return drawn - float(page.evaluate(f"self.{since}"))


def opened(browser: Browser, site: Path, loaded: list[str]) -> Page:
    """Open the search page in a window that has loaded nothing, with the box in focus."""
    page = browser.new_context().new_page()
    page.on("request", lambda request: loaded.append(request.url))
    page.goto((site / "search.html").as_uri())
    page.evaluate(STAMP)
    page.focus("#q")
    return page


def search(browser: Browser, site: Path, query: str) -> Answer:
    """Search three times: at once, typed key by key, and after another search."""
    loaded: list[str] = []
    page = opened(browser, site, loaded)
    page.keyboard.insert_text(query)
    page.keyboard.press("Enter")
    first = result(page, "first")
    page.wait_for_selector("#search-filters[aria-busy=false]", state="attached")
    said = page.inner_text("#search-status") or "0 reports"
    sizes = [Path(unquote(urlsplit(url).path)).stat().st_size for url in loaded]
    page.context.close()

    page = opened(browser, site, [])
    page.keyboard.type(query, delay=KEY)
    typed = result(page, "last")
    page.context.close()

    page = opened(browser, site, [])
    page.keyboard.insert_text(OTHER)
    page.keyboard.press("Enter")
    result(page, "last")
    page.wait_for_selector("#search-filters[aria-busy=false]", state="attached")
    page.fill("#q", query)
    page.evaluate("() => document.querySelectorAll('#search-results > li').forEach((one) => one.remove())")
    page.keyboard.press("Enter")
    after = result(page, "last")
    page.context.close()
    return Answer(said, sum(sizes), len(sizes), first, typed, after)


def table(browser: Browser, site: Path, runs: int) -> None:
    """Print a line a query."""
    print(f"\n{sum(1 for _ in site.glob('reports/2*.html')):,} reports\n")
    print("| query | answer | kB loaded | files | ms, at once | ms, typed | ms, after another |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for name, query in QUERIES.items():
        answers = [search(browser, site, query) for _ in range(runs)]
        times = (median(times) for times in zip(*(answer[3:] for answer in answers), strict=True))
        said, loaded, files, *_ = answers[0]
        cells = [f"{name}: {query}", said, f"{loaded / 1000:,.0f}", f"{files}", *(f"{time:,.0f}" for time in times)]
        print(f"| {' | '.join(cells)} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sites", type=Path, metavar="SITE", nargs="+")
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for site in given.sites:
            table(browser, site.resolve(), given.runs)
        browser.close()


if __name__ == "__main__":
    main()
