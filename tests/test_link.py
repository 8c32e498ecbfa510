"""Passages and mentions as HTML: every mention a link, every other character text."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readingroom.link import link
from readingroom.model import Entity, Mark, Mention, Passage

HAJIN = Entity("places/hajin", "content/places/hajin.md", "place", "Hajin")
SDF = Entity("factions/sdf", "content/factions/sdf.md", "faction", 'The "SDF" & <allies>')
ENTITIES = {entity.id: entity for entity in (HAJIN, SDF)}


def mention(start: int, end: int, text: str, entity: Entity = HAJIN) -> Mention:
    return Mention("r", "p1", start, end, text[start:end], entity.kind, entity.id, "reviewed", 1.0, ())


def html(
    text: str, *spans: tuple[int, int], marks: tuple[Mark, ...] = (), entity: Entity = HAJIN, root: str = ""
) -> str:
    found = [mention(start, end, text, entity) for start, end in spans]
    return str(link(Passage("p1", text, "p", marks), found, ENTITIES, root))


def test_a_passage_without_mentions_is_its_text_escaped() -> None:
    assert html('5 < 6 & "x" <script>') == "5 &lt; 6 &amp; &#34;x&#34; &lt;script&gt;"


def test_a_mention_links_to_its_page_from_where_it_stands() -> None:
    assert html("In Hajin.", (3, 8), root="../") == 'In <a class="e place" href="../places/hajin.html">Hajin</a>.'


def test_another_spelling_says_the_name_it_stands_for() -> None:
    expected = (
        '<a class="e faction" href="factions/sdf.html" title="The &#34;SDF&#34; &amp; &lt;allies&gt;">SDF</a> said'
    )
    assert html("SDF said", (0, 3), entity=SDF) == expected


def test_neighbouring_and_whole_mentions_are_linked() -> None:
    assert html("HajinHajin", (0, 5), (5, 10)).count("<a ") == 2
    assert re.fullmatch(r"<a [^>]+>Hajin</a>", html("Hajin", (0, 5)))


def test_of_overlapping_mentions_the_first_is_linked_and_no_text_is_lost() -> None:
    found = html("East Hajin town", (0, 10), (5, 15))
    assert found.count("<a ") == 1
    assert plain(found) == "East Hajin town"


def test_markup_inside_around_and_across_a_mention_stays_well_formed() -> None:
    text = "the old Hajin town"
    around = html(text, (8, 13), marks=(Mark(4, 18, "em"),))
    assert around == 'the <em>old </em><a class="e place" href="places/hajin.html"><em>Hajin</em></a><em> town</em>'
    across = html(text, (8, 13), marks=(Mark(10, 18, "strong"),))
    assert across.endswith('">Ha<strong>jin</strong></a><strong> town</strong>')
    both = html(text, marks=(Mark(0, 13, "em"), Mark(4, 7, "strong")))
    assert plain(both) == text
    assert balanced(both)


def test_a_link_of_the_author_gives_way_to_a_mention() -> None:
    text = "see Hajin now"
    found = html(text, (4, 9), marks=(Mark(0, 13, "a", 'https://x.org/?a=1&b="2"'),))
    assert found.count("<a ") == 3
    assert 'href="https://x.org/?a=1&amp;b=&#34;2&#34;" rel="noreferrer"' in found
    assert balanced(found)


@pytest.mark.parametrize("sign", ["\u202e", "\u202a", "\u2067"])
def test_a_name_with_a_mark_of_direction_keeps_it_to_itself(sign: str) -> None:
    text = f"Ha{sign}jin 123"
    assert f"<bdi>Ha{sign}jin</bdi></a> 123" in html(text, (0, 6))
    assert "<bdi>" not in html("Hajin 123", (0, 5))


PIECES = st.text(st.sampled_from("ab <>&\"'é\u0301م\U0001f600"), min_size=1, max_size=40)
INLINE: tuple[Literal["code", "em", "s", "strong"], ...] = ("code", "em", "s", "strong")


@st.composite
def passages(draw: st.DrawFn) -> tuple[Passage, list[Mention]]:
    """Draw a text with marks, one of them a link as Markdown would give it, and mentions that may overlap."""
    text = draw(PIECES)
    span = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted)
    spans = draw(st.lists(st.tuples(span, st.sampled_from(INLINE)), max_size=5))
    marks = [Mark(one, two, tag) for (one, two), tag in spans if one != two]
    one, two = draw(span)
    marks += [Mark(one, two, "a", 'https://x.org/<"')] if one != two else []
    found = [mention(one, two, text) for one, two in draw(st.lists(span, max_size=4)) if one != two]
    return Passage("p1", text, "p", tuple(marks)), found


@settings(max_examples=200, deadline=None)
@given(passages())
def test_text_is_never_changed_and_elements_always_close_in_order(given_: tuple[Passage, list[Mention]]) -> None:
    passage, mentions = given_
    found = str(link(passage, mentions, ENTITIES, "../"))
    assert plain(found) == passage.text
    assert balanced(found)


def plain(found: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", found))


class Balance(HTMLParser):
    """Fails on elements that do not close in order, and on a link inside a link."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in {"a", "bdi", "code", "em", "s", "strong"}, attrs
        assert tag != "a" or "a" not in self.open
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def balanced(found: str) -> bool:
    balance = Balance()
    balance.feed(found)
    balance.close()
    return not balance.open
