"""What seeds/index.csv says of a seed that has its report already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from readingroom.ingest import plan_ingest
from readingroom.provenance import check_facts
from readingroom.read import read_report
from seeding import REPORT, ingest, seed

if TYPE_CHECKING:
    from pathlib import Path

    from readingroom.problems import Problem

HEADER = "file,source,publisher,published,retrieved,language\n"
BARE = "A headline\n\nIt fell today, the 14th of December 2018.\n"


def found(root: Path, text: str, line: str, before: str = "", edit: tuple[str, str] = ("", "")) -> list[Problem]:
    """What is said of a line that is written when the seed has been taken in, and its report perhaps edited."""
    seed(root, {"a.txt": text, "index.csv": HEADER + before})
    (file,) = ingest(root).files
    assert edit[0] in file.text
    report, _ = read_report(file.text.replace(*edit), file.path)
    assert report is not None
    seed(root, {"index.csv": HEADER + line})
    return list(check_facts([report], plan_ingest(root).facts))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a.txt,https://a.example/1,,,,\n", "says source https://a.example/1, but content/reports/{}.md gives none"),
        ("a.txt,,Monitor,,,\n", "says publisher Monitor, but content/reports/{}.md gives none"),
        ("a.txt,,,2018-12-15,,\n", "says published 2018-12-15, but content/reports/{}.md says 2018-12-14"),
        ("a.txt,,,,,ar\n", "says language ar, but content/reports/{}.md says en"),
    ],
)
def test_a_fact_added_after_its_seed_was_taken_in_is_a_warning(tmp_path: Path, line: str, said: str) -> None:
    [problem] = found(tmp_path, BARE, line)
    assert (problem.path, problem.line, problem.severity) == ("seeds/index.csv", 2, "warning")
    assert problem.message == said.format("2018-12-14-18b7cb")
    assert problem.hint.startswith("correct the report")


@pytest.mark.parametrize("line", ["a.txt,,,2018-12-14,,EN\n", "a.txt,,,2018-12,2019-01-01,\n", "b.txt,,Monitor,,,\n"])
def test_a_fact_that_the_report_says_too_or_says_more_exactly_is_none(tmp_path: Path, line: str) -> None:
    assert found(tmp_path, BARE, line) == []


def test_a_publisher_given_beside_a_masthead_is_no_warning(tmp_path: Path) -> None:
    assert found(tmp_path, REPORT.format(place="Hajin"), "a.txt,,The Monitor of Hajin,,,\n") == []


def test_a_report_corrected_away_from_its_line_is_a_warning_until_the_line_says_so_too(tmp_path: Path) -> None:
    given = "a.txt,,,2018-12-15,,\n"
    edit = ("published: 2018-12-15", "published: 2018-12-16")
    [problem] = found(tmp_path / "a", BARE, given, given, edit)
    assert problem.message.endswith("says 2018-12-16")
    assert found(tmp_path / "b", BARE, given.replace("-15", "-16"), given, edit) == []
    assert found(tmp_path / "c", BARE, "a.txt,,,,,\n", given, edit) == []
