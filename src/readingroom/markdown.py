"""Markdown that people of the archive wrote (notes, free pages) as safe HTML."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token
    from markdown_it.utils import OptionsDict

GAP = re.compile(r"\n(?:[ \t]*\n)+")
MOST_BRACKETS = 1_000
SAFE_LINK = re.compile(r"(?:https?:|mailto:|#|\.{0,2}/(?!/)|[^:/?#]+(?:[/?#]|$))", re.IGNORECASE)


@lru_cache(1)
def parser() -> MarkdownIt:
    """Return the parser: no raw HTML, no images, no linkify, no smart quotes; links only where safe."""
    return _parser(closed=False)


@lru_cache(1)
def _xml_parser() -> MarkdownIt:
    return _parser(closed=True)


def _parser(*, closed: bool) -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - start-up: most edits are none of Markdown

    settings = {"linkify": False, "typographer": False, "html": False, "xhtmlOut": closed}
    markdown = MarkdownIt("js-default", settings).disable("image")
    markdown.validateLink = is_safe_link  # type: ignore[method-assign]
    markdown.add_render_rule("link_open", _open_link)
    for cell in ("th_open", "td_open"):
        markdown.add_render_rule(cell, _open_cell)
    return markdown


def image_lines(text: str) -> list[int]:
    r"""Return the lines, from 0, of the paragraphs in which somebody wants an image shown.

    >>> image_lines("A.\n\n![Map](map.png)\n\n`![Map](map.png)` and ![no image]")
    [2]
    """
    if "![" not in text or any(chunk.count("[") > MOST_BRACKETS for chunk in GAP.split(text)):
        return []
    from markdown_it import MarkdownIt  # noqa: PLC0415 - start-up, as above

    blocks = MarkdownIt("js-default", {"linkify": False, "typographer": False, "html": False}).parse(text)
    inside = {block.map[0]: {token.type for token in block.children or ()} for block in blocks if block.map}
    return [line for line, types in inside.items() if "image" in types]


def is_safe_link(url: str) -> bool:
    """Tell whether a link may stand in a page: web, mail, or a path inside the site.

    >>> [is_safe_link(url) for url in ("https://x.org", "a.html#p1", "javascript:alert(1)", "//evil", "blob:x")]
    [True, True, False, False, False]
    """
    if "\\" in url or "%5c" in url.lower() or url.strip().startswith("//"):
        return False
    return bool(SAFE_LINK.match(url.strip()))


def _open_link(
    renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, _env: MutableMapping[str, object]
) -> str:
    """Open a link; one that leaves the site does not tell where its reader came from."""
    token = tokens[at]
    if re.match(r"https?:", str(token.attrGet("href")), re.IGNORECASE):
        token.attrSet("rel", "noreferrer external")
    return renderer.renderToken(tokens, at, options, {})


def _open_cell(
    renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, _env: MutableMapping[str, object]
) -> str:
    """Open a cell of a table without the style that would align it: the site's policy allows none."""
    tokens[at].attrs.pop("style", None)
    return renderer.renderToken(tokens, at, options, {})


def to_html(text: str) -> Markup:
    r"""Render Markdown; the HTML holds nothing the text's author could not have meant as text or markup.

    A text with a paragraph that would take the parser minutes is shown as it is written.

    >>> to_html("[" * 1001 + "*")[-10:]
    Markup('[[[[*</p>\n')
    """
    return _rendered(text, parser) if text else Markup()


def to_xhtml(text: str) -> Markup:
    r"""Render Markdown as `to_html` does, with every element closed as XML wants it.

    >>> to_xhtml("a\\\nb")
    Markup('<p>a<br />\nb</p>\n')
    """
    return _rendered(text, _xml_parser) if text else Markup()


def _rendered(text: str, made: Callable[[], MarkdownIt]) -> Markup:
    chunks = GAP.split(text)
    if any(chunk.count("[") > MOST_BRACKETS for chunk in chunks):
        return Markup("").join(Markup("<p>{}</p>\n").format(chunk) for chunk in chunks)
    return Markup(made().render(text))  # noqa: S704 - html=False escapes
