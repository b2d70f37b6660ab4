import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from threading import Thread

import pytest

from mock_server.interception.authority import Authority
from mock_server.interception.proxy import Proxy

AUTHORITY = Authority(["fal.run"])
TRUST = ssl.create_default_context(cadata=AUTHORITY.certificate.decode())
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


@dataclass
class Listener:
    """A server that gives one answer to whatever it is sent, and remembers that."""

    port: int = 0
    received: list[bytes] = field(default_factory=list)


@contextmanager
def listening(until: bytes = b"") -> Iterator[Listener]:
    """Yield a listener on this machine that hears a client out until it says *until*."""
    listener = Listener()

    def accept(server: socket.socket) -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return  # closed
            with connection:
                heard = connection.recv(65_536)
                while heard and not heard.endswith(until):
                    heard += connection.recv(65_536)
                listener.received.append(heard)
                connection.sendall(ANSWER)

    with socket.create_server(("127.0.0.1", 0)) as server:
        listener.port = server.getsockname()[1]
        thread = Thread(target=accept, args=(server,), daemon=True)
        thread.start()
        try:
            yield listener
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join(10)


@contextmanager
def proxied(
    upstream: int = 9, *, allowed: tuple[str, ...] = ()
) -> Iterator[tuple[Proxy, list[str]]]:
    """Yield a proxy in front of a mock on port *upstream*, and the refusals it tells."""
    refusals: list[str] = []
    with Proxy(
        ("127.0.0.1", upstream),
        hosts=["fal.run"],
        context=AUTHORITY.context,
        allowed=allowed,
        on_refusal=refusals.append,
    ) as proxy:
        yield proxy, refusals


@contextmanager
def connected(proxy: Proxy) -> Iterator[socket.socket]:
    """Yield a connection to *proxy*."""
    host, _, port = proxy.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        yield connection


def read_all(connection: socket.socket) -> bytes:
    """Return what comes until the other end hangs up."""
    return b"".join(iter(lambda: connection.recv(65_536), b""))


def ask(proxy: Proxy, request: bytes) -> bytes:
    """Return all that the proxy answers to *request*."""
    with connected(proxy) as connection:
        connection.sendall(request)
        return read_all(connection)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names that were looked up; each of them is this machine."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def look_up(host: str, *rest: object, **options: object) -> object:
        if not host.startswith("127."):
            asked.append(host)
        return real("127.0.0.1", *rest, **options)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_a_tunnel_to_a_service_ends_at_the_mock_without_its_tls() -> None:
    with (
        listening() as mock,
        proxied(mock.port) as (proxy, _),
        connected(proxy) as connection,
    ):
        connection.sendall(b"CONNECT fal.run:443 HTTP/1.1\r\nHost: fal.run:443\r\n\r\n")
        accepted = connection.recv(65_536)
        with TRUST.wrap_socket(connection, server_hostname="fal.run") as session:
            session.sendall(b"GET / HTTP/1.1\r\nHost: fal.run\r\n\r\n")
            answer = session.recv(65_536)

    assert accepted == b"HTTP/1.1 200 Connection established\r\n\r\n"
    assert answer == ANSWER
    assert mock.received == [b"GET / HTTP/1.1\r\nHost: fal.run\r\n\r\n"]


def test_another_host_is_refused_before_its_name_is_looked_up(names: list[str]) -> None:
    with listening() as outside, proxied() as (proxy, refusals):
        line = f"CONNECT elsewhere.test:{outside.port} HTTP/1.1\r\n\r\n"
        answer = ask(proxy, line.encode())

    assert answer.startswith(b"HTTP/1.1 403 Forbidden\r\n")
    assert b"--allow-host elsewhere.test lets it through" in answer
    assert len(refusals) == 1
    assert (names, outside.received) == ([], [])


def test_a_host_that_is_allowed_is_reached_untouched(names: list[str]) -> None:
    with (
        listening() as outside,
        proxied(allowed=("Elsewhere.test",)) as (proxy, refusals),
        connected(proxy) as connection,
    ):
        line = f"CONNECT elsewhere.TEST:{outside.port} HTTP/1.1\r\n\r\n"
        connection.sendall(line.encode())
        accepted = connection.recv(65_536)
        connection.sendall(b"anything at all")
        answer = read_all(connection)

    assert accepted.startswith(b"HTTP/1.1 200 ")
    assert answer == ANSWER
    assert outside.received == [b"anything at all"]
    assert (names, refusals) == (["elsewhere.test"], [])


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_this_machine_is_reached_without_being_allowed(host: str) -> None:
    with listening() as local, proxied() as (proxy, _):
        line = f"GET http://{host}:{local.port}/x?y=1 HTTP/1.1\r\n\r\n"
        answer = ask(proxy, line.encode())

    assert answer == ANSWER
    assert local.received == [b"GET /x?y=1 HTTP/1.1\r\nConnection: close\r\n\r\n"]


def test_a_plain_request_loses_what_was_meant_for_the_proxy() -> None:
    with listening(until=b"{}") as local, proxied() as (proxy, _):
        head = (
            f"POST http://127.0.0.1:{local.port} HTTP/1.1",
            "Host: 127.0.0.1",
            "Proxy-Authorization: Basic c2VjcmV0",
            "Connection: keep-alive",
            "Content-Length: 2",
            "",
            "{}",
        )
        ask(proxy, "\r\n".join(head).encode())

    assert local.received == [
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n"
        b"Connection: close\r\n\r\n{}"
    ]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("GET http://fal.run/ HTTP/1.1", id="in-plain-http"),
        pytest.param("CONNECT fal.run:80 HTTP/1.1", id="on-another-port"),
    ],
)
def test_a_service_is_reached_over_https_alone(line: str) -> None:
    with proxied() as (proxy, refusals):
        answer = ask(proxy, f"{line}\r\n\r\n".encode())

    assert answer.startswith(b"HTTP/1.1 403 ")
    assert refusals == ["fal.run:80: the mock serves https:// alone"]


def test_a_host_is_told_of_once_however_often_it_is_refused() -> None:
    with proxied() as (proxy, refusals):
        for _ in range(3):
            ask(proxy, b"CONNECT elsewhere.test:443 HTTP/1.1\r\n\r\n")

    assert len(refusals) == 1


def test_a_program_that_tries_host_after_host_does_not_fill_the_screen() -> None:
    with proxied() as (proxy, refusals):
        for number in range(105):
            ask(proxy, f"CONNECT host{number}.test:443 HTTP/1.1\r\n\r\n".encode())

    assert len(refusals) == 100


def test_a_host_that_is_allowed_and_not_there_is_a_bad_gateway() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        port = taken.getsockname()[1]
        with proxied() as (proxy, _):
            answer = ask(proxy, f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\n".encode())

    assert answer.startswith(b"HTTP/1.1 502 Bad Gateway\r\n")


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", id="a-server's-request"),
        pytest.param(b"GET fal.run:443 HTTP/1.1\r\n\r\n", id="no-scheme"),
        pytest.param(b"GET ftp://fal.run/ HTTP/1.1\r\n\r\n", id="another-scheme"),
        pytest.param(
            b"CONNECT http://fal.run/ HTTP/1.1\r\n\r\n", id="a-tunnel-to-a-url"
        ),
        pytest.param(b"CONNECT a b:443 HTTP/1.1\r\n\r\n", id="a-space"),
        pytest.param(b"CONNECT fal.run\nX: y:443 HTTP/1.1\r\n\r\n", id="a-line-break"),
        pytest.param(b"\x16\x03\x01\x02\x00\r\n\r\n", id="tls"),
        pytest.param(b"GET http://" + b"a" * 70_000 + b"\r\n\r\n", id="too-long"),
    ],
)
def test_what_is_no_request_to_a_proxy_is_refused(head: bytes) -> None:
    with proxied() as (proxy, refusals):
        answer = ask(proxy, head)

    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert not refusals


def test_a_client_that_leaves_in_the_middle_of_its_head_is_let_go() -> None:
    with proxied() as (proxy, _), connected(proxy) as connection:
        connection.sendall(b"CONNECT fal.run")
        connection.shutdown(socket.SHUT_WR)
        answer = read_all(connection)

    assert answer.startswith(b"HTTP/1.1 400 ")


def test_a_client_that_never_ends_its_head_is_let_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mock_server.interception.proxy._PATIENCE", 0.05)

    with proxied() as (proxy, _):
        answer = ask(proxy, b"CONNECT fal.run")

    assert answer.startswith(b"HTTP/1.1 400 ")


def test_a_mock_that_has_gone_hangs_up() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with (
            proxied(taken.getsockname()[1]) as (proxy, _),
            connected(proxy) as connection,
        ):
            connection.sendall(b"CONNECT fal.run:443 HTTP/1.1\r\n\r\n")
            connection.recv(65_536)
            with TRUST.wrap_socket(connection, server_hostname="fal.run") as session:
                answer = session.recv(65_536)

    assert answer == b""


def test_a_client_that_breaks_off_leaves_the_proxy_for_others() -> None:
    with listening() as local, proxied() as (proxy, _):
        with connected(proxy) as connection:
            option = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # reset instead of a farewell
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, option)
            line = f"CONNECT 127.0.0.1:{local.port} HTTP/1.1\r\n\r\n"
            connection.sendall(line.encode())
            connection.recv(65_536)
        answer = ask(
            proxy, f"GET http://127.0.0.1:{local.port}/ HTTP/1.1\r\n\r\n".encode()
        )

    assert answer == ANSWER


def test_a_proxy_that_stops_ends_the_tunnels_that_are_open() -> None:
    with listening(until=b"never") as mock, ExitStack() as stack:
        with proxied(mock.port) as (proxy, _):
            connection = stack.enter_context(connected(proxy))
            connection.sendall(b"CONNECT fal.run:443 HTTP/1.1\r\n\r\n")
            connection.recv(65_536)
            session = stack.enter_context(
                TRUST.wrap_socket(connection, server_hostname="fal.run")
            )
            session.sendall(b"GET / HTTP/1.1\r\n")
        rest = session.recv(65_536)

    assert rest == b""
