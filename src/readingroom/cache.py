"""What the last build knew, in one SQLite file that may be deleted at any time without harm.

Every row carries a check over its kind, key and value; rows that fail it are as if they were not there, and a
file that is no database, of another version or made by another program is begun again.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

VERSION = 3
PAGE = 32_768  # rows of some kilobytes would spill over the pages SQLite has by itself, and waste half of the file
_DECODER = json.JSONDecoder()
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)
BROKEN = (sqlite3.Error, UnicodeError)  # a damaged file may be quoted in what SQLite says of it
MEMORY = ":memory:"
ELSEWHERE = -1
_OF_ANOTHER = "made by another program, and only to be looked at"
WHOLE = "SELECT key, value, mark FROM kept WHERE shelf = ?"
KEYS = "SELECT key FROM kept WHERE shelf = ?"
UNDER = "SELECT key FROM kept WHERE shelf = ? AND key >= ? AND key < ?"
KEEP = "REPLACE INTO kept VALUES (?, ?, ?, ?)"
FORGET = "DELETE FROM kept WHERE shelf = ? AND key = ?"
ONE = "SELECT value, mark FROM kept WHERE shelf = ? AND key = ?"
Shelf = Literal[
    "file",
    "entity",
    "card",
    "report",
    "known",
    "scan",
    "ballot",
    "signature",
    "basis",
    "named",
    "poll",
    "settled",
    "sums",
    "together",
    "mentions",
    "quotes",
    "lines",
    "template",
    "output",
    "digests",
    "aside",
    "search",
    "build",
]
Row = list[object] | dict[str, object]


class Ready(NamedTuple):
    """A row as the file keeps it, with its check: any process may make one, but only one saves."""

    text: bytes
    mark: bytes


Rows = Mapping[Shelf, Mapping[str, Row | Ready]]


class LostRowError(Exception):
    """A row that was there is not, or not sound, any more: what asks for it must begin again without it."""


class Cache:
    """Rows of JSON on shelves, by key.

    A forked process that asks a cache opens the file for itself; only the process that opened it may save. So does
    a process on another host that is sent the cache: it finds what was saved before the cache last rested.
    """

    def __init__(self, path: Path, program: str, *, look_only: bool = False) -> None:
        """Open the cache at `path`; `program` names the code that made its rows.

        With `look_only` the file stays as it is: what is saved is held in memory.
        """
        self._path = path
        self._program = program
        self._keeps = not look_only
        self._shared = False
        self._held: dict[tuple[Shelf, str], Row | Ready | None] = {}
        self._owner = os.getpid()
        self._where = str(path)
        self._connections = {self._owner: self._open()}

    def close(self) -> None:
        """Close the file."""
        for connection in self._connections.values():
            connection.close()

    def rest(self) -> None:
        """Close the file until somebody asks again: processes may be forked then (SQLite's own advice)."""
        if self._where != MEMORY:
            if self._shared:
                with contextlib.suppress(*BROKEN):
                    self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self.close()
            self._connections.clear()

    def share(self) -> None:
        """From now on change the file itself only in `rest`: other hosts read it meanwhile, and nothing beside it.

        SQLite's log of what was saved last cannot be shared between hosts.
        """
        self._shared = True
        self.rest()

    def __getstate__(self) -> tuple[Path, str, dict[tuple[Shelf, str], Row | Ready | None], bool]:
        return self._path.absolute(), self._program, self._held, self._where != MEMORY

    def __setstate__(self, state: tuple[Path, str, dict[tuple[Shelf, str], Row | Ready | None], bool]) -> None:
        self._path, self._program, self._held, on_disk = state
        self._keeps, self._shared, self._owner, self._connections = False, False, ELSEWHERE, {}
        self._where = f"{self._path.as_uri()}?immutable=1" if on_disk else MEMORY

    def load(self, shelf: Shelf) -> dict[str, Row]:
        """Return every sound row of a shelf."""
        found: dict[str, Row] = {}
        try:
            for key, value, mark in self._database.execute(WHOLE, (shelf,)):
                if mark == _mark(shelf, key, value):
                    found[_text(key)] = _value(value)
        except BROKEN:
            self.begin_again()
            found = {}
        for (held_on, key), row in self._held.items():
            if held_on == shelf:
                found.pop(key, None)
                found |= {key: _read(row)} if row is not None else {}
        return found

    def get(self, shelf: Shelf, key: str) -> Row | None:
        """Return one row; None where it is not there, or not sound."""
        if (shelf, key) in self._held:
            row = self._held[shelf, key]
            return _read(row) if row is not None else None
        name = _bytes(key)
        try:
            found = self._database.execute(ONE, (shelf, name)).fetchone()
        except BROKEN:
            return None
        if found is None or found[1] != _mark(shelf, name, found[0]):
            return None
        return _value(found[0])

    def keys(self, shelf: Shelf) -> list[str]:
        """Return all keys on a shelf, their rows sound or not."""
        found: set[str] = set()
        with contextlib.suppress(*BROKEN):
            found |= {_text(key) for (key,) in self._database.execute(KEYS, (shelf,))}
        held = {key: row for (held_on, key), row in self._held.items() if held_on == shelf}
        return sorted({*found, *held} - {key for key, row in held.items() if row is None})

    def under(self, shelf: Shelf, prefix: str) -> list[str]:
        """Return the keys on a shelf that begin so, sound or not; the prefix must not end with U+10FFFF."""
        first, last = _bytes(prefix), _bytes(prefix[:-1] + chr(ord(prefix[-1]) + 1))
        found: set[str] = set()
        with contextlib.suppress(*BROKEN):
            found |= {_text(key) for (key,) in self._database.execute(UNDER, (shelf, first, last))}
        held = {key: row for (held_on, key), row in self._held.items() if held_on == shelf and key.startswith(prefix)}
        return sorted({*found, *held} - {key for key, row in held.items() if row is None})

    def need(self, shelf: Shelf, key: str) -> Row:
        """Return one row that was there when this build began, or that it saved.

        Raises:
            LostRowError: it is not there, or not sound.
        """
        row = self.get(shelf, key)
        if row is None:
            raise LostRowError(f"{shelf} {key}")
        return row

    def save(self, rows: Rows, forget: Mapping[Shelf, Iterable[str]] | None = None) -> None:
        """Forget those keys and keep these rows, all or nothing."""
        forget = forget or {}
        if not self._keeps:
            self._held |= {(shelf, key): None for shelf, keys in forget.items() for key in keys}
            self._held |= {(shelf, key): row for shelf, items in rows.items() for key, row in items.items()}
            return
        try:
            with self._database:
                for shelf, keys in forget.items():
                    self._database.executemany(FORGET, ((shelf, _bytes(key)) for key in keys))
                for shelf, items in rows.items():
                    new = ((shelf, _bytes(key), *_written(shelf, key, row)) for key, row in items.items())
                    self._database.executemany(KEEP, new)
        except BROKEN:
            self.begin_again()

    def set_aside(self, shelf: Shelf, rows: Mapping[str, Row | Ready]) -> None:
        """Keep rows that are to stand on a shelf once they are taken in, and are as if not there until then."""
        if not self._keeps:
            self.save({shelf: rows})
            return
        try:
            with self._database:
                new = (("aside", _bytes(key), *_written(shelf, key, row)) for key, row in rows.items())
                self._database.executemany(KEEP, new)
        except BROKEN:
            self.begin_again()

    def take_in(self, shelf: Shelf) -> None:
        """Put what was set aside for a shelf there, in the place of what it held by the same keys."""
        self._change("UPDATE OR REPLACE kept SET shelf = ? WHERE shelf = 'aside'", (shelf,))

    def drop_aside(self) -> None:
        """Forget what was set aside by a build that did not take it in."""
        self._change("DELETE FROM kept WHERE shelf = 'aside'", ())

    def _change(self, statement: str, values: tuple[str, ...]) -> None:
        if self._keeps:
            try:
                with self._database:
                    self._database.execute(statement, values)
            except BROKEN:
                self.begin_again()

    @property
    def _database(self) -> sqlite3.Connection:
        """The connection of this process."""
        process = self._owner if self._where == MEMORY else os.getpid()
        if process not in self._connections:
            uri, same = self._where.startswith("file:"), self._owner != ELSEWHERE
            self._connections[process] = sqlite3.connect(self._where, uri=uri, check_same_thread=same)
            self._connections[process].execute("PRAGMA synchronous = NORMAL")
            if self._shared:
                self._connections[process].execute("PRAGMA wal_autocheckpoint = 0")
        return self._connections[process]

    def _open(self) -> sqlite3.Connection:
        if not self._keeps and (self._path.is_symlink() or not self._path.exists()):
            return self._in_memory()
        if self._path.is_symlink():
            remove(self._path)
        try:
            return self._connect()
        except BROKEN:
            if not os.access(self._path.parent, os.W_OK):
                return self._read_only()
            if not self._keeps:
                return self._in_memory()
            remove(self._path)
        try:
            return self._connect()
        except BROKEN:
            return self._in_memory()

    def _read_only(self) -> sqlite3.Connection:
        """Open a cache nobody may write to; what is saved there is held in memory."""
        try:
            self._where = f"{self._path.resolve().as_uri()}?immutable=1"
            database = sqlite3.connect(self._where, uri=True)
            if database.execute("PRAGMA user_version").fetchone()[0] == VERSION and not self._made_elsewhere(database):
                self._keeps = False
                return database
            database.close()
        except BROKEN:
            pass
        return self._in_memory()

    def _in_memory(self) -> sqlite3.Connection:
        self._where, self._keeps = MEMORY, False
        return self._connect()

    def _connect(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._where)
        try:
            database.execute(f"PRAGMA page_size = {PAGE}")
            if self._keeps:  # else a log might stay behind, where the disk has no room to bring it home
                database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            made_by = database.execute("PRAGMA user_version").fetchone()[0]
            if made_by != VERSION or self._made_elsewhere(database):
                if not self._keeps and self._where != MEMORY:
                    raise sqlite3.DatabaseError(_OF_ANOTHER)
                self._lay_out(database)
        except BROKEN:
            database.close()
            raise
        return database

    def _made_elsewhere(self, database: sqlite3.Connection) -> bool:
        row = database.execute("SELECT value FROM kept WHERE shelf = 'program' AND key = x''").fetchone()
        return row is None or row[0] != self._program

    def _lay_out(self, database: sqlite3.Connection) -> None:
        with database:
            database.execute("DROP TABLE IF EXISTS kept")
            database.execute(
                "CREATE TABLE kept (shelf TEXT, key BLOB, value BLOB, mark BLOB, PRIMARY KEY (shelf, key))"
                " WITHOUT ROWID"
            )
            database.execute("INSERT INTO kept VALUES ('program', x'', ?, x'')", (self._program,))
            database.execute(f"PRAGMA user_version = {VERSION}")

    def begin_again(self) -> None:
        """Throw away what the file holds; one that is only looked at stays, and memory takes its place."""
        if os.getpid() != self._owner:
            raise LostRowError(self._where)
        self.close()
        if self._keeps:
            remove(self._path)
        self._connections = {self._owner: self._open() if self._keeps else self._in_memory()}


def remove(path: Path) -> None:
    """Remove a cache, with all that SQLite keeps beside it."""
    for ending in ("", "-wal", "-shm", "-journal"):
        with contextlib.suppress(OSError):
            path.with_name(path.name + ending).unlink()


def ready(shelf: Shelf, key: str, row: Row) -> Ready:
    """Write a row as the file keeps it."""
    text = _bytes(_ENCODER.encode(row))
    return Ready(text, _mark(shelf, _bytes(key), text))


def all_ready(rows: Rows) -> dict[Shelf, dict[str, Ready]]:
    """Write rows as the file keeps them."""
    return {shelf: {key: _written(shelf, key, row) for key, row in items.items()} for shelf, items in rows.items()}


def _written(shelf: Shelf, key: str, row: Row | Ready) -> Ready:
    return row if isinstance(row, Ready) else ready(shelf, key, row)


def _read(row: Row | Ready) -> Row:
    return _value(row.text) if isinstance(row, Ready) else row


def _value(content: bytes) -> Row:
    """Read a row that its check has found sound: so it is JSON just as it was written."""
    row: Row = _DECODER.raw_decode(_text(content))[0]
    return row


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # a file's name may be no text


def _text(key: bytes) -> str:
    return key.decode("utf-8", "surrogatepass")


def _mark(shelf: str, key: object, value: object) -> bytes:
    """Return the check of a row; none where a damaged file gives other types than were written."""
    if not isinstance(key, bytes) or not isinstance(value, bytes):
        return b"no row of ours"
    return blake2b(b"%b\0%b\0%b" % (_bytes(shelf), key, value), digest_size=8).digest()
