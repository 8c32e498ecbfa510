"""What the search index is given of a report: its words and what is shown of it, nothing of the page around them."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from readingroom.model import Passage, Report

ELEMENTS = frozenset({"h2", "h3", "h4", "h5", "h6", "pre"})


class Searchable(NamedTuple):
    """A report as the plan of the index knows it, before its text is read.

    `url` is its page, `day` the first day its date can mean (`""` without one), `year` the year it is filed under,
    `digest` that of what the index is given; `names` are the (filter, value) pairs it can be narrowed by.
    """

    url: str
    day: str
    year: str
    digest: str
    names: tuple[tuple[str, str], ...] = ()


def searchable_page(report: Report) -> str:
    """Write the small page that Pagefind reads in place of the report's own.

    Passages keep their anchors and elements, so that hits weigh as they would there and lead to the paragraph.
    The publisher is a filter because a value kept so is shown but not searched.
    """
    publisher = f'<meta content="{escape(report.publisher)}" data-pagefind-filter="publisher[content]">'
    stamp = report.published.replace("-", "") or "0000"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"{publisher if report.publisher else ''}"
        f'<meta content="{escape(stamp)}" data-pagefind-meta="date[content]"></head><body>'
        f"{''.join(map(_element, report.passages))}</body></html>\n"
    )


def _element(passage: Passage) -> str:
    name = "h1" if passage.anchor == "title" else passage.block if passage.block in ELEMENTS else "p"
    meta = ' data-pagefind-meta="title"' if passage.anchor == "title" else ""
    return (
        f'<{name} id="{escape(passage.anchor)}" data-pagefind-body{meta}>{escape(passage.text, quote=False)}</{name}>\n'
    )
