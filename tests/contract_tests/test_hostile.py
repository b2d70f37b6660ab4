"""A server may do anything to a connection: a failure says so, in time, in little room."""

import gzip
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread

import httpx
import pytest
import trustme

from contract_tests import Failure, Target, UnreachableError, run
from contract_tests.cases import bare_body
from contract_tests.examiner import Examiner
from contract_tests.sockets import MOST_BYTES, BoundedTransport
from contract_tests.tally import Tally
from specs import Registry
from tests.contract_tests.conftest import AIMLAPI
from tests.contract_tests.mutants.reference import KEYS

TIMEOUT = 0.5  # seconds for one answer
SOON = 30.0  # seconds in which a busy machine must have given up as well
JSON = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"


@dataclass(kw_only=True)
class Talk:
    """One connection of a hostile server, and what it has sent so far."""

    connection: socket.socket
    over: Event
    sent: int = 0

    def hear(self) -> bool:
        """Read a whole request; say whether one came."""
        head = b""
        while b"\r\n\r\n" not in head:
            if not (part := self.connection.recv(65_536)):
                return False
            head += part
        head, _, body = head.partition(b"\r\n\r\n")
        length = next(
            (
                int(it.partition(b":")[2])
                for it in head.lower().split(b"\r\n")
                if it.startswith(b"content-length:")
            ),
            0,
        )
        while len(body) < length:
            if not (part := self.connection.recv(65_536)):
                return False
            body += part
        return True

    def say(self, *parts: bytes) -> None:
        for it in parts:
            self.connection.sendall(it)
            self.sent += len(it)

    def wait(self, seconds: float | None = None) -> None:
        self.over.wait(seconds)


Act = Callable[[Talk], None]


@dataclass(kw_only=True)
class HostileServer:
    url: str
    talks: list[Talk] = field(default_factory=list)


@contextmanager
def hostile(
    act: Act, *, secured: ssl.SSLContext | None = None
) -> Iterator[HostileServer]:
    """Serve by *act*, which is handed each connection when its request has come."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = Event()
    threads: list[Thread] = []
    scheme = "https" if secured else "http"
    server = HostileServer(url=f"{scheme}://localhost:{listener.getsockname()[1]}")

    def answer(raw: socket.socket) -> None:
        try:
            with secured.wrap_socket(raw, server_side=True) if secured else raw as it:
                talk = Talk(connection=it, over=over)
                if talk.hear():
                    server.talks.append(talk)
                    act(talk)
        except OSError:
            pass  # the other side has hung up

    def accept() -> None:
        while not over.is_set():
            connection, _ = listener.accept()
            threads.append(Thread(target=answer, args=(connection,)))
            threads[-1].start()

    threads.append(Thread(target=accept))
    threads[0].start()
    try:
        yield server
    finally:
        over.set()
        socket.create_connection(listener.getsockname()).close()
        for it in threads:
            it.join()
        listener.close()


def says(*parts: bytes) -> Act:
    return lambda talk: talk.say(*parts)


def says_for_ever(head: bytes, part: bytes) -> Act:
    def act(talk: Talk) -> None:
        talk.say(head)
        while not talk.over.is_set():
            talk.say(part)

    return act


def drips(talk: Talk) -> None:
    talk.say(JSON + b"content-length: 100000\r\n\r\n")
    while not talk.over.is_set():
        talk.say(b" ")
        talk.wait(0.02)


def packed(size: int) -> bytes:
    """Return an answer that unpacks to *size* zeros."""
    body = gzip.compress(bytes(size))
    return (
        JSON
        + b"content-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(body)
        + body
    )


def whole(body: bytes, *, status: bytes = b"200 OK", headers: bytes = b"") -> Act:
    return says(
        b"HTTP/1.1 %s\r\ncontent-type: application/json\r\n%s"
        b"content-length: %d\r\nconnection: close\r\n\r\n%s"
        % (status, headers, len(body), body)
    )


GIGABYTE = says_for_ever(JSON + b"content-length: 1073741824\r\n\r\n", b" " * 2**16)

UNANSWERED = [
    pytest.param(says(), "disconnected", id="closes the socket"),
    pytest.param(says(b"\x00\xff garbage \r\n\r\n"), "illegal", id="garbage"),
    pytest.param(says(b"HTTP/1.1 200 OK\r\n"), "disconnected", id="half a head"),
    pytest.param(
        says(JSON + b"content-length: 99\r\n\r\n{"), "without sending", id="half a body"
    ),
    pytest.param(
        says(JSON + b"transfer-encoding: chunked\r\n\r\nzz\r\n"),
        "illegal",
        id="no chunks",
    ),
    pytest.param(Talk.wait, "within 0.5 s", id="never answers"),
    pytest.param(drips, "within 0.5 s", id="drips"),
    pytest.param(
        says_for_ever(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        "within 0.5 s",
        id="promises for ever",
    ),
    pytest.param(
        says_for_ever(b"HTTP/1.1 200 OK\r\n", b"x-a: " + b"b" * 60_000 + b"\r\n"),
        "",
        id="headers without an end",
    ),
    pytest.param(
        says(JSON + b"x-a: " + b"b" * 2_000_000 + b"\r\n\r\n"), "", id="a huge header"
    ),
    pytest.param(says(packed(2**24)), "in 'gzip', not asked for", id="packed zeros"),
    # Whether its length or its time is over first is up to the machine.
    pytest.param(GIGABYTE, "", id="1 GB"),
]


@pytest.mark.parametrize(("act", "problem"), UNANSWERED)
def test_a_request_that_gets_no_whole_answer_is_a_failure_in_time(
    act: Act, problem: str, registry: Registry
) -> None:
    begun = time.monotonic()
    with hostile(act) as server, pytest.raises(Failure) as caught:
        submit(server.url, registry)

    fault = caught.value.faults[0]
    assert fault.claim == "every_request_is_answered"
    assert problem in fault.problem.lower()
    assert fault.curl.startswith("curl ")
    assert time.monotonic() - begun < SOON


CIRCLE = whole(b"", status=b"302 Found", headers=b"location: /v2/video/generations\r\n")

ANSWERED = [
    pytest.param(CIRCLE, "a_valid_request_is_accepted", id="redirects in a circle"),
    pytest.param(whole(b'{"id": "\xff\xfe"}'), "a_new_job_has_an_id", id="no UTF-8"),
    pytest.param(whole(b"[" * 500_000), "a_new_job_has_an_id", id="deep"),
    pytest.param(whole(b"7" * 1_000_000), "a_new_job_has_an_id", id="a huge number"),
    pytest.param(
        whole(b"{}", status=b"999 What"), "no_server_error", id="no status there is"
    ),
]


@pytest.mark.parametrize(("act", "claim"), ANSWERED)
def test_an_answer_that_makes_no_sense_is_a_failure_in_time(
    act: Act, claim: str, registry: Registry
) -> None:
    begun = time.monotonic()
    with hostile(act) as server, pytest.raises(Failure) as caught:
        submit(server.url, registry)

    assert caught.value.faults[0].claim == claim
    assert time.monotonic() - begun < SOON


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(GIGABYTE, id="1 GB"),
        pytest.param(
            says_for_ever(
                JSON + b"transfer-encoding: chunked\r\n\r\n",
                b"10000\r\n" + b" " * 2**16 + b"\r\n",
            ),
            id="chunks without an end",
        ),
    ],
)
def test_an_answer_is_broken_off_when_it_is_too_long(act: Act) -> None:
    most = 2**20
    with hostile(act) as server:
        transport = BoundedTransport(timeout=SOON, most_bytes=most)
        with pytest.raises(httpx.RemoteProtocolError, match="more than 1048576 bytes"):
            transport.handle_request(httpx.Request("GET", server.url))
        transport.close()

    # What the buffers of the two sockets hold was sent, but never read.
    assert server.talks[0].sent < most + 2**24 < MOST_BYTES


@pytest.mark.parametrize(
    ("act", "claim"),
    [
        pytest.param(GIGABYTE, "every_request_is_answered", id="1 GB"),
        pytest.param(CIRCLE, "a_valid_request_is_accepted", id="redirects in a circle"),
    ],
)
def test_a_whole_run_ends_with_named_failures_when_the_server_is_hostile(
    act: Act, claim: str, small_registry: Registry
) -> None:
    with hostile(act) as server:
        target = Target(base_url=server.url, keys=KEYS, timeout=SOON, patience=0)
        report = run(small_registry, target, contracts=[AIMLAPI])

    (result,) = report.contracts
    assert claim in {it.fault.claim for it in result.faults}
    assert result.errors == ()


def test_a_server_that_hangs_is_not_asked_for_hours(registry: Registry) -> None:
    with hostile(Talk.wait) as server:
        target = Target(base_url=server.url, keys=KEYS, timeout=0.1, patience=0)
        report = run(registry, target, contracts=[AIMLAPI])

    (result,) = report.contracts
    assert {it.fault.claim for it in result.faults} == {"every_request_is_answered"}
    assert result.errors == ()
    assert len(server.talks) == 3


def test_the_deadline_holds_for_a_secured_connection_too(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    ours = ssl.create_default_context()
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.configure_trust(ours)
    authority.issue_cert("localhost").configure_cert(theirs)
    monkeypatch.setattr(httpx, "create_ssl_context", lambda **_: ours)

    with hostile(drips, secured=theirs) as server, pytest.raises(Failure) as caught:
        submit(server.url, registry)

    assert "within 0.5 s" in caught.value.faults[0].problem


def test_a_certificate_that_nobody_signed_leaves_a_server_unreachable(
    registry: Registry,
) -> None:
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(theirs)

    with (
        hostile(says(), secured=theirs) as server,
        pytest.raises(UnreachableError, match="certificate"),
    ):
        submit(server.url, registry)


def submit(url: str, registry: Registry) -> None:
    """Submit a job to the server at *url*, and judge the answer."""
    contract = registry.contract(AIMLAPI)
    target = Target(base_url=url, keys=KEYS, timeout=TIMEOUT)
    with target.connect(contract) as connection:
        examiner = Examiner(contract, target, connection, Tally(contract=contract.id))
        examiner.submit(bare_body(contract))


def test_a_server_that_lets_nobody_in_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        waiting = [socket.socket() for _ in range(8)]
        for it in waiting:  # until nobody else finds room before the door
            it.setblocking(False)
            it.connect_ex(address)
        transport = BoundedTransport(timeout=TIMEOUT)
        url = f"http://127.0.0.1:{address[1]}/"
        with pytest.raises(httpx.ConnectTimeout):
            transport.handle_request(httpx.Request("GET", url))
        transport.close()
        for it in waiting:
            it.close()
