"""What the servers of one store agree on beside its jobs: a board that all can read.

It holds notes by name, counts, and debts: the keys of the jobs whose end has still to
be told to somebody. Each store has one, and what is on it lives as long as the jobs.
"""

from bisect import bisect_right
from collections.abc import Callable
from threading import Lock
from typing import Protocol, TypeVar

Found = TypeVar("Found")
Change = Callable[[bytes | None], bytes]


class Board(Protocol):
    """Notes, counts and debts. Whatever a method has returned from, all can see."""

    remote: bool
    """Whether this store is asked over a network, and an answer may take its time."""

    async def apart(self, work: Callable[[], Found]) -> Found:
        """Return what *work* comes to, which asks this store and waits for it.

        Nothing else waits meanwhile. An event loop asks a store by this or by a method
        that is asynchronous itself.
        """
        ...

    def read(self, name: str) -> bytes | None:
        """Return the note of that name, if there is one."""
        ...

    def change(self, name: str, change: Change) -> bytes:
        """Put what *change* makes of a note in its place, and return that.

        Nobody else changes it meanwhile; *change* may be called more than once.
        """
        ...

    def count(self, name: str) -> int:
        """Return the how many-th call for this name this is."""
        ...

    def owe(self, key: str) -> None:
        """Remember a debt."""
        ...

    def owed(self, after: str, most: int) -> tuple[str, ...]:
        """Return at most *most* debts beyond *after*, in order."""
        ...

    def pay(self, key: str) -> None:
        """Forget a debt, if there is one of that key."""
        ...

    def clear(self) -> None:
        """Forget counts and debts; the notes stay."""
        ...


class MemoryBoard:
    """A board of one process; past *capacity* the oldest count starts anew."""

    remote = False

    def __init__(self, capacity: int = 10_000) -> None:
        self._capacity = capacity
        self._lock = Lock()
        self._notes: dict[str, bytes] = {}
        self._counts: dict[str, int] = {}
        self._debts: set[str] = set()

    async def apart(self, work: Callable[[], Found]) -> Found:
        """Return what *work* comes to, which is quick."""
        return work()

    def read(self, name: str) -> bytes | None:
        """Return the note of that name, if there is one."""
        return self._notes.get(name)

    def change(self, name: str, change: Change) -> bytes:
        """Put what *change* makes of a note in its place, and return that."""
        with self._lock:
            self._notes[name] = changed = change(self._notes.get(name))
            return changed

    def count(self, name: str) -> int:
        """Return the how many-th call for this name this is."""
        number = self._counts.pop(name, 0) + 1
        self._counts[name] = number
        if len(self._counts) > self._capacity:
            del self._counts[next(iter(self._counts))]
        return number

    def owe(self, key: str) -> None:
        """Remember a debt."""
        with self._lock:
            self._debts.add(key)

    def owed(self, after: str, most: int) -> tuple[str, ...]:
        """Return at most *most* debts beyond *after*, in order."""
        with self._lock:
            keys = sorted(self._debts)
        start = bisect_right(keys, after)
        return tuple(keys[start : start + most])

    def pay(self, key: str) -> None:
        """Forget a debt, if there is one of that key."""
        with self._lock:
            self._debts.discard(key)

    def clear(self) -> None:
        """Forget counts and debts; the notes stay."""
        with self._lock:
            self._counts.clear()
            self._debts.clear()
