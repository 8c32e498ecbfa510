"""The named steps of cleaning: each a function from text to text that changes one kind of thing.

A step that changes words lists each change, a step that drops lines lists the lines; all others change
only white space, unseen characters and the form of punctuation. To make its changes a step calls
`substitute`; whoever wants to know them passes a function of the same shape that also records.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, NamedTuple

from readingroom.model import CleaningStep
from readingroom.words import BIDI, HIDDEN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Fix = Callable[[re.Match[str]], str]
Substitute = Callable[[re.Pattern[str], Fix, str], str]


class Step(NamedTuple):
    """One step of cleaning: its name in front matter, its function, and what of its changes it lists."""

    name: str
    clean: Callable[[str, Substitute], str]
    lists: Literal["words", "lines", "nothing"] = "nothing"


def substitute(pattern: re.Pattern[str], fix: Fix, text: str) -> str:
    """Put `fix(match)` in the place of every match."""
    return pattern.sub(fix, text)


def run(step: Step, text: str) -> tuple[str, CleaningStep | None]:
    """Clean a text by one step; if that changed anything, say how often, and what the step lists.

    >>> run(Step("dehyphenate", dehyphenate, "words"), "the disap- pearances")
    ('the disappearances', CleaningStep(step='dehyphenate', times=1, words=(('disap- pearances', \
'disappearances'),), lines=()))
    """
    changes: list[tuple[str, str]] = []

    def record(pattern: re.Pattern[str], fix: Fix, text: str) -> str:
        def note(found: re.Match[str]) -> str:
            new = fix(found)
            if new != found[0]:
                changes.append((found[0], new))
            return new

        return pattern.sub(note, text)

    cleaned = step.clean(text, record)
    if not changes:
        return text, None
    pairs = dict.fromkeys((" ".join(old.split()), " ".join(new.split())) for old, new in changes)
    words = tuple(pairs) if step.lists == "words" else ()
    lines = tuple(old for old, _ in pairs) if step.lists == "lines" else ()
    return cleaned, CleaningStep(step.name, len(changes), words, lines)


_TOKEN = re.compile(r"[^ \t\r\n]+")
_SUSPECT = re.compile("[\x80-\x9f\u00c2-\u00f4\u0402-\u045f√‚├┬Γ╬╧╨╤]")
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_HIDDEN = re.compile(f"[{HIDDEN}]+")
_BIDI = re.compile(f"[{BIDI}]")
_GAP = re.compile(r"[^\S\n]{2,}|[^\S \n]")
_EDGE = re.compile(r"^ | $", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")
_DOUBLE_COLON = re.compile(r":{2,}(?=\s|$)")
_BULLET = re.compile(r"^(?:[•●▪■◦‣⁃∙○➢➤►✓\uf0a7\uf0b7·] ?)+(?=\S)", re.MULTILINE)
_DASH_BULLET = re.compile(r"^[-–—*] (?=\S)", re.MULTILINE)
_ARTICLE = re.compile(r"(?<![\w-])([AaEe][ldhnrstz]h?|[Uu]l)- ([A-Z][\w’'-]*)")
_HYPHENATED = re.compile(r"(?<![^\W\d_])([^\W\d_]+)-(?=([^\W\d_]+))")
_HYPHEN = re.compile(r"(?<![\w’'-])([^\W\d_]{2,})-([ \n])([a-z]{2,})([^\s\w]*)")
_LETTERS = re.compile(r"[^\W\d_]+")
_REPEATED = re.compile(r"^([^\n]{20,})\n+(?=\1$)", re.MULTILINE)
_PREFIX = re.compile(
    "al|all|anti|ash|as|cross|east|el|ex|half|high|long|low|mid|multi|non|north|post|pre|pro|pseudo|quasi|self|semi"
    "|short|so|south|ul|vice|well|west",
    re.IGNORECASE,
)
_FUNCTION_WORD = re.compile(
    "a|after|also|although|an|and|as|at|because|before|but|by|during|for|from|had|has|have|he|in|including"
    "|into|is|it|its|mainly|nor|of|on|or|our|particularly|she|since|so|some|such|than|that|the|their|then"
    "|there|these|they|this|those|to|under|until|was|we|were|when|where|which|while|who|whose|with"
)


def fix_mojibake(text: str, sub: Substitute = substitute) -> str:
    r"""Undo text that was read in the wrong encoding, word by word, with ftfy's encoding fixer only.

    >>> fix_mojibake("the “Islamic Stateâ€\x9d in ShaÃ¢â‚¬â„¢fah"), fix_mojibake("Sha’fah, São Paulo")
    ('the “Islamic State” in Sha’fah', 'Sha’fah, São Paulo')
    """
    if not _SUSPECT.search(text):
        return text
    from ftfy import TextFixerConfig, fix_encoding  # noqa: PLC0415  (start-up: few texts need it)

    config = TextFixerConfig(replace_lossy_sequences=False)
    return sub(_TOKEN, lambda word: fix_encoding(word[0], config) if _SUSPECT.search(word[0]) else word[0], text)


def unify_line_ends(text: str, sub: Substitute = substitute) -> str:
    r"""End every line with a line feed.

    >>> unify_line_ends("a\r\nb\rc\x0cd"), unify_line_ends("a\n\nb")
    ('a\nb\nc\nd', 'a\n\nb')
    """
    return sub(_LINE_END, lambda _: "\n", text)


def drop_hidden(text: str, sub: Substitute = substitute) -> str:
    r"""Drop control, tag and zero-width characters; keep the joiners that Persian and Arabic need.

    >>> drop_hidden("Ha\u200bjin\x07"), drop_hidden("می\u200cخواهم")
    ('Hajin', 'می\u200cخواهم')
    """
    return sub(_HIDDEN, lambda _: "", text)


def drop_bidi(text: str, sub: Substitute = substitute) -> str:
    r"""Drop the characters that turn the direction of what follows: in a headline they turn figures.

    >>> drop_bidi("Report \u202eabc 123"), drop_bidi("المرصد 12")
    ('Report abc 123', 'المرصد 12')
    """
    return sub(_BIDI, lambda _: "", text)


def compose(text: str, sub: Substitute = substitute) -> str:
    r"""Compose letters and their marks (NFC); letters that only look alike stay as they are.

    >>> compose("Abu\u0304") == "Ab\u016b", compose("Н ajin K")
    (True, 'Н ajin K')
    """
    if unicodedata.is_normalized("NFC", text):
        return text
    return sub(_TOKEN, lambda word: unicodedata.normalize("NFC", word[0]), text)


def tidy_spaces(text: str, sub: Substitute = substitute) -> str:
    r"""Leave one space between words and none at the edges of lines.

    >>> tidy_spaces(" two  dead\xa0in \nHajin "), tidy_spaces("two dead\nin Hajin")
    ('two dead in\nHajin', 'two dead\nin Hajin')
    """
    return sub(_EDGE, lambda _: "", sub(_GAP, lambda _: " ", text))


def drop_blank_lines(text: str, sub: Substitute = substitute) -> str:
    r"""Leave one blank line between paragraphs.

    >>> drop_blank_lines("a\n\n\n\nb"), drop_blank_lines("a\n\nb\nc")
    ('a\n\nb', 'a\n\nb\nc')
    """
    return sub(_BLANK_LINES, lambda _: "\n\n", text)


def single_colons(text: str, sub: Substitute = substitute) -> str:
    """Turn a doubled colon at the end of a dateline into one.

    >>> single_colons("Idlib province:: the SOHR"), single_colons("std::vector")
    ('Idlib province: the SOHR', 'std::vector')
    """
    return sub(_DOUBLE_COLON, lambda _: ":", text)


def drop_bullets(text: str, sub: Substitute = substitute) -> str:
    r"""Drop the bullet before an item; a dash is one only where two or more lines start with it.

    >>> drop_bullets("• Hama\n- Homs\n- Idlib"), drop_bullets("- 40 dead"), drop_bullets("-40 military")
    ('Hama\nHoms\nIdlib', '- 40 dead', '-40 military')
    """
    text = sub(_BULLET, lambda _: "", text)
    return sub(_DASH_BULLET, lambda _: "", text) if len(_DASH_BULLET.findall(text)) > 1 else text


def join_articles(text: str, sub: Substitute = substitute) -> str:
    """Close the gap between an Arabic article and its name.

    >>> join_articles("in al- Hasakah"), join_articles("al-Hasakah, or al- as such")
    ('in al-Hasakah', 'al-Hasakah, or al- as such')
    """
    return sub(_ARTICLE, lambda found: f"{found[1]}-{found[2]}", text)


def dehyphenate(text: str, sub: Substitute = substitute) -> str:
    """Join a word broken by a hyphen and a space or line end, unless its parts are words of the text.

    >>> dehyphenate("enforced disap- pearances"), dehyphenate("pre- and post-war; the town- which fell")
    ('enforced disappearances', 'pre- and post-war; the town- which fell')
    >>> dehyphenate("a well-known man, a well- known town; a dash- fire, no fire")
    'a well-known man, a well-known town; a dash- fire, no fire'
    """
    if not _HYPHEN.search(text):
        return text
    folded = text.casefold()
    hyphenated = _hyphenated(folded)
    whole = set(_LETTERS.findall(_HYPHEN.sub(" ", folded)))

    def join(found: re.Match[str]) -> str:
        first, gap, second, tail = found.groups()
        parts = {first.casefold(), second}
        seconds = hyphenated.get(first.casefold(), ())
        at = bisect_left(seconds, second)
        if at < len(seconds) and seconds[at].startswith(second):
            return f"{first}-{second}{tail}"
        if _FUNCTION_WORD.fullmatch(second) or _PREFIX.fullmatch(first) or parts & whole:
            return found[0]
        return f"{first}{second}{tail}{gap.strip(' ')}"

    return sub(_HYPHEN, join, text)


def _hyphenated(folded: str) -> Mapping[str, Sequence[str]]:
    """Return what stands behind the hyphen, sorted, by what stands before it.

    >>> _hyphenated("the well-known and well-armed anti-tank-missile")
    {'well': ['armed', 'known'], 'anti': ['tank'], 'tank': ['missile']}
    """
    found: dict[str, set[str]] = {}
    for first, second in _HYPHENATED.findall(folded):
        found.setdefault(first, set()).add(second)
    return {first: sorted(seconds) for first, seconds in found.items()}


def drop_repeats(text: str, sub: Substitute = substitute) -> str:
    r"""Drop a line that the next one repeats to the letter.

    >>> drop_repeats("Clashes go on in Hajin.\n\nClashes go on in Hajin.\n\nMore.")
    'Clashes go on in Hajin.\n\nMore.'
    >>> drop_repeats("Hajin\n\nHajin\n\nClashes go on in Hajin.\n\nClashes go on in Hajin today.")
    'Hajin\n\nHajin\n\nClashes go on in Hajin.\n\nClashes go on in Hajin today.'
    """
    return sub(_REPEATED, lambda _: "", text)
