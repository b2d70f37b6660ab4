"""Waiting for many jobs at once, with no more calls under way than one allows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from heapq import heappop, heappush
from typing import Any, TypeVar

from pydantic import BaseModel

from .errors import ReelError
from .exchange import Response, Send, Sleep, Steps, drive_async, turn
from .jobs import AsyncFinished, AsyncJob, Finished, Job, about
from .session import AsyncSession, Session

OutputT = TypeVar("OutputT", bound=BaseModel)


def wait_all(
    session: Session,
    jobs: Iterable[Job[OutputT]],
    *,
    timeout: float | None,
    interval: float | None,
    most: int,
) -> list[Finished[OutputT] | ReelError]:
    """Wait for *jobs*: those that rest hold no thread, at most *most* calls do."""
    crowd = list(jobs)
    waits = [it.steps(timeout, interval, None) for it in crowd]
    outcomes: dict[int, Finished[OutputT] | ReelError] = {}

    def settle(index: int, came: Callable[[], Any]) -> Sleep | None:
        try:
            with about(crowd[index]):
                answer = came()
                if isinstance(answer, Sleep):
                    return answer
                outcomes[index] = Finished(crowd[index], session, answer)
        except ReelError as exc:
            outcomes[index] = exc
        return None

    resting = [(session.persistence.clock(), index) for index in range(len(crowd))]
    running: dict[Future[Any], int] = {}
    with ThreadPoolExecutor(most, thread_name_prefix="reel") as pool:
        try:
            while resting or running:
                now = session.persistence.clock()
                while resting and resting[0][0] <= now and len(running) < most:
                    _, index = heappop(resting)
                    future = pool.submit(turn, waits[index], session.send)
                    running[future] = index
                left = resting[0][0] - now if resting and len(running) < most else None
                if not running:
                    session.sleep(left or 0.0)
                for it in wait(running, timeout=left, return_when=FIRST_COMPLETED).done:
                    index = running.pop(it)
                    if rest := settle(index, it.result):
                        due = session.persistence.clock() + rest.seconds
                        heappush(resting, (due, index))
        finally:
            pool.shutdown(cancel_futures=True)
            for steps in waits:
                steps.close()
    return [outcomes[index] for index in range(len(crowd))]


async def wait_all_async(
    session: AsyncSession,
    jobs: Iterable[AsyncJob[OutputT]],
    *,
    timeout: float | None,
    interval: float | None,
    most: int,
) -> list[AsyncFinished[OutputT] | ReelError]:
    """Wait for *jobs*, each in a task of its own; a gate lets *most* calls through."""
    import asyncio  # a program that blocks need not pay for it

    gate = asyncio.Semaphore(most)
    clock = asyncio.get_running_loop().time

    async def send(step: Send) -> Response:
        asked = clock()
        async with gate:
            left = step.timeout - (clock() - asked)
            return await session.send(replace(step, timeout=left))

    async def one(job: AsyncJob[OutputT]) -> AsyncFinished[OutputT] | ReelError:
        steps: Steps[Any] = job.steps(timeout, interval, None)
        try:
            with about(job):
                answer = await drive_async(steps, send=send, sleep=session.rest)
            return AsyncFinished(job, session, answer)
        except ReelError as exc:
            return exc

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(it)) for it in jobs]
    return [it.result() for it in tasks]
