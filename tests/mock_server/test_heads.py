"""A head that came before says what the parser said of it, and is not parsed again."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from mock_server.connection import Connection, connections

HEAD = b"POST /a?b=c HTTP/1.1\r\nHost: localhost\r\n%b\r\n"
PLAIN = HEAD % b"Content-Length: 4\r\n" + b"body"


class Line(asyncio.Transport):
    """A transport that leads nowhere."""

    def __init__(self, port: int = 80) -> None:
        super().__init__({"sockname": ("127.0.0.1", port)})
        self.closed = False

    def write(self, data: Any) -> None:
        pass

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


class Server:
    """Connections of one server, and the requests that its app was handed."""

    def __init__(self) -> None:
        self.requests = list[Any]()
        self._make = connections()
        self._config = uvicorn.Config(
            self._app, interface="asgi3", proxy_headers=False, lifespan="off", ws="none"
        )
        self._config.load()

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            body += message["body"]
            more = message["more_body"]
        head = {it: scope[it] for it in ("method", "raw_path", "query_string")}
        self.requests.append((head, list(scope["headers"]), scope["server"], body))
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body"})

    def connect(self, line: Line | None = None) -> Connection:
        connection = self._make(self._config, ServerState(), {})
        connection.connection_made(line or Line())
        return connection

    async def take(self, connection: Connection, pieces: Sequence[bytes]) -> None:
        for piece in pieces:
            if not connection.transport.is_closing():
                connection.data_received(piece)
            await settle()

    async def serve(self, pieces: Sequence[bytes]) -> list[Any]:
        """Return what the app was handed of a new connection that *pieces* came by."""
        self.requests = []
        connection = self.connect()
        await self.take(connection, pieces)
        connection.connection_lost(None)
        await settle()
        return self.requests


async def settle() -> None:
    """Let everything that is ready run."""
    for _ in range(20):
        await asyncio.sleep(0)


LINES = st.sampled_from(
    [
        b"Connection: close",
        b"Connection: keep-alive",
        b"Connection: upgrade",
        b"Upgrade: h2c",
        b"Expect: 100-continue",
        b"Host: b",
        b"X-A: 1",
        b"x-a:2",
    ]
)


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """A request; its framing is that of a length, of chunks, or none at all."""
    method = draw(st.sampled_from([b"GET", b"POST", b"HEAD"]))
    version = draw(st.sampled_from([b"1.1", b"1.1", b"1.1", b"1.0"]))
    lines = draw(st.lists(LINES, max_size=2))
    body = draw(st.sampled_from([b"", b"a", b"body", b"\r\n\r\n", b"0\r\n\r\n"]))
    framing = draw(st.sampled_from(["none", "length", "length", "chunks", "wrong"]))
    if framing == "length":
        lines.append(b"Content-Length: %d" % len(body))
    elif framing == "wrong":
        lines.append(b"Content-Length: 3")
    elif framing == "chunks":
        lines.append(b"Transfer-Encoding: chunked")
        body = (b"%x\r\n%b\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"
    start = draw(st.sampled_from([b"", b"", b"\r\n"]))
    head = b"".join(it + b"\r\n" for it in lines)
    return start + method + b" /a?b HTTP/" + version + b"\r\n" + head + b"\r\n" + body


@given(st.lists(requests(), min_size=1, max_size=3), st.data())
def test_what_is_known_changes_nothing(
    requests: list[bytes], data: st.DataObject
) -> None:
    pieces = requests
    if data.draw(st.booleans()):
        stream = b"".join(requests)
        ends = [it.end() for it in re.finditer(b"\r\n\r\n", stream)]
        places = st.sampled_from(ends) | st.integers(1, len(stream))
        cuts = sorted(data.draw(st.sets(places, max_size=3)))
        pieces = [
            stream[i:j] for i, j in zip([0, *cuts], [*cuts, len(stream)], strict=True)
        ]

    async def serve() -> None:
        server = Server()
        for request in requests:  # so that it is known what can be
            await server.serve([request])
        assert await server.serve(pieces) == await Server().serve(pieces)

    asyncio.run(serve())


def test_a_known_head_is_not_parsed() -> None:
    async def serve() -> list[Any]:
        server = Server()
        (once,) = await server.serve([PLAIN])
        connection = server.connect()
        connection.parser = None  # type: ignore[assignment]  # to fail if it is asked
        await server.take(connection, [PLAIN, PLAIN.replace(b"body", b"then")])
        assert server.requests[1] == once
        return [it[-1] for it in server.requests]

    assert asyncio.run(serve()) == [b"body", b"body", b"then"]


@pytest.mark.parametrize(
    "request_",
    [
        PLAIN.replace(b"1.1", b"1.0"),
        PLAIN.replace(b"Host", b"Connection: close\r\nHost"),
        PLAIN.replace(b"Host", b"Expect: 100-continue\r\nHost"),
        HEAD % b"Connection: Upgrade\r\nUpgrade: h2c\r\n",
        PLAIN[:-1],
        PLAIN + PLAIN,
        HEAD % b"Transfer-Encoding: chunked\r\n" + b"4\r\nbody\r\n0\r\n\r\n",
    ],
    ids=["1.0", "close", "expect", "upgrade", "less", "more", "chunks"],
)
def test_a_head_that_means_more_is_not_known(request_: bytes) -> None:
    async def serve() -> None:
        server = Server()
        connection = server.connect()
        await server.take(connection, [request_])
        assert connection.shared.heads.split(request_, connection.server) is None

    asyncio.run(serve())


def test_a_head_is_known_of_one_address_only() -> None:
    async def serve() -> list[Any]:
        server = Server()
        for port in (80, 8080):
            await server.take(server.connect(Line(port)), [PLAIN, PLAIN])
        return [it[2] for it in server.requests]

    here, there = ("127.0.0.1", 80), ("127.0.0.1", 8080)
    assert asyncio.run(serve()) == [here, here, there, there]


@pytest.mark.parametrize(
    "begun",
    [
        b"P",
        b" ",
        b"\r\n\r",
        b"POST /c HTTP/1.1\r\nX: ",
        HEAD % b"Content-Length: 1000\r\n",
        PLAIN[:-1],
    ],
    ids=["letter", "space", "lines", "head", "body", "end"],
)
def test_what_looks_known_may_be_a_part_of_something_else(begun: bytes) -> None:
    async def serve() -> None:
        server = Server()
        await server.serve([PLAIN])
        told = await server.serve([begun, PLAIN])
        assert told == await Server().serve([begun, PLAIN])

    asyncio.run(serve())


def test_a_known_request_waits_for_the_one_before_it() -> None:
    async def serve() -> list[bytes]:
        server = Server()
        await server.serve([PLAIN])
        server.requests.clear()
        connection = server.connect()
        for body in (b"this", b"then", b"last"):
            connection.data_received(PLAIN.replace(b"body", body))
        await settle()
        return [it[-1] for it in server.requests]

    assert asyncio.run(serve()) == [b"this", b"then", b"last"]
