"""Digests: equal values always give equal ones, different values different ones, and views hold nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import types
from dataclasses import dataclass, is_dataclass, make_dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from readingroom import chart_views, views
from readingroom.config import settings as settings_of
from readingroom.digest import digest, digest_fields, encode
from readingroom.feed_views import SitemapsView
from readingroom.gather import gather
from readingroom.options import Options, silent
from readingroom.output import Page
from readingroom.pages import Bases, closing_pages, pages
from readingroom.state import opened
from rich_archive import ADDRESS, write_rich_archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner).map(tuple),
    max_leaves=12,
)


@dataclass(frozen=True, slots=True)
class Pair:
    one: object
    other: object = ()


class Named(NamedTuple):
    one: object
    other: object = ()


def rebuilt(value: object) -> object:
    """The same value in other objects."""
    if isinstance(value, tuple):
        return tuple(map(rebuilt, value))
    return "".join(list(value)) if isinstance(value, str) else value


def shape(value: object) -> object:
    """A value with the types that Python's == overlooks."""
    return tuple(map(shape, value)) if isinstance(value, tuple) else (type(value).__name__, repr(value))


@settings(deadline=None)
@given(VALUES)
def test_equal_values_give_equal_digests(value: object) -> None:
    assert digest(value) == digest(rebuilt(value))
    assert digest_fields(Pair(value)) == digest_fields(Pair(rebuilt(value)))


@settings(deadline=None)
@given(VALUES, VALUES)
def test_different_values_give_different_digests(one: object, other: object) -> None:
    assert (digest(one) == digest(other)) == (shape(one) == shape(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ab", "c"), ("a", "bc")),
        (("a", ("b",)), (("a",), "b")),
        ((), ("",)),
        (None, ""),
        ("1", 1),
        (True, 1),
        (("a", "b"), ("b", "a")),
        ('a","b', ("a", "b")),
        ("\u00e9", "e\u0301"),
        (Pair("a"), Pair("a", "b")),
        (Pair("a", "b"), ("a", "b")),
    ],
)
def test_values_that_look_alike_are_told_apart(one: object, other: object) -> None:
    assert digest(one) != digest(other)


def test_dictionaries_in_another_order_are_equal() -> None:
    assert encode({"a": 1, "b": 2}) == encode({"b": 2, "a": 1})


def test_a_dataclass_is_told_from_another_of_the_same_fields() -> None:
    other = make_dataclass("Other", ["one", "other"], frozen=True)
    assert digest(Pair(1, 2)) != digest(other(1, 2))


@pytest.mark.parametrize("value", [{"a", "b"}, frozenset("ab"), b"bytes", object(), Pair, iter("ab")])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="a view cannot hold"):
        digest((value,))


def test_only_a_dataclass_has_fields_to_digest() -> None:
    with pytest.raises(TypeError, match="no declared fields"):
        digest_fields({"title": "x"})
    with pytest.raises(TypeError, match="no declared fields"):
        digest_fields(Named(1))


def test_a_lone_surrogate_can_be_digested() -> None:
    assert digest("\ud800") != digest("\ud801")


def test_digests_are_the_same_in_another_process_whatever_its_hash_seed() -> None:
    program = "from readingroom.digest import digest; print(digest(('Hajin', 1, 2.5, None, True, ('x', 'ش'))))"
    surroundings = [{"PYTHONHASHSEED": seed} for seed in ("1", "2")]
    printed = {
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, **more}, capture_output=True, check=True
        ).stdout
        for more in surroundings
    }
    assert printed == {f"{digest(('Hajin', 1, 2.5, None, True, ('x', 'ش')))}\n".encode()}


# What views are made of


MODULES = frozenset({views.__name__, chart_views.__name__})


def parts(kind: Any) -> Iterator[Any]:
    """Every type a view's type is made of."""
    if get_origin(kind) in {Union, types.UnionType, tuple}:
        for inner in get_args(kind):
            yield from parts(inner)
    elif kind is not Ellipsis:
        yield kind


def hints_of(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, vars(chart_views) | vars(views) | {"Markup": Markup})


def every_type() -> dict[type, list[Any]]:
    """Every class that a view can hold, with the types of its fields."""
    found: dict[type, list[Any]] = {}
    waiting = list(get_args(views.View))
    while waiting:
        kind = waiting.pop()
        if kind in found or kind.__module__ not in MODULES:
            continue
        found[kind] = [part for hint in hints_of(kind).values() for part in parts(hint)]
        waiting += found[kind]
    return found


def test_views_and_all_they_hold_are_frozen() -> None:
    for kind in every_type():
        frozen = is_dataclass(kind) and kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
        assert frozen or issubclass(kind, tuple), kind
    for view in get_args(views.View):
        assert is_dataclass(view), view


def test_views_hold_only_what_has_a_canonical_form() -> None:
    allowed = {str, int, float, bool, type(None), Markup, *every_type()}
    for kind, inner in every_type().items():
        assert set(inner) <= allowed, kind


def check_types(value: Any, hint: Any, where: str) -> None:
    """Fail where a value is not exactly of the type its field declares: text and Markup digest alike."""
    if get_origin(hint) in {Union, types.UnionType}:
        assert type(value) in {get_origin(item) or item for item in get_args(hint)}, where
        if type(value) is str and Markup in get_args(hint):
            assert value == "", f"{where}: text where Markup is meant"
        return
    if get_origin(hint) is tuple:
        inner = get_args(hint)
        assert type(value) is tuple, where
        many = [inner[0]] * len(value) if inner[-1] is Ellipsis else inner
        for number, (item, one) in enumerate(zip(value, many, strict=True)):
            check_types(item, one, f"{where}[{number}]")
        return
    assert type(value) is hint or (hint is float and type(value) is int), f"{where} is {type(value)}, not {hint}"
    if hint.__module__ in MODULES:
        for name, one in hints_of(hint).items():
            check_types(getattr(value, name), one, f"{where}.{name}")


def test_every_view_of_an_archive_holds_exactly_what_its_fields_declare(tmp_path: Path) -> None:
    root = write_rich_archive(tmp_path)
    (root / "content/judgements.yaml").write_text("- {moved: [places/dale, places/valley]}\n", encoding="utf-8")
    with opened(root) as cache:
        gathered = gather(root, settings_of(root, ADDRESS), cache, Options(), silent)
        archive, bases = gathered.archive, Bases(gathered.archive)
        outputs = [*pages(archive, bases), *closing_pages(archive, bases, gathered.originals, {})]
        made = {output.url: output.view for output in outputs if isinstance(output, Page)}
    of_site = set(get_args(views.View))
    assert {type(view) for view in made.values()} | {SitemapsView} == of_site
    for url, view in made.items():
        check_types(view, type(view), url)
