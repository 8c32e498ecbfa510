"""One edit after another: exactly the pages that show it are made again, for exactly these reasons.

The templates of these archives print their whole view, so that what was made again must be what changed.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import pytest

from archives import Archive, new_archive, small_archive

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from readingroom.options import Result

Reasons = dict[str, tuple[str, ...]]
ONE, TWO, THREE, FOUR = (
    f"reports/{name}.html"
    for name in ("2018-01-02-aaaaa1", "2018-01-09-bbbbb2", "2018-02-03-ccccc3", "2018-02-20-ddddd4")
)
TWO_FILE, THREE_FILE = (f"content/{url.removesuffix('.html')}.md" for url in (TWO, THREE))
CONTENT = ("content",)
EDITION: Reasons = {"data.html": ("edition",)}
SUMS: Reasons = {"data/SHA256SUMS": CONTENT, "data.html": ("edition", "files")}
REPORT_DATA: Reasons = {"data/reports.csv": CONTENT, **SUMS}
NAME_DATA: Reasons = {"data/mentions.csv": CONTENT, "data/entities.json": CONTENT, **SUMS}
SPELLINGS: Reasons = {"names/names.js": CONTENT}
NAMED = ("head", "spellings", "mentions", "reports", "concordance")
LISTED = ("head", "coverage", "years", "latest", "registers")


class Edit(NamedTuple):
    """What a build made again after an edit and why, and which files of the site came, went or changed."""

    result: Result
    made: Reasons
    changed: set[str]
    gone: set[str]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = small_archive(tmp_path / "archive")
    archive.build()
    return archive


def build_after(archive: Archive, before: Mapping[str, bytes]) -> Edit:
    result = archive.build()
    now, cold = archive.tree(), archive.copy_to(archive.root.parent / "cold")
    cold.build()
    assert now == cold.tree()
    assert kept(archive) == kept(cold)
    shutil.rmtree(cold.root)
    changed = {url for url, content in now.items() if before.get(url) != content}
    return Edit(result, {item.url: item.reasons for item in result.stale}, changed, before.keys() - now.keys())


def kept(archive: Archive) -> set[tuple[str, bytes]]:
    """Return what the cache keeps, as shelves and keys."""
    with closing(sqlite3.connect(archive.cache)) as database:
        return set(database.execute("SELECT shelf, key FROM kept"))


def edit(archive: Archive, path: str, old: str, new: str) -> Edit:
    before = archive.tree()
    archive.change(path, old, new)
    return build_after(archive, before)


def in_any_order(made: Reasons) -> dict[str, list[str]]:
    return {url: sorted(reasons) for url, reasons in made.items()}


def check(found: Edit, made: Reasons, *, read: int = 0, recognised: int = 0, removed: tuple[str, ...] = ()) -> None:
    """Compare with what is expected; whatever was made must have changed, and nothing else may have."""
    assert in_any_order(found.made) == in_any_order(made)
    assert found.changed == set(made)
    assert found.result.removed == removed
    assert found.gone == set(removed)
    assert (found.result.read, found.result.recognised) == (read, recognised)


def test_a_word_of_the_body_changes_its_own_page(archive: Archive) -> None:
    found = edit(archive, TWO_FILE, "far away", "far off")
    check(found, {TWO: ("passages",), **EDITION}, read=1, recognised=1)


def test_a_word_beside_a_name_changes_the_concordance_too(archive: Archive) -> None:
    found = edit(archive, THREE_FILE, "Shelling hit", "Heavy shelling hit")
    made: Reasons = {THREE: ("head", "passages", "words"), "places/idlib.html": ("concordance",)}
    check(found, {**made, "data/mentions.csv": CONTENT, **SUMS}, read=1, recognised=1)


def test_a_headline_changes_every_page_that_quotes_it(archive: Archive) -> None:
    made: Reasons = {
        TWO: ("head", "title", "citations"),
        ONE: ("related", "next"),
        THREE: ("previous",),
        "commanders/abu-talha.html": ("concordance",),
        "places/hajin.html": ("concordance",),
        "reports/index.html": ("years",),
        "months/2018-01.html": ("reports",),
        "index.html": ("latest",),
        **REPORT_DATA,
    }
    check(edit(archive, TWO_FILE, "Report 2", "The second report"), made, read=1, recognised=1)


def test_a_date_moves_a_report_to_another_month(archive: Archive) -> None:
    made: Reasons = {
        THREE: ("head", "date", "date_iso", "month", "next", "citations", "previous"),
        TWO: ("next",),
        FOUR: ("previous", "next"),
        "places/idlib.html": ("span", "concordance"),
        "reports/index.html": ("years",),
        "months/2018-02.html": ("head", "reports", "next"),
        "months/2018-03.html": ("new",),
        "index.html": ("coverage", "years", "latest"),
        "data/mentions.csv": CONTENT,
        **REPORT_DATA,
        "data.html": ("edition", "newest", "files"),
    }
    found = edit(archive, THREE_FILE, "published: 2018-02-03", "published: 2018-03-03")
    check(found, made, read=1, recognised=1)


def test_a_new_report_changes_its_neighbours_and_what_it_names(archive: Archive) -> None:
    before = archive.tree()
    archive.report("2018-02-10-eeeee5", "Quiet in Sousa.")
    made: Reasons = {
        "reports/2018-02-10-eeeee5.html": ("new",),
        ONE: ("related",),
        THREE: ("next",),
        FOUR: ("related", "previous"),
        "places/deir.html": ("parts",),
        "places/sousa.html": NAMED,
        "places/index.html": ("letters",),
        "reports/index.html": ("head", "total", "years"),
        "months/2018-02.html": ("head", "reports"),
        "index.html": LISTED,
        "search.html": ("examples",),
        **NAME_DATA,
        **REPORT_DATA,
        **SPELLINGS,
    }
    check(build_after(archive, before), made, read=1, recognised=1)


def test_a_deleted_report_leaves_no_page_and_no_trace(archive: Archive) -> None:
    before = archive.tree()
    archive.remove(THREE_FILE)
    found = build_after(archive, before)
    made: Reasons = {
        TWO: ("next",),
        FOUR: ("previous",),
        "places/idlib.html": ("head", "spellings", "mentions", "reports", "span", "concordance"),
        "places/index.html": ("letters",),
        "reports/index.html": ("head", "total", "years"),
        "months/2018-02.html": ("head", "reports"),
        "index.html": LISTED,
        **NAME_DATA,
        **REPORT_DATA,
        **SPELLINGS,
    }
    check(found, made, removed=(THREE,))
    assert not any(b"Shelling" in content for content in archive.tree().values())


def test_the_last_report_of_a_month_takes_the_month_along(archive: Archive) -> None:
    archive.remove(THREE_FILE)
    archive.build()
    archive.remove(f"content/{FOUR.removesuffix('.html')}.md")
    assert archive.build().removed == ("months/2018-02.html", FOUR)


def test_a_withdrawn_report_disappears_and_comes_back(archive: Archive) -> None:
    before = archive.tree()
    assert edit(archive, TWO_FILE, "---\nAbu", "publish: false\n---\nAbu").result.removed == (TWO,)
    assert not any(b"far away" in content for content in archive.tree().values())
    archive.change(TWO_FILE, "publish: false\n", "")
    assert ("new",) in build_after(archive, before).made.values()
    assert archive.tree() == before


def test_a_renamed_entity_changes_every_page_that_shows_its_name(archive: Archive) -> None:
    made: Reasons = {
        THREE: ("head", "passages", "registers"),
        "places/idlib.html": ("head", "name"),
        "places/index.html": ("letters",),
        "reports/index.html": ("years",),
        "months/2018-02.html": ("reports",),
        "index.html": ("latest", "registers"),
        **NAME_DATA,
        **SPELLINGS,
    }
    check(edit(archive, "content/places/idlib.md", "Idlib", "Idleb"), made, recognised=1)


def test_an_entity_at_a_new_address_is_a_new_page_and_every_link_follows(archive: Archive) -> None:
    before = archive.tree()
    archive.remove("content/places/idlib.md")
    archive.entity("places/idleb-city", "Idlib")
    found = build_after(archive, before)
    made: Reasons = {
        "places/idleb-city.html": ("new",),
        THREE: ("passages", "registers"),
        "places/index.html": ("letters",),
        "index.html": ("registers",),
        **NAME_DATA,
        **SPELLINGS,
    }
    check(found, made, recognised=1, removed=("places/idlib.html",))


def test_a_new_variant_links_only_where_it_stands(archive: Archive) -> None:
    before = archive.tree()
    archive.entity("places/sousa", "Sousa", "the north", within="deir")
    made: Reasons = {
        THREE: ("head", "passages", "registers", "related"),
        ONE: ("related",),
        FOUR: ("related",),
        "places/deir.html": ("parts",),
        "places/idlib.html": ("companions",),
        "places/sousa.html": (*NAMED, "companions"),
        "places/index.html": ("letters",),
        "reports/index.html": ("years",),
        "months/2018-02.html": ("reports",),
        "index.html": ("latest", "registers"),
        "search.html": ("examples",),
        **NAME_DATA,
        **SPELLINGS,
    }
    found = build_after(archive, before)
    check(found, made, recognised=3)


def test_a_removed_variant_unlinks_it(archive: Archive) -> None:
    before = archive.tree()
    original = archive.read("content/places/sousa.md")
    archive.entity("places/sousa", "Sousa", "the north", within="deir")
    archive.build()
    archive.write("content/places/sousa.md", original)
    assert archive.build().recognised == 3
    assert archive.tree() == before


def test_a_variant_nobody_uses_changes_only_where_variants_are_listed(archive: Archive) -> None:
    before = archive.tree()
    archive.entity("places/idlib", "Idlib", "Yonder")
    made: Reasons = {
        "places/idlib.html": ("head",),
        "places/index.html": ("letters",),
        "data/entities.json": CONTENT,
        **SUMS,
        **SPELLINGS,
    }
    check(build_after(archive, before), made, recognised=1)


def test_a_new_entity_links_the_reports_that_name_it(archive: Archive) -> None:
    before = archive.tree()
    archive.entity("places/north", "the north")
    made: Reasons = {
        "places/north.html": ("new",),
        THREE: ("head", "passages", "registers"),
        "places/idlib.html": ("companions",),
        "places/index.html": ("head", "total", "letters"),
        "reports/index.html": ("years",),
        "months/2018-02.html": ("reports",),
        "index.html": ("coverage", "latest", "registers"),
        **NAME_DATA,
        **SPELLINGS,
    }
    check(build_after(archive, before), made, recognised=1)


def test_an_entity_nobody_names_is_a_page_and_a_line_in_its_index(archive: Archive) -> None:
    before = archive.tree()
    archive.entity("places/far", "Faraway Hills")
    made: Reasons = {
        "places/far.html": ("new",),
        "places/index.html": ("head", "total", "letters"),
        "index.html": ("coverage", "registers"),
        "data/entities.json": CONTENT,
        **SUMS,
        **SPELLINGS,
    }
    check(build_after(archive, before), made)


def test_a_note_on_an_entity_changes_its_page_and_the_edition(archive: Archive) -> None:
    before = archive.tree()
    archive.write("content/places/idlib.md", archive.read("content/places/idlib.md") + "A city.\n")
    check(build_after(archive, before), {"places/idlib.html": ("note",), **EDITION})


def test_an_edited_page_changes_itself_and_the_edition(archive: Archive) -> None:
    check(edit(archive, "content/about.md", "What this is.", "What that was."), {"about.html": ("body",), **EDITION})


def test_an_announced_correction_changes_what_it_is_about(archive: Archive) -> None:
    before = archive.tree()
    archive.write("content/changes.yaml", "- {date: 2018-03-01, kind: correction, of: places/idlib, note: a name}\n")
    made: Reasons = {
        "places/idlib.html": ("changes",),
        "index.html": ("changes",),
        "changes.html": ("changes",),
        "data.html": ("edition", "newest"),
    }
    check(build_after(archive, before), made)


def test_a_template_changes_its_pages_alone(archive: Archive) -> None:
    found = edit(archive, "templates/month.html", "include", "  include")
    made: Reasons = {"months/2018-01.html": ("template",), "months/2018-02.html": ("template",)}
    assert found.made == made
    assert found.changed == set()
    found = edit(archive, "templates/month.html", "{% block main %}", "{% block main %}<hr>")
    check(found, made)


@pytest.mark.parametrize("part", ["base.html", "_shown.html"])
def test_a_template_that_others_extend_or_include_changes_all_their_pages(archive: Archive, part: str) -> None:
    before = archive.tree()
    archive.write(f"templates/{part}", archive.read(f"templates/{part}") + "<hr>")
    found = build_after(archive, before)
    pages = {url for url in before if url.endswith(".html")}
    check(found, dict.fromkeys(pages, ("template",)))
    assert len(pages) > 20


def test_a_template_taken_out_gives_way_to_the_packaged_one(archive: Archive) -> None:
    archive.remove("templates/robots.txt")
    assert {item.url: item.reasons for item in archive.build().stale} == {"robots.txt": ("template",)}
    assert archive.tree()["robots.txt"].startswith(b"User-agent")


def test_a_setting_changes_every_page_that_shows_it(archive: Archive) -> None:
    found = edit(archive, "readingroom.toml", "Test archive", "Another archive")
    pages = {url for url in archive.tree() if url.endswith(".html")}
    check(found, {url: found.made[url] for url in pages})
    assert all("chrome" in reasons for reasons in found.made.values())


def test_an_address_brings_feed_and_sitemap_and_its_loss_takes_them(archive: Archive) -> None:
    before = archive.tree()
    archive.write("readingroom.toml", 'title = "Test archive"\nurl = "https://example.org/x/"\n')
    found = build_after(archive, before)
    assert {url for url, reasons in found.made.items() if reasons == ("new",)} == {"feed.xml", "sitemap.xml"}
    archive.write("readingroom.toml", 'title = "Test archive"\n')
    assert archive.build().removed == ("feed.xml", "sitemap.xml")
    assert archive.tree() == before


def test_static_files_are_copied_changed_and_removed(archive: Archive) -> None:
    check(edit(archive, "templates/static/own.css", "body", "main"), {"static/own.css": CONTENT})
    before = archive.tree()
    archive.write("templates/static/deep/own.js", "1")
    check(build_after(archive, before), {"static/deep/own.js": ("new",)})
    before = archive.tree()
    archive.remove("templates/static/own.css")
    check(build_after(archive, before), {}, removed=("static/own.css",))


def test_a_file_that_only_vanishes_vanishes_from_a_site_with_search_at_once(tmp_path: Path) -> None:
    archive = small_archive(tmp_path / "archive")
    archive.build("now")
    archive.remove("templates/static/own.css")
    result = archive.build("now")
    assert (result.stale, result.removed, result.indexed) == ((), ("static/own.css",), False)
    assert not (archive.site / "static/own.css").exists()


def test_a_new_seed_becomes_a_report_and_its_original_is_published(archive: Archive) -> None:
    before = archive.tree()
    archive.write("seeds/one.txt", "Sousa is quiet\n\nOn 14 February 2018 nothing moved in Sousa at all.\n")
    planned = archive.build(dry_run=True)
    assert [problem.severity for problem in planned.problems] == ["warning"]
    assert (planned.stale, archive.tree()) == ((), before)
    result = archive.build()
    assert result.ingested == planned.ingested
    assert "originals/one.txt" in archive.tree()
    assert archive.build().stale == ()


def test_a_file_that_only_looks_newer_changes_nothing(archive: Archive) -> None:
    for path in (*archive.root.rglob("*.md"), *archive.root.rglob("*.html"), archive.root / "readingroom.toml"):
        if "build" not in path.parts:
            os.utime(path, (time.time() + 5, time.time() + 5))
    before = archive.tree()
    check(build_after(archive, before), {})


def test_what_no_page_shows_changes_only_what_the_edition_is_called(archive: Archive) -> None:
    before = archive.tree()
    archive.change(TWO_FILE, "---\nAbu", "date_evidence: ''\n---\nAbu")
    check(build_after(archive, before), EDITION, read=1, recognised=1)


def test_a_faulty_report_leaves_the_site_as_it_was_and_mending_it_renders_nothing(archive: Archive) -> None:
    before = archive.tree()
    good = archive.read(TWO_FILE)
    archive.write(TWO_FILE, good.replace("title:", "titel:"))
    with pytest.raises(Exception, match='unknown key "titel"'):
        archive.build()
    assert archive.tree() == before
    archive.write(TWO_FILE, good)
    check(build_after(archive, before), {})


def test_faults_that_were_let_pass_stop_the_next_ordinary_build(archive: Archive) -> None:
    archive.change(TWO_FILE, "title:", "titel:")
    assert TWO in archive.build(keep_going=True).removed
    assert archive.build(keep_going=True).problems
    with pytest.raises(Exception, match='unknown key "titel"'):
        archive.build()


def test_an_archive_without_reports_builds_and_stays(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "empty")
    assert len(archive.build("now").stale) > 10
    assert archive.build("now").stale == ()
    archive.entity("places/hajin", "Hajin")
    assert {item.url for item in archive.build("now").stale} >= {"places/hajin.html", "places/index.html"}
    assert archive.tree() == archive.cold(tmp_path / "cold", "now")


def test_the_dry_run_says_what_the_build_then_does(archive: Archive) -> None:
    before = archive.tree()
    archive.change(TWO_FILE, "Report 2", "Second")
    archive.remove(THREE_FILE)
    planned = archive.build(dry_run=True)
    assert archive.tree() == before
    done = archive.build()
    assert (planned.stale, planned.removed) == (done.stale, done.removed)
    assert done.removed == (THREE,)
