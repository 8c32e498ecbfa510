"""The cache: rows kept whole or not at all, begun again when it is not ours, never a reason for another site."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from archives import Archive, chance, small_archive
from readingroom import cache as cache_module
from readingroom.cache import PAGE, VERSION, Cache, Row, all_ready, ready
from readingroom.gather import looked_at
from readingroom.problems import ProblemsError

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
ROW: Row = {"sha256": "x", "words": ["Hajin", "شعفة", "\ud800"], "n": 1, "none": None}


def keep(path: Path, rows: dict[str, Row], program: str = "p") -> None:
    with closing(Cache(path, program)) as cache:
        cache.save({"report": rows}, {})


def kept(path: Path, program: str = "p") -> dict[str, Row]:
    with closing(Cache(path, program)) as cache:
        return cache.load("report")


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    keep(tmp_path / "c", {"a": ROW, "b": [1, 2.5, "x"]})
    assert kept(tmp_path / "c") == {"a": ROW, "b": [1, 2.5, "x"]}


@pytest.mark.parametrize("look_only", [False, True])
def test_a_row_made_ready_elsewhere_comes_back_as_one_that_was_not(tmp_path: Path, *, look_only: bool) -> None:
    with closing(Cache(tmp_path / "c", "p", look_only=look_only)) as cache:
        cache.save(all_ready({"report": {"a": ROW}, "card": {"b": [1]}}))
        cache.save({"report": {"c": ready("report", "c", [2])}})
        assert cache.load("report") == {"a": ROW, "c": [2]}
        assert cache.get("card", "b") == [1]


def test_a_row_made_ready_for_another_place_is_not_sound(tmp_path: Path) -> None:
    with closing(Cache(tmp_path / "c", "p")) as cache:
        cache.save({"report": {"a": ready("report", "b", [1]), "c": ready("card", "c", [1])}})
        assert cache.load("report") == {}


def test_shelves_are_apart(tmp_path: Path) -> None:
    with closing(Cache(tmp_path / "c", "p")) as cache:
        cache.save({"report": {"a": [1]}, "file": {"a": [2]}}, {})
        cache.save({}, {"report": ["a"]})
        assert (cache.load("report"), cache.load("file")) == ({}, {"a": [2]})


def test_a_key_forgotten_and_kept_at_once_is_kept(tmp_path: Path) -> None:
    keep(tmp_path / "c", {"a": [1]})
    with closing(Cache(tmp_path / "c", "p")) as cache:
        cache.save({"report": {"a": [2]}}, {"report": ["a", "never there"]})
        assert cache.load("report") == {"a": [2]}


def test_rows_set_aside_are_not_there_until_they_are_taken_in(tmp_path: Path) -> None:
    keep(tmp_path / "c", {"a": [1], "b": [1]})
    with closing(Cache(tmp_path / "c", "p")) as cache:
        cache.set_aside("report", {"b": [2], "c": ROW})
        assert cache.load("report") == {"a": [1], "b": [1]}
    with closing(Cache(tmp_path / "c", "p")) as cache:
        cache.take_in("report")
        assert cache.load("report") == {"a": [1], "b": [2], "c": ROW}
        cache.set_aside("report", {"a": [3]})
        cache.drop_aside()
        cache.take_in("report")
    assert kept(tmp_path / "c") == {"a": [1], "b": [2], "c": ROW}


def test_rows_are_set_aside_all_or_none(tmp_path: Path) -> None:
    with closing(Cache(tmp_path / "c", "p")) as cache:
        with pytest.raises(TypeError):
            cache.set_aside("report", {"b": [2], "c": [object()]})
        cache.take_in("report")
        assert cache.load("report") == {}


def test_saving_is_all_or_nothing(tmp_path: Path) -> None:
    keep(tmp_path / "c", {"a": [1]})
    with closing(Cache(tmp_path / "c", "p")) as cache, pytest.raises(TypeError):
        cache.save({"report": {"b": [2], "c": [object()]}}, {"report": ["a"]})
    assert kept(tmp_path / "c") == {"a": [1]}


def test_what_was_saved_is_there_after_a_kill(tmp_path: Path) -> None:
    if os.fork() == 0:
        Cache(tmp_path / "c", "p").save({"report": {"a": [1]}}, {})
        os.kill(os.getpid(), 9)
    os.wait()
    assert kept(tmp_path / "c") == {"a": [1]}


def test_another_program_begins_again(tmp_path: Path) -> None:
    keep(tmp_path / "c", {"a": [1]})
    assert kept(tmp_path / "c", "another") == {}
    assert kept(tmp_path / "c") == {}


def test_another_version_begins_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(tmp_path / "c", {"a": [1]})
    monkeypatch.setattr(cache_module, "VERSION", VERSION + 1)
    assert kept(tmp_path / "c") == {}
    keep(tmp_path / "c", {"b": [1]})
    assert kept(tmp_path / "c") == {"b": [1]}


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE kept (other TEXT)")
        database.execute(f"PRAGMA user_version = {VERSION}")


def torn(path: Path) -> None:
    """Leave a schema that SQLite complains of by quoting bytes that are no text."""
    keep(path, {"a": [1]})
    path.write_bytes(path.read_bytes().replace(b"CREATE TABLE kept", b"CREATE TABLE \xf4 \xf4"))


STRANGE: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "no database": lambda path: path.write_bytes(b"hello " * 1000),
    "half a database": lambda path: path.write_bytes(b"SQLite format 3\0" + bytes(5000)),
    "another database": foreign,
    "a torn schema": torn,
    "a folder": lambda path: path.mkdir(),
    "a link to nothing": lambda path: path.symlink_to("nowhere/at/all"),
}


@pytest.mark.parametrize("strange", STRANGE)
def test_what_is_no_cache_of_ours_is_begun_again(tmp_path: Path, strange: str) -> None:
    STRANGE[strange](tmp_path / "c")
    with closing(Cache(tmp_path / "c", "p")) as cache:
        assert cache.load("report") == {}
        cache.save({"report": {"a": [1]}}, {})
        assert cache.load("report") == {"a": [1]}


def test_a_cache_that_is_a_link_is_replaced_and_what_it_led_to_is_untouched(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    foreign(precious)
    before = precious.read_bytes()
    (tmp_path / "c").symlink_to(precious)
    keep(tmp_path / "c", {"a": [1]})
    assert precious.read_bytes() == before
    assert kept(tmp_path / "c") == {"a": [1]}


def test_a_row_that_was_tampered_with_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    keep(tmp_path / "c", {"a": [1], "b": [2], "c": [3], "e": [4]})
    with closing(sqlite3.connect(tmp_path / "c")) as database, database:
        database.execute("UPDATE kept SET value = x'5b395d' WHERE key = x'61'")
        database.execute("UPDATE kept SET key = x'64' WHERE key = x'62'")
        database.execute("UPDATE kept SET value = '[4]' WHERE key = x'65'")
    assert kept(tmp_path / "c") == {"c": [3]}


def test_a_cache_that_breaks_while_it_is_used_is_begun_again(tmp_path: Path) -> None:
    keep(tmp_path / "c", {str(number): ["x" * 100] for number in range(5_000)})
    with closing(Cache(tmp_path / "c", "p")) as cache:
        with (tmp_path / "c").open("r+b") as file:
            file.seek(PAGE)
            file.write(os.urandom(10 * PAGE))
        cache.load("report")
        cache.save({"report": {"a": [1]}}, {})
        assert cache.load("report")["a"] == [1]
    assert kept(tmp_path / "c")["a"] == [1]


# Whatever becomes of the cache, the site is the same


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = small_archive(tmp_path / "archive")
    archive.build()
    return archive


def flip(path: Path, luck: random.Random, times: int = 100) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(times):
        content[luck.randrange(len(content))] ^= 1 << luck.randrange(8)
    path.write_bytes(content)


def edit_something(archive: Archive, number: int) -> None:
    archive.report("2018-01-09-bbbbb2", f"Abu Talha al-Almani left Hajin {number} times.", title=f"Report {number}")


def survives(archive: Archive, damage: Callable[[], object], number: int) -> None:
    """Damage the cache, build, edit, damage, build: each time the tree of a build that has no past."""
    for _ in range(2):
        damage()
        archive.build()
        assert archive.tree() == archive.cold(archive.root.parent / "cold")
        edit_something(archive, number)


@pytest.mark.parametrize("seed", range(6))
def test_a_cache_with_a_hundred_flipped_bits_gives_the_same_site(archive: Archive, seed: int) -> None:
    luck = chance(seed)
    survives(archive, lambda: flip(archive.cache, luck), seed)


@pytest.mark.long
@pytest.mark.parametrize("search", [*["none"] * 9, "now"])
def test_caches_with_many_or_few_flipped_bits_give_the_same_site(tmp_path: Path, search: str) -> None:
    luck = chance(search)
    archive = small_archive(tmp_path / "archive")
    for number in range(30 if search == "none" else 20):
        archive.build(search)  # type: ignore[arg-type]
        flip(archive.cache, luck, luck.choice([1, 2, 5, 20, 100, 1000]))
        if luck.random() < 0.7:
            edit_something(archive, number)
        archive.build(search)  # type: ignore[arg-type]
        assert archive.tree() == archive.cold(tmp_path / "cold", search)  # type: ignore[arg-type]


@pytest.mark.parametrize("part", [0.0, 0.3, 0.9])
def test_a_cache_cut_short_gives_the_same_site(archive: Archive, part: float) -> None:
    survives(archive, lambda: os.truncate(archive.cache, int(archive.cache.stat().st_size * part)), 1)


def test_a_missing_cache_gives_the_same_site(archive: Archive) -> None:
    survives(archive, archive.cache.unlink, 1)


def test_a_cache_of_another_version_gives_the_same_site(archive: Archive) -> None:
    def older() -> None:
        with closing(sqlite3.connect(archive.cache)) as database, database:
            database.execute(f"PRAGMA user_version = {VERSION - 1}")

    survives(archive, older, 1)


def test_losing_any_one_shelf_gives_the_same_site(tmp_path: Path) -> None:
    archive = small_archive(tmp_path / "archive")
    archive.build("now")
    for number, shelf in enumerate(("file", "report", "mentions", "output", "search", "build")):
        with closing(sqlite3.connect(archive.cache)) as database, database:
            database.execute("DELETE FROM kept WHERE shelf = ?", (shelf,))
        edit_something(archive, number)
        archive.build("now")
        with closing(sqlite3.connect(archive.cache)) as database, database:
            database.execute("DELETE FROM kept WHERE shelf = ? AND random() % 2", (shelf,))
        archive.build("now")
        assert archive.tree() == archive.cold(tmp_path / "cold", "now"), shelf


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("shelf", ["quotes", "report", "together"])
def test_a_row_lost_when_a_page_needs_it_is_made_again_and_kept(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shelf: str, jobs: int
) -> None:
    monkeypatch.setattr("readingroom.workers.WORTH_FORKING", 1)
    spoil(archive, shelf)
    archive.write("templates/entity.html", (ROOT / "templates/entity.html").read_text(encoding="utf-8") + "<!-- -->")
    archive.change("content/places/hajin.md", "name:", "role: a town\nname:")
    result = archive.build(jobs=jobs)
    assert result.read == 4
    assert archive.tree() == archive.cold(tmp_path / "cold")
    edit_something(archive, 1)
    assert archive.build(jobs=jobs).read == 1


@pytest.mark.parametrize(
    ("shelf", "key", "edited"),
    [("search", "pagefind/%/fragment/0.pf_fragment", "content/about.md"), ("output", "static/extra.css", "")],
)
def test_a_lost_row_of_a_file_does_not_make_the_site_whole(
    archive: Archive, tmp_path: Path, shelf: str, key: str, edited: str
) -> None:
    archive.write("templates/static/extra.css", "p {}\n")
    archive.build("now")
    with closing(sqlite3.connect(archive.cache)) as database, database:
        spoilt = "UPDATE kept SET value = x'5b5d' WHERE shelf = ? AND CAST(key AS TEXT) LIKE ?"
        assert database.execute(spoilt, (shelf, key)).rowcount == 1
    archive.remove("templates/static/extra.css")
    if edited:
        archive.write(edited, "---\ntitle: About\n---\nNew.\n")
    archive.build("now")
    assert archive.tree() == archive.cold(tmp_path / "cold", "now")


@pytest.mark.parametrize("pages", [3, 6, 12])
def test_a_cache_that_outgrows_its_disk_is_held_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    archive = small_archive(tmp_path / "archive")
    for number in range(60):
        archive.report(f"2018-03-{number % 28 + 1:02}-{number:06x}", "They hold Hajin and Sousa." + " Word" * 900)
    connect = sqlite3.connect

    def short(where: str, **options: Any) -> sqlite3.Connection:
        database: sqlite3.Connection = connect(where, **options)
        if where != cache_module.MEMORY:
            database.execute(f"PRAGMA page_size = {PAGE}")
            database.execute(f"PRAGMA max_page_count = {pages}")
        return database

    monkeypatch.setattr("readingroom.cache.sqlite3.connect", short)
    assert [archive.build().read, archive.build().read] == [64, 64]
    monkeypatch.undo()
    assert archive.tree() == archive.cold(tmp_path / "cold")


@pytest.mark.parametrize("shelf", ["quotes", "ballot"])
def test_a_build_that_begins_again_still_says_which_reports_it_took_in(archive: Archive, shelf: str) -> None:
    spoil(archive, shelf)
    archive.write("seeds/new.txt", "Shelling of Hajin\n\n5 May 2018. Shells fell on Hajin.\n")
    archive.change("content/places/hajin.md", "name:", "role: a town\nname:")
    assert len(archive.build(dry_run=True).ingested) == 1
    result = archive.build()
    assert len(result.ingested) == 1
    assert result.read == 5


def test_a_build_that_begins_again_and_stops_then_says_so_too(archive: Archive) -> None:
    spoil(archive, "ballot")
    archive.write("seeds/new.txt", "Shelling of Hajin\n\n5 May 2018. Shells fell on Hajin.\n")
    archive.change("content/places/hajin.md", "name:", "role: a town\nname:")
    archive.write("content/places/bad.md", "---\nnmae: x\n---\n")
    with pytest.raises(ProblemsError, match="nmae") as stopped:
        archive.build()
    assert len(stopped.value.ingested) == 1


def test_a_look_ahead_leaves_a_damaged_cache_as_it_is(archive: Archive) -> None:
    spoil(archive, "quotes")
    archive.change("content/places/hajin.md", "name:", "role: a town\nname:")
    before = archive.cache.read_bytes()
    assert archive.build(dry_run=True).read == 4
    assert archive.cache.read_bytes() == before


def test_who_only_looks_at_a_damaged_cache_is_told_what_to_do(archive: Archive) -> None:
    spoil(archive, "named")
    spoil(archive, "sums")
    with pytest.raises(ProblemsError) as stopped, looked_at(archive.root):
        pass
    (problem,) = stopped.value.problems
    assert (problem.path, problem.message[:10]) == ("build/cache.sqlite", "is damaged")
    spoil(archive, "mentions")
    with pytest.raises(ProblemsError), looked_at(archive.root) as gathered:
        gathered.found["2018-01-09-bbbbb2"]
    (archive.root / problem.path).unlink()
    with looked_at(archive.root) as gathered:
        assert gathered.found["2018-01-09-bbbbb2"]


def spoil(archive: Archive, shelf: str) -> None:
    """Damage every row on a shelf."""
    with closing(sqlite3.connect(archive.cache)) as database, database:
        assert database.execute("UPDATE kept SET value = x'5b5d' WHERE shelf = ?", (shelf,)).rowcount


def test_a_cache_of_yesterday_gives_the_same_site(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "yesterday").write_bytes(archive.cache.read_bytes())
    for number in range(3):
        edit_something(archive, number)
        archive.entity("places/north", f"the north {number}")
        archive.build()
    archive.cache.write_bytes((tmp_path / "yesterday").read_bytes())
    archive.build()
    assert archive.tree() == archive.cold(tmp_path / "cold")


def test_what_a_build_made_that_was_never_published_is_forgotten_by_the_next(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    first = (archive.root / "content/reports/2018-01-09-bbbbb2.md").read_bytes()
    edit_something(archive, 1)
    with monkeypatch.context() as patch:
        patch.setattr("readingroom.build.put_index", stop)
        with pytest.raises(KeyboardInterrupt):
            archive.build()
    archive.write("content/reports/2018-01-09-bbbbb2.md", first.decode())
    archive.entity("places/idlib", "Idlib", "Green Bridge")
    archive.build()
    edit_something(archive, 1)
    archive.build()
    assert archive.tree() == archive.cold(tmp_path / "cold")


# The cache hits


def test_an_unchanged_archive_reads_recognises_and_renders_nothing(archive: Archive) -> None:
    again = archive.build()
    assert (again.read, again.recognised, again.stale, again.removed) == (0, 0, (), ())
    assert (again.reports, again.entities, again.files) == (4, 6, len(archive.tree()))
    assert again.size == sum(map(len, archive.tree().values()))


def test_a_build_that_cannot_take_the_shortest_way_reads_and_recognises_nothing_either(archive: Archive) -> None:
    planned = archive.build(dry_run=True)
    assert (planned.read, planned.recognised, planned.stale) == (0, 0, ())
    archive.write("content/about.md", "---\ntitle: About\n---\nNew.\n")
    built = archive.build()
    assert (built.read, built.recognised) == (0, 0)
    assert [item.url for item in built.stale] == ["about.html", "data.html"]


def test_one_edited_report_is_the_one_that_is_read_and_recognised(archive: Archive) -> None:
    edit_something(archive, 1)
    result = archive.build()
    assert (result.read, result.recognised) == (1, 1)


def test_a_new_variant_is_looked_for_only_in_the_reports_that_can_hold_it(archive: Archive) -> None:
    for number in range(30):
        archive.report(f"2018-04-{number % 28 + 1:02d}-{number:06x}", f"Day {number} of the siege. Bread was short.")
    archive.report("2018-05-01-eeeee5", "They crossed the Green Bridge at dawn.")
    archive.build()
    archive.entity("places/idlib", "Idlib", "Green Bridge")
    result = archive.build()
    assert (result.read, result.recognised) == (0, 2)  # this report, and the one that names Idlib
    assert archive.tree() == archive.cold(archive.root.parent / "cold")
