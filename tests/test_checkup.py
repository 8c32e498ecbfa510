from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from archives import Archive, new_archive
from readingroom.checkup import OUTDATED, check_archive
from readingroom.new import new_archive as new_archive_as_people_make_it
from readingroom.state import LOST

if TYPE_CHECKING:
    from pathlib import Path

LONG_AGO = 1_500_000_000_000_000_000


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = new_archive(tmp_path)
    made.entity("places/hajin", "Hajin")
    made.report("2018-01-01-000001", "They came to Hajin.")
    made.write(
        "templates/report.html",
        '{% extends "base.html" %}{% block main %}<a href="../places/hajin.html"></a>{% endblock %}',
    )
    made.build()
    assert check_archive(made.root) == ()
    return made


def told(archive: Archive) -> list[str]:
    return [f"{problem.path}:{problem.line}: {problem.message}" for problem in check_archive(archive.root)]


def lose_a_row(archive: Archive, shelf: str, key: bytes) -> None:
    with closing(sqlite3.connect(archive.cache)) as database, database:
        assert database.execute("DELETE FROM kept WHERE shelf = ? AND key = ?", (shelf, key)).rowcount == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n{% if %}", "templates/report.html:2: not a template: Expected an expression, got 'end of statement block'"),
        ("{{ view | nofilter }}", "templates/report.html:1: not a template: No filter named 'nofilter'."),
        ('{% include "gone.html" %}', "templates/report.html:0: there is no template gone.html"),
    ],
)
def test_a_faulty_template_is_found_though_the_site_is_well(archive: Archive, text: str, said: str) -> None:
    archive.write("templates/report.html", text)
    assert told(archive) == [said, f"build/site:0: {OUTDATED.message}"]


@pytest.mark.parametrize("path", ["content/reports/2018-01-01-000001.md", "templates/report.html", "readingroom.toml"])
def test_a_site_that_is_older_than_what_it_is_made_from_is_told_of(archive: Archive, path: str) -> None:
    archive.write(path, archive.read(path) + "\n")
    assert check_archive(archive.root) == (OUTDATED,)
    archive.build()
    assert check_archive(archive.root) == ()


def test_a_site_built_for_another_address_is_not_older(archive: Archive) -> None:
    archive.build(url="https://example.org/there/")
    assert check_archive(archive.root) == ()


def test_a_missing_page_is_told_once_and_not_by_every_link_to_it(archive: Archive) -> None:
    (archive.site / "places/hajin.html").unlink()
    assert told(archive) == ["build/site/places/hajin.html:0: is missing: the last build wrote it"]


def test_files_beside_the_templates_that_none_asks_for_are_no_templates(archive: Archive) -> None:
    archive.write("templates/logo.png", b"\x89PNG\r\n\x1a\n\xff")
    archive.write("templates/notes.md", "{% if %} is what I must look up")
    archive.build()
    assert [(problem.path, problem.severity) for problem in check_archive(archive.root)] == [
        ("templates/logo.png", "warning"),
        ("templates/notes.md", "warning"),
    ]


def test_without_a_site_nothing_is_said_of_its_age(archive: Archive) -> None:
    shutil.rmtree(archive.site)
    archive.report("2018-01-02-000002", "One more.")
    assert told(archive) == ["build/site:0: there is no site yet"]


def test_a_page_of_questions_that_cannot_be_read_stops_nothing(archive: Archive) -> None:
    (archive.root / "content/about.md").mkdir()
    assert told(archive) == []


def test_where_the_cache_lost_a_file_the_site_is_not_blamed(archive: Archive) -> None:
    lose_a_row(archive, "output", b"places/hajin.html")
    assert archive.build().stale == ()
    assert check_archive(archive.root) == ()
    (archive.site / "own.html").write_text("<p>", encoding="utf-8")
    assert check_archive(archive.root) == (LOST,)
    archive.build()
    assert check_archive(archive.root) == ()


def test_where_the_cache_lost_a_source_the_site_is_not_older(archive: Archive) -> None:
    os.utime(archive.root / "content/places/hajin.md", ns=(LONG_AGO, LONG_AGO))
    archive.build()
    lose_a_row(archive, "file", b"content/places/hajin.md")
    assert archive.build().stale == ()
    assert check_archive(archive.root) == ()


def test_a_page_of_questions_that_nobody_answered_is_told_of(tmp_path: Path) -> None:
    new_archive_as_people_make_it(tmp_path / "made")
    (problem,) = (each for each in check_archive(tmp_path / "made") if each.path == "content/about.md")
    assert (problem.severity, problem.hint) == ("warning", "answer them in your own words")
    with (tmp_path / "made/content/about.md").open("a", encoding="utf-8") as page:
        page.write("We collect what we find.\n")
    assert not [each for each in check_archive(tmp_path / "made") if each.path == "content/about.md"]


@pytest.mark.parametrize("content", [b"", b"SQLite no more"])
def test_a_look_leaves_a_cache_it_cannot_use_as_it_is(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    if content:
        archive.cache.write_bytes(content)
    else:
        monkeypatch.setattr("readingroom.state.program", lambda: "another")
    before = archive.cache.read_bytes()
    assert check_archive(archive.root) == ()
    assert archive.cache.read_bytes() == before
