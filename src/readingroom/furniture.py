"""The steps of cleaning that drop whole lines a web page put around a report; every line is listed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from readingroom.steps import substitute

if TYPE_CHECKING:
    from readingroom.steps import Substitute

_FURNITURE = re.compile(
    r"^(?:"
    r"share(?: (?:this|on|via|with|the (?:link|post|page|article|news|report))\b.{0,60}|\s*:?)"
    r"|click to (?:share|print|email)\b.{0,80}"
    r"|(?:facebook|twitter|tweet|whatsapp|telegram|linkedin|pinterest|e-?mail|print|reddit|tumblr|copy link)"
    r"(?:[ |,/]+(?:facebook|twitter|tweet|whatsapp|telegram|linkedin|pinterest|e-?mail|print|reddit|tumblr))*"
    r"|(?:read|see|learn) more(?:\s*(?:\.\.\.|…|»|>+|:))?|leave a (?:reply|comment)|cancel reply|post comment"
    r"|you must be (?:logged in|registered) to .{0,60}|(?:log ?in|sign in)(?: to (?:reply|comment).{0,40})?"
    r"|(?:logged in as|log out\?|lost your password).{0,60}"
    r"|your e-?mail address will not be published.{0,60}|required fields are marked.{0,20}"
    r"|save my name, e-?mail,? .{0,100}|notify me of .{0,60}|(?:no|\d+) comments?"
    r"|comments? (?:are )?closed\.?"
    r"|(?:this (?:web)?site|we) uses? cookies\b.{0,200}|(?:accept|reject) (?:all )?(?:cookies)?|cookie policy"
    r"|(?:related|similar|previous|next|recent|latest) (?:articles?|posts?|news|stories)\s*:?"
    r"|you (?:might|may) also like\s*:?.{0,30}|check also\s*:?|also read\s*:?"
    r"|skip to (?:main )?content|back to top|(?:subscribe|sign up) (?:to|for) (?:our|the) .{0,60}"
    r"|ua-\d{4,}-\d+|g-[a-z0-9]{8,}|gtm-[a-z0-9]{5,}|-->|<!--|%s|\[email\xa0?\s?protected\]|advertisements?"
    r")$\n?",
    re.MULTILINE | re.IGNORECASE,
)
_TEASER = re.compile(
    r"^(?:check also|related (?:articles?|posts?|news)|you (?:might|may) also like|also read)\s*:?$\n+"
    r"(?:(?![^\n]*[.!?”\"]$)[^\n]{1,160}(?:\n+|\Z)){1,6}\Z",
    re.MULTILINE | re.IGNORECASE,
)
_MONTHS = (
    r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|january|february|march|april|august|september"
    r"|october|november|december)"
)
_DATE_LINE = re.compile(
    r"(?:^(?:date|published|posted|updated|last updated|created)(?: on| at)?[ :]+|(?<=\n\n)|\A)"
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?"
    rf"(?:\d{{4}}-\d\d-\d\d|\d\d?(?:st|nd|rd|th)?(?: of)? {_MONTHS},? \d{{4}}"
    rf"|{_MONTHS} \d\d?(?:st|nd|rd|th)?,? \d{{4}})"
    r"(?:,? (?:at )?\d\d?:\d\d(?::\d\d)?(?: ?[ap]m)?(?: (?:gmt|utc))?)?$\n?",
    re.MULTILINE | re.IGNORECASE,
)
_LONE_MARK = re.compile(r"^[-–—•*_=~·|]+$\n?", re.MULTILINE)
_ARABIC = re.compile(r"[\u0620-\u064a]+")
_LATIN = re.compile(r"[A-Za-z]+")
_ARABIC_LINE = re.compile(r"^[^\nA-Za-z]*[\u0620-\u064a][^\nA-Za-z]*$\n?", re.MULTILINE)
_PUBLISHER = re.compile("المرصد|الشبكة|شبكة|مركز|منظمة|وكالة|لحقوق")
_LONG_LINE = re.compile(r"^[^\n]{200,}", re.MULTILINE)


def drop_teasers(text: str, sub: Substitute = substitute) -> str:
    r"""Drop the headlines of other reports that stand below "Check Also" and the like at the end.

    >>> drop_teasers("Two dead in Hajin.\n\nCheck Also\n\nSnow closes roads in Idlib")
    'Two dead in Hajin.\n\n'
    >>> drop_teasers("Related articles\n\nTwo dead in Hajin, sources said.")
    'Related articles\n\nTwo dead in Hajin, sources said.'
    """
    return sub(_TEASER, lambda _: "", text)


def drop_furniture(text: str, sub: Substitute = substitute) -> str:
    r"""Drop lines that invite to share, comment, log in, read more, accept cookies, and tracking ids.

    >>> drop_furniture("Two dead in Hajin.\nRead More\nUA-1234567-1\n")
    'Two dead in Hajin.\n'
    >>> drop_furniture("Share of the oil\nEmail records show shelling.")
    'Share of the oil\nEmail records show shelling.'
    """
    return sub(_FURNITURE, lambda _: "", text)


def drop_date_lines(text: str, sub: Substitute = substitute) -> str:
    r"""Drop a line that holds nothing but a date: it says when the page was published.

    >>> drop_date_lines("date 2018-07-30\nHajin falls"), drop_date_lines("It fell on\n30 July 2018\nand")
    ('Hajin falls', 'It fell on\n30 July 2018\nand')
    """
    return sub(_DATE_LINE, lambda _: "", text)


def drop_lone_marks(text: str, sub: Substitute = substitute) -> str:
    r"""Drop a dash, bullet or rule that stands alone on its line.

    >>> drop_lone_marks("Hama\n–\nHoms"), drop_lone_marks("– Homs")
    ('Hama\nHoms', '– Homs')
    """
    return sub(_LONE_MARK, lambda _: "", text)


def drop_arabic_masthead(text: str, sub: Substitute = substitute) -> str:
    r"""Drop the Arabic form of the masthead above a report in Latin letters; other Arabic stays.

    >>> drop_arabic_masthead("المرصد السوري لحقوق الإنسان\nISIS comes back to life in Aleppo province")
    'ISIS comes back to life in Aleppo province'
    >>> drop_arabic_masthead("المرصد السوري لحقوق الإنسان\nمقتل مدنيين في حلب SOHR")
    'المرصد السوري لحقوق الإنسان\nمقتل مدنيين في حلب SOHR'
    >>> drop_arabic_masthead("ISIS comes back to life in Aleppo province\nقرية حجين")
    'ISIS comes back to life in Aleppo province\nقرية حجين'
    """
    arabic = len(_ARABIC.findall(text))
    if not arabic or arabic >= len(_LATIN.findall(text)):
        return text
    body = _LONG_LINE.search(text)
    head = body.start() if body else len(text)

    def drop(line: re.Match[str]) -> str:
        return "" if line.start() < head and _PUBLISHER.search(line[0]) else line[0]

    return sub(_ARABIC_LINE, drop, text)
