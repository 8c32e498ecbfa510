"""The budget of a site: what hosts refuse is said before they do, with what would help and how much."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from archives import small_archive
from readingroom import cli
from readingroom.budget import GUIDE, MOST_NAMED, Host, check_budget

if TYPE_CHECKING:
    from pathlib import Path

MB, MIB = 1_000_000, 1 << 20
SUGGESTED = ("places/tal-kafr", "places/wadi")


def said(sizes: dict[str, int]) -> list[tuple[str, str, str]]:
    problems = check_budget(sizes, SUGGESTED)
    assert {problem.severity for problem in problems} <= {"warning"}
    return [(problem.path, problem.message, problem.hint) for problem in problems]


def files(number: int, size: int = 1) -> dict[str, int]:
    return {f"reports/{each}.html": size for each in range(number)}


def test_a_site_that_every_host_takes_is_within_the_budget() -> None:
    assert said(files(20_000, 50_000)) == []
    assert said({"index.html": 25 * MIB}) == []


def test_more_than_a_gigabyte_is_more_than_github_pages_takes() -> None:
    assert said(files(100, 10 * MB + 1)) == [("build/site", "is 1.0 GB; GitHub Pages takes 1.0 GB", GUIDE)]


def test_more_than_twenty_thousand_files_are_more_than_cloudflare_pages_takes_for_free() -> None:
    message = "holds 20,001 files; Cloudflare Pages (free) takes 20,000"
    assert said(files(20_001)) == [("build/site", message, GUIDE)]


def test_what_settings_would_spare_is_said_what_helps_most_first() -> None:
    offline = {f"pagefind/2018-01-01.abc/offline/{number}.js": 9 * MB for number in range(20)}
    names = {f"places/{name}.html": 10_000 for name in ("tal-kafr", "tal-kafr.2018", "wadi", "reviewed", "index")}
    search, pages = (
        "offline_search = false  spares 20 files, 180.0 MB",
        "publish_suggestions = false  spares 3 files, 30 kB",
    )
    (large,) = said({**files(100, 10 * MB), **offline, **names})
    assert large[2] == f"{search}; {pages}; {GUIDE}"
    many = {f"places/tal-kafr.{year}.html": 1 for year in range(100)}
    (crowded,) = said({**files(20_000), **offline, **many})
    assert crowded[2].startswith("publish_suggestions = false  spares 100 files, 100 bytes; offline_search = false")


def test_a_file_that_a_host_refuses_is_named_with_every_host_that_refuses_it() -> None:
    sizes = {"data/mentions.csv": 30 * MIB, "originals/scan.txt": 100 * MIB + 1, "index.html": 25 * MIB}
    cloudflare = "Cloudflare Pages (free) takes up to 25 MiB"
    both = f"is 104.9 MB; of one file a repository on GitHub takes up to 100 MiB, {cloudflare}"
    assert said(sizes) == [
        ("build/site/originals/scan.txt", both, GUIDE),
        ("build/site/data/mentions.csv", f"is 31.5 MB; of one file {cloudflare}", GUIDE),
    ]


def test_of_many_large_files_the_largest_are_named_and_the_rest_counted() -> None:
    found = said({f"originals/{number}.txt": 26 * MIB + number for number in range(MOST_NAMED + 3)})
    assert len(found) == MOST_NAMED + 1
    assert found[0][0] == f"build/site/originals/{MOST_NAMED + 2}.txt"
    assert found[-1][:2] == ("build/site", "3 more files of more than 25 MiB")


def test_check_warns_and_counts_what_settings_would_spare_this_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("readingroom.budget.HOSTS", (Host("A host", files=10, file=1 << 20),))
    archive = small_archive(tmp_path / "archive", plain=False)
    archive.report(
        "2018-03-01-eeeee5", *["Fighters shelled the village of Tal Kafr. The village of Tal Kafr burned."] * 2
    )
    archive.build("now")
    monkeypatch.setattr("sys.argv", ["readingroom", "-C", str(archive.root), "check"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert not ended.value.code
    said = capsys.readouterr().err
    assert re.search(r"^build/site: warning: holds \d+ files; A host takes 10$", said, re.MULTILINE)
    assert re.search(r"offline_search = false  spares [2-9] files, \d+ kB", said)
    assert "publish_suggestions = false  spares 1 file, " in said
