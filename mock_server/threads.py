"""Threads that serve, which are of use only once they are ready."""

from collections.abc import Callable
from threading import Event, Thread

PATIENCE = 10.0
"""Seconds until such a thread must be ready, or must have ended."""


def start_serving(serve: Callable[[], object], ready: Event, *, name: str) -> Thread:
    """Return the thread that does *serve*, once it has set *ready*."""
    thread = Thread(target=serve, name=name, daemon=True)
    thread.start()
    ready.wait(PATIENCE)
    return thread
