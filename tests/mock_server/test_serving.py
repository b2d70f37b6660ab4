"""A real socket, a real client."""

import signal
import subprocess
import sys
import threading
from io import BytesIO

import av
import httpx
import pytest
import uvicorn

from mock_server import (
    AddressError,
    ManualClock,
    PortInUseError,
    Server,
    build_app,
    serve,
)
from specs import Registry

BODY = {
    "model": "alibaba/wan2.2-vace-fun-a14b-reframe",
    "video_url": "https://example.com/a.mp4",
    "num_frames": 24,
    "frames_per_second": 12,
    "aspect_ratio": "1:1",
}


def test_a_video_is_made_and_downloaded_over_a_socket(registry: Registry) -> None:
    clock = ManualClock()
    headers = {"Authorization": "Bearer k"}
    with (
        Server(build_app(registry, clock=clock)) as server,
        httpx.Client(base_url=server.base_url) as client,
    ):
        made = client.post("/v2/video/generations", json=BODY, headers=headers)
        clock.advance(10)
        done = client.get(
            "/v2/video/generations",
            params={"generation_id": made.json()["id"]},
            headers=headers,
        )
        content = client.get(done.json()["video"]["url"]).content

    assert done.json()["video"]["url"].startswith(server.base_url)
    with av.open(BytesIO(content)) as video:
        stream = video.streams.video[0]
        assert stream.frames == 24
        assert stream.average_rate == 12
        assert (stream.width, stream.height) == (480, 480)


def test_a_body_past_the_limit_is_refused_over_a_socket(registry: Registry) -> None:
    with (
        Server(build_app(registry)) as server,
        httpx.Client(base_url=server.base_url) as client,
    ):
        answer = client.post(
            "/v2/video/generations",
            content=(b"x" * 1_000_000 for _ in range(11)),
            headers={
                "Authorization": "Bearer k",
                "Content-Type": "application/json",
            },
        )

    assert answer.status_code == 413


def test_a_port_in_use_is_one_line_that_says_what_to_do(registry: Registry) -> None:
    app = build_app(registry)
    with Server(app) as server:
        port = int(server.base_url.rpartition(":")[2])

        with pytest.raises(PortInUseError) as caught:
            serve(app, port=port)

    assert str(caught.value) == (
        f"127.0.0.1:{port}: another program listens on this port; stop it, or choose "
        "another (0 takes a free one)"
    )


@pytest.mark.parametrize(
    ("host", "port"), [("192.0.2.1", 0), ("no such host", 0), ("127.0.0.1", 99_999)]
)
def test_an_address_that_cannot_be_had_is_one_line(
    registry: Registry, host: str, port: int
) -> None:
    with pytest.raises(AddressError, match="choose another address"):
        serve(build_app(registry), host=host, port=port)


def test_an_ipv6_address_is_served(registry: Registry) -> None:
    with Server(build_app(registry), host="::1") as server:
        assert server.base_url.startswith("http://[::1]:")
        answer = httpx.get(f"{server.base_url}/__mock__/health")

    assert answer.status_code == 200


def test_serve_blocks_until_it_is_told_to_stop(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers: list[uvicorn.Server] = []
    startup = uvicorn.Server.startup

    async def remember(self: uvicorn.Server, sockets: object = None) -> None:
        servers.append(self)
        await startup(self, sockets)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(uvicorn.Server, "startup", remember)
    ready: list[str] = []
    answered: list[int] = []

    def ask(url: str) -> None:
        answered.append(httpx.get(f"{url}/__mock__/health").status_code)
        servers[0].should_exit = True

    def on_ready(url: str) -> None:
        ready.append(url)
        threading.Thread(target=ask, args=(url,)).start()

    serve(build_app(registry), on_ready=on_ready)

    assert len(ready) == 1
    assert answered == [200]


def test_an_interrupt_ends_the_server_quietly() -> None:
    program = (
        "from mock_server import build_app, serve\n"
        "from specs import Registry, vendored_folder\n"
        "app = build_app(Registry.load(vendored_folder()))\n"
        "serve(app, on_ready=lambda url: print(url, flush=True))\n"
        "print('stopped')\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        answer = httpx.get(f"{url}/__mock__/health")
        server.send_signal(signal.SIGINT)
        said, complaints = server.communicate(timeout=20)

    assert answer.status_code == 200
    assert (said, complaints, server.returncode) == ("stopped\n", "", 0)
