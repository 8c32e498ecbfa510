"""Markdown that people of the archive wrote (notes, free pages) as safe HTML."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence

    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token
    from markdown_it.utils import OptionsDict

SAFE_LINK = re.compile(r"(?:https?:|mailto:|#|\.{0,2}/(?!/)|[^:/?#]+(?:[/?#]|$))", re.IGNORECASE)


@lru_cache(1)
def parser() -> MarkdownIt:
    """Return the parser: no raw HTML, no images, no linkify, no smart quotes; links only where safe."""
    markdown = MarkdownIt("js-default", {"linkify": False, "typographer": False, "html": False}).disable("image")
    markdown.validateLink = is_safe_link  # type: ignore[method-assign]
    markdown.add_render_rule("link_open", _open_link)
    return markdown


def is_safe_link(url: str) -> bool:
    """Tell whether a link may stand in a page: web, mail, or a path inside the site.

    >>> [is_safe_link(url) for url in ("https://x.org", "a.html#p1", "javascript:alert(1)", "//evil", "blob:x")]
    [True, True, False, False, False]
    """
    return bool(SAFE_LINK.match(url.strip())) and not url.strip().startswith("//") and "\\" not in url


def _open_link(
    renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, _env: MutableMapping[str, object]
) -> str:
    """Open a link; one that leaves the site does not tell where its reader came from."""
    token = tokens[at]
    if re.match(r"https?:", str(token.attrGet("href")), re.IGNORECASE):
        token.attrSet("rel", "noreferrer external")
    return renderer.renderToken(tokens, at, options, {})


def to_html(text: str) -> Markup:
    """Render Markdown; the HTML holds nothing the text's author could not have meant as text or markup."""
    return Markup(parser().render(text)) if text else Markup()  # noqa: S704 - html=False escapes
