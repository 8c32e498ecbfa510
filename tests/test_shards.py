"""The plan of the search index's shards: few, bounded, stable, and a function of the dates alone."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from readingroom.shards import ALONE, LEVELS, UNDATED, Shard, level_of, plan

START = date(2013, 1, 1)


def days_of(counts: list[int], undated: int = 0) -> list[str]:
    """Return the days of reports: `counts` on each day from 2013 on, then those without a date."""
    dated = [(START + timedelta(number)).isoformat() for number, count in enumerate(counts) for _ in range(count)]
    return dated + [""] * undated


@st.composite
def archives(draw: st.DrawFn) -> list[str]:
    """Archives of up to 100,000 reports, in bursts and pauses, never more in a day than a cut may move."""
    rhythm = draw(st.lists(st.integers(0, 40), min_size=1, max_size=40).filter(any))
    total = draw(st.integers(1, 100_000))
    length = total * len(rhythm) // sum(rhythm) + len(rhythm)
    counts = (rhythm * (length // len(rhythm) + 1))[:length]
    undated = draw(st.sampled_from([0, 0, 1, 17, 400]))
    return [*days_of(counts)[: max(0, total - undated)], *[""] * min(undated, total)]


def test_reports_up_to_a_thousand_are_one_shard_and_none_are_none() -> None:
    assert plan([]) == ()
    assert plan([""]) == (Shard(UNDATED, 0, 1),)
    assert len(plan(days_of([20] * 49, 20))) == 1
    assert len(plan(days_of([20] * 50, 1))) > 1
    assert ALONE == 1000


@settings(deadline=None, max_examples=25)
@given(archives())
def test_shards_hold_every_report_once_in_order_and_are_few_and_bounded(days: list[str]) -> None:
    shards = plan(days)
    assert [shard.start for shard in shards] + [len(days)] == [0] + [shard.stop for shard in shards]
    assert all(days[one.stop - 1] != days[other.start] for one, other in pairwise(shards))
    assert len(shards) <= 12
    assert len({shard.name for shard in shards}) == len(shards)
    count = sum(map(bool, days))
    level = level_of(count)
    dated = [shard._replace(stop=min(shard.stop, count)) for shard in shards if shard.name != UNDATED]
    if len(days) > ALONE and dated:
        assert max(shard.stop - shard.start for shard in dated) <= level.size <= 9_100
        assert dated[-1].stop - dated[-1].start <= level.newest + level.reach


@settings(deadline=None, max_examples=25)
@given(archives(), st.integers(1, 60))
def test_reports_added_at_the_end_leave_all_but_the_last_shards_as_they_are(days: list[str], more: int) -> None:
    dated = [day for day in days if day]
    later = [(date.fromisoformat(dated[-1] if dated else "2013-01-01") + timedelta(1)).isoformat()] * more
    before, after = plan(dated), plan([*dated, *later])
    if len(dated) > ALONE and level_of(len(dated)) == level_of(len(dated) + more):
        assert after[: len(before) - 2] == before[:-2]
        assert after[-1].stop == len(dated) + more


def changed(before: list[str], after: list[str]) -> int:
    """Count the shards whose days differ."""
    known = {tuple(before[shard.start : shard.stop]) for shard in plan(before)}
    return sum(tuple(after[shard.start : shard.stop]) not in known for shard in plan(after))


def test_appended_reports_change_one_shard_but_for_rare_cuts() -> None:
    for counts in ([14] * 800, [27] * 1000):
        days = days_of(counts)
        edges = range(len(days) - 4000, len(days), 80)
        touched = [changed(days[: edge - 1], days[:edge]) for edge in edges]
        assert max(touched) <= 3
        assert sum(number > 1 for number in touched) <= 2


def test_an_old_report_added_or_removed_seldom_moves_a_cut() -> None:
    days = days_of([9] * 1500)
    moved = 0
    for place in range(100, len(days), 131):
        day = days[place]
        moved += changed(days, sorted([*days, day])) > 1
        moved += changed(days, [*days[:place], *days[place + 1 :]]) > 1
    assert moved <= 10
    assert len(range(100, len(days), 131)) * 2 > 180


def test_reports_without_a_date_change_no_other_shard() -> None:
    days = days_of([9] * 600)
    assert changed([*days, *[""] * 300], [*days, *[""] * 301]) == 1
    for total in (24_000, 50_000, 95_000, 100_000):
        days = days_of([27] * (total // 27 + 1))[:total]
        assert len(plan([*days, ""])) <= 12
        assert changed(days, [*days, ""]) == changed([*days, ""], [*days, "", ""]) == 1


def test_more_reports_on_one_day_than_a_shard_should_hold_stay_together() -> None:
    days = [*days_of([10] * 30), *["2014-01-01"] * 4000, *["2014-01-02"] * 10]
    assert [shard.name for shard in plan(days)] == ["2013-01-01", "2014-01-01", "2014-01-02"]


def test_the_newest_shard_is_small_at_ten_and_at_a_hundred_thousand() -> None:
    for total, most in ((10_000, 1250), (100_000, 2500)):
        days = days_of([27] * (total // 27 + 1))[:total]
        for count in range(total - 3000, total + 1, 100):
            newest = plan(days[:count])[-1]
            assert newest.stop - newest.start <= most
    assert [level.size for level in LEVELS] == sorted(level.size for level in LEVELS)
