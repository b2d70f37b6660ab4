import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from codegen.runtime.errors import NetworkError, UnexpectedAnswerError
from codegen.runtime.exchange import Request, Response, Send
from codegen.runtime.transport import LARGEST_ANSWER, AsyncTransport, Transport

Handler = Callable[[httpx.Request], httpx.Response]


def step(url: str = "https://a.test/x", **how: Any) -> Send:
    request = Request(
        method="POST", url=url, query={"id": "a/b:c"}, headers={"X": "1"}, content=b"{}"
    )
    return Send(request=request, timeout=5, **how)


def send(
    handler: Handler, it: Send, clock: Callable[[], float] = lambda: 0
) -> Response:
    transport = Transport(httpx.MockTransport(handler), clock)
    try:
        return transport.send(it)
    finally:
        transport.close()


def send_async(
    handler: Handler, it: Send, clock: Callable[[], float] = lambda: 0
) -> Response:
    async def run() -> Response:
        transport = AsyncTransport(httpx.MockTransport(handler), clock)
        try:
            return await transport.send(it)
        finally:
            await transport.close()

    return asyncio.run(run())


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
    got: list[bytes] = []

    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Body(b"ab", b"c"))

    response = send(handle, step(sink=got.append))

    assert (b"".join(got), response.content, response.received) == (b"abc", b"", 3)


@both
def test_the_body_of_a_refusal_does_not_go_to_the_sink(send: Any) -> None:
    got: list[bytes] = []

    response = send(
        lambda _: httpx.Response(404, content=b"gone"), step(sink=got.append)
    )

    assert (got, response.content) == ([], b"gone")


@both
def test_an_answer_without_end_is_cut(send: Any) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Body(b"x" * LARGEST_ANSWER, b"x"))

    with pytest.raises(UnexpectedAnswerError, match="larger than"):
        send(handle, step())


@both
def test_an_answer_that_trickles_runs_out_of_time(send: Any) -> None:
    times = iter(range(0, 100, 2))

    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Body(*[b"x"] * 10))

    with pytest.raises(NetworkError, match="did not end in time"):
        send(handle, step(), lambda: next(times))


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
