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
        self._inner = httpx.ASGITransport(app, raise_app_exceptions=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the application's answer; raise httpx.ReadTimeout if it takes too long."""
        limit = request.extensions.get("timeout", {}).get("read")
        try:
            return self._loop.run_until_complete(
                asyncio.wait_for(self._ask(request), limit)
            )
        except TimeoutError:
            raise httpx.ReadTimeout(f"no whole answer within {limit:g} s") from None

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        raw = b"".join([part async for part in response.aiter_raw()])
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=httpx.ByteStream(raw),
        )

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
