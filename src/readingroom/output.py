"""What a site is made of: rendered pages, generated text and copied files, each at one URL.

Pages and texts are made only when they are asked for. Their `basis` is a digest of everything they are made from:
as long as it stays, so do they, and need not even be made to be compared.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from readingroom.views import View


class Page(NamedTuple):
    """A page: its address below the site's root, the template that prints it, and what makes all the template gets."""

    url: str
    template: str
    basis: str
    make: Callable[[], View]

    @property
    def view(self) -> View:
        """All the template gets."""
        return self.make()


class Text(NamedTuple):
    """A generated text file (data, names)."""

    url: str
    basis: str
    make: Callable[[], str]

    @property
    def text(self) -> str:
        """Its content."""
        return self.make()


class Copy(NamedTuple):
    """A file copied byte for byte; `digest` is that of its content.

    `path` is its path below the archive's folder, empty for a file that the program brings.
    """

    url: str
    source: str
    digest: str
    size: int
    path: str = ""


class DataFile(NamedTuple):
    """A generated text as it stands in the site: the SHA-256 of its content, and its size in bytes."""

    sha256: str
    size: int


Output = Page | Text | Copy


def basis(parts: Iterable[bytes]) -> str:
    """Return the digest of parts in their order, each of which is a digest itself or delimited by the caller."""
    return blake2b(b"\n".join(parts), digest_size=12).hexdigest()
