"""The program named by what it is made of, so that a cache made by other code is begun again."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from readingroom import __version__
from readingroom.digest import digest

MATTERS = (
    "ahocorasick-rs", "cbor2", "jinja2", "markdown-it-py", "markupsafe", "pagefind-bin", "python-slugify", "pyyaml",
)  # fmt: skip
INSTALLED = ".dist-info"


def program() -> str:
    """Return a name for this program: its version, its files' sizes and times, and what it works with."""
    own_files = fingerprint(Path(__file__).parent, (".py", ".json", ".toml", ".words"))
    return digest((__version__, sys.version, versions(MATTERS), own_files))


def versions(names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return the installed version of each package, as the folders say that installers write for each.

    `importlib.metadata` would say the same, but it takes longer to import than all else that a program needs that
    has nothing to do; it is asked where there is no such folder.
    """
    found: dict[str, str] = {}
    for folder in sys.path:
        with suppress(OSError):
            for entry in os.listdir(folder or "."):  # noqa: PTH208 - names are enough
                if entry.endswith(INSTALLED):
                    name, _, version = entry.removesuffix(INSTALLED).rpartition("-")
                    found.setdefault(name.lower().replace("_", "-").replace(".", "-"), version)
    return [(name, found.get(name) or import_module("importlib.metadata").version(name)) for name in names]


def packaged_templates() -> Path:
    """Return the folder of the templates this program brings: in the wheel, or beside src/ in the repository."""
    inside = Path(__file__).with_name("templates")
    return inside if inside.is_dir() else Path(__file__).parents[2] / "templates"


def template_folders(root: Path) -> tuple[Path, ...]:
    """Return where an archive's templates are looked for: in its own folder first."""
    return tuple(dict.fromkeys((root / "templates", packaged_templates())))


def fingerprint(folder: Path, endings: tuple[str, ...] = ("",)) -> str:
    """Return a digest of the names, sizes and times of a folder's files, without reading them."""
    rows = []
    waiting = [str(folder)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    waiting.append(entry.path)
                elif entry.name.endswith(endings):
                    status = entry.stat()
                    rows.append((entry.path, status.st_size, status.st_mtime_ns))
    return digest(sorted(rows))
