"""The files of rules/ turned into look-ups: what English reports say beside and inside names."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from readingroom.discovery.lexicon import Lexicon
from readingroom.romanise import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from readingroom.config import Kind

Words = frozenset[str]
GAP = "*"
RULES = Path(__file__).with_name("rules")


class Reason(NamedTuple):
    """Evidence that a name is of a class: how much, in plain words, and whether it shows an office held."""

    sort: str
    weight: float
    why: str
    office: bool = False


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases beside a name as a tree: the word nearest to the name first, then what may follow it.

    `reasons` is what the words up to here say.
    """

    after: Mapping[str, Phrases]
    reasons: tuple[Reason, ...] = ()

    def may_begin(self, low: str) -> bool:
        """Tell whether a phrase can go on with a word from here."""
        return low in self.after or GAP in self.after


@dataclass(frozen=True, slots=True)
class Inside:
    """What the own words of a name say: by two neighbouring ones, by its last word, its first, or any."""

    pairs: Mapping[str, Reason]
    last: Mapping[str, Reason]
    first: Mapping[str, Reason]
    any: Mapping[str, Reason]


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """The rules of one language, read once: what is kept of words is kept for them, not for others that are equal.

    `before` and `after` are the phrases on each side of a name.
    """

    lexicon: Lexicon
    words: Mapping[str, Words]
    before: Phrases
    after: Phrases
    inside: Inside
    quoted: Mapping[str, str]
    titles: Mapping[str, Words]
    bylines: tuple[tuple[str, ...], ...]
    kinds: Mapping[str, tuple[str, ...]]
    world: Mapping[str, Words]
    world_openers: Words
    given: Words
    kunyas: Words

    def kind_of(self, kinds: Sequence[Kind]) -> dict[str, str]:
        """Map each class to the archive's kind for it; a class that no kind fits is missing.

        A class becomes the first kind declared among the names listed for it in the rules, persons the
        first kind declared with `person = true`.
        """
        declared = {kind.name for kind in kinds if not kind.person}
        found = {
            sort: next(name for name in names if name in declared)
            for sort, names in self.kinds.items()
            if declared.intersection(names)
        }
        person = next((kind.name for kind in kinds if kind.person), "")
        return found | ({"person": person} if person else {})


@lru_cache(maxsize=64)
def has_rules(language: str) -> bool:
    """Tell whether there are rules for a language, given as a BCP 47 tag.

    >>> has_rules("en-GB"), has_rules("ar")
    (True, False)
    """
    return (RULES / f"{code(language)}.toml").is_file()


@lru_cache(maxsize=64)
def code(language: str) -> str:
    """Give the language of a BCP 47 tag without region or script.

    >>> code("en-GB")
    'en'
    """
    return language.partition("-")[0].lower()


@lru_cache(maxsize=8)
def read_rules(language: str = "en") -> Rules:
    """Read the rules for a language; FileNotFoundError where there are none."""
    table = tomllib.loads((RULES / f"{code(language)}.toml").read_text(encoding="utf-8"))
    world = tomllib.loads((RULES / "world.toml").read_text(encoding="utf-8"))
    given = tomllib.loads((RULES / "given.toml").read_text(encoding="utf-8"))
    listed = (RULES / f"{code(language)}.words").read_text(encoding="utf-8")
    common = frozenset(word for line in listed.splitlines() if not line.startswith("#") for word in line.split())
    words = {name: _words(text) for name, text in table["words"].items()}
    kunyas = _words(given.pop("kunyas"))
    known = {"places": _listed(world["places"]), "organisations": _listed(world["organisations"])}
    return Rules(
        lexicon=Lexicon(common | words["function"]),
        words=words,
        before=_phrases(table["beside"], "before"),
        after=_phrases(table["beside"], "after"),
        inside=Inside(
            _pairs(table["inside"]), *(_inside(table["inside"], place) for place in ("last", "first", "any"))
        ),
        quoted={word: sort for sort, text in table["quoted"].items() for word in text.split()},
        titles={name: _words(text) for name, text in table["titles"].items()},
        bylines=tuple(tuple(phrase.split()) for phrase in table["lines"]["byline"]),
        kinds={sort: tuple(names) for sort, names in table["kinds"].items()},
        world={**known, "peoples": frozenset(form for word in _words(world["peoples"]) for form in (word, word + "s"))},
        world_openers=frozenset(name.split()[0] for name in frozenset().union(*known.values()) if " " in name),
        given=frozenset().union(*map(_words, given.values())),
        kunyas=kunyas,
    )


def _words(text: str) -> Words:
    return frozenset(fold(text).split())


def _listed(text: str) -> Words:
    return frozenset(fold(" ".join(name.split())).rstrip(".") for name in text.split(","))


def _inside(tables: Iterable[Mapping[str, Any]], place: str) -> dict[str, Reason]:
    position = {"last": "its last word is", "first": "its first word is", "any": "it holds the word"}[place]
    return {
        word: Reason(table["class"], table["weight"], f"{position} “{word}”")
        for table in reversed(list(tables))
        for word in fold(table.get(place, "")).split()
    }


def _pairs(tables: Iterable[Mapping[str, Any]]) -> dict[str, Reason]:
    return {
        pair: Reason(table["class"], table["weight"], f"it holds the words “{pair}”")
        for table in tables
        for pair in table.get("pairs", ())
    }


def _phrases(tables: Iterable[Mapping[str, Any]], side: str) -> Phrases:
    found: dict[tuple[str, ...], list[Reason]] = defaultdict(list)
    for table in tables:
        if table["side"] == side:
            for written in table["phrases"]:
                for words in spell_out(written):
                    shown = " ".join(words).replace(f" {GAP} ", " … ").replace(" ,", ",")
                    why = f"“{shown}” stands before it" if side == "before" else f"followed by “{shown}”"
                    nearest = tuple(reversed(words)) if side == "before" else words
                    found[nearest].append(Reason(table["class"], table["weight"], why, table.get("office", False)))
    return _tree(found)


def _tree(phrases: Mapping[tuple[str, ...], Sequence[Reason]]) -> Phrases:
    branches: defaultdict[str, dict[tuple[str, ...], Sequence[Reason]]] = defaultdict(dict)
    for words, reasons in phrases.items():
        if words:
            branches[words[0]][words[1:]] = reasons
    return Phrases({word: _tree(rest) for word, rest in branches.items()}, tuple(phrases.get((), ())))


def spell_out(phrase: str) -> list[tuple[str, ...]]:
    """Give every wording of a phrase: `a/b` are alternatives, `word?` may be left out, `-` is a word.

    >>> spell_out("road/highway to?")
    [('road', 'to'), ('road',), ('highway', 'to'), ('highway',)]
    >>> spell_out("-held/-run")
    [('-', 'held'), ('-', 'run')]
    """
    choices = [[*part.removesuffix("?").split("/"), *([""] if part.endswith("?") else [])] for part in phrase.split()]
    return [tuple(_split(wording)) for wording in product(*choices)]


def _split(wording: Iterable[str]) -> Iterable[str]:
    for word in filter(None, wording):
        if word.startswith("-") and len(word) > 1:
            yield from ("-", word[1:])
        else:
            yield word
