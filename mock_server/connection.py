"""One connection of a client, as uvicorn handles it, with two things more.

It can be severed in the middle of an answer, which ASGI has no words for; and it does
not wait for ever: a head that is too long, or that does not arrive, ends it, and whoever
waits for a body that does not arrive is woken.
"""

import struct
from asyncio import TimerHandle, Transport
from socket import SO_LINGER, SOL_SOCKET

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mock_server import exchange
from mock_server.damage import SEVER

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
        super().data_received(data)
        if self._body_begun and self._arriving is None:
            self._arriving = self.loop.call_later(exchange.PATIENCE, self._wake_reader)
        if not self._head_begun or self.transport.is_closing():
            return
        self._await_head()
        # The parser keeps an unfinished header to itself, however long it gets.
        self._head_length += len(data)
        if self._head_length > _LONGEST_HEAD:
            self.send_400_response("The head of the request is too long.")

    def on_message_begin(self) -> None:
        """Start a request."""
        super().on_message_begin()
        self._head_begun, self._head_length = True, 0
        self.scope["extensions"] = {SEVER: {"reset": self._reset, "close": self._close}}

    def on_headers_complete(self) -> None:
        """Hand the request to the app."""
        self._head_begun, self._body_begun = False, True
        self._arrived()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Take the request as whole."""
        self._body_begun = False
        self._arrived()
        super().on_message_complete()

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

    def _reset(self) -> None:
        # A close that does not linger is a reset.
        option = struct.pack("ii", 1, 0)
        socket = self.transport.get_extra_info("socket")
        socket.setsockopt(SOL_SOCKET, SO_LINGER, option)
        self.transport.abort()

    def _close(self) -> None:
        self.transport.close()
