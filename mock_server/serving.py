"""Has uvicorn serve an app on a socket, blocking or in a thread."""

import gc
import logging
import socket
from asyncio import CancelledError
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Event
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp

from mock_server.connection import connections
from mock_server.listening import base_url_of, listen
from mock_server.threads import PATIENCE, start_serving

_COLLECTING = 10_000, 2, 50  # new objects, and rounds of the younger generation


class _Announcing(uvicorn.Server):
    """A server that says when it accepts connections."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then announce it."""
        await super().startup(sockets)
        self._on_ready()


def serve(
    app: ASGIApp,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    listener: socket.socket | None = None,
    on_ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve *app* until interrupted; tell *on_ready* the base URL once it answers.

    Port 0 takes a free one; a *listener* is used as it is. Raises PortInUseError, or
    AddressError for an address that this machine does not have or may not use.
    """
    # What is there now stays. And the calls that are answered at one time hold more
    # objects than the collector usually waits for: it would look at all of them again
    # and again, and find none to collect. But the more it looks at in one go, the longer
    # everybody waits: for 80 ms, among what is remembered of 10,000 jobs.
    gc.freeze()
    gc.set_threshold(*_COLLECTING)
    # Once it has shut down, uvicorn passes the interrupt on.
    with listener or listen(host, port) as opened, suppress(KeyboardInterrupt):
        base_url = base_url_of(opened)
        _prepare(app, lambda: on_ready(base_url)).run(sockets=[opened])


class Server:
    """An app on a real socket, served by a thread for as long as the `with` lasts."""

    base_url: str
    """Where the app answers, from when the `with` is entered."""

    def __init__(self, app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._address = host, port
        self._ready = Event()
        self._server = _prepare(app, self._ready.set)

    def __enter__(self) -> Self:
        self._listener = listen(*self._address)
        self.base_url = base_url_of(self._listener)
        run = partial(self._server.run, [self._listener])
        self._thread = start_serving(run, self._ready, name="reelspec-mock")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        self._listener.close()


def _prepare(app: ASGIApp, on_ready: Callable[[], None]) -> _Announcing:
    config = uvicorn.Config(
        app,
        http=connections(),  # type: ignore[arg-type]  # is called, no more
        access_log=False,
        proxy_headers=False,
        log_level="warning",
        lifespan="on",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    # Whoever waits when the server ends is cut off, which is nobody's fault.
    logging.getLogger("uvicorn.error").addFilter(_is_fault)
    return _Announcing(config, on_ready)


def _is_fault(record: logging.LogRecord) -> bool:
    """Say whether a message of uvicorn is about more than an exchange that was cut off."""
    return not (record.exc_info and isinstance(record.exc_info[1], CancelledError))
