"""The time that jobs live by, injected so that a test can move it."""

import time
from typing import Protocol

from mock_server.errors import ClockError

_FASTEST = 1e6
_END = 1e11  # some day of the year 5138: far later, a date no longer fits an answer


class Clock(Protocol):
    """Anything that tells the time in seconds since the epoch."""

    def now(self) -> float:
        """Return the time; it never runs backward."""
        ...


class SystemClock:
    """The time of day as it was at the start, moved on by the monotonic clock.

    A correction of the system's clock would otherwise take a job back a state. With
    *speed* 60, a minute passes in a second. *start* is another time to begin at.
    """

    def __init__(self, *, speed: float = 1.0, start: float | None = None) -> None:
        if not 0 < speed <= _FASTEST:  # NaN is not
            raise ClockError(
                f"clock: cannot go {speed!r} times as fast; "
                f"give a number above 0, up to {_FASTEST:.0f}"
            )
        self.speed = speed
        self._start = time.time() if start is None else start
        self._origin = time.monotonic()

    def now(self) -> float:
        """Return the time in seconds since the epoch."""
        return self._start + (time.monotonic() - self._origin) * self.speed


class ManualClock:
    """A clock that stands still until it is told to move."""

    def __init__(self, start: float = 1_700_000_000.0) -> None:
        self._now = start

    def now(self) -> float:
        """Return the time it was last moved to."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move the time on; raise ClockError for anything but a step forward."""
        self._now = step(self._now, seconds)


def step(now: float, seconds: float) -> float:
    """Return the time *seconds* after *now*; raise ClockError if that is no step forward."""
    if not 0 <= seconds <= _END - now:  # NaN is not
        raise ClockError(
            f"clock: cannot be moved by {seconds!r} seconds; "
            f"give a number from 0 to {_END - now:.0f}"
        )
    return now + seconds
