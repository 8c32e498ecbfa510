"""What someone types turned into the entities it may mean, as the names box of the site does: pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from readingroom.names_file import SHORTEST_SKELETON, SHORTEST_WHOLE, keys_of, skeletons_of
from readingroom.romanise import fold, key, skeleton

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from readingroom.model import Entity

MOST = 8
SHORTEST_KEY = 2
OTHER = re.compile(r"[\W_]+")


class Card(NamedTuple):
    """An entity, ready to be found: its spellings in one form, its keys and skeletons, how often it is named."""

    entity: Entity
    mentions: int
    forms: tuple[str, ...]
    search: str
    keys: str
    skeletons: str


class Hit(NamedTuple):
    """An entity that answers, and the spelling that did where it is not the name."""

    entity: Entity
    spelt: str


def cards(entities: Iterable[Entity], mentions: Mapping[str, int]) -> tuple[Card, ...]:
    """Make entities ready to be found, the most often named first."""
    found = [_card(entity, mentions.get(entity.id, 0)) for entity in entities]
    return tuple(sorted(found, key=lambda card: (-card.mentions, card.entity.id)))


def look_up(typed: str, among: Iterable[Card], most: int = MOST) -> tuple[Hit, ...]:
    """Find the entities that what was typed may mean, the nearest first.

    A spelling that begins so comes before one with a word that does, then one that sounds so, then one of the
    same consonants: of names in Arabic script, which have no key, two consonants do if there are no others.
    """
    words = flat(typed)
    if not words:
        return ()
    sound, bones = key(typed), skeleton(typed)
    levels = [(_distance(card, words, sound, bones), card) for card in among]
    near = sorted((item for item in levels if item[0] is not None), key=lambda item: item[0] or 0)
    return tuple(Hit(card.entity, _spelt(card, words)) for _, card in near[:most])


def flat(text: str) -> str:
    """Reduce a text to its words as they are compared.

    >>> flat("Sh’aytat (al-Gharb)")
    'shaytat al gharb'
    """
    return OTHER.sub(" ", fold(text).replace("'", "")).strip()


def _card(entity: Entity, mentions: int) -> Card:
    forms = tuple(map(flat, entity.spellings))
    return Card(
        entity,
        mentions,
        forms,
        "\n" + "\n".join(forms),
        f" {keys_of(entity.spellings)}",
        f" {skeletons_of(entity.spellings)}",
    )


def _distance(card: Card, words: str, sound: str, bones: str) -> int | None:
    reached = (
        "\n" + words in card.search,
        " " + words in card.search,
        len(sound) >= SHORTEST_KEY and " " + sound in card.keys,
        (len(bones) >= SHORTEST_SKELETON and " " + bones in card.skeletons)
        or (not sound and len(bones) == SHORTEST_WHOLE and f" {bones} " in f"{card.skeletons} "),
    )
    return reached.index(True) if True in reached else None


def _spelt(card: Card, words: str) -> str:
    places = [place for place, form in enumerate(card.forms) if " " + words in " " + form]
    return card.entity.spellings[places[0]] if places and places[0] else ""
