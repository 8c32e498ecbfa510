"""What a site is made of: rendered pages, generated text and copied files, each at one URL."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from readingroom.views import View


class Page(NamedTuple):
    """A page: its address below the site's root, the template that prints it, and all the template gets."""

    url: str
    template: str
    view: View


class Text(NamedTuple):
    """A generated text file (data, names)."""

    url: str
    text: str


class Copy(NamedTuple):
    """A file copied byte for byte; `digest` is that of its content."""

    url: str
    source: str
    digest: str
    size: int


Output = Page | Text | Copy
