"""Addresses a browser asks for turned into files of the site, as GitHub Pages does, and never into any other."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FORBIDDEN = re.compile(r"[\x00-\x1f\x7f/\\:]")
DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE)


class Found(NamedTuple):
    """What stands at an address: a file, or the address it moved to; neither where nothing does."""

    file: Path | None = None
    moved: str = ""


def segments(target: str) -> tuple[str, ...] | None:
    """Return the names a request's target is made of, None if it is not plainly a path below the site.

    >>> segments("/places/hajin.html?q=1"), segments("/places/"), segments("/")
    (('places', 'hajin.html'), ('places', ''), ('',))
    >>> segments("/%2e%2e/secret"), segments("/a%5cb"), segments("/nul.txt"), segments("http://evil.example/")
    (None, None, None, None)
    """
    path = target.partition("#")[0].partition("?")[0]
    if not path.startswith("/"):
        return None
    *folders, last = path[1:].split("/")
    names = [_name(part) for part in folders]
    names.append(_name(last) if last else "")
    found = tuple(name for name in names if name is not None)
    return found if len(found) == len(names) else None


def find(site: Path, names: Sequence[str]) -> Found:
    """Find what stands at an address of the site: `/folder/` is its index.html, `/file` is file.html."""
    *folders, last = names
    if not last:
        return Found(_file(site, [*folders, "index.html"]))
    found = _file(site, names) or _file(site, [*folders, f"{last}.html"])
    if found is None and _within(site, names, os.path.isdir):
        return Found(moved="/" + "/".join(map(quote, names)) + "/")
    return Found(found)


def _name(part: str) -> str | None:
    try:
        name = unquote_to_bytes(part).decode()
    except UnicodeDecodeError:
        return None
    wrong = not name or name.startswith(".") or name.endswith((".", " "))
    return None if wrong or FORBIDDEN.search(name) or DEVICE.fullmatch(name) else name


def _file(site: Path, names: Sequence[str]) -> Path | None:
    return _within(site, names, os.path.isfile)


def _within(site: Path, names: Sequence[str], wanted: Callable[[str], bool]) -> Path | None:
    """Follow links; whatever lies outside the site is not there."""
    root = os.path.realpath(site)
    real = os.path.realpath(Path(root, *names))
    return Path(real) if real.startswith(root + os.sep) and wanted(real) else None
