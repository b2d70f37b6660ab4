"""fal's own Python client, pointed at the mock by its addresses."""

import asyncio
import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fal_client
import httpx
import pytest
from fal_client import client as wires

from mock_server import Server, Timing, build_app
from specs import Registry

# The client never closes its connections.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

APP = "fal-ai/wan-22-vace-fun-a14b/inpainting"
INPUT = {"prompt": "a cat", "video_url": "https://example.com/a.mp4", "num_frames": 17}


@pytest.fixture
def base_url(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Serve the mock, and have the client take it for the service."""
    timing = Timing(queued=0.1, generating=0.2)
    with Server(build_app(registry, timing=timing)) as server:
        url = server.base_url
        monkeypatch.setenv("FAL_KEY", "id:secret")
        monkeypatch.setattr(wires, "QUEUE_URL_FORMAT", f"{url}/queue.fal.run/")
        monkeypatch.setattr(wires, "RUN_URL_FORMAT", f"{url}/fal.run/")
        monkeypatch.setattr(wires, "REST_URL", f"{url}/rest.fal.ai")
        monkeypatch.setattr(wires, "CDN_URL", f"{url}/v3.fal.media")
        yield url
        gc.collect()  # so that what is left open is not laid at another test's door


def test_a_subscription_ends_with_the_video(base_url: str) -> None:
    seen: list[Any] = []

    result = fal_client.SyncClient().subscribe(
        APP, INPUT, with_logs=True, on_queue_update=seen.append
    )

    assert httpx.get(result["video"]["url"]).content[4:8] == b"ftyp"
    assert isinstance(seen[-1], fal_client.Completed)
    assert seen[-1].logs


def test_a_job_is_followed_by_its_id(base_url: str) -> None:
    client = fal_client.SyncClient()
    handle = client.submit(APP, INPUT)
    first = client.status(APP, handle.request_id)
    result = handle.get()

    assert isinstance(first, fal_client.Queued | fal_client.InProgress)
    assert client.result(APP, handle.request_id) == result


def test_a_cancelled_job_has_no_result(base_url: str) -> None:
    handle = fal_client.SyncClient().submit(APP, INPUT)
    handle.cancel()

    with pytest.raises(fal_client.client.FalClientHTTPError) as caught:
        handle.get()

    assert caught.value.status_code == 499


def test_a_run_is_answered_with_the_output(base_url: str) -> None:
    result = fal_client.SyncClient().run(APP, INPUT)

    assert result["prompt"] == "a cat"
    assert result["video"]["url"].startswith(f"{base_url}/__mock__/media/")


def test_a_run_that_fails_has_the_code_of_the_job(base_url: str) -> None:
    with pytest.raises(fal_client.client.FalClientHTTPError) as caught:
        fal_client.SyncClient().run(APP, INPUT, headers={"X-Mock-Scenario": "error"})

    assert caught.value.status_code == 422


def test_an_async_client_does_the_same(base_url: str) -> None:
    async def use() -> tuple[Any, str]:
        client = fal_client.AsyncClient()
        result = await client.subscribe(APP, INPUT)
        return result, await client.upload(b"abc", "text/plain", "a.txt")

    result, url = asyncio.run(use())

    assert result["prompt"] == "a cat"
    assert httpx.get(url).content == b"abc"


def test_an_upload_is_served_again(base_url: str, tmp_path: Path) -> None:
    path = tmp_path / "a tired cat.mp4"
    path.write_bytes(b"a video")

    url = fal_client.SyncClient().upload_file(path)

    answer = httpx.get(url)
    assert answer.content == b"a video"
    assert answer.headers["content-type"] == "video/mp4"


def test_an_upload_goes_by_the_older_way_too(base_url: str) -> None:
    url = fal_client.SyncClient().upload(b"abc", "image/png", repository="fal")

    assert httpx.get(url).content == b"abc"


def test_an_upload_in_parts_is_served_whole(
    base_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(wires, "MULTIPART_THRESHOLD", 1_000)
    monkeypatch.setattr(wires, "MULTIPART_CHUNK_SIZE", 700)
    content = bytes(range(256)) * 20
    path = tmp_path / "long.mp4"
    path.write_bytes(content)

    url = fal_client.SyncClient().upload_file(path)

    assert httpx.get(url).content == content
    assert httpx.get(url, headers={"Range": "bytes=1-3"}).content == content[1:4]
