"""One connection of a client, as uvicorn handles it, with three things more.

It can be severed in the middle of an answer, which ASGI has no words for. It does not
wait for ever: a head that is too long, or that does not arrive, ends it, and whoever
waits for a body that does not arrive is woken. And no more is done than an exchange
takes: a head that is known is not parsed, an answer that waits for nothing is no task,
and one that is whole is written at once, without the messages of ASGI.
"""

import asyncio
import logging
import struct
import types
from asyncio import Event, TimerHandle, Transport
from collections.abc import Awaitable, Callable, Coroutine, Generator
from functools import cached_property, partial
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
from mock_server.heads import Heads
from mock_server.rounds import Round

_LOG = logging.getLogger("uvicorn.error")
_LONGEST_HEAD = 65_536
_PATIENCE = 20.0  # seconds for a head to arrive


class Shared:
    """What the connections of one server have in common."""

    def __init__(self) -> None:
        self.inbox: Round[Exchange, ASGI3Application] = Round(Exchange.begin)
        self.outbox: Round[Exchange, bytes] = Round(Exchange.send_now)
        self.heads = Heads()
        self._defaults: list[tuple[bytes, bytes]] = []
        self._default_lines = b""

    def write_defaults(self, headers: list[tuple[bytes, bytes]]) -> bytes:
        """Return *headers*, which every answer of the same second has, as lines."""
        if headers is not self._defaults:
            self._default_lines = b"".join([b"%b: %b\r\n" % it for it in headers])
            self._defaults = headers
        return self._default_lines


def connections() -> Callable[..., "Connection"]:
    """Return what makes the connections of one server."""
    return partial(Connection, shared=Shared())


class Connection(HttpToolsProtocol):
    """A connection that can be severed, and that does not wait for ever."""

    cycle: "Exchange | None"  # type: ignore[assignment]  # as it is made here
    _head_length = 0
    _head_begun = _body_begun = False
    _arriving: TimerHandle | None = None
    _idle_since: float | None = None  # while no request is on its way

    def __init__(self, *args: Any, shared: Shared, **options: Any) -> None:
        super().__init__(*args, **options)
        self.shared = shared

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
        if self._head_begun or self._body_begun:
            self._parse(data)
            return
        known = self.shared.heads.split(data, self.server)
        if known is not None:
            self._arrived()
            self._idle_since = None
            self._open(Exchange(self, *known))
            return
        before = self.cycle
        self._parse(data)
        it = self.cycle
        if it is not None and it is not before and self._is_ordinary(it):
            self.shared.heads.learn(data, it.head, len(it.body))

    def _is_ordinary(self, it: "Exchange") -> bool:
        """Say whether *it* has come whole, and asks nothing of the connection."""
        if it.more_body or it.waiting_for_100_continue:
            return False
        return it.keep_alive and not self.parser.should_upgrade()

    def _parse(self, data: bytes) -> None:
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
        if cycle is None or not cycle.is_owed:
            return False
        cycle.hang_up(whole=not self._body_begun)
        return True

    def on_message_begin(self) -> None:
        """Start a request."""
        self.url, self.headers = b"", []
        self.expect_100_continue = False
        self._head_begun = True

    def on_headers_complete(self) -> None:
        """Take the request, whose body may still be on its way."""
        self._head_begun, self._body_begun = False, True
        self._arrived()
        parser, url = self.parser, httptools.parse_url(self.url)
        head = Head(
            parser.get_method().decode("ascii"),
            url.path,
            url.query or b"",
            self.scheme or "http",
            self.server,
            tuple(self.headers),
        )
        it = Exchange(self, head)
        it.version = parser.get_http_version()
        it.keep_alive = it.version != "1.0" and parser.should_keep_alive()
        it.waiting_for_100_continue = self.expect_100_continue
        self._open(it)

    def _open(self, it: "Exchange") -> None:
        """Hand a request to the app, or queue it behind the one that is answered."""
        before, self.cycle = self.cycle, it
        if before is not None and not before.response_complete:
            self.flow.pause_reading()
            self.pipeline.appendleft((it, self.app))
        else:
            self.shared.inbox.put(it, self.app)

    def on_response_complete(self) -> None:
        """Go on with the next request, or wait for one, for as long as is usual."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            it, app = self.pipeline.pop()
            self.shared.inbox.put(cast("Exchange", it), app)
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
        assert self.cycle is not None
        self.cycle.message_event.set()
        self._arriving = self.loop.call_later(0.05, self._wake_reader)


class Exchange(RequestResponseCycle):
    """A request and its answer, of which no more is made than is asked for."""

    logger = _LOG
    access_log = disconnected = response_started = response_complete = False
    keep_alive = True
    waiting_for_100_continue = False
    version = "1.1"
    _taken = False  # the body, by whoever answers
    _hung_up = _broken_off = False
    _piece = True  # by piece is how an answer is sent that is not whole
    chunked_encoding = None
    expected_content_length = 0

    def __init__(
        self, connection: Connection, head: Head, body: bytes | None = None
    ) -> None:
        self.head = head
        self.body = bytearray() if body is None else body  # type: ignore[assignment]  # of which one is only read
        self.more_body = body is None
        self.transport, self.flow = connection.transport, connection.flow
        self.on_response = connection.on_response_complete
        self._connection = connection

    @cached_property
    def message_event(self) -> Event:  # type: ignore[override]  # made when it is asked for
        """Set when there is news for who waits to receive something."""
        return Event()

    @cached_property
    def scope(self) -> HTTPScope:  # type: ignore[override]  # made when it is asked for
        """The head as ASGI has it."""
        it = self._connection
        return {
            "type": "http",
            "asgi": {"version": it.asgi_version, "spec_version": "2.3"},
            "http_version": self.version,
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

    def begin(self, app: ASGI3Application) -> None:
        """Answer the request by *app*, as a task from when that first has to wait.

        Before, it cannot be cancelled: `asyncio.timeout` and its like raise RuntimeError.
        """
        if not isinstance(app, MockApp) or app.is_own(self.head):
            self._start_task(self.run_asgi(app))
            return
        answering = app.answer(self.head, self.receive)  # type: ignore[arg-type]  # the same messages, by other names
        try:
            waits_for = answering.send(None)
        except StopIteration as end:
            self._send_reply(end.value)
        else:
            self._start_task(self._finish(_go_on(answering, waits_for)))

    async def _finish(self, answering: Awaitable[Reply]) -> None:
        self._send_reply(await answering)

    def _send_reply(self, reply: Reply) -> None:
        """Write *reply* as a whole, if that can be done at once."""
        if type(reply) is not Reply or self.flow.write_paused:
            self._start_task(self.run_asgi(cast("ASGI3Application", reply)))
            return
        try:
            self._write(reply)
        except ValueError:
            _LOG.exception("%s %r", self.head.method, self.head.path)
            self._start_task(self.send_500_response())

    def _start_task(self, work: Coroutine[Any, Any, None]) -> None:
        tasks = self._connection.tasks
        task = asyncio.get_running_loop().create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

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

    def _write(self, reply: Reply) -> None:
        if self.disconnected:
            return
        shared = self._connection.shared
        parts = (
            STATUS_LINE[reply.status],
            shared.write_defaults(self.default_headers),
            reply.header_lines,
            b"\r\n" if self.keep_alive else b"connection: close\r\n\r\n",
            reply.body if self.head.method != "HEAD" else b"",
        )
        self.response_started, self._piece = True, False
        shared.outbox.put(self, b"".join(parts))

    def send_now(self, answer: bytes) -> None:
        """Write the whole *answer*, which ends the exchange."""
        self.response_complete = True
        self.transport.write(answer)
        if "message_event" in vars(self):  # or else nobody waits
            self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()


@types.coroutine
def _go_on(
    answering: Coroutine[Any, Any, Reply], waits_for: Any
) -> Generator[Any, Any, Reply]:
    """Go on with *answering*, which was begun by hand and *waits_for* something."""
    while True:
        try:
            yield waits_for
        except BaseException as exc:
            try:
                waits_for = answering.throw(exc)
            except StopIteration as end:
                reply: Reply = end.value
                return reply
        else:
            return (yield from answering.__await__())
