"""A real browser plays what the mock serves."""

import subprocess
from pathlib import Path
from queue import Queue

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from mock_server import ManualClock, Server, build_app
from specs import Registry, vendored_folder

PAGE = """
<!doctype html>
<video muted src="{url}"></video>
<script>
  const video = document.querySelector("video");
  const report = (said) => fetch("/report?" + new URLSearchParams(said));
  video.onerror = () => report({{error: video.error.message}});
  video.onended = () => report({{
    width: video.videoWidth,
    height: video.videoHeight,
    duration: video.duration,
    played: video.currentTime,
  }});
  video.play().catch((error) => report({{error}}));
</script>
"""


def finished_video(base_url: str, clock: ManualClock) -> str:
    """Return the URL of a video of 17 frames, 30 a second, upright 480p."""
    headers = {"Authorization": "Bearer any"}
    body = {
        "model": "alibaba/wan2.2-vace-fun-a14b-reframe",
        "video_url": "https://example.com/input.mp4",
        "num_frames": 17,
        "frames_per_second": 30,
        "aspect_ratio": "9:16",
    }
    url = f"{base_url}/v2/video/generations"
    job = httpx.post(url, json=body, headers=headers).json()["id"]
    clock.advance(60)
    answer = httpx.get(url, params={"generation_id": job}, headers=headers)
    return str(answer.json()["video"]["url"])


def test_a_browser_plays_a_finished_video_to_its_end(
    tmp_path: Path, chromium: str
) -> None:
    clock = ManualClock()
    said: Queue[dict[str, str]] = Queue()

    async def show(request: Request) -> HTMLResponse:
        return HTMLResponse(PAGE.format(url=request.query_params["video"]))

    async def listen(request: Request) -> Response:
        said.put(dict(request.query_params))
        return Response(status_code=204)

    pages = Starlette(routes=[Route("/page", show), Route("/report", listen)])
    mock = build_app(Registry.load(vendored_folder()), clock=clock)
    with Server(mock) as service, Server(pages) as site:
        video = finished_video(service.base_url, clock)
        process = subprocess.Popen(
            [
                chromium,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--autoplay-policy=no-user-gesture-required",
                f"--user-data-dir={tmp_path}",
                str(httpx.URL(f"{site.base_url}/page", params={"video": video})),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            report = said.get(timeout=60)
        finally:
            process.kill()
            process.wait()

    assert "error" not in report
    assert (report["width"], report["height"]) == ("480", "854")
    assert float(report["duration"]) == pytest.approx(17 / 30, abs=0.01)
    assert float(report["played"]) == pytest.approx(17 / 30, abs=0.05)
