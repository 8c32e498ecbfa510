"""Outputs that would stand at one address, or one in the place of another's folder, found before any is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from readingroom.output import Copy, Page
from readingroom.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from readingroom.output import Output

WRITTEN_IN = {"moved.html": "content/judgements.yaml", "withdrawn.html": "content/changes.yaml"}
OWN_FILE = frozenset({"report.html", "entity.html", "free.html"})
_ENDING = re.compile(r"(?:\.\d{4}|\.undated)?\.html$")
_HINT = "give one of the two another name"


def collisions(outputs: Iterable[Output]) -> list[Problem]:
    """Find the outputs that would replace each other, each with what both are made from."""
    first: dict[str, Output] = {}
    problems: list[Problem] = []
    for output in outputs:
        other = first.setdefault(output.url, output)
        if other is not output:
            message = f"would be published at {output.url}, and so would {_origin(other)}"
            problems.append(Problem(_origin(output), 0, message, _HINT))
    folders: dict[str, str] = {}
    for url in first:
        folder = url.rpartition("/")[0]
        while folder and folder not in folders:
            folders[folder] = url
            folder = folder.rpartition("/")[0]
    return [*problems, *_folders(first, folders)]


def _folders(outputs: dict[str, Output], folders: dict[str, str]) -> Iterator[Problem]:
    for url in sorted(outputs.keys() & folders.keys()):
        inside = outputs[folders[url]]
        message = f"would be published at {url}, which is a folder of {_origin(inside)}"
        yield Problem(_origin(outputs[url]), 0, message, _HINT)


def _origin(output: Output) -> str:
    """Name what an output is made from: a file of the archive where there is one, else its own address."""
    if isinstance(output, Copy):
        return output.path or output.url
    if isinstance(output, Page) and output.template in OWN_FILE:
        return f"content/{_ENDING.sub('', output.url)}.md"
    return WRITTEN_IN.get(output.template, output.url) if isinstance(output, Page) else output.url
