"""The full-text index: the same bytes on every run, only what the site loads, and clear problems."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cbor2
import pytest

from readingroom import search
from readingroom.problems import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def page(number: int, *, language: str = "en", text: str = "Abu Talha in Hajin.") -> tuple[str, str]:
    filters = [("publisher", f"Watch {(number * step) % 4}") for step in range(3)]
    filters.append(("year", str(2016 + number % 3)))
    spans = "".join(f'<i data-pagefind-filter="{name}">{value}</i>' for name, value in filters)
    return f"reports/2018-01-01-{number:06x}.html", (
        f'<!doctype html><html lang="{language}"><title>R{number}</title><main data-pagefind-body>'
        f'<h1 id="title">Report {number}</h1><p id="p1">{text} Word{number % 7}.</p>{spans}'
        f'<i data-pagefind-sort="date">201{number % 9}-01-01</i></main>'
    )


def small(numbers: Iterable[int] = range(12)) -> list[tuple[str, str]]:
    return [page(number) for number in numbers]


def index(pages: list[tuple[str, str]], folder: Path, language: str = "en") -> search.Made:
    """Make one index and put it at `folder`."""
    scratch = folder.with_name(f"scratch {folder.name}")
    [made] = indexes([search.Task("all", lambda: pages)], scratch, language=language)
    made.folder.rename(folder)
    return made._replace(folder=folder)


def indexes(tasks: Sequence[search.Task], scratch: Path, *, language: str = "en", jobs: int = 1) -> list[search.Made]:
    """Make indexes, all of them."""
    with search.indexing(tasks, scratch, language=language, jobs=jobs) as made:
        return list(made)


def files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def tree_hash(folder: Path) -> str:
    digest = sha256()
    for path in files(folder):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def unpacked(path: Path) -> Any:
    return cbor2.loads(gzip.decompress(path.read_bytes())[len(search.MAGIC) :])


def test_eight_runs_with_other_things_at_work_give_the_same_bytes(tmp_path: Path) -> None:
    hashes = set()
    for run in range(8):
        (tmp_path / f"a [b] {run}").mkdir()
        made = index(small(range(40)), tmp_path / f"a [b] {run}" / "out")
        assert made.pages == 40
        hashes.add(tree_hash(made.folder))
    assert len(hashes) == 1


def test_pagefind_alone_still_needs_the_canonical_form(tmp_path: Path) -> None:
    hashes = set()
    for run in range(8):
        output = stock(tmp_path / str(run), range(40))
        hashes.add(tree_hash(output))
    assert len(hashes) > 1, "Pagefind is reproducible by itself now: make_reproducible can go"


def stock(folder: Path, numbers: Iterable[int]) -> Path:
    """Let Pagefind alone index pages; gives what it wrote."""
    site, output = folder / "site", folder / "stock"
    (site / "reports").mkdir(parents=True)
    output.mkdir()
    for address, text in small(numbers):
        (site / address).write_text(text, encoding="utf-8")
    arguments = ["--site", str(site), "--output-path", str(output), "--force-language", "en"]
    with search._start(arguments, None, subprocess.DEVNULL) as process:  # noqa: SLF001
        assert process.wait() == 0
    return output


def test_an_edited_report_changes_the_index(tmp_path: Path) -> None:
    before = index(small(), tmp_path / "before")
    pages = small()
    pages[3] = page(3, text="Hassan in Idlib.")
    assert tree_hash(before.folder) != tree_hash(index(pages, tmp_path / "after").folder)


def test_pages_are_named_by_their_place_and_filters_keep_every_value_and_page(tmp_path: Path) -> None:
    out = index(small(), tmp_path / "out").folder
    entry = json.loads((out / "pagefind-entry.json").read_text())
    meta = unpacked(out / f"pagefind.{entry['languages']['en']['hash']}.pf_meta")
    assert sorted(int(name) for name, _ in meta[1]) == list(range(12))
    for number in range(12):
        content = gzip.decompress((out / "fragment" / f"{number}.pf_fragment").read_bytes())
        assert json.loads(content[len(search.MAGIC) :])["url"] == f"/{page(number)[0]}"
    assert [name for name, _ in meta[3]] == ["publisher", "year"]
    tables = {name: unpacked(out / "filter" / f"{digest}.pf_filter") for name, digest in meta[3]}
    years = dict(tables["year"][1])
    assert list(years) == ["2016", "2017", "2018"]
    assert sorted(page for pages in years.values() for page in pages) == list(range(12))
    assert len(list((out / "filter").iterdir())) == 2


def test_only_files_the_site_loads_remain(tmp_path: Path) -> None:
    out = index(small(), tmp_path / "out").folder
    entry = json.loads((out / "pagefind-entry.json").read_text())
    assert {path.name for path in out.iterdir()} == {
        *("filter", "fragment", "index", "wasm.en.pagefind"),
        *("pagefind.js", "pagefind-entry.json"),
        f"pagefind.{entry['languages']['en']['hash']}.pf_meta",
    }


def test_reports_in_all_languages_share_one_index(tmp_path: Path) -> None:
    pages = small(range(3))
    pages += [page(3, language="ar", text="قرية الشعفة في دير الزور"), page(4, language="zh", text="中文报告在这里")]
    made = index(pages, tmp_path / "out")
    assert made.pages == 5
    entry = json.loads((made.folder / "pagefind-entry.json").read_text())
    assert list(entry["languages"]) == ["en"]


@pytest.mark.parametrize("language", ["ar", "zh", "pt-br", "tlh"])
def test_an_archive_in_any_language_is_indexed(tmp_path: Path, language: str) -> None:
    assert index([page(1, language=language)], tmp_path / "out", language).pages == 1


@pytest.mark.parametrize("text", ["", "<body data-pagefind-body></body>", "<body data-pagefind-body><p>…</p></body>"])
def test_pages_without_a_word_have_an_empty_index_and_no_problem(tmp_path: Path, text: str) -> None:
    made = index([("reports/index.html", text)] if text else [], tmp_path / "out")
    assert made.pages == 0
    assert list(made.folder.iterdir()) == []


def test_a_page_without_a_word_among_others_leaves_their_names_as_they_are(tmp_path: Path) -> None:
    empty = ("reports/2018-01-01-000001.html", "<html><body data-pagefind-body></body></html>")
    made = index([page(0), empty, page(2)], tmp_path / "out")
    assert sorted(path.stem for path in (made.folder / "fragment").iterdir()) == ["0", "2"]


def test_an_old_index_is_never_written_over(tmp_path: Path) -> None:
    tasks = [search.Task("all", small)]
    assert [made.pages for made in indexes(tasks, tmp_path)] == [12]
    with pytest.raises(FileExistsError):
        indexes(tasks, tmp_path)


def test_indexes_made_side_by_side_are_those_made_one_by_one(tmp_path: Path) -> None:
    def tasks() -> list[search.Task]:
        return [search.Task(str(start), partial(small, range(start, start + 9))) for start in (0, 20, 40)]

    one = {made.name: tree_hash(made.folder) for made in indexes(tasks(), tmp_path / "1")}
    two = indexes(tasks(), tmp_path / "2", jobs=2)
    assert {made.name: tree_hash(made.folder) for made in two} == one
    assert len(set(one.values())) == 3
    assert not list(tmp_path.rglob("pages"))


def test_nothing_runs_on_when_one_of_two_indexes_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = f"case \"$PWD\" in */fails/*) exit 7;; esac; echo $$ > '{tmp_path}/pid'; exec sleep 3600"
    fake = program(tmp_path / "fake", script)
    monkeypatch.setattr("pagefind_bin.get_executable", lambda: fake)
    tasks = [search.Task("sleeps", small), search.Task("fails", small)]
    with pytest.raises(ProblemsError, match="exit code 7"):
        indexes(tasks, tmp_path / "out", jobs=2)
    if (tmp_path / "pid").exists():
        assert not Path(f"/proc/{int((tmp_path / 'pid').read_text())}").exists()


def test_settings_in_the_working_folder_or_environment_do_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = index(small(), tmp_path / "plain")
    (tmp_path / "pagefind.toml").write_text('exclude_selectors = ["p"]\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAGEFIND_EXCLUDE_SELECTORS", "h1")
    assert tree_hash(plain.folder) == tree_hash(index(small(), tmp_path / "surrounded").folder)


def program(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def problem_with(output: Path) -> str:
    with pytest.raises(ProblemsError) as caught:
        index(small(range(3)), output)
    assert len(caught.value.problems) == 1
    return str(caught.value)


def test_a_missing_program_is_one_problem_with_the_next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pagefind_bin.get_executable", lambda: tmp_path / "gone")
    text = problem_with(tmp_path / "out")
    assert "Pagefind cannot be started" in text
    assert "pip install --force-reinstall pagefind-bin" in text


def test_a_failing_program_is_one_problem_with_the_end_of_what_it_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "for i in $(seq 50); do echo line $i >&2; done; exit 7"
    fake = program(tmp_path / "fake", script)
    monkeypatch.setattr("pagefind_bin.get_executable", lambda: fake)
    text = problem_with(tmp_path / "out")
    assert "exit code 7" in text
    assert "line 50" in text
    assert "line 20\n" not in text
    assert "pip install --force-reinstall pagefind-bin" in text


def packed(payload: bytes) -> bytes:
    return gzip.compress(payload)


META = "*.pf_meta"
TABLE = "filter/*.pf_filter"
ENTRY = "pagefind-entry.json"
FAULTS = {
    "another magic word": (META, packed(b"pagefind_new" + cbor2.dumps([]))),
    "another list of parts": (META, packed(search.MAGIC + cbor2.dumps(["1.6", [], [], []]))),
    "no gzip": (TABLE, b"brotli?"),
    "cut short": (TABLE, packed(search.MAGIC + cbor2.dumps(["place", []]))[:24]),
    "another way of writing CBOR": (TABLE, packed(search.MAGIC + b"\x9f\x01\xff")),
    "no CBOR": (TABLE, packed(search.MAGIC + b"\xff\xff")),
    "filter as a map": (TABLE, packed(search.MAGIC + cbor2.dumps(["place", {"places/hajin": [1]}]))),
    "filter gone": (TABLE, None),
    "another entry": (ENTRY, b'{"version": "2", "languages": {"en": {"digest": "x"}}}'),
    "entry of another kind": (ENTRY, b"[1]"),
    "module gone": ("wasm.en.pagefind", None),
    "page of another kind": ("fragment/*", packed(search.MAGIC + b"[1]")),
    "page nobody gave": ("fragment/*", packed(search.MAGIC + b'{"url": "/x.html"}')),
    "page gone": ("fragment/*", None),
}


def spoil(output: Path, pattern: str, data: bytes | None) -> None:
    path = next(output.glob(pattern))
    if data is None:
        path.unlink()
    else:
        path.write_bytes(data)


@pytest.mark.parametrize("fault", FAULTS)
def test_an_index_of_an_unknown_form_is_a_problem_not_a_silent_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    wrote = stock(tmp_path, range(3))
    spoil(wrote, *FAULTS[fault])
    copying = program(tmp_path / "fake", f"cp -r '{wrote}/.' .")
    monkeypatch.setattr("pagefind_bin.get_executable", lambda: copying)
    text = problem_with(tmp_path / "out")
    assert "index of an unknown form" in text
    assert "pagefind-bin==" in text


def test_a_folder_we_do_not_know_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrote = stock(tmp_path, range(3))
    (wrote / "vectors").mkdir()
    copying = program(tmp_path / "fake", f"cp -r '{wrote}/.' .")
    monkeypatch.setattr("pagefind_bin.get_executable", lambda: copying)
    assert "vectors" in problem_with(tmp_path / "out")


def test_the_version_is_that_of_the_installed_program() -> None:
    assert search.pagefind_version().split(".")[0].isdigit()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux offers this")
def test_pagefind_does_not_outlive_a_killed_build(tmp_path: Path) -> None:
    code = (
        "import subprocess\nfrom readingroom.search import die_with_parent\n"
        f"with subprocess.Popen(['sleep', '60'], preexec_fn=die_with_parent) as child:\n"
        f"    open({str(tmp_path / 'pid')!r}, 'w').write(str(child.pid))\n    print(flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        parent.stdout.readline()
        parent.kill()
    child = int((tmp_path / "pid").read_text(encoding="ascii"))
    deadline = time.monotonic() + 10
    while Path(f"/proc/{child}/stat").exists() and time.monotonic() < deadline:
        if ") Z " in Path(f"/proc/{child}/stat").read_text(encoding="ascii"):
            break
        time.sleep(0.02)
    assert time.monotonic() < deadline
