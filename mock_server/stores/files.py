"""The SQLite file that a mock keeps things in: opened the same way by all of them."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from mock_server.errors import StoreError

_VERSION = 1
_PATIENCE = 10.0  # seconds that another process may hold the file


def open_file(path: Path) -> sqlite3.Connection:
    """Return a connection to the file at *path*, which is made if it is not there.

    The write-ahead log keeps what was committed over a crash of the process; only a
    crash of the whole machine may cost the last moment's. Each table is made by whom
    it belongs to. Raises StoreError where the file is something else.
    """
    try:
        db = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=_PATIENCE
        )
    except sqlite3.Error as exc:
        raise _unusable(path, exc) from exc
    try:
        _prepare(db)
    except sqlite3.Error as exc:
        db.close()
        raise _unusable(path, exc) from exc
    return db


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Commit what is done to *db* meanwhile, or nothing where it raises."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _prepare(db: sqlite3.Connection) -> None:
    _write_ahead(db)
    db.execute("PRAGMA synchronous = NORMAL")
    with transaction(db):
        ((version,),) = db.execute("PRAGMA user_version").fetchall()
        ((tables,),) = db.execute("SELECT count(*) FROM sqlite_master")
        if version == 0 and not tables:
            db.execute(f"PRAGMA user_version = {_VERSION}")
        elif version != _VERSION:
            raise sqlite3.DatabaseError("it holds something else than jobs")


def _write_ahead(db: sqlite3.Connection) -> None:
    """Switch to the write-ahead log, once nobody else does so.

    SQLite has patience with whoever writes, but none here.
    """
    deadline = monotonic() + _PATIENCE
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > deadline:
                raise
            sleep(0.01)
        else:
            return


def _unusable(path: Path, exc: sqlite3.Error) -> StoreError:
    return StoreError(
        f"{path}: cannot keep jobs in this file: {exc}; "
        "name a file that does not exist yet, in a folder that does"
    )
