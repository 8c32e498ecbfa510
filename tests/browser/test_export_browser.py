"""What is handed on, opened as its receiver opens it, by double click; and what comes out of the printer."""

from __future__ import annotations

import re
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from test_hostile import OUT, PAYLOADS

from readingroom.build import build
from readingroom.config import settings
from readingroom.export.single import export_single
from readingroom.export.zipped import export_zip
from readingroom.options import Options, silent
from readingroom.state import opened
from rich_archive import ADDRESS, CROWDED, TITLE, write_rich_archive

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Watch
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

FOLDERS = ("a b", "a#b", "a%20b", "q?x", "تقارير سوريا")
FOOT = re.compile(r"^(?P<what>.*edition \S+.*?)\s+(?P<page>\d+) ?/ ?(?P<pages>\d+)$")


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_rich_archive(tmp_path_factory.mktemp("rich"))
    build(root, Options(url=ADDRESS))
    return root


@pytest.fixture(scope="module")
def packed(rich: Path) -> Path:
    return export_zip(rich, None, silent).file.path


def alone(root: Path, target: str, url: str = ADDRESS) -> Path:
    with opened(root, look_only=True) as cache:
        return export_single(root, target, None, (settings(root, url), cache, Options(frozen=True), silent)).file.path


def unpacked(packed: Path, folder: Path) -> Path:
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(folder)
    return folder / packed.stem


@pytest.mark.parametrize("name", FOLDERS)
def test_an_unpacked_zip_opens_from_its_readme_and_finds_by_word(
    page: Page, packed: Path, tmp_path: Path, name: str
) -> None:
    copy = unpacked(packed, tmp_path / name)
    page.goto((copy / "00-README.html").as_uri())
    page.get_by_role("link", name="Open the archive").click()
    expect(page.locator("h1")).to_contain_text("Pocket")
    page.goto(f"{(copy / 'search.html').as_uri()}?q=wounded")
    page.locator("#search-results a.ref").first.click()
    expect(page.locator(".para > :target")).to_contain_text("wounded")
    page.get_by_role("link", name="Data").click()
    expect(page.locator(".facts")).to_contain_text(f"Edition {'-'.join(packed.stem.split('-')[-4:])}")


@pytest.mark.parametrize("target", ["2018-01", CROWDED, "2018-06-15-3a4bd0"])
def test_a_copy_opens_without_scripts_and_asks_for_nothing(
    browser: Browser, rich: Path, watch: Watch, target: str
) -> None:
    path = alone(rich, target)
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    watch.follow(context)
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.locator("header.site .edition").inner_text().startswith("A copy, edition ")
    assert page.locator("h1").evaluate("e => getComputedStyle(e).fontFamily").startswith('"Iowan')
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert watch.requests == [path.as_uri()]
    context.close()
    assert watch.faults == []


def test_hostile_texts_stay_texts_in_what_is_handed_on(page: Page, tmp_path: Path, watch: Watch) -> None:
    root = write_rich_archive(tmp_path / "archive")
    lines = [text for text in PAYLOADS if "\n" not in text and len(text) < 1_000]
    body = "\n\n".join(f"Karm al-Zaytun {text}" for text in lines)
    title = "</title></style><script>window.__pwned=1</script>"
    (root / "content/reports/2021-01-01-badbad.md").write_text(
        f"---\ntitle: '{title}'\npublished: 2021-01-01\npublisher: '{title}'\n---\n{body}\n", encoding="utf-8"
    )
    settings_text = (root / "readingroom.toml").read_text(encoding="utf-8")
    assert TITLE in settings_text
    hostile = settings_text.replace(TITLE, title + ' } \\22 "; ')
    (root / "readingroom.toml").write_text(hostile, encoding="utf-8")
    build(root, Options(url=ADDRESS, search="none"))
    copies = [alone(root, target) for target in ("2021-01-01-badbad", "2021-01", CROWDED)]
    copies.append(unpacked(export_zip(root, None, silent).file.path, tmp_path) / "00-README.html")
    for path in copies:
        page.goto(path.as_uri())
        assert page.evaluate("window.__pwned") is None
        assert page.evaluate("document.scripts.length") == 0
        assert page.evaluate("[...document.querySelectorAll('*')].every(e => !e.hasAttribute('style'))")
        assert page.locator("style").count() == 1
        assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily").startswith('"Iowan')
        running = page.evaluate("[...document.styleSheets[0].cssRules].at(-1).cssText")
        assert "<script>" in running, "the title stands in the foot of the page as text"
    assert not [url for url in watch.requests if OUT in url]


# Paper


def sheets(page: Page, path: Path, folder: Path) -> list[list[str]]:
    """Print a page; return the lines of each sheet."""
    page.goto(path.as_uri())
    page.pdf(path=folder / "print.pdf", format="A4", prefer_css_page_size=True)
    command = ["pdftotext", "-layout", "-enc", "UTF-8", str(folder / "print.pdf"), "-"]
    text = subprocess.run(command, check=True, capture_output=True).stdout.decode()
    found = [[line.strip() for line in sheet.splitlines() if line.strip()] for sheet in text.split("\f")]
    return [sheet for sheet in found if sheet]


@pytest.fixture
def printed(page: Page, rich: Path, tmp_path: Path) -> dict[str, list[list[str]]]:
    return {target: sheets(page, alone(rich, target), tmp_path) for target in (CROWDED, "2018-01")}


def test_every_sheet_says_of_which_edition_it_is_and_which_of_how_many(printed: dict[str, list[list[str]]]) -> None:
    for target, pages in printed.items():
        assert len(pages) > 1, target
        for number, sheet in enumerate(pages, 1):
            foot = FOOT.match(sheet[-1])
            assert foot, sheet[-1]
            assert (int(foot["page"]), int(foot["pages"])) == (number, len(pages))


def test_no_sheet_ends_in_a_heading(printed: dict[str, list[list[str]]]) -> None:
    headings = re.compile(r"(?:Shelling of Karm al-Zaytun, part \d+|https://\S+|\d+ \w+ 20\d\d|In the reports)$")
    ends = [sheet[-2] for sheet in printed[CROWDED]]
    assert any(headings.match(line) for sheet in printed[CROWDED] for line in sheet)
    assert [line for line in ends if headings.match(line)] == []


def test_a_printed_dossier_has_every_mention_and_the_address_of_each_report(
    printed: dict[str, list[list[str]]], rich: Path
) -> None:
    text = "\n".join(line for sheet in printed[CROWDED] for line in sheet)
    html = alone(rich, CROWDED).read_text(encoding="utf-8")
    reports = set(re.findall(rf'<h3><a href="({ADDRESS}reports/[^"]+)"', html))
    assert len(reports) > 30
    assert {address for address in reports if address not in text} == set()
    refs = re.findall(r"^(?:¶\d+|headline|deck)\b", text, re.MULTILINE)
    assert len(refs) == html.count('<li><a class="ref"')


def test_ordinary_pages_print_their_text_and_address_and_none_of_the_ways_around(
    page: Page, rich: Path, tmp_path: Path
) -> None:
    for url in ("reports/2018-01-01-000001.html", f"{CROWDED}.html", "places/index.html", "months/2018-01.html"):
        text = "\n".join(line for sheet in sheets(page, rich / "build/site" / url, tmp_path) for line in sheet)
        assert f"On the web: {ADDRESS}{url}" in text
        assert not re.search(r"Skip to the text|Name or words|^Changes\b|Earlier|^Copy$", text, re.MULTILINE), url
        assert re.search(r"^1 ?/ ?\d+$", text, re.MULTILINE), url
