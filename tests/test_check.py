"""Checking a built site: one tiny broken site for each thing that can be broken."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from readingroom.check import check_site, check_sums, check_written, read_page

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "index.html": '<h1 id="top">Home</h1>\n<a href="places/a.html#p1">a</a>',
    "places/a.html": '<p id="p1">A</p>\n<a href="../index.html#top">home</a>',
    "static/site.css": "body { color: red }",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write a site of these files over one in which all is well."""
    for url, text in {**FILES, **files}.items():
        (folder / url).parent.mkdir(parents=True, exist_ok=True)
        (folder / url).write_text(text, encoding="utf-8")
    return folder


def found(folder: Path, files: dict[str, str]) -> list[str]:
    return [f"{p.path}:{p.line}: {p.message}" for p in check_site(write(folder, files))]


def test_a_site_in_which_all_is_well_has_no_problems(tmp_path: Path) -> None:
    assert found(tmp_path, {}) == []


def test_a_folder_without_a_site_says_how_to_get_one(tmp_path: Path) -> None:
    (problem,) = check_site(tmp_path)
    assert (problem.message, problem.hint) == ("there is no site yet", "run  readingroom build")


@pytest.mark.parametrize(
    ("html", "message"),
    [
        ('<a href="gone.html">x</a>', "leads to gone.html, which is not there"),
        ('<a href="places/">x</a>', "leads to places/, which is not there"),
        ('<a href="../index.html">x</a>', "leads to ../index.html, which is not there"),
        ('<a href="places/b.html?q=1#p1">x</a>', "leads to places/b.html?q=1#p1, which is not there"),
        ('<a href="places/a.html#p9">x</a>', "leads to places/a.html#p9, but places/a.html has no #p9"),
        ('<a href="#gone">x</a>', "leads to #gone, but index.html has no #gone"),
        ('<a href="http://[half">x</a>', "leads to http://[half, which is no address"),
        ('<a href="javascript:alert(1)">x</a>', "runs javascript:alert(1)"),
        ('<a href=" JavaScript:alert(1)">x</a>', "runs JavaScript:alert(1)"),
        ('<form action="find.html"></form>', "leads to find.html, which is not there"),
        ('<img src="map.png" alt="">', "leads to map.png, which is not there"),
        ('<img src="https://t.example/1.gif" alt="">', "loads https://t.example/1.gif from elsewhere"),
        ('<script src="//cdn.example/x.js"></script>', "loads //cdn.example/x.js from elsewhere"),
        ('<link rel="stylesheet" href="https://f.example/f.css">', "loads https://f.example/f.css from elsewhere"),
        ('<link rel="preload icon" href="https://f.example/i">', "loads https://f.example/i from elsewhere"),
        ('<iframe src="https://v.example/"></iframe>', "loads https://v.example/ from elsewhere"),
        ('<video poster="https://v.example/p.png"></video>', "loads https://v.example/p.png from elsewhere"),
        ('<object data="https://v.example/o"></object>', "loads https://v.example/o from elsewhere"),
        ('<svg><image href="https://v.example/s.png"/></svg>', "loads https://v.example/s.png from elsewhere"),
    ],
)
def test_each_broken_thing_is_found_with_file_and_line(tmp_path: Path, html: str, message: str) -> None:
    (problem,) = found(tmp_path, {"index.html": f"<h1 id='top'>Home</h1>\n\n{html}"})
    assert problem.startswith(f"build/site/index.html:3: {message}")


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://example.org/">x</a>',
        '<a href="mailto:a@example.org">x</a>',
        '<link rel="canonical" href="https://example.org/x.html">',
        '<a href="?q=1">x</a>',
        '<a href="places/a%2ehtml">x</a>',
        '<a name="old"></a><a href="#old">x</a>',
        '<p id="é"><a href="#%C3%A9">x</a>',
        '<a href="/">x</a>',
        "<a>x</a><a href>y</a>",
    ],
)
def test_what_is_not_broken_is_let_be(tmp_path: Path, html: str) -> None:
    assert found(tmp_path, {"index.html": f"<h1 id='top'>Home</h1>{html}"}) == []


def test_a_style_sheet_that_loads_something_is_found_with_its_line(tmp_path: Path) -> None:
    sheet = "body { color: red }\n@import url('https://f.example/f.css');\n.a { background: url(gone.png) }"
    assert found(tmp_path, {"static/site.css": sheet}) == [
        "build/site/static/site.css:2: loads https://f.example/f.css from elsewhere",
        "build/site/static/site.css:3: leads to gone.png, which is not there",
    ]


def test_of_many_links_to_one_missing_file_the_first_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    links = {f"{number}.html": '<a href="gone.html"></a>' for number in range(5)}
    lines = found(tmp_path, {**FILES, **links})
    assert lines[:3] == [f"build/site/{number}.html:1: leads to gone.html, which is not there" for number in range(3)]
    assert lines[3:] == ["build/site/gone.html:0: is not there, and 2 more references lead to it"]
    assert check_site(tmp_path, {"gone.html"}) == []


def test_absolute_links_count_from_the_address_of_the_site(tmp_path: Path) -> None:
    page = {"404.html": '<a href="/repo/places/a.html">x</a>\n<a href="/places/a.html">y</a>'}
    problem = "build/site/404.html:2: leads to /places/a.html, which is not there"
    home = {"index.html": f'{FILES["index.html"]}<link rel="canonical" href="https://example.org/repo/">'}
    assert found(tmp_path, {**page, **home}) == [problem]
    problem = "build/site/404.html:1: leads to /repo/places/a.html, which is not there"
    assert found(tmp_path, {**page, "index.html": FILES["index.html"]}) == [problem]


def test_a_copy_of_the_site_is_told_from_one_that_somebody_changed(tmp_path: Path) -> None:
    site = write(tmp_path, {})
    wrote = {url: ((site / url).stat().st_size, (site / url).stat().st_mtime_ns - 1) for url in FILES}
    (problem,) = check_written(site, wrote)
    assert (problem.path, problem.severity, "probably a copy" in problem.message) == ("build/site", "warning", True)
    (site / "index.html").write_text("<p>", encoding="utf-8")
    assert {problem.severity for problem in check_written(site, wrote)} == {"error"}


def test_files_are_compared_with_what_the_last_build_wrote(tmp_path: Path) -> None:
    site = write(tmp_path, {})
    wrote = {url: ((site / url).stat().st_size, (site / url).stat().st_mtime_ns) for url in FILES}
    assert list(check_written(site, wrote)) == []
    assert list(check_written(site, {})) == []
    (site / "index.html").write_text("<p>", encoding="utf-8")
    (site / "own.html").write_text("<p>", encoding="utf-8")
    (site / "places/a.html").unlink()
    assert [f"{problem.path}: {problem.message}" for problem in check_written(site, wrote)] == [
        "build/site/places/a.html: is missing: the last build wrote it",
        "build/site/index.html: is not as the last build wrote it",
        "build/site/own.html: is foreign: no build wrote it",
    ]


def test_of_many_damaged_files_the_first_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    problems = check_written(
        write(tmp_path, {}),
        {f"{number:03}.html": (1, 1) for number in range(100)}
        | {url: ((tmp_path / url).stat().st_size, (tmp_path / url).stat().st_mtime_ns) for url in FILES},
    )
    assert len(problems) == 21
    assert (problems[0].path, problems[-1].path) == ("build/site/000.html", "build/site")
    assert problems[-1].message == "80 more files, each of which is missing: the last build wrote it"


def test_data_and_originals_are_compared_with_their_checksums(tmp_path: Path) -> None:
    files = {"data/a.csv": "a", "originals/b.txt": "b", "originals/c.txt": "c"}
    sums = "".join(f"{sha256(text.encode()).hexdigest()}  {url}\n" for url, text in files.items())
    site = write(tmp_path, {**files, "data/SHA256SUMS": sums})
    assert check_sums(site) == []
    (site / "data/a.csv").write_text("b", encoding="utf-8")
    (site / "originals/b.txt").unlink()
    (site / "originals/d.txt").write_text("d", encoding="utf-8")
    assert [f"{problem.path}: {problem.message}" for problem in check_sums(site)] == [
        "build/site/originals/b.txt: is missing: data/SHA256SUMS lists it",
        "build/site/data/a.csv: is not what data/SHA256SUMS says",
        "build/site/originals/d.txt: is not listed in data/SHA256SUMS",
    ]


def test_a_page_that_is_no_text_is_looked_over_all_the_same(tmp_path: Path) -> None:
    site = write(tmp_path, {})
    (site / "places/a.html").write_bytes(b"\xff\xfe<a href='gone.html'>")
    assert any("gone.html" in problem.message for problem in check_site(site))


def test_addresses_and_anchors_are_read_as_a_browser_reads_them() -> None:
    page = read_page('<A HREF="a&amp;b.html" ID=x>y</A><script>"<a href=no>"</script><!-- <a href=no> -->')
    assert page.anchors == {"x"}
    assert [reference.address for reference in page.references] == ["a&b.html"]
