"""The tag of a language turned into the direction it is written in."""

from __future__ import annotations

_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ku-arab", "ps", "sd", "syr", "ug", "ur", "yi"})


def direction(language: str) -> str:
    """Return the direction a language is written in.

    >>> direction("ar-SY"), direction("en"), direction("az-Arab")
    ('rtl', 'ltr', 'rtl')
    """
    tag = language.casefold()
    return "rtl" if tag in _RIGHT_TO_LEFT or tag.split("-")[0] in _RIGHT_TO_LEFT or "-arab" in tag else "ltr"
