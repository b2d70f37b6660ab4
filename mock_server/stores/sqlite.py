"""Jobs in one SQLite file, which outlives the server and may be shared by several."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path
from threading import Lock

from mock_server.errors import StoreError
from mock_server.jobs import Job
from mock_server.stores.group_commit import GroupCommit
from mock_server.stores.store import decode_job, encode_job, unknown_job

_VERSION = 1
_SCHEMA = "CREATE TABLE jobs (key TEXT PRIMARY KEY, job BLOB NOT NULL)"
_PATIENCE = 10.0  # seconds that another process may hold the file
_MOST_AT_ONCE = 400  # jobs in one statement, which takes two variables for each


class SqliteStore:
    """Jobs in one SQLite file.

    The write-ahead log keeps what was settled over a crash of the process; only a
    crash of the whole machine may cost the last moment's jobs. Reading has a
    connection of its own, and so never waits for a commit.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reading, self._writing = Lock(), Lock()  # each guards its connection
        self._reader = self._open()
        self._writer = self._open()
        self._arriving = GroupCommit(self._insert)

    def _open(self) -> sqlite3.Connection:
        try:
            db = sqlite3.connect(
                self._path,
                isolation_level=None,
                check_same_thread=False,
                timeout=_PATIENCE,
            )
        except sqlite3.Error as exc:
            raise self._unusable(exc) from exc
        try:
            _prepare(db)
        except sqlite3.Error as exc:
            db.close()
            raise self._unusable(exc) from exc
        return db

    def _unusable(self, exc: sqlite3.Error) -> StoreError:
        return StoreError(
            f"{self._path}: cannot keep jobs in this file: {exc}; "
            "name a file that does not exist yet, in a folder that does"
        )

    def close(self) -> None:
        """Close the file; the store is of no use afterwards."""
        self._arriving.close()
        self._reader.close()
        self._writer.close()

    def add(self, job: Job) -> bool:
        """Take *job*, unless its key is taken; say whether it was."""
        if self.get(job.key) is not None:
            return False
        self._arriving.add(job)
        return True

    async def settle(self) -> None:
        """Return when all that was added before is committed; raise StoreError if not."""
        await self._arriving.settle()

    def get(self, key: str) -> Job | None:
        """Return the job of that key, if there is one."""
        job = self._arriving.get(key)
        if job is not None:
            return job
        with self._reading:
            return _read(self._reader, key)

    def update(self, key: str, change: Callable[[Job], Job]) -> Job:
        """Put what *change* makes of a job in its place, and return that."""
        with self._change() as db:
            job = _read(db, key)
            if job is None:
                raise unknown_job(key)
            changed = change(job)
            row = (encode_job(changed), key)
            db.execute("UPDATE jobs SET job = ? WHERE key = ?", row)
            return changed

    def delete(self, key: str) -> None:
        """Forget the job of that key, if there is one."""
        with self._change() as db:
            db.execute("DELETE FROM jobs WHERE key = ?", (key,))

    def newest(self, count: int) -> tuple[Job, ...]:
        """Return the last *count* jobs, the newest first."""
        self._arriving.flush()
        query = "SELECT job FROM jobs ORDER BY rowid DESC LIMIT ?"
        with self._reading, closing(self._reader.execute(query, (count,))) as rows:
            return tuple(decode_job(it) for (it,) in rows)

    def clear(self) -> None:
        """Forget every job."""
        with self._change() as db:
            db.execute("DELETE FROM jobs")

    def __len__(self) -> int:
        self._arriving.flush()
        with self._reading:
            ((count,),) = self._reader.execute("SELECT count(*) FROM jobs").fetchall()
        return int(count)

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """Hold the file for writing, with everything in it that was added before."""
        self._arriving.flush()
        with self._writing, _transaction(self._writer):
            yield self._writer

    def _insert(self, jobs: Sequence[Job]) -> None:
        """Commit *jobs*.

        A statement for many rows lets go of the interpreter once, not once per row.
        """
        rows = [(it.key, encode_job(it)) for it in jobs]
        try:
            with self._writing, _transaction(self._writer):
                for start in range(0, len(rows), _MOST_AT_ONCE):
                    some = rows[start : start + _MOST_AT_ONCE]
                    places = ", ".join(["(?, ?)"] * len(some))
                    self._writer.execute(
                        f"INSERT INTO jobs VALUES {places}",  # noqa: S608 - question marks
                        [*chain.from_iterable(some)],
                    )
        except sqlite3.Error as exc:
            raise StoreError(
                f"{self._path}: cannot take {len(rows)} jobs: {exc}; "
                "look after the file and the room on its disk"
            ) from exc


def _prepare(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    with _transaction(db):
        ((version,),) = db.execute("PRAGMA user_version").fetchall()
        ((tables,),) = db.execute("SELECT count(*) FROM sqlite_master")
        if version == 0 and not tables:
            db.execute(_SCHEMA)
            db.execute(f"PRAGMA user_version = {_VERSION}")
        elif version != _VERSION:
            raise sqlite3.DatabaseError("it holds something else than jobs")


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _read(db: sqlite3.Connection, key: str) -> Job | None:
    query = "SELECT job FROM jobs WHERE key = ?"
    with closing(db.execute(query, (key,))) as rows:
        row = rows.fetchone()
    return None if row is None else decode_job(row[0])
