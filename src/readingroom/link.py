"""A passage and its mentions turned into HTML: text escaped, inline markup kept, every mention a link."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from markupsafe import Markup

from readingroom.printing import printed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from readingroom.model import Mark, Mention, Passage


TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


class Named(Protocol):
    """What a link shows of an entity, and where it leads below the root."""

    @property
    def name(self) -> str:
        """What the entity is called."""

    @property
    def kind(self) -> str:
        """Its kind's name."""

    @property
    def suggested(self) -> bool:
        """Whether no person has reviewed it."""

    @property
    def url(self) -> str:
        """Its address below the root."""


def link(
    passage: Passage, mentions: Sequence[Mention], entities: Mapping[str, Named], root: str, *, back: bool = False
) -> Markup:
    """Write a passage as HTML; `root` leads from its page to the site's root.

    References back are marked, and linked only if `back` says so. Links of mentions enclose whatever markup falls
    inside them; a link the author wrote gives way where it overlaps a mention, since links cannot nest.
    """
    pieces: list[str] = []
    at = 0
    for mention in sorted(mentions, key=lambda item: item.start):
        if mention.start < at:
            continue
        entity = entities[mention.entity]
        inner = _inner(passage, mention)
        marked = mention.status == "inferred" and not back
        pieces += (
            _marked(passage, at, mention.start),
            f'<span class="back" title="{printed(entity.name)} (inferred)">{inner}</span>'
            if marked
            else _named(mention, entity, inner, root),
        )
        at = mention.end
    pieces.append(_marked(passage, at, len(passage.text)))
    return Markup("".join(pieces))  # noqa: S704 - every piece is escaped above


def _inner(passage: Passage, mention: Mention) -> str:
    """Write the words of a mention; marks of direction in a name keep their effect to themselves."""
    inner = _marked(passage, mention.start, mention.end, links=False)
    return f"<bdi>{inner}</bdi>" if TURNING.search(mention.text) else inner


def _named(mention: Mention, entity: Named, inner: str, root: str) -> str:
    said = "" if mention.text == entity.name else entity.name
    said = f"{said or entity.name} (suggested, not reviewed)" if entity.suggested else said
    said = f"probably {entity.name}: {mention.why[-1]}" if mention.probable else said
    title = f' title="{printed(said)}"' if said else ""
    mark = " suggested" if entity.suggested else ""
    return f'<a class="e {printed(entity.kind)}{mark}" href="{printed(root + entity.url)}"{title}>{inner}</a>'


def _marked(passage: Passage, start: int, end: int, *, links: bool = True) -> str:
    marks = [mark for mark in passage.marks if mark.start < end and mark.end > start and (links or mark.tag != "a")]
    if not marks:
        return printed(passage.text[start:end])
    cuts = sorted({start, end, *(min(max(cut, start), end) for mark in marks for cut in mark[:2])})
    return "".join(
        _wrapped(passage.text[one:two], [mark for mark in marks if mark.start <= one and two <= mark.end])
        for one, two in pairwise(cuts)
    )


def _wrapped(text: str, marks: list[Mark]) -> str:
    html = printed(text)
    for mark in sorted(marks, key=lambda item: (item.tag == "a", item.end - item.start)):
        href = f' href="{printed(mark.href)}" rel="noreferrer"' if mark.tag == "a" else ""
        html = f"<{mark.tag}{href}>{html}</{mark.tag}>"
    return html
