"""Deliveries to a receiver on a real socket, verified by a library that signs nothing."""

import asyncio
import json
import socket
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from threading import enumerate as enumerate_threads
from typing import Any

import httpx
import pytest
from msgspec.structs import replace
from nacl.signing import VerifyKey

from mock_server import (
    ManualClock,
    MediaUnavailableError,
    MemoryStore,
    Server,
    SqliteStore,
    StoreError,
    Timing,
    build_app,
)
from mock_server import webhooks as webhooks_module
from mock_server.jobs import Job
from mock_server.ledger import Ledger
from mock_server.media.library import Library
from mock_server.webhooks import is_loopback
from specs import Registry

SUBMIT = "/fal-ai/wan-22-vace-fun-a14b/inpainting"
BODY = {"prompt": "a cat", "video_url": "https://example.com/a.mp4"}


@dataclass
class Receiver:
    """What a test's own server was sent, and the codes that it answers with."""

    url: str
    codes: list[int] = field(default_factory=list)
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            code = found.codes.pop(0) if found.codes else 200
            found.received.append(
                ({k.lower(): v for k, v in self.headers.items()}, body)
            )
            self.send_response(code)
            if code == 302:
                self.send_header("Location", found.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found = Receiver(f"http://127.0.0.1:{server.server_port}/hook?a=1")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield found
        server.shutdown()
        thread.join()


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        Event().wait(0.01)


def submit(mock: Any, url: str, scenario: str = "success", **members: Any) -> str:
    answer = mock.fal(
        "POST",
        SUBMIT,
        params={"fal_webhook": url},
        json=BODY | members,
        headers={"X-Mock-Scenario": scenario},
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["request_id"])


def webhook_of(store: MemoryStore | SqliteStore, job_id: str) -> Any:
    job = asyncio.run(store.get(job_id))
    assert job is not None
    return job.webhook


def test_the_end_of_a_job_is_told_and_signed(
    make_mock: Callable[..., Any], receiver: Receiver
) -> None:
    mock = make_mock()
    job = submit(mock, receiver.url)
    mock.clock.advance(60)
    wait_until(lambda: bool(receiver.received))
    result = mock.fal("GET", f"/fal-ai/wan-22-vace-fun-a14b/requests/{job}").json()

    ((headers, raw),) = receiver.received

    assert json.loads(raw) == {
        "request_id": job,
        "gateway_request_id": job,
        "status": "OK",
        "payload": result,
    }
    # Verified as the provider's documentation has it, by another library.
    message = "\n".join(
        (
            headers["x-fal-webhook-request-id"],
            headers["x-fal-webhook-user-id"],
            headers["x-fal-webhook-timestamp"],
            sha256(raw).hexdigest(),
        )
    ).encode()
    (key,) = mock.send("GET", "/rest.fal.ai/.well-known/jwks.json").json()["keys"]
    signature = bytes.fromhex(headers["x-fal-webhook-signature"])
    VerifyKey(urlsafe_b64decode(key["x"])).verify(message, signature)
    assert abs(time.time() - int(headers["x-fal-webhook-timestamp"])) < 300


def test_a_failed_job_is_told_with_its_error(mock: Any, receiver: Receiver) -> None:
    submit(mock, receiver.url, "error")
    mock.clock.advance(60)
    wait_until(lambda: bool(receiver.received))

    told = json.loads(receiver.received[0][1])

    assert (told["status"], told["error"]) == ("ERROR", "Invalid status code: 422")
    assert told["payload"]["detail"][0]["type"] == "no_media_generated"


def test_nothing_is_told_of_a_job_that_goes_on(mock: Any, receiver: Receiver) -> None:
    submit(mock, receiver.url, "stuck")
    done = submit(mock, receiver.url)
    mock.clock.advance(60)
    wait_until(lambda: bool(receiver.received))

    assert json.loads(receiver.received[0][1])["request_id"] == done
    assert len(receiver.received) == 1


def test_a_delivery_that_fails_is_made_again_when_it_is_due(
    make_mock: Callable[..., Any], receiver: Receiver
) -> None:
    store = MemoryStore()
    mock = make_mock(store=store)
    receiver.codes = [500, 302]
    job = submit(mock, receiver.url)
    mock.clock.advance(60)
    wait_until(lambda: webhook_of(store, job).due > 0)
    assert len(receiver.received) == 1

    mock.clock.advance(10)
    wait_until(lambda: len(receiver.received) == 2)
    wait_until(lambda: not webhook_of(store, job).claimed)
    mock.clock.advance(30)
    wait_until(lambda: webhook_of(store, job).outcome == "delivered")

    assert len(receiver.received) == 3
    assert len({body for _, body in receiver.received}) == 1


def test_a_receiver_that_never_answers_well_is_given_up(
    make_mock: Callable[..., Any], receiver: Receiver
) -> None:
    store = MemoryStore()
    mock = make_mock(store=store)
    receiver.codes = [500] * 100
    job = submit(mock, receiver.url)
    mock.clock.advance(60)

    def is_tried(times: int) -> bool:
        return bool(webhook_of(store, job).tries == times)

    for tries in range(1, 11):
        wait_until(partial(is_tried, tries))
        wait_until(lambda: not webhook_of(store, job).claimed)
        mock.clock.advance(1800)
    wait_until(lambda: webhook_of(store, job).outcome == "given up")

    assert len(receiver.received) == 11


def test_the_scenario_has_the_first_delivery_fail(
    make_mock: Callable[..., Any], receiver: Receiver
) -> None:
    store = MemoryStore()
    mock = make_mock(store=store)
    job = submit(mock, receiver.url, "webhook_fails_first")
    mock.clock.advance(60)
    wait_until(lambda: webhook_of(store, job).due > 0)
    assert not receiver.received

    mock.clock.advance(10)
    wait_until(lambda: len(receiver.received) == 1)


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.1/hook",
        "http://example.com/hook",
        "ftp://127.0.0.1/hook",
        "http://[::1",
        "banana",
    ],
)
def test_nothing_is_sent_to_another_machine(
    make_mock: Callable[..., Any], url: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = MemoryStore()
    mock = make_mock(store=store)
    job = submit(mock, url)
    mock.clock.advance(60)

    wait_until(lambda: webhook_of(store, job).outcome == "refused")

    assert "--webhook-host" in caplog.text


def test_another_host_is_told_when_it_is_allowed(
    make_mock: Callable[..., Any],
) -> None:
    store = MemoryStore()
    mock = make_mock(store=store, webhook_hosts=["Nowhere.invalid"])
    job = submit(mock, "http://nowhere.invalid/hook")
    mock.clock.advance(60)

    wait_until(lambda: webhook_of(store, job).due > 0)

    assert webhook_of(store, job).outcome is None


def test_of_two_workers_one_delivers(
    make_mock: Callable[..., Any], receiver: Receiver, tmp_path: Path
) -> None:
    store = SqliteStore(tmp_path / "jobs.sqlite")
    first = make_mock(store=store)
    jobs = [submit(first, receiver.url) for _ in range(10)]
    second = make_mock(store=store, clock=first.clock)
    first.clock.advance(60)
    second.clock.advance(60)

    wait_until(lambda: all(webhook_of(store, it).outcome for it in jobs))
    store.close()

    told = [json.loads(body)["request_id"] for _, body in receiver.received]
    assert sorted(told) == sorted(jobs)


def test_what_a_stopped_server_left_undone_is_taken_up(
    make_mock: Callable[..., Any], receiver: Receiver
) -> None:
    store = MemoryStore()
    job = asyncio.run(store.get(submit(make_mock(store=store), receiver.url)))
    assert job is not None
    left = MemoryStore()
    asyncio.run(left.add(job))
    left.board.owe(job.key)

    make_mock(store=left).clock.advance(60)
    wait_until(lambda: webhook_of(left, job.key).outcome == "delivered")

    assert len(receiver.received) == 1


def test_a_delivery_that_another_has_claimed_is_left_to_it(
    make_mock: Callable[..., Any], receiver: Receiver
) -> None:
    store = MemoryStore()
    job = asyncio.run(store.get(submit(make_mock(store=store), receiver.url)))
    assert job is not None
    assert job.webhook is not None
    left = MemoryStore()
    asyncio.run(
        left.add(replace(job, webhook=replace(job.webhook, claimed=time.time() + 0.5)))
    )
    left.board.owe(job.key)

    make_mock(store=left).clock.advance(60)
    Event().wait(0.2)
    assert not receiver.received

    # Whoever claimed it has died.
    wait_until(lambda: webhook_of(left, job.key).outcome == "delivered")


def test_what_another_has_delivered_is_not_told_again(
    make_mock: Callable[..., Any], receiver: Receiver
) -> None:
    others = couriers()
    store = MemoryStore()
    mock = make_mock(store=store)
    key = submit(mock, receiver.url)

    def deliver(job: Job) -> Job:
        assert job.webhook is not None
        return replace(job, webhook=replace(job.webhook, outcome="delivered"))

    store.update(key, deliver)
    wait_until(lambda: couriers() <= others)

    assert not receiver.received


def test_a_forgotten_job_is_not_told(mock: Any, receiver: Receiver) -> None:
    others = couriers()
    submit(mock, receiver.url)
    mock.control("POST", "reset")
    mock.clock.advance(60)
    wait_until(lambda: couriers() <= others)

    assert not receiver.received


def couriers() -> set[int | None]:
    """Return the threads that have something to deliver, or wait for a job to end."""
    threads = enumerate_threads()
    return {it.ident for it in threads if it.name == "reelspec-webhooks"}


def test_a_store_that_does_not_answer_is_asked_again(
    make_mock: Callable[..., Any],
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(webhooks_module, "_ROUND", 0.0)
    store = MemoryStore()
    answers: list[Any] = [OSError("gone"), OSError("gone")]

    def owed(*_: Any) -> tuple[str, ...]:
        if answers:
            raise answers.pop()
        return ()

    monkeypatch.setattr(store.board, "owed", owed)
    mock = make_mock(store=store)
    job = submit(mock, receiver.url)
    wait_until(lambda: not answers)
    mock.clock.advance(60)
    wait_until(lambda: webhook_of(store, job).outcome == "delivered")

    assert "the store does not say which are left: gone" in caplog.text


@pytest.mark.parametrize("ends", [True, False])
def test_a_store_that_is_closed_when_the_mock_ends_is_no_news(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, *, ends: bool
) -> None:
    ledger = Ledger(store=MemoryStore(), clock=ManualClock(), timing=Timing(), seed=0)
    courier = webhooks_module.Courier(ledger=ledger, library=Library(), hosts=())
    if ends:
        courier.close()

    async def fail(_: str) -> None:
        raise StoreError("it was closed")

    monkeypatch.setattr(ledger.store, "get", fail)
    asyncio.run(courier._look_after("a", asyncio.Semaphore(1)))

    assert bool(caplog.records) is not ends


def test_a_server_that_has_ended_looks_after_no_webhook(
    registry: Registry, receiver: Receiver
) -> None:
    others, store = {*enumerate_threads()}, MemoryStore()
    with Server(build_app(registry, store=store, clock=ManualClock())) as server:
        key = {"Authorization": "Key id:secret"}
        hook = {"fal_webhook": receiver.url}
        url = server.base_url + SUBMIT
        httpx.post(url, params=hook, json=BODY, headers=key).raise_for_status()
        (courier,) = (
            it for it in {*enumerate_threads()} - others if "webhooks" in it.name
        )
    courier.join(10)

    assert not courier.is_alive()
    assert len(store.board.owed("", 10)) == 1


def test_the_debts_are_looked_through_part_by_part(
    make_mock: Callable[..., Any],
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = MemoryStore()
    first = make_mock(store=store)
    jobs = [submit(first, receiver.url) for _ in range(5)]
    left = MemoryStore()
    for key in jobs:
        job = asyncio.run(store.get(key))
        assert job is not None
        asyncio.run(left.add(job))
        left.board.owe(key)
    monkeypatch.setattr(webhooks_module, "_ROUND", 0.0)
    monkeypatch.setattr(webhooks_module, "_MOST_IN_ROUND", 2)

    make_mock(store=left).clock.advance(60)
    wait_until(lambda: all(webhook_of(left, it).outcome for it in jobs))

    assert len(receiver.received) == 5


def test_a_debt_of_a_contract_that_is_not_served_is_left_to_others(
    make_mock: Callable[..., Any], receiver: Receiver
) -> None:
    store = MemoryStore()
    job = asyncio.run(store.get(submit(make_mock(store=store), receiver.url)))
    assert job is not None
    left = MemoryStore()
    asyncio.run(left.add(replace(job, contract="fal:gone")))
    left.board.owe(job.key)

    mock = make_mock(store=left)
    mock.clock.advance(60)
    Event().wait(0.2)

    assert left.board.owed("", 1) == (job.key,)
    assert not receiver.received
    left.delete(job.key)


def test_a_receiver_that_does_not_answer_is_said_to_have_been_silent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        sending = webhooks_module._send(url, b"{}", {}, timeout=0.05, at=1.0)
        outcome = asyncio.run(sending)

    assert outcome.attempt.problem == "no answer within 0.05 seconds"
    assert outcome.final is None


def test_a_delivery_that_the_mock_failed_at_is_tried_again(
    make_mock: Callable[..., Any],
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(webhooks_module, "_ROUND", 0.0)
    monkeypatch.setattr(webhooks_module, "_RESPITE", 0.05)
    store = MemoryStore()
    troubles: list[Exception] = [OSError("the store is away"), OSError("still")]
    update = store.update

    def fail_first(*arguments: Any) -> Any:
        if troubles:
            raise troubles.pop()
        return update(*arguments)

    monkeypatch.setattr(store, "update", fail_first)
    mock = make_mock(store=store)
    later = submit(mock, receiver.url, scenario="slow")  # has the deliveries go on
    job = submit(mock, receiver.url)
    mock.clock.advance(10)
    wait_until(lambda: webhook_of(store, job).outcome == "delivered")
    mock.clock.advance(600)
    wait_until(lambda: webhook_of(store, later).outcome == "delivered")

    assert "the store is away" in caplog.text


def test_the_webhook_and_its_attempts_are_listed(
    make_mock: Callable[..., Any], receiver: Receiver
) -> None:
    store = MemoryStore()
    mock = make_mock(store=store)
    receiver.codes = [500]
    job = submit(mock, receiver.url)
    mock.clock.advance(60)
    wait_until(lambda: webhook_of(store, job).due > 0)

    (listed,) = mock.control("GET", "jobs").json()["jobs"]

    assert listed["webhook"]["url"] == receiver.url
    assert listed["webhook"]["tries"] == 1
    (attempt,) = listed["webhook"]["attempts"]
    assert (attempt["status"], attempt["problem"]) == (500, None)


@pytest.mark.parametrize(
    ("error", "deliveries"), [(MediaUnavailableError("none"), 1), (ValueError("no"), 0)]
)
def test_what_cannot_be_drawn_is_told_without_its_files(
    mock: Any,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    deliveries: int,
) -> None:
    async def fail(*_: Any) -> None:
        raise error

    others = couriers()
    monkeypatch.setattr(Library, "fetch", fail)
    submit(mock, receiver.url, sync_mode=True)
    mock.clock.advance(60)
    wait_until(lambda: couriers() <= others)

    assert len(receiver.received) == deliveries
    for _, body in receiver.received:
        assert json.loads(body)["payload"]["video"]["url"].startswith("http://")


@pytest.mark.parametrize(
    ("host", "is_it"),
    [("localhost", True), ("127.8.8.8", True), ("::1", True), ("10.0.0.1", False)],
)
def test_only_this_machine_is_loopback(host: str, *, is_it: bool) -> None:
    assert is_loopback(host) is is_it
