"""A text turned into the tag of the language it is written in, by its letters and its commonest words."""

from __future__ import annotations

import re

LATIN = "Latin"
ARABIC = "Arabic"
CYRILLIC = "Cyrillic"
_SCRIPTS = {
    LATIN: re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"),
    ARABIC: re.compile(r"[\u0620-\u064a\u066e-\u06d5\u06ee-\u06ef\u06fa-\u06ff\u0750-\u077f]"),
    CYRILLIC: re.compile(r"[\u0400-\u052f]"),
    "he": re.compile(r"[\u05d0-\u05ea]"),
    "el": re.compile(r"[\u0370-\u03ff]"),
    "hy": re.compile(r"[\u0531-\u0587]"),
    "ka": re.compile(r"[\u10a0-\u10ff]"),
    "und-Syrc": re.compile(r"[\u0710-\u074f]"),
    "und-Hani": re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]"),
}
_ARABIC_LANGUAGES = {
    "ku": re.compile(r"[\u0695\u06b5\u06c6\u06ce\u06d5]"),
    "ur": re.compile(r"[\u0679\u0688\u0691\u06ba\u06be\u06d2]"),
    "fa": re.compile(r"[\u067e\u0686\u0698\u06a9\u06af\u06cc]"),
}
_IN_ARABIC_LETTERS = frozenset({"ar", "ckb", "fa", "ku", "ps", "sd", "ug", "ur"})
_LATIN_ONLY = frozenset({"de", "en", "es", "fr", "it", "nl", "pt", "sv", "tr"})
_UKRAINIAN = re.compile(r"[іїєґ]", re.IGNORECASE)
_RUSSIAN = re.compile(r"[ыэё]", re.IGNORECASE)
_OTHER_CYRILLIC = re.compile(r"[ђјљњћџўөүқңғҳ]", re.IGNORECASE)
_COMMONEST = {
    "en": "the of and in to by was were that which with from for on at is are has have their",
    "es": "el los las del que y en por una con para se su fue sus como más",
    "fr": "le les des du et dans une par pour qui est sur au aux été ont que son",
    "tr": "ve bir bu için ile olarak da olan çok sonra kadar daha göre ise ancak tarafından",
    "de": "der die das und den dem von mit im ist nicht auf eine ein wurde wurden sich",
}
_FUNCTION_WORDS = {language: frozenset(words.split()) for language, words in _COMMONEST.items()}
_WORD = re.compile(r"[^\W\d_]+")
_SURE = 0.02  # of an Arabic-script text's letters: names from elsewhere bring single foreign letters
_CLEAR = 0.06  # of a text's words: every language has a tenth or more of its commonest
_TWICE = 2


def language_of(text: str) -> str:
    """Tell the language of a text as a BCP 47 tag; in Latin letters it is English unless clearly another.

    >>> language_of("The SDF took Hajin"), language_of("قتل ثلاثة مدنيين"), language_of("Бои в Идлибе, погибли мирные")
    ('en', 'ar', 'ru')
    >>> language_of("Les forces du régime ont été repoussées dans la ville par les rebelles"), language_of("1 2 3")
    ('fr', 'en')
    """
    script = script_of(text)
    if script == LATIN:
        return _by_words(text)
    if script == ARABIC:
        return _by_arabic_letters(text)
    return _by_cyrillic_letters(text) if script == CYRILLIC else script


def can_be(tag: str, text: str) -> bool:
    """Tell whether a text's letters are some that the language it is said to be in is written with.

    >>> can_be("en-US", "The SDF took Hajin"), can_be("en-US", "قتل ثلاثة مدنيين"), can_be("ar", "The SDF")
    (True, False, False)
    """
    language, script = tag.partition("-")[0].lower(), script_of(text)
    if language in _IN_ARABIC_LETTERS and "-latn" not in tag.lower():
        return script == ARABIC or (language == "ku" and script == LATIN)
    return script == LATIN or language not in _LATIN_ONLY


def holds(script: str, text: str) -> bool:
    """Tell whether a text has a letter of a script that `script_of` names."""
    return bool(_SCRIPTS[script].search(text))


def script_of(text: str) -> str:
    """Name the script most letters of a text are of; Latin where it has no letters."""
    counts = {name: len(letters.findall(text)) for name, letters in _SCRIPTS.items()}
    return max(counts, key=lambda name: counts[name])


def _by_arabic_letters(text: str) -> str:
    letters = len(_SCRIPTS[ARABIC].findall(text))
    for language, own in _ARABIC_LANGUAGES.items():
        if len(own.findall(text)) > letters * _SURE:
            return language
    return "ar"


def _by_cyrillic_letters(text: str) -> str:
    ukrainian, russian = len(_UKRAINIAN.findall(text)), len(_RUSSIAN.findall(text))
    if _OTHER_CYRILLIC.search(text):
        return "und-Cyrl"
    return "uk" if ukrainian > russian else "ru"


def _by_words(text: str) -> str:
    words = _WORD.findall(text.lower())
    counts = {language: sum(word in own for word in words) for language, own in _FUNCTION_WORDS.items()}
    best = max(counts, key=lambda language: counts[language])
    several = len(_FUNCTION_WORDS[best].intersection(words)) > 1
    clear = counts[best] >= len(words) * _CLEAR and counts[best] > counts["en"] * _TWICE
    return best if several and clear else "en"
