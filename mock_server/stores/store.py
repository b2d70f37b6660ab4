"""Where jobs are kept, and the store that keeps them in memory."""

from collections.abc import Callable
from itertools import islice
from threading import Lock
from typing import Protocol

from msgspec.json import Decoder, Encoder

from mock_server.errors import UnknownJobError
from mock_server.jobs import Job
from mock_server.memory import Memory
from mock_server.stores.board import Board, MemoryBoard
from mock_server.stores.shelf import MemoryShelf, Shelf

_ENCODER, _DECODER = Encoder(), Decoder(Job)
_DECODED: Memory[bytes, Job] = Memory(20_000, room=16_000_000)  # bytes as they are kept


class Store(Protocol):
    """Jobs by their key, the shelf of the journal, and the board of all else.

    What a method is given or returns is never changed.
    """

    @property
    def board(self) -> Board:
        """What the servers of this store share beside the jobs."""
        ...

    @property
    def shelf(self) -> Shelf:
        """Where the journal stands."""
        ...

    async def add(self, job: Job) -> bool:
        """Take *job*, unless its key is taken; say whether it was.

        A job that was taken can be read and, unless the store is only memory,
        outlives the process. Raises StoreError where it could not be kept.
        """
        ...

    async def get(self, key: str) -> Job | None:
        """Return the job of that key, if there is one."""
        ...

    def update(self, key: str, change: Callable[[Job], Job]) -> Job:
        """Put what *change* makes of a job in its place, and return that.

        Nobody else changes the job meanwhile, and nothing changes where *change*
        raises. Raises UnknownJobError where the key is unknown.
        """
        ...

    def delete(self, key: str) -> None:
        """Forget the job of that key, if there is one."""
        ...

    def newest(self, count: int) -> tuple[Job, ...]:
        """Return the last *count* jobs, the newest first."""
        ...

    def clear(self) -> None:
        """Forget every job."""
        ...

    def close(self) -> None:
        """Let go of what is open; the store is of no use afterwards."""
        ...

    def __len__(self) -> int: ...


class MemoryStore:
    """Jobs in a dictionary; past *capacity* the oldest is forgotten for the newest."""

    def __init__(self, capacity: int = 100_000) -> None:
        self.shelf = MemoryShelf()
        self._capacity = capacity
        self._jobs: dict[str, Job] = {}
        self._lock = Lock()
        self.board: Board = MemoryBoard()

    async def add(self, job: Job) -> bool:
        """Take *job*, unless its key is taken; say whether it was."""
        if job.key in self._jobs:
            return False
        if len(self._jobs) >= self._capacity:
            del self._jobs[next(iter(self._jobs))]
        self._jobs[job.key] = job
        return True

    async def get(self, key: str) -> Job | None:
        """Return the job of that key, if there is one."""
        return self._jobs.get(key)

    def update(self, key: str, change: Callable[[Job], Job]) -> Job:
        """Put what *change* makes of a job in its place, and return that."""
        with self._lock:  # webhooks are delivered by a thread of their own
            if key not in self._jobs:
                raise unknown_job(key)
            self._jobs[key] = changed = change(self._jobs[key])
            return changed

    def delete(self, key: str) -> None:
        """Forget the job of that key, if there is one."""
        self._jobs.pop(key, None)

    def newest(self, count: int) -> tuple[Job, ...]:
        """Return the last *count* jobs, the newest first."""
        return tuple(islice(reversed(self._jobs.values()), count))

    def clear(self) -> None:
        """Forget every job."""
        self._jobs.clear()

    def close(self) -> None:
        """Have nothing to let go of."""

    def __len__(self) -> int:
        return len(self._jobs)


def encode_job(job: Job) -> bytes:
    """Return *job* as a store that is no dictionary keeps it."""
    return _ENCODER.encode(job)


def decode_job(row: bytes) -> Job:
    """Return the job that *row* holds: the same one for equal rows, mostly."""
    job = _DECODED.get(row)
    if job is None:
        job = _DECODER.decode(row)
        _DECODED.keep(row, job, size=len(row))
    return job


def unknown_job(key: str) -> UnknownJobError:
    """Return the error for a job that a store was asked to change and does not hold."""
    return UnknownJobError(f"job {key[:80]!r}: the store does not hold it")
