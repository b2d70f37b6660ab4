"""An ASGI application as a synchronous httpx transport.

httpx speaks to an application in process only from async code, and Hypothesis only
runs sync code. The bridge keeps an event loop, and runs it for as long as one request
takes.
"""

import asyncio
from types import TracebackType
from typing import Any

import httpx


class AsgiBridge(httpx.BaseTransport):
    """Send requests to *app* in process, as a server would.

    An exception that *app* lets out becomes a 500, or once it has begun to answer,
    httpx.RemoteProtocolError.
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
            return self._loop.run_until_complete(self._ask(request, limit))
        except TimeoutError:
            raise httpx.ReadTimeout(f"no whole answer within {limit:g} s") from None

    async def _ask(self, request: httpx.Request, limit: float | None) -> httpx.Response:
        call = _Call(request)
        async with asyncio.timeout(limit):
            try:
                await self._app(call.scope, call.receive, call.send)
            except Exception:
                if not call.start:
                    return httpx.Response(500)
        return call.answer

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


class _Call:
    """One request as ASGI tells it, and what an application has sent in answer.

    httpx's own does the same, but looks for another kind of event loop, in all folders
    that Python imports from, each time it is called.
    """

    def __init__(self, request: httpx.Request) -> None:
        url = request.url
        self.scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "headers": [(key.lower(), value) for key, value in request.headers.raw],
            "scheme": url.scheme,
            "path": url.path,
            "raw_path": url.raw_path.partition(b"?")[0],
            "query_string": url.query,
            "server": (url.host, url.port),
            "client": ("127.0.0.1", 123),
            "root_path": "",
        }
        self.start: dict[str, Any] = {}
        self._request = request
        self._is_read = False
        self._is_answered = asyncio.Event()
        self._parts: list[bytes] = []

    @property
    def answer(self) -> httpx.Response:
        """What was sent; httpx.RemoteProtocolError if that has no end."""
        if not self._is_answered.is_set():
            raise httpx.RemoteProtocolError("the application broke off its answer")
        return httpx.Response(
            self.start["status"],
            headers=self.start.get("headers", ()),
            stream=httpx.ByteStream(b"".join(self._parts)),
        )

    async def receive(self) -> dict[str, Any]:
        """Hand over the whole body; from then on, wait for the end of the call."""
        if self._is_read:
            await self._is_answered.wait()
            return {"type": "http.disconnect"}
        self._is_read = True
        return {"type": "http.request", "body": self._request.read()}

    async def send(self, message: dict[str, Any]) -> None:
        """Take a part of the answer."""
        if message["type"] == "http.response.start":
            self.start = message
            return
        self._parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            self._is_answered.set()
