import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from codegen.runtime.exchange import (
    Do,
    Request,
    Response,
    Send,
    Sleep,
    Steps,
    drive,
    drive_async,
)

REQUEST = Request(method="GET", url="https://a.test", headers={"Authorization": "k3y"})


def twice(closed: list[str]) -> Steps[int]:
    """Ask, sleep, ask again if the first went wrong; note the end in *closed*."""
    try:
        try:
            first: Response = yield Send(request=REQUEST, timeout=1)
        except OSError:
            yield Sleep(2.5)
            first = yield Send(request=REQUEST, timeout=1)
        return first.status
    finally:
        closed.append("closed")


class Network:
    """Fails once, then answers."""

    def __init__(self, *outcomes: Response | Exception) -> None:
        self.outcomes = list(outcomes)
        self.slept: list[float] = []

    def send(self, step: Send) -> Response:
        it = self.outcomes.pop(0)
        if isinstance(it, Exception):
            raise it
        return it

    async def send_async(self, step: Send) -> Response:
        return self.send(step)

    async def sleep_async(self, seconds: float) -> None:
        self.slept.append(seconds)


OK = Response(status=200, headers={})


def test_drive_tells_the_steps_what_happened() -> None:
    network, closed = Network(OSError(), OK), list[str]()

    assert drive(twice(closed), send=network.send, sleep=network.slept.append) == 200
    assert (network.slept, closed) == ([2.5], ["closed"])


def test_drive_async_tells_the_steps_what_happened() -> None:
    network, closed = Network(OSError(), OK), list[str]()

    status = asyncio.run(
        drive_async(twice(closed), send=network.send_async, sleep=network.sleep_async)
    )

    assert status == 200
    assert (network.slept, closed) == ([2.5], ["closed"])


def test_drive_raises_what_the_steps_do_not_catch() -> None:
    network, closed = Network(ValueError("x")), list[str]()

    with pytest.raises(ValueError, match="x"):
        drive(twice(closed), send=network.send, sleep=network.slept.append)

    assert closed == ["closed"]


def test_steps_are_closed_when_the_program_is_interrupted() -> None:
    def interrupt(step: Send) -> Response:
        raise KeyboardInterrupt

    closed = list[str]()

    with pytest.raises(KeyboardInterrupt):
        drive(twice(closed), send=interrupt, sleep=lambda _: None)

    assert closed == ["closed"]


def test_a_request_shows_no_headers() -> None:
    assert "k3y" not in repr(REQUEST)


def working(work: Callable[[], Any]) -> Steps[Any]:
    return (yield Do(work))


def test_work_is_done_beside_the_event_loop() -> None:
    threads: list[int] = []

    def work() -> int:
        threads.append(threading.get_ident())
        return 7

    found = asyncio.run(
        drive_async(working(work), send=Network().send_async, sleep=asyncio.sleep)
    )

    assert (found, drive(working(lambda: 8), send=Network().send, sleep=print)) == (
        7,
        8,
    )
    assert threading.get_ident() not in threads


def test_work_that_has_begun_is_seen_to_its_end_when_cancelled() -> None:
    begun, go_on, done = threading.Event(), threading.Event(), list[str]()

    def work() -> None:
        begun.set()
        go_on.wait(10)
        done.append("done")

    async def run() -> None:
        steps = working(work)
        task = asyncio.create_task(
            drive_async(steps, send=Network().send_async, sleep=asyncio.sleep)
        )
        await asyncio.to_thread(begun.wait)
        task.cancel()
        await asyncio.sleep(0)
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert done == ["done"]

    asyncio.run(run())
