"""Trying again, without ever paying twice.

A call that changes nothing is sent again when the connection broke or the service was
busy. One that costs money is sent again only when nothing of it can have arrived: a
second submit is a second bill. No pause outlasts the deadline of the whole.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from .errors import NetworkError
from .exchange import Request, Response, Send, Sink, Sleep, Steps

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 8.0
"""Seconds before a further attempt: doubled each time, half of it at random."""

_log = logging.getLogger("reel_clients")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What came of sending a request: a status or an error, and whether to go on.

    `pause` is the seconds before the next attempt, None where this was the last.
    """

    place: str
    number: int
    seconds: float
    status: int | None = None
    error: NetworkError | None = None
    pause: float | None = None

    def __str__(self) -> str:
        came = self.status if self.error is None else "no answer"
        then = "" if self.pause is None else f", again in {self.pause:.1f} s"
        return f"{self.place}: {came} in {self.seconds:.2f} s{then}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Persistence:
    """How often to try, by whose clock, and whom to tell of each attempt."""

    clock: Callable[[], float]
    random: Callable[[], float]
    max_retries: int = 2
    on_attempt: Callable[[Attempt], object] | None = None

    def send(
        self,
        request: Request | Callable[[], Request],
        *,
        deadline: float,
        most: float,
        billable: bool = False,
        sink: Sink | None = None,
    ) -> Steps[Response]:
        """Send *request* until an answer is final; each attempt takes *most* seconds.

        A request that depends on how far the last attempt came is given as a function.
        Raises NetworkError where the last attempt got no answer.
        """
        number = 0
        while True:
            number += 1
            start = self.clock()
            made = request() if callable(request) else request
            step = Send(
                request=made,
                timeout=max(0.0, min(most, deadline - start)),
                sink=sink,
                end=deadline,
            )
            response: Response | None = None
            error: NetworkError | None = None
            try:
                response = yield step
            except NetworkError as exc:
                error = exc
            pause = self._pause(number, deadline, billable, response, error)
            if self.on_attempt is not None or _log.isEnabledFor(logging.DEBUG):
                attempt = Attempt(
                    place=made.place,
                    number=number,
                    seconds=self.clock() - start,
                    status=response.status if response else None,
                    error=error,
                    pause=pause,
                )
                _log.debug("%s", attempt)
                if self.on_attempt is not None:
                    self.on_attempt(attempt)
            if pause is not None:
                yield Sleep(pause)
            elif error is not None:
                raise error
            else:
                assert response is not None, "an exchange ends in one of the two"
                return response

    def _pause(
        self,
        number: int,
        deadline: float,
        billable: bool,
        response: Response | None,
        error: NetworkError | None,
    ) -> float | None:
        """Return the seconds to wait before another attempt, None if there is to be none."""
        if number > self.max_retries:
            return None
        if billable and (error is None or error.sent):
            return None
        if response is not None and not _is_busy(response.status):
            return None
        wish = retry_after(response) if response is not None else None
        if wish is None:
            ceiling = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (number - 1))
            wish = ceiling * (1 + self.random()) / 2
        return wish if self.clock() + wish < deadline else None


def retry_after(response: Response) -> float | None:
    """Return the seconds that *response* asks to wait, given as seconds or as a date."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    wanted, now = _moment(text), _moment(response.headers.get("date", ""))
    if wanted is None:
        return None
    # By the service's own clock where it tells it: ours may go wrong.
    return max(0.0, (wanted - (now or datetime.now(UTC))).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _is_busy(status: int) -> bool:
    return status in {408, 429} or status >= 500
