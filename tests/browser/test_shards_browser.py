"""An archive in many shards answers as it would in one: the same reports, counts, orders, over http and from disk."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from test_offline_browser import shown
from test_search_browser import write

from readingroom.build import build
from readingroom.options import Options
from readingroom.shards import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from conftest import Watch
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser

PLACES = ("Hajin", "Sousa", "Gharanij", "Al-Baghuz", "Tal Rifaat", "Umm Qasr")
WORDS = (
    "shelling", "shell", "shells", "village", "villager", "villages", "golden", "gold", "market",
    "marketplace", "river", "checkpoint", "convoy", "warplane", "warplanes", "warehouse", "water", "watering",
    "bridge", "bridges", "school", "hospital", "farm", "farmers", "wheat", "road",
)  # fmt: skip
RARE = ("zephyr", "quarry", "quarrying", "obelisk")
QUERIES = (
    "village", "villag", "gold", "golden", "goldenly", "marketplaces", "quarrying", "quarryingly", "war", "wa",
    "zephyr", "zephyr obelisk", "Hajin market", "Baghuz", "al-Baghuz", "“shelling of Hajin”", "“of Hajin” river", "the",
    "2015", "“Hajin of shelling”", "nowhere", "xylophone", "bridge nowhere", "Tal Rifaat", "a", "%",
)  # fmt: skip
FILTERS: tuple[dict[str, list[str]], ...] = (
    {},
    {"year": ["2015"]},
    {"year": ["2014", "undated"]},
    {"place": ["places/hajin"]},
    {"place": ["places/hajin", "places/sousa"], "year": ["2013", "2016", "2017"]},
    {"publisher": ["Watch B"]},
    {"place": ["places/umm-qasr"], "publisher": ["Watch A"]},
    {"place": ["places/none"]},
)
ASK = """async ([queries, filters]) => {
  const index = await readingroom.openIndex();
  const split = (text) => ({
    phrases: [...text.matchAll(/“([^”]*)”/g)].map((found) => found[1]),
    words: text.replace(/“[^”]*”/g, " ").split(/ +/).filter((word) => /[\\p{L}\\p{N}]/u.test(word)),
  });
  const address = async (parts) => (await parts[0].data()).raw_url;
  const answers = [];
  for (const text of queries) {
    for (const chosen of filters) {
      const wanted = { filters: { year: [], ...chosen }, sort: "" };
      const found = await index.find(split(text), wanted);
      const { counts } = await index.counts(split(text), found, wanted.filters);
      const kept = Object.entries(counts).map(([name, values]) => [name, Object.entries(values).sort()]).sort();
      const orders = [];
      for (const sort of ["date", "oldest"]) {
        const sorted = await index.find(split(text), { ...wanted, sort });
        orders.push(await Promise.all(sorted.results.map(address)));
      }
      const hits = (await Promise.all(found.results.map(address))).sort();
      answers.push([text, chosen, hits, kept.filter(([, values]) => values.length), found.absent, orders]);
    }
  }
  return answers;
}"""


def archive(folder: Path) -> Path:
    """Write some sixty reports of six years, and four without a date."""
    chance = random.Random(7)  # noqa: S311 - repeatable is what tests want
    write(folder / "readingroom.toml", 'title = "Shards"\n')
    for name in PLACES:
        slug = name.lower().replace(" ", "-")
        write(folder / f"content/places/{slug}.md", f"---\nname: {name}\nreviewed: 2026-11-22\n---\n")
    for number in range(64):
        year, month = 2013 + number // 11, number % 11 + 1
        dated = number < 60
        name = f"{year}-{month:02}-{number % 27 + 1:02}-{number:06x}" if dated else f"undated-{number:06x}"
        date = f"published: {name[:10]}\ndate_basis: given\n" if dated else ""
        words = chance.choices(WORDS, k=30)
        words += [RARE[number // 17]] if number % 17 == 3 else []
        text = f"The shelling of {chance.choice(PLACES)} and {chance.choice(PLACES)}: {' '.join(words)}."
        head = f"title: Report {number} of {chance.choice(PLACES)}\npublisher: Watch {'AB'[number % 3 == 0]}\n{date}"
        write(
            folder / f"content/reports/{name}.md",
            f"---\n{head}---\n{text}\n\n{' '.join(chance.choices(WORDS, k=20))}.\n",
        )
    return folder


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Build the same archive in one shard and in several; gives both sites."""
    one = build(archive(tmp_path_factory.mktemp("one")), Options()).site
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("readingroom.shards.ALONE", 0)
        patch.setattr("readingroom.shards.LEVELS", (Level(20, 4, 3),))
        many = build(archive(tmp_path_factory.mktemp("many")), Options(jobs=2)).site
    assert shards(one) == 1
    assert shards(many) == 6
    return one, many


@pytest.fixture(scope="module")
def addresses(
    pair: tuple[Path, Path], serve: Callable[[Path], AbstractContextManager[str]]
) -> Iterator[dict[str, tuple[str, str]]]:
    """Give the addresses of the site in one shard and in many, over http and from disk."""
    with serve(pair[0]) as one, serve(pair[1]) as many:
        yield {"web": (one, many), "disk": (f"{pair[0].as_uri()}/", f"{pair[1].as_uri()}/")}


def shards(site: Path) -> int:
    return len(list((site / "pagefind").glob("*/shard.json")))


def answers(page: Page, address: str) -> Any:
    shown(page, f"{address}search.html?q=village")
    return page.evaluate(ASK, [QUERIES, FILTERS])


@pytest.mark.parametrize("way", ["web", "disk"])
def test_shards_answer_every_query_as_one_index_does(
    page: Page, addresses: dict[str, tuple[str, str]], way: str
) -> None:
    page.set_default_timeout(60_000)
    one, many = (answers(page, address) for address in addresses[way])
    assert sum(bool(found[2]) for found in one) > len(one) / 3
    for whole, parted in zip(one, many, strict=True):
        assert parted == whole


@pytest.mark.parametrize("question", ["q=village&sort=date", "q=gold&sort=oldest", "q=&place=places/hajin&sort=date"])
def test_what_the_page_shows_does_not_tell_that_there_are_shards(
    page: Page, addresses: dict[str, tuple[str, str]], question: str
) -> None:
    seen = set()
    for address in (*addresses["web"], *addresses["disk"]):
        status, results = shown(page, f"{address}search.html?{question}")
        expect(page.locator("#search-filters fieldset:visible").first).to_be_visible()
        seen.add((status, *results, page.locator("#search-filters").inner_text()))
    assert len(seen) == 1
    assert "shard" not in str(seen)


def with_constant(page: Page, name: str, value: int) -> None:
    """Let the page believe in another value of a constant of static/shards.js."""

    def answer(route: Route) -> None:
        text, count = re.subn(rf"const {name} = \d+", f"const {name} = {value}", route.fetch().text())
        assert count == 1
        route.fulfill(body=text, content_type="text/javascript")

    page.route("**/static/shards.js", answer)


def test_a_year_chosen_spares_the_shards_of_other_years(
    page: Page, addresses: dict[str, tuple[str, str]], watch: Watch
) -> None:
    with_constant(page, "FEW", 1)
    shown(page, f"{addresses['web'][1]}search.html?q=village&year=2013")
    expect(page.get_by_label("2018")).to_be_visible()
    folders = {url.split("/pagefind/")[1].split("/")[0] for url in watch.requests if ".pf_" in url}
    assert folders
    assert all(folder < "2014" for folder in folders)


def test_names_that_would_take_too_many_bytes_are_counted_when_asked(
    page: Page, addresses: dict[str, tuple[str, str]]
) -> None:
    with_constant(page, "FREE", 1)
    page.goto(f"{addresses['web'][1]}search.html?q=village")
    button = page.get_by_role("button", name="Show the names")
    expect(button).to_be_visible()
    expect(page.locator("fieldset[data-filter=year]")).to_be_visible()
    expect(page.locator("fieldset[data-filter=place]")).to_be_hidden()
    button.click()
    expect(page.locator("fieldset[data-filter=place] label", has_text="Hajin")).to_be_visible()
    expect(button).to_be_hidden()
