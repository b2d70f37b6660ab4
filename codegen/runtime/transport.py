"""The only module that knows httpx: one exchange, in two colours.

Whatever can go wrong between here and the service is mapped to NetworkError, once.
Redirects are never followed here, so no header travels to a host it was not meant for.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TypeAlias

import httpx

from .errors import NetworkError, UnexpectedAnswerError
from .exchange import Request, Response, Send, shown_address

HttpTransport: TypeAlias = httpx.BaseTransport
AsyncHttpTransport: TypeAlias = httpx.AsyncBaseTransport

LARGEST_ANSWER = 16 * 1024 * 1024
"""Bytes of an answer that is kept in memory; a video is not, it goes to a sink."""

_NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.InvalidURL,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    UnicodeError,
)


class Transport:
    """Exchanges for programs that block."""

    def __init__(self, http: HttpTransport | None, clock: Callable[[], float]) -> None:
        self._http = httpx.Client(transport=http, follow_redirects=False)
        self._clock = clock

    def send(self, step: Send) -> Response:
        """Do what *step* says; raise NetworkError where it comes to nothing."""
        with _mapped(step.request):
            answer = self._http.send(_built(step), stream=True)
            try:
                reading = _Reading(step, answer, self._clock)
                for chunk in answer.iter_bytes():
                    reading.take(chunk)
                return reading.response()
            finally:
                answer.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


class AsyncTransport:
    """Exchanges for programs that run on asyncio."""

    def __init__(
        self, http: AsyncHttpTransport | None, clock: Callable[[], float]
    ) -> None:
        self._http = httpx.AsyncClient(transport=http, follow_redirects=False)
        self._clock = clock

    async def send(self, step: Send) -> Response:
        """Do what *step* says; raise NetworkError where it comes to nothing."""
        with _mapped(step.request):
            answer = await self._http.send(_built(step), stream=True)
            try:
                reading = _Reading(step, answer, self._clock)
                async for chunk in answer.aiter_bytes():
                    reading.take(chunk)
                return reading.response()
            finally:
                await answer.aclose()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


class _Reading:
    """The body of one answer as it arrives."""

    def __init__(
        self, step: Send, answer: httpx.Response, clock: Callable[[], float]
    ) -> None:
        self._answer = answer
        self._request = step.request
        self._clock = clock
        self._end = clock() + step.timeout
        self._sink = step.sink if answer.status_code == 200 else None
        self._content = bytearray()
        self._received = 0

    def take(self, chunk: bytes) -> None:
        """Take one piece of the body."""
        self._received += len(chunk)
        if self._sink is not None:
            self._sink(chunk)
            return
        self._content += chunk
        if len(self._content) > LARGEST_ANSWER:
            raise UnexpectedAnswerError(
                f"{_place(self._request)}: the answer is larger than "
                f"{LARGEST_ANSWER} bytes; is this the address of the service?"
            )
        # Without this a server that sends a byte now and then would never time out.
        if self._clock() > self._end:
            raise httpx.ReadTimeout("the answer did not end in time")

    def response(self) -> Response:
        """Return the answer, now that its body has been read."""
        return Response(
            status=self._answer.status_code,
            headers=self._answer.headers,
            content=bytes(self._content),
            received=self._received,
        )


def _built(step: Send) -> httpx.Request:
    """Return the request without what a client would add: cookies and defaults."""
    request = step.request
    return httpx.Request(
        request.method,
        request.url,
        params=dict(request.query) or None,
        headers=dict(request.headers),
        content=request.content,
        extensions={"timeout": httpx.Timeout(step.timeout).as_dict()},
    )


@contextmanager
def _mapped(request: Request) -> Generator[None, None, None]:
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as exc:
        arrived = not isinstance(exc, _NOTHING_SENT)
        fate = "the service may have received it" if arrived else "nothing was sent"
        raise NetworkError(
            f"{_place(request)}: {type(exc).__name__}: {str(exc) or 'no answer'}; {fate}; "
            "check the address and the connection"
        ) from exc


def _place(request: Request) -> str:
    return f"{request.method} {shown_address(request.url)}"
