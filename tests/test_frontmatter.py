from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readingroom.frontmatter import parse, parse_mapping, parse_sequence, split
from readingroom.read import read_report


def meta(head: str) -> dict[str, object]:
    document, problems = parse(f"---\n{head}\n---\nBody\n", "x.md")
    assert not problems
    assert document is not None
    return dict(document.meta)


@pytest.mark.parametrize("text", ["NO", "2018-01-18", "0123", "12:30:00", "~", "null", "1e3", "true"])
def test_a_plain_value_stays_the_text_that_was_written(text: str) -> None:
    assert meta(f"published: {text}") == {"published": text}


@pytest.mark.parametrize(
    ("head", "line", "message"),
    [
        ("a: 1\na: 2", 3, 'the key "a" stands twice'),
        ("a: &x 1\nb: *x", 2, "anchors (& and *) are not allowed"),
        ("a: !!python/object:os.system x", 2, "tags (tag:yaml.org,2002:python/object:os.system) are not allowed"),
        ("- a\n- b", 2, "not a list of key: value lines"),
        ("a: " + "[" * 30 + "]" * 30, 2, "nested deeper than 20 levels"),
        ("{a: b}: c", 2, "a key must be a word"),
        ("a: 1\n--- b", 3, "not valid YAML: another document begins"),
    ],
)
def test_what_yaml_would_let_through_is_a_problem_with_its_line(head: str, line: int, message: str) -> None:
    document, problems = parse(f"---\n{head}\n---\nBody\n", "x.md")
    assert document is None
    assert [(problem.line, problem.message) for problem in problems] == [(line, message)]
    assert problems[0].hint


def test_lines_count_from_the_top_of_the_file() -> None:
    document, _ = parse("---\ntitle: A\npublisher: B\n---\nBody\n", "x.md")
    assert document is not None
    assert (document.lines, document.body_line, document.body) == ({"title": 2, "publisher": 3}, 5, "Body\n")


def test_front_matter_that_does_not_end_is_a_problem() -> None:
    assert parse("---\ntitle: A\nBody\n", "x.md")[1][0].message == "the front matter does not end"


def test_a_list_gives_each_item_with_its_line() -> None:
    assert parse_sequence("- a\n- {b: c}\n", "x") == ([("a", 1), ({"b": "c"}, 2)], [])
    assert parse_sequence("a: b\n", "x")[1][0].message == "not a list"


@given(st.text(max_size=200))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    parse(text, "x.md")
    parse(f"---\n{text}\n---\n", "x.md")
    parse_mapping(text, "x.md")
    parse_sequence(text, "x.md")


@pytest.mark.parametrize("mark", ["\u2028", "\u2029"])
def test_a_line_end_that_nobody_sees_is_a_problem_with_its_line(mark: str) -> None:
    document, (problem,) = parse(f"---\nname: x\ntitle: a{mark}---{mark}b\n---\nText.\n", "a.md")
    assert document is None
    assert (problem.line, problem.message) == (
        3,
        f"holds U+{ord(mark):04X}, which ends a line where nobody sees it",
    )
    report, (problem,) = read_report(
        f'---\ntitle: "a\\u{ord(mark):04x}b"\n---\nText{mark}text.\n', "content/reports/a.md"
    )
    assert report is None
    assert (problem.line, problem.message) == (2, f"holds U+{ord(mark):04X}, which no page can show")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_system(end: str) -> None:
    assert split(end.join(["---", "title: A", "---", "Text.", ""])) == (f"title: A{end}", f"Text.{end}", 4)
