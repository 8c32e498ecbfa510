"""Every page in a real Chromium: accessible, silent, whole below a folder, readable without scripts, printable."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import TIMEOUT, Watch, serving
from playwright.sync_api import expect

from readingroom.build import build
from readingroom.options import Options
from rich_archive import ADDRESS, ARABIC, CROWDED, EMPTY, MARKDOWN, TITLE, write_rich_archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

REPORT = "reports/2018-01-01-000001.html"
KINDS = (
    "index.html", "about.html", "changes.html", "data.html", "404.html", "search.html", "reports/index.html",
    "places/index.html", "commanders/index.html", "months/2018-01.html", "months/undated.html", REPORT,
    f"reports/{ARABIC}.html", f"reports/{MARKDOWN}.html", "reports/2018-07-02-e00000.html",
    f"{CROWDED}.html", f"{CROWDED}.2018.html", f"{EMPTY}.html", "commanders/abu-nil.html",
)  # fmt: skip
OPEN_ALL = "() => document.querySelectorAll('details').forEach(details => { details.open = true })"


@dataclass(frozen=True)
class Shown:
    """The made-up archive as published: its folder, and where it is served as it would be on the web."""

    path: Path
    address: str

    @property
    def urls(self) -> list[str]:
        return sorted(path.relative_to(self.path).as_posix() for path in self.path.rglob("*.html"))


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    folder = write_rich_archive(tmp_path_factory.mktemp("rich"))
    site = build(folder, Options(url=ADDRESS)).site
    with serving(site) as address:
        yield Shown(site, f"{address}repo/")


def opened(browser: Browser, **settings: Any) -> BrowserContext:
    context = browser.new_context(locale="en-GB", timezone_id="UTC", **settings)
    context.set_default_timeout(TIMEOUT)
    return context


def test_what_is_there_to_be_copied_has_its_button(browser: Browser, rich: Shown) -> None:
    context = opened(browser)
    page = context.new_page()
    for url in ("index.html", REPORT):
        page.goto(rich.address + url)
        for box in page.locator("[data-copy]").all():
            expect(box.locator("button")).to_be_attached()
            assert box.locator("button").get_attribute("hidden") is None, url
        assert page.locator("[data-copy]").count(), url
    context.close()


# Accessible: WCAG 2.2 AA and axe's good practice


def violations(page: Page, where: str) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{where}: {item['id']}: {node['html'][:200]}" for item in found for node in item["nodes"]]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_on_any_kind_of_page(
    browser: Browser, rich: Shown, scheme: Literal["dark", "light"], width: int
) -> None:
    context = opened(browser, color_scheme=scheme, viewport={"width": width, "height": 900}, reduced_motion="reduce")
    page, found = context.new_page(), []
    for url in KINDS:
        page.goto(rich.address + url)
        page.evaluate(OPEN_ALL)
        found += violations(page, url)
    for where in in_use(page, rich.address):
        found += violations(page, where)
    context.close()
    assert found == []


def in_use(page: Page, address: str) -> Iterator[str]:
    """Bring a page into each state that only use brings about; gives its name each time."""
    page.goto(f"{address}{EMPTY}.html")
    page.fill("#find", "Karm")
    page.locator(".suggestions li").first.wait_for()
    page.press("#find", "ArrowDown")
    yield "names box"
    page.goto(f"{address}search.html?q=Zaytun")
    page.locator("#search-filters").wait_for()
    page.locator("#search-results > li").nth(3).wait_for()
    yield "search results"
    page.goto(f"{address}search.html?q=zzzz")
    page.locator(".empty:visible").wait_for()
    yield "no results"
    page.goto(f"{address}{REPORT}?q=Zaytun#p2")
    page.locator("mark").first.wait_for()
    yield "marked words"


def test_axe_would_find_a_violation(browser: Browser, rich: Shown) -> None:
    context = opened(browser)
    page = context.new_page()
    page.goto(rich.address + REPORT)
    page.evaluate("document.querySelector('h1').style.color = '#ddd'; document.documentElement.lang = ''")
    rules = {line.split(": ")[1] for line in violations(page, "broken")}
    context.close()
    assert {"color-contrast", "html-has-lang"} <= rules


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_page_is_wider_than_its_screen(browser: Browser, rich: Shown, width: int) -> None:
    context = opened(browser, viewport={"width": width, "height": 800})
    page, wide = context.new_page(), []
    for url in (*KINDS, "reports/2018-07-01-10c6e5.html", "search.html?q=Zaytun"):
        page.goto(rich.address + url)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(url)
    context.close()
    assert wide == []


def test_header_headline_and_footer_begin_at_one_line(browser: Browser, rich: Shown) -> None:
    context = opened(browser, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    for url in KINDS:
        if url == f"reports/{ARABIC}.html":
            continue
        page.goto(rich.address + url)
        lefts = page.evaluate(
            "() => ['header.site .name', 'h1', 'footer.site p'].map("
            "name => Math.round(document.querySelector(name).getBoundingClientRect().left))"
        )
        assert len(set(lefts)) == 1, (url, lefts)
    context.close()


def test_a_chart_says_its_figures_and_its_labels_do_not_meet(browser: Browser, rich: Shown) -> None:
    for width in (390, 1280):
        context = opened(browser, viewport={"width": width, "height": 900})
        page = context.new_page()
        for url, figures in ((CROWDED, ["309", "313", "302"]), ("places/donau", ["3"])):
            page.goto(f"{rich.address}{url}.html")
            said = page.locator(".chart svg text:not(.tick)").all_text_contents()
            assert said == figures
            assert page.locator(".chart svg .tick").count() >= 3
            boxes = page.locator(".chart svg text").evaluate_all(
                "texts => texts.map(text => (({left, right, top, bottom}) => [left, right, top, bottom])"
                "(text.getBoundingClientRect()))"
            )
            assert min(box[0] for box in boxes) >= 0
            pairs = [(one, other) for place, one in enumerate(boxes) for other in boxes[:place]]
            assert [pair for pair in pairs if meet(*pair)] == [], (width, url)
        context.close()


def meet(one: list[float], other: list[float]) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


def test_a_keyboard_reaches_the_text_and_every_link_shows_that_it_has_the_focus(page: Page, rich: Shown) -> None:
    page.goto(rich.address + REPORT)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    unseen = """() => { const style = getComputedStyle(document.activeElement);
      return style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2 }"""
    for _ in range(12):
        page.keyboard.press("Tab")
        assert not page.evaluate(unseen), page.evaluate("document.activeElement.outerHTML.slice(0, 120)")


# Silent, and whole wherever it stands


def test_no_page_asks_for_anything_but_its_own_files_and_none_complains(browser: Browser, rich: Shown) -> None:
    watch, missing = Watch(), []
    context = opened(browser)
    watch.follow(context)
    context.on("response", lambda got: missing.append(got.url) if got.status >= 400 else None)
    page = context.new_page()
    for url in rich.urls:
        page.goto(rich.address + url)
    context.close()
    assert watch.faults == []
    assert missing == []
    assert [url for url in watch.requests if not url.startswith(rich.address)] == []


def test_every_link_of_every_page_answers_at_the_root_and_below_a_folder(browser: Browser, rich: Shown) -> None:
    context = opened(browser)
    for start in (rich.address, rich.address.removesuffix("repo/")):
        found = {
            urljoin(start + url, href) for url in rich.urls if url != "404.html" for href in hrefs(rich.path / url)
        }
        own = sorted({address.partition("#")[0].partition("?")[0] for address in found if address.startswith(start)})
        assert len(own) > 100
        strays = [address for address in found if not address.startswith(start) and urlsplit(address).port]
        assert strays == [], "a link must not climb above the site"
        assert [address for address in own if context.request.head(address).status != 200] == []
    context.close()


def hrefs(path: Path) -> list[str]:
    return re.findall(r'<a [^>]*?href="([^"]+)"', path.read_text(encoding="utf-8").replace("&amp;", "&"))


@pytest.mark.parametrize("folder", ["", "repo/"])
def test_a_reader_can_walk_through_the_archive(page: Page, rich: Shown, folder: str) -> None:
    start = rich.address.removesuffix("repo/") + folder
    page.goto(start)
    for name, url in (("Reports", "reports/index.html"), ("Places", "places/index.html"), ("About", "about.html")):
        page.get_by_role("navigation", name="The archive").get_by_role("link", name=name).click()
        page.wait_for_url(start + url)
    page.get_by_role("link", name=TITLE).first.click()
    page.locator(".rows .what").first.click()
    page.locator(".text a.e.place", has_text="Karm al-Zaytun").first.click()
    page.wait_for_url(f"{start}{CROWDED}.html")
    page.locator(".years a", has_text="2018").click()
    page.locator(".kwic .ref").first.click()
    page.wait_for_url(re.compile(r"/reports/[^/]+\.html#\w+$"))
    expect(page.locator(":target")).to_be_in_viewport()


def test_the_page_for_lost_addresses_works_at_any_depth(page: Page, rich: Shown, watch: Watch) -> None:
    text = (rich.path / "404.html").read_text(encoding="utf-8")
    page.route("**/lost/**", lambda route: route.fulfill(body=text, content_type="text/html", status=404))
    page.goto(f"{rich.address}lost/in/some/depth.html")
    watch.faults.clear()  # Chromium itself complains of the answer 404
    assert page.evaluate("getComputedStyle(document.querySelector('.skip')).position") == "absolute"
    page.locator("main a", has_text="front page").click()
    page.wait_for_url(f"{rich.address}index.html")


def test_links_work_from_a_folder_on_disk(page: Page, rich: Shown) -> None:
    page.goto((rich.path / "index.html").as_uri())
    page.get_by_role("link", name="Places", exact=True).first.click()
    page.get_by_role("link", name="Karm al-Zaytun", exact=True).first.click()
    expect(page.locator("h1")).to_have_text("Karm al-Zaytun")
    assert page.evaluate("getComputedStyle(document.querySelector('.skip')).position") == "absolute"


# Readable without scripts


def test_pages_say_the_same_with_and_without_scripts(browser: Browser, rich: Shown) -> None:
    contexts = opened(browser), opened(browser, java_script_enabled=False)
    pages = [context.new_page() for context in contexts]
    for url in KINDS:
        if url == "search.html":
            continue
        said = []
        for page in pages:
            page.goto(rich.address + url)
            said.append(page.locator("main").inner_text().split())
        assert len(said[1]) > 5, url
        assert set(said[1]) <= set(said[0]), url
    for context in contexts:
        context.close()


def test_without_scripts_the_search_page_leads_to_the_lists_of_names(browser: Browser, rich: Shown) -> None:
    context = opened(browser, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{rich.address}search.html?q=Zaytun")
    expect(page.locator("noscript")).to_be_visible()
    page.locator("noscript a", has_text="Places").click()
    page.wait_for_url(f"{rich.address}places/index.html")
    expect(page.get_by_role("link", name="Karm al-Zaytun").first).to_be_visible()
    context.close()


# Printed


def test_a_report_prints_with_its_text_source_and_provenance_and_without_controls(page: Page, rich: Shown) -> None:
    page.goto(rich.address + REPORT)
    page.emulate_media(media="print")
    hidden = ".find, .skip, header.site nav, button"
    assert [text for text in page.locator(hidden).all() if text.is_visible()] == []
    for text in ("Shelling of Karm al-Zaytun, part 12", "The River Guards shelled", "SHA-256", "1 January 2018"):
        expect(page.get_by_text(text).first).to_be_visible()
    paper = page.pdf(format="A4")
    assert paper.startswith(b"%PDF-")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", paper)) <= 6
    assert drawn_text(paper) > 3_000, "the text must be text, not a picture"


def test_paper_shows_no_citation_that_is_folded_away_on_the_screen(page: Page, rich: Shown) -> None:
    page.goto(rich.address + REPORT)
    page.emulate_media(media="print")
    expect(page.locator("#cite-plain")).to_be_visible()
    for folded in ("summary:has-text('BibTeX')", "#cite-2", "#cite-3"):
        expect(page.locator(folded)).to_be_hidden()
    page.goto(f"{rich.address}{CROWDED}.html")
    expect(page.locator("#with .count").first).to_be_visible()


def drawn_text(paper: bytes) -> int:
    """Count the glyphs a PDF draws."""
    glyphs = 0
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", paper, re.DOTALL):
        try:
            content = zlib.decompress(stream)
        except zlib.error:
            continue
        if b" Tf" in content:
            glyphs += sum(len(text) // 4 for text in re.findall(rb"<([0-9A-Fa-f]+)>", content))
    return glyphs


# Hostile directions: a text that asks to be read backwards must not turn the figures beside it


RLO = "\u202e"
FIGURES = "12345"
BACKWARDS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const text = walker.currentNode.data;
    for (const match of text.matchAll(/\\d{2,}/g)) {
      const range = document.createRange();
      const lefts = [...match[0]].map((_, step) => {
        range.setStart(walker.currentNode, match.index + step);
        range.setEnd(walker.currentNode, match.index + step + 1);
        return range.getClientRects()[0];
      }).filter(Boolean);
      const back = (box, step) => step && box.left < lefts[step - 1].left && box.top === lefts[step - 1].top;
      if (lefts.some(back)) found.push(match[0] + ' in ' + walker.currentNode.parentElement.outerHTML.slice(0, 160));
    }
  }
  return found;
}"""


def write_turning_archive(folder: Path) -> Path:
    """Write an archive in which headlines, names, publishers and notes all begin to turn what follows."""
    for name in ("content/reports", "content/places"):
        (folder / name).mkdir(parents=True)
    (folder / "readingroom.toml").write_text(f'title = "Arc{RLO}hive"\nmaintainer = "Ma{RLO}int"\n', encoding="utf-8")
    for number in range(20):
        head = (
            f'title: "Report {number} {RLO}abc"\ndek: "Deck {RLO}abc"\npublisher: "Press {RLO}abc"\n'
            f'published: 2018-01-{number + 1:02}\ndate_basis: stated\nsource: "https://example.org/{FIGURES}/{RLO}x"\n'
            f'cleaning: [{{step: masthead, count: 1, lines: ["Head {RLO}x"]}}]'
        )
        body = (
            f"In Karm{RLO}al there were dead.\n\nAnd {FIGURES} wounded in Dar{RLO}ya and Karm{RLO}al on day {FIGURES}."
        )
        path = folder / f"content/reports/2018-01-{number + 1:02}-{number:06x}.md"
        path.write_text(f"---\n{head}\n---\n{body}\n", encoding="utf-8")
    for slug, name in (("karm", f"Karm{RLO}al"), ("darya", f"Dar{RLO}ya")):
        head = (
            f'name: "{name}"\nvariants: ["{name} two"]\nreviewed: 2019-01-12\nreviewed_by: "A{RLO}b"\nrole: "r{RLO}x"'
        )
        (folder / f"content/places/{slug}.md").write_text(f"---\n{head}\n---\nNo{RLO}te.\n", encoding="utf-8")
    changes = f'- {{date: 2019-01-12, kind: correction, of: places/karm, note: "was {RLO}wrong"}}\n'
    (folder / "content/changes.yaml").write_text(changes, encoding="utf-8")
    return folder


def test_no_headline_or_name_turns_the_figures_beside_it(browser: Browser, tmp_path: Path) -> None:
    site = build(write_turning_archive(tmp_path), Options(search="none", url=ADDRESS)).site
    context = opened(browser, java_script_enabled=True)
    page, found = context.new_page(), []
    with serving(site) as address:
        for path in sorted(site.rglob("*.html")):
            url = path.relative_to(site).as_posix()
            page.goto(address + url)
            page.evaluate(OPEN_ALL)
            found += [f"{url}: {turned}" for turned in page.evaluate(BACKWARDS)]
    context.close()
    assert found == []


def test_figures_that_are_turned_would_be_seen(page: Page) -> None:
    page.set_content(f"<p><span>Report {RLO}abc</span> <b>{FIGURES}</b> dead</p><p><bdi>{RLO}abc</bdi> <b>678</b></p>")
    assert [turned.split()[0] for turned in page.evaluate(BACKWARDS)] == [FIGURES]
