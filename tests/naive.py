"""A slow, obvious recogniser of known names: the oracle of the fast one. It tries every stretch of a text.

It has no automaton, no index of keys, no cache and no offset tables: each stretch of the passage is
folded by itself and compared with every spelling of every entity.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from readingroom.english import NO_ACRONYMS, NO_NAMES, NOT_NAMES
from readingroom.romanise import ARTICLES, FREE_ARTICLES, PARTICLES, fold, key, plain_letter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from readingroom.model import Entity

LONGEST_WORDS = 6
LONGEST_STRETCH = 40
KUNYAS = {"abu", "abou", "abo", "umm", "um", "oum", "om"}


class Stretch(NamedTuple):
    """`[start, end)` of a passage, the ids of the entities it may name, and how it was found."""

    start: int
    end: int
    entities: tuple[str, ...]
    by: str


def recognise(passage: str, entities: Sequence[Entity], persons: frozenset[str]) -> list[Stretch]:
    """Find listed spellings, leftmost and longest first, then variants by key in what is left."""
    listed = list(_listed(passage, entities, persons))
    kept = _select(listed)
    variants = [
        each
        for each in _variants(passage, entities, persons)
        if all(each.end <= hit.start or each.start >= hit.end for hit in kept)
    ]
    return sorted([*kept, *_select(variants)])


def _select(found: Sequence[Stretch]) -> list[Stretch]:
    kept: list[Stretch] = []
    for each in sorted(found, key=lambda each: (each.start, -each.end, each.by)):
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return kept


def _listed(passage: str, entities: Sequence[Entity], persons: frozenset[str]) -> Iterator[Stretch]:
    for start in range(len(passage)):
        for end in range(start + 1, min(start + LONGEST_STRETCH, len(passage)) + 1):
            stretch = passage[start:end]
            yield from _at(passage, (start, end), ("1 listed", stretch), entities, persons)
            if stretch[-1] == "s" and len(stretch) > 1:
                yield from _at(passage, (start, end), ("2 plural", stretch[:-1]), entities, persons)


def _at(
    passage: str,
    span: tuple[int, int],
    found: tuple[str, str],
    entities: Sequence[Entity],
    persons: frozenset[str],
) -> Iterator[Stretch]:
    by, text = found
    printed = _plain(text)
    names = tuple(
        entity.id
        for entity in entities
        for listed in _spellings(entity)
        if printed.lower() == listed.lower()
        and _fits(passage, span, printed, listed, plural=by == "2 plural", person=entity.kind in persons)
    )
    if names:
        yield Stretch(*span, names, by)


def _spellings(entity: Entity) -> list[str]:
    found: dict[str, str] = {}
    for spelling in sorted(entity.spellings, key=lambda text: sum(letter.isupper() for letter in text)):
        listed = _plain(spelling.strip())
        listed = listed if listed.count("'") > 1 and listed.startswith("'") else listed.strip("'")
        found.setdefault(listed.lower(), listed)
    return [listed for listed in found.values() if listed]


def _fits(  # noqa: PLR0913
    passage: str, span: tuple[int, int], printed: str, listed: str, *, plural: bool, person: bool
) -> bool:
    before, after = _plain(passage[: span[0]]), _plain(passage[span[1] :])
    return (
        _edges(before, printed, after, plural=plural)
        and _printed_right(passage, printed, listed, plural=plural)
        and _whole(passage, before, after, listed, person=person)
    )


@cache
def _plain(text: str) -> str:
    return re.sub(" +", " ", "".join(map(plain_letter, text)))


def _edges(before: str, printed: str, after: str, *, plural: bool) -> bool:
    starts = not printed[0].isalnum() or not re.search(r"[^\W_]$|[^\W_]'$", before)
    starts = starts or re.search(r"(?:^|[\W_])[dlDL]'$", before) is not None
    inside = r"[^\W_]|'(?!s(?![^\W_]))[^\W_]"
    ends = (not printed[-1].isalnum() and not plural) or not re.match(inside, after)
    return starts and ends


def _printed_right(passage: str, printed: str, listed: str, *, plural: bool) -> bool:
    letters = [letter for letter in listed if letter.isalpha()]
    acronym = listed.isupper() and 1 < len(letters) <= 6 and " " not in listed
    if plural and not (acronym or listed.rpartition(" ")[2].islower()):
        return False
    if acronym:
        return printed == listed and not (_plain(passage).isupper() and listed.lower() in NO_ACRONYMS)
    capitals = [
        match.start()
        for match in re.finditer(r"[^\W_]+", listed)
        if match[0][0].isupper() and match[0].lower() not in ARTICLES | PARTICLES
    ]
    capitals = capitals or [place for place, letter in enumerate(listed) if letter.isupper()]
    return not capitals or printed[capitals[0]].isupper()


def _whole(passage: str, before: str, after: str, listed: str, *, person: bool) -> bool:
    parts = listed.lower().replace("-", " ").split(" ")
    if not person and parts[0] in KUNYAS and _followed(after):
        return False
    return _stands_alone(passage, before, article=parts[0] in ARTICLES and len(parts) > 1)


def _stands_alone(passage: str, before: str, *, article: bool) -> bool:
    letter = r"[^\W\d_]"
    match = re.search(rf"(?<![^\W_])({letter}(?:{letter}|'(?={letter}))*)([ -])'?$", before)
    if not match:
        return True
    word, gap = match[1].lower(), match[2]
    if word in PARTICLES or (word in ARTICLES and gap == "-") or (word in FREE_ARTICLES and gap == " "):
        return False
    plain = _plain(passage)
    titled = re.search(r"\b[a-z]{4}", plain) is None
    if not article or gap == "-" or word in NOT_NAMES or titled:
        return True
    return not match[1][0].isupper()


def _variants(passage: str, entities: Sequence[Entity], persons: frozenset[str]) -> Iterator[Stretch]:
    if _plain(passage).isupper():
        return
    found = [_unelided(passage, *match.span()) for match in re.finditer(r"[^\W_](?:\w|['’`])*", passage)]
    for first in range(len(found)):
        for last in range(first, min(first + 2 * LONGEST_WORDS, len(found))):
            start, end = found[first][0], _without_possessive(passage, *found[last])
            words = [passage[a:b] for a, b in found[first : last + 1]]
            words[-1] = passage[found[last][0] : end]
            gaps = [passage[found[at][1] : found[at + 1][0]] for at in range(first, last)]
            if _is_name(words, gaps) and _may_start(passage, start, words, gaps):
                owner = _owner(passage, (start, end), words, entities, persons)
                if owner:
                    yield Stretch(start, end, (owner,), "key")


def _unelided(passage: str, start: int, end: int) -> tuple[int, int]:
    elided = re.match("(?:.*['’`])?[dl]['’`](?=[A-Z])", passage[start:end])
    return start + (elided.end() if elided else 0), end


def _without_possessive(passage: str, start: int, end: int) -> int:
    return start + len(re.sub(r"(?:['’`][sS])?['’`]*$", "", passage[start:end]))


def _is_name(words: Sequence[str], gaps: Sequence[str]) -> bool:
    for place, word in enumerate(words):
        plain = _plain(word)
        letters = plain.replace("'", "").lower()
        small = plain[0].islower() and place in range(1, len(words) - 1) and letters in ARTICLES | PARTICLES
        small = small or (place == 0 and letters in ARTICLES and words[min(1, len(words) - 1)][0].isupper())
        if not (plain[0].isupper() or small) or not (letters.isascii() and letters.isalpha()):
            return False
        if plain.isupper() or plain.endswith("'") or (plain.lower().endswith("'s") and place < len(words) - 1):
            return False
        if letters in NO_NAMES and letters not in ARTICLES:
            return False
    gaps = [
        gap.removesuffix("`").rstrip("'’") if word[0].isupper() else gap
        for gap, word in zip(gaps, words[1:], strict=True)
    ]
    return all(re.fullmatch(" |-", _plain(gap)) for gap in gaps) and words[-1].lower() not in ARTICLES


def _may_start(passage: str, start: int, words: Sequence[str], gaps: Sequence[str]) -> bool:
    before = _plain(passage[:start])
    sentence = re.search(r"(?:^|[.!?:;\"(\[•*])[ '-]{0,2}$", before) is not None
    article = words[0].lower() in ARTICLES and len(words) > 1
    if len(words) == 1 and sentence:
        return False
    if article and gaps[0] == " " and words[0].lower() not in FREE_ARTICLES:
        agrees = words[0][-1].lower() == words[1][0].lower() and words[0][0].isupper()
        if not agrees or sentence:
            return False
    return _stands_alone(passage, before, article=article)


def _owner(
    passage: str,
    span: tuple[int, int],
    words: Sequence[str],
    entities: Sequence[Entity],
    persons: frozenset[str],
) -> str:
    stretch = passage[span[0] : span[1]]
    wanted = key(stretch)
    having: list[tuple[Entity, str]] = []
    for entity in entities:
        for spelling in entity.spellings:
            letters = [letter for letter in spelling if letter.isalpha()]
            acronym = spelling.isupper() and 1 < len(letters) <= 6 and " " not in spelling
            if key(spelling) == wanted and wanted and not acronym:
                having.append((entity, spelling))
    linking = [pair for pair in having if _links(pair[1], person=pair[0].kind in persons)]
    if not linking or len({entity.id for entity, _ in having}) > 1:
        return ""
    entity, spelling = max(linking, key=lambda pair: _first(pair[1]) in ARTICLES)
    if _first(spelling) in KUNYAS and entity.kind not in persons and _followed(passage[span[1] :]):
        return ""
    return entity.id if _likely(stretch, words, spelling) else ""


def _likely(stretch: str, words: Sequence[str], spelling: str) -> bool:
    shortest = 5
    if words[0].lower() in ARTICLES and len(words) > 1 and _first(spelling) in ARTICLES:
        shortest = 3
    elif len(words) == 1 and _first(spelling) in ARTICLES:
        shortest = 6
    foreign = {letter for letter in fold(stretch).replace("ch", "") if letter in "cpvx"}
    return len(key(stretch)) >= shortest and foreign <= set(fold(spelling).replace("ch", ""))


def _first(spelling: str) -> str:
    return fold(spelling).replace("-", " ").split(" ")[0]


def _followed(after: str) -> bool:
    return re.match(" (?:al-|el-|bin |ibn )", _plain(after).lower()) is not None


def _links(spelling: str, *, person: bool) -> bool:
    parts = [part for part in re.split("[ -]", fold(spelling)) if part.replace("'", "")]
    lone = len([part for at, part in enumerate(parts) if part not in ARTICLES or at == len(parts) - 1]) == 1
    return spelling != spelling.lower() and not (person and lone)
