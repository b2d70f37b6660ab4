"""Waiting for many jobs is given up at once, whatever their service is doing."""

import asyncio
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from typing import Any

import pytest

from codegen.runtime.client import BaseAsyncClient, BaseClient
from codegen.runtime.errors import ContractViolation, InvalidInputError, NetworkError
from codegen.runtime.models import Model
from codegen.runtime.protocol import Call, JobProtocol
from codegen.runtime.resource import Resource
from codegen.runtime.retries import Attempt
from tests.codegen.acme import SERVICE

JOBS = 3
PROGRAM = f"""
import signal, sys
from reel_clients.aimlapi import Client

# What a shell starts in its background is deaf to interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)
with Client(api_key="k", base_url=sys.argv[1]) as client:
    model = client.wan2_2_vace_fun_a14b_reframe
    client.wait_all([model.job(str(it)) for it in range({JOBS})])
"""


class Made(Resource[Any, Any]):
    """What the generator writes for a model."""

    _output = Model
    _protocol = JobProtocol(
        service=SERVICE,
        model="m/one",
        submit=Call("POST", "/videos"),
        poll=Call("GET", "/videos/{id}"),
    )


class Client(BaseClient):
    _service = SERVICE
    _models = {}  # noqa: RUF012 - as the generator writes it

    def jobs(self, count: int) -> list[Any]:
        return [Made(self._session).job(str(it)) for it in range(count)]


class AsyncClient(BaseAsyncClient):
    _service = SERVICE
    _models = {}  # noqa: RUF012 - as the generator writes it

    def jobs(self, count: int) -> list[Any]:
        return [Made(self._session).job(str(it)) for it in range(count)]


class Mute:
    """A server that hears every question and does not answer."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(30)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.heard: list[socket.socket] = []

    def hear(self, count: int) -> None:
        """Return when *count* more questions have come."""
        for _ in range(count):
            connection, _ = self._socket.accept()
            connection.settimeout(30)
            self.heard.append(connection)
            assert connection.recv(65536).startswith(b"GET ")

    def close(self) -> None:
        for it in (*self.heard, self._socket):
            it.close()


def test_an_interrupt_ends_a_wait_for_many_at_once() -> None:
    with (
        closing(Mute()) as server,
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, server.url],
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        server.hear(JOBS)
        start = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=90)

    assert time.monotonic() - start < 5
    assert told.rstrip().endswith("KeyboardInterrupt")


def test_no_call_is_left_running_when_a_wait_for_many_breaks_off() -> None:
    server, answered = Mute(), threading.Event()

    def answer() -> None:
        server.hear(JOBS)
        body = b'{"id": "0", "status": "strange"}'
        server.heard[0].sendall(
            b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
        )
        answered.set()

    def refuse(breach: ContractViolation) -> None:
        raise ZeroDivisionError

    threading.Thread(target=answer).start()
    tried: list[Attempt] = []
    start = time.monotonic()
    with (
        Client(
            api_key="k",
            base_url=server.url,
            on_violation=refuse,
            on_attempt=tried.append,
        ) as client,
        pytest.raises(ZeroDivisionError),
    ):
        client.wait_all(client.jobs(9), concurrency=JOBS)
    server.close()

    assert answered.is_set()
    assert time.monotonic() - start < 5
    assert [it.name for it in threading.enumerate() if it.name == "reel"] == []
    broken = [it.error for it in tried if it.error]
    assert [type(it) for it in broken] == [NetworkError] * (JOBS - 1)
    assert all("it was given up" in str(it) for it in broken)


def test_no_call_is_left_running_when_a_task_that_waits_for_many_is_cancelled() -> None:
    server = Mute()

    async def work() -> set[asyncio.Task[object]]:
        async with AsyncClient(api_key="k", base_url=server.url) as client:
            waiting = asyncio.create_task(
                client.wait_all(client.jobs(9), concurrency=2)
            )
            await asyncio.to_thread(server.hear, 2)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            return asyncio.all_tasks() - {asyncio.current_task()}

    left = asyncio.run(work())
    server.close()

    assert left == set()


def test_a_wait_for_many_that_may_make_no_call_is_refused() -> None:
    with (
        Client(api_key="k") as client,
        pytest.raises(InvalidInputError, match="concurrency: must be 1 or more, got 0"),
    ):
        client.wait_all([], concurrency=0)
