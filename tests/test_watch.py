"""Which changes of files are heard of, and when."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from readingroom.watch import watching

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from readingroom.watch import Changes, Watch


@contextmanager
def watched(root: Path) -> Iterator[tuple[Changes, Watch]]:
    """Watch an archive whose first build is done."""
    (root / "content/reports").mkdir(parents=True)
    (root / "readingroom.toml").touch()
    (root / "build").mkdir()
    with watching(root) as (changes, watch):
        assert changes.wait(0)
        yield changes, watch


SAVES: dict[str, Callable[[Path], object]] = {
    "a report": lambda root: (root / "content/reports/a.md").write_text("a", encoding="utf-8"),
    "the settings": lambda root: (root / "readingroom.toml").write_text("a", encoding="utf-8"),
    "a rename": lambda root: (root / "content/reports/.a.swp").rename(root / "content/reports/a.md"),
    "a removal": lambda root: (root / "content/reports/b.md").unlink(),
    "a new folder": lambda root: (root / "content/places").mkdir(),
    "an archive's first templates": lambda root: (root / "templates").mkdir(),
}


@pytest.mark.parametrize("name", SAVES)
def test_it_hears_of(name: str, tmp_path: Path) -> None:
    (tmp_path / "content/reports").mkdir(parents=True)
    (tmp_path / "content/reports/.a.swp").touch()
    (tmp_path / "content/reports/b.md").touch()
    (tmp_path / "readingroom.toml").touch()
    with watching(tmp_path) as (changes, _):
        changes.wait(0)
        SAVES[name](tmp_path)
        assert changes.wait(5)
        assert not changes.wait(0.3)


def test_it_does_not_hear_of_reading_of_its_own_output_or_of_editors_own_files(tmp_path: Path) -> None:
    with watched(tmp_path) as (changes, _):
        list((tmp_path / "content").rglob("*"))
        (tmp_path / "readingroom.toml").read_bytes()
        (tmp_path / "build/cache.sqlite").write_bytes(b"1")
        for name in (".a.md.swp", "a.md~", "4913", "#a.md#", "a.tmp"):
            (tmp_path / "content/reports" / name).touch()
        assert not changes.wait(0.5)


def test_it_hears_of_files_in_folders_made_or_replaced_meanwhile(tmp_path: Path) -> None:
    with watched(tmp_path) as (changes, watch):
        (tmp_path / "seeds").mkdir()
        assert changes.wait(5)
        watch.renew()
        (tmp_path / "seeds/a.txt").touch()
        assert changes.wait(5)
        (tmp_path / "content").rename(tmp_path / "content.old")
        (tmp_path / "content").mkdir()
        assert changes.wait(5)
        watch.renew()
        (tmp_path / "content/about.md").touch()
        assert changes.wait(5)


def test_many_saves_at_once_are_one_change(tmp_path: Path) -> None:
    with watched(tmp_path) as (changes, _):
        for number in range(20):
            (tmp_path / f"content/reports/{number}.md").touch()
        assert changes.wait(5)
        assert not changes.wait(0.3)
