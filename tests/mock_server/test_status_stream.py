"""Server-sent events on a real socket, at the pace of a clock that the test moves."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from mock_server import ManualClock, Server, build_app
from mock_server.answers import status_stream
from specs import Registry

REQUESTS = "/fal-ai/wan-22-vace-fun-a14b/requests"
SUBMIT = "/fal-ai/wan-22-vace-fun-a14b/inpainting"
BODY = {"prompt": "a cat", "video_url": "https://example.com/a.mp4"}
HEADERS = {"Authorization": "Key id:secret"}


@contextmanager
def client_of(
    registry: Registry, clock: ManualClock, **options: Any
) -> Iterator[httpx.Client]:
    with (
        Server(build_app(registry, clock=clock, **options)) as server,
        httpx.Client(base_url=server.base_url, headers=HEADERS) as client,
    ):
        yield client


def submit(client: httpx.Client) -> str:
    return str(client.post(SUBMIT, json=BODY).json()["request_id"])


def read_events(client: httpx.Client, url: str) -> Iterator[dict[str, Any]]:
    with client.stream("GET", url, timeout=10) as answer:
        assert answer.headers["content-type"] == "text/event-stream"
        for line in answer.iter_lines():
            if line:
                yield json.loads(line.removeprefix("data: "))


def test_a_stream_tells_each_state_once_and_ends_with_the_last(
    registry: Registry,
) -> None:
    clock = ManualClock()
    seen = []
    with client_of(registry, clock) as client:
        job = submit(client)
        for event in read_events(client, f"{REQUESTS}/{job}/status/stream"):
            seen.append(event["status"])
            clock.advance(2 if event["status"] == "IN_QUEUE" else 10)

    assert list(dict.fromkeys(seen)) == ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]
    assert seen.count("COMPLETED") == 1


def test_a_stream_repeats_no_line_of_the_log(registry: Registry) -> None:
    clock = ManualClock()
    lines = []
    with client_of(registry, clock) as client:
        job = submit(client)
        for event in read_events(client, f"{REQUESTS}/{job}/status/stream?logs=1"):
            lines += [it["message"] for it in event.get("logs") or ()]
            clock.advance(1)

    assert lines == [
        "job: start",
        "generating: 25 %",
        "generating: 50 %",
        "generating: 75 %",
        "job: complete",
    ]


def test_a_stream_says_nothing_while_nothing_happens(registry: Registry) -> None:
    with client_of(registry, ManualClock()) as client:
        url = f"{REQUESTS}/{submit(client)}/status/stream"
        with client.stream("GET", url, timeout=0.3) as answer:
            lines = answer.iter_lines()
            first, blank = next(lines), next(lines)
            with pytest.raises(httpx.ReadTimeout):
                next(lines)

    assert "IN_QUEUE" in first
    assert not blank


def test_a_stream_ends_when_its_job_is_forgotten(registry: Registry) -> None:
    with client_of(registry, ManualClock()) as client:
        job = submit(client)
        events = []
        for event in read_events(client, f"{REQUESTS}/{job}/status/stream"):
            events.append(event)
            client.post("/__mock__/reset")

    assert len(events) == 1


def test_a_stream_of_an_unknown_job_is_refused(registry: Registry) -> None:
    with client_of(registry, ManualClock()) as client:
        answer = client.get(f"{REQUESTS}/nobody/status/stream")

    assert (answer.status_code, answer.json()) == (404, {"status": "NOT_FOUND"})


def test_nobody_follows_a_job_whose_listener_has_left(
    registry: Registry, look_counter: Callable[[], int]
) -> None:
    with client_of(registry, ManualClock()) as client:
        job = submit(client)
        with client.stream("GET", f"{REQUESTS}/{job}/status/stream") as answer:
            next(answer.iter_lines())
        deadline = time.monotonic() + 5
        while look_counter() and time.monotonic() < deadline:
            threading.Event().wait(0.02)

        assert look_counter() == 0


@pytest.fixture
def look_counter(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Return how many streams are being followed."""
    open_streams: list[object] = []
    follow = status_stream._follow

    async def counted(*arguments: Any, **options: Any) -> Any:
        marker = object()
        open_streams.append(marker)
        try:
            async for it in follow(*arguments, **options):
                yield it
        finally:
            open_streams.remove(marker)

    monkeypatch.setattr(status_stream, "_follow", counted)
    return lambda: len(open_streams)
