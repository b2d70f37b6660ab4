import asyncio
from typing import Any

import pytest
from starlette.types import Message, Scope

from mock_server.exchange import (
    BodyTooLargeError,
    Call,
    json_reply,
    read_body,
    read_call,
    read_head,
)


def make_scope(**members: Any) -> Scope:
    return {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": "/a/b",
        "query_string": b"x=1",
        "headers": [],
        "server": ("127.0.0.1", 80),
    } | members


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        (b"mock.test:8000", "http://mock.test:8000"),
        (b"[::1]:8000", "http://[::1]:8000"),
        (b"evil.test/?x=", "http://127.0.0.1:80"),
        (b'"><script>', "http://127.0.0.1:80"),
        (b"", "http://127.0.0.1:80"),
    ],
)
def test_the_origin_is_the_host_header_s_if_that_looks_like_a_host(
    host: bytes, origin: str
) -> None:
    assert read_call(read_head(make_scope(headers=[(b"host", host)]))).origin == origin


@pytest.mark.parametrize(
    ("server", "origin"),
    [
        (("::1", 80), "http://[::1]:80"),
        (("mock.sock", None), "http://mock.sock"),
        (None, "http://localhost"),
    ],
)
def test_the_origin_is_the_server_s_where_no_host_is_named(
    server: Any, origin: str
) -> None:
    assert read_call(read_head(make_scope(server=server))).origin == origin


def test_a_path_stays_as_it_was_encoded() -> None:
    assert read_call(read_head(make_scope(raw_path=b"/a%2Fb"))).path == "/a%2Fb"


def test_of_a_header_that_is_sent_twice_the_last_one_counts() -> None:
    call = read_call(read_head(make_scope(headers=[(b"X-A", b"1"), (b"x-a", b"2")])))

    assert call.headers == {"x-a": "2"}


def read(messages: list[Message], *, limit: int, **headers: str) -> bytes:
    async def receive() -> Message:
        return messages.pop(0)

    announced = {name.replace("_", "-"): value for name, value in headers.items()}
    call = Call(method="POST", path="/", headers=announced)
    return asyncio.run(read_body(receive, call, limit=limit))


def test_a_body_is_put_together_from_its_chunks() -> None:
    chunks: list[Message] = [
        {"type": "http.request", "body": b"ab", "more_body": True},
        {"type": "http.request", "body": b"c"},
    ]

    assert read(chunks, limit=3) == b"abc"


def test_a_client_that_goes_away_leaves_no_body_that_could_pass_for_a_whole() -> None:
    chunks: list[Message] = [
        {"type": "http.request", "body": b"ab", "more_body": True},
        {"type": "http.disconnect"},
    ]

    assert read(chunks, limit=3) == b""


def test_a_body_that_announces_too_much_is_not_read_at_all() -> None:
    with pytest.raises(BodyTooLargeError):
        read([], limit=3, content_length="4")


def test_a_body_that_grows_too_large_is_read_no_further() -> None:
    endless: list[Message] = [
        {"type": "http.request", "body": b"ab", "more_body": True} for _ in range(9)
    ]

    with pytest.raises(BodyTooLargeError):
        read(endless, limit=3)

    assert len(endless) == 7


@pytest.mark.parametrize(("method", "body"), [("GET", b'{"a":1}'), ("HEAD", b"")])
def test_a_reply_sends_itself_and_spares_a_head_the_body(
    method: str, body: bytes
) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    reply = json_reply(200, {"a": 1}).with_headers({"x-a": "b"})
    asyncio.run(reply(make_scope(method=method), receive, send))

    start, content = sent
    assert (b"content-length", b"7") in start["headers"]
    assert (b"x-a", b"b") in start["headers"]
    assert content["body"] == body
