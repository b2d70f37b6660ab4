"""Several processes that answer on one port and share one store.

The parent listens and forks, and serves nothing itself, so that it has nothing to lose
and can put another in the place of a worker that has ended: who has called meanwhile
waits for that one. When the parent ends, however it does, so do the workers.
"""

import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import connection, get_context
from multiprocessing.context import ForkProcess
from threading import Thread

from mock_server.agreement import Bell
from mock_server.listening import spread

_PAUSE, _LONGEST_PAUSE = 0.1, 5.0  # seconds before another takes the place
_TRIED = 10.0  # seconds after which a worker has shown that it can live
_PATIENCE = 10.0  # seconds for all workers to end when they are told to
_FORK = get_context("fork")


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What one worker serves: the socket, its number, and what it shares with others.

    It calls `ready` once it answers.
    """

    listener: socket.socket
    ready: Callable[[], None]
    rank: int = 0
    bell: Bell | None = None


@dataclass(slots=True)
class _Place:
    """What the parent knows of the worker of one rank."""

    process: ForkProcess
    hired: float = field(default_factory=time.monotonic)
    pause: float = _PAUSE
    ready: bool = False
    vacant_until: float | None = None


class Crew:
    """*count* processes that do *work*, for as long as `run` takes."""

    def __init__(
        self,
        count: int,
        work: Callable[[Post], None],
        *,
        listener: socket.socket,
        on_ready: Callable[[], None] = lambda: None,
        on_loss: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._count = count
        self._work = work
        self._listener = listener
        self._listeners: list[socket.socket] = []
        self._on_ready = on_ready
        self._on_loss = on_loss
        self._bell: Bell = _FORK.RawValue("Q")
        self._said, self._says = _FORK.Pipe(duplex=False)
        self._places: dict[int, _Place] = {}

    def run(self) -> int:
        """Return once interrupted, or with the code of a worker that cannot start.

        Nothing that must not be shared may be open. *on_ready* is called when all
        answer, *on_loss* with one line for each that ended and is replaced.
        """
        self._lifeline, self._end = os.pipe()
        try:
            self._listeners = spread(self._listener, self._count)
            self._places = {it: _Place(self._hire(it)) for it in range(self._count)}
            return self._look_after()
        except KeyboardInterrupt:
            return 0
        finally:
            self._dismiss()
            for it in self._listeners[1:]:
                it.close()

    def _look_after(self) -> int:
        announced = False
        while True:
            self._wait()
            for rank, place in self._places.items():
                code = place.process.exitcode
                if code is not None and code > 0 and not place.ready:
                    return code  # it has said why, and the next would say the same
                self._replace(rank, place)
            if not announced and all(it.ready for it in self._places.values()):
                announced = True
                self._on_ready()

    def _wait(self) -> None:
        """Return when a worker has ended or is ready, or when a place is to be filled."""
        alive = [it.process for it in self._places.values() if it.vacant_until is None]
        due = [it.vacant_until for it in self._places.values() if it.vacant_until]
        timeout = max(min(due) - time.monotonic(), 0) if due else None
        sentinels = [it.sentinel for it in alive]
        if self._said in connection.wait([self._said, *sentinels], timeout):
            self._places[self._said.recv()].ready = True

    def _replace(self, rank: int, place: _Place) -> None:
        """Put another in a *place* whose worker has ended, when it is time to."""
        code, now = place.process.exitcode, time.monotonic()
        if code is None:
            return
        if place.vacant_until is None:
            lived = now - place.hired
            place.pause = _PAUSE if lived > _TRIED else place.pause
            place.vacant_until = now + place.pause
            place.pause = min(place.pause * 2, _LONGEST_PAUSE)
            how = f"by signal {-code}" if code < 0 else f"with code {code}"
            self._on_loss(f"worker {rank} has ended {how}; another takes its place")
        elif now >= place.vacant_until:
            place.process.close()
            place.process, place.hired = self._hire(rank), now
            place.vacant_until = None

    def _hire(self, rank: int) -> ForkProcess:
        process = _FORK.Process(target=self._serve, args=(rank,), name=f"mock-{rank}")
        process.start()
        return process

    def _serve(self, rank: int) -> None:
        """Do the work of one worker, in its process."""
        os.close(self._end)
        Thread(target=_end_with, args=(self._lifeline,), daemon=True).start()
        post = Post(
            listener=self._listeners[rank],
            rank=rank,
            bell=self._bell,
            ready=lambda: self._says.send(rank),
        )
        self._work(post)

    def _dismiss(self) -> None:
        """End every worker."""
        processes = [it.process for it in self._places.values()]
        for process in processes:
            process.terminate()
        until = time.monotonic() + _PATIENCE
        for process in processes:
            process.join(max(until - time.monotonic(), 0))
            process.kill()
            process.join()
        for end in (self._lifeline, self._end):
            os.close(end)


def _end_with(lifeline: int) -> None:
    """Wait for the parent to end, however it does, and end too."""
    with suppress(OSError):
        os.read(lifeline, 1)
    os.kill(os.getpid(), signal.SIGTERM)
