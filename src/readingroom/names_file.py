"""The archive's names turned into the two small scripts that answer the names box, in any spelling."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from readingroom.romanise import key, skeleton

if TYPE_CHECKING:
    from collections.abc import Iterable

WORD_START = re.compile(r"(?:^|(?<=[\s\-‐‑‒–—―]))(?=\w)")
SHORTEST_SKELETON = 3
SHORTEST_WHOLE = 2


class NameRow(NamedTuple):
    """One published entity as the names box shows it.

    `id` is its id (`places/hajin`), `native` its name in its own script and `direction` that script's
    (`rtl`, `ltr`); `mentions` counts how often the published reports name it.
    """

    id: str
    name: str
    native: str
    direction: str
    mentions: int
    spellings: tuple[str, ...]


class KindLabel(NamedTuple):
    """What a kind's folder holds: the kind's name (as the search's filters use it) and labels."""

    folder: str
    name: str
    label: str
    plural: str


def names_script(rows: Iterable[NameRow], *, kinds: Iterable[KindLabel], reports: int) -> str:
    """Write names/names.js: every name with its spellings and the keys that stand for all others.

    `reports` counts the published reports; without any the search page asks for no index. The most
    mentioned name comes first.
    """
    ordered = sorted(rows, key=lambda row: (-row.mentions, row.id))
    lines = ",\n".join(_literal(_packed(row)) for row in ordered)
    return (
        "(self.readingroom = self.readingroom || {}).names = {\n"
        f"reports: {reports},\nkinds: {_literal([list(kind) for kind in kinds])},\nrows: [\n{lines}\n]}};\n"
    )


def rules_script(rules: str) -> str:
    r"""Write names/rules.js: the rules of romanisation (the text of romanisation.json) as a script.

    >>> rules_script('{"hyphens": "‐"}')
    '(self.readingroom = self.readingroom || {}).romanisation = {"hyphens":"‐"};\n'
    """
    return f"(self.readingroom = self.readingroom || {{}}).romanisation = {_literal(json.loads(rules))};\n"


def keys_of(spellings: Iterable[str]) -> str:
    """Return the romanisation keys of spellings, from each of their words on, in order, without repeats."""
    return _joined(key(tail) for spelling in spellings for tail in _tails(spelling))


def skeletons_of(spellings: Iterable[str]) -> str:
    """Return the consonant skeletons of whole spellings: short ones answer whole names in Arabic script alone."""
    found = (skeleton(spelling) for spelling in spellings)
    return _joined(text for text in found if len(text) >= SHORTEST_WHOLE)


def _tails(spelling: str) -> list[str]:
    """Cut a spelling before each of its words.

    >>> _tails("Abu Talha al-Almani")
    ['Abu Talha al-Almani', 'Talha al-Almani', 'al-Almani', 'Almani']
    """
    return [spelling[found.start() :] for found in WORD_START.finditer(spelling)]


def _joined(texts: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(text.replace(" ", "") for text in texts if text))


def _packed(row: NameRow) -> list[object]:
    others = [spelling for spelling in dict.fromkeys(row.spellings) if spelling not in {row.name, row.native}]
    known = [row.name, *others]
    return [
        row.id,
        row.name,
        row.native,
        row.direction,
        row.mentions,
        others,
        keys_of(known),
        skeletons_of(known),
    ]


def _literal(value: object) -> str:
    r"""Write a value as JSON that is also safe JavaScript, inside a script element too.

    >>> print(_literal("</script>\u2028"))
    "\u003c/script>\u2028"
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
