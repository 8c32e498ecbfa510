"""The plan: a pure function of what the site should be, what the last build knew, and what is intact."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readingroom.plan import LOST, NEW, Digests, Plan, Stale, candidates, plan, why

URLS = st.sampled_from(["a.html", "b.html", "c/d.html", "e.txt"])
DIGESTS = st.dictionaries(st.sampled_from(["title", "text", "template"]), st.sampled_from("12"), min_size=1)
SITE = st.dictionaries(URLS, DIGESTS)


def planned(wanted: dict[str, Digests], known: dict[str, Digests], intact: set[str]) -> Plan:
    """Plan as a build does: look where a basis (here: all digests) differs, then ask why."""
    now, before = ({url: str(sorted(item.items())) for url, item in site.items()} for site in (wanted, known))
    looked_at = candidates(now, before, intact)
    reasons = {url: why(wanted[url], known.get(url), here=url in intact) for url in looked_at}
    return plan(wanted, reasons, {*known, *intact})


def test_what_nobody_knows_is_new() -> None:
    assert planned({"a": {"title": "1"}}, {}, set()) == Plan((Stale("a", (NEW,)),), (), ())


def test_a_file_at_a_new_address_is_new_whoever_wrote_it() -> None:
    assert planned({"a": {"title": "1"}}, {}, {"a"}).stale == (Stale("a", (NEW,)),)


def test_what_is_the_same_and_there_is_fresh() -> None:
    assert planned({"a": {"title": "1"}}, {"a": {"title": "1"}}, {"a"}) == Plan((), ("a",), ())


def test_what_is_the_same_but_no_longer_as_written_is_made_again() -> None:
    assert planned({"a": {"title": "1"}}, {"a": {"title": "1"}}, set()).stale == (Stale("a", (LOST,)),)


def test_a_basis_that_differs_makes_nothing_stale_by_itself() -> None:
    assert candidates({"a": "2"}, {"a": "1"}, {"a"}) == ["a"]
    assert why({"title": "1"}, {"title": "1"}, here=True) == ()
    assert plan(["a"], {"a": ()}, {"a"}) == Plan((), ("a",), ())


def test_the_reasons_are_the_fields_that_differ_in_the_order_of_the_view() -> None:
    before = {"title": "1", "date": "1", "text": "1", "template": "1"}
    now = {"title": "1", "date": "2", "text": "2", "template": "1"}
    assert why(now, before, here=True) == ("date", "text")


def test_a_field_that_came_or_went_is_a_reason() -> None:
    assert why({"title": "1", "map": "1"}, {"title": "1", "note": "1"}, here=True) == ("map", "note")


def test_what_nobody_wants_is_removed_whether_a_build_wrote_it_or_not() -> None:
    assert planned({}, {"old": {"title": "1"}}, {"stray", "old"}).removed == ("old", "stray")
    assert planned({}, {"lost already": {"title": "1"}}, set()).removed == ("lost already",)


def test_the_order_of_what_is_made_is_that_of_the_pages() -> None:
    wanted: dict[str, Digests] = {"b": {"t": "1"}, "a": {"t": "1"}, "c": {"t": "1"}}
    assert [item.url for item in planned(wanted, {}, set()).stale] == ["b", "a", "c"]


def test_a_plan_never_changes() -> None:
    with pytest.raises(FrozenInstanceError):
        plan([], {}, ()).stale = ()  # type: ignore[misc]


@given(SITE, SITE, st.sets(URLS))
def test_every_wanted_output_is_either_stale_or_fresh_and_every_other_is_removed(
    wanted: dict[str, Digests], known: dict[str, Digests], intact: set[str]
) -> None:
    found = planned(wanted, known, intact)
    assert {item.url for item in found.stale} | set(found.fresh) == set(wanted)
    assert not {item.url for item in found.stale} & set(found.fresh)
    assert set(found.removed) == (set(known) | intact) - set(wanted)
    assert all(item.reasons for item in found.stale)
    assert all(url in intact and known[url] == wanted[url] for url in found.fresh)


@given(SITE, SITE, st.sets(URLS))
def test_a_plan_carried_out_leaves_nothing_to_do(
    wanted: dict[str, Digests], known: dict[str, Digests], intact: set[str]
) -> None:
    planned(wanted, known, intact)
    assert planned(wanted, wanted, set(wanted)) == Plan((), tuple(wanted), ())
