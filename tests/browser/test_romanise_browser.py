"""The browser turns names into the same folded forms, keys and skeletons as Python."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from readingroom.lookup import cards, look_up
from readingroom.model import Entity
from readingroom.names_file import KindLabel, NameRow, names_scripts
from readingroom.romanise import RULES, fold, key, skeleton
from test_romanise import LETTERS, NAMES

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

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


def test_the_box_and_names_find_answer_the_same_to_short_names_in_arabic(
    page: Page, built: Path, tmp_path: Path, serve: Callable[[Path], AbstractContextManager[str]]
) -> None:
    shutil.copytree(built, tmp_path / "site")
    entities = [
        Entity(f"places/{name.lower()}", "", "place", name)
        for name in ("Raqqa", "Raqqa-Qadima", "al-Qaeda", "Daesh", "Hama", "Rukban", "Hajin")
    ]
    rows = [NameRow(each.id, each.name, "", "", 0, (each.name,)) for each in entities]
    for name, script in names_scripts(rows, kinds=[KindLabel("places", "place", "Place", "Places")], reports=1):
        (tmp_path / "site/names" / name).write_text(script, encoding="utf-8")
    asked = ["الرقة", "القاعدة", "داعش", "حماة", "هجين", "rk", "rq", "Rakka"]
    with serve(tmp_path / "site") as address:
        page.goto(f"{address}about.html")
        found = page.evaluate(
            """async (asked) => {
                await readingroom.load();
                const answers = await Promise.all(asked.map((typed) => readingroom.lookup(typed)));
                return answers.map((found) => found.map(({ row }) => row.id));
            }""",
            asked,
        )
    assert found[:3] == [["places/raqqa"], ["places/al-qaeda"], ["places/daesh"]]
    assert found == [[hit.entity.id for hit in look_up(typed, cards(entities, {}))] for typed in asked]
