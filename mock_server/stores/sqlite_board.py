"""The board of a SQLite store, in the same file."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from mock_server.errors import StoreError
from mock_server.stores.board import Change, Found
from mock_server.stores.files import open_file, transaction

_TABLES = (
    "CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, number INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS debts (key TEXT PRIMARY KEY) WITHOUT ROWID",
)
_READ = "SELECT value FROM notes WHERE name = ?"
_COUNT_UP = (
    "INSERT INTO counts VALUES (?, 1) "
    "ON CONFLICT (name) DO UPDATE SET number = number + 1 RETURNING number"
)


class SqliteBoard:
    """A board in the SQLite file of the jobs, over a connection of its own.

    What an event loop wants of it is done in a thread: what is short there would be
    quicker without, but the journal of a second takes longer than a hundred answers.
    """

    remote = False

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, "reelspec-board")
        self._lock = Lock()  # of the connection
        self._db = open_file(path)
        with self._translated():
            for table in _TABLES:
                self._db.execute(table)

    async def apart(self, work: Callable[[], Found]) -> Found:
        """Return what *work* comes to, done in a thread, one after the other."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def close(self) -> None:
        """Close the file."""
        self._thread.shutdown()
        self._db.close()

    def read(self, name: str) -> bytes | None:
        """Return the note of that name, if there is one."""
        rows = self._execute(_READ, name)
        return bytes(rows[0][0]) if rows else None

    def change(self, name: str, change: Change) -> bytes:
        """Put what *change* makes of a note in its place, and return that."""
        with self._lock, self._translated(), transaction(self._db):
            rows = self._db.execute(_READ, (name,)).fetchall()
            changed = change(bytes(rows[0][0]) if rows else None)
            query = "INSERT OR REPLACE INTO notes VALUES (?, ?)"
            self._db.execute(query, (name, changed))
            return changed

    def count(self, name: str) -> int:
        """Return the how many-th call for this name this is."""
        return int(self._execute(_COUNT_UP, name)[0][0])

    def owe(self, key: str) -> None:
        """Remember a debt."""
        self._execute("INSERT OR IGNORE INTO debts VALUES (?)", key)

    def owed(self, after: str, most: int) -> tuple[str, ...]:
        """Return at most *most* debts beyond *after*, in order."""
        query = "SELECT key FROM debts WHERE key > ? ORDER BY key LIMIT ?"
        return tuple(str(key) for (key,) in self._execute(query, after, most))

    def pay(self, key: str) -> None:
        """Forget a debt, if there is one of that key."""
        self._execute("DELETE FROM debts WHERE key = ?", key)

    def clear(self) -> None:
        """Forget counts and debts; the notes stay."""
        self._execute("DELETE FROM counts")
        self._execute("DELETE FROM debts")

    def _execute(self, query: str, *values: object) -> list[Any]:
        with self._lock, self._translated():
            return self._db.execute(query, values).fetchall()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as exc:
            raise StoreError(
                f"{self._path}: cannot share settings in this file: {exc}; look "
                "after the file and the room on its disk"
            ) from exc
