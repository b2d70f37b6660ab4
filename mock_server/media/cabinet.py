"""Files that were drawn, in a folder that is kept within a budget.

An index in SQLite beside them knows how large each is and when it was last wanted. It
outlives the server and is shared by its workers: what one of them has drawn the others
find. The index may be lost at any time, since whatever is missing is drawn again.
"""

import shutil
import sqlite3
import tempfile
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

from mock_server.errors import MediaUnavailableError

BUDGET = 1_000_000_000
"""Bytes of all files together, unless another budget is given."""

_INDEX = "index.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    name TEXT PRIMARY KEY, size INTEGER NOT NULL, tag TEXT NOT NULL, used REAL NOT NULL
)
"""
_PATIENCE = 10.0  # seconds that another worker may hold the index
_STRAY_SECONDS = 3_600.0  # after which a file that nobody has entered is nobody's


@dataclass(frozen=True, slots=True)
class Clip:
    """A file that was drawn; *tag* is the entity tag by which a cache knows it."""

    path: Path
    size: int
    tag: str


class Cabinet:
    """The files in *folder*, or in one that lasts as long as the cabinet does.

    Past *budget* bytes those go that were wanted longest ago, but never the newest.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        budget: int = BUDGET,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._given = folder
        self._budget = budget
        self._now = now

    @cached_property
    def folder(self) -> Path:
        """Where the files are; made when it is first needed."""
        if self._given is not None:
            return self._given
        folder = tempfile.mkdtemp(prefix="reelspec-media-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return Path(folder)

    def find(self, name: str) -> Clip | None:
        """Return the file of that name, if it is there."""
        with self._open() as index:
            query = "SELECT size, tag FROM files WHERE name = ?"
            row = index.execute(query, (name,)).fetchone()
        if row is None:
            return None
        path = self.folder / name
        return Clip(path, *row) if path.is_file() else None

    def keep(self, name: str, content: bytes) -> Clip:
        """Keep *content* under *name*, and give up others to make room for it."""
        tag = f'"{sha256(content).hexdigest()[:32]}"'
        with self._open() as index:
            path = self.folder / name
            arriving = self.folder / f"{token_hex(8)}.arriving"
            try:
                arriving.write_bytes(content)
                arriving.replace(path)
            finally:
                arriving.unlink(missing_ok=True)
            row = (name, len(content), tag, self._now())
            index.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", row)
            self._make_room(index, spared=name)
        return Clip(path, len(content), tag)

    def touch(self, name: str) -> None:
        """Remember that the file of that name was wanted now."""
        with self._open() as index:
            row = (self._now(), name)
            index.execute("UPDATE files SET used = ? WHERE name = ?", row)

    def _make_room(self, index: sqlite3.Connection, *, spared: str) -> None:
        query = "SELECT name, size FROM files ORDER BY used DESC"
        kept, room = {spared}, self._budget
        for name, size in index.execute(query).fetchall():
            room -= size
            if room >= 0:
                kept.add(name)
            elif name != spared:
                index.execute("DELETE FROM files WHERE name = ?", (name,))
                (self.folder / name).unlink(missing_ok=True)
        self._sweep(kept)

    def _sweep(self, kept: set[str]) -> None:
        """Remove what a worker that was killed has left behind."""
        for path in self.folder.iterdir():
            stray = path.name not in kept and not path.name.startswith(_INDEX)
            if stray and path.stat().st_mtime < self._now() - _STRAY_SECONDS:
                path.unlink(missing_ok=True)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Hold the index; raise MediaUnavailableError where files cannot be kept."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / _INDEX
            with closing(sqlite3.connect(path, timeout=_PATIENCE)) as index, index:
                index.execute("PRAGMA synchronous = OFF")
                index.execute(_SCHEMA)
                yield index
        except (OSError, sqlite3.Error) as exc:
            raise MediaUnavailableError(
                f"{self.folder}: cannot keep videos in this folder: {exc}; "
                "look after its rights and the room on its disk"
            ) from exc
