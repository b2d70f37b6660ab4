"""The board of a Redis store."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from mock_server.stores.board import Change, Found

_NOTE, _COUNTS, _DEBTS = "reelspec:note:", "reelspec:counts", "reelspec:debts"


class RedisBoard:
    """A board in Redis, over the connections of the store's *client*.

    What an event loop wants of it is done in *threads*.
    """

    remote = True

    def __init__(self, client: Any, threads: Executor) -> None:
        self._redis = client
        self._threads = threads

    async def apart(self, work: Callable[[], Found]) -> Found:
        """Return what *work* comes to, done in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def read(self, name: str) -> bytes | None:
        """Return the note of that name, if there is one."""
        found: bytes | None = self._redis.get(_NOTE + name)
        return found

    def change(self, name: str, change: Change) -> bytes:
        """Put what *change* makes of a note in its place, and return that."""

        def rewrite(pipe: Any) -> bytes:
            changed = change(pipe.get(_NOTE + name))
            pipe.multi()
            pipe.set(_NOTE + name, changed)
            return changed

        changed: bytes = self._redis.transaction(
            rewrite, _NOTE + name, value_from_callable=True
        )
        return changed

    def count(self, name: str) -> int:
        """Return the how many-th call for this name this is."""
        return int(self._redis.hincrby(_COUNTS, name, 1))

    def owe(self, key: str) -> None:
        """Remember a debt."""
        self._redis.zadd(_DEBTS, {key: 0})

    def owed(self, after: str, most: int) -> tuple[str, ...]:
        """Return at most *most* debts beyond *after*, in order."""
        start = f"({after}" if after else "-"
        keys = self._redis.zrangebylex(_DEBTS, start, "+", 0, most)
        return tuple(it.decode() for it in keys)

    def pay(self, key: str) -> None:
        """Forget a debt, if there is one of that key."""
        self._redis.zrem(_DEBTS, key)

    def clear(self) -> None:
        """Forget counts and debts; the notes stay."""
        self._redis.delete(_COUNTS, _DEBTS)
