"""One connection of a client, as uvicorn handles it, with three things more.

It can be severed in the middle of an answer, which ASGI has no words for. It does not
wait for ever: a head that is too long, or that does not arrive, ends it, and whoever
waits for a body that does not arrive is woken. And an answer that is whole is written
at once: messages of ASGI would take longer than all the mock does.
"""

import logging
import struct
from asyncio import Event, TimerHandle, Transport
from functools import cached_property
from socket import SO_LINGER, SOL_SOCKET
from typing import cast
from urllib.parse import unquote

import httptools
from starlette.types import Receive
from uvicorn._types import ASGI3Application, HTTPScope
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from mock_server import exchange
from mock_server.app import MockApp
from mock_server.damage import SEVER
from mock_server.exchange import Head, Reply

_LOG = logging.getLogger("uvicorn.error")
_LONGEST_HEAD = 65_536
_PATIENCE = 20.0  # seconds for a head to arrive


class Connection(HttpToolsProtocol):
    """A connection that can be severed, and that does not wait for ever."""

    _head_length = 0
    _head_begun = _body_begun = False
    _arriving: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Wait for the first head."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._arrived()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; wait for the rest of a head that is not complete."""
        # The parser keeps an unfinished head to itself, however long it gets. How much of
        # this belongs to a head behind a whole request is not known, and not counted.
        self._head_length += len(data)
        super().data_received(data)
        if self._body_begun and self._arriving is None:
            self._arriving = self.loop.call_later(exchange.PATIENCE, self._wake_reader)
        if not self._head_begun or self.transport.is_closing():
            return
        self._await_head()
        if self._head_length > _LONGEST_HEAD:
            self.send_400_response("The head of the request is too long.")

    def on_message_begin(self) -> None:
        """Start a request."""
        self.url, self.headers = b"", []
        self.expect_100_continue = False
        self._head_begun = True

    def on_headers_complete(self) -> None:
        """Hand the request to the app, or queue it behind the one that is answered."""
        self._head_begun, self._body_begun = False, True
        self._arrived()
        before, self.cycle = self.cycle, Exchange(self)
        if isinstance(before, Exchange) and not before.response_complete:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))
        else:
            self._start_asgi_task(self.cycle, self.app)

    def on_message_complete(self) -> None:
        """Take the request as whole."""
        self._body_begun, self._head_length = False, 0
        self._arrived()
        super().on_message_complete()

    def reset(self) -> None:
        """End the connection with a reset, which a close that does not linger is."""
        option = struct.pack("ii", 1, 0)
        socket = self.transport.get_extra_info("socket")
        socket.setsockopt(SOL_SOCKET, SO_LINGER, option)
        self.transport.abort()

    def close(self) -> None:
        """End the connection."""
        self.transport.close()

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: the answer does. To install a package would be of no use."""

    def _await_head(self) -> None:
        if self._arriving is None:
            self._arriving = self.loop.call_later(_PATIENCE, self.transport.close)

    def _arrived(self) -> None:
        if self._arriving is not None:
            self._arriving.cancel()
            self._arriving = None

    def _wake_reader(self) -> None:
        # The server's own event: it has a reader look, who then finds nothing new. The
        # reader may have begun to wait a little later than this did.
        self.cycle.message_event.set()
        self._arriving = self.loop.call_later(0.05, self._wake_reader)


class Exchange(RequestResponseCycle):
    """A request and its answer, of which no more is made than is asked for."""

    logger = _LOG
    access_log = disconnected = response_started = response_complete = False
    more_body = True
    chunked_encoding = None
    expected_content_length = 0

    def __init__(self, connection: Connection) -> None:
        parser = connection.parser
        version = parser.get_http_version()
        url = httptools.parse_url(connection.url)
        self.head = Head(
            parser.get_method().decode("ascii"),
            url.path,
            url.query or b"",
            connection.scheme or "http",
            connection.server,
            tuple(connection.headers),
        )
        self.body = bytearray()
        self.message_event = Event()
        self.transport, self.flow = connection.transport, connection.flow
        self.waiting_for_100_continue = connection.expect_100_continue
        self.keep_alive = version != "1.0" and parser.should_keep_alive()
        self.on_response = connection.on_response_complete
        self._connection, self._version = connection, version

    @cached_property
    def scope(self) -> HTTPScope:  # type: ignore[override]  # made when it is asked for
        """The head as ASGI has it."""
        it = self._connection
        return {
            "type": "http",
            "asgi": {"version": it.asgi_version, "spec_version": "2.3"},
            "http_version": self._version,
            "server": it.server,
            "client": it.client,
            "scheme": self.head.scheme,
            "method": self.head.method,
            "root_path": "",
            "path": unquote(self.head.path.decode("ascii")),
            "raw_path": self.head.path,
            "query_string": self.head.query,
            "headers": self.head.headers,
            "state": it.app_state.copy(),
            "extensions": {SEVER: {"reset": it.reset, "close": it.close}},
        }

    @property
    def default_headers(self) -> list[tuple[bytes, bytes]]:  # type: ignore[override]  # as above
        """What every answer says, such as the date."""
        return self._connection.server_state.default_headers

    async def run_asgi(self, app: ASGI3Application) -> None:
        """Answer the request by *app*."""
        if not isinstance(app, MockApp) or app.is_own(self.head):
            await super().run_asgi(app)
            return
        reply = await app.answer(self.head, cast("Receive", self.receive))
        if type(reply) is Reply:
            try:
                await self._write(reply)
            except ValueError:
                _LOG.exception("%s %r", self.head.method, self.head.path)
                await self.send_500_response()
        else:
            await super().run_asgi(cast("ASGI3Application", reply))

    async def _write(self, reply: Reply) -> None:
        """Write *reply* as a whole."""
        await self.flow.drain()  # at once, unless the client does not read
        if self.disconnected:
            return
        parts = [STATUS_LINE[reply.status]]
        parts += [b"%b: %b\r\n" % it for it in self.default_headers]
        parts.append(reply.header_lines)
        parts.append(b"\r\n" if self.keep_alive else b"connection: close\r\n\r\n")
        if self.head.method != "HEAD":
            parts.append(reply.body)
        self.response_started = self.response_complete = True
        self.transport.write(b"".join(parts))
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()
