"""Requests over the network to a server that may do anything with them.

An answer must be whole in time and of a bearable size: `httpx` limits each read, and
a server that drips a byte a second would never run into that limit. Here the clock
runs over the whole exchange, from the first byte sent to the last one read.
"""

import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore
import httpx

MOST_BYTES = 64 * 2**20
"""The largest answer that is read; what is longer is broken off."""

_IDLE = 2.0  # seconds; most servers close a connection that idles only after five


class BoundedTransport(httpx.BaseTransport):
    """Sends as httpx does, but reads no answer for longer, or further, than bearable.

    No proxy is used and no redirect followed, and no answer may be compressed.
    """

    def __init__(self, *, timeout: float, most_bytes: int = MOST_BYTES) -> None:
        self._timeout = timeout
        self._most_bytes = most_bytes
        self._network = _Network()
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            keepalive_expiry=_IDLE,
            network_backend=self._network,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the whole answer; raise httpx.TransportError where none comes."""
        self._network.deadline = time.monotonic() + self._timeout
        sent = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions={"timeout": dict.fromkeys(_STEPS, self._timeout)},
        )
        try:
            response = self._pool.handle_request(sent)
            try:
                body = self._read(response)
            finally:
                response.close()
        except httpcore.ConnectError as exc:
            raise httpx.ConnectError(str(exc)) from exc
        except httpcore.ConnectTimeout as exc:
            raise httpx.ConnectTimeout(str(exc)) from exc
        except httpcore.TimeoutException as exc:
            raise httpx.ReadTimeout(
                f"no whole answer within {self._timeout:g} s"
            ) from exc
        except (httpcore.NetworkError, httpcore.ProtocolError) as exc:
            raise httpx.RemoteProtocolError(str(exc)) from exc
        return httpx.Response(
            response.status, headers=response.headers, stream=httpx.ByteStream(body)
        )

    def _read(self, response: httpcore.Response) -> bytes:
        headers = httpx.Headers(response.headers)
        if (coding := headers.get("content-encoding", "identity")) != "identity":
            # What is unpacked may be a thousand times as long.
            raise httpx.RemoteProtocolError(f"an answer in {coding!r}, not asked for")
        body = bytearray()
        for part in response.iter_stream():
            body += part
            if len(body) > self._most_bytes:
                raise httpx.RemoteProtocolError(
                    f"an answer of more than {self._most_bytes} bytes"
                )
        return bytes(body)

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


_STEPS = ("connect", "read", "write", "pool")


class _Network(httpcore.NetworkBackend):
    """Opens sockets whose every read and write ends at one deadline."""

    def __init__(self) -> None:
        self.deadline = 0.0
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Open a connection as httpcore does."""
        inner = self._inner.connect_tcp(
            host, port, timeout, local_address, socket_options
        )
        return _Stream(inner, self._left)

    def _left(self, timeout: float | None) -> float:
        """Return how many seconds are left; raise httpcore.ReadTimeout if none are."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if timeout is None else min(timeout, left)


class _Stream(httpcore.NetworkStream):
    """A connection that asks before each step how much time is *left* for it."""

    def __init__(
        self, inner: httpcore.NetworkStream, left: Callable[[float | None], float]
    ) -> None:
        self._inner = inner
        self._left = left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has come, before the deadline."""
        return self._inner.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of *buffer*, before the deadline."""
        self._inner.write(buffer, self._left(timeout))

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Speak TLS from here on."""
        inner = self._inner.start_tls(ssl_context, server_hostname, self._left(timeout))
        return _Stream(inner, self._left)

    def get_extra_info(self, info: str) -> Any:
        """Return what the connection knows of itself."""
        return self._inner.get_extra_info(info)
