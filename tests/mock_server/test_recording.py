"""A second mock as the real service: recorded, checked, and played back without it."""

import asyncio
import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fal_client
import httpx
import pytest
from fal_client import client as wires
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_server import (
    CassetteError,
    Server,
    Timing,
    build_app,
    build_player,
    build_recorder,
)
from mock_server import exchange as exchange_module
from mock_server.recording import app as app_module
from mock_server.recording import recorder as recorder_module
from mock_server.recording.cassette import Take, read_cassette, redact_body
from specs import Registry

ADDRESS = "/v2/video/generations"
BODY = {
    "model": "alibaba/wan2.2-vace-fun-a14b-reframe",
    "video_url": "https://example.com/a.mp4",
    "num_frames": 17,
}
KEY = "sk-0123456789abcdef"
HEADERS = {"Authorization": f"Bearer {KEY}"}
APP = "fal-ai/wan-22-vace-fun-a14b/inpainting"
FAST = Timing(queued=0.1, generating=0.2)


@contextmanager
def recording(
    registry: Registry, provider: str, path: Path, *, service: ASGIApp | None = None
) -> Iterator[tuple[str, list[str]]]:
    """Yield the address of a recorder before a mock, and what breaks the documents."""
    breaches: list[str] = []
    with Server(service or build_app(registry, timing=FAST)) as upstream:
        recorder = build_recorder(
            registry,
            provider,
            path,
            upstream=upstream.base_url,
            on_breach=breaches.append,
        )
        with Server(recorder) as server:
            yield server.base_url, breaches


def generate(base_url: str, headers: dict[str, str]) -> tuple[list[str], bytes]:
    """Return the states that a client sees of one job, and the video."""
    with httpx.Client(base_url=base_url, headers=headers, timeout=60) as client:
        made = client.post(ADDRESS, json=BODY).raise_for_status().json()
        states: list[str] = []
        while True:
            answer = client.get(ADDRESS, params={"generation_id": made["id"]})
            states.append(answer.raise_for_status().json()["status"])
            if states[-1] == "completed":
                return states, client.get(answer.json()["video"]["url"]).content


def test_what_was_recorded_is_played_back_without_the_service_or_a_key(
    registry: Registry, tmp_path: Path
) -> None:
    path = tmp_path / "folder" / "aimlapi.cassette"
    with recording(registry, "aimlapi", path) as (base_url, breaches):
        states, video = generate(base_url, HEADERS)

    with Server(build_player(registry, path)) as server:
        assert generate(server.base_url, {}) == (states, video)
        # The last answer is given over and over.
        assert generate(server.base_url, {})[0] == ["completed"]
    assert video[4:8] == b"ftyp"
    assert breaches == []


def test_no_key_reaches_the_cassette(registry: Registry, tmp_path: Path) -> None:
    path = tmp_path / "aimlapi.cassette"
    body = BODY | {"note": f"my key is {KEY}"}
    with recording(registry, "aimlapi", path) as (base_url, _):
        httpx.post(base_url + ADDRESS, json=body, headers=HEADERS)
        params = {"generation_id": KEY, "api_key": "hidden-too"}
        httpx.get(base_url + ADDRESS, params=params, headers=HEADERS)

    content = path.read_text("utf-8")
    assert content.count("[redacted]") >= 3
    assert "0123456789abcdef" not in content
    assert "hidden-too" not in content


def test_a_call_that_breaks_the_document_is_told_and_kept(
    registry: Registry, tmp_path: Path
) -> None:
    path = tmp_path / "aimlapi.cassette"
    with recording(registry, "aimlapi", path) as (base_url, breaches):
        body = BODY | {"num_frames": 9999}
        answer = httpx.post(base_url + ADDRESS, json=body, headers=HEADERS)
        httpx.post(base_url + ADDRESS, content=b"{", headers=HEADERS)

    _, takes = read_cassette(path)
    assert answer.status_code == 400
    assert breaches[0].startswith(
        "aimlapi:alibaba/wan2.2-vace-fun-a14b-reframe request: body/num_frames: "
    )
    assert "request: Expected a body of content type" in breaches[1]
    assert [it.breaches for it in takes] == [(it,) for it in breaches]
    assert takes[0].contract == "aimlapi:alibaba/wan2.2-vace-fun-a14b-reframe"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"id": "a:b", "status": "dancing"}', "answer: "),
        (b"<html>", "answer: is no JSON"),
        (b"[]", "answer: "),
    ],
)
def test_an_answer_that_breaks_the_document_is_told(
    registry: Registry, tmp_path: Path, content: bytes, said: str
) -> None:
    async def service(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
            return
        await receive()
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    path = tmp_path / "aimlapi.cassette"
    with recording(registry, "aimlapi", path, service=service) as (base_url, breaches):
        answer = httpx.post(base_url + ADDRESS, json=BODY, headers=HEADERS)

    assert answer.content == content
    assert len(breaches) == 1
    assert said in breaches[0]


@pytest.fixture
def lead(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return what leads fal's client to an address."""

    def to(url: str) -> None:
        monkeypatch.setenv("FAL_KEY", "id-0123:secret-0123")
        monkeypatch.setattr(wires, "QUEUE_URL_FORMAT", f"{url}/queue.fal.run/")
        monkeypatch.setattr(wires, "RUN_URL_FORMAT", f"{url}/fal.run/")
        monkeypatch.setattr(wires, "REST_URL", f"{url}/rest.fal.ai")
        monkeypatch.setattr(wires, "CDN_URL", f"{url}/v3.fal.media")

    yield to
    gc.collect()  # the client never closes its connections


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_fal_s_own_client_cannot_tell_the_cassette_from_the_service(
    registry: Registry, tmp_path: Path, lead: Any
) -> None:
    path = tmp_path / "fal.cassette"

    def use() -> tuple[Any, Any, bytes]:
        client = fal_client.SyncClient()
        url = client.upload(b"a film", "video/mp4", "a.mp4")
        wishes = {"prompt": "a cat", "video_url": url, "num_frames": 17}
        queued = client.subscribe(APP, wishes, with_logs=True)
        ran = client.run(APP, wishes)
        video = httpx.get(queued["video"].pop("url")).content
        ran["video"].pop("url")
        return queued, ran, video

    with recording(registry, "fal", path) as (base_url, breaches):
        lead(base_url)
        recorded = use()
    with Server(build_player(registry, path)) as server:
        lead(server.base_url)
        played = use()

    assert played == recorded
    assert breaches == []
    assert recorded[2][4:8] == b"ftyp"
    assert b"secret-0123" not in path.read_bytes()
    # What leads to the recorder is of no use to the service.
    submits = [it for it in read_cassette(path)[1] if it.path == f"/{APP}"]
    sent = {json.loads(it.request)["video_url"].split("/files/")[0] for it in submits}
    assert sent == {"https://v3.fal.media"}


def test_an_answer_to_another_call_is_not_made_up(
    registry: Registry, tmp_path: Path
) -> None:
    path = tmp_path / "aimlapi.cassette"
    with recording(registry, "aimlapi", path) as (base_url, _):
        httpx.post(base_url + ADDRESS, json=BODY, headers=HEADERS)

    with Server(build_player(registry, path)) as server:
        other = dict(reversed(BODY.items()))  # the same, in another order
        same = httpx.post(server.base_url + ADDRESS, json=other)
        answer = httpx.post(server.base_url + ADDRESS, json=BODY | {"num_frames": 33})

    assert same.status_code == 200
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert '"num_frames":33' in answer.json()["detail"]
    assert '"num_frames":17' in answer.json()["detail"]


def test_an_empty_cassette_has_no_answer(registry: Registry, tmp_path: Path) -> None:
    path = tmp_path / "aimlapi.cassette"
    build_recorder(registry, "aimlapi", path)

    with Server(build_player(registry, path)) as server:
        assert httpx.get(server.base_url).status_code == 404


@pytest.mark.parametrize(
    ("path", "host"), [("/x", "queue.fal.run"), ("/queue.fal.run/x", "127.0.0.1")]
)
def test_a_key_of_another_service_does_not_reach_this_one(
    registry: Registry, tmp_path: Path, path: str, host: str
) -> None:
    file = tmp_path / "aimlapi.cassette"
    headers = {"Host": host, "Authorization": "Key id-0123:secret-0123"}
    with recording(registry, "aimlapi", file) as (base_url, _):
        answer = httpx.get(base_url + path, headers=headers)

    assert answer.status_code == 404
    assert answer.json()["title"] == "Another service"
    assert read_cassette(file) == ("aimlapi", ())


def test_a_second_recording_is_added_to_the_first(
    registry: Registry, tmp_path: Path
) -> None:
    path = tmp_path / "aimlapi.cassette"
    for frames in (17, 33):
        with recording(registry, "aimlapi", path) as (base_url, _):
            body = BODY | {"num_frames": frames}
            httpx.post(base_url + ADDRESS, json=body, headers=HEADERS)

    assert len(read_cassette(path)[1]) == 2


def test_a_call_is_made_once_and_never_again(
    registry: Registry, tmp_path: Path
) -> None:
    calls: list[str] = []

    async def service(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
            return
        calls.append(scope["path"])
        headers = [(b"location", b"https://elsewhere.example.com/")]
        await send({"type": "http.response.start", "status": 307, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    path = tmp_path / "aimlapi.cassette"
    with recording(registry, "aimlapi", path, service=service) as (base_url, _):
        answer = httpx.post(base_url + ADDRESS, json=BODY, headers=HEADERS)

    assert answer.status_code == 307
    assert calls == [ADDRESS]


def test_a_service_that_does_not_answer_is_told_and_not_recorded(
    registry: Registry, tmp_path: Path
) -> None:
    path = tmp_path / "aimlapi.cassette"
    nowhere = "http://127.0.0.1:1"
    recorder = build_recorder(registry, "aimlapi", path, upstream=nowhere)
    with Server(recorder) as server:
        answer = httpx.post(server.base_url + ADDRESS, json=BODY, headers=HEADERS)

    assert answer.status_code == 502
    assert "nothing was recorded" in answer.json()["detail"]
    assert read_cassette(path) == ("aimlapi", ())


def test_an_answer_without_end_is_not_recorded(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_module, "_LONGEST_ANSWER", 10)
    path = tmp_path / "aimlapi.cassette"
    with recording(registry, "aimlapi", path) as (base_url, _):
        answer = httpx.post(base_url + ADDRESS, json=BODY, headers=HEADERS)

    assert answer.status_code == 502
    assert read_cassette(path) == ("aimlapi", ())


def test_a_body_without_end_is_not_taken(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_module, "_LONGEST_BODY", 10)
    recorder = build_recorder(registry, "aimlapi", tmp_path / "aimlapi.cassette")
    with Server(recorder) as server:
        answer = httpx.post(server.base_url + ADDRESS, json=BODY)

    assert answer.status_code == 413


def test_a_body_that_does_not_arrive_is_not_waited_for(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange_module, "PATIENCE", -1.0)
    recorder = build_recorder(registry, "aimlapi", tmp_path / "aimlapi.cassette")
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"{", "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": ADDRESS,
        "query_string": b"",
        "scheme": "http",
        "headers": [],
    }
    asyncio.run(recorder(scope, receive, send))

    assert sent[0]["status"] == 408


def test_a_cassette_that_cannot_be_written_is_said(
    registry: Registry, tmp_path: Path
) -> None:
    path = tmp_path / "aimlapi.cassette"
    with recording(registry, "aimlapi", path) as (base_url, _):
        path.unlink()
        path.mkdir()
        answer = httpx.post(base_url + ADDRESS, json=BODY, headers=HEADERS)

    assert answer.status_code == 500
    assert "cannot be written" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("", 1),
        ("{}", 1),
        ('{"cassette": 2, "provider": "aimlapi"}', 1),
        ('{"cassette": 1, "provider": "aimlapi"}\n{"at": ', 2),
        ('{"cassette": 1, "provider": "aimlapi"}\n{"at": 1}', 2),
    ],
)
def test_a_file_that_is_no_cassette_is_named_with_its_line(
    registry: Registry, tmp_path: Path, content: str, line: int
) -> None:
    path = tmp_path / "a.cassette"
    path.write_text(content, "utf-8")

    with pytest.raises(CassetteError, match=rf"a\.cassette:{line}: is no cassette"):
        build_player(registry, path)


def test_a_cassette_of_another_service_is_left_alone(
    registry: Registry, tmp_path: Path
) -> None:
    path = tmp_path / "a.cassette"
    build_recorder(registry, "fal", path)

    with pytest.raises(CassetteError, match="holds calls to fal, not to aimlapi"):
        build_recorder(registry, "aimlapi", path)
    with pytest.raises(CassetteError, match="known are aimlapi, fal"):
        build_recorder(registry, "fall", path)


def test_bytes_that_are_no_text_are_kept_as_they_are(tmp_path: Path) -> None:
    body = b"\xff\xfe" * 3

    take = Take(method="PUT", host="h", path="/", request=body)

    assert redact_body(body, ["sesame"]) == body
    assert "PUT h" in take.question


def test_a_body_that_nobody_can_look_through_is_not_kept() -> None:
    deep = b"[" * 900 + b"]" * 900

    assert redact_body(deep, []) == b"[redacted]"


def test_members_that_are_called_like_keys_are_not_kept() -> None:
    body = b'{"a": [{"api_key": "x", "max_tokens": 5}], "prompt": "y"}'

    assert json.loads(redact_body(body, [])) == {
        "a": [{"api_key": "[redacted]", "max_tokens": 5}],
        "prompt": "y",
    }
    assert redact_body(b'"abc"', [], name="/tokens/") == b'"[redacted]"'
