from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readingroom.drafting import changed_words, draft
from readingroom.dressing import dress
from readingroom.ledger import Facts
from readingroom.paragraphs import read_paragraphs
from readingroom.read import read_report
from readingroom.webpage import Line, Link
from readingroom.words import words

FILL = "The SDF took the town on Friday after weeks of clashes, and the Observatory documented many losses there. "
PAGE = f"""<!doctype html><html lang="en"><head><title>Hajin falls</title>
<link rel="canonical" href="https://monitor.example/en/1"></head><body><nav><a href="/">Home</a></nav><article>
<h1>Hajin falls</h1><p>{FILL}<br>A line of its own; * # [not a link](x).</p>
<h2>Losses #</h2>
<p>More, with a <a href="https://example.org/a_(b)?x=1&amp;copy;=2">link <i>in</i> it</a>,
<a href="/rel">one on this site</a> and <a href="javascript:x()">one that acts</a>,
so that it is long enough to be kept by any extractor of text.</p>
<ul><li>Three fighters in <a href="https://b.org">Hajin</a> were killed</li>
<li>Two in al-Baghuz<ul><li>nested item</li></ul>
</li></ul>
<ol><li>First of all the things that were said</li><li><p>Second of all the things</p></li></ol>
<table><tr><th>Place</th><th>Dead</th></tr><tr><td>Hajin</td><td>3</td></tr>
<tr><td><a href="https://c.org">Al-Baghuz</a></td><td>2</td></tr></table>
<blockquote><p>We took the town, said one of them.</p></blockquote>
<p>{FILL}</p></article><footer>Copyright</footer></body></html>"""


def drafted(page: str) -> tuple[str, list[str], list[tuple[str, str]], dict[str, int]]:
    """The body a page becomes; its passages with their blocks; its links; the steps."""
    file, _ = draft("a.html", page.encode(), Facts())
    assert file is not None
    report, problems = read_report(file.text, file.path)
    assert report is not None
    assert problems == []
    assert report.paragraphs == file.report.paragraphs
    assert changed_words(report, page.encode()) == ("", "")
    links = [(p.text[m.start : m.end], m.href) for p in report.paragraphs for m in p.marks if m.tag == "a"]
    passages = [f"{p.block} {p.text}" for p in report.paragraphs]
    return file.text.split("---\n")[2], passages, links, {step.step: step.times for step in report.cleaning}


def test_lists_tables_and_headings_of_a_web_page_stay_what_they_are() -> None:
    _, passages, _, steps = drafted(PAGE)
    assert passages == [
        f"p {FILL.strip()}",
        "p A line of its own; * # [not a link](x).",
        "h2 Losses #",
        "p More, with a link in it, one on this site and one that acts, so that it is long enough to be kept by any "
        "extractor of text.",
        "li Three fighters in Hajin were killed",
        "li Two in al-Baghuz",
        "li nested item",
        "li 1. First of all the things that were said",
        "li 2. Second of all the things",
        "p Place | Dead",
        "p Hajin | 3",
        "p Al-Baghuz | 2",
        "blockquote We took the town, said one of them.",
        f"p {FILL.strip()}",
    ]
    assert steps["numbers of list items written out"] == 2
    assert steps["rows of tables written with | between cells"] == 3


def test_links_of_a_web_page_are_kept_where_they_may_be_published_and_the_others_are_counted() -> None:
    _, _, links, steps = drafted(PAGE)
    assert links == [
        ("link in it", "https://example.org/a_%28b%29?x=1&copy;=2"),
        ("one on this site", "https://monitor.example/rel"),
        ("Hajin", "https://b.org"),
        ("Al-Baghuz", "https://c.org"),
    ]
    assert (steps["links kept"], steps["links left out"]) == (4, 1)


def test_what_a_web_page_becomes_is_markdown_an_editor_can_read() -> None:
    body, *_ = drafted(PAGE)
    assert "| Place | Dead |\n|---|---|\n| Hajin | 3 |\n| [Al-Baghuz](https://c.org) | 2 |\n" in body
    assert "- Two in al-Baghuz\n- nested item\n\n1. First of all the things that were said\n2. Second of all" in body
    assert "> We took the town" in body


def test_a_list_that_counts_in_its_own_way_gets_no_numbers_that_the_page_did_not_show() -> None:
    _, passages, _, steps = drafted(PAGE.replace("<ol>", '<ol start="7">'))
    assert "li First of all the things that were said" in passages
    assert "numbers of list items written out" not in steps


def test_a_table_that_only_arranges_text_is_text() -> None:
    row = f"<tr><td><p>{FILL}</p><p>And more of it, said the same source in the town of Hajin.</p></td></tr>"
    _, passages, _, steps = drafted(
        f"<html><body><article><h1>Hajin falls</h1><table>{row}</table></article></body></html>"
    )
    assert passages[-1] == "p And more of it, said the same source in the town of Hajin."
    assert not any("|" in step for step in steps)


def test_links_stay_where_cleaning_changed_the_line_and_are_counted_where_their_words_are_gone() -> None:
    line = Line(
        "the disap- pearances in al- Hasakah go on", (Link(4, 10, "https://a.org"), Link(36, 38, "https://b.org"))
    )
    dressed = dress(["the disappearances in al-Hasakah go on"], [line])
    assert dressed.body == "the disappearances in al-Hasakah [go](https://b.org) on\n"
    assert (dressed.links, dressed.lost) == (1, 1)


TEXT = (
    st.text("ab1. #*_[]()|-!<>&;:~`\\{}”é", min_size=1, max_size=14)
    .map(lambda text: " ".join(text.split()))
    .filter(words)
)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    text, block = draw(TEXT), draw(st.sampled_from(["p", "h2", "h3", "quote", "-", "1.", "2.", "row"]))
    if block == "row":
        text = " | ".join([text.replace("|", ""), draw(TEXT).replace("|", "")])
    start = draw(st.integers(0, len(text) - 1))
    end = draw(st.integers(start + 1, len(text)))
    links: tuple[Link, ...] = (
        (Link(start, end, "https://a.org/_x_"),)
        if text[start:end].strip() == text[start:end] and block != "row"
        else ()
    )
    if block in {"1.", "2."}:
        links = tuple(Link(link.start + 3, link.end + 3, link.href) for link in links)
        text = f"{block} {text}"
    return Line(text, links, block)


@given(st.lists(lines(), max_size=6))
@settings(deadline=None, max_examples=300)
def test_the_lines_of_any_page_read_back_with_the_same_words(given: list[Line]) -> None:
    dressed = dress([line.text for line in given], given)
    passages, problems = read_paragraphs(dressed.body, path="a.md", first_line=1)
    assert problems == []
    assert words(" ".join(passage.text for passage in passages)) == words(" ".join(line.text for line in given))
    assert sum(mark.tag == "a" for passage in passages for mark in passage.marks) >= dressed.links


@pytest.mark.parametrize("block", ["p", "row", "-"])
def test_a_page_of_many_lines_is_written_in_bounded_time(block: str) -> None:
    given = [Line(f"{number} killed | Hajin", (Link(0, 1, "https://a.org"),), block) for number in range(5_000)]
    assert dress([line.text for line in given], given).links == 5_000
    assert dress([f"{line.text} x y z" for line in given], given[::-1]).links < 5_000
