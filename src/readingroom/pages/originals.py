"""Where the original of a report stands in the site."""

from __future__ import annotations

import hashlib
import re

from slugify import slugify

SAFE = re.compile(r"[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*(/[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*)*")
TAKEN_BY_WINDOWS = re.compile(r"(?:^|/)(?:con|prn|aux|nul|com\d|lpt\d)(?:[./]|$)")
LONGEST, DIGITS = 80, 12
SHOWN_AS_TEXT = (".txt", ".md")


def original_url(path: str) -> str:
    """Return the address of the seed at `path` (below seeds/): itself where it is plain text under a plain name.

    Any other gets a safe name with a digest of its path, so that no two seeds share one, and the ending .txt where
    a browser would not show it as text, but run it as a page.

    >>> original_url("000_af9b.txt")
    'originals/000_af9b.txt'
    >>> original_url("page.html")
    'originals/page-f2df9ef3a841.html.txt'
    >>> original_url("تقرير.txt")
    'originals/tqryr-3e11e01e5990.txt'
    >>> original_url("con.txt")
    'originals/con-d3bde286fd27.txt'
    """
    plain = SAFE.fullmatch(path) and len(path) <= LONGEST and not TAKEN_BY_WINDOWS.search(path)
    if plain and path.endswith(SHOWN_AS_TEXT):
        return f"originals/{path}"
    stem, dot, ending = path.rpartition(".")
    digest = hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:DIGITS]
    name = slugify(stem or ending, max_length=LONGEST - 20) or "seed"
    tail = slugify(ending)[:8] if stem and dot else ""
    address = f"originals/{name}-{digest}{'.' + tail if tail else ''}"
    return address if address.endswith(SHOWN_AS_TEXT) else f"{address}.txt"
