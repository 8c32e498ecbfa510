"""Pages that stand alone: all their CSS within them, allowed by its hash, and a note of which edition they are."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

from markupsafe import Markup

from readingroom.dates import display
from readingroom.views import Copy

if TYPE_CHECKING:
    from collections.abc import Iterable

STYLES = ("static/site.css", "static/print.css")
PLAIN = re.compile(r"[^A-Za-z0-9 .,:/-]")
FOOTER = "@page {{ @bottom-left {{ content: {} }} }}\n"


def copy_note(edition: str, live: str, styles: Iterable[bytes], footer: str) -> Copy:
    """Return what makes a page a copy; `footer` is printed at the foot of each sheet of paper."""
    texts = [style.decode("utf-8-sig", "replace").replace("\r\n", "\n") for style in styles]
    style = "\n" + "".join(texts).replace("</", "<\\/") + FOOTER.format(css_string(footer))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    day = edition.rpartition("-")[0]
    newest = "" if day == "undated" else display(day)
    return Copy(edition, newest, live, Markup(style), f"sha256-{digest}")  # noqa: S704 - it cannot end its element


def css_string(text: str) -> str:
    r"""Write a text as a string of CSS that can hold nothing else.

    >>> print(css_string('a "b"} </style>'))
    "a \22 b\22 \7d  \3c /style\3e "
    """
    return '"' + PLAIN.sub(lambda found: f"\\{ord(found[0]):x} ", text) + '"'
