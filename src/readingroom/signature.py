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

_KEY = "="
_WORD = re.compile(r"[^\W_]+")
_SPACED = str.maketrans({chr(code): " " for code in range(128) if not chr(code).isalnum()})


def signature(texts: Iterable[Text]) -> bytes:
    """Sum up which spellings a report may hold, for `can_hold`, given its folded passages.

    What it guarantees: let some entities of the authority be added, changed or removed. If no old or
    new spelling of these entities, nor of any entity that lies (before or after) within one of them,
    can be held by this report, then `Recogniser.mentions` gives for this report what it gave before.
    """
    chunks: set[str] = set()
    runs: set[str] = set()
    for text in texts:
        chunks.update(text.folded.split(" "))
        runs.update(printed_runs(text))
    hashes = {*chain.from_iterable(map(_of_words, chunks)), *chain.from_iterable(map(_of_run, runs))}
    return array("H", sorted(hashes)).tobytes()


def can_hold(signature: bytes, spelling: str) -> bool:
    """Tell whether the report with this signature may hold the spelling, as listed or by its key."""
    romanised = key(spelling)
    if romanised and _has(signature, _KEY + romanised):
        return True
    words = _words(fold(spelling))
    return all(_has(signature, word) for word in words[:-1]) and (
        not words or _has(signature, words[-1]) or _has(signature, words[-1] + "s")
    )


def _words(folded: str) -> list[str]:
    return folded.translate(_SPACED).split() if folded.isascii() else _WORD.findall(folded)


@lru_cache(maxsize=1 << 16)
def _of_words(folded: str) -> tuple[int, ...]:
    return tuple(map(_hash, _words(folded)))


@lru_cache(maxsize=1 << 15)
def _of_run(printed: str) -> tuple[int, ...]:
    return tuple({_hash(_KEY + found) for found in keys_within(printed)})


def _has(signature: bytes, item: str) -> bool:
    hashes = memoryview(signature).cast("H")
    wanted = _hash(item)
    place = bisect_left(hashes, wanted)
    return place < len(hashes) and hashes[place] == wanted


def _hash(item: str) -> int:
    return crc32(item.encode("utf-8", "surrogatepass")) & 0xFFFF
