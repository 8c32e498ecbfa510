"""The index as part of the site: only shards whose words differ are made, the others are taken over as they lie."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from archives import Archive
from readingroom import search
from readingroom.build import build
from readingroom.options import Options
from readingroom.pages.searching import texts
from readingroom.problems import Problem, ProblemsError
from readingroom.shards import Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

REPOSITORY = Path(__file__).parents[1]
DAYS = [f"201{year}-{month:02}-15" for year in (6, 7, 8) for month in range(1, 13)][:-1]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Give an archive of three years and a report without a date, in four shards."""
    made = Archive(tmp_path / "archive")
    made.write("readingroom.toml", 'title = "Shelves"\n')
    made.entity("places/hajin", "Hajin")
    made.entity("places/sousa", "Sousa")
    for number, day in enumerate(DAYS):
        made.report(f"{day}-{number:06x}", f"Shells fell on Hajin and {'Sousa' if number % 3 else 'Raqqa'}.")
    made.report("undated-00000a", "Somebody spoke of Hajin.")
    return made


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a dozen reports be a shard."""
    monkeypatch.setattr("readingroom.shards.ALONE", 0)
    monkeypatch.setattr("readingroom.shards.LEVELS", (Level(14, 12, 2),))


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the days with which the shards begin that are made, until they are taken out."""
    names: list[str] = []
    honest = search.indexing

    def watched(
        tasks: Sequence[search.Task], *rest: Path, language: str, jobs: int
    ) -> AbstractContextManager[Iterator[search.Made]]:
        names.extend(task.name.partition(".")[0] for task in tasks)
        return honest(tasks, *rest, language=language, jobs=jobs)

    monkeypatch.setattr("readingroom.shelving.indexing", watched)
    return names


def again(archive: Archive, made: list[str]) -> list[str]:
    """Build, and say which shards were made; the site is that of a build without a past."""
    made.clear()
    archive.build("now")
    names = sorted(made)
    made.clear()
    assert archive.tree() == archive.cold(archive.root.with_name("cold"), "now")
    return names


def listed(archive: Archive) -> list[dict[str, object]]:
    text = (archive.site / "pagefind/shards.js").read_text(encoding="utf-8")
    shards: list[dict[str, object]] = json.loads(text.partition(".index=")[2].removesuffix(";\n"))["shards"]
    return shards


def test_shards_are_listed_in_order_with_their_years(archive: Archive, made: list[str]) -> None:
    assert again(archive, made) == ["2016-01-15", "2017-01-15", "2018-01-15", "undated"]
    years = [shard["years"] for shard in listed(archive)]
    assert years == [[["2016", 12]], [["2017", 12]], [["2018", 11]], [["undated", 1]]]


def test_an_edited_report_runs_its_shard_alone_and_the_others_keep_their_files(
    archive: Archive, made: list[str]
) -> None:
    again(archive, made)
    before = {path: path.stat().st_ino for path in (archive.site / "pagefind").rglob("*.pf_*")}
    archive.change("content/reports/2017-03-15-00000e.md", "Shells", "Rockets")
    assert again(archive, made) == ["2017-01-15"]
    kept = {path for path, number in before.items() if path.exists() and path.stat().st_ino == number}
    assert {path.relative_to(archive.site).parts[1].partition(".")[0] for path in before.keys() - kept} == {
        "2017-01-15"
    }


def test_a_report_added_at_the_end_runs_the_newest_shard_alone(archive: Archive, made: list[str]) -> None:
    again(archive, made)
    archive.report("2018-12-20-0000ff", "Later.")
    assert again(archive, made) == ["2018-01-15"]


def test_a_name_renamed_added_or_rejected_runs_no_shard(archive: Archive, made: list[str]) -> None:
    again(archive, made)
    archive.change("content/places/hajin.md", "name: Hajin", "name: Hajin Town\nvariants: [Hajin]")
    assert again(archive, made) == []
    assert b"Hajin Town" in labels(archive)
    archive.entity("places/raqqa", "Raqqa")
    assert again(archive, made) == []
    assert b'"Raqqa"' in labels(archive)
    archive.remove("content/places/raqqa.md")
    assert again(archive, made) == []


def labels(archive: Archive) -> bytes:
    return b"".join(gzip.decompress(path.read_bytes()) for path in (archive.site / "pagefind").rglob("*.facets"))


def test_the_pages_around_the_text_run_no_shard(archive: Archive, made: list[str]) -> None:
    again(archive, made)
    archive.write("templates/report.html", '{% extends "base.html" %}{% block main %}{{ view.title }}{% endblock %}')
    archive.write("content/about.md", "---\ntitle: About\n---\nWords.\n")
    assert again(archive, made) == []


def test_a_lost_file_runs_its_shard_alone_and_the_program_lost_runs_all(archive: Archive, made: list[str]) -> None:
    again(archive, made)
    next((archive.site / "pagefind").glob("2016*/fragment/3.*")).unlink()
    assert again(archive, made) == ["2016-01-15"]
    next((archive.site / "pagefind/program").glob("*.pagefind")).unlink()
    assert len(again(archive, made)) == 4
    (archive.site / "pagefind/shards.js").write_text("", encoding="utf-8")
    assert again(archive, made) == []


def test_pagefind_works_while_pages_are_made_and_is_ended_where_they_cannot_be(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid, fake = tmp_path / "pid", tmp_path / "fake"
    fake.write_text(f"#!/bin/sh\necho $$ > '{pid}.part'; mv '{pid}.part' '{pid}'; exec sleep 3600\n")
    fake.chmod(0o755)

    def fail(*_: object) -> None:
        for _attempt in range(6000):  # a minute: then it is not begun before pages are made
            if pid.exists():
                break
            time.sleep(0.01)
        os.kill(int(pid.read_text()), 0)  # it is there
        raise ProblemsError([Problem("templates/report.html", 1, "is wrong")])

    archive.build()
    archive.report("2019-12-31-ffffff", "One more.")
    before = archive.tree()
    monkeypatch.setattr("pagefind_bin.get_executable", lambda: fake)
    monkeypatch.setattr("readingroom.build._make", fail)
    with pytest.raises(ProblemsError, match="is wrong"):
        archive.build("now", jobs=1)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
    assert archive.tree() == before
    assert {path.name for path in (archive.root / "build").iterdir()} <= {"cache.sqlite", "lock", "site", "site.twin"}


def test_an_archive_only_for_the_web_has_no_scripts_of_the_index(archive: Archive, made: list[str]) -> None:
    archive.write("readingroom.toml", 'title = "Shelves"\noffline_search = false\n')
    assert len(again(archive, made)) == 4
    assert {path.name for path in (archive.site / "pagefind").rglob("*.js")} == {
        "shards.js",
        next((archive.site / "pagefind/program").glob("*.js")).name,
    }
    assert [shard["together"] for shard in listed(archive)] == [0, 0, 0, 0]


def test_an_archive_of_reports_without_words_lists_no_shard(tmp_path: Path) -> None:
    made = Archive(tmp_path / "archive")
    made.write("readingroom.toml", 'title = "Empty"\n')
    made.build("now")
    assert listed(made) == []
    assert not made.build("now").indexed


def test_the_index_is_given_what_the_page_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The small pages hold the words and anchors that Pagefind finds on the report pages themselves."""
    monkeypatch.setattr("readingroom.shards.ALONE", 1000)
    archive = Archive(REPOSITORY).copy_to(tmp_path / "archive")
    site = build(archive.root, Options(search="none")).site
    kept: dict[str, Any] = {}
    monkeypatch.setattr("readingroom.build.texts", lambda found: kept.setdefault("texts", texts(found)))
    archive.build("now", rehash=True)
    urls = sorted(f"reports/{path.name}" for path in (site / "reports").glob("*-*.html"))
    small = tmp_path / "small"
    for url, text in kept["texts"](urls):
        (small / url).parent.mkdir(parents=True, exist_ok=True)
        (small / url).write_text(text, encoding="utf-8")
    assert len(urls) > 1
    assert fragments(small, tmp_path / "1") == fragments(site, tmp_path / "2")


def fragments(site: Path, output: Path) -> dict[str, tuple[object, ...]]:
    """Let Pagefind alone index a site's reports; gives what it holds of each that is shown."""
    output.mkdir()
    arguments = [
        "--site",
        str(site),
        "--output-path",
        str(output),
        "--glob",
        "reports/*.html",
        "--force-language",
        "en",
    ]
    with search._start(arguments, None, subprocess.DEVNULL) as process:  # noqa: SLF001
        assert process.wait() == 0
    held: dict[str, tuple[object, ...]] = {}
    for path in (output / "fragment").iterdir():
        page = json.loads(gzip.decompress(path.read_bytes())[len(search.MAGIC) :])
        anchors = [one for one in page["anchors"] if one["id"] in {"title", "dek"} or one["id"].startswith("p")]
        held[page["url"]] = (page["content"], page["meta"]["title"], anchors)
    return held
