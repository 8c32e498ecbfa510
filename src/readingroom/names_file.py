"""The archive's names turned into small scripts that answer the names box, in any spelling.

A small archive has all its names in one. A larger one has them in files by what can be typed to find them: the words
of their spellings as they are folded, their romanisation keys, their consonants. A beginning that many names share
has a file with the best of them, and what follows it is in files of its own; few share one file. So a reader who types
loads a few kB, however many names there are, and a new name changes the few files it is in.
"""

from __future__ import annotations

import json
import re
import unicodedata
from itertools import groupby
from string import ascii_lowercase, digits
from typing import TYPE_CHECKING, NamedTuple

from readingroom.romanise import fold, key, skeleton

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ONE_FILE = 500
LEAF, BEST = 96, 8
LINE = "\n"
WORD_START = re.compile(r"(?:^|(?<=[\s\-‐‑‒–—―]))(?=\w)")
SHORTEST_SKELETON = 3
SHORTEST_WHOLE = 2
PLAIN = frozenset(ascii_lowercase + digits)


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


class Packed(NamedTuple):
    """A row as the browser receives it: other spellings, and the keys and skeletons that stand for all others."""

    id: str
    name: str
    native: str
    direction: str
    mentions: int
    others: list[str]
    keys: str
    skeletons: str


class Part(NamedTuple):
    """A file of names by their places: the best of those that begin with `start` (`inner`), or all from there on."""

    start: str
    inner: bool
    places: tuple[int, ...]


class _Word(NamedTuple):
    """What can be typed to find a row, how well that answers (0: its name begins so, 3: by consonants), which row."""

    text: str
    level: int
    place: int


def names_scripts(rows: Iterable[NameRow], *, kinds: Iterable[KindLabel], reports: int) -> Iterator[tuple[str, str]]:
    """Write names.js and, where there are many names, the files of their beginnings, by file name.

    `reports` counts the published reports; without any the search page asks for no index. The most
    mentioned name comes first.
    """
    ordered = sorted(rows, key=lambda row: (-row.mentions, row.id))
    packed = [_packed(row) for row in ordered]
    parts = list(_parts(ordered, packed)) if len(ordered) > ONE_FILE else []
    lines = [_literal(row) for row in packed]
    lists = "".join(
        f"{name}: {_literal(LINE.join(sorted((part.start for part in parts if part.inner is inner), key=_order)))},\n"
        for name, inner in (("inner", True), ("starts", False))
        if parts
    )
    head = f"reports: {reports},\nkinds: {_literal([list(kind) for kind in kinds])},\n{lists}rows: "
    whole = "" if parts else ",\n".join(lines)
    yield "names.js", f"(self.readingroom = self.readingroom || {{}}).names = {{\n{head}[\n{whole}\n]}};\n"
    for part in parts:
        inside = ",\n".join(lines[place] for place in part.places)
        yield file_of(part), f"readingroom.takeNames({_literal(_stem(part))}, [\n{inside}\n]);\n"


def file_of(part: Part) -> str:
    """Name a file of names; `b-` holds the best of those that begin so.

    >>> file_of(Part("abu t", inner=False, places=())), file_of(Part("هـ", inner=True, places=()))
    ('n-abu_t.js', 'b-.647..640..js')
    """
    return f"{_stem(part)}.js"


def _stem(part: Part) -> str:
    plain = (letter if letter in PLAIN else "_" if letter == " " else f".{ord(letter):x}." for letter in part.start)
    return f"{'b' if part.inner else 'n'}-{''.join(plain)}"


def flat(text: str) -> str:
    """Fold a text to the words by which names are compared, as search-box.js does.

    >>> flat("Hay’at Tahrir al-Sham")
    'hayat tahrir al sham'
    """
    folded = fold(text).replace("'", "").replace("’", "")
    return " ".join("".join(letter if unicodedata.category(letter)[0] in "LN" else " " for letter in folded).split())


def _parts(rows: Sequence[NameRow], packed: Sequence[Packed]) -> Iterator[Part]:
    """Cut names into files: a beginning that more than LEAF names share is cut by its next letter."""
    waiting = [("", sorted(_words(rows, packed), key=lambda word: (_order(word.text), word.level, word.place)))]
    while waiting:
        prefix, words = waiting.pop()
        if prefix:
            yield Part(prefix, inner=True, places=_best(words))
        group: list[_Word] = []
        for start, following in _by_next_letter(prefix, words):
            if _can_be_cut(start, following):
                waiting.append((start, following))
            elif len({word.place for word in (*group, *following)}) > LEAF and group:
                yield _leaf(prefix, group)
                group = following
                continue
            else:
                group += following
                continue
            if group:
                yield _leaf(prefix, group)
            group = []
        if group:
            yield _leaf(prefix, group)


def _order(text: str) -> bytes:
    """Sort texts as JavaScript does, by UTF-16."""
    return text.encode("utf-16-be", "surrogatepass")


def _leaf(prefix: str, words: Sequence[_Word]) -> Part:
    return Part(words[0].text[: len(prefix) + 1], inner=False, places=tuple(sorted({word.place for word in words})))


def _best(words: Iterable[_Word]) -> tuple[int, ...]:
    """Choose the most mentioned rows of each level: no other can be among the first BEST answers."""
    levels: dict[int, set[int]] = {}
    for word in words:
        levels.setdefault(word.level, set()).add(word.place)
    return tuple(sorted({place for places in levels.values() for place in sorted(places)[:BEST]}))


def _by_next_letter(prefix: str, words: Iterable[_Word]) -> Iterator[tuple[str, list[_Word]]]:
    longer = (word for word in words if len(word.text) > len(prefix))
    for start, following in groupby(longer, key=lambda word: word.text[: len(prefix) + 1]):
        yield start, list(following)


def _can_be_cut(start: str, words: Sequence[_Word]) -> bool:
    return len({word.place for word in words}) > LEAF and any(len(word.text) > len(start) for word in words)


def _words(rows: Iterable[NameRow], packed: Iterable[Packed]) -> Iterator[_Word]:
    """Write everything that can be typed to find a row: words on which spellings begin, keys, consonants."""
    for place, (row, line) in enumerate(zip(rows, packed, strict=True)):
        for spelling in dict.fromkeys((row.name, row.native, *row.spellings)):
            words = flat(spelling).split()
            for start in range(len(words)):
                yield _Word(" ".join(words[start:]), min(start, 1), place)
        for level, texts in ((2, line.keys), (3, line.skeletons)):
            for text in texts.split():
                yield _Word(text, level, place)


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


def _packed(row: NameRow) -> Packed:
    others = [spelling for spelling in dict.fromkeys(row.spellings) if spelling not in {row.name, row.native}]
    known = [row.name, *others]
    texts = row.id, row.name, row.native, row.direction, row.mentions
    return Packed(*texts, others, keys_of(known), skeletons_of(known))


def _literal(value: object) -> str:
    r"""Write a value as JSON that is also safe JavaScript, inside a script element too.

    >>> print(_literal("</script>\u2028"))
    "\u003c/script>\u2028"
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
