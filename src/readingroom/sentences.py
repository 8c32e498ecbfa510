"""Sentences of running text: where they end, and which of them a mention stands in."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from readingroom.model import Mention, Passage

_TITLES = ("Mr", "Dr", "St", "Lt", "No", "vs", "Mrs", "Gen", "Col", "Maj", "Sgt", "Rev", "Gov", "Sen", "Rep", "Capt")
_NO_END = "".join(rf"(?<!\b{title}\.)(?<!\b{title.upper()}\.)" for title in _TITLES)
SENTENCE_END = re.compile(rf"(?<=[.!?؟…]){_NO_END}(?<![.\s(][^\W\d_]\.)(?<!^[^\W\d_]\.)[\"”’)\]]*\s+")


def sentence_numbers(passages: Iterable[Passage], mentions: Sequence[Mention]) -> tuple[int, ...]:
    """Number the sentences that mentions, in reading order, stand in; equal numbers mean the same sentence."""
    ends: dict[str, list[int]] = {}
    base: dict[str, int] = {}
    count = 0
    named = {mention.paragraph for mention in mentions}
    for passage in passages:
        if passage.anchor in named:
            ends[passage.anchor] = [match.start() for match in SENTENCE_END.finditer(passage.text)]
            base[passage.anchor] = count
            count += len(ends[passage.anchor]) + 1
    return tuple(base[one.paragraph] + bisect_right(ends[one.paragraph], one.start) for one in mentions)
