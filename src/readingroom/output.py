"""What a site is made of: rendered pages, generated text and copied files, each at one URL.

Pages and texts are made only when they are asked for. Their `basis` is a digest of everything they are made from:
as long as it stays, so do they, and need not even be made to be compared.
"""

from __future__ import annotations

import zlib
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from readingroom.views import View

GZIP, FAST = ".gz", 1
HEAD = b"\x1f\x8b\x08" + b"\0" * 5 + b"\x04\xff"  # RFC 1952: no name, no time, done fast, by no system in particular


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
    """A generated text file (data, names), compressed where its address ends in `.gz`.

    It is made in parts, which follow each other, so that a long table is not in memory twice.
    """

    url: str
    basis: str
    make: Callable[[], Iterable[str]]

    @property
    def parts(self) -> Iterator[bytes]:
        """Its content as it stands in the site, in parts."""
        parts = (part.encode() for part in self.make())
        return zipped(parts) if self.url.endswith(GZIP) else parts


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


def zipped(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Compress in the form of gzip, without the time and the system that its own writers put there.

    >>> zlib.decompress(b"".join(zipped([b"one,", b"two"])), wbits=31), b"".join(zipped([]))[:10].hex()
    (b'one,two', '1f8b08000000000004ff')
    """
    packer = zlib.compressobj(FAST, wbits=-zlib.MAX_WBITS)
    check, size = 0, 0
    yield HEAD
    for part in parts:
        yield packer.compress(part)
        check, size = zlib.crc32(part, check), size + len(part)
    yield packer.flush()
    yield check.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")
