"""Copies as their readers see them: the e-book's pages in a browser, the ZIM in kiwix-serve."""

from __future__ import annotations

import base64
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import TIMEOUT, copy_of_this_archive

from archives import new_archive
from kiwix import kiwix_serve
from readingroom.build import build
from readingroom.export.epub import export_epub
from readingroom.export.zim import export_zim
from readingroom.options import Options, silent
from rich_archive import write_rich_archive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "templates/static"
# A document of a book is all text: it has no landmarks of its own, and the cover is all picture.
AS_IN_BOOKS = {"rules": {name: {"enabled": False} for name in ("region", "landmark-one-main", "page-has-heading-one")}}
LONG = "The archive of the reports of everybody who ever wrote down what happened in the upper valley of Wadi Tal"
PIXELS = """async (address) => {
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = new OffscreenCanvas(48, 48).getContext("2d");
  canvas.drawImage(image, 0, 0, 48, 48);
  return [...canvas.getImageData(0, 0, 48, 48).data];
}"""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the e-book of an archive with something of everything; gives the folder of its documents."""
    root = write_rich_archive(tmp_path_factory.mktemp("rich"))
    build(root, Options(search="none"))
    return unpacked(root)


def unpacked(root: Path) -> Path:
    with zipfile.ZipFile(export_epub(root, None, silent).file.path) as packed:
        packed.extractall(root / "book")
    return root / "book/EPUB"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB", timezone_id="UTC", viewport={"width": 390, "height": 800})
    context.set_default_timeout(TIMEOUT)
    yield context.new_page()
    context.close()


def test_axe_finds_no_violation_in_any_document_of_the_book(page: Page, book: Path) -> None:
    found = []
    documents = sorted(book.glob("*.xhtml"))
    assert len(documents) > 40
    for path in documents:
        page.goto(path.as_uri())
        for item in Axe().run(page, options=AS_IN_BOOKS).response["violations"]:
            found += [f"{path.name}: {item['id']}: {node['html'][:200]}" for node in item["nodes"]]
    assert found == []


def test_no_document_of_the_book_is_wider_than_a_phone(page: Page, book: Path) -> None:
    wide = []
    for path in sorted(book.glob("*.xhtml")):
        page.goto(path.as_uri())
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(path.name)
    assert wide == []


@pytest.mark.parametrize(
    ("title", "language"),
    [("The Pocket", "en"), (LONG, "en"), ("WWWWW MMMMM WWWWW", "en"), ("تقارير سوريا " * 5, "ar")],
)
def test_what_the_cover_says_stays_within_it(page: Page, tmp_path: Path, title: str, language: str) -> None:
    archive = new_archive(tmp_path / "archive", plain=False)
    archive.write(
        "readingroom.toml",
        f'title = "{title.strip()}"\nsubtitle = "{LONG}"\nlanguage = "{language}"\n'
        f'url = "https://a-very-long-name-of-a-host.example.org/and/a/{"long/" * 12}path/"\n',
    )
    archive.report("2018-01-02-aaaaa1", "Quiet.")
    archive.report("2018-03-02-aaaaa2", "Quiet again.")
    archive.build()
    page.goto((unpacked(archive.root) / "cover.svg").as_uri())
    boxes = page.evaluate(
        "[...document.querySelectorAll('text, rect')].map(each => each.getBBox())"
        ".map(({x, y, width, height}) => [x, y, x + width, y + height])"
    )
    assert len(boxes) > 6
    assert [box for box in boxes if box[0] < 0 or box[1] < 0 or box[2] > 1200 or box[3] > 1600] == []
    lines = page.evaluate(
        "[...document.querySelectorAll('text')].map(each => each.getBBox()).map(each => [each.y, each.y + each.height])"
    )
    bars = page.evaluate("Math.min(...[...document.querySelectorAll('g > rect')].map(each => each.getBBox().y))")
    assert lines[1][0] > lines[0][1] - 40, "the subtitle stands below the title"
    assert lines[1][1] < bars, "and above the bars"


def test_the_picture_that_stands_for_the_archive_is_the_icon_of_the_site(page: Page) -> None:
    page.goto("about:blank")
    drawn, kept = (
        page.evaluate(PIXELS, f"data:image/{kind};base64,{base64.b64encode((STATIC / name).read_bytes()).decode()}")
        for kind, name in (("svg+xml", "favicon.svg"), ("png", "favicon-48.png"))
    )
    apart = sum(abs(one - other) > 48 for one, other in zip(drawn, kept, strict=True))
    assert apart < len(drawn) / 100


@pytest.fixture(scope="module")
def kiwix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Serve the ZIM of this repository's archive; gives the address, and that of its pages."""
    root = copy_of_this_archive(tmp_path_factory.mktemp("zim"))
    build(root, Options())
    path = export_zim(root, root / "pocket.zim", silent).file.path
    with kiwix_serve(path) as address:
        yield address, f"{address}{path.stem}/"


@pytest.mark.parametrize("width", [390, 1280])
def test_a_reader_of_kiwix_searches_opens_a_result_and_follows_a_name(
    page: Page, kiwix: tuple[str, str], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    address, site = kiwix
    page.goto(f"{address}search?content=pocket&pattern=massacre")
    page.locator(".results a").first.click()
    page.get_by_text("witnessed the biggest massacre").wait_for()
    page.locator("main .text a.e", has_text="Gharanij").first.click()
    page.locator("h1", has_text="Gharanij").wait_for()
    assert page.url == f"{site}places/gharanij.html"


def test_the_archives_own_search_works_in_kiwix_serve_and_lands_on_the_paragraph(
    page: Page, kiwix: tuple[str, str]
) -> None:
    page.goto(f"{kiwix[1]}search.html?q=massacre")
    page.get_by_text("The reader’s own search finds the words").wait_for()
    page.locator("#search-results a.ref").first.click()
    page.locator("mark", has_text="massacre").wait_for()
    assert page.url.endswith("#p3")


def test_names_answer_as_a_reader_of_kiwix_types(page: Page, kiwix: tuple[str, str]) -> None:
    page.goto(f"{kiwix[1]}places/hajin.html")
    page.fill("#find", "suhayl")
    page.locator(".suggestions li", has_text="Suhail al-Hassan").wait_for()
