"""The only module that knows httpx: one exchange, in two colours.

Whatever can go wrong between here and the service is mapped to NetworkError, once, and
without the request that it happened to, since that carries the API key. Redirects are
never followed here, so no header travels to a host it was not meant for.

A deadline bounds the whole exchange, a server that sends a byte now and then included.
With asyncio that is a timeout around it. Without, each read of the socket is given no
more than what is left: see `_bound`.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextvars import ContextVar
from functools import partial
from threading import Event
from typing import Any, BinaryIO, TypeAlias

import httpcore
import httpx

from .errors import ContractViolation, NetworkError
from .exchange import Request, Response, Send, aside

HttpClient: TypeAlias = httpx.Client
AsyncHttpClient: TypeAlias = httpx.AsyncClient

LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes of an answer that is kept in memory: room for a video that stands in it."""

_PIECE = 256 * 1024
"""Bytes that are read from a file at once."""

_NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.InvalidURL,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    UnicodeError,
)
_FAILURES = (httpx.HTTPError, httpx.InvalidURL, UnicodeError, TimeoutError)

_end: ContextVar[float | None] = ContextVar("_end", default=None)
"""When the exchange of this thread must be over, by the clock that sockets go by."""

given_up: ContextVar[Event | None] = ContextVar("given_up", default=None)
"""Set when nobody waits any more for the exchanges of this thread."""

_GLANCE = 0.1
"""Seconds between two looks at whether anybody still waits."""


class Transport:
    """Exchanges for programs that block."""

    def __init__(self, http: HttpClient | None, clock: Callable[[], float]) -> None:
        self._own = http is None
        self._http = httpx.Client() if http is None else http
        self._clock = clock
        _bound(self._http)

    def send(self, step: Send) -> Response:
        """Do what *step* says; raise NetworkError where it comes to nothing."""
        token = _end.set(time.monotonic() + step.timeout)
        try:
            request = _built(step, step.request.file)
            answer = self._http.send(request, stream=True, follow_redirects=False)
            try:
                reading = _Reading(step, answer, self._clock)
                for piece in answer.iter_bytes():
                    reading.take(piece)
                    if reading.sink:
                        reading.sink.write(piece)
                        reading.sink.written()
                        _end.set(time.monotonic() + step.timeout)
                return reading.response()
            finally:
                answer.close()
        except _FAILURES as exc:
            error = _network_error(step.request, exc)
        finally:
            _end.reset(token)
        raise error  # outside, or it would hold on to the request and its key

    def close(self) -> None:
        """Close the connections, unless they are another's."""
        if self._own:
            self._http.close()


class AsyncTransport:
    """Exchanges for programs that run on asyncio."""

    def __init__(
        self, http: AsyncHttpClient | None, clock: Callable[[], float]
    ) -> None:
        self._own = http is None
        self._http = httpx.AsyncClient() if http is None else http
        self._clock = clock

    async def send(self, step: Send) -> Response:
        """Do what *step* says; raise NetworkError where it comes to nothing."""
        import asyncio  # a program that blocks need not pay for it

        try:
            async with asyncio.timeout(step.timeout) as limit:
                content = _pieces(step.request.file) if step.request.file else None
                request = _built(step, content)
                answer = await self._http.send(
                    request, stream=True, follow_redirects=False
                )
                try:
                    reading = _Reading(step, answer, self._clock)
                    async for piece in answer.aiter_bytes():
                        reading.take(piece)
                        if reading.sink:
                            await aside(partial(reading.sink.write, piece))
                            reading.sink.written()
                            now = asyncio.get_running_loop().time()
                            limit.reschedule(now + step.timeout)
                    return reading.response()
                finally:
                    await answer.aclose()
        except _FAILURES as exc:
            error = _network_error(step.request, exc)
        raise error  # outside, or it would hold on to the request and its key

    async def close(self) -> None:
        """Close the connections, unless they are another's."""
        if self._own:
            await self._http.aclose()


class _Reading:
    """The body of one answer as it arrives."""

    def __init__(
        self, step: Send, answer: httpx.Response, clock: Callable[[], float]
    ) -> None:
        self._step = step
        self._answer = answer
        self._clock = clock
        self._end = clock() + step.timeout
        self._content = bytearray()
        self.sink = step.sink if answer.is_success else None
        if self.sink is not None:
            self.sink.open(self.response())

    def take(self, piece: bytes) -> None:
        """Hold one piece of the body to the time, keep it if there is no sink for it."""
        end = self._end if self.sink is None else self._step.end
        if end is not None and self._clock() > end:
            raise httpx.ReadTimeout("the answer did not end in time")
        if self.sink is not None:
            return
        self._content += piece
        if len(self._content) > LARGEST_ANSWER:
            raise ContractViolation(
                f"{self._step.request.place}: the answer is larger than "
                f"{LARGEST_ANSWER} bytes; is this the address of the service?"
            )

    def response(self) -> Response:
        """Return the answer, with as much of its body as has been read."""
        return Response(
            status=self._answer.status_code,
            headers=self._answer.headers,
            content=bytes(self._content),
        )


def _built(step: Send, content: Any) -> httpx.Request:
    """Return the request without what a client would add: cookies and defaults."""
    request = step.request
    key = {request.key.header: request.key.value} if request.key else {}
    return httpx.Request(
        request.method,
        request.url,
        params=dict(request.query) or None,
        headers={**request.headers, **key},
        content=request.content if content is None else content,
        extensions={"timeout": httpx.Timeout(step.timeout).as_dict()},
    )


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    """Yield *file*, read beside the event loop."""
    while piece := await aside(partial(file.read, _PIECE)):
        yield piece


def _network_error(request: Request, exc: Exception) -> NetworkError:
    sent = not isinstance(exc, _NOTHING_SENT)
    told = f"{type(exc).__name__}: {str(exc) or 'no answer'}"
    fate = "the service may have received it" if sent else "nothing was sent"
    return NetworkError(
        f"{request.place}: {told}; {fate}; check the address and the connection",
        sent=sent,
    )


def _bound(client: httpx.Client) -> None:
    """Make each wait for a socket of *client* end when `_end` says.

    httpx counts its timeouts from byte to byte, so a server that sends one now and
    then holds a thread for ever. Below it, httpcore opens every socket by a backend
    that may be replaced; a transport of another kind is left as it is.
    """
    held = vars(client)  # no public way leads there
    for transport in (held.get("_transport"), *held.get("_mounts", {}).values()):
        pool = getattr(transport, "_pool", None)
        backend = getattr(pool, "_network_backend", None)
        if backend is not None and not isinstance(backend, _BoundBackend):
            setattr(pool, "_network_backend", _BoundBackend(backend))  # noqa: B010 - as above


class _Bounded:
    """Passes everything on, and bounds the argument `timeout` of what it passes."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _BoundBackend(_Bounded):
    def connect_tcp(self, *args: Any, timeout: float | None = None, **how: Any) -> Any:
        left = _left(timeout, httpx.ConnectTimeout)
        return _BoundStream(self._inner.connect_tcp(*args, timeout=left, **how))


class _BoundStream(_Bounded):
    def read(self, max_bytes: int, timeout: float | None = None) -> Any:
        while True:
            left = _left(timeout, httpx.ReadTimeout)
            alone = given_up.get() is None or (left is not None and left <= _GLANCE)
            try:
                return self._inner.read(max_bytes, timeout=left if alone else _GLANCE)
            except httpcore.ReadTimeout:
                if alone:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> Any:
        return self._inner.write(buffer, timeout=_left(timeout, httpx.WriteTimeout))

    def start_tls(
        self,
        ssl_context: Any,
        server_hostname: Any = None,
        timeout: float | None = None,
    ) -> Any:
        left = _left(timeout, httpx.ConnectTimeout)
        return _BoundStream(self._inner.start_tls(ssl_context, server_hostname, left))


def _left(timeout: float | None, late: type[httpx.TimeoutException]) -> float | None:
    """Return the smaller of *timeout* and what is left; raise *late* where nothing is."""
    halt, end = given_up.get(), _end.get()
    if halt is not None and halt.is_set():
        raise late("it was given up, nobody waits for it any more")
    if end is None:
        return timeout
    left = end - time.monotonic()
    if left <= 0:
        raise late("the exchange did not end in time")
    return left if timeout is None else min(timeout, left)
