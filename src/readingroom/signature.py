"""A kilobyte or so for each report that tells which spellings it cannot hold.

It lists 16-bit hashes of the words of the report's text and of the romanisation keys of its runs of
capitalised words. A spelling that `can_hold` denies is not in the text, neither as listed nor by its
key; one that it admits may be (one in a hundred words is not).
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING
from zlib import crc32

from readingroom.matching import fold_passage
from readingroom.romanise import fold, key
from readingroom.variants import free_runs, keys_from

if TYPE_CHECKING:
    from collections.abc import Iterator

    from readingroom.matching import Text
    from readingroom.model import Report

_KEY = "="
_WORD = re.compile(r"[^\W_]+")
_SPACED = str.maketrans({chr(code): " " for code in range(128) if not chr(code).isalnum()})


def signature(report: Report) -> bytes:
    """Sum up which spellings a report may hold, for `can_hold`.

    What it guarantees: let some entities of the authority be added, changed or removed. If no old or
    new spelling of these entities, nor of any entity that lies (before or after) within one of them,
    can be held by this report, then `Recogniser.mentions` gives for this report what it gave before.
    """
    items: set[str] = set()
    for passage in report.passages:
        text = fold_passage(passage.text)
        items.update(_words(text.folded), _keys(text))
    return array("H", sorted(set(map(_hash, items)))).tobytes()


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


def _keys(text: Text) -> Iterator[str]:
    for run in free_runs(text, ()):
        for first in range(len(run)):
            for _, found in keys_from(run, first):
                yield _KEY + found


def _has(signature: bytes, item: str) -> bool:
    hashes = memoryview(signature).cast("H")
    wanted = _hash(item)
    place = bisect_left(hashes, wanted)
    return place < len(hashes) and hashes[place] == wanted


def _hash(item: str) -> int:
    return crc32(item.encode("utf-8", "surrogatepass")) & 0xFFFF
