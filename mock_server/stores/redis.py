"""Jobs in Redis, where any number of servers, on any number of machines, share them.

The package `redis` comes with the extra of the same name.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from mock_server.errors import StoreError
from mock_server.jobs import Job
from mock_server.stores.board import Board
from mock_server.stores.grouping import Grouped
from mock_server.stores.redis_board import RedisBoard
from mock_server.stores.shelf import RedisShelf
from mock_server.stores.store import decode_job, encode_job, unknown_job

_JOB = "reelspec:job:"  # and its key
_ORDER = "reelspec:order"  # a sorted set: the keys by when they came
_MOST_AT_ONCE = 1_000


class RedisStore:
    """Jobs in the Redis of *url*, which is as durable as that is set up to be.

    Every server asks Redis about every job, so that all agree on where it stands.
    """

    def __init__(self, url: str) -> None:
        try:
            import redis  # noqa: PLC0415 - an extra, and only this store needs it
        except ImportError as exc:
            raise StoreError(
                "redis: the package is not installed; install reelspec[redis]"
            ) from exc
        self._trouble: type[Exception] = redis.RedisError
        self._conflict: type[Exception] = redis.WatchError
        try:
            self._redis: Any = redis.Redis.from_url(url, socket_timeout=10)
            self._redis.ping()
        except (redis.RedisError, ValueError) as exc:
            # The address may hold a password.
            raise StoreError(
                f"the Redis of --store cannot be used: {exc}; start it, or mend the "
                "address, such as redis://127.0.0.1:6379/0"
            ) from exc
        # One for what is written, one for what is read meanwhile.
        self._threads = ThreadPoolExecutor(2, "reelspec-store")
        # For all that is asked less often, so that it does not stand in their way.
        self._others = ThreadPoolExecutor(4, "reelspec-board")
        self.board: Board = RedisBoard(self._redis, self._others)
        self.shelf = RedisShelf(self._redis)
        self._arriving = Grouped(self._insert, self._threads)
        self._wanted = Grouped(self._read, self._threads)

    def close(self) -> None:
        """Close the connections; the store is of no use afterwards.

        What still waits for Redis is given up: it may stand still.
        """
        for threads in (self._threads, self._others):
            threads.shutdown(wait=False, cancel_futures=True)
        self._redis.close()

    async def add(self, job: Job) -> bool:
        """Take *job*, unless its key is taken; say whether it was, once it is kept."""
        return await self._arriving.ask(job)

    async def get(self, key: str) -> Job | None:
        """Return the job of that key, if there is one."""
        row = await self._wanted.ask(key)
        return None if row is None else decode_job(row)

    def update(self, key: str, change: Callable[[Job], Job]) -> Job:
        """Put what *change* makes of a job in its place, and return that."""
        with self._redis.pipeline() as pipe:
            while True:
                pipe.watch(_JOB + key)
                row = pipe.get(_JOB + key)
                if row is None:
                    raise unknown_job(key)
                changed = change(decode_job(row))
                pipe.multi()
                pipe.set(_JOB + key, encode_job(changed))
                try:
                    pipe.execute()
                except self._conflict:
                    continue  # another server was faster; look again
                return changed

    def delete(self, key: str) -> None:
        """Forget the job of that key, if there is one."""
        self._forget([key])

    def newest(self, count: int) -> tuple[Job, ...]:
        """Return the last *count* jobs, the newest first."""
        keys = self._redis.zrevrange(_ORDER, 0, count - 1) if count else []
        rows = self._read([it.decode() for it in keys]) if keys else []
        return tuple(decode_job(it) for it in rows if it is not None)

    def clear(self) -> None:
        """Forget every job."""
        while keys := self._redis.zrange(_ORDER, 0, _MOST_AT_ONCE - 1):
            self._forget([it.decode() for it in keys])

    def __len__(self) -> int:
        return int(self._redis.zcard(_ORDER))

    def _forget(self, keys: Sequence[str]) -> None:
        with self._redis.pipeline() as pipe:
            pipe.delete(*(_JOB + it for it in keys))
            pipe.zrem(_ORDER, *keys)
            pipe.execute()

    def _read(self, keys: Sequence[str]) -> Sequence[bytes | None]:
        """Return the job of each key as it is kept, in one round trip."""
        try:
            rows: Sequence[bytes | None] = self._redis.mget([_JOB + it for it in keys])
        except self._trouble as exc:
            raise StoreError(
                f"Redis cannot be asked for {len(keys)} jobs: {exc}; "
                "look after the server"
            ) from exc
        return rows

    def _insert(self, jobs: Sequence[Job]) -> Sequence[bool]:
        """Hand over *jobs* in one round trip; say of each whether its key was free."""
        now = time.time_ns() // 1_000
        order = {it.key: now + number for number, it in enumerate(jobs)}
        rows = [(_JOB + it.key, encode_job(it)) for it in jobs]
        try:
            # Not as a transaction, which answers each command twice. So the order comes
            # first: it may name jobs that did not come, but no job is left out of it.
            with self._redis.pipeline(transaction=False) as pipe:
                pipe.zadd(_ORDER, order, nx=True)
                if len(order) == len(rows):
                    # All or none of them, by a command that takes as long as for one.
                    pipe.msetnx(dict(rows))
                    if pipe.execute()[1]:
                        return [True] * len(rows)
                for key, row in rows:
                    pipe.set(key, row, nx=True)
                free = pipe.execute()[-len(rows) :]
        except self._trouble as exc:
            raise StoreError(
                f"Redis cannot take {len(jobs)} jobs: {exc}; look after the server"
            ) from exc
        return [bool(it) for it in free]
