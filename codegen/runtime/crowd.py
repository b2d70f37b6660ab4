"""Waiting for many jobs at once, with no more calls under way than one allows.

Each look at a job is a turn, which takes a thread or a task; a job that rests takes
neither. A wait that breaks off, by an interrupt say, takes its turns with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextvars import copy_context
from functools import partial
from heapq import heappop, heappush
from queue import SimpleQueue
from threading import Event, Thread
from time import monotonic
from typing import Any, TypeVar

from pydantic import BaseModel

from .errors import InvalidInputError, Problem, ReelError
from .exchange import Sleep, turn, turn_async
from .jobs import AsyncFinished, AsyncJob, Finished, Job, about
from .session import AsyncSession, Session
from .transport import given_up

OutputT = TypeVar("OutputT", bound=BaseModel)

_PATIENCE = 0.5
"""Seconds that the threads of a wait which breaks off have to end."""


_TICKS = 4
"""Turns of the event loop in which httpx gives a request its connection.

Those that ask before are offered the same one, and all but one of them ask again.
"""


class _Crowd:
    """Jobs by number: when each may be looked at again, or what became of it."""

    def __init__(
        self,
        session: Session | AsyncSession,
        jobs: Iterable[Any],
        finished: Callable[..., Any],
        *,
        timeout: float | None,
        interval: float | None,
        most: int,
    ) -> None:
        if most < 1:
            problem = Problem("concurrency", f"must be 1 or more, got {most}")
            raise InvalidInputError("wait_all", (problem,))
        self._session = session
        self._jobs = list(jobs)
        self._finished = finished
        self._most = most
        self.steps = [it.steps(timeout, interval, None) for it in self._jobs]
        self.outcomes: list[Any] = [None] * len(self._jobs)
        now = session.persistence.clock()
        self.resting = [(now, index) for index in range(len(self._jobs))]

    def due(self, running: int) -> Iterator[int]:
        """Yield the jobs to look at now, where *running* turns are under way."""
        now = self._session.persistence.clock()
        while self.resting and self.resting[0][0] <= now and running < self._most:
            running += 1
            yield heappop(self.resting)[1]

    def left(self, running: int) -> float | None:
        """Return the seconds until there is more to look at, None if no time brings it."""
        if not self.resting or running >= self._most:
            return None
        return max(0.0, self.resting[0][0] - self._session.persistence.clock())

    def settle(self, index: int, came: Callable[[], Any]) -> None:
        """Note what *came* of a turn: an answer, an error, or a rest."""
        try:
            with about(self._jobs[index]):
                answer = came()
                if isinstance(answer, Sleep):
                    due = self._session.persistence.clock() + answer.seconds
                    return heappush(self.resting, (due, index))
                found = self._finished(self._jobs[index], self._session, answer)
        except ReelError as exc:
            found = exc
        self.outcomes[index] = found
        return None


class _Threads:
    """Threads that take turns, and end when nobody waits for them any more."""

    def __init__(self, count: int) -> None:
        self._todo: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._halt = Event()
        # Those that hang in a place that cannot be left may not hold up the program's end.
        self._all = [
            Thread(target=self._work, name="reel", daemon=True) for _ in range(count)
        ]
        for it in self._all:
            it.start()

    def start(self, work: Callable[[], Any]) -> Future[Any]:
        """Have *work* done, in the context of who asks for it."""
        future: Future[Any] = Future()
        context = copy_context()
        context.run(given_up.set, self._halt)

        def do() -> None:
            try:
                future.set_result(context.run(work))
            except BaseException as exc:  # raised where it is waited for
                future.set_exception(exc)

        self._todo.put(do)
        return future

    def end(self) -> None:
        """Have what is under way given up, and see the threads end."""
        self._halt.set()
        for _ in self._all:
            self._todo.put(None)
        end = monotonic() + _PATIENCE
        for it in self._all:
            it.join(max(0.0, end - monotonic()))

    def _work(self) -> None:
        for do in iter(self._todo.get, None):
            do()


def wait_all(
    session: Session, jobs: Iterable[Job[OutputT]], *, most: int, **pace: float | None
) -> list[Finished[OutputT] | ReelError]:
    """Wait for *jobs*, at most *most* of them in a thread at any moment."""
    crowd = _Crowd(session, jobs, Finished, most=most, **pace)
    threads = _Threads(min(most, len(crowd.steps)))
    running: dict[Future[Any], int] = {}
    try:
        while crowd.resting or running:
            for index in crowd.due(len(running)):
                look = partial(turn, crowd.steps[index], session.send)
                running[threads.start(look)] = index
            left = crowd.left(len(running))
            if not running:
                session.sleep(left or 0.0)
            for it in wait(running, left, FIRST_COMPLETED).done:
                crowd.settle(running.pop(it), it.result)
    finally:
        threads.end()
    return crowd.outcomes


async def wait_all_async(
    session: AsyncSession,
    jobs: Iterable[AsyncJob[OutputT]],
    *,
    most: int,
    **pace: float | None,
) -> list[AsyncFinished[OutputT] | ReelError]:
    """Wait for *jobs*, at most *most* of them in a task at any moment."""
    import asyncio  # a program that blocks need not pay for it

    crowd = _Crowd(session, jobs, AsyncFinished, most=most, **pace)
    running: dict[asyncio.Task[Any], int] = {}
    try:
        while crowd.resting or running:
            for index in crowd.due(len(running)):
                look = turn_async(crowd.steps[index], session.send)
                running[asyncio.create_task(look)] = index
                for _ in range(_TICKS):
                    await asyncio.sleep(0)
            left = crowd.left(len(running))
            if not running:
                await session.rest(left or 0.0)
                continue
            first = asyncio.FIRST_COMPLETED
            done, _ = await asyncio.wait(running, timeout=left, return_when=first)
            for it in done:
                crowd.settle(running.pop(it), it.result)
    finally:
        for it in running:
            it.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    return crowd.outcomes
