"""Seeds made to keep the program busy: their cost grows with their size, or they are refused before it arises."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import pytest

from counting import times_longer
from readingroom import drafting, extract
from readingroom.dating import find_date
from readingroom.drafting import MOST_PARAGRAPHS, draft
from readingroom.extract import MOST_TAGS
from readingroom.ledger import Facts
from readingroom.steps import dehyphenate
from readingroom.webpage import read_lines

FOUR_TIMES = 9  # twice what is in proportion, half of what grows with the square


def letters(number: int) -> str:
    return "".join(chr(97 + number // 26**place % 26) for place in range(4))


def said(name: str, text: str) -> list[str]:
    file, problems = draft(name, text.encode(), Facts())
    assert file is None
    return [problem.message for problem in problems]


def test_broken_words_are_looked_up_not_searched_for() -> None:
    def join(number: int) -> None:
        dehyphenate(" ".join(f"wo{letters(at)}- zu{letters(at)}" for at in range(number)))

    assert times_longer(join, 5_000) < FOUR_TIMES


def test_a_word_that_never_ends_is_read_once() -> None:
    assert times_longer(lambda number: dehyphenate("over- power " + "a" * number), 20_000) < FOUR_TIMES


def test_dates_are_read_in_proportion_and_of_many_only_the_first() -> None:
    assert times_longer(lambda number: find_date([("p1", "14 May 2018 " * number)]), 4_000) < FOUR_TIMES
    dated = find_date([("p1", "in 2017 " * 4_999), ("p2", "on 14 May 2018 and 15 May 2018")])
    assert dated.published == "2018-05-14"


@pytest.mark.parametrize("tag", ["<ol ", "<li a", "<ol start ", "<li value=1"])
def test_tags_that_do_not_end_are_read_once(tag: str) -> None:
    assert times_longer(lambda number: read_lines(Element("body"), tag * number), 50_000) < FOUR_TIMES


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.txt", "x\n"), ("a.txt", "x\n\n"), ("a.md", "x\n\n"), ("a.md", "* x\n\ny\n\n"), ("a.txt", "14 May 2018\n")],
)
def test_a_seed_of_too_many_paragraphs_is_refused_before_they_are_read(
    name: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafting, "read_paragraphs", None)
    (message,) = said(name, text * (MOST_PARAGRAPHS * 2))
    assert message.endswith(" paragraphs; the limit is 20,000")


def test_a_seed_of_as_many_paragraphs_as_may_be_is_taken() -> None:
    file, problems = draft("a.md", b"x\n\n" * MOST_PARAGRAPHS, Facts())
    assert file is not None
    assert problems == []


def test_a_web_page_of_too_many_tags_is_refused_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trafilatura.bare_extraction", None)
    page = "<html><body>" + "<p>x" * MOST_TAGS
    assert said("a.html", page) == [f"{MOST_TAGS + 2:,} tags; the limit of a web page is 30,000"]
    assert extract.MOST_TAGS == MOST_TAGS
