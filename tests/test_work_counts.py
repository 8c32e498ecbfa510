"""The gate on work: after each kind of edit a build reads, makes and writes as much as tests/work_counts.toml says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from readingroom.pages import Bases
from work_counts import PAGES, differences, measure, read_table

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

HINT = "\nmend it or, if it is meant so, run  make counts  and commit tests/work_counts.toml with the reason"


def test_every_kind_of_edit_costs_as_much_work_as_the_table_says_and_pages_are_no_larger(tmp_path: Path) -> None:
    found = differences(measure(tmp_path / "corpus"), read_table())
    assert not found, "\n".join(["", *found, HINT])


def test_a_change_that_looks_at_every_page_after_any_edit_is_found_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Bases.of
    monkeypatch.setattr(Bases, "of", lambda bases, *parts: honest(bases, *parts, bases.all_reports))
    counts = measure(tmp_path / "corpus", ("full", "body"), "none")
    expected = {case: rows for case, rows in read_table().items() if case in counts}
    said = [line for line in differences(counts, expected) if "looked at" in line]
    assert len(said) == 1
    assert said[0].startswith("one report’s body edited: outputs looked at: ")
    more = (
        counts["one report’s body edited"]["outputs looked at"]
        - expected["one report’s body edited"]["outputs looked at"]
    )
    assert more > 300
    assert said[0].endswith(f": {more:,} more")


def test_what_the_table_lists_and_nobody_counts_any_more_is_said_too() -> None:
    expected = {"full build": {"reports read": 120, "gone": 1}, "an edit": {"reports read": 1}}
    assert differences({"full build": {"reports read": 120, "new": 1}}, expected) == [
        "full build: gone: 0, expected 1: 1 fewer",
        "full build: new: 1, expected 0: 1 more",
        "an edit: reports read: 0, expected 1: 1 fewer",
    ]


def test_pages_may_grow_by_a_little_and_shrink() -> None:
    expected = {PAGES: {"reports/ largest": 20_000}}
    assert differences({PAGES: {"reports/ largest": 21_000}}, expected) == []
    assert differences({PAGES: {"reports/ largest": 2_000}}, expected) == []
    said = f"{PAGES}: reports/ largest: 21,001, expected 20,000: 1,001 more"
    assert differences({PAGES: {"reports/ largest": 21_001}}, expected) == [said]
