"""A list of common words turned into an answer: is this word an ordinary one, in any of its regular forms?

Capitals tell a name from a word only in running text. In a line of capitals, in a headline and at the
start of a sentence it takes a list of words that are no names.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENDINGS = (
    ("ies", "y"),
    ("ied", "y"),
    ("es", ""),
    ("s", ""),
    ("ed", ""),
    ("d", ""),
    ("ing", ""),
    ("ing", "e"),
    ("ly", ""),
    ("ers", "e"),
    ("er", "e"),
    ("ers", ""),
    ("er", ""),
)
_PREFIXES = ("anti", "counter", "non", "un", "re", "de", "pre", "sub", "inter", "over", "para", "co", "mis", "dis")
_DERIVED = (
    "tion",
    "tions",
    "ment",
    "ments",
    "ness",
    "ism",
    "isms",
    "ity",
    "ities",
    "ally",
    "ized",
    "izing",
    "ability",
    "orate",
)
_DERIVED_LONG = ("ers", "ors", "ists", "ings")
_SHORTEST_DERIVED = 7
_LONG = 9
_SHORTEST_STEM = 3
_SHORTEST_AFTER_PREFIX = 5


class Lexicon:
    """Common words by their base forms. Built once; never changes."""

    def __init__(self, words: frozenset[str]) -> None:
        self._words = words
        self.is_common = lru_cache(maxsize=1 << 16)(self._is_common)

    def _is_common(self, word: str) -> bool:
        """Tell whether a lower-case word is common, as listed or in a regular form.

        >>> lexicon = Lexicon(frozenset({"clash", "carry", "stop", "make"}))
        >>> [lexicon.is_common(w) for w in ("clashes", "carried", "stopped", "making", "hajin")]
        [True, True, True, True, False]
        """
        return self._is_form(word) or any(
            self._is_form(word.removeprefix(prefix))
            for prefix in _PREFIXES
            if word.startswith(prefix) and len(word) >= len(prefix) + _SHORTEST_AFTER_PREFIX
        )

    def is_ordinary(self, word: str) -> bool:
        """Tell a common word, or one that is built like a noun, verb or adverb no list can hold all of.

        >>> lexicon = Lexicon(frozenset())
        >>> [lexicon.is_ordinary(w) for w in ("counterinsurgencies", "destabilization", "traffickers", "hajin")]
        [False, True, True, False]
        """
        derived = len(word) >= _SHORTEST_DERIVED and word.endswith(_DERIVED)
        return derived or (len(word) >= _LONG and word.endswith(_DERIVED_LONG)) or bool(self.is_common(word))

    def is_listed(self, word: str) -> bool:
        """Tell whether a lower-case word is common as it stands, not only in a form of another."""
        return word in self._words

    def _is_form(self, word: str) -> bool:
        return word in self._words or any(stem in self._words for stem in stems(word))


def stems(word: str) -> Iterator[str]:
    """Give the base forms that a word may be a regular form of.

    >>> sorted(set(stems("stopped")))
    ['stop', 'stopp', 'stoppe']
    """
    for ending, put_back in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _SHORTEST_STEM:
            yield stem + put_back
            if stem[-1] == stem[-2] and not put_back:
                yield stem[:-1]
