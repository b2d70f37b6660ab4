"""When Hypothesis has looked long enough for a fault, or for the smallest case of one."""

import time
from collections.abc import Callable, Collection

from hypothesis import reject

from contract_tests.failures import Fault


class Enough(BaseException):
    """Ends a search: what Hypothesis takes for a failure, it would only look into."""


class Found(BaseException):
    """Ends a run: what it was looking for was seen, and Hypothesis need not look on."""


class Search:
    """One search for faults that are not among the *known* ones.

    Hypothesis would spend minutes on the smallest case of a fault, each try as slow as
    the server's answer is: it gets so many *seconds* from the first failure on.
    """

    def __init__(
        self,
        known: Collection[str],
        *,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._known = frozenset(known)
        self._seconds = seconds
        self._clock = clock
        self._end: float | None = None

    def note(self, fault: Fault) -> None:
        """Pass over the case that shows *fault* if that is known, or go on from here."""
        if fault.key in self._known:
            reject()
        if self._end is None:
            self._end = self._clock() + self._seconds

    def go_on(self) -> None:
        """Raise Enough where the time is over."""
        if self._end is not None and self._clock() > self._end:
            raise Enough
