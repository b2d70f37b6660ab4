"""Requests that no client would send: refused, and nobody else is disturbed."""

import gc
import json
import socket
import time
import tracemalloc
from collections.abc import Iterator

import httpx
import pytest

from mock_server import ManualClock, Server, build_app
from specs import Registry

SUBMITS = {
    "aimlapi": ("/v2/video/generations", "Bearer k", 400),
    "fal": ("/fal-ai/wan-22-vace-fun-a14b/inpainting", "Key id:secret", 422),
}
GOOD = {
    "model": "alibaba/wan2.2-vace-fun-a14b-reframe",
    "video_url": "https://example.com/a.mp4",
}


@pytest.fixture(scope="module")
def base_url(registry: Registry) -> Iterator[str]:
    with Server(build_app(registry, clock=ManualClock())) as server:
        yield server.base_url


def send(base_url: str, content: bytes) -> tuple[int, dict[str, str], bytes]:
    """Write *content* to a socket; return status, headers and body of the answer."""
    address = httpx.URL(base_url)
    with socket.create_connection(
        (address.host, address.port or 0), timeout=10
    ) as connection:
        connection.sendall(content)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(it.lower().split(": ", 1) for it in lines)
    return int(first.split(" ")[1]), headers, body


def post(
    provider: str, body: bytes, *, query: str = "", kind: str = "application/json"
) -> bytes:
    """Return the bytes of a submit, after which the connection is closed."""
    path, key, _ = SUBMITS[provider]
    head = (
        f"POST {path}{query} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {key}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
    )
    return f"{head}\r\n".encode() + body


BODIES = {
    "nothing": b"",
    "half": b'{"prompt": "a',
    "list-bomb": b"[" * 100_000,
    "closed-bomb": b"[" * 50_000 + b"]" * 50_000,
    "object-bomb": b'{"a":' * 50_000,
    "many-values": b"[" + b"1," * 100_000 + b"1]",
    "no-utf-8": b'{"prompt": "\xff\xfe"}',
    "lone-surrogate": b'{"prompt": "\\ud800"}',
    "utf-16": '{"prompt": "a"}'.encode("utf-16"),
    "nan": b'{"num_frames": NaN}',
    "huge-number": b'{"num_frames": 1e999999}',
    "long-number": b'{"num_frames": ' + b"9" * 100_000 + b"}",
    "zero-byte": b'{"prompt": "a\x00"}',
    "scalar": b"5",
    "trailing": b"{}{}",
}


@pytest.mark.parametrize("provider", SUBMITS)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_that_cannot_be_used_is_refused_as_the_service_would(
    base_url: str, provider: str, body: bytes
) -> None:
    status, headers, content = send(base_url, post(provider, body))

    assert status == SUBMITS[provider][2]
    assert headers["content-type"] == "application/json"
    answer = json.loads(content)
    assert ("detail" if provider == "fal" else "message") in answer
    assert b"Traceback" not in content
    assert len(content) < 10_000


@pytest.mark.parametrize("provider", SUBMITS)
@pytest.mark.parametrize(
    "kind", ["text/plain", "", "application/x-www-form-urlencoded", "multipart/mixed"]
)
def test_a_body_of_another_type_is_refused(
    base_url: str, provider: str, kind: str
) -> None:
    body = json.dumps(GOOD).encode()

    status, _, _ = send(base_url, post(provider, body, kind=kind))

    assert status == SUBMITS[provider][2]


def test_of_a_key_that_is_given_twice_the_last_counts(base_url: str) -> None:
    body = json.dumps(GOOD | {"num_frames": 33}).encode()

    worse = send(base_url, post("aimlapi", body[:-1] + b', "num_frames": 9999}'))
    better = send(base_url, post("aimlapi", b'{"num_frames": 9999, ' + body[1:]))

    assert (worse[0], better[0]) == (400, 200)


@pytest.mark.parametrize("provider", SUBMITS)
def test_a_body_past_the_limit_is_refused_before_it_is_read(
    base_url: str, provider: str
) -> None:
    head = post(provider, b"").replace(b"Length: 0", b"Length: 999999999999")

    status, _, _ = send(base_url, head)

    assert status == 413


@pytest.mark.parametrize(
    "query",
    [
        "?" + "a" * 50_000,
        "?" + "a=1&" * 5_000,
        "?generation_id=%ff%00",
        "?generation_id=" + "x" * 30_000,
        "?%",
        "?" + "generation_id=a&" * 50,
        "?generation_id",
        "?=&=&;",
    ],
    ids=range(8),
)
def test_a_query_without_sense_is_refused(base_url: str, query: str) -> None:
    path, key, _ = SUBMITS["aimlapi"]
    head = f"GET {path}{query} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {key}\r\n"

    status, _, content = send(base_url, f"{head}Connection: close\r\n\r\n".encode())

    assert status in {400, 404}
    assert set(json.loads(content)) >= {"message", "path", "requestId"}
    assert len(content) < 100_000


def test_an_unknown_model_is_answered_with_those_near(base_url: str) -> None:
    body = GOOD | {"model": "alibaba/wan2.2-vace-fun-a14b-refrane"}

    status, _, content = send(base_url, post("aimlapi", json.dumps(body).encode()))

    assert status == 400
    assert "alibaba/wan2.2-vace-fun-a14b-reframe" in json.loads(content)["message"]


def test_an_unknown_app_is_answered_with_those_near(base_url: str) -> None:
    head = post("fal", b"{}").replace(b"/inpainting", b"/inpaintin")

    status, _, content = send(base_url, head)

    assert status == 404
    assert "fal-ai/wan-22-vace-fun-a14b/inpainting" in json.loads(content)["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/__mock__/media/../../etc/passwd",
        "/__mock__/media/..%2f..%2fetc%2fpasswd",
        "/__mock__/../__mock__/media/%2e%2e/x",
        "/__mock__/media//etc/passwd",
        "/__mock__/jobs/../../etc/passwd",
    ],
)
def test_no_path_leads_out_of_the_mock(base_url: str, path: str) -> None:
    head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

    status, headers, content = send(base_url, head.encode())

    assert status == 404
    assert headers["content-type"] == "application/problem+json"
    assert b"root:" not in content


def test_bad_requests_leave_no_memory_behind(
    base_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    bad = [post("fal", it) for it in BODIES.values()]

    def flood(rounds: int) -> int:
        """Send every bad request so often; return how much memory is in use."""
        for _ in range(rounds):
            for content in bad:
                send(base_url, content)
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    full = flood(70)  # the journal has no room left
    grown = flood(20) - full
    # The server may not have let go of the last, and largest, request yet.
    deadline = time.monotonic() + 20
    while grown >= 1_000_000 and time.monotonic() < deadline:
        grown = flood(0) - full
    tracemalloc.stop()

    assert grown < 1_000_000
    assert not [it for it in caplog.records if it.exc_info]
    good = post("aimlapi", json.dumps(GOOD).encode())
    assert send(base_url, good)[0] == 200
