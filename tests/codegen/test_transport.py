import asyncio
import socket
import threading
import time
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from codegen.runtime.errors import ContractViolation, NetworkError
from codegen.runtime.exchange import Key, Request, Response, Send
from codegen.runtime.transport import (
    LARGEST_ANSWER,
    AsyncTransport,
    Transport,
    _BoundStream,
)

Handler = Callable[[httpx.Request], httpx.Response]


def step(url: str = "https://a.test/x", **how: Any) -> Send:
    request = Request(
        method="POST", url=url, query={"id": "a/b:c"}, headers={"X": "1"}, content=b"{}"
    )
    return Send(request=request, timeout=5, **how)


def send(
    handler: Handler, it: Send, clock: Callable[[], float] = lambda: 0
) -> Response:
    transport = Transport(httpx.Client(transport=httpx.MockTransport(handler)), clock)
    try:
        return transport.send(it)
    finally:
        transport.close()


def send_async(
    handler: Handler, it: Send, clock: Callable[[], float] = lambda: 0
) -> Response:
    async def run() -> Response:
        transport = AsyncTransport(
            httpx.AsyncClient(transport=httpx.MockTransport(handler)), clock
        )
        try:
            return await transport.send(it)
        finally:
            await transport.close()

    return asyncio.run(run())


class Kept:
    """A sink that keeps what it is given, and where it was given it."""

    def __init__(self) -> None:
        self.status = self.told = 0
        self.pieces: list[bytes] = []
        self.threads: set[int] = set()

    def open(self, head: Response) -> None:
        self.status = head.status

    def write(self, piece: bytes) -> None:
        self.pieces.append(piece)
        self.threads.add(threading.get_ident())

    def written(self) -> None:
        self.told += 1


both = pytest.mark.parametrize("send", [send, send_async])


class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that arrives in *chunks*, in either colour."""

    def __init__(self, *chunks: bytes) -> None:
        self.chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        yield from self.chunks

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for it in self.chunks:
            yield it


@both
def test_a_request_is_sent_as_it_stands(send: Any) -> None:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(202, headers={"X-Id": "7"}, content=b"{}")

    response = send(handle, step())

    assert (response.status, response.content) == (202, b"{}")
    assert response.headers["x-id"] == "7"
    assert str(seen[0].url) == "https://a.test/x?id=a%2Fb%3Ac"
    assert (seen[0].method, seen[0].headers["x"], seen[0].content) == (
        "POST",
        "1",
        b"{}",
    )


@both
def test_a_redirect_is_not_followed(send: Any) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"Location": "https://evil.test"})

    assert send(handle, step()).status == 302


@both
@pytest.mark.parametrize(
    ("raised", "fate"),
    [
        (httpx.ConnectError("refused"), "nothing was sent"),
        (httpx.ConnectTimeout(""), "nothing was sent"),
        (httpx.ReadTimeout(""), "the service may have received it"),
        (httpx.RemoteProtocolError("cut"), "the service may have received it"),
    ],
)
def test_a_broken_connection_is_a_network_error(
    send: Any, raised: Exception, fate: str
) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        raise raised

    with pytest.raises(NetworkError) as caught:
        send(handle, step("https://user:pass@a.test/x?signature=s3cret"))

    assert fate in str(caught.value)
    assert str(caught.value).startswith(
        f"POST https://a.test/x: {type(raised).__name__}: {str(raised) or 'no answer'}"
    )
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["https://[", "https://\ud800.test", "https://a.test:99999", "nonsense://a", "x"],
)
def test_an_address_that_is_none_is_a_network_error(url: str) -> None:
    transport = Transport(None, lambda: 0)

    with pytest.raises(NetworkError, match="nothing was sent"):
        transport.send(step(url))

    transport.close()


@both
def test_the_body_of_a_success_goes_to_the_sink(send: Any) -> None:
    got = Kept()

    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Body(b"ab", b"c"))

    response = send(handle, step(sink=got))

    assert (b"".join(got.pieces), response.content) == (b"abc", b"")
    assert (got.status, got.told) == (200, 2)


@both
def test_the_body_of_a_refusal_does_not_go_to_the_sink(send: Any) -> None:
    got = Kept()

    response = send(lambda _: httpx.Response(404, content=b"gone"), step(sink=got))

    assert (got.pieces, response.content) == ([], b"gone")


@both
def test_an_answer_without_end_is_cut(send: Any) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Body(b"x" * LARGEST_ANSWER, b"x"))

    with pytest.raises(ContractViolation, match="larger than"):
        send(handle, step())


@both
def test_an_answer_that_trickles_runs_out_of_time(send: Any) -> None:
    times = iter(range(0, 100, 2))

    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Body(*[b"x"] * 10))

    with pytest.raises(NetworkError, match="did not end in time"):
        send(handle, step(), lambda: next(times))


def test_a_sink_never_writes_on_the_event_loop() -> None:
    got = Kept()

    send_async(lambda _: httpx.Response(200, content=b"abc"), step(sink=got))

    assert got.threads
    assert threading.get_ident() not in got.threads


@both
def test_an_answer_for_a_sink_ends_with_the_whole(send: Any) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Body(b"a", b"b"))

    with pytest.raises(NetworkError, match="did not end in time"):
        send(handle, step(sink=Kept(), end=7.0), lambda: 8.0)


@both
def test_an_error_keeps_nothing_that_holds_the_key(send: Any) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == "Key s3cret"
        raise httpx.ReadError("cut", request=request)

    keyed = replace(
        step(), request=replace(step().request, key=Key("Authorization", "Key s3cret"))
    )
    with pytest.raises(NetworkError) as caught:
        send(handle, keyed)

    chain = [caught.value, caught.value.__context__, caught.value.__cause__]
    told = traceback.TracebackException.from_exception(
        caught.value, capture_locals=True
    )
    assert chain[1:] == [None, None]
    assert "s3cret" not in "".join(told.format())


@both
def test_a_file_is_sent_piece_by_piece(send: Any, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc" * 100_000)

    def handle(request: httpx.Request) -> httpx.Response:
        assert "transfer-encoding" not in request.headers
        return httpx.Response(200, json=len(request.content))

    with (tmp_path / "a").open("rb") as file:
        headers = {"Content-Length": "300000"}
        request = Request(
            method="PUT", url="https://a.test/x", headers=headers, file=file
        )
        response = send(handle, Send(request=request, timeout=5))

    assert response.content == b"300000"


def test_a_client_that_was_handed_in_stays_open() -> None:
    http = httpx.Client()
    http_async = httpx.AsyncClient()

    Transport(http, lambda: 0).close()
    asyncio.run(AsyncTransport(http_async, lambda: 0).close())

    assert (http.is_closed, http_async.is_closed) == (False, False)
    http.close()
    asyncio.run(http_async.aclose())


class Trickle:
    """A server that sends *head* at once, then a byte every 20 ms, without end."""

    def __init__(self, head: bytes) -> None:
        self.head = head
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self) -> None:
        connection, _ = self.listener.accept()
        with connection, suppress(OSError):
            connection.recv(65536)
            connection.sendall(self.head)
            while not self.over.wait(0.02):
                connection.sendall(b"x")

    def close(self) -> None:
        self.over.set()
        self.thread.join()
        self.listener.close()


HEADS = [
    pytest.param(b"HTTP/1.1 200 OK\r\nX: ", id="headers"),
    pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", id="body"),
]


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("colour", ["blocking", "asyncio"])
def test_a_deadline_holds_when_a_server_trickles(head: bytes, colour: str) -> None:
    server = Trickle(head)
    late = replace(step(server.url), timeout=0.3)

    async def run() -> None:
        transport = AsyncTransport(None, time.monotonic)
        try:
            await transport.send(late)
        finally:
            await transport.close()

    def run_blocking() -> None:
        transport = Transport(None, time.monotonic)
        try:
            transport.send(late)
        finally:
            transport.close()

    start = time.monotonic()
    try:
        with pytest.raises(NetworkError) as caught:
            asyncio.run(run()) if colour == "asyncio" else run_blocking()
    finally:
        server.close()

    assert caught.value.sent
    assert 0.25 < time.monotonic() - start < 2


def test_a_deadline_leaves_other_uses_of_a_client_alone() -> None:
    server = Trickle(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
    with httpx.Client() as http:
        Transport(http, lambda: 0)
        Transport(http, lambda: 0)  # a second one wraps nothing twice

        assert http.get(server.url).status_code == 204
    server.close()


def test_a_deadline_that_is_over_sends_nothing() -> None:
    transport = Transport(None, time.monotonic)

    with pytest.raises(NetworkError, match="ConnectTimeout") as caught:
        transport.send(replace(step("http://127.0.0.1:1"), timeout=-1.0))

    transport.close()
    assert not caught.value.sent


def test_tls_is_bound_by_the_deadline_too() -> None:
    server = Trickle(b"\x16\x03\x03\x40\x00")  # a record of the handshake, 16 KiB long
    transport = Transport(None, time.monotonic)
    start = time.monotonic()
    try:
        with pytest.raises(NetworkError):
            transport.send(
                replace(step(server.url.replace("http", "https")), timeout=0.3)
            )
    finally:
        transport.close()
        server.close()

    assert time.monotonic() - start < 2


@contextmanager
def raw_server(answer: bytes) -> Iterator[str]:
    """Answer one connection with the very bytes *answer*, then close it."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        thread.join()
        listener.close()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nhalf",
        b"not http\r\n\r\n",
        b"",
    ],
)
def test_half_an_answer_is_a_network_error_over_a_real_socket(answer: bytes) -> None:
    transport = Transport(None, lambda: 0)

    with raw_server(answer) as url, pytest.raises(NetworkError):
        transport.send(step(url))

    transport.close()


def test_tls_inside_a_tunnel_of_a_proxy_is_bound_too() -> None:
    class Inner:
        def start_tls(self, *args: Any) -> Any:
            self.args = args
            return self

    inner = Inner()
    stream = _BoundStream(inner)

    # httpcore names the arguments of a connection, but not those of a tunnel.
    stream.start_tls("context", "host", 5.0)
    assert inner.args == ("context", "host", 5.0)
    stream.start_tls(ssl_context="context", server_hostname="host", timeout=4.0)
    assert inner.args == ("context", "host", 4.0)
