"""What the last build left against the files as they are: when there is nothing to do, and when there is."""

from __future__ import annotations

import os
import shutil
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archives import Archive, small_archive
from readingroom import state
from readingroom.cli import main
from readingroom.options import Options
from readingroom.problems import ProblemsError
from readingroom.program import MATTERS, fingerprint, program, versions
from readingroom.publish import SITE
from readingroom.sources import read_file
from readingroom.state import as_written, last_site, nothing_to_do, opened

if TYPE_CHECKING:
    from collections.abc import Callable

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = small_archive(tmp_path / "archive")
    archive.build()
    return archive


def settled(archive: Archive, **options: bool | str) -> bool:
    return nothing_to_do(archive.root, Options(**{"search": "none", **options})) is not None  # type: ignore[arg-type]


def test_a_built_archive_has_nothing_to_do_and_says_what_it_is(archive: Archive) -> None:
    result = nothing_to_do(archive.root, Options(search="none"))
    assert result
    assert (result.reports, result.entities, result.files) == (4, 6, len(archive.tree()))
    assert result.seconds > 0


def test_an_archive_never_built_has_everything_to_do(tmp_path: Path) -> None:
    assert not settled(small_archive(tmp_path / "new"))


EDITS: dict[str, Callable[[Archive], object]] = {
    "report": lambda archive: archive.change("content/reports/2018-01-02-aaaaa1.md", "Nothing", "Something"),
    "new file": lambda archive: archive.write("content/places/new.md", "---\nname: New\n---\n"),
    "file gone": lambda archive: archive.remove("content/about.md"),
    "settings": lambda archive: archive.write("readingroom.toml", 'title = "Other"\n'),
    "template": lambda archive: archive.write("templates/home.html", "{{ view }}"),
    "static file": lambda archive: archive.write("templates/static/own.css", "x"),
    "seed": lambda archive: archive.write("seeds/new.txt", "A new report\n\nOf Hajin.\n"),
    "page gone": lambda archive: archive.remove("build/site/index.html"),
    "page tampered with": lambda archive: archive.write("build/site/index.html", "x"),
    "stray file": lambda archive: archive.write("build/site/stray.html", "x"),
    "stray folder": lambda archive: (archive.site / "stray" / "deep").mkdir(parents=True),
    "site gone": lambda archive: shutil.rmtree(archive.site),
}


@pytest.mark.parametrize("edit", EDITS)
def test_any_edit_is_something_to_do(archive: Archive, edit: str) -> None:
    assert settled(archive)
    EDITS[edit](archive)
    assert not settled(archive)
    archive.build()
    assert settled(archive)
    assert archive.tree() == archive.cold(archive.root.parent / "cold")


def test_an_edit_that_bears_the_size_and_time_of_what_the_last_build_read_is_found(archive: Archive) -> None:
    path = archive.root / "content/reports/2018-01-02-aaaaa1.md"
    archive.change("content/reports/2018-01-02-aaaaa1.md", "Nothing", "Someone")
    archive.build()
    then = path.stat().st_mtime_ns
    assert settled(archive)
    archive.change("content/reports/2018-01-02-aaaaa1.md", "Someone", "Nothing")
    os.utime(path, ns=(then, then))
    assert not settled(archive)
    archive.build()
    assert archive.tree() == archive.cold(archive.root.parent / "cold")


def test_young_files_are_read_once_and_then_known_by_their_times(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []

    def watched(path: Path) -> bytes:
        read.append(path)
        return read_file(path)

    monkeypatch.setattr(state, "read_file", watched)
    now = [time.time_ns() + 3_000_000_000]
    monkeypatch.setattr("readingroom.state.time.time_ns", lambda: now[0])
    assert settled(archive)
    assert len(read) > 10
    read.clear()
    assert settled(archive)
    assert read == []


def test_options_that_make_another_site_are_something_to_do(archive: Archive) -> None:
    assert not settled(archive, search="now")
    assert not settled(archive, url="https://example.org/")
    assert not settled(archive, dry_run=True)
    archive.build(url="https://example.org/")
    assert settled(archive, url="https://example.org/")
    assert not settled(archive)


def test_another_program_has_everything_to_do_and_makes_the_same_site(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = archive.tree()
    monkeypatch.setattr(state, "program", lambda: "another")
    assert not settled(archive)
    assert len(archive.build().stale) == len(before)
    assert archive.tree() == before


def test_a_packaged_template_that_changed_is_something_to_do(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packaged = tmp_path / "packaged"
    shutil.copytree(REPOSITORY / "templates", packaged)
    monkeypatch.setattr(state, "packaged_templates", lambda: packaged)
    archive.build()
    assert settled(archive)
    (packaged / "home.html").write_text("another, not yet used")
    assert not settled(archive)


def test_the_program_is_named_by_its_files_and_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    before = program()
    assert program() == before
    found = versions(MATTERS)
    assert [(name, version(name)) for name in MATTERS] == found
    newer = [(name, "9.9" if name == "jinja2" else each) for name, each in found]
    monkeypatch.setattr("readingroom.program.versions", lambda _names: newer)
    assert program() != before


def test_a_package_installed_in_another_form_is_asked_for_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("readingroom.program.INSTALLED", ".other-info")
    assert versions(MATTERS) == [(name, version(name)) for name in MATTERS]


def test_a_fingerprint_changes_with_a_files_name_size_or_time(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    path = tmp_path / "deep" / "a.py"
    path.write_text("one")
    os.utime(path, ns=(1, 1))
    before = fingerprint(tmp_path)
    assert fingerprint(tmp_path) == before
    assert fingerprint(tmp_path, (".css",)) != before
    os.utime(path, ns=(1, 2))
    later = fingerprint(tmp_path)
    path.write_text("three")
    os.utime(path, ns=(1, 2))
    assert len({before, later, fingerprint(tmp_path)}) == 3


def test_warnings_are_said_again_and_stop_a_strict_build(tmp_path: Path) -> None:
    archive = small_archive(tmp_path / "archive")
    archive.write("content/notes.odt", "x")
    assert [problem.severity for problem in archive.build().problems] == ["warning"]
    again = nothing_to_do(archive.root, Options(search="none"))
    assert again
    assert [problem.path for problem in again.problems] == ["content/notes.odt"]
    with pytest.raises(ProblemsError):
        archive.build(strict=True)


def test_a_frozen_build_writes_nothing_in_content_and_fails_where_it_would_have_to(archive: Archive) -> None:
    archive.write("seeds/new.txt", "A new report\n\nOf 14 February 2018, from Hajin.\n")
    before = {path: path.read_bytes() for path in (archive.root / "content").rglob("*.md")}
    with pytest.raises(ProblemsError, match="would have to be written: its seed is new"):
        archive.build(frozen=True)
    assert {path: path.read_bytes() for path in (archive.root / "content").rglob("*.md")} == before
    archive.build()
    assert archive.build(frozen=True).stale == ()


# The site as found


def test_a_file_in_another_files_place_is_not_as_written(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    shutil.rmtree(archive.site / "places")
    (archive.site / "places").symlink_to(tmp_path / "elsewhere")
    with opened(archive.root) as cache:
        here = as_written(archive.root / "build" / SITE, last_site(cache))
    assert not here.whole
    assert "places/hajin.html" not in here.outputs
    assert "index.html" in here.outputs


def test_an_index_with_a_file_too_few_or_too_many_is_made_again(tmp_path: Path) -> None:
    archive = small_archive(tmp_path / "archive")
    assert archive.build("now").indexed
    assert not archive.build("now").indexed
    before = archive.tree()
    fragment = next((archive.site / "pagefind").glob("*/fragment/*"))
    fragment.unlink()
    assert archive.build("now").indexed
    assert archive.tree() == before
    fragment.with_name("stray").write_text("x")
    assert archive.build("now").indexed
    assert archive.tree() == before


def test_the_index_is_made_again_only_when_a_report_page_is(tmp_path: Path) -> None:
    archive = small_archive(tmp_path / "archive")
    archive.build("now")
    archive.change("content/about.md", "What", "That")
    assert not archive.build("now").indexed
    archive.change("content/reports/2018-01-02-aaaaa1.md", "Nothing", "Something")
    assert archive.build("now").indexed
    assert archive.tree() == archive.cold(tmp_path / "cold", "now")


def test_search_that_may_wait_leaves_the_index_there_is_and_is_made_up_for(tmp_path: Path) -> None:
    archive = small_archive(tmp_path / "archive")
    archive.build("now")
    old = {url for url in archive.tree() if url.startswith("pagefind/")}
    archive.change("content/reports/2018-01-02-aaaaa1.md", "Nothing", "Something")
    assert not archive.build("later").indexed
    assert {url for url in archive.tree() if url.startswith("pagefind/")} == old
    assert settled(archive, search="later")
    assert archive.build("now").indexed
    assert settled(archive, search="later")
    assert archive.tree() == archive.cold(tmp_path / "cold", "now")


def test_a_deleted_reports_text_is_in_no_index(tmp_path: Path) -> None:
    archive = small_archive(tmp_path / "archive")
    archive.build("now")
    fragments = len(list((archive.site / "pagefind").glob("*/fragment/*")))
    archive.remove("content/reports/2018-01-02-aaaaa1.md")
    archive.build("now")
    assert len(list((archive.site / "pagefind").glob("*/fragment/*"))) == fragments - 1
    assert archive.tree() == archive.cold(tmp_path / "cold", "now")


def test_search_given_up_takes_its_index_along_and_comes_back(tmp_path: Path) -> None:
    archive = small_archive(tmp_path / "archive")
    archive.build("now")
    before = archive.tree()
    archive.build("none")
    assert {url for url in before if not url.startswith("pagefind/")} == set(archive.tree())
    archive.build("now")
    assert archive.tree() == before


def test_a_word_of_a_report_of_this_archive_renders_the_pages_that_show_it(tmp_path: Path) -> None:
    archive = Archive(REPOSITORY).copy_to(tmp_path / "archive")
    archive.build()
    before = archive.tree()
    report = "content/reports/2018-02-09-ee6c55.md"
    archive.change(report, "undeclared deal", "unspoken deal")
    made = {item.url: set(item.reasons) for item in archive.build().stale}
    now = archive.tree()
    assert made == {
        "reports/2018-02-09-ee6c55.html": {"passages"},
        "data/mentions.csv": {"content"},  # the names behind this word stand elsewhere in their paragraph
        "data/SHA256SUMS": {"content"},
        "data.html": {"edition", "files"},
    }
    assert {url for url in now if now[url] != before.get(url)} == set(made)


def test_after_an_edit_the_sources_are_looked_for_once_and_the_site_is_listed_once(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    honest = os.open

    def watched(path: str | os.PathLike[str], flags: int, *rest: int) -> int:
        opened.append(os.fspath(path))
        return honest(path, flags, *rest)

    archive.change("content/about.md", "What", "Why")
    monkeypatch.setattr("readingroom.listing.os.open", watched)
    monkeypatch.setattr("readingroom.cli.sys.argv", ["readingroom", "-C", str(archive.root), "build", "--no-search"])
    with pytest.raises(SystemExit):
        main()
    assert opened.count(str(archive.root)) == 1
    assert opened.count(str(archive.site)) == 1  # where it is compared, not before
    opened.clear()
    assert settled(archive)
    assert str(archive.site) in opened
