"""The lines of the tables to take away, report by report."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from readingroom.model import Mention, Original, Passage, Report
from readingroom.tables import COLUMNS, Lines, head, lines_of, mention_values

REPORT = Report(
    id="-2018", path="content/reports/-2018.md", title="=cmd()", dek='A "deck", of two lines\nin all', publisher="",
    published="2018", date_basis="stated", date_evidence="+1", source="", language="en",
    original=Original("@1.txt", "ab" * 32), cleaning=(), publish=True, paragraphs=(Passage("p1", "Hajin"),),
)  # fmt: skip


def mention(place: int, text: str, entity: str, *why: str) -> Mention:
    return Mention(REPORT.id, "p1", place, place + len(text), text, "place", entity, "reviewed", 0.5, why)


FOUND = (
    mention(0, "Hajin", "places/hajin", "name"),
    mention(9, "=Hajin", "places/hajin", "name"),
    mention(20, "Sha’fah, x", "places/shafah", "variant", "“so”, twice"),
    mention(40, "Hajin", "places/hajin", "variant"),
)


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_each_mention_and_each_report_has_a_line_that_no_spreadsheet_runs() -> None:
    shown = {"places/hajin", "places/shafah"}
    found = {table: rows(head(table) + lines.text(shown)) for table, lines in lines_of(REPORT, FOUND).items()}
    assert found["reports"] == [
        list(COLUMNS["reports"]),
        ["'-2018", "'=cmd()", REPORT.dek, "", "2018", "stated", "'+1", "", "en", "'@1.txt", "ab" * 32],
    ]
    assert found["mentions"] == [
        list(COLUMNS["mentions"]),
        ["'-2018", "p1", "0", "5", "Hajin", "place", "places/hajin", "reviewed", "0.5", "name"],
        ["'-2018", "p1", "9", "15", "'=Hajin", "place", "places/hajin", "reviewed", "0.5", "name"],
        ["'-2018", "p1", "20", "30", "Sha’fah, x", "place", "places/shafah", "reviewed", "0.5", "variant; “so”, twice"],
        ["'-2018", "p1", "40", "45", "Hajin", "place", "places/hajin", "reviewed", "0.5", "variant"],
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\r\n=1+1", "\n", "a,b", 'a"b', "a b", ""])
def test_whatever_ends_a_line_stays_within_its_value(text: str) -> None:
    told = replace(REPORT, title=text, date_evidence=text, original=Original(text, text))
    (row,) = rows(lines_of(told, ())["reports"].text(()))
    assert (row[1], row[6], *row[9:]) == (text,) * 4
    (row,) = rows(lines_of(REPORT, [mention(0, text, "places/hajin", text)])["mentions"].text({"places/hajin"}))
    assert (row[4], row[9]) == (text, text)


def test_lines_say_the_same_once_the_cache_has_kept_them() -> None:
    for lines in lines_of(REPORT, FOUND).values():
        kept = Lines(*json.loads(json.dumps([*lines])))
        assert kept.text({"places/hajin"}) == lines.text({"places/hajin"}) != ""


def test_mentions_of_an_entity_that_has_no_page_have_no_line() -> None:
    lines = lines_of(REPORT, FOUND)
    assert [row[4] for row in rows(lines["mentions"].text({"places/shafah"}))] == ["Sha’fah, x"]
    assert lines["mentions"].text(()) == ""
    assert lines["reports"].text(()) != ""


def test_a_mention_is_told_by_the_names_of_the_columns() -> None:
    told = mention_values(FOUND[2])
    assert tuple(told) == COLUMNS["mentions"]
    assert told["why"] == ["variant", "“so”, twice"]
