from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archives import new_archive
from readingroom import segments as module
from readingroom.cache import Cache
from readingroom.digest import digest
from readingroom.naming import Counted, Naming, Sentences, Together, add_up, tallies
from readingroom.segments import Segment, keep, kept, outdated, segments
from test_index import HAJIN, IDLIB, ISIS, naming, report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

PATHS = [f"content/reports/2018-01-{day:02d}-{day * 7:06x}.md" for day in range(1, 29)]


@pytest.fixture(autouse=True, scope="module")
def _small_segments() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SPAN", 4)
        yield


def cut(paths: Sequence[str], stamp: str = "1") -> list[Segment]:
    return [*segments((path, stamp) for path in paths)]


def test_segments_hold_every_report_once_in_order() -> None:
    made = cut(PATHS)
    assert len(made) > 3
    assert [path for segment in made for path in segment.paths] == PATHS
    assert cut([]) == []


@pytest.mark.parametrize("at", range(len(PATHS)))
def test_a_report_that_comes_or_goes_changes_the_segment_it_is_in_and_at_most_the_one_before(at: int) -> None:
    whole, without = cut(PATHS), cut(PATHS[:at] + PATHS[at + 1 :])
    assert len({*whole} - {*without}) <= 2
    assert len({*without} - {*whole}) <= 1


def test_a_segment_is_stamped_by_all_its_reports() -> None:
    whole = cut(PATHS)
    edited = [*segments((path, "2" if path == PATHS[9] else "1") for path in PATHS)]
    assert [one.key for one, other in zip(whole, edited, strict=True) if one != other] == [
        one.key for one in whole if PATHS[9] in one.paths
    ]


def test_sums_are_kept_for_the_very_same_reports_alone(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.sqlite", "program")
    first, second, *_ = cut(PATHS)
    keep(cache, "sums", first, [1, "a"])
    assert kept(cache, "sums", first) == [1, "a"]
    assert kept(cache, "sums", first._replace(stamp="another")) is None
    assert kept(cache, "poll", first) is None
    assert outdated(cache, "sums", [second]) == [first.key]
    assert outdated(cache, "sums", [first, second]) == []
    cache.close()


def at_hand(sentences: Sentences) -> Callable[[], Sentences]:
    return lambda: sentences


TEXTS = st.lists(
    st.sampled_from(["ISIS left Hajin. Hajin fell.", "Idlib, ISIS.", "Hajin", "ISIS in Idlib and Hajin.", ""])
)


@given(texts=TEXTS, ends=st.sets(st.integers(1, 9)), suggests=st.sets(st.integers(0, 9)), shown=st.booleans())
def test_segments_together_give_what_all_reports_would(
    *, texts: list[str], ends: set[int], suggests: set[int], shown: bool
) -> None:
    reports = [report(f"r{number}", f"2018-01-{number + 1:02d}", text) for number, text in enumerate(texts[:10])]
    found = naming(reports, [HAJIN, IDLIB, ISIS])
    given_: list[Counted] = []
    for number, item in enumerate(reports):
        counted = tallies(found[item.id])
        together = [Together("p1", tuple(range(len(counted))))] if len(counted) > 1 else []
        suggested = {ISIS.id: "faction"} if number in suggests else {}
        given_.append(Counted(counted, suggested, together, [digest((number, one.entity)) for one in counted]))

    def brought_together(bounds: list[int]) -> Naming:
        made = Naming()
        for start, end in zip([0, *bounds], [*bounds, len(given_)], strict=True):
            uses, sentences = add_up(given_[start:end])
            made.add(uses, [shown or not kind for _, kind in uses.entities], at_hand(sentences))
        return made

    whole, parts = brought_together([]), brought_together(sorted(end for end in ends if end < len(given_)))
    for entity in (HAJIN.id, IDLIB.id, ISIS.id):
        assert [*whole.counts(entity)] == [*parts.counts(entity)]
        assert whole.spelt(entity) == parts.spelt(entity)
        assert whole.companions(entity) == parts.companions(entity)
    assert [whole.in_report(at) for at in range(len(reports))] == [parts.in_report(at) for at in range(len(reports))]
    assert whole.mentions == parts.mentions


@given(
    texts=TEXTS, ends=st.sets(st.integers(1, 9)), edited=st.integers(0, 9), bounds=st.tuples(*[st.integers(0, 9)] * 2)
)
def test_what_is_quoted_of_a_report_is_in_the_digest_of_every_run_of_reports_around_it(
    texts: list[str], ends: set[int], edited: int, bounds: tuple[int, int]
) -> None:
    reports = [report(f"r{number}", f"2018-01-{number + 1:02d}", text) for number, text in enumerate(texts[:10])]
    counted = [tallies(one) for one in naming(reports, [HAJIN, IDLIB, ISIS]).values()]
    cuts = sorted(end for end in ends if end < len(counted))

    def brought_together(*, again: int | None) -> Naming:
        made = Naming()
        given_ = [
            Counted(one, {}, [], [digest((place == again and tally.entity == HAJIN.id, place)) for tally in one])
            for place, one in enumerate(counted)
        ]
        for start, end in zip([0, *cuts], [*cuts, len(given_)], strict=True):
            uses, sentences = add_up(given_[start:end])
            made.add(uses, [True for _ in uses.entities], at_hand(sentences))
        return made

    before, after = brought_together(again=None), brought_together(again=edited)
    for entity in (HAJIN.id, IDLIB.id, ISIS.id):
        around = [place for place in before.holders(entity) if min(bounds) <= place <= max(bounds)]
        same = before.quoted(entity, around) == after.quoted(entity, around)
        if entity == HAJIN.id and edited in around:
            assert not same
        beside = {bisect_right(cuts, place) for place in around}
        if entity != HAJIN.id or bisect_right(cuts, edited) not in beside:
            assert same


def test_a_build_that_breaks_off_leaves_no_word_that_reports_are_settled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = new_archive(tmp_path / "archive")
    archive.entity("places/hajin", "Hajin")
    archive.report("2018-01-01-000001", "They came to Hajin.")
    archive.build()
    archive.change("content/reports/2018-01-01-000001.md", "came", "have come back")
    honest = Cache.save

    def broken_off(cache: Cache, rows: Any, *forget: Any) -> None:
        if rows.get("settled"):
            raise KeyboardInterrupt
        honest(cache, rows, *forget)

    monkeypatch.setattr(Cache, "save", broken_off)
    with pytest.raises(KeyboardInterrupt):
        archive.build()
    monkeypatch.setattr(Cache, "save", honest)
    archive.change("content/reports/2018-01-01-000001.md", "have come back", "came")
    archive.change("templates/_shown.html", "<pre>", "<pre class=new>")
    archive.build()
    assert archive.tree() == archive.cold(tmp_path / "cold")
