"""Jobs in one SQLite file, which outlives the server and may be shared by several."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path
from threading import Lock

from mock_server.errors import StoreError
from mock_server.jobs import Job
from mock_server.stores.files import open_file, transaction
from mock_server.stores.grouping import Grouped
from mock_server.stores.shelf import SqliteShelf
from mock_server.stores.sqlite_board import SqliteBoard
from mock_server.stores.store import decode_job, encode_job, unknown_job

_SCHEMA = "CREATE TABLE IF NOT EXISTS jobs (key TEXT PRIMARY KEY, job BLOB NOT NULL)"
_READ = "SELECT job FROM jobs WHERE key = ?"
_LONGEST_LOG = 10_000  # pages of 4 kB
_MOST_AT_ONCE = 400  # jobs in one statement, which takes two variables for each


class SqliteStore:
    """Jobs in one SQLite file.

    What was added outlives a crash of the process; only a crash of the whole machine
    may cost the last moment's jobs. Reading has a connection of its own, and so never
    waits for another process that writes.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reading, self._writing = Lock(), Lock()  # each guards its connection
        self._writer = open_file(path)
        with transaction(self._writer):
            self._writer.execute(_SCHEMA)
        # To carry the log over into the file waits for the disk. Mostly the journal does
        # that, in its thread; whoever adds a job only once there is a lot to carry.
        self._writer.execute(f"PRAGMA wal_autocheckpoint = {_LONGEST_LOG}")
        self._reader = open_file(path)
        self.shelf = SqliteShelf(path)
        self.board = SqliteBoard(path)
        # A commit takes less time than it takes to hand it to a thread.
        self._arriving = Grouped(self._insert)

    def close(self) -> None:
        """Close the file; the store is of no use afterwards."""
        self.shelf.close()
        self.board.close()
        self._reader.close()
        self._writer.close()

    async def add(self, job: Job) -> bool:
        """Take *job*, unless its key is taken; say whether it was, once it is kept."""
        return await self._arriving.ask(job)

    async def get(self, key: str) -> Job | None:
        """Return the job of that key, if there is one."""
        with self._reading:
            row = self._reader.execute(_READ, (key,)).fetchone()
        return None if row is None else decode_job(row[0])

    def update(self, key: str, change: Callable[[Job], Job]) -> Job:
        """Put what *change* makes of a job in its place, and return that."""
        with self._change() as db:
            row = db.execute(_READ, (key,)).fetchone()
            if row is None:
                raise unknown_job(key)
            changed = change(decode_job(row[0]))
            new = (encode_job(changed), key)
            db.execute("UPDATE jobs SET job = ? WHERE key = ?", new)
            return changed

    def delete(self, key: str) -> None:
        """Forget the job of that key, if there is one."""
        with self._change() as db:
            db.execute("DELETE FROM jobs WHERE key = ?", (key,))

    def newest(self, count: int) -> tuple[Job, ...]:
        """Return the last *count* jobs, the newest first."""
        query = "SELECT job FROM jobs ORDER BY rowid DESC LIMIT ?"
        with self._reading, closing(self._reader.execute(query, (count,))) as rows:
            return tuple(decode_job(it) for (it,) in rows)

    def clear(self) -> None:
        """Forget every job."""
        with self._change() as db:
            db.execute("DELETE FROM jobs")

    def __len__(self) -> int:
        with self._reading:
            ((count,),) = self._reader.execute("SELECT count(*) FROM jobs").fetchall()
        return int(count)

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with self._writing, transaction(self._writer):
            yield self._writer

    def _insert(self, jobs: Sequence[Job]) -> Sequence[bool]:
        """Commit *jobs*; say of each whether its key was free."""
        rows = [(it.key, encode_job(it)) for it in jobs]
        try:
            try:
                with self._change() as db:
                    _insert_all(db, rows)
            except sqlite3.IntegrityError:
                with self._change() as db:
                    return [_insert_one(db, key, row) for key, row in rows]
        except sqlite3.Error as exc:
            raise StoreError(
                f"{self.path}: cannot take {len(rows)} jobs: {exc}; "
                "look after the file and the room on its disk"
            ) from exc
        return [True] * len(rows)


def _insert_all(db: sqlite3.Connection, rows: Sequence[tuple[str, bytes]]) -> None:
    # A statement for many rows lets go of the interpreter once, not once per row.
    for start in range(0, len(rows), _MOST_AT_ONCE):
        some = rows[start : start + _MOST_AT_ONCE]
        places = ", ".join(["(?, ?)"] * len(some))
        db.execute(
            f"INSERT INTO jobs VALUES {places}",  # noqa: S608 - question marks
            [*chain.from_iterable(some)],
        )


def _insert_one(db: sqlite3.Connection, key: str, row: bytes) -> bool:
    statement = "INSERT INTO jobs VALUES (?, ?) ON CONFLICT (key) DO NOTHING"
    return db.execute(statement, (key, row)).rowcount == 1
