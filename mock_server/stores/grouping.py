"""Asks a store in groups: a group goes as soon as a round of the loop adds nothing to it.

A commit costs about as much for a hundred jobs as for one, and so does a way to another
machine and back. Each submit is answered once the group that holds its job has been
written. By then the loop has nothing else to do, mostly, which a thread that asks would
have to compete with.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from threading import local
from typing import Generic, TypeVar

_MOST_TOGETHER = 256  # items, to which no others are waited for

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class _Group(Generic[Item, Answer]):
    """Items that are asked about together by *loop*, and who waits for each."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.items: list[Item] = []
        self.waiters: list[asyncio.Future[Answer]] = []

    def tell(self, asked: asyncio.Future[Sequence[Answer]]) -> None:
        """Tell everybody who waits what came of it."""
        fault = asked.exception()
        for place, waiter in enumerate(self.waiters):
            if waiter.done():
                continue  # has given up
            if fault is None:
                waiter.set_result(asked.result()[place])
            else:
                waiter.set_exception(fault)


class Grouped(Generic[Item, Answer]):
    """Items on their way to *ask*, which takes a group and returns an answer to each.

    Where it fails it does for all of a group. It runs in *threads*, or else in the
    event loop, where it should be quick.
    """

    def __init__(
        self,
        ask: Callable[[Sequence[Item]], Sequence[Answer]],
        threads: Executor | None = None,
    ) -> None:
        self._ask = ask
        self._threads = threads
        self._here = local()  # each thread runs one event loop at a time

    async def ask(self, item: Item) -> Answer:
        """Return the answer about *item*, or raise what prevented it."""
        loop = asyncio.get_running_loop()
        group: _Group[Item, Answer] | None = getattr(self._here, "group", None)
        if group is None or group.loop is not loop:
            group = self._here.group = _Group(loop)
            loop.call_soon(self._ask_about, group, 0)
        waiter: asyncio.Future[Answer] = loop.create_future()
        group.items.append(item)
        group.waiters.append(waiter)
        return await waiter

    def _ask_about(self, group: _Group[Item, Answer], before: int) -> None:
        # What else has come meanwhile is to come along, and may bring more.
        if before < len(group.items) < _MOST_TOGETHER:
            group.loop.call_soon(self._ask_about, group, len(group.items))
            return
        self._here.group = None
        ask = partial(self._ask, group.items)
        asked: asyncio.Future[Sequence[Answer]] = group.loop.create_future()
        try:
            if self._threads is not None:
                asked = group.loop.run_in_executor(self._threads, ask)
            else:
                asked.set_result(ask())
        except Exception as exc:  # of asking, or since the store was closed
            asked.set_exception(exc)
        asked.add_done_callback(group.tell)
