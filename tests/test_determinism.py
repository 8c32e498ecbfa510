"""The same content gives the same bytes, search included, wherever, whenever and by whomever it is built."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest

from archives import SOURCES, Archive, chance, small_archive, tree_hash

PATHS = ("a", "a b/تقرير #1 'x' [y]")
SEEDS = ("0", "1", "4242")
PLACES = (
    {"TZ": "UTC", "LC_ALL": "C.UTF-8"},
    {"TZ": "Pacific/Chatham", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LANGUAGE": "tr"},
)
ORDERS = (1, 2)
MEMORY = Path("/dev", "shm")
PROGRAM = """
from readingroom import workers
from readingroom.cli import main
workers.WORTH_FORKING = 1
main()
"""


class Surroundings(NamedTuple):
    """What differs between two builds of the same content."""

    path: str
    hash_seed: str
    place: dict[str, str]
    order: int


ALL = [Surroundings(*each) for each in product(PATHS, SEEDS, PLACES, ORDERS)]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """An archive with the packaged templates, two languages, an original, and many values of every filter."""
    archive = small_archive(tmp_path_factory.mktemp("archive"), plain=False)
    archive.write("readingroom.toml", 'title = "Test"\nurl = "https://example.org/x/"\n')
    archive.write("templates/static/own.css", "body {}\n")
    names = [f"Tell {first}{second}" for first in ("Ab", "Ba", "Kha", "Dun") for second in ("yad", "qir", "rus")]
    for number, name in enumerate(names):
        key = f"{('places', 'factions', 'commanders')[number % 3]}/n{number}"
        archive.entity(key, name, native=f"{{ar: تل {number}}}")
    luck = chance(7)
    for number in range(12):
        said = ". ".join(f"{one} lies near {other}" for one, other in (luck.sample(names, 2) for _ in range(4)))
        archive.report(
            f"201{number % 4 + 5}-03-{number + 1:02d}-{number:06x}", f"{said}.", publisher=f"Press {number % 4}"
        )
    archive.report("2018-06-01-fffff6", "قصف على هجين. Hajin.", language="ar")
    archive.write("seeds/one.txt", "Sousa is quiet\n\nUntil today, the 14th of February 2018, nothing moved.\n")
    archive.build()
    return archive


def scattered(archive: Archive, root: Path, order: int) -> None:
    """Copy the sources file by file, in an order and with times of their own."""
    luck = chance(order)
    files = [path for name in SOURCES for path in [archive.root / name, *(archive.root / name).rglob("*")]]
    files = sorted(path for path in files if path.is_file())
    for path in luck.sample(files, len(files)):
        target = root / path.relative_to(archive.root)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
        moment = luck.randrange(1_000_000_000, 1_700_000_000)
        os.utime(target, (moment, moment))


def hash_of_build(archive: Archive, folder: Path, number: int, around: Surroundings) -> str:
    root = folder / str(number) / around.path
    scattered(archive, root, around.order)
    jobs = str(1 + number % 2)
    environment = {**os.environ, **around.place, "PYTHONHASHSEED": around.hash_seed}
    command = [sys.executable, "-c", PROGRAM, "-C", os.fspath(root), "build", "--frozen", "--jobs", jobs]
    done = subprocess.run(command, env=environment, capture_output=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    site = Archive(root).tree()
    assert sum(name.endswith(".pf_fragment") for name in site) > 1
    assert sum(name.endswith(".facets") for name in site) == 1
    assert "pagefind/shards.js" in site
    assert len([name for name in site if name.startswith("originals/")]) == 1
    return tree_hash(site)


def all_equal(archive: Archive, folder: Path, chosen: list[Surroundings]) -> bool:
    return len({hash_of_build(archive, folder, number, around) for number, around in enumerate(chosen)}) == 1


def test_builds_in_different_surroundings_give_the_same_bytes(archive: Archive, tmp_path: Path) -> None:
    """Every value of every dimension, in few builds; the long test below makes them all."""
    chosen = [
        Surroundings(PATHS[0], SEEDS[0], PLACES[0], ORDERS[0]),
        Surroundings(PATHS[1], SEEDS[1], PLACES[1], ORDERS[1]),
        Surroundings(PATHS[1], SEEDS[2], PLACES[0], ORDERS[0]),
        Surroundings(PATHS[0], SEEDS[1], PLACES[1], ORDERS[1]),
    ]
    assert all_equal(archive, tmp_path, chosen)


@pytest.mark.long
def test_twenty_four_builds_in_different_surroundings_give_the_same_bytes(archive: Archive, tmp_path: Path) -> None:
    assert len(ALL) == 24
    assert all_equal(archive, tmp_path, ALL)


@pytest.mark.skipif(not MEMORY.is_dir(), reason="needs a file system that lists files as they came")
def test_the_order_in_which_a_file_system_lists_files_changes_no_byte(archive: Archive) -> None:
    """On ext4 that order follows from the names; where the memory is a disk, from the order of creation."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        archives = [Archive(Path(folder, str(order))) for order in range(4)]
        for order, copy in enumerate(archives):
            scattered(archive, copy.root, order)
            copy.build("now", frozen=True)
            for name in ("content/about.md", "content/reports/2018-01-02-aaaaa1.md")[: order % 3]:
                copy.write(name, copy.read(name) + "\nMore.\n")
                copy.build("now")
                copy.write(name, archive.read(name))
                copy.build("now")
        assert len({tree_hash(copy.tree()) for copy in archives}) == 1


def test_a_build_at_another_time_gives_the_same_bytes(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = archive.cold(tmp_path / "now")
    monkeypatch.setattr("time.time", lambda: 4_102_444_800.0)
    monkeypatch.setattr("time.time_ns", lambda: 4_102_444_800_000_000_000)
    assert archive.cold(tmp_path / "later") == now


def test_no_page_holds_the_path_it_was_built_in(archive: Archive, tmp_path: Path) -> None:
    for name, content in archive.cold(tmp_path / "unmistakable", "now").items():
        assert b"unmistakable" not in content, name
