"""Entity files written: a new one from an Entity, or one key of an existing one changed and no other byte."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import yaml

from readingroom.frontmatter import parse, split
from readingroom.problems import ProblemsError
from readingroom.read import ENTITY_KEYS
from readingroom.reportfile import scalar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from readingroom.frontmatter import Value
    from readingroom.model import Entity, Point


class _Entry(NamedTuple):
    """Where a key with its value stands in a file: from its first letter to the last of its value."""

    start: int
    end: int


def entity_text(entity: Entity) -> str:
    """Write an entity's file; absent values are left out, the order of keys never changes."""
    return _file(entity_values(entity), f"{entity.note}\n" if entity.note else "")


def entity_values(entity: Entity) -> dict[str, Value]:
    """Return an entity's front matter, in the order of keys, without what is absent."""
    values: dict[str, Value] = {
        "name": entity.name,
        "variants": list(entity.variants),
        "native": dict(entity.native),
        "within": entity.within,
        "at": _point(entity.at) if entity.at else {},
        "refers": list(entity.refers),
        "not": list(entity.distinct_from),
        "ids": dict(entity.ids),
        "role": entity.role,
        "reviewed": entity.reviewed,
        "reviewed_by": entity.reviewed_by,
        "publish": "" if entity.publish else "false",
    }
    return {key: value for key, value in values.items() if value}


def with_key(text: str, key: str, value: Value | None) -> str:
    r"""Set one key of a file's front matter, or take it out (None); every other byte stays as it is.

    A new key is put in its place in the order of FORMATS. Front matter in braces is written anew.

    >>> with_key("---\nname: Hajin # town\nrole: x\n---\nNote", "variants", ["Hajeen", "a, b"])
    '---\nname: Hajin # town\nvariants: [Hajeen, "a, b"]\nrole: x\n---\nNote'

    Raises:
        ProblemsError: the file has no readable front matter.
    """
    document, problems = parse(text, "")
    if document is None:
        raise ProblemsError(problems)
    wanted = {name: item for name, item in document.meta.items() if name != key}
    if value is not None:
        wanted[key] = value
    if wanted == document.meta:
        return text
    edited = _edited(text, key, value)
    found, _ = parse(edited, "")
    if found is not None and (found.meta, found.body) == (wanted, document.body):
        return edited
    return _file(wanted, document.body)


def flow(value: Value) -> str:
    """Write a value on one line, as it stands after `key: `.

    >>> flow({"ar": "حماة", "en": ["a", "b, c"]})
    '{ar: حماة, en: [a, "b, c"]}'
    """
    return scalar(value) if isinstance(value, str) else _inner(value)


def _inner(value: Value) -> str:
    if isinstance(value, str):
        return scalar(value, flow=True)
    if isinstance(value, list):
        return f"[{', '.join(map(_inner, value))}]"
    return f"{{{', '.join(f'{scalar(name, flow=True)}: {_inner(item)}' for name, item in value.items())}}}"


def _plain(key: str, value: Value) -> str:
    """Write the value of a key: dates and flags bare, where the general rule would quote them."""
    bare = isinstance(value, str) and (
        (key == "publish" and value in {"true", "false"}) or (key == "reviewed" and _is_date(value))
    )
    return str(value) if bare else _numbers(value) if key in {"at", "ids"} and isinstance(value, dict) else flow(value)


def _is_date(value: str) -> bool:
    return value.isascii() and value.replace("-", "").isdigit()


def _numbers(value: Mapping[str, Value]) -> str:
    """Write a point or ids, their numbers without quotes."""
    bare = {name: _is_number(item) and name not in {"precision", "source"} for name, item in value.items()}
    items = (f"{scalar(name, flow=True)}: {item if bare[name] else _inner(item)}" for name, item in value.items())
    return f"{{{', '.join(items)}}}"


def _is_number(value: Value) -> bool:
    return isinstance(value, str) and value.isascii() and value.removeprefix("-").replace(".", "", 1).isdigit()


def _point(point: Point) -> dict[str, Value]:
    values: dict[str, Value] = {
        "lat": repr(point.lat), "lon": repr(point.lon), "precision": point.precision, "source": point.source,
    }  # fmt: skip
    return {key: value for key, value in values.items() if value}


def _file(values: Mapping[str, Value], body: str) -> str:
    head = "".join(f"{scalar(key)}: {_plain(key, value)}\n" for key, value in values.items())
    return f"---\n{head}---\n{body}"


def _edited(text: str, key: str, value: Value | None) -> str:
    start, entries = _entries(text)
    if key in entries:
        first, last = entries[key]
        if value is not None:
            name = text[first:last].partition(":")[0]
            return f"{text[:first]}{name}: {_plain(key, value)}{text[last:]}"
        return text[: _line_start(text, first)] + text[_line_end(text, last) :]
    if value is None:
        return text
    newline = "\r\n" if text[start - 2 : start] == "\r\n" else "\n"
    place = _place_of(key, text, entries, start)
    return f"{text[:place]}{key}: {_plain(key, value)}{newline}{text[place:]}"


def _entries(text: str) -> tuple[int, dict[str, _Entry]]:
    """Return where the front matter starts, and where each of its keys stands."""
    head = split(text)[0]
    start = len(text.splitlines(keepends=True)[0])
    node = yaml.compose(head, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        return start, {}
    entries = {}
    for name, value in node.value:
        first, last = name.start_mark.index, max(_end(value), name.end_mark.index + 1)
        entries[name.value] = _Entry(start + first, start + first + len(head[first:last].rstrip()))
    return start, entries


def _end(node: yaml.Node) -> int:
    """Return where a value ends, without the comments that may follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _place_of(key: str, text: str, entries: Mapping[str, _Entry], start: int) -> int:
    """Find the start of the line where a new key belongs: after those that come before it in the order."""
    order = {name: number for number, name in enumerate(ENTITY_KEYS)}
    mine = order.get(key, len(order))
    before = [entry.end for name, entry in entries.items() if order.get(name, -1) < mine]
    if before:
        return _line_end(text, max(before))
    return _line_start(text, min((entry.start for entry in entries.values()), default=start))


def _line_start(text: str, place: int) -> int:
    return text.rfind("\n", 0, place) + 1


def _line_end(text: str, place: int) -> int:
    found = text.find("\n", place)
    return len(text) if found < 0 else found + 1
