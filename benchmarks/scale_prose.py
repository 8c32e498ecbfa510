"""One report of the scale corpus: prose whose mentions of listed names are known."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from functools import cache, lru_cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any, NamedTuple

from scale_names import Authority, Listed, chance_of, zipf_rank

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

FIRST_DAY, DAYS = date(2012, 1, 1), 3653
WORDS = (430, 660)  # of the paragraphs, figures and names included
CAST = {"place": (5, 13), "faction": (3, 7), "commander": (3, 7)}
CANONICAL = 0.65  # of the mentions; the others are spread over all spellings
VILLAGE_TAIL, WORD_TAIL = (1.9, 25), (1.6, 20)


class Mention(NamedTuple):
    """A listed name as printed."""

    text: str
    entity: Listed


Bit = str | Mention
Line = tuple[Bit, ...]


class Written(NamedTuple):
    """A report of the corpus, each line in bits of text and mentions."""

    number: int
    day: date
    publisher: str
    title: Line
    dek: Line
    paragraphs: tuple[Line, ...]

    @property
    def seed_name(self) -> str:
        """The file its text would have below seeds/."""
        return f"{self.number:06d}.txt"

    @property
    def id(self) -> str:
        """The id that ingesting the seed would give: its date, and the digest of its path."""
        return f"{self.day}-{sha256(self.seed_name.encode()).hexdigest()[:6]}"

    @property
    def mentions(self) -> list[Mention]:
        """Every listed name in it, in order."""
        lines = (self.title, self.dek, *self.paragraphs)
        return [bit for line in lines for bit in line if isinstance(bit, Mention)]


def plain(line: Line) -> str:
    return "".join(bit if isinstance(bit, str) else bit.text for bit in line)


@cache
def prose() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@cache
def slots(pattern: str) -> tuple[tuple[str, str], ...]:
    """Split a pattern into pairs of literal text and the slot behind it."""
    return tuple((text, slot or "") for text, slot, _, _ in Formatter().parse(pattern))


@lru_cache(maxsize=50_000)
def rare_word(rank: int) -> str:
    chance, parts = chance_of("word", rank), prose()["rare"]
    before, after = chance.choice(parts["before"]), chance.choice(parts["after"])
    return f"{before}{chance.choice(stems())}{after}"


@cache
def stems() -> Sequence[str]:
    found: list[str] = prose()["rare"]["stems"].split()
    return found


class _Draft:
    """Fills the slots of one report with its cast, its day and its chance."""

    def __init__(self, authority: Authority, number: int) -> None:
        self.authority = authority
        self.chance = chance_of("report", authority.seed, authority.count, number)
        self.day = FIRST_DAY + timedelta(days=self.chance.randrange(DAYS))
        self.cast = {kind: authority.draw(self.chance, kind, self.chance.randint(*size)) for kind, size in CAST.items()}
        self.figures: dict[str, Callable[[], str]] = {
            "few": lambda: str(self.chance.randint(2, 60)),
            "many": lambda: f"{int(10 ** self.chance.uniform(2, 5)):,}",
            "clock": lambda: f"{self.chance.randrange(24)}:{self.chance.randrange(0, 60, 5):02d}",
            "day": self._day,
            "rare": lambda: rare_word(zipf_rank(self.chance, *WORD_TAIL)),
            "village": lambda: authority.village(zipf_rank(self.chance, *VILLAGE_TAIL)),
        }

    def _day(self) -> str:
        earlier = self.day - timedelta(days=self.chance.randint(2, 400))
        return f"{earlier.day} {earlier:%B %Y}"

    def fill(self, slot: str) -> Bit:
        if slot in self.cast:
            entity = self.chance.choice(self.cast[slot])
            canonical = self.chance.random() < CANONICAL
            return Mention(entity.name if canonical else self.chance.choice(entity.variants), entity)
        if slot in self.figures:
            return self.figures[slot]()
        word: str = self.chance.choice(prose()["words"][slot.lower()])
        return word

    def line(self, pattern: str) -> Iterator[Bit]:
        for text, slot in slots(pattern):
            if text:
                yield text
            if slot:
                yield self.fill(slot)

    def sentence(self) -> Iterator[Bit]:
        """Write one sentence, or two joined."""
        patterns = self.chance.sample(prose()["sentences"], self.chance.randint(1, 2))
        yield from capital(self.line(patterns[0]))
        for _, following in pairwise(patterns):
            yield self.chance.choice(prose()["joints"])
            yield from self.line(following)
        yield ". "

    def paragraph(self) -> Line:
        bits = [bit for _ in range(self.chance.randint(2, 4)) for bit in self.sentence()]
        return (*bits[:-1], ".")


def capital(bits: Iterator[Bit]) -> Iterator[Bit]:
    """Let a line begin with a capital; names keep their form."""
    first = next(bits)
    yield first[0].upper() + first[1:] if isinstance(first, str) else first
    yield from bits


def write(authority: Authority, number: int) -> Written:
    """Write report `number`, the same one for the same seed, number of entities and `number`."""
    draft = _Draft(authority, number)
    title, dek = (tuple(capital(draft.line(draft.chance.choice(prose()[name])))) for name in ("headlines", "decks"))
    wanted, paragraphs = draft.chance.randint(*WORDS), []
    while wanted > 0:
        paragraphs.append(draft.paragraph())
        wanted -= len(plain(paragraphs[-1]).split())
    return Written(number, draft.day, prose()["publisher"], title, dek, tuple(paragraphs))
