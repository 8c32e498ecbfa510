"""The bytes of a seed turned into text, or into the problem that says why they are none."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from readingroom.model import CleaningStep
from readingroom.problems import Problem

SIZE_LIMIT = 5_000_000

_Fault = tuple[str, str]
_EMPTY = ("the file is empty", "put the report's text into it, or take it out of seeds/")

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a zip or Office file"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"{\\rtf", "a rich-text file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
)
_CONTROLS = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
_STRANGE = re.compile(r"[\x80-\x9f¤¦ª¬¯¹²³¼½¾¿×÷µ¶¸ÐÝÞðýþ˘˙˚˛˝ˇ◊√∫≈∆Ω∑∏π∂ﬁﬂ]|[a-z][À-Þ]|[À-Þ]{2}")
_ASCII = bytes(range(128))
# Python's names of the legacy encodings that browsers read (WHATWG Encoding Standard, section 4.2); all others are
# codecs that turn text into other text, or that no page on the web can be in.
_BROWSERS = frozenset({
    "big5", "big5hkscs", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258",
    "cp866", "cp874", "cp932", "cp949", "euc_jp", "euc_kr", "gb18030", "gb2312", "gbk", "iso2022_jp", "iso8859-1",
    "iso8859-10",
    "iso8859-11", "iso8859-13", "iso8859-14", "iso8859-15", "iso8859-16", "iso8859-2", "iso8859-3", "iso8859-4",
    "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8", "iso8859-9", "koi8-r", "koi8-u", "mac-cyrillic", "mac-roman",
    "shift_jis", "tis-620",
})  # fmt: skip
_WESTERN = ("cp1252", "mac_roman")
_ARABIC = ("cp1256", "iso8859_6")
_ARABIC_LETTER = re.compile(r"[\u0621-\u064a\u067e\u0686\u0698\u06a9\u06af]")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_OTHER_LETTER = re.compile(r"[^\W\d_A-Za-z\u0621-\u06d2]|[\x80-\x9f]")
_MIXED = re.compile(r"[\u0621-\u064a][À-ÿœŒƒ]|[À-ÿœŒƒ][\u0621-\u064a]")
_ARABIC_WORD = re.compile(r"(?<!\w)(?:[وبلفك]?ال\w{3,}|في|من|على|إلى|عن|مع)(?!\w)")


class Decoded(NamedTuple):
    """A seed's text and, where that took more than reading UTF-8, the step that says what was done.

    `guessed` is the encoding it seems to be in, where nothing says which it is.
    """

    text: str
    steps: tuple[CleaningStep, ...] = ()
    guessed: str = ""


def decode(data: bytes, path: str, declared: str = "") -> tuple[Decoded | None, list[Problem]]:
    """Read a seed's bytes: as a byte order mark says, else UTF-8, else a legacy encoding.

    `declared` is the encoding the file itself names (an HTML page may); else the likeliest is taken, with
    a warning that names it.
    """
    fault = _fault(data)
    decoded = None
    if not fault:
        decoded, fault = _read(data, declared)
    if decoded and not decoded.text.strip():
        fault = _EMPTY
    if decoded and _LONE_SURROGATE.search(decoded.text):
        fault = "holds halves of characters, which no page can show", "save it again as UTF-8"
    if fault or decoded is None:
        return None, [Problem(path, 0, *(fault or _EMPTY))]
    if not decoded.guessed:
        return decoded, []
    message = f"is not UTF-8; read as {decoded.guessed}, which is a guess"
    hint = "look at its report; if letters are wrong, take both out and save the seed as UTF-8 under a new name"
    return decoded, [Problem(path, 0, message, hint, "warning")]


def _read(data: bytes, declared: str) -> tuple[Decoded | None, _Fault | None]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _marked(data, mark, encoding)
    try:
        return Decoded(data.decode("utf-8")), None
    except UnicodeDecodeError:
        return _legacy(data, declared)


def _fault(data: bytes) -> _Fault | None:
    """Name what makes bytes unreadable as text, and what to do about it."""
    if not data.strip(b"\x00\t\n\r \xef\xbb\xbf"):
        return _EMPTY
    if len(data) > SIZE_LIMIT:
        return f"{len(data):,} bytes; the limit is {SIZE_LIMIT:,}", "split it into its reports, one a file"
    for signature, name in _SIGNATURES:
        if data.startswith(signature):
            return f"this is {name}, not text", "save its text as a .txt file beside it and take this one out"
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE))
    controls = len(_CONTROLS.findall(data))
    if not wide and (b"\x00" in data or controls > 8 + len(data) // 100):
        return "the file is binary, not text", "save its text as a UTF-8 .txt file and take this one out"
    return None


def _marked(data: bytes, mark: bytes, encoding: str) -> tuple[Decoded | None, _Fault | None]:
    try:
        text = data[len(mark) :].decode("utf-8") if encoding == "utf-8" else data.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"starts as {encoding} but is not: {error.reason} at byte {error.start:,}"
        return None, (message, "save it again as UTF-8")
    name = "byte order mark" if encoding == "utf-8" else f"decode {encoding}"
    return Decoded(text, (CleaningStep(name, 1),)), None


def _legacy(data: bytes, declared: str) -> tuple[Decoded | None, _Fault | None]:
    said = _declared(data, declared)
    encoding = said or _western(data) or _arabic(data) or _guess(data)
    if not encoding:
        return None, ("in no encoding that could be recognised", "save it again as UTF-8")
    steps = (CleaningStep(f"decode {encoding}", 1),)
    return Decoded(data.decode(encoding), steps, "" if said else encoding), None


def _declared(data: bytes, encoding: str) -> str:
    r"""Return Python's name of the encoding a file names, "" where it is none that browsers know or not the file's.

    >>> _declared(b"\xe9", "windows-1252"), _declared(b"\xe9", "undefined"), _declared(b"\xe9", "unicode_escape")
    ('cp1252', '', '')
    """
    try:
        name = codecs.lookup(encoding).name
        if name in _BROWSERS:
            data.decode(name)
            return name
    except (LookupError, UnicodeError, ValueError):
        pass
    return ""


def _western(data: bytes) -> str:
    """Try the encodings of Western text first: in short, mostly ASCII text statistics guess wrong.

    >>> _western("Sha’fah – “Al-Jazeera Storm”".encode("cp1252")), _western("Идлиб".encode("cp1251"))
    ('cp1252', '')
    """
    if len(data.translate(None, _ASCII)) * 4 > len(data):
        return ""
    for encoding in _WESTERN:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _STRANGE.search(text):
            return encoding
    return ""


def _arabic(data: bytes) -> str:
    """Try the encodings of Arabic before statistics do, which take a short text for Chinese.

    In the wrong one, Arabic letters stand beside accented Latin ones or the article is hardly seen.

    >>> _arabic("مقتل ثلاثة مدنيين في حجين".encode("cp1256")), _arabic("Бои в провинции Идлиб".encode("cp1251"))
    ('cp1256', '')
    """
    for encoding in _ARABIC:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        letters, others = len(_ARABIC_LETTER.findall(text)), len(_OTHER_LETTER.findall(text))
        known = _ARABIC_WORD.search(text)
        if known and letters > 9 * others and not _MIXED.search(text):
            return encoding
    return ""


def _guess(data: bytes) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415  (start-up: few archives hold legacy text)

    best = from_bytes(data, cp_isolation=sorted(_BROWSERS)).best()
    return best.encoding if best else ""
