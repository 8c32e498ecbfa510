"""The same site from disk as over http, in folders of any name, in Chromium, Firefox and WebKitGTK.

The same questions get the same answers, the same links lead to the same pages, and no console complains.
"""

from __future__ import annotations

import shutil
import sys
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from conftest import LOCAL, TIMEOUT, Watch, copy_of_this_archive
from engines import Chromium, firefox, webkit

from readingroom.build import build
from readingroom.options import Options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from engines import Engine
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

QUERIES = (
    "Almani", "Hajin", "villages", "“regime forces”", '"booby trapped vehicle"', "Euphrates river banks", "ISIS",
    "Gharanij gold", "17 villages", "warplanes", "Yarmouk", "Hayyaat", "military airbase", "corridor", "zzzz",
    "International Coalition", "October 2017", "Sinjar town", "al-Baghuz", "the organization Idlib",
)  # fmt: skip
FILTERS = (
    "place=places/hajin", "place=places/idlib&year=2018", "faction=factions/islamic-state", "year=2018",
    "commander=commanders/abu-talha-al-almani",
)  # fmt: skip
FOLDERS = ("a b", "a#b", "a%20b", "q?x", "تقارير سوريا")
KINDS = (
    "index.html", "search.html", "about.html", "changes.html", "data.html", "reports/index.html", "months/2018-01.html",
    "places/index.html", "places/hajin.html", "factions/islamic-state.html", "commanders/abu-talha-al-almani.html",
)  # fmt: skip
ANSWER = """
const narrow = document.querySelector("#search-filters");
const text = (one) => one.innerText.replace(/\\s+/g, " ").trim();
const texts = (selector) => [...document.querySelectorAll(selector)].map(text);
const answer = () => ({
  said: texts("#search-status, #search .empty:not([hidden])"),
  results: texts("#search-results > li"),
  names: texts("#search .names > li"),
  narrow: [...narrow.querySelectorAll("label")].map((one) => [one.textContent, one.firstElementChild.checked]),
  links: [...document.querySelectorAll("#search .found a, #search .names a")].map((one) => one.getAttribute("href")),
});
const pause = () => new Promise((resolve) => setTimeout(resolve, 5));
while (narrow.getAttribute("aria-busy") !== "false") await pause();
const answers = [answer()];
for (const query of args) {
  document.getElementById("q").value = query;
  document.querySelector("form.big").requestSubmit();
  while (narrow.getAttribute("aria-busy") !== "false") await pause();
  answers.push(answer());
}
return answers;
"""
RESULT = """
const result = document.querySelector("#search-results a.ref[href*='#p']");
if (result) result.click();
return Boolean(result);
"""
MARKED = """
if (document.readyState !== "complete") return null;
const marks = [...document.querySelectorAll(":target mark")];
return marks.length && [location.hash, ...marks.map((one) => one.textContent)];
"""
LINKS = """
const root = location.href.slice(0, -args[0].length);
const isWay = (one) => Boolean(one.closest("header.site, footer.site, nav"));
const own = [...document.links].filter((one) => one.href.startsWith(root));
return own.map((one) => [one.href.slice(root.length), isWay(one)]);
"""
CLICK = """
const root = location.href.slice(0, -args[0].length);
document.documentElement.className = "left";
[...document.links].find((one) => one.closest("header.site, footer.site, nav") && one.href === root + args[1]).click();
"""
HERE = """
const page = document.documentElement;
const address = args[0].includes("?") ? location.href : location.href.replace(/[?].*$/, "");
if (document.readyState !== "complete" || page.className === "left" || !address.endsWith(`/${args[0]}`)) return null;
const styled = getComputedStyle(document.querySelector(".skip")).position === "absolute";
return [document.querySelector("h1").innerText, document.title, styled];
"""


class Reading(NamedTuple):
    """What a reader finds in a site.

    Answers by question, the words marked where a result leads, links by page, pages by depth and the link there.
    """

    answers: dict[str, Any]
    marked: Any
    links: dict[str, Any]
    led: dict[tuple[int, str], Any]


NO_WEBKIT = pytest.mark.skipif(sys.platform == "darwin", reason="there is no WebKitGTK on macOS")


@pytest.fixture(scope="module", params=["chromium", "firefox", pytest.param("webkit", marks=NO_WEBKIT)])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Start one of the browsers, with nothing but its defaults."""
    if request.param == "chromium":
        browser: Browser = request.getfixturevalue("browser")
        context, watch = browser.new_context(), Watch()
        context.set_default_timeout(TIMEOUT)
        watch.follow(context)
        yield Chromium(context.new_page(), watch)
        context.close()
        return
    with {"firefox": firefox, "webkit": webkit}[request.param](tmp_path_factory.mktemp(request.param)) as started:
        yield started


def read(engine: Engine, root: str, site: Path) -> Reading:
    """Ask every question, look at every link of a page of each kind, and follow those for finding one's way."""
    engine.open(f"{root}search.html?q={QUERIES[0]}")
    answers = dict(zip(QUERIES, engine.run(ANSWER, *QUERIES[1:]), strict=True))
    for chosen in FILTERS:
        engine.open(f"{root}search.html?{chosen}")
        [answers[chosen]] = engine.run(ANSWER)
    engine.open(f"{root}search.html?q=Almani")
    engine.run(ANSWER)
    engine.run(RESULT)
    marked = engine.until(MARKED)
    links: dict[str, list[tuple[str, bool]]] = {}
    led: dict[tuple[int, str], Any] = {}
    for url in (*KINDS, *sorted(f"reports/{path.name}" for path in site.glob("reports/2*.html"))):
        engine.open(root + url)
        here: str | None = url
        while here:
            links[here] = links.get(here) or engine.run(LINKS, here)
            here = follow(engine, here, links[here], led)
    return Reading(answers, marked, links, led)


def follow(engine: Engine, here: str, links: list[tuple[str, bool]], led: dict[tuple[int, str], Any]) -> str | None:
    """Follow the first way from a page that was not gone from a page at its depth; gives where it leads."""
    depth = here.count("/")
    ways = [target for target, is_way in links if is_way and target.endswith(".html") and (depth, target) not in led]
    if not ways:
        return None
    engine.run(CLICK, here, ways[0])
    led[depth, ways[0]] = engine.until(HERE, ways[0])
    return ways[0]


@pytest.fixture(scope="module")
def over_http(engine: Engine, site: str, built: Path) -> Reading:
    """Read the site as readers on the web do."""
    found = read(engine, site, built)
    assert engine.faults() == []
    return found


@pytest.mark.parametrize("name", FOLDERS)
def test_a_copy_in_any_folder_reads_as_the_site_on_the_web(
    engine: Engine, over_http: Reading, built: Path, tmp_path: Path, name: str
) -> None:
    copy = tmp_path / name
    shutil.copytree(built, copy)
    from_disk = read(engine, f"{copy.as_uri()}/", copy)
    assert engine.faults() == []
    assert from_disk.answers == over_http.answers
    assert from_disk.marked == over_http.marked
    assert from_disk.links == over_http.links
    assert from_disk.led == over_http.led


def test_a_site_two_folders_below_its_host_reads_as_one_at_the_root(
    engine: Engine, over_http: Reading, site: str, built: Path
) -> None:
    found = read(engine, f"{site}some/repo/", built)
    assert engine.faults() == []
    assert found == over_http


def test_a_lost_page_at_any_depth_below_two_folders_leads_back_into_the_site(
    browser: Browser, tmp_path: Path, serve: Callable[[Path], AbstractContextManager[str]]
) -> None:
    root = copy_of_this_archive(tmp_path)
    folder = build(root, Options(url="https://example.org/some/repo/")).site
    with serve(folder) as address:
        context = browser.new_context()
        context.set_default_timeout(TIMEOUT)
        page, failed = context.new_page(), list[str]()
        page.on(
            "response", lambda answer: failed.append(answer.url) if answer.status >= HTTPStatus.BAD_REQUEST else None
        )
        for lost in ("nothing.html", "places/nothing.html", "a/b/c/", "reports/2018-01-18-65bb7c/x.html?q=%23#p1"):
            url = f"{address}some/repo/{lost}"
            page.goto(url)
            assert page.locator("h1").inner_text() == "There is no page at this address"
            assert page.locator(".skip").evaluate("one => getComputedStyle(one).position") == "absolute"
            targets = [urlsplit(link) for link in page.evaluate("[...document.links].map((one) => one.href)")]
            own = [
                target.path
                for target in targets
                if target.hostname == LOCAL and not target.path.endswith(urlsplit(url).path)
            ]
            assert len(own) > 5
            assert [path for path in own if not (folder / path.removeprefix("/some/repo/")).is_file()] == []
            page.fill("#find", "Hajin")
            page.locator(".suggestions li").first.wait_for()
            page.keyboard.press("Enter")
            page.locator("#search-results > li").first.wait_for()
            assert page.url.startswith(f"{address}some/repo/search.html?")
            assert failed == [url.partition("#")[0]]
            failed.clear()
        context.close()


def test_the_questions_have_answers_and_the_links_lead_somewhere(over_http: Reading) -> None:
    unanswered = [question for question, answer in over_http.answers.items() if not answer["results"]]
    assert unanswered == ["zzzz"]
    assert len({str(answer) for answer in over_http.answers.values()}) > 20
    assert over_http.marked == ["#p4", "al-Almani"]
    assert {depth for depth, _ in over_http.led} == {0, 1}
    assert len(over_http.led) > 20
    assert all(heading and styled for heading, _, styled in over_http.led.values())


def test_a_search_that_is_left_is_made_when_the_reader_comes_back(engine: Engine, site: str) -> None:
    for question in ("q=ISIS", "q=villages", "faction=factions/islamic-state"):
        engine.open(f"{site}search.html?{question}")
        [whole] = engine.run(ANSWER)
        engine.open(f"{site}about.html")
        engine.open(f"{site}search.html?{question}")
        engine.until(RESULT)
        engine.until("return document.querySelector(':target') !== null")
        engine.run("setTimeout(() => history.back())")
        engine.until("return document.querySelector('#search') !== null")
        assert engine.run(ANSWER) == [whole]
    engine.faults()  # browsers speak of what they stopped loading


def test_an_engine_keeps_files_apart_and_says_what_went_wrong(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "fault.js").write_text("console.error('said so'); setTimeout(() => { throw new Error('uncaught'); });")
    (tmp_path / "fetch.js").write_text(
        "fetch('fetch.js').then(() => 'read', () => 'refused').then((s) => { document.title = s; });"
    )
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><title>-</title><script src='fetch.js'></script><script src='fault.js'></script>")
    engine.open(page.as_uri())
    assert engine.until("return document.title !== '-' && document.title") == "refused"
    found = engine.faults()
    assert [word for word in ("said so", "uncaught") if not any(word in fault for fault in found)] == []
