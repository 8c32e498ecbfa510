"""Values turned into digests: equal values always give equal ones.

The encoding is JSON without white space. A tuple and a list, or a text and Markup of the same characters,
encode alike; the type of a view's field is fixed by its annotation, so nothing is lost by that.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from hashlib import blake2b

SIZE = 10


def digest(value: object) -> str:
    """Return the digest of a value made of frozen dataclasses, tuples, texts, numbers, True, False and None.

    >>> digest(("Hajin", 1)) == digest(("Hajin", 1)), digest(("Hajin", 1)) == digest(("Hajin", 2))
    (True, False)
    """
    return digest_bytes(encode(value))


def digest_fields(value: object) -> dict[str, str]:
    """Return the digest of each field of a frozen dataclass instance."""
    if is_dataclass(value):
        return {field.name: digest(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} has no declared fields")


def digest_bytes(content: bytes) -> str:
    """Return the digest of bytes, in hex."""
    return blake2b(content, digest_size=SIZE).hexdigest()


def encode(value: object) -> bytes:
    """Encode a value so that equal values give equal bytes."""
    return _ENCODER.encode(value).encode("utf-8", "surrogatepass")


def _plain(value: object) -> list[object]:
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, *(getattr(value, field.name) for field in fields(value))]
    raise TypeError(f"a view cannot hold {type(value).__name__}")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=_plain)
