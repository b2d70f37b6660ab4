"""Where jobs are kept: in memory, or in one SQLite file that outlives the server."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Protocol

import orjson

from mock_server.errors import StoreError, UnknownJobError
from mock_server.jobs import Change, Job
from specs import Event


class Store(Protocol):
    """Jobs by their key. What a method is given or returns is never changed."""

    def add(self, job: Job) -> bool:
        """Keep *job*, unless its key is taken; say whether it was kept."""
        ...

    def get(self, key: str) -> Job | None:
        """Return the job of that key, if there is one."""
        ...

    def update(self, key: str, change: Callable[[Job], Job]) -> Job:
        """Put what *change* makes of a job in its place, and return that.

        Nobody else changes the job meanwhile, and nothing changes where *change*
        raises. Raises UnknownJobError where the key is unknown.
        """
        ...

    def newest(self, count: int) -> tuple[Job, ...]:
        """Return the last *count* jobs, the newest first."""
        ...

    def clear(self) -> None:
        """Forget every job."""
        ...

    def __len__(self) -> int: ...


class MemoryStore:
    """Jobs in a dictionary; past *capacity* the oldest is forgotten for the newest."""

    def __init__(self, capacity: int = 100_000) -> None:
        self._capacity = capacity
        self._jobs: dict[str, Job] = {}

    def add(self, job: Job) -> bool:
        """Keep *job*, unless its key is taken; say whether it was kept."""
        if job.key in self._jobs:
            return False
        if len(self._jobs) >= self._capacity:
            del self._jobs[next(iter(self._jobs))]
        self._jobs[job.key] = job
        return True

    def get(self, key: str) -> Job | None:
        """Return the job of that key, if there is one."""
        return self._jobs.get(key)

    def update(self, key: str, change: Callable[[Job], Job]) -> Job:
        """Put what *change* makes of a job in its place, and return that."""
        if key not in self._jobs:
            raise _unknown(key)
        self._jobs[key] = changed = change(self._jobs[key])
        return changed

    def newest(self, count: int) -> tuple[Job, ...]:
        """Return the last *count* jobs, the newest first."""
        return tuple(islice(reversed(self._jobs.values()), count))

    def clear(self) -> None:
        """Forget every job."""
        self._jobs.clear()

    def __len__(self) -> int:
        return len(self._jobs)


_VERSION = 1
_SCHEMA = "CREATE TABLE jobs (key TEXT PRIMARY KEY, job BLOB NOT NULL)"


class SqliteStore:
    """Jobs in one SQLite file, which several processes may share.

    The write-ahead log keeps what was answered over a crash of the process; only a
    crash of the whole machine may cost the last moment's jobs.
    """

    def __init__(self, path: Path) -> None:
        self._lock = Lock()  # the server's thread need not be the one that opens
        try:
            self._db = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, timeout=10
            )
        except sqlite3.Error as exc:
            raise _unusable(path, exc) from exc
        try:
            self._prepare()
        except sqlite3.Error as exc:
            self._db.close()
            raise _unusable(path, exc) from exc

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        with self._transaction():
            ((version,),) = self._db.execute("PRAGMA user_version").fetchall()
            ((tables,),) = self._db.execute("SELECT count(*) FROM sqlite_master")
            if version == 0 and not tables:
                self._db.execute(_SCHEMA)
                self._db.execute(f"PRAGMA user_version = {_VERSION}")
            elif version != _VERSION:
                raise sqlite3.DatabaseError("it holds something else than jobs")

    def close(self) -> None:
        """Close the file; the store is of no use afterwards."""
        self._db.close()

    def add(self, job: Job) -> bool:
        """Keep *job*, unless its key is taken; say whether it was kept."""
        row = (job.key, orjson.dumps(job))
        with self._lock:
            cursor = self._db.execute("INSERT OR IGNORE INTO jobs VALUES (?, ?)", row)
            return cursor.rowcount == 1

    def get(self, key: str) -> Job | None:
        """Return the job of that key, if there is one."""
        with self._lock:
            return self._read(key)

    def update(self, key: str, change: Callable[[Job], Job]) -> Job:
        """Put what *change* makes of a job in its place, and return that."""
        with self._lock, self._transaction():
            job = self._read(key)
            if job is None:
                raise _unknown(key)
            changed = change(job)
            self._db.execute(
                "UPDATE jobs SET job = ? WHERE key = ?", (orjson.dumps(changed), key)
            )
            return changed

    def newest(self, count: int) -> tuple[Job, ...]:
        """Return the last *count* jobs, the newest first."""
        query = "SELECT job FROM jobs ORDER BY rowid DESC LIMIT ?"
        with self._lock, closing(self._db.execute(query, (count,))) as rows:
            return tuple(_decode(it) for (it,) in rows)

    def clear(self) -> None:
        """Forget every job."""
        with self._lock:
            self._db.execute("DELETE FROM jobs")

    def __len__(self) -> int:
        with self._lock:
            ((count,),) = self._db.execute("SELECT count(*) FROM jobs").fetchall()
        return int(count)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _read(self, key: str) -> Job | None:
        query = "SELECT job FROM jobs WHERE key = ?"
        with closing(self._db.execute(query, (key,))) as rows:
            row = rows.fetchone()
        return None if row is None else _decode(row[0])


def _decode(row: bytes) -> Job:
    facts = orjson.loads(row)
    for name in ("schedule", "forced"):
        facts[name] = tuple(Change(it["at"], Event(it["event"])) for it in facts[name])
    return Job(**facts)


def _unknown(key: str) -> UnknownJobError:
    return UnknownJobError(f"job {key[:80]!r}: the store does not hold it")


def _unusable(path: Path, exc: sqlite3.Error) -> StoreError:
    return StoreError(
        f"{path}: cannot keep jobs in this file: {exc}; "
        "name a file that does not exist yet, in a folder that does"
    )
