"""Front matter and other YAML read by a strict, string-first loader that knows the line of every key.

Unlike YAML's own rules, a plain scalar stays the text that was written (`NO` is "NO", `2018-01-18` is
"2018-01-18"); duplicate keys, anchors, tags and deep nesting are faults.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import yaml

from readingroom.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

Value = str | list["Value"] | dict[str, "Value"]
FENCE = "---"
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
SEPARATOR = re.compile("[\u2028\u2029]")
DEPTH = 20
_BLANK = " \t\r\n"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


class Document(NamedTuple):
    """A file with front matter: its keys, the line each stands on, the text below and its first line."""

    meta: dict[str, Value]
    lines: dict[str, int]
    body: str
    body_line: int


class _FaultError(Exception):
    def __init__(self, line: int, message: str, hint: str) -> None:
        super().__init__(message)
        self.line, self.message, self.hint = line, message, hint


def split(text: str) -> tuple[str, str, int]:
    r"""Split a file into its front matter, its body, and the line the body starts on (counted from 1).

    >>> split("---\ntitle: A\n---\nText.\n")
    ('title: A\n', 'Text.\n', 4)
    >>> split("Text only.\n")
    ('', 'Text only.\n', 1)
    """
    text = text.removeprefix("\ufeff")
    lines = _LINE.finditer(text)
    first = next(lines, None)
    if first is None or first[0].rstrip(_BLANK) != FENCE:
        return "", text, 1
    number = 1
    for number, line in enumerate(lines, 2):
        if line[0].rstrip(_BLANK) == FENCE:
            return text[first.end() : line.start()], text[line.end() :], number + 1
    return text[first.end() :], "", number + 1


def parse(text: str, path: str) -> tuple[Document | None, list[Problem]]:
    """Read a file with front matter; a fault gives no document and one problem that names its line."""
    head, body, body_line = split(text)
    if body_line == 1:
        hint = "start the file with a line ---, then key: value lines, then another line ---"
        return None, [Problem(path, 1, "no front matter", hint)]
    if not body and not text.rstrip().endswith(FENCE):
        return None, [Problem(path, 1, "the front matter does not end", "close it with a line ---")]
    meta, lines, problems = parse_mapping(head, path, first_line=2)
    return (None, problems) if problems else (Document(meta, lines, body, body_line), [])


def parse_mapping(text: str, path: str, first_line: int = 1) -> tuple[dict[str, Value], dict[str, int], list[Problem]]:
    """Read a YAML mapping: its values, the line of each top-level key, and at most one problem."""
    try:
        first, rest = _opened(text)
        if first is None:
            return {}, {}, []
        if not isinstance(first, yaml.MappingStartEvent):
            raise _FaultError(0, "not a list of key: value lines", "write key: value, one a line")
        meta: dict[str, Value] = {}
        lines = {}
        for key, line, value in _pairs(rest):
            meta[key], lines[key] = value, first_line + line
    except _FaultError as fault:
        return {}, {}, [Problem(path, first_line + fault.line, fault.message, fault.hint)]
    return meta, lines, []


def parse_sequence(text: str, path: str) -> tuple[list[tuple[Value, int]], list[Problem]]:
    """Read a YAML list: each item with its line, and at most one problem."""
    try:
        first, rest = _opened(text)
        if first is None:
            return [], []
        if not isinstance(first, yaml.SequenceStartEvent):
            raise _FaultError(0, "not a list", "start each entry with a hyphen: - …")
        return [(value, line + 1) for value, line in _items(rest)], []
    except _FaultError as fault:
        return [], [Problem(path, 1 + fault.line, fault.message, fault.hint)]


def unprintable(text: str) -> str:
    r"""Name the first character that HTML and XML forbid, or that ends a line nobody sees, "" if there is none.

    >>> unprintable("Clashes\x0b in Hajin"), unprintable("Clashes\u2028in Hajin"), unprintable("Clashes\tin\nHajin")
    ('U+000B', 'U+2028', '')
    """
    found = UNPRINTABLE.search(text) or SEPARATOR.search(text)
    return f"U+{ord(found[0]):04X}" if found else ""


def _opened(text: str) -> tuple[yaml.Event | None, Iterator[yaml.Event]]:
    """Give the event that begins the value of a YAML text, none where it holds nothing, and those after it."""
    found = SEPARATOR.search(text)
    if found:
        message = f"holds {unprintable(found[0])}, which ends a line where nobody sees it"
        raise _FaultError(text.count("\n", 0, found.start()), message, "put a space in its place")
    events: list[yaml.Event] = []
    depth = 0
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            depth = _check(event, depth)
            events.append(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = " ".join(filter(None, (error.problem, error.context)))
        raise _unsound(mark.line if mark else 0, reason) from error
    except yaml.YAMLError as error:
        raise _FaultError(0, f"not valid YAML: {error}", "look for a control character") from error
    documents = [event for event in events if isinstance(event, yaml.DocumentStartEvent)]
    if len(documents) > 1:
        raise _unsound(_line(documents[1]), "another document begins")
    rest = iter(events[2:])
    return (next(rest) if documents else None), rest


def _unsound(line: int, reason: str) -> _FaultError:
    return _FaultError(line, f"not valid YAML: {reason}", 'put text with : # [ { " in quotes')


def _check(event: yaml.Event, depth: int) -> int:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        hint = "write the value out; put text that starts with & or * in quotes"
        raise _FaultError(_line(event), "anchors (& and *) are not allowed", hint)
    tag = getattr(event, "tag", None)
    if tag and tag != "!":
        raise _FaultError(
            _line(event),
            f"tags ({tag}) are not allowed",
            "write plain text; put text that starts with ! in quotes",
        )
    if isinstance(event, yaml.CollectionStartEvent):
        if depth == DEPTH:
            raise _FaultError(_line(event), f"nested deeper than {DEPTH} levels", "flatten it")
        return depth + 1
    return depth - 1 if isinstance(event, yaml.CollectionEndEvent) else depth


def _line(event: yaml.Event) -> int:
    return event.start_mark.line if event.start_mark else 0


def _value(event: yaml.Event, rest: Iterator[yaml.Event]) -> Value:
    if isinstance(event, yaml.ScalarEvent):
        return str(event.value)
    if isinstance(event, yaml.SequenceStartEvent):
        return [value for value, _ in _items(rest)]
    return {key: value for key, _, value in _pairs(rest)}


def _items(rest: Iterator[yaml.Event]) -> Iterator[tuple[Value, int]]:
    """Read the items of a list that has begun, each with its line."""
    for event in rest:
        if isinstance(event, yaml.SequenceEndEvent):
            return
        yield _value(event, rest), _line(event)


def _pairs(rest: Iterator[yaml.Event]) -> Iterator[tuple[str, int, Value]]:
    """Read the keys of a mapping that has begun, each with its line and its value."""
    keys: set[str] = set()
    for event in rest:
        if isinstance(event, yaml.MappingEndEvent):
            return
        if not isinstance(event, yaml.ScalarEvent):
            raise _FaultError(_line(event), "a key must be a word", "write key: value")
        if event.value in keys:
            raise _FaultError(_line(event), f'the key "{event.value}" stands twice', "keep one of them")
        keys.add(event.value)
        yield event.value, _line(event), _value(next(rest), rest)
