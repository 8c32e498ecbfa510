"""What the search is narrowed by, in small files of our own: for each name, which reports of a shard hold it.

Pagefind writes a filter's values and pages into one file each, 70 kB per 1,000 reports, and counts them in the
square of their number. Here the values are cut into chunks, so that narrowing by one name loads one chunk a shard;
and a renamed entity changes these files and no index.

A chunk is gzip around one line of JSON and the reports of each value. The line says `[[filter, folder, rows], …]`; a
row is `[value, label]`, or the label alone where the value is its slug in the folder. Of each value, in that order, it
says how many reports there are, then the distance of each from the one before, as numbers of seven bits a byte, the
low ones first, the eighth bit for more. `templates/static/facets.js` reads them.
"""

from __future__ import annotations

import json
import re
import zlib
from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

CHUNK = 32_768
MORE, SEVEN = 0x80, 0x7F
GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"


class Facet(NamedTuple):
    """A value reports can be narrowed to: of which filter, and what readers see of it."""

    filter: str
    value: str
    label: str

    @property
    def key(self) -> str:
        """What facets are sorted and looked up by."""
        return f"{self.filter}\t{self.value}"


class Chunk(NamedTuple):
    """A file of facets: the key of its first one, and its bytes."""

    first: str
    content: bytes


def facet_chunks(reports: Iterable[Iterable[Facet]]) -> tuple[Chunk, ...]:
    """Turn the facets of each report of a shard, in the shard's order, into chunks of some 32 kB unpacked.

    The order of keys is that of JavaScript, which compares UTF-16.
    """
    holders: defaultdict[Facet, list[int]] = defaultdict(list)
    for number, facets in enumerate(reports):
        for facet in dict.fromkeys(facets):
            holders[facet].append(number)
    chunks: list[Chunk] = []
    waiting: dict[Facet, bytes] = {}
    size = 0
    for facet in sorted(holders, key=lambda facet: facet.key.encode("utf-16-be", "surrogatepass")):
        waiting[facet] = _distances(holders[facet])
        size += len(waiting[facet]) + len(facet.key) + len(facet.label)
        if size >= CHUNK:
            chunks.append(_chunk(waiting))
            waiting, size = {}, 0
    return (*chunks, *([_chunk(waiting)] if waiting else []))


def compressed(data: bytes) -> bytes:
    """Compress like gzip, with neither time nor system in the header."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = packer.compress(data) + packer.flush()
    return GZIP_HEADER + body + zlib.crc32(data).to_bytes(4, "little") + (len(data) & 0xFFFFFFFF).to_bytes(4, "little")


def runs(values: Iterable[str]) -> list[tuple[str, int]]:
    """Say a row of values as each value and how often it follows itself.

    >>> runs(["2017", "2018", "2018", "undated"])
    [('2017', 1), ('2018', 2), ('undated', 1)]
    """
    found: list[tuple[str, int]] = []
    for value in values:
        same = found and found[-1][0] == value
        found[len(found) - bool(same) :] = [(value, found[-1][1] + 1 if same else 1)]
    return found


def _chunk(facets: Mapping[Facet, bytes]) -> Chunk:
    head = json.dumps(_rows(facets), ensure_ascii=False, separators=(",", ":"))
    content = head.encode("utf-8", "surrogatepass") + b"\n" + b"".join(facets.values())
    return Chunk(next(iter(facets)).key, compressed(content))


def _rows(facets: Iterable[Facet]) -> list[list[object]]:
    """Say facets in few bytes: their filter and folder once, and the value only where the label does not give it.

    >>> _rows([Facet("place", "places/al-baghuz", "Al-Baghuz"), Facet("place", "places/hajin", "Hajîn")])
    [['place', 'places/', ['Al-Baghuz', ['places/hajin', 'Hajîn']]]]
    """
    said: list[list[object]] = []
    for (name, folder), group in groupby(facets, key=lambda facet: (facet.filter, _folder(facet.value))):
        rows = [
            facet.label if facet.label.isascii() and folder + slug_of(facet.label) == facet.value else list(facet[1:])
            for facet in group
        ]
        said.append([name, folder, rows])
    return said


def _folder(value: str) -> str:
    return value[: value.find("/") + 1]


def slug_of(label: str) -> str:
    """Turn a label in ASCII into what facets.js makes of it.

    >>> slug_of("Abu Talha al-Almani")
    'abu-talha-al-almani'
    """
    return re.sub("[^a-z0-9]+", "-", label.lower()).strip("-")


def _distances(numbers: Sequence[int]) -> bytes:
    """Write how many numbers there are, and each one's distance from the one before.

    >>> _distances([0, 1, 300]).hex(" ")
    '03 00 00 aa 02'
    """
    written = bytearray(_variable(len(numbers)))
    for before, number in zip([-1, *numbers], numbers, strict=False):
        written += _variable(number - before - 1)
    return bytes(written)


def _variable(number: int) -> bytes:
    written = bytearray()
    while number > SEVEN:
        written.append(number & SEVEN | MORE)
        number >>= 7
    written.append(number)
    return bytes(written)
