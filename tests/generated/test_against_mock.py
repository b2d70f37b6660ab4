"""The generated clients against the whole mock, over real sockets."""

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from reel_clients import aimlapi, fal
from reel_clients.errors import (
    AuthenticationError,
    ContractViolation,
    DeadlineExceeded,
    DownloadError,
    InsufficientCredits,
    JobFailed,
    NetworkError,
    RateLimited,
    ReelError,
    UnverifiedWebhook,
)

from mock_server import SCENARIO_HEADER, Server, Timing, build_app
from specs import Registry, vendored_folder

KEY = "id:secret"
SHORT = {"prompt": "a kite", "video_url": "https://x.y", "num_frames": 17}


@pytest.fixture(scope="module")
def mock() -> Iterator[str]:
    registry = Registry.load(vendored_folder())
    timing = Timing(queued=0, generating=0)
    with Server(build_app(registry, timing=timing)) as server:
        yield server.base_url


@pytest.fixture
def client(mock: str) -> Iterator[fal.Client]:
    with fal.Client(api_key=KEY, base_url=mock, sleep=lambda _: None) as it:
        yield it


def submit(client: fal.Client, scenario: str = "success", **more: Any) -> Any:
    return client.wan_22_vace_fun_a14b_inpainting.submit(
        **{**SHORT, **more}, extra_headers={SCENARIO_HEADER: scenario}
    )


def test_a_video_comes_from_each_provider(mock: str, tmp_path: Path) -> None:
    async def work() -> Path:
        async with aimlapi.AsyncClient(api_key=KEY, base_url=mock) as client:
            model = client.wan2_2_vace_fun_a14b_inpainting
            job = await model.submit(
                prompt="a kite", video_url="https://x.y", num_frames=17
            )
            return await job.download(tmp_path / "aimlapi.mp4")

    with fal.Client(api_key=KEY, base_url=mock) as client:
        ours = submit(client).download(tmp_path / "fal.mp4")

    assert [it.read_bytes()[4:8] for it in (ours, asyncio.run(work()))] == [b"ftyp"] * 2


def test_a_video_inside_the_answer_is_taken_from_there(
    client: fal.Client, tmp_path: Path
) -> None:
    finished = submit(client, sync_mode=True).wait()

    path = finished.download(tmp_path / "out.mp4")

    assert finished.video_url.startswith("data:")
    assert path.read_bytes()[4:8] == b"ftyp"


@pytest.mark.parametrize(
    ("scenario", "error"),
    [
        ("unauthorised", AuthenticationError),
        ("no_credits", InsufficientCredits),
        ("rate_limited", RateLimited),
        ("malformed_json", ContractViolation),
        ("connection_reset", NetworkError),
    ],
)
def test_a_submit_that_goes_wrong_says_how_and_is_sent_once(
    scenario: str, error: type[ReelError], mock: str
) -> None:
    attempts: list[Any] = []
    with (
        fal.Client(api_key=KEY, base_url=mock, on_attempt=attempts.append) as it,
        pytest.raises(error),
    ):
        submit(it, scenario)

    assert len(attempts) == 1


def test_a_rate_limit_says_when_to_come_back(client: fal.Client) -> None:
    with pytest.raises(RateLimited) as caught:
        submit(client, "rate_limited")

    assert (caught.value.retry_after or 0) > 0


def test_a_failed_job_says_what_the_provider_says(client: fal.Client) -> None:
    with pytest.raises(JobFailed, match=r"no_media_generated.*No video was") as caught:
        submit(client, "error").wait()

    assert caught.value.name == "no_media_generated"


def test_a_job_outlives_polls_that_fail(client: fal.Client, tmp_path: Path) -> None:
    assert submit(client, "flaky").download(tmp_path / "out.mp4").exists()


def test_a_download_is_taken_up_for_as_long_as_it_gets_further(
    client: fal.Client, tmp_path: Path
) -> None:
    # Each answer breaks off at half of what it should bring: the last byte never comes.
    with pytest.raises(DownloadError, match="received 0 bytes, expected 1"):
        submit(client, "truncated_download").download(tmp_path / "out.mp4")

    assert list(tmp_path.iterdir()) == []


def test_a_stuck_job_is_given_up_on_and_can_be_cancelled(mock: str) -> None:
    with fal.Client(api_key=KEY, base_url=mock) as client:
        job = submit(client, "stuck")
        with pytest.raises(DeadlineExceeded) as caught:
            job.wait(timeout=0.3, interval=0.1)
        again: Any = client.resume(caught.value.job.to_json())
        again.cancel()
        with pytest.raises(JobFailed):
            again.wait(timeout=10)


def test_a_file_is_uploaded_to_fal_and_goes_into_the_body_at_aimlapi(
    client: fal.Client, mock: str, tmp_path: Path
) -> None:
    video = tmp_path / "in.mp4"
    video.write_bytes(b"\0" * 5000)
    with video.open("rb") as file:
        job = submit(client, video_url=video, ref_image_urls=[file])

    with aimlapi.Client(api_key=KEY, base_url=mock) as other:
        inside = other.wan2_2_vace_fun_a14b_reframe.submit(video_url=video)

    assert job.id != inside.id


class Receiver(BaseHTTPRequestHandler):
    """A program's own server, to which webhooks are delivered."""

    came: SimpleQueue[tuple[bytes, dict[str, str]]] = SimpleQueue()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.came.put((body, dict(self.headers)))

    def log_message(self, *_: Any) -> None:
        pass


def test_a_webhook_that_the_mock_delivers_is_proven_and_a_changed_one_is_not(
    client: fal.Client, mock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REEL_BASE_URL", mock)
    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        job = submit(
            client, webhook_url=f"http://127.0.0.1:{server.server_address[1]}/"
        )
        body, headers = Receiver.came.get(timeout=60)
        server.shutdown()
        thread.join()

    assert fal.webhooks.verify(body, headers).request_id == job.id
    assert json.loads(body)["payload"]["video"]["url"]
    with pytest.raises(UnverifiedWebhook):
        fal.webhooks.verify(body.replace(b"kite", b"bird"), headers)
    with pytest.raises(UnverifiedWebhook):
        fal.webhooks.Verifier(
            url=f"{mock}/rest.fal.ai/.well-known/jwks.json",
            prefix="X-Fal-Webhook",
            clock=lambda: 0.0,
        ).verify(body, headers)
