"""A search index made loadable from disk: its files packed into classic scripts, which file:// pages may load.

A page opened from disk may run scripts beside it but may not fetch files, start workers or import modules.
Each script calls `readingroom.offline.take({name: base64, …})`; templates/static/offline.js answers
Pagefind's requests from them. Reports that follow each other share a script, so that there are few of them; what a
search needs for its words stands alone, so that a reader loads nothing else with it.
"""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING

from readingroom.problems import Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

FOLDER = "offline"
PACK = 12_288
TOGETHER = (1, 2, 4, 8, 16)
PROGRAM = "pagefind.js"
EXPORT = re.compile(r"export\s*\{([\w$,\s]+)\};?")
IMPORT = re.compile(r"(?:^|[;}])\s*import\b(?!\.meta)|\bimport\s*\(")
REPORT = re.compile(r"fragment/(\d+)\.\w+")


def pack_index(index: Path) -> int:
    """Write the scripts for a shard of the index into its folder `offline/`; return how many reports share one."""
    files = {path.relative_to(index).as_posix(): path.read_bytes() for path in sorted(index.rglob("*.pf_*"))}
    target = index / FOLDER
    target.mkdir()
    together = reports_a_pack([len(content) for name, content in files.items() if REPORT.fullmatch(name)])
    packs: dict[str, dict[str, bytes]] = {}
    for name, content in files.items():
        packs.setdefault(pack_of(name, together), {})[f"{index.name}/{name}"] = content
    for name, pack in packs.items():
        write_pack(target / f"{name}.js", pack)
    return together


def reports_a_pack(sizes: Sequence[int]) -> int:
    """Choose how many reports share a script: a power of two, so that a report more or less seldom changes it.

    >>> [reports_a_pack([size] * 30) for size in (100, 2_000, 5_000, 20_000)]
    [16, 4, 2, 1]
    """
    mean = sum(sizes) / max(1, len(sizes))
    return max(count for count in TOGETHER if count == 1 or mean * count <= PACK)


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


def pack_of(name: str, together: int) -> str:
    """Return the script a file of the index is in, as offline.js names it.

    >>> [pack_of(name, 4) for name in ("fragment/82.pf_fragment", "index/en_82a7ffa.pf_index", "0.facets")]
    ['fragment-20', 'index-en_82a7ffa', '0']
    """
    found = REPORT.fullmatch(name)
    return f"fragment-{int(found[1]) // together}" if found else name.rpartition(".")[0].replace("/", "-")


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
