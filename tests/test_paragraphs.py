from __future__ import annotations

import re
import sys
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from readingroom.model import Mark, Passage
from readingroom.paragraphs import (
    BRACKET_CAP,
    escape,
    is_plain,
    is_safe_link,
    read_markdown,
    read_paragraphs,
    read_plain,
    write_paragraphs,
)

if TYPE_CHECKING:
    from readingroom.problems import Problem

MARKUP = "\\`*_{}[]()#+-.!>=~|<&;:'\"1234567890 \n\tabcXYZ“”’–ʿحي\u00a0"
PIECES = (
    *("# ", "- ", "+ ", "1. ", "12) ", "> ", "```", "~~~", "~~", "**", "*", "_", "`", "[", "](", ")", "!["),
    *(
        "<",
        ">",
        "&amp;",
        "&#65;",
        "&",
        "\\",
        "http://a.org",
        "javascript:x",
        "<b>",
        "<http://a.org>",
        "[x]: /y",
    ),
    *(
        "---",
        "===",
        "|",
        "{#p3}",
        "Hajin",
        "the SDF",
        "  ",
        "\n",
        "\n\n",
        "    ",
        "\t",
        "“",
        "’",
        "1",
        "a_b",
        "@",
    ),
)
texts = st.one_of(
    st.text(MARKUP, max_size=60),
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=60),
    st.lists(st.sampled_from(PIECES), max_size=14).map("".join),
)


def read(body: str) -> tuple[Passage, ...]:
    return read_paragraphs(body, path="r.md", first_line=1)[0]


def problems(body: str, first_line: int = 10) -> list[Problem]:
    return read_paragraphs(body, path="r.md", first_line=first_line)[1]


def test_paragraphs_are_numbered_by_order() -> None:
    assert [(p.anchor, p.text, p.block) for p in read("One.\n\nTwo,\nwrapped.\n\n\n\nThree.\n")] == [
        ("p1", "One.", "p"),
        ("p2", "Two, wrapped.", "p"),
        ("p3", "Three.", "p"),
    ]


def test_headings_items_quotations_and_code_are_paragraphs_too() -> None:
    body = "# A\n\n### B\n\n- one\n- two\n\n  more\n\n> said\n\n```\nx = [1]\n\ny\n```\n\n---\n\nEnd.\n"
    assert [(p.anchor, p.block, p.text) for p in read(body)] == [
        ("p1", "h2", "A"),
        ("p2", "h3", "B"),
        ("p3", "li", "one"),
        ("p4", "li", "two"),
        ("p5", "p", "more"),
        ("p6", "blockquote", "said"),
        ("p7", "pre", "x = [1]\n\ny"),
        ("p8", "p", "End."),
    ]


def test_inline_markup_becomes_marks_over_plain_text() -> None:
    (passage,) = read("The *SDF **took*** `x` ~~all~~ [al-*Sha’fah*](https://a.org/?q=1)\nnow &amp; then.")
    assert passage.text == "The SDF took x all al-Sha’fah now & then."
    assert [(passage.text[m.start : m.end], m.tag, m.href) for m in passage.marks] == [
        ("SDF took", "em", ""),
        ("took", "strong", ""),
        ("x", "code", ""),
        ("all", "s", ""),
        ("al-Sha’fah", "a", "https://a.org/?q=1"),
        ("Sha’fah", "em", ""),
    ]


def test_a_line_before_a_paragraph_fixes_its_anchor() -> None:
    body = "One.\n\n{#p7}\nTwo.\n\n{#p9}\n\n- *three*\n\nFour.\n"
    assert [(p.anchor, p.text) for p in read(body)] == [
        ("p1", "One."),
        ("p7", "Two."),
        ("p9", "three"),
        ("p4", "Four."),
    ]
    assert problems(body) == []


def test_two_paragraphs_with_one_anchor_are_a_problem_with_its_line() -> None:
    (problem,) = problems("{#p2}\nOne.\n\nTwo.\n")
    assert str(problem) == (
        "r.md:13: p2 is also the paragraph at line 11\n    give one of them a number of its own: {#p3}"
    )


@pytest.mark.parametrize(
    ("body", "message", "line"),
    [
        ("One.\n\n{#p7}\n", "{#p7} stands before no paragraph", 12),
        ("{#p7}\n\n{#p8}\nOne.\n", "{#p7} stands before no paragraph", 10),
        ("{#here}\nOne.\n", "{#here} is no anchor", 10),
        ("{#p0}\nOne.\n", "{#p0} is no anchor", 10),
    ],
)
def test_an_anchor_that_fixes_nothing_is_a_problem(body: str, message: str, line: int) -> None:
    assert [(problem.message, problem.line) for problem in problems(body)] == [(message, line)]


def test_raw_html_images_and_bare_addresses_stay_text() -> None:
    (first,) = read("<b onclick=x>a</b> ![x](http://e.org/x.png) http://a.org\n")
    assert first.text == "<b onclick=x>a</b> !x http://a.org"
    assert first.marks == (Mark(20, 21, "a", "http://e.org/x.png"),)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("1. one\n2. two\n", ["li 1. one", "li 2. two"]),
        ("1. one\n1. two\n", ["li 1. one", "li 1. two"]),
        ("7) seven\n\n   more\n", ["li 7) seven", "p more"]),
        ("1. And the Syrian Observatory said so.\n", ["li 1. And the Syrian Observatory said so."]),
        ("1. - a\n   - b\n", ["li 1. a", "li b"]),
        ("1. 2. x\n", ["li 1. 2. x"]),
        ("1.\n2. b\n", ["li 1.", "li 2. b"]),
        ("1. ```\n   x\n   ```\n", ["li 1.", "pre x"]),
        ("- a\n  1. b\n", ["li a", "li 1. b"]),
        ("> 3. said\n", ["li 3. said"]),
    ],
)
def test_the_number_of_a_list_item_is_part_of_its_text(body: str, expected: list[str]) -> None:
    assert [f"{p.block} {p.text}" for p in read(body)] == expected


def test_marks_of_a_numbered_item_stand_where_their_text_stands() -> None:
    (passage,) = read("12. The *SDF* took [Hajin](https://a.org)")
    assert [(passage.text[m.start : m.end], m.tag) for m in passage.marks] == [("SDF", "em"), ("Hajin", "a")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("| Place | Dead |\n|---|---|\n| Hajin | 3 |\n|Baghuz|2|\n", ["Place | Dead", "Hajin | 3", "Baghuz | 2"]),
        ("a | b\n--|--\nc | d\n", ["a | b", "c | d"]),
        ("| a   | b |\n|:----|--:|\n|     | d |\n", ["a | b", "| d"]),
        ("a | b | c\n:-|:-:|-\n1 |  | 3\n", ["a | b | c", "1 |  | 3"]),
        ("| a |\n|---|\n| b | more than the head has |\n", ["a", "b | more than the head has"]),
        ("Losses:\n| a | b |\n|---|---|\n| 1 | 2 |\n\nEnd.\n", ["Losses:", "a | b", "1 | 2", "End."]),
        ("Clashes in | Hajin\nwent on\n", ["Clashes in | Hajin went on"]),
        ("one\n|---|\ntwo\n", ["one |---| two"]),
    ],
)
def test_each_row_of_a_table_is_a_passage(body: str, expected: list[str]) -> None:
    assert [p.text for p in read(body)] == expected


def test_marks_of_a_table_stand_in_their_cells() -> None:
    _, row = read("| *Place* | Dead |\n|---|---|\n|  **Al-Baghuz**   | [two](https://a.org) `x` |\n")
    assert row.text == "Al-Baghuz | two x"
    assert [(row.text[m.start : m.end], m.tag) for m in row.marks] == [
        ("Al-Baghuz", "strong"),
        ("two", "a"),
        ("x", "code"),
    ]


@given(st.lists(st.sampled_from([*PIECES, "|", "|---|", "\n|---|---|\n", "\n|"]), max_size=16).map("".join))
@settings(deadline=None, max_examples=300)
def test_no_word_between_pipes_or_after_numbers_is_lost(text: str) -> None:
    bare = re.sub(r"[^\w\n| .)-]|_", "", text)
    shown = " ".join(passage.text for passage in read(bare))
    assert re.findall(r"\w+", shown) == re.findall(r"\w+", bare)
    for passage in read(text):
        assert all(0 <= mark.start < mark.end <= len(passage.text) for mark in passage.marks)


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "JaVaScRiPt:x", "vbscript:x", "file:///x", "data:text/html,x", "blob:x"),
        *("intent:x", "ms-msdt:x", "//evil.example", "/\\evil.example", "\\\\evil.example"),
        *("java\nscript:x", "&#106;avascript:x", "&#x2f;/evil.example", "ftp://a.org"),
    ],
)
def test_a_link_that_leaves_web_and_mail_is_no_link(url: str) -> None:
    assert not [mark for passage in read(f"[a](<{url}>) [b]({url})") for mark in passage.marks if mark.href]


@pytest.mark.parametrize("url", ["https://a.org", "http://a.org/b?c#d", "mailto:a@b.org", "../x.html", "x.html#p3"])
def test_web_mail_and_relative_links_are_links(url: str) -> None:
    assert is_safe_link(url)
    assert [mark.href for mark in read(f"[a]({url})")[0].marks] == [url]


@given(st.lists(texts, max_size=4))
@settings(deadline=None, max_examples=400)
@example(["1. a", "# b", "- c", "> d", "+ e", "=", "---", "{#p7}", "```", "a\\"])
@example(["\\*", "&amp;", "[a](b)", "<http://a.org>", "![a](b)", "~~a~~", "a_b_", "    code", "\\"])
@example(["[a]: http://x.org", "[a]", "***", "* * *", "1)", "100000000. a", "a\u00a0\u00a0b", "&#1;"])
def test_what_is_written_reads_back_the_same(paragraphs: list[str]) -> None:
    passages, found = read_paragraphs(write_paragraphs(paragraphs), path="r.md", first_line=1)
    assert [p.text for p in passages] == [" ".join(text.split()) for text in paragraphs if text.split()]
    assert {p.block for p in passages} <= {"p"}
    assert not any(p.marks for p in passages)
    assert found == []


@given(texts)
@settings(deadline=None, max_examples=300)
def test_written_text_never_needs_the_parser(text: str) -> None:
    body = write_paragraphs([text])
    assert read_markdown(body)[0] == [p._replace(anchor="") for p in read(body)]


def test_white_space_other_than_spaces_and_line_ends_is_left_to_the_parser() -> None:
    white = [letter for letter in map(chr, range(sys.maxunicode + 1)) if letter.isspace() and letter not in " \n"]
    assert len(white) > 20
    assert [letter for letter in white if is_plain(f"Clashes{letter}in Hajin")] == []


@given(texts.filter(lambda text: "\n\n" not in text))
@settings(deadline=None, max_examples=600)
@example("a\n=")
@example("two  \nlines")
@example("a\n1. b")
@example("\\")
@example("a\\\nb")
@example("~a~")
@example("5 < 6 & 7 ! 8 | 9")
def test_the_short_way_reads_what_the_parser_reads(text: str) -> None:
    chunk = text.strip("\n")
    if chunk.strip() and is_plain(chunk):
        assert read_plain(chunk) == read_markdown(chunk)


@given(st.lists(texts, max_size=6).map("\n\n".join))
@settings(deadline=None, max_examples=200)
@example("- a\n\nplain\n\n  b")
@example("```\n\nplain\n\n```")
@example("[x]\n\nplain\n\n[x]: http://a.org")
@example("> a\n\nplain")
@example("```\n\n \n\n")
def test_reading_block_by_block_reads_what_the_parser_reads_in_the_whole(body: str) -> None:
    if "{#" not in body:
        assert [p._replace(anchor="") for p in read(body)] == read_markdown(body.replace("\r", "\n"))[0]


def test_a_paragraph_of_many_brackets_is_shown_as_plain_text_and_reported() -> None:
    body = "One *two*.\n\n" + "\\[[" * (BRACKET_CAP + 1) + "\n"
    passages, (problem,) = read_paragraphs(body, path="r.md", first_line=10)
    assert passages[1].text == "[[" * (BRACKET_CAP + 1)
    assert (problem.line, problem.severity) == (12, "warning")


SIZE = 64_000
FAMILIES = {
    "open brackets": "[" * SIZE,
    "close brackets": "]" * SIZE,
    "pairs of brackets": "[]" * (SIZE // 2),
    "nested images": "![[]()" * (SIZE // 6),
    "nested links": "[a](" * (SIZE // 4),
    "link titles": '[a]("' * (SIZE // 5),
    "link destinations": "[a](<b" * (SIZE // 6),
    "references": "[x]" * (SIZE // 3) + "\n\n[x]: y",
    "definitions": "[a]: b\n" * (SIZE // 7),
    "mixed emphasis": "*a_" * (SIZE // 3),
    "alternating emphasis": "_*" * (SIZE // 2),
    "strong openers": "** a" * (SIZE // 4),
    "closers": "a**" * (SIZE // 3),
    "triple openers": "***a " * (SIZE // 5),
    "strikes": "a~~" * (SIZE // 3),
    "backticks": "`" * SIZE,
    "runs of backticks": " ".join("`" * (length % 300 + 1) for length in range(SIZE // 150)),
    "angles": "<" * SIZE,
    "autolinks": "<a:" * (SIZE // 3),
    "quotations": "> " * (SIZE // 2),
    "quoted lines": ">a\n" * (SIZE // 3),
    "nested items": "- " * (SIZE // 2),
    "deep list": "\n".join(" " * (2 * depth) + "- a" for depth in range(250)),
    "items": "- a\n" * (SIZE // 4),
    "separate items": "- a\n\n" * (SIZE // 5),
    "headings": "# a\n" * (SIZE // 4),
    "underlines": "a\n=\n" * (SIZE // 4),
    "entities": "&#1" * (SIZE // 3),
    "backslashes": "\\" * SIZE,
    "tabs": "\t" * SIZE,
    "numbers": "1. " * (SIZE // 3),
    "table": "|a" * (SIZE // 8) + "\n" + "|-" * (SIZE // 8) + "\n" + "|*a* b" * (SIZE // 12),
    "tall table": "|a|b|\n|-|-|\n" + "|*a*|b|\n" * (SIZE // 9),
    "rules": "a|\n" + "|-|\n" * (SIZE // 4),
    "anchors": "{#p1}\n" * (SIZE // 6),
    "blank": " \n" * (SIZE // 2),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_hostile_markup_is_read_in_bounded_time(family: str) -> None:
    start = time.process_time()
    read_paragraphs(FAMILIES[family], path="r.md", first_line=1)
    assert time.process_time() - start < 2


def test_five_megabytes_of_text_are_written_and_read_in_bounded_time() -> None:
    start = time.process_time()
    text = "Clashes in [Hajin] & Sha’fah_ * 5. " * 140_000
    assert read(write_paragraphs([text]))[0].text == text.strip()
    assert time.process_time() - start < 10


def test_escaping_leaves_ordinary_prose_alone() -> None:
    prose = "The “Islamic State” took 51.48 % – about 5,750 km² – of Sha’fah; AT&T said: 5 < 6! (See #4.)"
    assert escape(prose) == prose
