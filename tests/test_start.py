"""What the program does when it starts and when it ends, besides its work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from archives import Archive, small_archive

REPOSITORY = Path(__file__).resolve().parent.parent
HEAVY = [
    "jinja2",
    "markdown_it",
    "yaml",
    "slugify",
    "ahocorasick_rs",
    "cbor2",
    "trafilatura",
    "watchdog",
    "rich",
    "multiprocessing",
    "asyncio",
    "importlib.metadata",
    "tempfile",
]

NOT_FOR_AN_EDIT = [
    "asyncio",
    "dask",
    "email",
    "importlib.metadata",
    "importlib.resources",
    "markdown_it",
    "multiprocessing",
    "readingroom.book_views",
    "readingroom.clean",
    "readingroom.cluster",
    "readingroom.copy_views",
    "readingroom.dating",
    "readingroom.drafting",
    "readingroom.webpage",
    "readingroom.which_language",
    "trafilatura",
    "watchdog",
]


def build_and_list_modules(archive: Archive, *options: str) -> tuple[str, set[str]]:
    """Build in another process; return what it said, and the modules it imported."""
    program = (
        "import atexit, sys; atexit.register(lambda: print(*sys.modules)); from readingroom.cli import main; main()"
    )
    command = [sys.executable, "-c", program, "-C", str(archive.root), "build", *options]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return said, set(said.splitlines()[-1].split())


def test_a_build_after_an_edit_imports_nothing_it_does_not_use(tmp_path: Path) -> None:
    archive = small_archive(tmp_path / "archive")
    build_and_list_modules(archive, "--no-search")
    archive.change("content/reports/2018-01-02-aaaaa1.md", "Nothing", "Someone")
    said, imported = build_and_list_modules(archive, "--no-search")
    assert not said.startswith("nothing changed\n")
    assert {"jinja2", "yaml"} <= imported
    assert set(NOT_FOR_AN_EDIT) & imported == set()


def test_the_second_build_of_this_archive_renders_nothing_and_imports_nothing_heavy(tmp_path: Path) -> None:
    archive = Archive(REPOSITORY).copy_to(tmp_path / "archive")
    build_and_list_modules(archive)
    said, imported = build_and_list_modules(archive)
    assert said.startswith("nothing changed\n")
    assert {"readingroom.state", "sqlite3"} <= imported
    assert set(HEAVY) & imported == set()


def test_a_program_that_ends_looks_for_no_garbage_first(tmp_path: Path) -> None:
    program = (
        "import atexit, gc; atexit.register(lambda: print(gc.get_freeze_count() > 1000)); "
        "from readingroom.cli import main; main()"
    )
    command = [sys.executable, "-c", program, "-C", str(tmp_path), "new", "archive"]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path).stdout
    assert said.splitlines()[-1] == "True"
