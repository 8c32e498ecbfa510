"""Front matter and other YAML read by a strict, string-first loader that knows the line of every key.

Unlike YAML's own rules, a plain scalar stays the text that was written (`NO` is "NO", `2018-01-18` is
"2018-01-18"); duplicate keys, anchors, tags and deep nesting are faults.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import yaml

from readingroom.problems import Problem

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
    lines = _LINE.findall(text.removeprefix("\ufeff"))
    if not lines or lines[0].rstrip(_BLANK) != FENCE:
        return "", "".join(lines), 1
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip(_BLANK) == FENCE:
            return "".join(lines[1:number]), "".join(lines[number + 1 :]), number + 2
    return "".join(lines[1:]), "", len(lines) + 1


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
        node = _compose(text)
        if node is None:
            return {}, {}, []
        if not isinstance(node, yaml.MappingNode):
            raise _FaultError(0, "not a list of key: value lines", "write key: value, one a line")
        meta = _mapping(node, 0)
    except _FaultError as fault:
        return {}, {}, [Problem(path, first_line + fault.line, fault.message, fault.hint)]
    lines = {key.value: first_line + _line(key) for key, _ in node.value}
    return meta, lines, []


def parse_sequence(text: str, path: str) -> tuple[list[tuple[Value, int]], list[Problem]]:
    """Read a YAML list: each item with its line, and at most one problem."""
    try:
        node = _compose(text)
        if node is None:
            return [], []
        if not isinstance(node, yaml.SequenceNode):
            raise _FaultError(0, "not a list", "start each entry with a hyphen: - …")
        return [(_value(item, 1), _line(item) + 1) for item in node.value], []
    except _FaultError as fault:
        return [], [Problem(path, 1 + fault.line, fault.message, fault.hint)]


def unprintable(text: str) -> str:
    r"""Name the first character that HTML and XML forbid, or that ends a line nobody sees, "" if there is none.

    >>> unprintable("Clashes\x0b in Hajin"), unprintable("Clashes\u2028in Hajin"), unprintable("Clashes\tin\nHajin")
    ('U+000B', 'U+2028', '')
    """
    found = UNPRINTABLE.search(text) or SEPARATOR.search(text)
    return f"U+{ord(found[0]):04X}" if found else ""


def _compose(text: str) -> yaml.Node | None:
    found = SEPARATOR.search(text)
    if found:
        message = f"holds {unprintable(found[0])}, which ends a line where nobody sees it"
        raise _FaultError(text.count("\n", 0, found.start()), message, "put a space in its place")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    depth = 0
    try:
        for event in yaml.parse(text, Loader=loader):
            depth = _check(event, depth)
        return yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = " ".join(filter(None, (error.problem, error.context)))
        raise _FaultError(
            mark.line if mark else 0, f"not valid YAML: {reason}", 'put text with : # [ { " in quotes'
        ) from error
    except yaml.YAMLError as error:
        raise _FaultError(0, f"not valid YAML: {error}", "look for a control character") from error


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


def _line(item: yaml.Event | yaml.Node) -> int:
    return item.start_mark.line if item.start_mark else 0


def _value(node: yaml.Node, depth: int) -> Value:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, depth + 1) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, depth + 1)
    raise _FaultError(_line(node), "unreadable value", "write plain text")


def _mapping(node: yaml.MappingNode, depth: int) -> dict[str, Value]:
    meta: dict[str, Value] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _FaultError(_line(key), "a key must be a word", "write key: value")
        if key.value in meta:
            raise _FaultError(_line(key), f'the key "{key.value}" stands twice', "keep one of them")
        meta[key.value] = _value(value, depth)
    return meta
