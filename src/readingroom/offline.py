"""A search index made loadable from disk: its files packed into classic scripts, which file:// pages may load.

A page opened from disk may run scripts beside it but may not fetch files, start workers or import modules.
Each script calls `readingroom.offline.take({name: base64, …})`; templates/static/offline.js answers
Pagefind's requests from them. Files are packed by a hash of their name in their shard.
"""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING

from readingroom.problems import Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FOLDER = "offline"
PACK = 32_768
PROGRAM = "pagefind.js"
EXPORT = re.compile(r"export\s*\{([\w$,\s]+)\};?")
IMPORT = re.compile(r"(?:^|[;}])\s*import\b(?!\.meta)|\bimport\s*\(")
FNV_OFFSET, FNV_PRIME, WORD = 2_166_136_261, 16_777_619, 0xFFFFFFFF


def pack_index(index: Path) -> int:
    """Write the scripts for a shard of the index into its folder `offline/`; return how many packs they may be."""
    files = {path.relative_to(index).as_posix(): path.read_bytes() for path in sorted(index.rglob("*.pf_*"))}
    target = index / FOLDER
    target.mkdir()
    groups = max(1, sum(map(len, files.values())) // PACK)
    packs: dict[int, dict[str, bytes]] = {}
    for name, content in files.items():
        packs.setdefault(pack_of(name, groups), {})[f"{index.name}/{name}"] = content
    for number, pack in packs.items():
        write_pack(target / f"{number}.js", pack)
    return groups


def write_pack(path: Path, files: Mapping[str, bytes]) -> None:
    """Write a script that holds files of the index, by their paths below pagefind/."""
    table = {name: base64.b64encode(content).decode() for name, content in files.items()}
    text = f"readingroom.offline.take({json.dumps(table, indent=0)});\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def program_script(module: str) -> str:
    """Write Pagefind's program as a classic script, which pages from disk can load too.

    Raises:
        ProblemsError: Pagefind's program is of a form this cannot wrap.
    """
    return f"(self.readingroom=self.readingroom||{{}}).pagefind={wrapped(module)};\n"


def pack_of(name: str, groups: int) -> int:
    """Return the pack a file of the index is in: FNV-1a of its name, 32 bits, as offline.js computes it.

    >>> pack_of("fragment/en_82a7ffa.pf_fragment", 1000)
    666
    """
    value = FNV_OFFSET
    for byte in name.encode():
        value = ((value ^ byte) * FNV_PRIME) & WORD
    return value % groups


def wrapped(module: str) -> str:
    """Turn Pagefind's module into a function of the fetch and the address it should believe in.

    >>> wrapped("const a=import.meta.url;export{a};")
    'function(fetch,moduleUrl){const a=moduleUrl;return{a}}'
    """
    found = EXPORT.search(module)
    if found is None or IMPORT.search(module):
        hint = "install a Pagefind this program knows: pip install 'pagefind-bin==1.5.2'"
        raise ProblemsError([Problem(PROGRAM, 0, "Pagefind's program has a form this program does not know", hint)])
    body = (module[: found.start()] + module[found.end() :]).replace("import.meta.url", "moduleUrl").strip()
    return f"function(fetch,moduleUrl){{{body}return{{{found.group(1)}}}}}"
