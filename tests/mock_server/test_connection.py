"""What happens to connections, on real sockets and byte by byte."""

import asyncio
import json
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.types import Receive
from uvicorn.server import ServerState

import mock_server.connection
from mock_server import ManualClock, Server, build_app
from mock_server.app import MockApp
from mock_server.connection import Connection, connections
from mock_server.exchange import Head, Reply
from specs import Registry
from tests.mock_server.conftest import INPAINTING

GENERATIONS = "/v2/video/generations"
BODY = {
    "model": "alibaba/wan2.2-vace-fun-a14b-reframe",
    "video_url": "https://example.com/a.mp4",
    "num_frames": 17,
}
KEY = {"Authorization": "Bearer k"}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def client(registry: Registry, clock: ManualClock) -> Iterator[httpx.Client]:
    with (
        Server(build_app(registry, clock=clock)) as server,
        httpx.Client(base_url=server.base_url, headers=KEY, timeout=60) as client,
    ):
        yield client


@contextmanager
def raw(client: httpx.Client) -> Iterator[socket.socket]:
    """Yield a connection on which anything may be written."""
    address = (client.base_url.host, client.base_url.port or 0)
    with socket.create_connection(address, timeout=10) as connection:
        yield connection


def read_all(connection: socket.socket) -> bytes:
    chunks = []
    while chunk := connection.recv(65_536):
        chunks.append(chunk)
    return b"".join(chunks)


def collect(answer: httpx.Response, received: bytearray) -> None:
    for chunk in answer.iter_raw():
        received += chunk


def submit(client: httpx.Client, scenario: str) -> httpx.Response:
    headers = {"X-Mock-Scenario": scenario}
    return client.post(GENERATIONS, json=BODY, headers=headers)


def finish(client: httpx.Client, clock: ManualClock, scenario: str) -> str:
    """Return the URL of the video of a job that has completed."""
    job_id = submit(client, scenario).json()["id"]
    clock.advance(100)
    answer = client.get(GENERATIONS, params={"generation_id": job_id})
    return str(answer.json()["video"]["url"])


def test_a_reset_connection_loses_the_answer_and_not_the_job(
    client: httpx.Client,
) -> None:
    head = f"POST {GENERATIONS} HTTP/1.1\r\nHost: {client.base_url.netloc.decode()}\r\n"
    body = json.dumps(BODY)
    with raw(client) as connection:
        connection.sendall(
            f"{head}Authorization: Bearer k\r\nContent-Type: application/json\r\n"
            f"X-Mock-Scenario: connection_reset\r\nContent-Length: {len(body)}\r\n\r\n"
            f"{body}".encode()
        )

        with pytest.raises(ConnectionResetError):
            connection.recv(1)

    assert client.get("/__mock__/jobs").json()["count"] == 1


def test_a_truncated_download_ends_in_the_middle(
    client: httpx.Client, clock: ManualClock
) -> None:
    url = finish(client, clock, "truncated_download")
    received = bytearray()

    with (
        client.stream("GET", url) as answer,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        collect(answer, received)

    size = answer.headers["content-length"]
    assert client.head(url).headers["content-length"] == size
    assert len(received) == int(size) // 2
    assert received[4:8] == b"ftyp"


def test_a_damaged_connection_is_an_error_where_there_is_none(mock: Any) -> None:
    with pytest.raises(ConnectionResetError):
        mock.reframe(scenario="connection_reset")


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"GET /" + b"a" * 100_000, id="address"),
        pytest.param(b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000, id="value"),
        pytest.param(b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 30_000, id="number"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", id="tls"),
        pytest.param(b"GET / HTTP/9.9\r\n\r\n", id="version"),
        pytest.param(b"\x00" * 1_000, id="zeros"),
    ],
)
def test_a_head_that_cannot_be_used_ends_the_connection(
    client: httpx.Client, head: bytes
) -> None:
    with raw(client) as connection:
        try:
            connection.sendall(head)
            answer = read_all(connection)
        except (ConnectionResetError, BrokenPipeError):
            answer = b""  # it was closed while there was more to read

    assert not answer or answer.startswith(b"HTTP/1.1 400")
    assert client.get("/__mock__/health").status_code == 200


def test_a_head_of_usual_length_may_come_in_pieces(client: httpx.Client) -> None:
    with raw(client) as connection:
        for piece in (
            b"GET /__mock__/health HT",
            b"TP/1.1\r\nHost: local",
            b"host\r\n",
        ):
            connection.sendall(piece)
        connection.sendall(b"Connection: close\r\n\r\n")

        assert read_all(connection).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("start", [b"", b"GET / HTTP/1.1\r\nHost: x\r\n"])
def test_a_head_that_does_not_arrive_is_not_waited_for(
    registry: Registry, start: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mock_server.connection, "_PATIENCE", 0.05)
    with (
        Server(build_app(registry)) as server,
        httpx.Client(base_url=server.base_url) as client,
        raw(client) as connection,
    ):
        connection.sendall(start)

        assert read_all(connection) == b""


def test_a_body_that_does_not_arrive_is_refused_as_the_service_would(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mock_server.exchange.PATIENCE", 0.05)
    with (
        Server(build_app(registry)) as server,
        httpx.Client(base_url=server.base_url) as client,
        raw(client) as connection,
    ):
        connection.sendall(
            f"POST {GENERATIONS} HTTP/1.1\r\nHost: localhost\r\n"
            "Authorization: Bearer k\r\nContent-Type: application/json\r\n"
            'Connection: close\r\nContent-Length: 100\r\n\r\n{"'.encode()
        )
        answer = read_all(connection)

    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408")
    assert json.loads(body)["statusCode"] == "408"


def test_a_client_that_leaves_in_the_middle_disturbs_nobody(
    client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    head = (
        f"POST {GENERATIONS} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer k\r\n"
    )
    for end in (b"", b'Content-Length: 100\r\n\r\n{"'):
        with raw(client) as connection:
            connection.sendall(head.encode() + end)
    with raw(client) as connection:  # it only says that it has no more to send
        connection.sendall(head.encode() + b"Content-Length: 9\r\n\r\n{")
        connection.shutdown(socket.SHUT_WR)
        read_all(connection)

    assert client.get("/__mock__/jobs").json()["count"] == 0
    assert submit(client, "success").status_code == 200
    assert not [it for it in caplog.records if it.exc_info]


@pytest.mark.parametrize("host", ["queue.fal.run", "fal.run"])
def test_a_client_that_sends_half_a_body_is_refused_as_the_service_would(
    client: httpx.Client, host: str
) -> None:
    body = b'{"prompt":"a cat","video_url":"https://e.com/s.mp4"}'
    head = (
        f"POST /{host}{INPAINTING} HTTP/1.1\r\nHost: localhost\r\n"
        "Authorization: Key id:secret\r\nContent-Type: application/json\r\n"
        "Content-Length: 5000\r\n\r\n"
    )
    with raw(client) as connection:
        connection.sendall(head.encode() + body)
        connection.shutdown(socket.SHUT_WR)
        answer = read_all(connection)

    assert answer.startswith(b"HTTP/1.1 422")
    assert b'"detail":[{"' in answer
    assert client.get("/__mock__/jobs").json()["count"] == 0


def test_a_client_that_sends_no_more_is_answered(client: httpx.Client) -> None:
    head = "GET /__mock__/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    poll = f"GET {GENERATIONS}?generation_id=none HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answers = []
    for requests in (head, poll, poll + head):
        with raw(client) as connection:
            connection.sendall(requests.encode())
            connection.shutdown(socket.SHUT_WR)
            answers.append(read_all(connection))

    assert [it.count(b"HTTP/1.1 ") for it in answers] == [1, 1, 2]


def test_a_caller_who_sends_no_more_does_not_wait_for_the_output(
    client: httpx.Client,
) -> None:
    body = b'{"prompt":"a cat","video_url":"https://e.com/s.mp4"}'
    head = (
        f"POST /fal.run{INPAINTING} HTTP/1.1\r\nHost: localhost\r\n"
        "Authorization: Key id:secret\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with raw(client) as connection:
        connection.sendall(head.encode() + body)
        connection.shutdown(socket.SHUT_WR)
        answer = read_all(connection)

    assert answer.startswith(b"HTTP/1.1 504")
    (job,) = client.get("/__mock__/jobs").json()["jobs"]
    assert job["event"] == "cancel"


def test_many_connections_that_send_nothing_disturb_nobody(
    client: httpx.Client,
) -> None:
    async def crowd() -> int:
        host, port = client.base_url.host, client.base_url.port
        idle = [await asyncio.open_connection(host, port) for _ in range(200)]
        answer = await asyncio.to_thread(submit, client, "success")
        for _, writer in idle:
            writer.close()
        await asyncio.gather(*(it.wait_closed() for _, it in idle))
        return answer.status_code

    assert asyncio.run(crowd()) == 200


def write_raw(client: httpx.Client, text: bytes) -> bytes:
    with raw(client) as connection:
        connection.sendall(text)
        return read_all(connection)


POLL = b"GET /v2/video/generations?generation_id=%b HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer k\r\n%b\r\n"


def test_requests_that_are_sent_at_once_are_answered_in_their_order(
    client: httpx.Client,
) -> None:
    health = b"GET /__mock__/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    last = POLL % (b"b", b"Connection: close\r\n")

    answers = write_raw(client, POLL % (b"a", b"") + health + last)

    assert [it[:3] for it in answers.split(b"HTTP/1.1 ")[1:]] == [
        b"404",
        b"200",
        b"404",
    ]
    assert answers.count(b"connection: close\r\n") == 1


def test_a_wish_for_a_websocket_is_answered_and_not_complained_of(
    client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    headers = {"Connection": "Upgrade", "Upgrade": "websocket"}

    answer = client.get("/fal-ai/wan-22-vace-fun-a14b/realtime", headers=headers)

    assert answer.status_code == 404
    assert not caplog.records


def test_an_answer_has_a_date_and_its_length(client: httpx.Client) -> None:
    answer = client.get(GENERATIONS, params={"generation_id": "a"})

    assert answer.headers["date"].endswith("GMT")
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_the_connection_ends_after_an_answer_by_http_1_0(client: httpx.Client) -> None:
    head = POLL % (b"a", b"")

    assert write_raw(client, head.replace(b"1.1", b"1.0")).startswith(b"HTTP/1.1 404")


def test_a_head_request_is_sent_no_body(client: httpx.Client) -> None:
    head = POLL % (b"a", b"Connection: close\r\n")

    answer = write_raw(client, head.replace(b"GET", b"HEAD"))

    assert answer.endswith(b"\r\n\r\n")
    assert b"content-length: 0" not in answer


def test_a_body_is_called_for_where_its_sender_waits(client: httpx.Client) -> None:
    body = json.dumps(BODY).encode()
    head = (
        b"POST /v2/video/generations HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer k\r\n"
        b"Content-Type: application/json\r\nExpect: 100-continue\r\n"
        b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    )
    with raw(client) as connection:
        connection.sendall(head)
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)

        assert b'"queued"' in read_all(connection)


def test_an_encoded_path_of_the_mock_s_own_is_its_own(client: httpx.Client) -> None:
    assert client.get("/%5F_mock__/health").status_code == 404  # of the control side
    assert "of its own" in client.get("/%5F_mock__/health").text


def test_a_header_that_would_leave_its_line_is_never_sent(
    client: httpx.Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def answer(*_: Any) -> Reply:
        return Reply(status=200, body=b"", headers={"x-a": "a\r\nx-b: b"})

    monkeypatch.setattr(MockApp, "answer", answer)

    response = client.get(GENERATIONS)

    assert response.status_code == 500
    assert "x-b" not in response.headers
    assert "control character" in caplog.text


def test_nothing_is_written_for_a_client_that_has_gone(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = Event()

    async def answer(_: MockApp, __: Head, receive: Receive) -> Reply:
        while (await receive())["type"] != "http.disconnect":
            pass
        answered.set()
        return Reply(status=200, body=b"late")

    monkeypatch.setattr(MockApp, "answer", answer)
    with raw(client) as connection:
        connection.sendall(POLL % (b"a", b""))
        reset = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)

    assert answered.wait(10)


def test_half_a_body_is_not_handed_out_once_its_sender_has_broken_off(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def answer(_: MockApp, __: Head, receive: Any) -> Reply:
        while not receive.__self__._hung_up:
            await asyncio.sleep(0)
        kinds = [(await receive())["type"] for _ in "ab"]
        return Reply(status=200, body=" ".join(kinds).encode())

    monkeypatch.setattr(MockApp, "answer", answer)
    with raw(client) as connection:
        connection.sendall(POLL % (b"a", b"Content-Length: 9\r\n") + b"half")
        connection.shutdown(socket.SHUT_WR)
        answer_ = read_all(connection)

    assert answer_.endswith(b"\r\n\r\nhttp.disconnect http.disconnect")


def test_an_answer_waits_until_there_is_room_to_write(client: httpx.Client) -> None:
    many = POLL % (b"a", b"") * 20_000
    last = POLL % (b"b", b"Connection: close\r\n")
    with raw(client) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        writer = Thread(target=connection.sendall, args=(many + last,))
        writer.start()
        # Nobody reads until the buffers on the way are full of answers.
        writer.join(3)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        answers = read_all(connection)
        writer.join()

    assert answers.count(b"HTTP/1.1 404") == 20_001


class Loop:
    """A loop whose clock is moved by hand; it calls what is then due."""

    def __init__(self) -> None:
        self.now = 0.0
        self.calls: list[tuple[float, Callable[[], None]]] = []

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, callback: Callable[[], None]) -> Any:
        call = self.now + delay, callback
        self.calls.append(call)

        def cancel() -> None:
            self.calls = [it for it in self.calls if it is not call]

        return SimpleNamespace(cancel=cancel)

    def move(self, seconds: float) -> None:
        self.now += seconds
        due = [it for it in self.calls if it[0] <= self.now]
        for call in due:
            self.calls.remove(call)
            call[1]()


class Line(asyncio.Transport):
    """A transport that leads nowhere."""

    closed = False

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def loop() -> Loop:
    return Loop()


@pytest.fixture
def idle(registry: Registry, loop: Loop) -> tuple[Connection, Line]:
    """A connection that has just been sent an answer, and is kept for five seconds."""
    app = build_app(registry)
    config = uvicorn.Config(app, timeout_keep_alive=5, lifespan="off", ws="none")
    config.load()
    connection = connections()(config, ServerState(), {}, _loop=loop)
    connection.connection_made(line := Line())
    loop.calls.clear()
    connection.on_response_complete()
    return connection, line


def test_an_idle_connection_is_closed_in_time(
    loop: Loop, idle: tuple[Connection, Line]
) -> None:
    _, line = idle

    loop.move(4.9)
    assert not line.closed
    loop.move(0.2)
    assert line.closed


def test_a_connection_that_is_used_is_kept(
    loop: Loop, idle: tuple[Connection, Line]
) -> None:
    connection, line = idle

    loop.move(3)
    connection.on_response_complete()
    loop.move(3)
    assert not line.closed
    loop.move(2)
    assert line.closed


def test_a_connection_that_waits_for_an_answer_is_not_idle(
    loop: Loop, idle: tuple[Connection, Line]
) -> None:
    connection, line = idle

    connection.data_received(b"GET / HTTP/1.1\r\n")
    loop.calls = [it for it in loop.calls if it[1] == connection._look_idle]
    loop.move(60)
    assert not line.closed


def test_a_connection_that_is_lost_is_looked_after_no_more(
    loop: Loop, idle: tuple[Connection, Line]
) -> None:
    connection, _ = idle

    connection.connection_lost(None)

    assert not loop.calls


@pytest.mark.parametrize("waits_again", [False, True], ids=["ends", "goes on"])
def test_an_answer_that_is_broken_off_hears_of_it(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch, *, waits_again: bool
) -> None:
    heard = Event()

    def cancel(rounds: int) -> None:
        loop = asyncio.get_running_loop()
        if rounds:
            loop.call_soon(cancel, rounds - 1)
            return
        for task in asyncio.all_tasks():
            if "_finish" in repr(task.get_coro()):
                task.cancel()

    async def answer(*_: Any) -> Reply:
        assert asyncio.current_task() is None
        cancel(3)
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            heard.set()
            if waits_again:
                await asyncio.sleep(0)
                assert asyncio.current_task() is not None
        return Reply(status=200, body=b"all the same")

    monkeypatch.setattr(MockApp, "answer", answer)

    assert client.get(GENERATIONS).text == "all the same"
    assert heard.is_set()
