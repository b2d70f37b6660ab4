"""A server that is told to end does, whatever it is at."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import redis

from tests.mock_server.conftest import standing_still

KEY = {"Authorization": "Key id:secret"}
APP = "/fal-ai/wan-22-vace-fun-a14b"
BODY = {
    "prompt": "a cat",
    "video_url": "https://example.com/source.mp4",
    "num_frames": 241,
    "resolution": "720p",
}
SECONDS = 20  # that it may take on a busy machine; drawing would take minutes


@contextmanager
def serving(said: Path, *options: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Run a mock that says into the file *said* what goes wrong."""
    with said.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "reelspec", "mock", "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
    assert process.stdout is not None
    try:
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None, said.read_text()
        yield process, found.group()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@contextmanager
def waiting_for(base_url: str, paths: list[str]) -> Iterator[None]:
    """Ask for *paths* at once, over a connection each, and read no answer."""
    address = urlsplit(base_url)
    head = (
        f"GET %s HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Key a:b\r\n\r\n"
    )
    with ExitStack() as stack:
        for path in paths:
            place = address.hostname or "", address.port or 0
            connection = stack.enter_context(socket.create_connection(place))
            connection.sendall((head % path).encode())
        yield


@pytest.mark.parametrize("workers", [1, 2])
def test_a_server_ends_though_many_videos_wait_to_be_drawn(
    tmp_path: Path, workers: int
) -> None:
    store, said = str(tmp_path / "jobs.sqlite"), tmp_path / "said.txt"
    options = ["--store", store, "--clock", "manual", "--workers", str(workers)]
    with (
        serving(said, *options) as (process, base_url),
        httpx.Client(base_url=base_url, headers=KEY, timeout=60) as client,
    ):
        ids = [
            client.post(f"{APP}/inpainting", json=BODY).json()["request_id"]
            for _ in range(400)
        ]
        stuck = {"X-Mock-Scenario": "stuck"}
        stays = client.post(f"{APP}/inpainting", json=BODY, headers=stuck).json()
        client.post("/__mock__/clock/advance", json={"seconds": 60})
        videos = [f"/__mock__/media/{it}.mp4" for it in ids]
        stream = f"{APP}/requests/{stays['request_id']}/status/stream"

        with waiting_for(base_url, [*videos, stream]):
            client.get("/__mock__/health").raise_for_status()
            process.send_signal(signal.SIGTERM)
            code = process.wait(SECONDS)

    drawn = [*(tmp_path / "media").glob("*.mp4")]
    assert code == 128 + signal.SIGTERM
    assert len(drawn) < 300  # or it would have ended once all were drawn
    assert "Traceback" not in said.read_text()


def test_a_server_ends_though_its_redis_stands_still(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, redis_url: str
) -> None:
    monkeypatch.chdir(tmp_path)  # where uploads go
    with (
        redis.Redis.from_url(redis_url) as operator,
        serving(tmp_path / "said.txt", "--store", redis_url) as (process, base_url),
        httpx.Client(base_url=base_url, headers=KEY, timeout=60) as client,
    ):
        job = client.post(f"{APP}/inpainting", json=BODY).json()["request_id"]
        with (
            standing_still(int(operator.info()["process_id"])),
            waiting_for(base_url, [f"{APP}/requests/{job}/status"] * 50),
        ):
            client.get("/__mock__/openapi.json").raise_for_status()
            process.send_signal(signal.SIGTERM)
            code = process.wait(SECONDS)

    assert code == 128 + signal.SIGTERM
