"""An ASGI application as a synchronous httpx transport.

httpx speaks to an application in process only from async code, and Hypothesis only
runs sync code. The bridge keeps an event loop, and runs it for as long as one request
takes. It speaks ASGI itself: httpx looks for a library that is not installed before
each request, which takes longer than many an answer.
"""

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Any

import httpx

_HERE = ("127.0.0.1", 123)
"""Who asks, as the application is told."""


class AsgiBridge(httpx.BaseTransport):
    """Send requests to *app* in process; an exception it lets out becomes a 500.

    The application's lifespan is not run, what it does in the background waits for
    the next request, and an answer arrives whole: a stream without an end needs a real
    socket.
    """

    def __init__(self, app: Any) -> None:
        self._loop = asyncio.new_event_loop()
        self.serve(app)

    def serve(self, app: Any) -> None:
        """Ask *app* from now on, as if the server had been restarted with it."""
        self._app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the application's answer; raise httpx.ReadTimeout if it takes too long."""
        limit = request.extensions.get("timeout", {}).get("read")
        try:
            exchange = _Exchange(request)
            self._loop.run_until_complete(
                asyncio.wait_for(exchange.run(self._app), limit)
            )
            return exchange.response()
        except TimeoutError:
            raise httpx.ReadTimeout(f"no whole answer within {limit:g} s") from None

    def close(self) -> None:
        """Close the loop; a second call does nothing."""
        if self._loop.is_closed():
            return
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def __enter__(self) -> "AsgiBridge":
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self.close()


class _Exchange:
    """One request to an application, and what it has answered so far."""

    def __init__(self, request: httpx.Request) -> None:
        self._request = request
        self._is_read = False
        self._is_over = asyncio.Event()
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._parts: list[bytes] = []

    async def run(self, app: Any) -> None:
        """Let *app* answer; an exception before it has begun to is a 500."""
        try:
            await app(self._scope(), self._receive, self._send)
        except Exception:
            self._status = self._status or 500
            self._is_over.set()

    def response(self) -> httpx.Response:
        """Return the whole answer; raise httpx.RemoteProtocolError if it broke off."""
        if not self._is_over.is_set():
            raise httpx.RemoteProtocolError("the application broke off its answer")
        return httpx.Response(
            self._status,
            headers=self._headers,
            stream=httpx.ByteStream(b"".join(self._parts)),
        )

    def _scope(self) -> dict[str, Any]:
        request = self._request
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "headers": [(name.lower(), it) for name, it in request.headers.raw],
            "scheme": request.url.scheme,
            "path": request.url.path,
            "raw_path": request.url.raw_path.partition(b"?")[0],
            "query_string": request.url.query,
            "server": (request.url.host, request.url.port),
            "client": _HERE,
            "root_path": "",
        }

    async def _receive(self) -> dict[str, Any]:
        if self._is_read:
            await self._is_over.wait()
            return {"type": "http.disconnect"}
        self._is_read = True
        return {"type": "http.request", "body": self._request.read()}

    async def _send(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            self._parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                self._is_over.set()
