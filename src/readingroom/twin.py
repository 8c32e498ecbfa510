"""The tree that was the site before, brought to what the next site shares with this one: its cost follows the change.

Nothing is believed of that tree: a file in it stays only if it is the very file of the site, under a second name.
Whatever else lies in it goes, and what it lacks is linked from the site.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path


class _Inside(NamedTuple):
    """What is in a folder: its files by name, each with the number that tells it from any other, and its folders."""

    files: dict[str, int]
    folders: list[str]


def take(twin: Path, target: Path) -> bool:
    """Move all that is in the twin into a new folder, if there is a twin; whoever reads on in it finds nothing."""
    if not twin.is_dir() or twin.is_symlink():
        return False
    target.mkdir()
    for entry in list(twin.iterdir()):
        entry.rename(target / entry.name)
    twin.rmdir()
    return True


def align(tree: Path, site: Path, kept: Collection[str], also: Iterable[str] = ()) -> None:
    """Make a tree hold those files of the site that are kept and nothing else, and the folders for others besides.

    Raises:
        OSError: a kept file is not in the site, or the disk does not allow a second name for it.
    """
    wanted = _by_folder(kept, also)
    for folder in sorted(wanted):
        names = wanted[folder]
        os.makedirs(f"{tree}/{folder}", exist_ok=True)  # noqa: PTH103 - a path a file costs more than the link
        here, there = _inside(f"{tree}/{folder}"), _inside(f"{site}/{folder}").files
        same = names.intersection(name for name, number in here.files.items() if there.get(name) == number)
        _clear(f"{tree}/{folder}", here, same, [name for name in here.folders if f"{folder}{name}/" not in wanted])
        for name in names - same:
            os.link(f"{site}/{folder}{name}", f"{tree}/{folder}{name}", follow_symlinks=False)


def prune(tree: Path, kept: Collection[str]) -> None:
    """Remove every file of a tree that is not kept, so that no text outlives the site it stood in."""
    wanted = _by_folder(kept, ())
    for folder in sorted(wanted):
        here = _inside(f"{tree}/{folder}")
        stay = wanted[folder] & here.files.keys()
        _clear(f"{tree}/{folder}", here, stay, [name for name in here.folders if f"{folder}{name}/" not in wanted])


def move(source: Path, tree: Path, urls: Iterable[str]) -> None:
    """Move files into a tree that has the folders for them."""
    for url in urls:
        os.rename(f"{source}/{url}", f"{tree}/{url}")  # noqa: PTH104 - as above


def _by_folder(kept: Iterable[str], also: Iterable[str]) -> dict[str, set[str]]:
    """Return the names of the kept files by folder, "" for the uppermost, with all folders that lead to them.

    >>> _by_folder(["a/b/c", "d"], ["e/f"])
    {'a/b/': {'c'}, '': {'d'}, 'e/': set(), 'a/': set()}
    """
    found: dict[str, set[str]] = {}
    for url in kept:
        end = url.rfind("/") + 1
        found.setdefault(url[:end], set()).add(url[end:])
    found.setdefault("", set())
    for url in also:
        found.setdefault(url[: url.rfind("/") + 1], set())
    for folder in list(found):
        parts = folder.split("/")[:-1]
        for number in range(1, len(parts)):
            found.setdefault("/".join(parts[:number]) + "/", set())
    return found


def _inside(folder: str) -> _Inside:
    """List a folder; what is none is empty. Links are files."""
    files: dict[str, int] = {}
    folders: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                else:
                    files[entry.name] = entry.inode()
    except (FileNotFoundError, NotADirectoryError):
        return _Inside({}, [])
    return _Inside(files, folders)


def _clear(folder: str, here: _Inside, stay: Collection[str], folders: Iterable[str]) -> None:
    """Remove the files of a folder that do not stay, and these folders in it."""
    for name in here.files.keys() - stay:
        os.unlink(f"{folder}{name}")  # noqa: PTH108 - as above
    for name in folders:
        shutil.rmtree(f"{folder}{name}")
