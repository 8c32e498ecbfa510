"""Values turned into digests: equal values always give equal ones.

The encoding is JSON without white space. A tuple and a list, or a text and Markup of the same characters,
encode alike; the type of a view's field is fixed by its annotation, so nothing is lost by that.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from functools import cache
from hashlib import blake2b

SIZE = 10


def digest(value: object) -> str:
    """Return the digest of a value made of frozen dataclasses, tuples, texts, numbers, True, False and None.

    >>> digest(("Hajin", 1)) == digest(("Hajin", 1)), digest(("Hajin", 1)) == digest(("Hajin", 2))
    (True, False)
    """
    return (not value and _EMPTY.get(type(value))) or digest_bytes(encode(value))


def digest_fields(value: object) -> dict[str, str]:
    """Return the digest of each field of a frozen dataclass instance."""
    kind = type(value)
    if is_dataclass(kind):
        return {name: digest(getattr(value, name)) for name in _names(kind)}
    raise TypeError(f"{kind.__name__} has no declared fields")


def digest_bytes(content: bytes) -> str:
    """Return the digest of bytes, in hex."""
    return blake2b(content, digest_size=SIZE).hexdigest()


def encode(value: object) -> bytes:
    """Encode a value so that equal values give equal bytes."""
    return _ENCODER.encode(value).encode("utf-8", "surrogatepass")


def _plain(value: object) -> list[object]:
    kind = type(value)
    if is_dataclass(kind):
        return [kind.__name__, *(getattr(value, name) for name in _names(kind))]
    raise TypeError(f"a view cannot hold {kind.__name__}")


@cache
def _names(kind: type[object]) -> tuple[str, ...]:
    """Return the names of a dataclass's fields."""
    return tuple(field.name for field in fields(kind))  # type: ignore[arg-type]


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=_plain)
_NOTHING: tuple[object, ...] = ((), "", None, False, 0)  # what most fields of most views hold
_EMPTY = {type(value): digest_bytes(encode(value)) for value in _NOTHING}
