"""The browser turns names into the same folded forms, keys and skeletons as Python."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from readingroom.romanise import RULES, fold, key, skeleton
from test_romanise import LETTERS, NAMES

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCRIPT = Path(__file__).parents[2] / "templates" / "static" / "romanise.js"
ASK = """([rules, names]) => {
    const romanise = readingroomRomanise(rules);
    return names.map((name) => [romanise.fold(name), romanise.key(name), romanise.skeleton(name)]);
}"""


def _random_names() -> list[str]:
    found: list[str] = []

    @given(st.text(LETTERS, max_size=24))
    @settings(deadline=None, max_examples=400, database=None)
    def collect(name: str) -> None:
        found.append(name)

    collect()
    return found


def test_the_browser_gives_the_same_folding_keys_and_skeletons(page: Page) -> None:
    names = NAMES + _random_names()
    page.add_script_tag(content=SCRIPT.read_text(encoding="utf-8"))
    found = page.evaluate(ASK, [json.loads(json.dumps(RULES)), names])
    assert found == [[fold(name), key(name), skeleton(name)] for name in names]
