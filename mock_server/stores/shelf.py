"""Where the journal stands: rows in the order they came, the oldest making room."""

from collections import deque
from collections.abc import Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from mock_server.stores.files import open_file, transaction

_MOST, _SIZE = 1_000, 8_000_000
_MOST_AT_ONCE = 100  # rows that are put on a shelf
_LAST_TO_GO = (
    "SELECT coalesce(max(number), 0) FROM "
    "(SELECT number, row_number() OVER newest AS place, "
    "sum(length(entry)) OVER newest AS bytes FROM journal "
    "WINDOW newest AS (ORDER BY number DESC)) WHERE place > ? OR bytes > ?"
)


class Shelf(Protocol):
    """At most *most* rows, of about *size* bytes together, each with a number."""

    most: int

    def append(self, rows: Sequence[bytes]) -> None:
        """Take *rows*, the newest last, and let the oldest go to make room."""
        ...

    def newest(self, count: int) -> list[tuple[int, bytes]]:
        """Return the last *count* rows with their numbers, the newest first."""
        ...

    def clear(self) -> None:
        """Let every row go; numbers are not given out again."""
        ...

    def __len__(self) -> int: ...


class MemoryShelf:
    """Rows in memory."""

    def __init__(self, *, most: int = _MOST, size: int = _SIZE) -> None:
        self.most = most
        self._room = size
        self._number = 0
        self._rows: deque[tuple[int, bytes]] = deque()

    def append(self, rows: Sequence[bytes]) -> None:
        """Take *rows*, the newest last, and let the oldest go to make room."""
        for row in rows:
            self._number += 1
            self._rows.append((self._number, row))
            self._room -= len(row)
        while self._rows and (self._room < 0 or len(self._rows) > self.most):
            self._room += len(self._rows.popleft()[1])

    def newest(self, count: int) -> list[tuple[int, bytes]]:
        """Return the last *count* rows with their numbers, the newest first."""
        return list(islice(reversed(self._rows), count))

    def clear(self) -> None:
        """Let every row go; numbers are not given out again."""
        self._room += sum(len(row) for _, row in self._rows)
        self._rows.clear()

    def __len__(self) -> int:
        return len(self._rows)


class SqliteShelf:
    """Rows in the SQLite file of the jobs, in a table of their own."""

    def __init__(self, path: Path, *, most: int = _MOST, size: int = _SIZE) -> None:
        self.most = most
        self._size = size
        self._db = open_file(path)
        with transaction(self._db):
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS journal "
                "(number INTEGER PRIMARY KEY AUTOINCREMENT, entry BLOB NOT NULL)"
            )

    def close(self) -> None:
        """Close the file; the shelf is of no use afterwards."""
        self._db.close()

    def append(self, rows: Sequence[bytes]) -> None:
        """Take *rows*, the newest last, and let the oldest go to make room."""
        # Jobs are added to the same file meanwhile, so nothing here holds it for long.
        for start in range(0, len(rows), _MOST_AT_ONCE):
            some = rows[start : start + _MOST_AT_ONCE]
            places = ", ".join(["(?)"] * len(some))
            self._db.execute(f"INSERT INTO journal (entry) VALUES {places}", some)  # noqa: S608 - question marks
        ((last,),) = self._db.execute(_LAST_TO_GO, (self.most, self._size)).fetchall()
        self._db.execute("DELETE FROM journal WHERE number <= ?", (last,))

    def newest(self, count: int) -> list[tuple[int, bytes]]:
        """Return the last *count* rows with their numbers, the newest first."""
        query = "SELECT number, entry FROM journal ORDER BY number DESC LIMIT ?"
        with closing(self._db.execute(query, (count,))) as rows:
            return rows.fetchall()

    def clear(self) -> None:
        """Let every row go; numbers are not given out again."""
        with transaction(self._db):
            self._db.execute("DELETE FROM journal")

    def __len__(self) -> int:
        ((count,),) = self._db.execute("SELECT count(*) FROM journal").fetchall()
        return int(count)


class RedisShelf:
    """Rows in Redis, where every server adds to the same shelf.

    A list holds the rows, each behind its number; a counter gives the numbers out.
    """

    def __init__(self, client: Any, *, most: int = _MOST, size: int = _SIZE) -> None:
        self.most = most
        self._size = size
        self._redis = client

    def append(self, rows: Sequence[bytes]) -> None:
        """Take *rows*, the newest last, and let the oldest go to make room."""
        last = int(self._redis.incrby(_NUMBER, len(rows)))
        first = last - len(rows) + 1
        numbered = [b"%d %b" % (first + place, row) for place, row in enumerate(rows)]
        with self._redis.pipeline() as pipe:
            pipe.lpush(_ROWS, *numbered)
            pipe.ltrim(_ROWS, 0, self.most - 1)
            pipe.execute()
        self._make_room()

    def newest(self, count: int) -> list[tuple[int, bytes]]:
        """Return the last *count* rows with their numbers, the newest first."""
        found = []
        for it in self._redis.lrange(_ROWS, 0, count - 1):
            number, _, row = it.partition(b" ")
            found.append((int(number), row))
        return found

    def clear(self) -> None:
        """Let every row go; numbers are not given out again."""
        self._redis.delete(_ROWS)

    def __len__(self) -> int:
        return int(self._redis.llen(_ROWS))

    def _make_room(self) -> None:
        """Let the oldest rows go past the size, which Redis knows only about."""
        while (self._redis.memory_usage(_ROWS, samples=0) or 0) > self._size:
            self._redis.ltrim(_ROWS, 0, max(len(self) // 2, 1) - 1)


_ROWS = "reelspec:journal"
_NUMBER = "reelspec:journal:number"
