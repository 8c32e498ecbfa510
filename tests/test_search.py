"""The full-text index: the same bytes on every run, only what the site loads, and clear problems."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cbor2
import pytest

from readingroom import search
from readingroom.problems import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PLACES = ("places/hajin", "places/al-shaafah", "places/deir-ez-zor", "places/idlib", "places/raqqa")


def write_report(site: Path, number: int, *, language: str = "en", text: str = "Abu Talha in Hajin.") -> None:
    filters = [("place", PLACES[(number + step) % 5]) for step in range(3)]
    filters += [("faction", f"factions/f{(number * step) % 4}") for step in range(3)]
    filters.append(("year", str(2016 + number % 3)))
    spans = "".join(f'<i data-pagefind-filter="{name}">{value}</i>' for name, value in filters)
    (site / "reports").mkdir(parents=True, exist_ok=True)
    (site / "reports" / f"2018-01-01-{number:06x}.html").write_text(
        f'<!doctype html><html lang="{language}"><title>R{number}</title><main data-pagefind-body>'
        f'<h1 id="title">Report {number}</h1><p id="p1">{text} Word{number % 7}.</p>{spans}'
        f'<i data-pagefind-sort="date">201{number % 9}-01-01</i></main>',
        encoding="utf-8",
    )


def small_site(folder: Path, numbers: Iterable[int] = range(12)) -> Path:
    for number in numbers:
        write_report(folder, number)
    return folder


def files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def tree_hash(folder: Path) -> str:
    digest = sha256()
    for path in files(folder):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def unpacked(path: Path) -> Any:
    return cbor2.loads(gzip.decompress(path.read_bytes())[len(search.MAGIC) :])


def test_eight_runs_in_eight_creation_orders_give_the_same_bytes(tmp_path: Path) -> None:
    hashes = set()
    for seed in range(8):
        numbers = sorted(range(40), key=lambda number: sha256(f"{seed} {number}".encode()).digest())
        site = small_site(tmp_path / f"a [b] {seed}", numbers)
        result = search.build_index(site, tmp_path / f"out {seed}")
        assert result.pages == 40
        hashes.add(tree_hash(tmp_path / f"out {seed}"))
    assert len(hashes) == 1


def test_pagefind_alone_still_needs_the_canonical_form(tmp_path: Path) -> None:
    site = small_site(tmp_path / "site", range(40))
    hashes = set()
    for run in range(8):
        output = tmp_path / str(run)
        output.mkdir()
        arguments = ["--site", str(site), "--output-path", str(output), "--glob", "reports/*.html"]
        assert search._run(arguments).returncode == 0  # noqa: SLF001
        hashes.add(tree_hash(output))
    assert len(hashes) > 1, "Pagefind is reproducible by itself now: make_reproducible can go"


def test_an_edited_report_changes_the_index(tmp_path: Path) -> None:
    site = small_site(tmp_path / "site")
    search.build_index(site, tmp_path / "before")
    write_report(site, 3, text="Hassan in Idlib.")
    search.build_index(site, tmp_path / "after")
    assert tree_hash(tmp_path / "before") != tree_hash(tmp_path / "after")


def test_filters_keep_every_value_and_page_and_every_reference_leads_to_a_file(tmp_path: Path) -> None:
    search.build_index(small_site(tmp_path / "site"), tmp_path / "out")
    entry = json.loads((tmp_path / "out" / "pagefind-entry.json").read_text())
    meta = unpacked(tmp_path / "out" / f"pagefind.{entry['languages']['en']['hash']}.pf_meta")
    assert [name for name, _ in meta[3]] == ["faction", "place", "year"]
    tables = {name: unpacked(tmp_path / "out" / "filter" / f"{digest}.pf_filter") for name, digest in meta[3]}
    years = dict(tables["year"][1])
    assert list(years) == ["2016", "2017", "2018"]
    assert sorted(page for pages in years.values() for page in pages) == list(range(12))
    assert sum(len(pages) for _, pages in tables["place"][1]) == 36
    assert len(list((tmp_path / "out" / "filter").iterdir())) == 3


def test_only_files_the_site_loads_remain(tmp_path: Path) -> None:
    result = search.build_index(small_site(tmp_path / "site"), tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    entry = json.loads((tmp_path / "out" / "pagefind-entry.json").read_text())
    assert names == {
        *("filter", "fragment", "index", "wasm.en.pagefind"),
        *("pagefind.js", "pagefind-entry.json"),
        f"pagefind.{entry['languages']['en']['hash']}.pf_meta",
    }
    assert result.files == len(list(files(tmp_path / "out")))
    assert result.size == sum(path.stat().st_size for path in files(tmp_path / "out"))


def test_reports_in_all_languages_share_one_index(tmp_path: Path) -> None:
    site = small_site(tmp_path / "site", range(3))
    write_report(site, 3, language="ar", text="قرية الشعفة في دير الزور")
    write_report(site, 4, language="zh", text="中文报告在这里")
    assert search.build_index(site, tmp_path / "out").pages == 5
    entry = json.loads((tmp_path / "out" / "pagefind-entry.json").read_text())
    assert list(entry["languages"]) == ["en"]


@pytest.mark.parametrize("language", ["ar", "zh", "pt-br", "tlh"])
def test_an_archive_in_any_language_is_indexed(tmp_path: Path, language: str) -> None:
    site = tmp_path / "site"
    write_report(site, 1, language=language)
    assert search.build_index(site, tmp_path / "out", language=language).pages == 1


def test_a_page_without_a_report_body_is_not_indexed(tmp_path: Path) -> None:
    site = small_site(tmp_path / "site", range(2))
    (site / "reports" / "index.html").write_text("<title>All</title><body><p>All reports</p></body>")
    assert search.build_index(site, tmp_path / "out").pages == 2


@pytest.mark.parametrize("page", ["", "<body><p>All reports</p></body>", "<body data-pagefind-body></body>"])
def test_an_archive_without_reports_has_an_empty_index_and_no_problem(tmp_path: Path, page: str) -> None:
    (tmp_path / "site" / "reports").mkdir(parents=True)
    if page:
        (tmp_path / "site" / "reports" / "index.html").write_text(page)
    assert search.build_index(tmp_path / "site", tmp_path / "out") == (0, 0, 0)
    assert list((tmp_path / "out").iterdir()) == []


def test_an_old_index_is_never_written_over(tmp_path: Path) -> None:
    site = small_site(tmp_path / "site", range(2))
    search.build_index(site, tmp_path / "out")
    with pytest.raises(FileExistsError):
        search.build_index(site, tmp_path / "out")


def test_settings_in_the_working_folder_or_environment_do_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = small_site(tmp_path / "site", range(3))
    search.build_index(site, tmp_path / "plain")
    (tmp_path / "pagefind.toml").write_text('exclude_selectors = ["p"]\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAGEFIND_EXCLUDE_SELECTORS", "h1")
    search.build_index(site, tmp_path / "surrounded")
    assert tree_hash(tmp_path / "plain") == tree_hash(tmp_path / "surrounded")


def program(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def problem_with(site: Path, output: Path) -> str:
    with pytest.raises(ProblemsError) as caught:
        search.build_index(site, output)
    assert len(caught.value.problems) == 1
    return str(caught.value)


def test_a_missing_program_is_one_problem_with_the_next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pagefind_bin.get_executable", lambda: tmp_path / "gone")
    text = problem_with(small_site(tmp_path / "site", range(1)), tmp_path / "out")
    assert "Pagefind cannot be started" in text
    assert "pip install --force-reinstall pagefind-bin" in text


def test_a_failing_program_is_one_problem_with_the_end_of_what_it_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "for i in $(seq 50); do echo line $i >&2; done; exit 7"
    monkeypatch.setattr("pagefind_bin.get_executable", lambda: program(tmp_path / "fake", script))
    text = problem_with(small_site(tmp_path / "site", range(1)), tmp_path / "out")
    assert "exit code 7" in text
    assert "line 50" in text
    assert "line 20\n" not in text
    assert "pip install --force-reinstall pagefind-bin" in text


def written(tmp_path: Path) -> Path:
    output = tmp_path / "stock"
    output.mkdir()
    site = small_site(tmp_path / "site", range(3))
    arguments = ["--site", str(site), "--output-path", str(output), "--force-language", "en"]
    assert search._run(arguments).returncode == 0  # noqa: SLF001
    return output


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
    stock = written(tmp_path)
    spoil(stock, *FAULTS[fault])
    copying = program(tmp_path / "fake", f"cp -r '{stock}/.' .")
    monkeypatch.setattr("pagefind_bin.get_executable", lambda: copying)
    text = problem_with(tmp_path / "site", tmp_path / "out")
    assert "index of an unknown form" in text
    assert "pagefind-bin==" in text


def test_a_folder_we_do_not_know_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stock = written(tmp_path)
    (stock / "vectors").mkdir()
    copying = program(tmp_path / "fake", f"cp -r '{stock}/.' .")
    monkeypatch.setattr("pagefind_bin.get_executable", lambda: copying)
    assert "vectors" in problem_with(tmp_path / "site", tmp_path / "out")


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
