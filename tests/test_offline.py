from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from readingroom.offline import PACK, pack_index, pack_of, program_script, wrapped
from readingroom.problems import ProblemsError

if TYPE_CHECKING:
    from pathlib import Path

MODULE = "const a=import.meta.url;export{a};"


def index(folder: Path, sizes: dict[str, int]) -> Path:
    for name, size in sizes.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode() * size)
    (folder / "shard.json").write_text("{}", encoding="utf-8")
    return folder


def unpacked(folder: Path, together: int) -> dict[str, bytes]:
    """Read the packs back as the browser does."""
    found: dict[str, bytes] = {}
    for path in (folder / "offline").iterdir():
        text = path.read_text(encoding="utf-8").removeprefix("readingroom.offline.take(").removesuffix(");\n")
        files = {name: base64.b64decode(value) for name, value in json.loads(text).items()}
        assert {name.partition("/")[0] for name in files} == {folder.name}
        assert {pack_of(name.partition("/")[2], together) for name in files} == {path.stem}
        found |= files
    return found


def test_every_file_of_a_shard_is_in_the_pack_its_name_says(tmp_path: Path) -> None:
    reports = {f"fragment/{number}.pf_fragment": 100 for number in range(80)}
    words = {f"index/en_{number}.pf_index": 400 for number in range(3)}
    folder = index(tmp_path / "2018.ab", {**reports, **words, "pagefind.en_1.pf_meta": 400})
    together = pack_index(folder)
    wanted = {f"2018.ab/{path.relative_to(folder)}": path.read_bytes() for path in folder.rglob("*.pf_*")}
    assert unpacked(folder, together) == wanted
    assert together > 1
    assert {path.stem for path in (folder / "offline").iterdir()} >= {"index-en_0", "index-en_2", "pagefind.en_1"}
    assert all(len(pack) <= PACK * 4 // 3 + 500 for pack in (path.read_bytes() for path in folder.glob("offline/f*")))


def test_what_a_word_needs_stands_alone(tmp_path: Path) -> None:
    folder = index(tmp_path / "2018", {"index/en_1.pf_index": 1, "index/en_2.pf_index": 1, "filter/en_1.pf_filter": 1})
    pack_index(folder)
    assert {path.stem for path in (folder / "offline").iterdir()} == {"index-en_1", "index-en_2", "filter-en_1"}


def test_a_changed_file_changes_one_pack(tmp_path: Path) -> None:
    names = {f"fragment/{number}.pf_fragment": 300 for number in range(60)}
    before, after = index(tmp_path / "a" / "2018", names), index(tmp_path / "b" / "2018", names)
    changed = "fragment/7.pf_fragment"
    (after / changed).write_bytes((after / changed).read_bytes()[::-1])
    together = pack_index(before)
    assert pack_index(after) == together
    assert [
        path.name
        for path in sorted((before / "offline").iterdir())
        if path.read_bytes() != (after / "offline" / path.name).read_bytes()
    ] == [f"{pack_of(changed, together)}.js"]


def test_the_program_becomes_a_script_that_gives_its_interface() -> None:
    assert program_script(MODULE) == (
        "(self.readingroom=self.readingroom||{}).pagefind=function(fetch,moduleUrl){const a=moduleUrl;return{a}};\n"
    )


def test_a_program_of_another_form_is_refused_with_the_next_step() -> None:
    for module in ("const a=1;", "import x from 'y';export{x};", "const a=await import('y');export{a};"):
        with pytest.raises(ProblemsError, match="pagefind-bin"):
            wrapped(module)
