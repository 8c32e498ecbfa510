"""Listed entities with their spellings, and villages that nobody has listed, made up for the scale corpus."""

from __future__ import annotations

import random
import re
import tomllib
from bisect import bisect
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
RESPELLINGS, LAST_RESPELLINGS = (
    [(pattern, replacement) for pattern, replacement in WORDS[name]] for name in ("respellings", "last_respellings")
)
KINDS = ("place", "commander", "place", "faction", "commander", "place")  # a half, a third and a sixth
FOLDERS = {"place": "places", "faction": "factions", "commander": "commanders"}

FEWEST, MOST = 1, 4  # further spellings
ZIPF, FLATTEN = 0.9, 6


class Listed(NamedTuple):
    """An entity of the authority file: its kind, its slug, its name and its further spellings."""

    kind: str
    slug: str
    name: str
    variants: tuple[str, ...]

    @property
    def id(self) -> str:
        """What both sites name it by: its path without an ending."""
        return f"{FOLDERS[self.kind]}/{self.slug}"


def bones(name: str) -> str:
    """Return what hardly any romanisation changes of a name, so that no two listed names are taken for one.

    >>> bones("al-Qaseemah"), bones("Kasima"), bones("Tell Shayhoun"), bones("Tal Chihun")
    ('ksm', 'ksm', 'tlxhn', 'tlxhn')
    """
    text = re.sub(r"\b(?:al|el)[- ]", "", name.lower())
    for pattern, letter in (("[kqc]h|sh", "x"), ("q", "k"), ("[dtg]h", "t"), (r"h\b|[aeiouwy’ -]", "")):
        text = re.sub(pattern, letter, text)
    return re.sub(r"(.)\1+", r"\1", text)


def chance_of(*what: object) -> random.Random:
    """Return the chance that belongs to a thing: the same things get the same, in any process."""
    return random.Random(" ".join(map(str, what)))  # noqa: S311


def make_name(chance: random.Random, kind: str) -> str:
    """Make a name as Arabic does, three consonants in a pattern, with words around it as its kind has them."""
    word = chance.choice(WORDS["patterns"]).format(*chance.sample(WORDS["radicals"], 3))
    word = word[0].upper() + word[1:]
    if kind == "place":
        return f"{chance.choice(WORDS['place_heads'])}{word}{chance.choice(WORDS['place_tails'])}"
    if kind == "faction":
        return str(chance.choice(WORDS["factions"]).format(word))
    return f"{chance.choice(WORDS['given'])} al-{word}"


def respell(chance: random.Random, name: str, taken: set[str]) -> tuple[str, ...]:
    """Write a name in one to four further ways that no other listed name is written in."""
    wanted, found = chance.randint(FEWEST, MOST), [name]
    shuffled = chance.sample(RESPELLINGS, len(RESPELLINGS))
    for number, (pattern, replacement) in enumerate((*shuffled, *LAST_RESPELLINGS)):
        if len(found) > (wanted if number < len(shuffled) else 1):
            break
        spelling = re.sub(pattern, replacement, chance.choice(found), count=1)
        if spelling.lower() not in taken:
            taken.add(spelling.lower())
            found.append(spelling)
    return tuple(found[1:])


class Authority:
    """All listed entities of a corpus, and how often each is drawn: few often, most seldom."""

    def __init__(self, seed: int, count: int) -> None:
        """Make `count` entities; the same seed and count give the same ones."""
        self.seed, self.count = seed, count
        chance = chance_of("authority", seed, count)
        taken: set[str] = set()
        self.bones: set[str] = set()
        self.listed = [self._make(chance, KINDS[number % len(KINDS)], taken) for number in range(count)]
        self.by_kind = {kind: [each for each in self.listed if each.kind == kind] for kind in FOLDERS}
        self._weights = {kind: zipf_weights(len(group)) for kind, group in self.by_kind.items()}
        self.village = lru_cache(maxsize=50_000)(self._village)

    def _make(self, chance: random.Random, kind: str, taken: set[str]) -> Listed:
        name = self._unlike_any(lambda: make_name(chance, kind))
        self.bones.add(bones(name))
        taken.add(name.lower())
        slug = re.sub(r"[^a-z]+", "-", name.lower()).strip("-")
        return Listed(kind, slug, name, respell(chance, name, taken))

    def _unlike_any(self, make: Callable[[], str]) -> str:
        while bones(name := make()) in self.bones:
            pass
        return name

    def _village(self, rank: int) -> str:
        """Name the village of a rank, which nobody has listed; there is no last one."""
        chance = chance_of("village", self.seed, self.count, rank)
        return self._unlike_any(lambda: make_name(chance, "place"))

    def draw(self, chance: random.Random, kind: str, count: int) -> list[Listed]:
        """Draw different entities of a kind, the frequent ones more often."""
        group, weights = self.by_kind[kind], self._weights[kind]
        drawn: dict[str, Listed] = {}
        while len(drawn) < min(count, len(group)):
            each = group[bisect(weights, chance.random() * weights[-1])]
            drawn[each.id] = each
        return list(drawn.values())


def zipf_weights(count: int) -> Sequence[float]:
    """Sum up the weights of the first, second … of `count` things, as `bisect` wants them."""
    return list(accumulate(1 / (rank + FLATTEN) ** ZIPF for rank in range(count)))


def zipf_rank(chance: random.Random, exponent: float, flat: int) -> int:
    """Draw a rank from 0 upwards without end: about `flat` ranks are frequent, n draws meet n ** (1 / exponent)."""
    return int(flat * ((1 - chance.random()) ** (-1 / (exponent - 1)) - 1))
