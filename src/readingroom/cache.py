"""What the last build knew, in one SQLite file that may be deleted at any time without harm.

Every row carries a check over its kind, key and value; rows that fail it are as if they were not there, and a
file that is no database, of another version or made by another program is begun again.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

VERSION = 2
BROKEN = (sqlite3.Error, UnicodeError)  # a damaged file may be quoted in what SQLite says of it
Shelf = Literal["file", "report", "mentions", "output", "search", "build"]
Row = list[object] | dict[str, object]


class Cache:
    """Rows of JSON on shelves, by key."""

    def __init__(self, path: Path, program: str) -> None:
        """Open the cache at `path`; `program` names the code that made its rows."""
        self._path = path
        self._program = program
        self._database = self._open()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def load(self, shelf: Shelf) -> dict[str, Row]:
        """Return every sound row of a shelf."""
        try:
            rows = self._database.execute("SELECT key, value, mark FROM kept WHERE shelf = ?", (shelf,)).fetchall()
        except BROKEN:
            self._begin_again()
            return {}
        return {_text(key): json.loads(value) for key, value, mark in rows if mark == _mark(shelf, key, value)}

    def save(self, rows: Mapping[Shelf, Mapping[str, Row]], forget: Mapping[Shelf, Iterable[str]]) -> None:
        """Forget those keys and keep these rows, all or nothing."""
        try:
            with self._database:
                for shelf, keys in forget.items():
                    gone = [(shelf, _bytes(key)) for key in keys]
                    self._database.executemany("DELETE FROM kept WHERE shelf = ? AND key = ?", gone)
                for shelf, items in rows.items():
                    new = [_row(shelf, key, value) for key, value in items.items()]
                    self._database.executemany("REPLACE INTO kept VALUES (?, ?, ?, ?)", new)
        except BROKEN:
            self._begin_again()

    def _open(self) -> sqlite3.Connection:
        if self._path.is_symlink():
            self._remove()
        try:
            return self._connect()
        except BROKEN:
            if not os.access(self._path.parent, os.W_OK):
                return self._look_only()
            self._remove()
        try:
            return self._connect()
        except BROKEN:
            return self._connect(":memory:")

    def _look_only(self) -> sqlite3.Connection:
        """Open a cache nobody may write to; what is saved there is lost."""
        try:
            database = sqlite3.connect(f"{self._path.resolve().as_uri()}?immutable=1", uri=True)
            if database.execute("PRAGMA user_version").fetchone()[0] == VERSION and not self._made_elsewhere(database):
                return database
            database.close()
        except BROKEN:
            pass
        return self._connect(":memory:")

    def _connect(self, where: str = "") -> sqlite3.Connection:
        database = sqlite3.connect(where or self._path)
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            made_by = database.execute("PRAGMA user_version").fetchone()[0]
            if made_by != VERSION or self._made_elsewhere(database):
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

    def _begin_again(self) -> None:
        self._database.close()
        self._remove()
        self._database = self._open()

    def _remove(self) -> None:
        for ending in ("", "-wal", "-shm", "-journal"):
            with contextlib.suppress(OSError):
                self._path.with_name(self._path.name + ending).unlink()


def _row(shelf: str, key: str, value: Row) -> tuple[str, bytes, bytes, bytes]:
    name, text = _bytes(key), _bytes(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    return shelf, name, text, _mark(shelf, name, text)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # a file's name may be no text


def _text(key: bytes) -> str:
    return key.decode("utf-8", "surrogatepass")


def _mark(shelf: str, key: object, value: object) -> bytes:
    """Return the check of a row; none where a damaged file gives other types than were written."""
    if not isinstance(key, bytes) or not isinstance(value, bytes):
        return b"no row of ours"
    return blake2b(b"%b\0%b\0%b" % (_bytes(shelf), key, value), digest_size=8).digest()
