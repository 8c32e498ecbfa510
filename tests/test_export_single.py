"""One file of a report, a name or a month: found by what it is called, whole, inert, leading to the living archive."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archives import Archive, small_archive
from readingroom.config import settings
from readingroom.export.single import export_single
from readingroom.options import Options, silent
from readingroom.problems import ProblemsError
from readingroom.state import opened
from rich_archive import ADDRESS, ARABIC, CROWDED, MARKDOWN, WITHDRAWN, write_rich_archive
from test_site_valid import Elements, nu, read

if TYPE_CHECKING:
    from readingroom.export.single import Alone

REPORT, NAME, MONTH = "2018-01-02-aaaaa1", "places/hajin", "2018-01"
STYLE_UNKNOWN = "CSS: "  # the checker's list of properties is older than the style sheet, which the site keeps apart
LOADING = {"script", "img", "iframe", "object", "embed", "form", "base", "audio", "video", "source", "image", "use"}


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = small_archive(tmp_path / "archive", plain=False)
    archive.write("content/judgements.yaml", "- {moved: [places/hajeen, places/hajin]}\n")
    return archive


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rich_archive(tmp_path_factory.mktemp("rich"))


def alone(root: Path, target: str, url: str = "", out: Path | None = None) -> Alone:
    with opened(root, look_only=True) as cache:
        return export_single(root, target, out, (settings(root, url), cache, Options(frozen=True), silent))


def refused(root: Path, target: str, url: str = "") -> str:
    with pytest.raises(ProblemsError) as caught:
        alone(root, target, url)
    return str(caught.value)


def command(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-c", "from readingroom.cli import main; main()", "-C", str(root)]
    return subprocess.run([*program, *words], check=False, capture_output=True, text=True)


def links(page: Elements) -> list[dict[str, str]]:
    return [attrs for tag, attrs in page.tags if tag == "a"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (REPORT, f"reports/{REPORT}"),
        (f"reports/{REPORT}", f"reports/{REPORT}"),
        (f"content/reports/{REPORT}.md", f"reports/{REPORT}"),
        (f"./build/site/reports/{REPORT}.html#p2", f"reports/{REPORT}"),
        (f"{ADDRESS}reports/{REPORT}.html?x=1#p2", f"reports/{REPORT}"),
        ("report 1", f"reports/{REPORT}"),
        (NAME, NAME),
        ("content/places/hajin.md", NAME),
        ("places/hajin.2018.html", NAME),
        ("places/hajeen", NAME),
        ("Hajeen town", NAME),
        ("river guards", "factions/guards"),
        (MONTH, f"months/{MONTH}"),
        (f"{ADDRESS}months/{MONTH}.html", f"months/{MONTH}"),
    ],
)
def test_a_page_is_found_by_id_path_address_and_name(archive: Archive, asked: str, found: str) -> None:
    assert alone(archive.root, asked, ADDRESS).of == found


def test_what_is_not_there_is_said_with_what_may_be_meant(archive: Archive) -> None:
    assert "did you mean places/hajin" in refused(archive.root, "Haji")
    assert "give its id" in refused(archive.root, "Quz")
    assert "give its id" in refused(archive.root, " ")
    assert "is not an address of this archive" in refused(
        archive.root, "https://example.net/places/hajin.html", ADDRESS
    )
    assert "give --url" in refused(archive.root, f"{ADDRESS}places/hajin.html")


def test_names_and_headlines_without_a_letter_are_found_as_they_are_written(archive: Archive) -> None:
    archive.entity("places/fire", '"🔥"')
    archive.report("2018-01-20-eeeee5", "Text.", title='"!!! ???"')
    assert alone(archive.root, "🔥").of == "places/fire"
    assert alone(archive.root, "!!! ???").of == "reports/2018-01-20-eeeee5"
    assert "no published report" in refused(archive.root, "???")


def test_a_name_that_two_bear_is_refused_with_the_ids_of_both(rich: Path) -> None:
    assert "places/al-tiba-homs, places/al-tiba-north" in refused(rich, "al-Tiba")
    assert "2 things are called so" in refused(rich, "A note without a date")


def test_nothing_unpublished_leaves(rich: Path) -> None:
    assert "no published report" in refused(rich, WITHDRAWN)
    for target in (MONTH, "2018-02", CROWDED):
        assert b"SECRETWORD" not in alone(rich, target).file.path.read_bytes()


def test_an_archive_with_errors_gives_no_copy(archive: Archive) -> None:
    archive.change("content/places/idlib.md", "name:", "nmae:")
    assert 'unknown key "nmae"' in refused(archive.root, NAME)
    assert not (archive.root / "build/exports").exists()


def test_what_is_sound_leaves_where_the_build_left_out_the_rest(archive: Archive) -> None:
    archive.change("content/places/idlib.md", "name:", "nmae:")
    edition = archive.build(keep_going=True).edition
    done = command(archive.root, "export", "single", NAME, "--keep-going", "--json")
    answer = json.loads(done.stdout)
    assert (answer["of"], answer["edition"], done.returncode) == (NAME, edition, 1)
    assert [problem["path"] for problem in answer["problems"]] == ["content/places/idlib.md"]
    assert 'unknown key "nmae"' in done.stderr
    assert "what they concern was left out" in done.stderr
    assert command(archive.root, "export", "single", "places/idlib", "--keep-going").stdout == ""


@pytest.mark.parametrize("words", [("export", "single", NAME), ("check",), ("mentions",), ("names",)])
def test_a_folder_that_is_no_archive_stays_as_it_is(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = command(tmp_path, *words)
    assert (done.returncode, "is not an archive" in done.stderr) == (1, True)
    assert [*tmp_path.iterdir()] == []


def test_a_copy_from_an_archive_with_a_title_of_many_bytes_has_a_name_that_a_disk_takes(archive: Archive) -> None:
    archive.write("readingroom.toml", f'title = "{"阿勒颇战事报告" * 20}"\n')
    archive.entity(f"places/{'a' * 80}", "Long Address")
    assert alone(archive.root, "Long Address").file.path.is_file()


@pytest.mark.parametrize("target", [REPORT, NAME, MONTH])
@pytest.mark.parametrize("url", ["", ADDRESS])
def test_a_copy_holds_all_it_needs_and_loads_nothing(archive: Archive, target: str, url: str) -> None:
    path = alone(archive.root, target, url).file.path
    page = read(path)
    assert [tag for tag, _ in page.tags if tag in LOADING] == []
    assert [attrs for _, attrs in page.tags if "style" in attrs or any(name.startswith("on") for name in attrs)] == []
    assert {attrs["rel"] for tag, attrs in page.tags if tag == "link"} <= {"canonical"}
    ((_, style),) = [item for item in page.inside if item[0] == "style"]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = next(attrs["content"] for tag, attrs in page.tags if attrs.get("http-equiv"))
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert not re.search(r"url\(|@import", style)


def test_links_lead_to_the_living_archive_or_are_plain_text(archive: Archive) -> None:
    live = links(read(alone(archive.root, REPORT, ADDRESS).file.path))
    places = [attrs for attrs in live if attrs.get("href", "").endswith("places/hajin.html")]
    assert {attrs["href"] for attrs in places} == {f"{ADDRESS}places/hajin.html"}
    assert all(attrs["href"].startswith((ADDRESS, "#")) for attrs in live)
    plain = links(read(alone(archive.root, REPORT).file.path))
    assert len(plain) == len(live) - 1, "the note names no address"
    assert all(attrs.get("href", "#").startswith("#") for attrs in plain)
    assert {name for attrs in plain if "href" not in attrs for name in attrs} <= {"class", "id", "title"}


def test_every_anchor_in_a_copy_leads_somewhere(rich: Path) -> None:
    for target in (MARKDOWN, CROWDED, "2018-01", "2018-06", "undated"):
        page = read(alone(rich, target, ADDRESS).file.path)
        ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
        assert len(ids) == len(set(ids)), target
        assert [a["href"] for a in links(page) if a.get("href", "")[:1] == "#" and a["href"][1:] not in ids] == []


def test_every_copy_says_which_edition_it_is_and_where_the_living_page_is(archive: Archive) -> None:
    edition = archive.build().edition
    for target, url in ((REPORT, f"reports/{REPORT}"), (NAME, NAME), (MONTH, f"months/{MONTH}")):
        text = alone(archive.root, target, ADDRESS).file.path.read_text(encoding="utf-8")
        assert f"A copy, edition <b>{edition}</b>" in text
        assert text.rindex(f'<a href="{ADDRESS}{url}.html"') > text.rindex("may have been corrected or withdrawn since")
        assert f"edition {edition}" in text.partition("@bottom-left { content:")[2]
    assert edition.startswith("2018-02-20-")


def test_the_edition_is_that_of_the_site_and_changes_with_content_alone(archive: Archive, tmp_path: Path) -> None:
    edition = archive.build().edition
    assert f"Edition <b>{edition}</b>" in (archive.site / "data.html").read_text(encoding="utf-8")
    assert alone(archive.root, NAME).file.edition == edition
    assert alone(archive.root, NAME, ADDRESS).file.edition == edition
    assert archive.build("now", url=ADDRESS).edition == edition
    archive.write("templates/month.html", '{% extends "base.html" %}')
    assert archive.build().edition == edition
    assert archive.copy_to(tmp_path / "copy").build().edition == edition
    archive.change("content/about.md", "What", "That")
    assert archive.build().edition not in {edition, ""}
    archive.write("content/changes.yaml", "- {date: 2019-03-01, kind: correction, of: places/idlib, note: a name}\n")
    assert archive.build().edition.startswith("2019-03-01-")


def test_a_dossier_holds_every_mention_however_many(rich: Path) -> None:
    text = alone(rich, CROWDED, ADDRESS).file.path.read_text(encoding="utf-8")
    total = int(re.search(r"<b>(\d+) mentions</b>", text)[1])  # type: ignore[index]
    assert total > 300, "its pages in the site are cut by year"
    assert len(re.findall(r'<li><a class="ref"', text)) == total
    assert 'class="years"' not in text


def test_a_dossier_whose_links_are_plain_text_sends_nobody_along_them(rich: Path) -> None:
    for url, leads in ((ADDRESS, True), ("", False)):
        text = alone(rich, CROWDED, url).file.path.read_text(encoding="utf-8")
        assert ("Each number leads to one of them" in text) == leads
        assert "named together says nothing about a connection" in text


def test_a_month_holds_its_reports_in_full_each_under_its_id(archive: Archive) -> None:
    page = read(alone(archive.root, MONTH, ADDRESS).file.path)
    ids = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
    assert {f"{REPORT}-p1", f"{REPORT}-p2", "2018-01-09-bbbbb2-p1", "2018-01-09-bbbbb2-p2"} <= ids
    text = alone(archive.root, MONTH).file.path.read_text(encoding="utf-8")
    assert "Nothing moved in" in text
    assert "He went far away." in text
    assert "came to" not in text, "that was in February"


def test_links_between_the_reports_of_a_month_stay_inside_it(archive: Archive) -> None:
    archive.report("2018-01-20-eeeee5", "As [before](2018-01-02-aaaaa1.html#p2) and [about](../about.html), quiet.")
    page = links(read(alone(archive.root, MONTH, ADDRESS).file.path))
    assert {"href": f"#{REPORT}-p2"} in page
    assert {"href": f"{ADDRESS}about.html", "rel": "noreferrer"} in page


def test_copies_are_valid_html(rich: Path, tmp_path: Path) -> None:
    targets = (MARKDOWN, ARABIC, CROWDED, "commanders/abu-nil", "2018-01", "2018-06", "undated", "places/al-tiba-homs")
    for number, target in enumerate(targets):
        alone(rich, target, ADDRESS, tmp_path / f"live {number}.html")
        alone(rich, target, "", tmp_path / f"plain {number}.html")
    (tmp_path / "broken.html").write_text('<!doctype html><title>x</title><ul id="a"></p>', encoding="utf-8")
    messages = nu(tmp_path)
    seen = [one for one in messages if not one["message"].startswith(STYLE_UNKNOWN)]
    found = [one for one in seen if not one["url"].endswith("broken.html")]
    assert len(seen) > len(found), "the checker must see the broken page"
    assert [f"{one['url']}:{one.get('lastLine')}: {one['message']}" for one in found] == []


def test_the_same_content_gives_the_same_copy(archive: Archive, tmp_path: Path) -> None:
    for target in (REPORT, NAME, MONTH):
        first = alone(archive.root, target).file.path.read_bytes()
        root = tmp_path / "elsewhere" / target.replace("/", "-")
        root.parent.mkdir(exist_ok=True)
        shutil.copytree(archive.root, root, ignore=shutil.ignore_patterns("build"))
        assert alone(root, target).file.path.read_bytes() == first


def test_templates_that_load_something_into_a_copy_are_told_where(archive: Archive) -> None:
    archive.write(
        "templates/month.html", '{% extends "base.html" %}{% block main %}<img src="x.png" alt="">{% endblock %}'
    )
    archive.write(
        "templates/report.html", '{% extends "base.html" %}{% block main %}<img src="x.png" alt="">{% endblock %}'
    )
    said = refused(archive.root, REPORT)
    assert 'templates/report.html: puts into a copy what a single file cannot hold: <img src="x.png" alt="">' in said
    assert "view.chrome.copy" in said


def test_a_style_sheet_cannot_end_its_element(archive: Archive) -> None:
    archive.write("templates/static/site.css", "body { color: red } /* </style><script>1</script> */\r\n")
    page = read(alone(archive.root, REPORT).file.path)
    assert "script" not in {tag for tag, _ in page.tags}


def test_the_answer_as_json_names_the_page_and_its_address(archive: Archive) -> None:
    program = "from readingroom.cli import main; main()"
    command = [sys.executable, "-c", program, "-C", str(archive.root), "export", "single", "Hajin", "--json"]
    answer = json.loads(subprocess.run([*command, "--url", ADDRESS], check=True, capture_output=True).stdout)
    path = Path(answer["path"])
    assert path == archive.root / "build/exports" / f"test-archive-hajin-{answer['edition']}.html"
    assert answer["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (answer["of"], answer["url"]) == (NAME, f"{ADDRESS}places/hajin.html")
    done = subprocess.run([*command[:-1]], check=True, capture_output=True, text=True)
    assert "links are plain text" in done.stderr
