"""A kilobyte or so for each report that tells which spellings it cannot hold.

It lists 16-bit hashes of the words of the report's text and of the romanisation keys of its runs of
capitalised words. A spelling that `can_hold` denies is not in the text, neither as listed nor by its
key; one that it admits may be (one in a hundred words is not).
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING
from zlib import crc32

from readingroom.romanise import fold, key
from readingroom.variants import keys_within, printed_runs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from readingroom.matching import Text

_BITS = 0xFFFF
_KEY = b"="
_WORD = re.compile(r"[^\W_]+")
_SPACED = bytes(code if chr(code).isalnum() else ord(" ") for code in range(256))


def signature(texts: Iterable[Text]) -> bytes:
    """Sum up which spellings a report may hold, for `can_hold`, given its folded passages.

    What it guarantees: let some entities of the authority be added, changed or removed. If no old or
    new spelling of these entities, nor of any entity that lies (before or after) within one of them,
    can be held by this report, then `Recogniser.mentions` gives for this report what it gave before.
    """
    words: set[bytes] = set()
    runs: set[str] = set()
    for text in texts:
        words.update(_words(text.folded))
        runs.update(printed_runs(text))
    hashes = {crc32(word) & _BITS for word in words}
    hashes.update(chain.from_iterable(map(_of_run, runs)))
    return array("H", sorted(hashes)).tobytes()


def can_hold(signature: bytes, spelling: str) -> bool:
    """Tell whether the report with this signature may hold the spelling, as listed or by its key."""
    romanised = key(spelling)
    if romanised and _has(signature, _of_key(romanised)):
        return True
    words = _words(fold(spelling))
    hashes = [crc32(word) & _BITS for word in words]
    return all(_has(signature, one) for one in hashes[:-1]) and (
        not words or _has(signature, hashes[-1]) or _has(signature, crc32(words[-1] + b"s") & _BITS)
    )


def _words(folded: str) -> list[bytes]:
    if folded.isascii():
        return folded.encode().translate(_SPACED).split()
    return [word.encode("utf-8", "surrogatepass") for word in _WORD.findall(folded)]


@lru_cache(maxsize=1 << 15)
def _of_run(printed: str) -> tuple[int, ...]:
    return tuple(set(map(_of_key, keys_within(printed))))


def _of_key(romanised: str) -> int:
    return crc32(_KEY + romanised.encode("utf-8", "surrogatepass")) & _BITS


def _has(signature: bytes, wanted: int) -> bool:
    hashes = memoryview(signature).cast("H")
    place = bisect_left(hashes, wanted)
    return place < len(hashes) and hashes[place] == wanted
