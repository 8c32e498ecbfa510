from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING

import pytest

from readingroom.offline import PACK, pack_index, pack_of, wrapped
from readingroom.problems import ProblemsError

if TYPE_CHECKING:
    from pathlib import Path

MODULE = "const a=import.meta.url;export{a};"


def index(folder: Path, sizes: dict[str, int]) -> Path:
    for name, size in sizes.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode() * size)
    (folder / "pagefind.js").write_text(MODULE, encoding="utf-8")
    (folder / "pagefind-worker.js").write_text("worker", encoding="utf-8")
    return folder


def unpacked(folder: Path) -> dict[str, bytes]:
    """Read the packs back as the browser does."""
    found: dict[str, bytes] = {}
    for path in (folder / "offline").glob("[0-9]*.js"):
        text = path.read_text(encoding="utf-8").removeprefix("readingroom.offline.take(").removesuffix(");\n")
        files = {name: base64.b64decode(value) for name, value in json.loads(text).items()}
        assert {str(pack_of(name, groups(folder))) for name in files} == {path.stem}
        found |= files
    return found


def groups(folder: Path) -> int:
    found = re.search(r"groups:(\d+)", (folder / "offline/program.js").read_text(encoding="utf-8"))
    assert found
    return int(found[1])


def test_every_file_of_the_index_is_in_the_pack_its_name_says(tmp_path: Path) -> None:
    folder = index(tmp_path, {f"fragment/en_{number:07x}.pf_fragment": 200 for number in range(80)})
    pack_index(folder)
    wanted = {path.relative_to(folder).as_posix(): path.read_bytes() for path in (folder / "fragment").iterdir()}
    assert unpacked(folder) == wanted
    assert groups(folder) == sum(map(len, wanted.values())) // PACK


def test_a_changed_file_changes_one_pack(tmp_path: Path) -> None:
    names = {f"fragment/en_{number:07x}.pf_fragment": 300 for number in range(60)}
    before, after = index(tmp_path / "a", names), index(tmp_path / "b", names)
    changed = "fragment/en_0000007.pf_fragment"
    (after / changed).write_bytes((after / changed).read_bytes()[::-1])
    pack_index(before)
    pack_index(after)
    assert [
        path.name
        for path in sorted((before / "offline").iterdir())
        if path.read_bytes() != (after / "offline" / path.name).read_bytes()
    ] == [f"{pack_of(changed, groups(before))}.js"]


def test_a_program_of_another_form_is_refused_with_the_next_step() -> None:
    for module in ("const a=1;", "import x from 'y';export{x};", "const a=await import('y');export{a};"):
        with pytest.raises(ProblemsError, match="pagefind-bin"):
            wrapped(module)
