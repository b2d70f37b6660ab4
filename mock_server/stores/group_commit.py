"""Writes jobs in groups: what is added in one round of the event loop goes together.

A commit costs about as much for a hundred jobs as for one. Each submit is answered
once the group that holds its job has been written.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Executor
from functools import partial
from threading import local

from mock_server.jobs import Job

Write = Callable[[Sequence[Job]], Collection[str]]


class _Group:
    """Jobs that are written together by *loop*, and who waits for each."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.jobs: list[Job] = []
        self.waiters: list[asyncio.Future[bool]] = []

    def tell(self, written: asyncio.Future[Collection[str]]) -> None:
        """Tell everybody who waits what came of it."""
        fault = written.exception()
        for job, waiter in zip(self.jobs, self.waiters, strict=True):
            if waiter.done():
                continue  # has given up
            if fault is None:
                waiter.set_result(job.key not in written.result())
            else:
                waiter.set_exception(fault)


class GroupCommit:
    """Jobs on their way to where *write* puts them, all of a group or none.

    *write* returns the keys that were taken before, whose jobs it did not put. It
    runs in *threads*, or else in the event loop, where it should be quick.
    """

    def __init__(self, write: Write, threads: Executor | None = None) -> None:
        self._write = write
        self._threads = threads
        self._here = local()  # each thread runs one event loop at a time

    async def add(self, job: Job) -> bool:
        """Have *job* written; say whether it was, and raise what prevented it."""
        loop = asyncio.get_running_loop()
        group: _Group | None = getattr(self._here, "group", None)
        if group is None or group.loop is not loop:
            group = self._here.group = _Group(loop)
            # What else is submitted in this round of the loop is to come along.
            loop.call_soon(self._commit, group)
        waiter: asyncio.Future[bool] = loop.create_future()
        group.jobs.append(job)
        group.waiters.append(waiter)
        return await waiter

    def _commit(self, group: _Group) -> None:
        self._here.group = None
        write = partial(self._write, group.jobs)
        if self._threads is not None:
            written = group.loop.run_in_executor(self._threads, write)
        else:
            written = group.loop.create_future()
            try:
                written.set_result(write())
            except Exception as exc:
                written.set_exception(exc)
        written.add_done_callback(group.tell)
