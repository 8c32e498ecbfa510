"""A span turned into reasons: what its own words, its title and the words beside it say of its class."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from readingroom.discovery.chunks import DETERMINERS, QUOTES, SAYS_AFTER, SAYS_BEFORE, lower
from readingroom.discovery.rules import GAP, Reason
from readingroom.problems import with_article
from readingroom.romanise import ARTICLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from readingroom.discovery.lines import Line, Span, Style
    from readingroom.discovery.rules import Phrases, Rules

BEYOND_DOUBT = 6.0
DOUBTED = 2.0
_PLAIN_TO_SEE = 4.0
_OWN_NOUN = 3.5
_CALLED = 3.0
_GAP_WORDS = 5
_LONGEST_BRACKET = 16
_SENTENCE_END = frozenset(".!?:;")
_ACRONYM = 6
_SHORT = 3
_VOWELS = frozenset("aeiouy")
_KUNYA_WITH_NISBA = 3
_LONGEST_FULL_NAME = 4
_DATELINE = 12
_DASHES = frozenset("-–—")
_MOST_DIGITS = 2
_SPANISH = frozenset({"la", "el", "los", "las"})

WORLD_PLACE = Reason("place", 4.5, "a country, capital or region of the world")
WORLD_BODY = Reason("organisation", 4.5, "a body known worldwide")
NATIONS_ARMY = Reason("faction", 4.0, "a nation's forces")
GIVEN_INSIDE = Reason("person", 1.8, "a given name stands among its words")
FULL_NAME = Reason("person", 1.0, "built like a person's full name")
GIVEN_LAST = Reason("person", 1.2, "its last word is a given name")
DATELINE = Reason("place", 3.0, "stands in a dateline")
GIVEN = Reason("person", 2.6, "its first word is a given name")
ARTICLE = Reason("place", 0.5, "begins with the article al-")
LIKE_ACRONYM = Reason("faction", 1.2, "built like an acronym")
ACRONYM = Reason("faction", 1.8, "written in capitals like an acronym")


class Own(NamedTuple):
    """What the own words of a name say of its class, and whether that needs no title to be believed."""

    reasons: tuple[Reason, ...]
    plain: bool


def weigh(line: Line, span: Span, rules: Rules) -> tuple[Reason, ...]:
    """Collect every reason for a class of one span: at most one for each class and side."""
    if span.quoted:
        noun = line.lows[span.last]
        why = (
            f"quoted as the name of {with_article(span.quoted)}" if noun in QUOTES else f"a quoted name beside “{noun}”"
        )
        return (Reason(span.quoted, BEYOND_DOUBT, why),)
    name = line.text[line.starts[span.first] : line.end(span.last)]
    words = line.words[span.first : span.last + 1]
    if not span.first and _is_in_dateline(line, span):
        own = own_words(rules, line.style, words, name, dateline=True)
    else:
        own = own_words(rules, line.style, words, name)
    before, after = _before(line, span, rules), _after(line, span, rules)
    title = _title(span, rules) if span.title and not own.plain else ()
    if title or before or after:
        return (*own.reasons, *title, *_strongest(before), *_strongest(after))
    return own.reasons


@lru_cache(maxsize=1 << 15)
def own_words(rules: Rules, style: Style, words: tuple[str, ...], printed: str, *, dateline: bool = False) -> Own:
    """Weigh the words of a name as they stand, without those around them."""
    reasons = tuple(_own_words(rules, style, words, printed.lower().rstrip("."), dateline=dateline))
    return Own(reasons, any(each.weight >= _PLAIN_TO_SEE and each.sort != "person" for each in reasons))


def _own_words(rules: Rules, style: Style, words: tuple[str, ...], name: str, *, dateline: bool) -> Iterator[Reason]:
    lows = tuple(map(lower, words))
    known = _of_the_world(words[0], name, rules)
    if known:
        yield known
        return
    if lows[0] in rules.world["peoples"] and lows[-1] in rules.words["armies"]:
        yield NATIONS_ARMY
        return
    inside = [each for each in _inside(lows, rules) if each.sort != "place" or not _says_only_where(lows, rules)]
    if style == "capitals" and _begins_like_a_sentence(lows, inside, rules):
        inside = [inside[0]._replace(weight=DOUBTED)]
    yield from inside
    if not any(each.weight >= _OWN_NOUN for each in inside):
        yield from _personal(words, lows, style, rules)
    if dateline:
        yield DATELINE
    elif len(words) == 1 and style != "capitals" and _is_acronym(words[0], rules):
        yield ACRONYM
    elif len(words) == 1 and style == "capitals" and _is_like_acronym(lows[0], rules):
        yield LIKE_ACRONYM


def _begins_like_a_sentence(lows: tuple[str, ...], inside: Sequence[Reason], rules: Rules) -> bool:
    """Tell a plain word at the head ("SOLDIERS OF …", "NEW AK") that may as well be no part of a name."""
    first = rules.inside.first.get(lows[0])
    if not inside or first is None or lows[-1] in rules.inside.last:
        return False
    if first.sort == "place":
        return all(len(low) <= _SHORT for low in lows[1:])
    return first.sort == "faction" and rules.lexicon.is_common(lows[0])


def _of_the_world(word: str, name: str, rules: Rules) -> Reason | None:
    if name == "us" and word != "US":
        return None
    if name in rules.world["places"]:
        return WORLD_PLACE
    return WORLD_BODY if name in rules.world["organisations"] else None


def _says_only_where(lows: tuple[str, ...], rules: Rules) -> bool:
    """Tell a direction with common words ("Eastern European Time") from a part of the world ("Eastern Ghouta")."""
    if lows[0] not in rules.words["directions"] or lows[-1] in rules.inside.last:
        return False
    return all(rules.lexicon.is_common(low) or low in rules.world["peoples"] for low in lows)


def _inside(lows: tuple[str, ...], rules: Rules) -> Iterator[Reason]:
    words = [low for low in lows if low[0].isalnum() and low not in ARTICLES]
    if not words:
        return
    pair = next((found for both in pairwise(words) if (found := rules.inside.pairs.get(" ".join(both)))), None)
    if pair:
        yield pair
        return
    office = words[words.index("of") - 1] if "of" in words[1:] else ""
    if office in rules.inside.first and rules.inside.first[office].sort == "organisation":
        yield rules.inside.first[office]
        return
    last = rules.inside.last.get(words[-1]) if len(words) > 1 and words[0] not in _SPANISH else None
    if last:
        yield last
    head = next((rules.inside.last[low] for low in words[:-1] if low in rules.inside.last), None)
    if head and not last and ("of" in words or "for" in words):
        yield head
        last = head
    first = rules.inside.first.get(words[0])
    if first and (len(lows) > 1 or first.sort == "faction") and not (last and first.sort == "place"):
        yield first
    other = next((rules.inside.any[low] for low in words if low in rules.inside.any), None)
    if other and not last and not first and len(words) > 1:
        yield other


def _personal(printed: tuple[str, ...], lows: tuple[str, ...], style: Style, rules: Rules) -> Iterator[Reason]:
    words = [low for low in lows if low[0].isalnum()]
    if lows[0] in rules.kunyas:
        kunya = printed[0]
        if len([low for low in words if low not in ARTICLES]) >= _KUNYA_WITH_NISBA:
            yield Reason("person", 2.2, f"built like “{kunya} … al-…”")
        elif len(words) > 1:
            yield Reason("person", 0.5, f"begins with “{kunya}”")
            yield Reason("place", 0.5, f"begins with “{kunya}”")
    elif lows[0] in rules.given and len(words) > 1:
        yield GIVEN
    elif len(words) > 2 and any(low in rules.given for low in words[1:-1]):  # noqa: PLR2004
        yield GIVEN_INSIDE
    elif len(words) > 1 and lows[-1] in rules.given and lows[0] not in rules.inside.first:
        yield GIVEN_LAST
    elif style == "capitals" and _is_like_full_name(words, rules):
        yield FULL_NAME
    if lows[0] in ARTICLES and lows[1:2] == ("-",):
        yield ARTICLE


def _is_like_full_name(words: list[str], rules: Rules) -> bool:
    no_part = (rules.world["peoples"], rules.world["places"], rules.inside.first, rules.words["joins"])
    fits = 1 < len(words) <= _LONGEST_FULL_NAME and not any(words[0] in listed for listed in no_part)
    fits = fits and not words[-1].isdigit()
    return fits and not any(rules.lexicon.is_common(word) or word in rules.world["peoples"] for word in words)


def _is_in_dateline(line: Line, span: Span) -> bool:
    """Tell the place at the head of a line: "ERBIL, Kurdistan Region — …", "Hama Province – …"."""
    if line.style == "title" or span.last + 1 >= len(line.words) or line.words[span.last + 1] != ",":
        return False
    head = line.words[span.last + 2 : span.last + _DATELINE]
    dash = next((place for place, word in enumerate(head) if word in _DASHES), -1)
    return dash > 0 and all(not word.islower() or word in "(),." for word in head[:dash])


def _is_acronym(printed: str, rules: Rules) -> bool:
    word = printed.rstrip("s")
    fits = 1 < len(word) <= _ACRONYM and word.isupper() and word.isalnum()
    fits = fits and sum(map(str.isdigit, word)) <= _MOST_DIGITS
    return fits and lower(printed) not in rules.words["no_acronyms"]


def _is_like_acronym(low: str, rules: Rules) -> bool:
    """Tell a word in a line of capitals that no one could pronounce, or of three letters at most."""
    if low in rules.words["no_acronyms"]:
        return False
    short = low.isalpha() and 1 < len(low) <= _ACRONYM
    return short and (len(low) <= _SHORT or not _VOWELS.intersection(low))


def _title(span: Span, rules: Rules) -> tuple[Reason]:
    office = any(low in rules.titles["office"] for low in span.title)
    shown = " ".join(low for low in span.title if low[0].isalnum())
    return (Reason("person", 4.0, f"“{shown}” stands before it", office),)


def _strongest(reasons: Sequence[Reason]) -> Iterable[Reason]:
    if len(reasons) < 2:  # noqa: PLR2004
        return reasons
    best: dict[str, Reason] = {}
    for reason in reasons:
        if reason.sort not in best or reason.weight > best[reason.sort].weight:
            best[reason.sort] = reason
    return best.values()


def is_called_a_place(line: Line, span: Span, rules: Rules) -> bool:
    """Tell whether the words beside a name call it a place beyond doubt: "the town of …", "… neighborhood"."""
    found = (*_before(line, span, rules), *_after(line, span, rules))
    return any(reason.sort == "place" and reason.weight >= _CALLED for reason in found)


def _before(line: Line, span: Span, rules: Rules) -> Sequence[Reason]:
    place = span.first - 1
    if place < 0 or not line.signs[place] & SAYS_BEFORE:
        return ()
    return _read(line, rules.before, _pass_over(line, place, -1), -1)


def _after(line: Line, span: Span, rules: Rules) -> Sequence[Reason]:
    place = span.last + 1
    if place == len(line.signs) or not line.signs[place] & SAYS_AFTER:
        return ()
    place = _pass_over(line, place, 1)
    found = _read(line, rules.after, place, 1)
    if place < len(line.lows) and line.lows[place] == "'s":
        found += _read(line, rules.after, place + 1, 1)
    return found


def _pass_over(line: Line, place: int, step: int) -> int:
    """Pass over quotation marks beside a name, a determiner before it and brackets after it."""
    while 0 <= place < len(line.words) and line.words[place] in QUOTES:
        place += step
    if step > 0 and place < len(line.words) and line.words[place] in "([":
        close = next(
            (end for end in range(place, min(place + _LONGEST_BRACKET, len(line.words))) if line.words[end] in ")]"), -1
        )
        place = close + 1 if close > 0 else place
    if step < 0 and place >= 0 and line.lows[place] in DETERMINERS:
        place -= 1
    while step < 0 and place >= 0 and line.words[place] in QUOTES:
        place -= 1
    return place


def _read(line: Line, phrases: Phrases, place: int, step: int) -> list[Reason]:
    """Follow the phrases word by word away from the name, giving the reasons passed on the way.

    Quotation marks are passed over; a gap stands for up to five words of one sentence.
    """
    found = [*phrases.reasons]
    after = phrases.after
    if not after:
        return found
    while 0 <= place < len(line.words) and line.words[place] in QUOTES:
        place += step
    if not 0 <= place < len(line.lows):
        return found
    following = after.get(line.lows[place])
    if following:
        found += _read(line, following, place + step, step)
    gap = after.get(GAP)
    if gap:
        for reached in _within_sentence(line, place, step):
            following = gap.after.get(line.lows[reached])
            if following:
                found += _read(line, following, reached + step, step)
    return found


def _within_sentence(line: Line, place: int, step: int) -> Iterator[int]:
    for reached in range(place, place + step * (_GAP_WORDS + 1), step):
        if not 0 <= reached < len(line.words) or line.words[reached] in _SENTENCE_END:
            return
        yield reached
