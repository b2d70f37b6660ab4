"""Writes jobs in groups: what is added while one group is written makes up the next.

A commit costs about as much for a hundred jobs as for one. It happens in a thread of
its own, so that the event loop goes on meanwhile, and each submit is answered once
the group that holds its job has been committed.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from threading import Lock

from mock_server.jobs import Job


class _Group:
    """Jobs that are written together, by their keys."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.written = Future[None]()
        self.wakers: dict[asyncio.AbstractEventLoop, asyncio.Event] = {}

    def wake_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have the waker of *loop*, which all who wait there share, set in the end."""
        event = self.wakers[loop] = asyncio.Event()

        def wake(_: object) -> None:
            with suppress(RuntimeError):  # the loop has been closed, and nobody waits
                loop.call_soon_threadsafe(event.set)

        self.written.add_done_callback(wake)


class GroupCommit:
    """Jobs on their way to where *write* puts them, all of a group or none."""

    def __init__(self, write: Callable[[Sequence[Job]], None]) -> None:
        self._write = write
        self._lock = Lock()  # of the three that follow
        self._next = _Group()
        self._current = _Group()
        self._busy = False
        self._thread = ThreadPoolExecutor(1, "reelspec-store")

    def add(self, job: Job) -> None:
        """Have *job* written with the next group."""
        with self._lock:
            self._next.jobs[job.key] = job

    def get(self, key: str) -> Job | None:
        """Return the job of that key, if it is on its way."""
        job = self._next.jobs.get(key)
        return self._current.jobs.get(key) if job is None else job

    async def settle(self) -> None:
        """Return when all that was added before is written; raise what prevented it."""
        loop = asyncio.get_running_loop()
        for group in self._unwritten():
            if loop not in group.wakers:
                # What else is submitted in this round of the loop is to come along.
                loop.call_soon(self._start)
                group.wake_on(loop)
            await group.wakers[loop].wait()
            group.written.result()

    def flush(self) -> None:
        """Write all that was added before; whoever awaits it hears of a failure."""
        self._start()
        wait([it.written for it in self._unwritten()])

    def close(self) -> None:
        """Write what is left, and stop."""
        self.flush()
        self._thread.shutdown()

    def _unwritten(self) -> list[_Group]:
        with self._lock:
            return [it for it in (self._current, self._next) if it.jobs]

    def _start(self) -> None:
        with self._lock:
            if self._busy or not self._next.jobs:
                return
            self._busy = True
        self._thread.submit(self._run)

    def _run(self) -> None:
        while group := self._advance():
            try:
                self._write([*group.jobs.values()])
            except Exception as exc:
                self._current = _Group()
                group.written.set_exception(exc)
            else:
                self._current = _Group()
                group.written.set_result(None)

    def _advance(self) -> _Group | None:
        with self._lock:
            if not self._next.jobs:
                self._busy = False
                return None
            self._current, self._next = self._next, _Group()
            return self._current
