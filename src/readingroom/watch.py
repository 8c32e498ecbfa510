"""The files people write, watched: tells that something was saved once they pause."""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager
from pathlib import PurePath
from typing import TYPE_CHECKING

from watchdog.events import (
    EVENT_TYPE_CREATED,
    EVENT_TYPE_DELETED,
    EVENT_TYPE_MODIFIED,
    EVENT_TYPE_MOVED,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.polling import PollingObserver

from readingroom.config import FILE
from readingroom.sources import is_passed_over

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from watchdog.events import FileSystemEvent
    from watchdog.observers.api import BaseObserver, ObservedWatch

FOLDERS = ("content", "seeds", "templates")
TELLING = frozenset({EVENT_TYPE_CREATED, EVENT_TYPE_DELETED, EVENT_TYPE_MODIFIED, EVENT_TYPE_MOVED})
SETTLES, LONGEST = 0.1, 1.0


def matters(path: str) -> bool:
    """Tell whether a path below the archive's folder is one that people write, not an editor's own file.

    >>> matters("content/places/hajin.md"), matters("readingroom.toml"), matters("templates")
    (True, True, True)
    >>> matters("build/site/index.html"), matters("content/.hajin.md.swp"), matters("content/hajin.md~")
    (False, False, False)
    """
    parts = PurePath(path).parts
    return bool(parts) and (parts == (FILE,) or parts[0] in FOLDERS) and not any(map(is_passed_over, parts))


class Changes(FileSystemEventHandler):
    """What was saved since someone last asked; begins as if something had been."""

    def __init__(self, root: Path) -> None:
        """Take note of what happens below `root`."""
        self._root = root
        self._new = threading.Event()
        self._new.set()

    @property
    def pending(self) -> bool:
        """Tell whether something was saved that nobody has asked for yet."""
        return self._new.is_set()

    def note(self) -> None:
        """Take note that something was saved."""
        self._new.set()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Take note of an event of the file system if it changes what people wrote."""
        if event.event_type not in TELLING or (event.is_directory and event.event_type == EVENT_TYPE_MODIFIED):
            return
        paths = [os.fsdecode(path) for path in (event.src_path, event.dest_path) if path]
        if any(matters(os.path.relpath(path, self._root)) for path in paths):
            self.note()

    def wait(self, patience: float) -> bool:
        """Wait `patience` seconds at most until something is saved, then until saving pauses for a moment."""
        if not self._new.wait(patience):
            return False
        latest = time.monotonic() + LONGEST
        self._new.clear()
        while time.monotonic() < latest and self._new.wait(SETTLES):
            self._new.clear()
        self._new.clear()
        return True


class Watch:
    """The watched folders of an archive, some of which may come and go."""

    def __init__(self, root: Path, changes: Changes) -> None:
        """Begin to watch; where the system cannot tell of changes, look for them every second."""
        self._root = root
        self._changes = changes
        self._watched: dict[str, tuple[int, ObservedWatch]] = {}
        try:
            self._observer = self._begin(Observer())
        except OSError:
            self._watched.clear()
            self._observer = self._begin(PollingObserver())

    def renew(self) -> None:
        """Watch the folders that are there now, and no longer those that are gone or were replaced."""
        self._renew(self._observer)

    def end(self) -> None:
        """Stop watching."""
        self._observer.stop()
        self._observer.join()

    def _begin(self, observer: BaseObserver) -> BaseObserver:
        observer.schedule(self._changes, str(self._root))
        self._renew(observer)
        observer.start()
        return observer

    def _renew(self, observer: BaseObserver) -> None:
        for name in FOLDERS:
            folder = self._root / name
            number = folder.stat().st_ino if folder.is_dir() else 0
            known, watch = self._watched.get(name, (0, None))
            if watch and known != number:
                observer.unschedule(watch)
                del self._watched[name]
            if number and known != number:
                self._watched[name] = (number, observer.schedule(self._changes, str(folder), recursive=True))


@contextmanager
def watching(root: Path) -> Iterator[tuple[Changes, Watch]]:
    """Watch what people write in the archive at `root`, for as long as the block runs."""
    changes = Changes(root)
    watch = Watch(root, changes)
    try:
        yield changes, watch
    finally:
        watch.end()
