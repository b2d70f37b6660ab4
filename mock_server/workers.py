"""Several processes that answer on one socket and share one store.

The leader listens, then forks; each process accepts what it gets to first. One that
is killed takes no job with it. When the leader ends, so do the others.
"""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Thread

from mock_server.serving import listen


@dataclass(frozen=True, slots=True)
class Post:
    """What one process serves; the leader's *rank* is 0."""

    listener: socket.socket
    rank: int


@contextmanager
def crew(count: int, *, host: str, port: int) -> Iterator[Post]:
    """Listen on *host* and *port*; yield in *count* processes, the leader's included.

    Nothing that must not be shared may be open yet. Raises as `serve` does where the
    address cannot be listened on.
    """
    with listen(host, port) as listener:
        lifeline, end = os.pipe()
        others: list[int] = []
        for rank in range(1, count):
            process = os.fork()
            if process == 0:  # pragma: no cover - no tracer follows a frame over a fork
                os.close(end)
                Thread(target=_end_with, args=(lifeline,), daemon=True).start()
                yield Post(listener, rank)
                return
            others.append(process)
        os.close(lifeline)
        try:
            yield Post(listener, 0)
        finally:
            os.close(end)
            for process in others:
                with suppress(ChildProcessError):
                    os.waitpid(process, 0)


def _end_with(lifeline: int) -> None:
    """Wait for the leader to end, however it does, and end too."""
    os.read(lifeline, 1)
    os.kill(os.getpid(), signal.SIGINT)
