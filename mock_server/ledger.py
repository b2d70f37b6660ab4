"""Opens jobs and finds them again: the store, the clock and the dice of one mock."""

import math
from collections.abc import Callable, Mapping
from random import Random

from mock_server.clock import Clock
from mock_server.errors import UnknownJobError
from mock_server.jobs import Job, Webhook, draw_schedule
from mock_server.media.shapes import Source
from mock_server.scenarios import Scenario
from mock_server.stores.board import Found
from mock_server.stores.store import Store
from mock_server.timing import Timing
from specs import Contract, Event, Json, Lifecycle

_VARIANTS = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))
"""The digit of a UUID that says how its bits are meant, by any digit."""


class Ledger:
    """Every job of one mock.

    With a *seed*, the same submits in the same order get the same ids and schedules;
    with None, nobody can foretell them.
    """

    def __init__(
        self, *, store: Store, clock: Clock, timing: Timing, seed: int | None
    ) -> None:
        self.store = store
        self.clock = clock
        self._timing = timing
        self._seed = seed
        self._random = self._start()
        # Of its own, so that a refused call does not change the jobs that follow.
        self._request_ids = Random(seed)  # noqa: S311 - to be replayed

    def draw_request_id(self) -> str:
        """Return a name for a call that no job came of."""
        return _draw_uuid(self._request_ids)

    def _start(self) -> Random:
        if self._seed is None:
            # The system's own dice cost more than all else of a submit.
            return Random()  # noqa: S311 - ids are to differ, not to be secret
        # A store that has survived a restart goes on with other ids than its own.
        return Random(f"{self._seed}/{len(self.store)}")  # noqa: S311 - to be replayed

    async def open(
        self,
        contract: Contract,
        inputs: Mapping[str, Json],
        scenario: Scenario,
        webhook: Webhook | None = None,
        source: Source | None = None,
        *,
        patience: float = math.inf,
    ) -> Job:
        """Return a new job that goes by *scenario*, once the store has kept it.

        It is queued for *patience* at most. Raises StoreError where it could not be
        kept.
        """
        now = self.clock.now()
        schedule = draw_schedule(
            contract.lifecycle,
            scenario,
            now=now,
            timing=self._timing,
            random=self._random,
            patience=patience,
        )
        while True:
            key = self._draw_key(now)
            # Where models share the address to poll, an id says whose it is.
            shared = contract.provider.model.location == "body"
            job = Job(
                key=key,
                id=f"{key}:{contract.model}" if shared else key,
                contract=contract.id,
                scenario=scenario.name,
                submitted=now,
                schedule=schedule,
                seed=self._random.getrandbits(31),
                inputs=inputs,
                source=source,
                webhook=webhook,
            )
            if await self.store.add(job):
                return job

    def _draw_key(self, now: float) -> str:
        """Return a new key: where nobody is to foretell it, one that sorts by time.

        A store then adds at one end of its index, and not all over it.
        """
        if self._seed is None:
            return _draw_timed_uuid(self._random, now)
        return _draw_uuid(self._random)

    async def find(self, job_id: str) -> Job:
        """Return the job of that id; raise UnknownJobError if none was ever given it."""
        job = await self.store.get(job_id.partition(":")[0])
        if job is None or job.id != job_id:
            raise UnknownJobError(
                f"job {job_id[:120]!r}: nobody was given this id; submit one first"
            )
        return job

    async def apart(self, work: Callable[[], Found]) -> Found:
        """Return what *work* comes to, which asks the store and waits for it."""
        return await self.store.board.apart(work)

    async def force(self, job: Job, event: Event, lifecycle: Lifecycle) -> Job:
        """Have *event* happen to *job* now; raise IllegalEventError if it cannot."""
        now = self.clock.now()
        return await self.apart(
            lambda: self.store.update(
                job.key, lambda current: current.force(event, lifecycle, now)
            )
        )

    async def delete(self, job_id: str) -> None:
        """Forget the job of that id; raise UnknownJobError if none has it."""
        job = await self.find(job_id)
        await self.apart(lambda: self.store.delete(job.key))

    async def count(self) -> int:
        """Return how many jobs there are."""
        return await self.apart(self.store.__len__)

    async def newest(self, count: int) -> tuple[Job, ...]:
        """Return the last *count* jobs, the newest first."""
        return await self.apart(lambda: self.store.newest(count))

    async def reset(self) -> None:
        """Forget every job, and roll the dice from the start."""
        await self.apart(self.store.clear)
        self._random = await self.apart(self._start)


def _draw_timed_uuid(random: Random, now: float) -> str:
    """Return a UUID of version 7, of the moment *now* in seconds since the epoch."""
    time = f"{int(now * 1000) & 0xFFFFFFFFFFFF:012x}"
    bits = random.randbytes(10).hex()
    variant = _VARIANTS[bits[4]]
    return f"{time[:8]}-{time[8:]}-7{bits[1:4]}-{variant}{bits[5:8]}-{bits[8:]}"


def _draw_uuid(random: Random) -> str:
    """Return a UUID of version 4, written without the detour over `uuid.UUID`."""
    bits = random.randbytes(16).hex()
    variant = _VARIANTS[bits[16]]
    return f"{bits[:8]}-{bits[8:12]}-4{bits[13:16]}-{variant}{bits[17:20]}-{bits[20:]}"
