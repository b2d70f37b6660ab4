"""What one round of the loop brings, handled together.

A processor that reads thirty requests and then answers thirty has the code of each at
hand; one that does both thirty times fetches all of it thirty times.
"""

import asyncio
from typing import Protocol

from uvicorn._types import ASGI3Application


class Pending(Protocol):
    """An exchange whose answer is still to be made, or still to be written."""

    def begin(self, app: ASGI3Application) -> None:
        """Have *app* answer."""

    def send_now(self, answer: bytes) -> None:
        """Write the whole *answer*."""


class Inbox:
    """Requests that have come: those of one round are answered when all are read."""

    def __init__(self) -> None:
        self._requests: list[tuple[Pending, ASGI3Application]] = []

    def put(self, it: Pending, app: ASGI3Application) -> None:
        """Have *app* answer *it* when all that is ready to be read has been read."""
        if not self._requests:
            asyncio.get_running_loop().call_soon(self._answer)
        self._requests.append((it, app))

    def _answer(self) -> None:
        requests, self._requests = self._requests, []
        for it, app in requests:
            it.begin(app)


class Outbox:
    """Answers that are ready: those of one round are written together.

    Each write may wake the client, and to do that takes longer than much of an answer.
    One that is awake already, since it reads the answer before, need not be woken.
    """

    def __init__(self) -> None:
        self._answers: list[tuple[Pending, bytes]] = []
        self._defaults: list[tuple[bytes, bytes]] = []
        self._default_lines = b""

    def write_defaults(self, headers: list[tuple[bytes, bytes]]) -> bytes:
        """Return *headers*, which every answer of the same second has, as lines."""
        if headers is not self._defaults:
            self._default_lines = b"".join([b"%b: %b\r\n" % it for it in headers])
            self._defaults = headers
        return self._default_lines

    def put(self, it: Pending, answer: bytes) -> None:
        """Have *answer* to *it* written when all that is ready to run has run."""
        if not self._answers:
            asyncio.get_running_loop().call_soon(self._send)
        self._answers.append((it, answer))

    def _send(self) -> None:
        answers, self._answers = self._answers, []
        for it, answer in answers:
            it.send_now(answer)
