"""One connection of a client, as uvicorn handles it, with three things more.

It can be severed in the middle of an answer, which ASGI has no words for. It does not
wait for ever: a head that is too long, or that does not arrive, ends it, and whoever
waits for a body that does not arrive is woken. And an answer that is whole is written
at once: messages of ASGI would take longer than all the mock does.
"""

import asyncio
import logging
import struct
from asyncio import Event, TimerHandle, Transport
from functools import cached_property
from socket import SO_LINGER, SOL_SOCKET
from typing import Any, cast
from urllib.parse import unquote

import httptools
from uvicorn._types import ASGI3Application, ASGIReceiveEvent, HTTPScope
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


class Outbox:
    """Answers that are ready: those of one round of the loop are written together.

    Each write may wake the client, and to do that takes longer than much of an answer.
    One that is awake already, since it reads the answer before, need not be woken.
    """

    def __init__(self) -> None:
        self._answers: list[tuple[Exchange, bytes]] = []
        self._defaults: list[tuple[bytes, bytes]] = []
        self._default_lines = b""

    def write_defaults(self, headers: list[tuple[bytes, bytes]]) -> bytes:
        """Return *headers*, which every answer of the same second has, as lines."""
        if headers is not self._defaults:
            self._default_lines = b"".join([b"%b: %b\r\n" % it for it in headers])
            self._defaults = headers
        return self._default_lines

    def put(self, it: "Exchange", answer: bytes) -> None:
        """Have *answer* to *it* written when all that is ready to run has run."""
        if not self._answers:
            asyncio.get_running_loop().call_soon(self._send)
        self._answers.append((it, answer))

    def _send(self) -> None:
        answers, self._answers = self._answers, []
        for it, answer in answers:
            it.send_now(answer)


class Connection(HttpToolsProtocol):
    """A connection that can be severed, and that does not wait for ever."""

    _head_length = 0
    _head_begun = _body_begun = False
    _arriving: TimerHandle | None = None
    _idle_since: float | None = None  # while no request is on its way

    def __init__(self, *args: Any, outbox: Outbox, **options: Any) -> None:
        super().__init__(*args, **options)
        self.outbox = outbox

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Wait for the first head."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._arrived()
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
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

    def eof_received(self) -> bool:  # type: ignore[override]  # as asyncio has it
        """Answer all the same a client that has no more to send, but may still read."""
        cycle = self.cycle
        if not isinstance(cycle, Exchange) or not cycle.is_owed:
            return False
        cycle.hang_up(whole=not self._body_begun)
        return True

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

    def on_response_complete(self) -> None:
        """Go on with the next request, or wait for one, for as long as is usual."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            return
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._await_request(self.timeout_keep_alive)

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

    def _unset_keepalive_if_required(self) -> None:
        """Let the clock run: it looks itself whether anything has come meanwhile."""
        self._idle_since = None

    def _await_request(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self._look_idle)

    def _look_idle(self) -> None:
        """Close the connection if it has been idle for long enough."""
        self.timeout_keep_alive_task = None
        if self._idle_since is None:
            return  # the answer to what has come sets the clock anew
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._await_request(left)
        else:
            self.transport.close()

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
    _taken = False  # the body, by whoever answers
    _hung_up = _broken_off = False
    _piece = True  # by piece is how an answer is sent that is not whole
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

    @property
    def is_owed(self) -> bool:
        """Whether the answer is still to be sent, and not being sent piece by piece."""
        return not (self.response_complete or (self.response_started and self._piece))

    async def run_asgi(self, app: ASGI3Application) -> None:
        """Answer the request by *app*."""
        if not isinstance(app, MockApp) or app.is_own(self.head):
            await super().run_asgi(app)
            return
        reply = await app.answer(self.head, self.receive)  # type: ignore[arg-type]  # the same messages, by other names
        if type(reply) is Reply:
            try:
                await self._write(reply)
            except ValueError:
                _LOG.exception("%s %r", self.head.method, self.head.path)
                await self.send_500_response()
        else:
            await super().run_asgi(cast("ASGI3Application", reply))

    def hang_up(self, *, whole: bool) -> None:
        """Expect no more of the client, who has broken off where its body is not *whole*."""
        self._hung_up, self._broken_off = True, not whole
        self.more_body = self.keep_alive = False
        self.message_event.set()

    def _is_left(self) -> bool:
        """Say whether the client has hung up, and nothing of the body is to come."""
        return self._broken_off or (self._hung_up and self._taken)

    async def receive(self) -> ASGIReceiveEvent:
        """Return what came of the body, at once where all of it is here."""
        if self._is_left():
            return {"type": "http.disconnect"}
        waits = self.more_body or self.waiting_for_100_continue
        if waits or self.disconnected or self._taken:
            message = await super().receive()
            return {"type": "http.disconnect"} if self._is_left() else message
        self._taken = True
        body, self.body = bytes(self.body), bytearray()
        return {"type": "http.request", "body": body, "more_body": False}

    async def _write(self, reply: Reply) -> None:
        """Write *reply* as a whole."""
        await self.flow.drain()  # at once, unless the client does not read
        if self.disconnected:
            return
        outbox = self._connection.outbox
        parts = (
            STATUS_LINE[reply.status],
            outbox.write_defaults(self.default_headers),
            reply.header_lines,
            b"\r\n" if self.keep_alive else b"connection: close\r\n\r\n",
            reply.body if self.head.method != "HEAD" else b"",
        )
        self.response_started, self._piece = True, False
        outbox.put(self, b"".join(parts))

    def send_now(self, answer: bytes) -> None:
        """Write the whole *answer*, which ends the exchange."""
        self.response_complete = True
        self.transport.write(answer)
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()
