"""A seed's raw text turned into masthead, headline, deck and paragraphs, with every change accounted for."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from readingroom import furniture, steps
from readingroom.model import CleaningStep
from readingroom.steps import Step, run

PARAGRAPH_LIMIT = 200_000
HEADLINE_WORDS = 45
DECK_WORDS = 40
MASTHEAD_WORDS = 10
LINE_WORDS = 20

LINE_STEPS = (
    Step("mojibake", steps.fix_mojibake, "words"),
    Step("line ends", steps.unify_line_ends),
    Step("hidden characters", steps.drop_hidden),
    Step("composed letters", steps.compose),
    Step("white space", steps.tidy_spaces),
)
TEXT_STEPS = (
    *LINE_STEPS,
    Step("teasers", furniture.drop_teasers, "lines"),
    Step("page furniture", furniture.drop_furniture, "lines"),
    Step("date lines", furniture.drop_date_lines, "lines"),
    Step("Arabic masthead", furniture.drop_arabic_masthead, "lines"),
    Step("lone marks", furniture.drop_lone_marks),
    Step("blank lines", steps.drop_blank_lines),
    Step("repeated lines", steps.drop_repeats, "lines"),
    Step("dehyphenate", steps.dehyphenate, "words"),
    Step("article gaps", steps.join_articles, "words"),
    Step("doubled colons", steps.single_colons),
)
UNWRAP = "wrapped lines joined"
PART = "lines made paragraphs"
HEAD_STEPS = (Step("direction marks", steps.drop_bidi),)
BODY_STEPS = (Step("bullets", steps.drop_bullets),)

_ORGANISATION = re.compile(
    r"(?:[\w.’'&-]+ ){0,6}"
    r"(?:agency|association|cent(?:er|re)|commission|committee|council|foundation|institute|media|monitor|network"
    r"|news|observatory|office|organi[sz]ation|press|radio|society|union|watch|airwars|dabanga|reuters)"
    r"(?: (?:for|of|on|in|against) (?:[\w.’'&-]+ ?){1,5})?(?: ?\([\w-]+\))?",
    re.IGNORECASE,
)
_ARABIC_ORGANISATION = re.compile(
    r"(?:ال)?(?:مرصد|شبكة|مركز|منظمة|وكالة|مؤسسة|لجنة|رابطة|هيئة|مجلس|المرصد)"
    r"(?: (?:توثيق|شام|حقوق|أنباء|الأنباء|إعلام|دراسات|أبحاث|مراقبة|رصد))?"
    r"(?: (?:و?ال[\u0620-\u064a]+|ل(?:ل[\u0620-\u064a]+|حقوق)|في (?:سوريا|سورية)|شام)){1,5}"
)
_OPEN_END = re.compile(
    r"(?:,|،|(?<!\w)(?:an?|and|as|at|by|for|from|in|into|of|on|or|the|their|to|with|near|في|من|على|إلى|عن|مع|بين))$",
    re.IGNORECASE,
)
_ARTICLE_FIRST = re.compile(r"(?:al|el|ul|a[dnrstz]h?|abu|um|ibn|bin)[- ]")
_SMALL_WORDS = frozenset({"against", "and", "for", "in", "of", "on", "the", "to"})
_CLOSED = re.compile(r"[.!?:;,…][”\"'’)\]]*$")
_BULLETED = re.compile(r"(?:[•●▪■◦‣⁃∙○➢➤►✓\uf0a7\uf0b7·*–—-] )")
_DATELINE = re.compile(r"[^:]{3,60}(?:: |[–—] |-- )")


class Cleaned(NamedTuple):
    """A report as cleaned: what its page will say, and the steps that changed something, in order."""

    publisher: str
    title: str
    dek: str
    paragraphs: tuple[str, ...]
    steps: tuple[CleaningStep, ...]

    @property
    def parts(self) -> tuple[str, ...]:
        """All of its text in the order of the original."""
        return (self.publisher, self.title, self.dek, *self.paragraphs)


def clean(text: str, publishers: frozenset[str] = frozenset()) -> Cleaned:
    r"""Clean a raw report; `publishers` are mastheads known from elsewhere, in lower case.

    >>> report = clean("Hajin Monitor\n\nSDF take Hajin \n\nThe SDF took Hajin on Friday, to stay.")
    >>> report.publisher, report.title, report.paragraphs
    ('Hajin Monitor', 'SDF take Hajin', ('The SDF took Hajin on Friday, to stay.',))
    >>> [(step.step, step.times) for step in report.steps]
    [('white space', 1), ('masthead', 1)]
    """
    done: list[CleaningStep] = []
    items, joined, parted = _divide(apply(TEXT_STEPS, text, done), publishers)
    done += [CleaningStep(name, times) for name, times in ((UNWRAP, joined), (PART, parted)) if times]
    publisher, title, dek, body = split_head(items, publishers)
    if publisher:
        done.append(CleaningStep("masthead", 1, lines=(publisher,)))
    head = apply(HEAD_STEPS, f"{publisher}\n{title}\n{dek}", done)
    publisher, title, dek = (" ".join(part.split()) for part in head.split("\n"))
    paragraphs = apply(BODY_STEPS, "\n".join(body), done).split("\n")
    return Cleaned(publisher, title, dek, tuple(filter(None, paragraphs)), tuple(done))


def clean_markdown(text: str) -> tuple[str, tuple[CleaningStep, ...]]:
    r"""Clean text that is Markdown already: only its characters, never its lines.

    >>> clean_markdown("- Hama\r\n- Ho\x00ms\r\n")[0]
    '- Hama\n- Homs\n'
    """
    done: list[CleaningStep] = []
    return apply(LINE_STEPS[:-1], text, done), tuple(done)


def apply(chosen: tuple[Step, ...], text: str, done: list[CleaningStep]) -> str:
    """Run steps one after the other, adding to `done` what each that changed something did."""
    for step in chosen:
        text, found = run(step, text)
        if found:
            done.append(found)
    return text


def split_paragraphs(text: str) -> list[str]:
    r"""Split text at blank lines and line ends, joining only lines that were wrapped at a width.

    >>> split_paragraphs("Hama\nHoms\n\nIdlib")
    ['Hama', 'Homs', 'Idlib']
    >>> from textwrap import fill
    >>> split_paragraphs(fill("The regime forces took the control of a village near Hama and two in Idlib, "
    ... "and then lost one of them.", 45))
    ['The regime forces took the control of a village near Hama and two in Idlib, and then lost one of them.']
    """
    return _divide(text, frozenset()).paragraphs


class _Divided(NamedTuple):
    """Paragraphs, how many lines were joined to the one before, how many line ends became paragraphs' ends."""

    paragraphs: list[str]
    joined: int
    parted: int


def _divide(text: str, publishers: frozenset[str]) -> _Divided:
    blocks = [block for part in text.split("\n\n") if (block := [*filter(None, map(str.strip, part.split("\n")))])]
    lines = sum(map(len, blocks))
    width = _wrap_width(blocks)
    _join_headline(blocks, publishers)
    paragraphs: list[str] = []
    for at, block in enumerate(blocks):
        for number, line in enumerate(block):
            below_masthead = not at and number == 1 and is_masthead(block[0], publishers)
            if number and width and not below_masthead and _goes_on(block[number - 1], line, width):
                paragraphs[-1] += f" {line}"
            else:
                paragraphs.append(line)
    return _Divided(paragraphs, lines - len(paragraphs), len(paragraphs) - len(blocks))


def _join_headline(blocks: list[list[str]], publishers: frozenset[str]) -> None:
    """Join the lines of a headline that was wrapped, where a line plainly goes on in the next."""
    for block in blocks[:2]:
        at = int(len(block) > 1 and is_masthead(block[0], publishers))
        while len(block) > at + 1 and _is_wrapped_headline(block[at], block[at + 1]):
            block[at : at + 2] = [f"{block[at]} {block[at + 1]}"]
        if at < len(block) and not is_masthead(block[at], publishers):
            return


def _is_wrapped_headline(line: str, after: str) -> bool:
    """Tell whether a headline goes on: its line is open, the next short, in lower case or asked for by a small word.

    >>> _is_wrapped_headline("Regime forces take the control of 12 villages", "in the countryside of Hama")
    True
    >>> _is_wrapped_headline("Regime forces take Hajin", "al-Hasakah: calm"), _is_wrapped_headline("It fell.", "it did")
    (False, False)
    """
    if (_CLOSED.search(line) and not line.endswith(",")) or _BULLETED.match(after) or _DATELINE.match(after):
        return False
    goes_on = after[0].islower() and not _ARTICLE_FIRST.match(after)
    asked_for = bool(_OPEN_END.search(line))
    return (goes_on or asked_for) and len(after.split()) <= LINE_WORDS and is_headline(f"{line} {after}")


def _wrap_width(blocks: list[list[str]]) -> int:
    """Return the width a text was wrapped at, 0 if its line ends are its own.

    In a wrapped text two of three lines are about so long that the next word did not fit.
    """
    pairs = [pair for block in blocks for pair in pairwise(block)]
    lengths = sorted(len(line) for line, _ in pairs)
    if len(pairs) < 2:  # noqa: PLR2004  (two wrapped lines are the least that shows a width)
        return 0
    width = lengths[len(lengths) * 9 // 10]
    full = sum(_is_full(line, after, width) for line, after in pairs)
    return width if 40 <= width <= 120 and full * 3 >= len(pairs) * 2 else 0  # noqa: PLR2004  (columns)


def _goes_on(line: str, after: str, width: int) -> bool:
    if _BULLETED.match(after):
        return False
    return not _CLOSED.search(line) or _is_full(line, after, width)


def _is_full(line: str, after: str, width: int) -> bool:
    """Tell whether a line was about full: with the next word it comes to 85 % of the width or more."""
    return (len(line) + 1 + len(after.split(" ", 1)[0])) * 100 >= width * 85


def split_head(items: list[str], publishers: frozenset[str]) -> tuple[str, str, str, list[str]]:
    """Take masthead, headline and deck off the top, each "" if it is not there; the rest is the body."""
    publisher = title = dek = ""
    rest = list(items)
    if len(rest) > 1 and is_masthead(rest[0], publishers):
        publisher = rest.pop(0)
    if rest and is_headline(rest[0]):
        title = rest.pop(0)
        if len(rest) > 1 and is_deck(rest[0], rest[1]):
            dek = rest.pop(0)
    return publisher, title, dek, rest


def is_masthead(line: str, publishers: frozenset[str] = frozenset()) -> bool:
    """Tell whether a first line names a publisher: one known, or an organisation in capitals or in Arabic.

    >>> is_masthead("The Syrian Observatory For Human Rights"), is_masthead("SANA", frozenset({"sana"}))
    (True, True)
    >>> is_masthead("SOHR documents 3 deaths"), is_masthead("Human Rights Watch condemns attack")
    (False, False)
    >>> is_masthead("المرصد السوري لحقوق الإنسان"), is_masthead("المرصد السوري يوثق مقتل مدنيين في حلب")
    (True, False)
    """
    names = line.split()
    if line.casefold() in publishers or _ARABIC_ORGANISATION.fullmatch(line):
        return True
    capitals = all(name in _SMALL_WORDS or not name[0].islower() for name in names)
    return capitals and len(names) <= MASTHEAD_WORDS and bool(_ORGANISATION.fullmatch(line))


def is_headline(line: str) -> bool:
    """Tell whether a first line is a headline: short, and no sentence unless very short.

    >>> is_headline("ISIS resurgence | 2 killed in Homs"), is_headline("• Homs"), is_headline("word " * 60)
    (True, False, False)
    """
    count = len(line.split())
    short = count <= 12 or (count <= HEADLINE_WORDS and not line.endswith("."))  # noqa: PLR2004  (words)
    return short and not _BULLETED.match(line)


def is_deck(line: str, after: str) -> bool:
    """Tell whether the line below a headline is a deck: short, open at its end, longer text after it.

    >>> body = "The SOHR monitored clashes in the countryside of Hama since the morning of Friday."
    >>> is_deck("Within 4 months, ISIS came back in 3 provinces", body), is_deck("They came back.", body)
    (True, False)
    >>> is_deck("Aleppo province: the SOHR monitored clashes", body), is_deck("Clashes in Hama today", "Homs")
    (False, False)
    """
    if _CLOSED.search(line) or _BULLETED.match(line) or _DATELINE.match(line):
        return False
    return len(line.split()) <= DECK_WORDS and len(after) > len(line)
