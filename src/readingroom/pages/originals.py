"""Where the original of a report stands in the site."""

from __future__ import annotations

import hashlib
import re

from slugify import slugify

SAFE = re.compile(r"[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*(/[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*)*")
TAKEN_BY_WINDOWS = re.compile(r"(?:^|/)(?:con|prn|aux|nul|com\d|lpt\d)(?:[./]|$)")
LONGEST = 80


def original_url(path: str) -> str:
    """Return the address of the seed at `path` (below seeds/): itself where it is plain, else a safe name.

    A seed that a browser would run as a page is given the ending .txt, so that it is shown as text.

    >>> original_url("000_af9b.txt")
    'originals/000_af9b.txt'
    >>> original_url("page.html")
    'originals/page.html.txt'
    >>> original_url("تقرير.txt")
    'originals/tqryr-3e11e0.txt'
    >>> original_url("con.txt")
    'originals/con-d3bde2.txt'
    """
    if SAFE.fullmatch(path) and len(path) <= LONGEST and not TAKEN_BY_WINDOWS.search(path):
        return f"originals/{path}{_harmless(path)}"
    stem, dot, ending = path.rpartition(".")
    digest = hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:6]
    name = slugify(stem or ending, max_length=LONGEST - 20) or "seed"
    tail = slugify(ending)[:8] if stem and dot else ""
    address = f"originals/{name}-{digest}{'.' + tail if tail else ''}"
    return address + _harmless(address)


def _harmless(path: str) -> str:
    return "" if path.endswith((".txt", ".md")) else ".txt"
