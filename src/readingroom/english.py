"""English words beside names, as english.json lists them: what matching and choosing know of the language."""

from __future__ import annotations

import json
import re
from pathlib import Path

_WORDS = json.loads(Path(__file__).with_name("english.json").read_text(encoding="utf-8"))


def _listed(name: str) -> frozenset[str]:
    return frozenset(" ".join(_WORDS[name]).split())


def _cues(side: str) -> dict[str, re.Pattern[str]]:
    return {sort: re.compile("|".join(cues[side])) for sort, cues in _WORDS["cues"].items()}


NOT_NAMES = _listed("not_names")
NO_ACRONYMS = _listed("no_acronyms")
NO_NAMES = _listed("no_names")
NO_INITIALS = _listed("no_initials")
CUES_BEFORE = _cues("before")
CUES_AFTER = _cues("after")
