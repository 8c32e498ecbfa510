"""The command line as people meet it: one tiny archive a fault, with the exact message and exit code."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from readingroom import cli
from readingroom.publish import locked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SETTINGS = 'title = "Test archive"\n'
REPORT = """---
title: An attack on Hajin
publisher: The Monitor
published: 2018-01-18
date_basis: given
---
They attacked Hajin.
"""
HAJIN = "---\nname: Hajin\nreviewed: 2026-11-22\n---\nA town.\n"


class Ran(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run a command in an archive made of the given files."""

    def go(*words: str, files: dict[str, str | bytes] | None = None) -> Ran:
        for path, text in {"readingroom.toml": SETTINGS, **(files or {})}.items():
            target = tmp_path / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode() if isinstance(text, str) else text)
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["readingroom", *words])
        try:
            cli.main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return go


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {"content/reports/a.md": "---\ntitle: a: b\n---\nText.\n"},
            "content/reports/a.md:2: not valid YAML: mapping values are not allowed in this context\n"
            '    put text with : # [ { " in quotes\n',
        ),
        (
            {"content/places/hajin.md": "---\nname: Hajin\nvarients: [Hagin]\n---\n"},
            'content/places/hajin.md:3: unknown key "varients"\n    did you mean variants?\n',
        ),
        (
            {"content/reports/a.md": REPORT.replace("2018-01-18", "18 January")},
            'content/reports/a.md:4: "18 January" is no date\n'
            "    write 2018-01-18, 2018-01, 2018, or 2018-01~ when about then\n",
        ),
        (
            {"content/places/hajin.md": HAJIN, "content/places/hajin-2.md": HAJIN},
            'content/places/hajin.md:2: "Hajin" also names places/hajin-2\n'
            "    add  within: <containing place>  to one of them, or merge the two files\n",
        ),
        (
            {"content/places/hajin.md": HAJIN.replace("reviewed", "within: deir\nreviewed")},
            'content/places/hajin.md:3: within "deir": no such place\n    known: hajin\n',
        ),
        (
            {"content/places/hajin.md": HAJIN.replace("reviewed", "name: Hagin\nreviewed")},
            'content/places/hajin.md:3: the key "name" stands twice\n    keep one of them\n',
        ),
        (
            {"content/towns/hajin.md": HAJIN},
            'content/towns/hajin.md: the folder "towns" belongs to no kind\n'
            "    folders: reports, places, factions, commanders; kinds are declared in readingroom.toml\n",
        ),
        (
            {"content/reports/a.md": b"---\ntitle: caf\xe9\n---\nText.\n"},
            "content/reports/a.md:2: is not UTF-8 text\n    save it as UTF-8 in your editor\n",
        ),
        (
            {"templates/home.html": "{% include 'nothing.html' %}"},
            "templates/home.html: there is no template nothing.html\n"
            "    add it to templates/, or delete the line that asks for it\n",
        ),
        (
            {"templates/home.html": "<p>\n{{ view.titel }}</p>"},
            'templates/home.html:2: view has no "titel"; did you mean view.chrome.title?\n'
            "    it has chrome, head, introduction, coverage, years, latest, registers, changes, citation\n",
        ),
        (
            {"templates/home.html": "<p>\n{% if %}</p>"},
            "templates/home.html:2: not a template: Expected an expression, got 'end of statement block'\n",
        ),
        (
            {"readingroom.toml": 'titel = "x"\n'},
            'readingroom.toml:1: unknown setting "titel"\n    did you mean title?\n',
        ),
        (
            {"content/changes.yaml": "- {date: 2026-01-01, kind: correction, of: nothing, note: x}\n"},
            'content/changes.yaml:1: a change of "nothing", which is not here\n    there is none yet\n',
        ),
    ],
)
def test_a_fault_is_one_clear_message_and_nothing_is_published(
    run: Callable[..., Ran], tmp_path: Path, files: dict[str, str | bytes], message: str
) -> None:
    ran = run("build", "--no-search", files=files)
    assert (ran.err, ran.code) == (message + "1 problem in 1 file; nothing was published\n", 1)
    assert not (tmp_path / "build" / "site").exists()


def test_all_problems_are_listed_at_once_and_the_last_site_stays(run: Callable[..., Ran], tmp_path: Path) -> None:
    assert run("build", "--no-search", files={"content/places/hajin.md": HAJIN}).code == 0
    before = (tmp_path / "build/site/places/hajin.html").read_bytes()
    faulty = {
        "content/places/hajin.md": HAJIN + "x",
        "content/places/a.md": "x",
        "content/reports/b.md": "---\nx: 1\n---\n",
    }
    ran = run("build", "--no-search", files=faulty)
    assert ran.code == 1
    assert ran.err.endswith("problems in 2 files; nothing was published\n")
    assert (tmp_path / "build/site/places/hajin.html").read_bytes() == before


def test_keep_going_leaves_the_faulty_items_out_and_publishes_the_rest(run: Callable[..., Ran], tmp_path: Path) -> None:
    files = {"content/places/hajin.md": HAJIN, "content/places/a.md": "no front matter"}
    for _ in range(2):
        ran = run("build", "--no-search", "--keep-going", files=files)
        assert ran.code == 1
        assert "content/places/a.md:1: no front matter" in ran.err
        assert ran.err.endswith("1 problem in 1 file; the rest was published\n")
        assert (tmp_path / "build/site/places/hajin.html").exists()
        assert not (tmp_path / "build/site/places/a.html").exists()
    (tmp_path / "content/places/a.md").unlink()
    assert run("build", "--no-search", "--keep-going").code == 0


def test_a_warning_stops_only_a_strict_build(run: Callable[..., Ran]) -> None:
    files = {"content/places/map.png": "not text"}
    assert run("build", "--no-search", files=files).code == 0
    again = run("build", "--no-search")
    assert (again.code, "content/places/map.png: warning: is not read" in again.err) == (0, True)
    assert run("build", "--no-search", "--strict").code == 1


def test_warnings_do_not_make_keep_going_fail_unless_they_count_as_errors(run: Callable[..., Ran]) -> None:
    assert run("build", "--no-search", "--keep-going", files={"content/places/map.png": "not text"}).code == 0
    assert run("build", "--no-search", "--keep-going", "--strict").code == 1


@pytest.mark.parametrize(
    "words",
    [
        ("build",),
        ("ingest",),
        ("check",),
        ("mentions",),
        ("explain", "2018-01-18-aaaaaa"),
        ("explain", "places/hajin.html"),
        ("names",),
        ("names", "find", "Hajin"),
    ],
)
def test_a_failure_answers_in_json_too(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["readingroom", *words, "--json"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert problem["path"] == "readingroom.toml"
    assert problem["message"].endswith("is not an archive")


def test_what_is_not_there_is_answered_in_json_too(run: Callable[..., Ran]) -> None:
    files = {"content/places/hajin.md": HAJIN, "content/reports/2018-01-18-aaaaaa.md": REPORT}
    for target in ("2018-01-18-aaaaab", "2018-01-18-aaaaaa#p9", "places/hagin.html"):
        ran = run("explain", target, "--json", files=files)
        assert ran.code == 1
        assert json.loads(ran.out)["problems"][0]["path"] == target


def test_mentions_end_with_the_problems_where_something_is_wrong(run: Callable[..., Ran]) -> None:
    files = {"content/places/hajin.md": HAJIN, "content/reports/2018-01-18-aaaaaa.md": REPORT}
    ran = run("mentions", "--json", files={**files, "content/places/a.md": "x"})
    *rows, last = map(json.loads, ran.out.splitlines())
    assert (ran.code, len(rows), [problem["path"] for problem in last["problems"]]) == (1, 2, ["content/places/a.md"])


def test_check_lists_problems_in_json_even_if_there_are_none(run: Callable[..., Ran]) -> None:
    assert run("build", "--no-search", files={"content/places/hajin.md": HAJIN}).code == 0
    ran = run("check", "--json")
    assert (ran.code, json.loads(ran.out)) == (0, {"problems": []})
    ran = run("check", "--json", files={"content/places/a.md": "x"})
    assert (ran.code, json.loads(ran.out)["problems"][0]["line"]) == (1, 1)


def test_wrong_usage_and_bugs_are_answered_in_json_too(
    run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ran = run("build", "--json", "--frozn")
    assert (ran.code, "--frozn" in json.loads(ran.out)["problems"][0]["message"]) == (2, True)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(cli, "begin", lambda *_: 1 // 0)
    ran = run("build", "--json")
    assert (ran.code, "ZeroDivisionError" in json.loads(ran.out)["problems"][0]["message"]) == (3, True)


SEED = "The Monitor\n\nHeadline\n\nHajin fell on Thursday.\n"


def test_a_build_that_fails_after_it_took_seeds_in_says_which_files_it_wrote(
    run: Callable[..., Ran], tmp_path: Path
) -> None:
    ran = run("build", "--no-search", files={"seeds/a.txt": SEED, "content/places/a.md": "x"})
    (written,) = (tmp_path / "content/reports").iterdir()
    assert ran.code == 1
    assert ran.out == f"wrote content/reports/{written.name}\n"
    files = {"seeds/b.txt": SEED.replace("Hajin", "Tiba"), "templates/home.html": "{% if %}"}
    ran = run("build", "--no-search", "--json", "--keep-going", files=files)
    answer = json.loads(ran.out)
    (other,) = set((tmp_path / "content/reports").iterdir()) - {written}
    assert answer["ingested"] == [f"content/reports/{other.name}"]
    assert [problem["path"] for problem in answer["problems"]] == ["templates/home.html"]


def test_no_seed_is_taken_in_while_another_is_faulty_unless_asked_to_keep_going(
    run: Callable[..., Ran], tmp_path: Path
) -> None:
    ran = run("build", "--no-search", files={"seeds/a.txt": SEED, "seeds/b.pdf": b"%PDF-1.7\n\x00"})
    assert (ran.code, ran.out) == (1, "")
    assert not (tmp_path / "content").exists()
    ran = run("build", "--no-search", "--keep-going")
    assert ran.code == 1
    assert ran.out.startswith("wrote content/reports/")


def test_outside_an_archive_the_next_step_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["readingroom", "build"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert "readingroom new DIR" in capsys.readouterr().err
    assert not (tmp_path / "build").exists()


def test_wrong_usage_ends_with_two(run: Callable[..., Ran]) -> None:
    assert run("build", "--frozn").code == 2
    assert run("bild").code == 2


def test_a_bug_ends_with_three_and_names_its_log(
    run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(cli, "begin", lambda *_: 1 // 0)
    ran = run("build")
    assert ran.code == 3
    log = next(tmp_path.glob("readingroom-*.log"))
    assert "ZeroDivisionError" in log.read_text(encoding="utf-8")
    assert str(log) in ran.err


def test_an_interrupted_build_ends_with_130(run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "begin", interrupt)
    assert run("build").code == 130


def test_mentions_are_listed_as_formats_says(run: Callable[..., Ran]) -> None:
    files = {"content/places/hajin.md": HAJIN, "content/reports/2018-01-18-aaaaaa.md": REPORT}
    ran = run("mentions", "--json", files=files)
    rows = [json.loads(line) for line in ran.out.splitlines()]
    assert rows[-1] == {
        "report": "2018-01-18-aaaaaa",
        "paragraph": "p1",
        "start": 14,
        "end": 19,
        "text": "Hajin",
        "kind": "place",
        "entity": "places/hajin",
        "status": "reviewed",
        "confidence": 1.0,
        "why": ["name"],
    }
    assert [row["paragraph"] for row in rows] == ["title", "p1"]


def test_explain_says_why_a_name_is_linked(run: Callable[..., Ran]) -> None:
    files = {"content/places/hajin.md": HAJIN, "content/reports/2018-01-18-aaaaaa.md": REPORT}
    ran = run("explain", "2018-01-18-aaaaaa#p1", files=files)
    assert ran.out == (
        "¶1  …They attacked [Hajin].…\n    Hajin (places/hajin): linked\n    because: name (confidence 1.00)\n"
    )
    assert "no such passage" in run("explain", "2018-01-18-aaaaaa#p9").err
    assert "no report of this id" in run("explain", "2018-01-18-aaaaab").err


def test_explain_says_why_a_page_is_made_again(run: Callable[..., Ran]) -> None:
    files = {"content/places/hajin.md": HAJIN, "content/reports/2018-01-18-aaaaaa.md": REPORT}
    assert run("build", "--no-search", files=files).code == 0
    assert run("explain", "places/hajin.html").out == ("places/hajin.html is up to date\nmade last because of: new\n")
    ran = run("explain", "places/hajin.html", files={"content/places/hajin.md": HAJIN + "It lies on the river.\n"})
    assert ran.out.splitlines()[0] == "places/hajin.html would be made again: note"
    assert "the site has no such file" in run("explain", "places/hagin.html").err


def test_explain_and_a_dry_run_only_look(run: Callable[..., Ran], tmp_path: Path) -> None:
    files = {"content/places/hajin.md": HAJIN, "content/reports/2018-01-18-aaaaaa.md": REPORT}
    assert run("build", "--no-search", files=files).code == 0
    (tmp_path / "build/site.new").mkdir()
    before = stamps(tmp_path / "build")
    with locked(tmp_path / "build"):
        held = stamps(tmp_path / "build")
        assert run("explain", "places/hajin.html").out.splitlines()[0] == "places/hajin.html is up to date"
        assert run("build", "--no-search", "--dry-run").out.startswith("nothing to do\n")
        assert stamps(tmp_path / "build") == held
    assert before.keys() <= held.keys()


def stamps(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_a_page_is_explained_where_the_build_folder_may_not_be_written(run: Callable[..., Ran], tmp_path: Path) -> None:
    assert run("build", "--no-search", files={"content/places/hajin.md": HAJIN}).code == 0
    (tmp_path / "build").chmod(0o555)
    if os.access(tmp_path / "build", os.W_OK):
        pytest.skip("root may write everywhere")
    try:
        ran = run("explain", "places/hajin.html")
    finally:
        (tmp_path / "build").chmod(0o755)
    assert ran.out == "places/hajin.html is up to date\nmade last because of: new\n"


def test_a_frozen_build_writes_nothing_in_content(run: Callable[..., Ran], tmp_path: Path) -> None:
    ran = run("build", "--frozen", "--no-search", files={"seeds/a.txt": "The Monitor\n\nHeadline\n\nHajin fell.\n"})
    assert ran.code == 1
    assert "its seed is new" in ran.err
    assert not (tmp_path / "content").exists()
    assert run("build", "--no-search").code == 0
    assert run("build", "--frozen", "--no-search").code == 0


def test_dry_run_says_what_would_be_made_and_makes_nothing(run: Callable[..., Ran], tmp_path: Path) -> None:
    ran = run("build", "--dry-run", "--json", files={"content/places/hajin.md": HAJIN})
    made = {row["url"]: row["why"] for row in json.loads(ran.out)["rendered"]}
    assert made["places/hajin.html"] == ["new"]
    assert not (tmp_path / "build" / "site").exists()


def test_check_finds_a_broken_link_with_its_line(run: Callable[..., Ran]) -> None:
    files = {"content/about.md": "---\ntitle: About\n---\nSee [this](places/nowhere.html).\n"}
    assert run("build", "--no-search", files=files).code == 0
    ran = run("check")
    assert ran.code == 1
    assert "leads to places/nowhere.html, which is not there" in ran.err
    assert "build/site/about.html:" in ran.err


DAMAGE = {
    "search.html": "is missing: the last build wrote it",
    "places/hajin.html": "is not as the last build wrote it",
    "own.html": "is foreign: no build wrote it",
    "data/reports.csv": "is not what data/SHA256SUMS says",
}


def test_check_finds_files_that_are_missing_changed_or_foreign(run: Callable[..., Ran], tmp_path: Path) -> None:
    files = {"content/places/hajin.md": HAJIN, "content/reports/2018-01-18-aaaaaa.md": REPORT}
    assert run("build", "--no-search", files=files).code == 0
    assert run("check").out == "no problems\n"
    site = tmp_path / "build/site"
    (site / "search.html").unlink()
    for url in ("places/hajin.html", "own.html", "data/reports.csv"):
        with (site / url).open("a", encoding="utf-8") as file:
            file.write("\n")
    ran = run("check", "--json")
    found = {(problem["path"], problem["message"]) for problem in json.loads(ran.out)["problems"]}
    assert ran.code == 1
    assert {(f"build/site/{url}", message) for url, message in DAMAGE.items()} <= found
    assert run("build", "--no-search").code == 0
    assert run("check").out == "no problems\n"


def test_check_finds_a_search_index_that_lost_a_file(run: Callable[..., Ran], tmp_path: Path) -> None:
    assert run("build", files={"content/reports/2018-01-18-aaaaaa.md": REPORT}).code == 0
    (tmp_path / "build/site/pagefind/shards.js").unlink()
    ran = run("check")
    assert (ran.code, "build/site/pagefind/shards.js: is missing: the last build wrote it" in ran.err) == (1, True)


def test_check_needs_no_cache(run: Callable[..., Ran], tmp_path: Path) -> None:
    assert run("build", "--no-search", files={"content/places/hajin.md": HAJIN}).code == 0
    (tmp_path / "build/cache.sqlite").unlink()
    assert run("check").out == "no problems\n"


def test_check_warns_of_words_that_a_report_does_not_have_from_its_seed(
    run: Callable[..., Ran], tmp_path: Path
) -> None:
    assert run("build", "--no-search", files={"seeds/a.txt": SEED}).code == 0
    assert run("check").out == "no problems\n"
    (report,) = (tmp_path / "content/reports").iterdir()
    report.write_text(report.read_text(encoding="utf-8").replace("Hajin fell", "Hajin stood"), encoding="utf-8")
    assert run("build", "--no-search").err == ""
    ran = run("check")
    assert (ran.code, "warning: differs from its seed: " in ran.err, "stood" in ran.err) == (0, True, True)
    told = f"- {{date: 2026-11-22, kind: correction, of: {report.stem}, note: It stood.}}\n"
    assert run("check", files={"content/changes.yaml": told}).err.count("differs from its seed") == 0


def test_a_template_of_no_use_is_a_warning_with_the_name_it_may_mean(run: Callable[..., Ran]) -> None:
    files = {
        "templates/reprot.html": "<p>",
        "templates/_mine.html": "<p>",
        "templates/free.html": '{% include "_mine.html" %}',
        "templates/static/mine.css": "",
    }
    ran = run("build", "--no-search", files=files)
    assert ran.code == 0
    assert ran.err == (
        "templates/reprot.html: warning: replaces no template of this program, and no template asks for it\n"
        "    did you mean report.html?\n1 problem in 1 file\n"
    )


def test_a_seed_and_a_report_that_disagree_blame_neither(run: Callable[..., Ran], tmp_path: Path) -> None:
    assert run("build", "--no-search", files={"seeds/a.txt": SEED}).code == 0
    (report,) = (tmp_path / "content/reports").iterdir()
    text = report.read_text(encoding="utf-8")
    digest = text.partition("sha256: ")[2][:64]
    report.write_text(text.replace(digest, "0" * 64), encoding="utf-8")
    ran = run("build", "--no-search")
    assert ran.err == (
        f"seeds/a.txt: differs from what content/reports/{report.name} says it was made from\n"
        "    restore the seed, or sha256: in the report, whichever was changed, for instance from git; "
        "a new text is a new seed\n1 problem in 1 file; nothing was published\n"
    )


def test_a_build_without_pagefind_says_what_to_install(
    run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("pagefind_bin.get_candidate_paths", lambda: [tmp_path / "gone"])
    ran = run("build", files={"content/reports/2018-01-18-aaaaaa.md": REPORT})
    assert ran.code == 1
    assert ran.err == (
        "pagefind: Pagefind cannot be started: its program is not installed for this computer\n"
        "    install it again: pip install --force-reinstall pagefind-bin; or build with --no-search\n"
        "1 problem; nothing was published\n"
    )
    assert not (tmp_path / "build" / "site").exists()
