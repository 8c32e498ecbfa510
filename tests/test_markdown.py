"""Markdown of notes and free pages: safe HTML, whatever people paste into it."""

from __future__ import annotations

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readingroom.markdown import is_safe_link, to_html

TAGS = frozenset({
    "p", "em", "strong", "s", "a", "code", "pre", "blockquote", "ul", "ol", "li", "hr", "br", "h1", "h2", "h3", "h4",
    "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
})  # fmt: skip
ATTRIBUTES = {"a": {"href", "title", "rel"}, "ol": {"start"}, "code": {"class"}}


class Reader(HTMLParser):
    """Collects what a browser would make of the HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def read(text: str) -> list[tuple[str, dict[str, str | None]]]:
    reader = Reader()
    reader.feed(str(to_html(text)))
    reader.close()
    return reader.tags


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("A *b* **c** `d`", "<p>A <em>b</em> <strong>c</strong> <code>d</code></p>\n"),
        ("## Who", "<h2>Who</h2>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("<b>no</b> & <script>", "<p>&lt;b&gt;no&lt;/b&gt; &amp; &lt;script&gt;</p>\n"),
        ("[a](about.html#x)", '<p><a href="about.html#x">a</a></p>\n'),
        ("[a](https://x.org/?a&b)", '<p><a href="https://x.org/?a&amp;b" rel="noreferrer external">a</a></p>\n'),
        ("[a](mailto:a@x.org)", '<p><a href="mailto:a@x.org">a</a></p>\n'),
        ('https://x.org (c) "quoted" -- ...', "<p>https://x.org (c) &quot;quoted&quot; -- ...</p>\n"),
        ("![a](https://x.org/i.png)", '<p>!<a href="https://x.org/i.png" rel="noreferrer external">a</a></p>\n'),
    ],
)
def test_markup_is_kept_and_everything_else_is_text(text: str, html: str) -> None:
    assert str(to_html(text)) == html


@pytest.mark.parametrize(
    "url",
    [
        "https://x.org",
        "HTTP://X.ORG",
        "mailto:a@b",
        "#p1",
        "a.html",
        "places/a.html",
        "../a.html",
        "./a",
        "/a",
        "a?b=c:d",
    ],
)
def test_links_to_the_web_to_mail_and_into_the_site_are_kept(url: str) -> None:
    assert is_safe_link(url)
    assert read(f"[x]({url})")[1][0] == "a"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JaVaScRiPt:x", "vbscript:x", "data:text/html,x", "blob:x", "file:///etc/passwd",
        "//evil.example", "intent:x", "ms-msdt:x", "view-source:x", "\\\\evil", "/\\evil.example", " javascript:x",
        "x:y", "tel:1", "about:blank", "java\tscript:x",
    ],
)  # fmt: skip
def test_every_other_link_is_refused(url: str) -> None:
    assert not is_safe_link(url)
    assert [tag for tag, _ in read(f"[x](<{url}>)") if tag == "a"] == []


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("<>&\"'`*_[]()!#-\\/:;= \n\tjavscript:x1.{}%&#x0"), max_size=120))
def test_no_text_makes_other_elements_attributes_or_addresses(text: str) -> None:
    for tag, attributes in read(text):
        assert tag in TAGS
        assert attributes.keys() <= ATTRIBUTES.get(tag, set())
        assert is_safe_link(attributes.get("href") or "#")


@pytest.mark.parametrize(
    "unit", ["[", "![[]()", "*a_", "> ", "`", "<", "&", "[a](", "http://a.", "\"'", "- ", "|", "\\"]
)
def test_hostile_text_takes_bounded_time(unit: str) -> None:
    began = time.process_time()
    to_html(unit * (64_000 // len(unit)))
    assert time.process_time() - began < 2


def test_a_table_has_its_cells_and_no_style_which_the_policy_would_stop() -> None:
    html = str(to_html("| a | b |\n|:-:|---|\n| 1 | 2 |"))
    assert html.count("<td>") == html.count("<th>") == 2
    assert "style" not in html
