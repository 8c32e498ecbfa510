"""What is published is what was listed: a file edited while a build reads it is never taken for what it was before."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from archives import Archive, new_archive, small_archive
from readingroom import assets, ingest, load, render, serve, site, templates
from readingroom.board import Board, State
from readingroom.options import Options
from readingroom.problems import ProblemsError
from readingroom.sources import CHANGED, read_file
from seeding import REPORT

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

LONG_AGO = 1_500_000_000_000_000_000
READERS = (assets, ingest, load, render, site, templates)


class Edit:
    """An edit that is there whenever one module reads the file, and undone before anyone looks again."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch, modules: tuple[ModuleType, ...] = READERS) -> None:
        self.path, self.monkeypatch, self.modules = path, monkeypatch, modules
        self.times = 0

    def _read(self, path: Path, *, follow: bool = False) -> bytes:
        content = read_file(path, follow=follow)
        if path != self.path or not self.times:
            return content
        self.times -= 1
        return content + b"\n\nedited and undone\n"

    def begin(self, times: int = 1_000) -> None:
        self.times = times
        for module in self.modules:
            self.monkeypatch.setattr(module, "read_file", self._read)

    def end(self) -> None:
        self.times = 0


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = small_archive(tmp_path / "archive", plain=False)
    archive.write("seeds/a.txt", REPORT.format(place="Sousa"))
    archive.write("templates/moved.html", '{% extends "base.html" %}')
    archive.write("templates/static/own.css", "body {}")
    archive.write("content/judgements.yaml", "- {moved: [places/old, places/hajin]}\n")
    archive.write("content/changes.yaml", "- {date: 2026-11-22, kind: addition, of: about, note: New.}\n")
    return archive


@pytest.mark.parametrize("keep_going", [False, True])
@pytest.mark.parametrize(
    "path",
    ["content/reports/2018-01-02-aaaaa1.md", "content/places/hajin.md", "content/about.md", "content/changes.yaml",
     "content/judgements.yaml", "seeds/a.txt", "templates/moved.html", "templates/static/own.css"],
)  # fmt: skip
def test_an_edit_made_and_undone_during_a_build_is_not_published(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, *, keep_going: bool
) -> None:
    edit = Edit(archive.root / path, monkeypatch)
    edit.begin()
    with pytest.raises(ProblemsError) as caught:
        archive.build(keep_going=keep_going)
    assert (path, CHANGED) in [(problem.path, problem.message) for problem in caught.value.problems]
    assert not archive.site.exists()
    edit.end()
    archive.build()
    assert not any(b"edited and undone" in content for content in archive.tree().values())
    assert archive.tree() == archive.cold(tmp_path / "cold")


def test_a_copy_is_compared_with_what_was_listed(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.build()
    edit = Edit(archive.root / "seeds/a.txt", monkeypatch, (site,))
    (archive.site / "originals/a.txt").unlink()
    edit.begin()
    with pytest.raises(ProblemsError, match=r"seeds/a\.txt: changed while it was read"):
        archive.build()
    edit.end()
    archive.build()
    assert (archive.site / "originals/a.txt").read_bytes() == (archive.root / "seeds/a.txt").read_bytes()


def test_an_edit_that_hid_its_size_and_time_is_seen_by_the_second_build(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive", plain=False)
    archive.write("content/about.md", "---\ntitle: About\n---\nText.\n")
    path = archive.root / "content/about.md"
    os.utime(path, ns=(LONG_AGO, LONG_AGO))
    archive.build()
    archive.write("content/about.md", "---\ntitle: About\n---\ntEXT.\n")
    os.utime(path, ns=(LONG_AGO, LONG_AGO))
    archive.write("content/else.md", "---\ntitle: Else\n---\nText.\n")
    with pytest.raises(ProblemsError, match=r"content/about\.md: changed while it was read"):
        archive.build()
    archive.build()
    assert "tEXT." in (archive.site / "about.html").read_text()


def test_serve_simply_builds_again(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    board = Board(State("x-0"))
    editing = serve.Editing(archive.root, Options(search="none"), board, said.append)
    edit = Edit(archive.root / "content/about.md", monkeypatch)
    edit.begin(times=1)
    editing.rebuild(editing.pages_first)
    assert board.state.problems == ()
    assert not editing.must_try_again
    assert "changed" not in " ".join(said)
    edit.begin(times=100)
    archive.change("content/about.md", "What this is.", "What it is.")
    editing.rebuild(editing.pages_first)
    assert editing.must_try_again
    edit.end()
    editing.rebuild(editing.pages_first)
    assert board.state.problems == ()
    assert "What it is." in (archive.site / "about.html").read_text()
