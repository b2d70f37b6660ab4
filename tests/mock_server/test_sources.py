"""What an input measures is read only where this machine may look at it."""

import asyncio
from base64 import b64encode
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import av
import numpy as np
import pytest

from mock_server.media.drawing import draw_video
from mock_server.media.fetching import UnfetchedError
from mock_server.media.films import Film
from mock_server.media.measuring import measure_video
from mock_server.media.shapes import Shape, Source
from mock_server.media.sources import Sources
from mock_server.uploads import Storage
from specs import Registry

UPRIGHT = draw_video(
    Film(shape=Shape(90, 160, 12, Fraction(24)), model="m", job="j", prompt="p")
)
MEASURES = Source(width=90, height=160, frames=12, rate="24")


def encode(name: str, codec: str, pix_fmt: str) -> bytes:
    """Return three frames of 64 by 32 in another container."""
    target = BytesIO()
    with av.open(target, "w", format=name) as container:
        stream: Any = container.add_stream(codec, rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 32, pix_fmt
        for number in range(3):
            planes = np.full((32, 64, 3), number, np.uint8)
            frame = av.VideoFrame.from_ndarray(planes).reformat(format=pix_fmt)
            frame.pts, frame.time_base = number, Fraction(1, 5)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return target.getvalue()


def turned(content: bytes) -> bytes:
    """Return an MP4 whose header says that it is shown turned by a quarter."""
    upright = b"".join(
        it.to_bytes(4, "big", signed=True)
        for it in (1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    )
    quarter = b"".join(
        it.to_bytes(4, "big", signed=True)
        for it in (0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    )
    track = content.index(b"tkhd")
    at = content.index(upright, track)
    return content[:at] + quarter + content[at + len(upright) :]


def test_a_video_is_measured_from_bytes_or_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "video.bin"
    path.write_bytes(UPRIGHT)

    assert measure_video(UPRIGHT) == measure_video(path) == MEASURES


@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt"),
    [
        ("matroska", "libx264", "yuv420p"),
        ("avi", "mpeg4", "yuv420p"),
        ("gif", "gif", "rgb8"),
    ],
)
def test_a_video_is_measured_in_any_usual_container(
    name: str, codec: str, pix_fmt: str
) -> None:
    found = measure_video(encode(name, codec, pix_fmt))

    assert found is not None
    assert (found.width, found.height, found.rate) == (64, 32, "5")
    assert found.frames == 3


def test_a_video_that_is_shown_turned_is_measured_as_shown() -> None:
    assert measure_video(turned(UPRIGHT)) == Source(
        width=160, height=90, frames=12, rate="24"
    )


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"no video", id="text"),
        pytest.param(UPRIGHT[:100], id="cut"),
        pytest.param(b"\0\0\0\x18ftyp" + bytes(100), id="hollow"),
        pytest.param(b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", id="playlist"),
        pytest.param(b"ffconcat version 1.0\nfile /etc/passwd\n", id="list-of-files"),
    ],
)
def test_what_is_no_video_has_no_measures(content: bytes) -> None:
    assert measure_video(content) is None


def test_a_video_too_large_to_be_one_has_no_measures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mock_server.media.measuring._LARGEST_SIDE", 100)

    assert measure_video(UPRIGHT) is None


def test_nothing_is_measured_where_the_extra_is_not_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "av", None)

    assert measure_video(UPRIGHT) is None


def measure(registry: Registry, sources: Sources, url: object, **members: Any) -> Any:
    contract = registry.contract("fal:fal-ai/wan-22-vace-fun-a14b/inpainting")
    body: dict[str, Any] = {"video_url": url} | members
    return asyncio.run(sources.measure(contract, body))


DATA = f"data:video/mp4;base64,{b64encode(UPRIGHT).decode()}"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        pytest.param(DATA, MEASURES, id="base64"),
        pytest.param(quote(DATA, safe=":;,/"), MEASURES, id="base64-escaped"),
        pytest.param(f"data:video/mp4,{quote(UPRIGHT)}", MEASURES, id="escaped"),
        pytest.param("data:video/mp4;base64,x", None, id="no-base64"),
        pytest.param("data:,", None, id="empty"),
        pytest.param("https://example.com/a.mp4", None, id="elsewhere"),
        pytest.param("file:///etc/hostname", None, id="file"),
        pytest.param("/etc/hostname", None, id="path"),
        pytest.param(7, None, id="no-text"),
    ],
)
def test_an_input_is_measured_where_it_carries_itself(
    registry: Registry, url: object, found: Source | None
) -> None:
    assert measure(registry, Sources(), url) == found


def test_an_input_is_left_alone_where_nothing_follows_it(registry: Registry) -> None:
    fixed = {"aspect_ratio": "1:1", "resolution": "480p"}

    assert measure(registry, Sources(), DATA, **fixed) is None


@pytest.mark.parametrize(
    "base",
    ["https://v3.fal.media", "http://127.0.0.1:8000/v3.fal.media"],
)
def test_an_input_that_was_uploaded_is_measured(registry: Registry, base: str) -> None:
    uploads = registry.contract("fal:fal-ai/wan-22-vace-fun-a14b/inpainting")
    assert uploads.provider.uploads is not None
    storage = Storage(uploads.provider.uploads)
    upload = storage.open("video.mp4", "video/mp4")
    url = f"{base}/files/{upload.key}/video.mp4"
    assert measure(registry, Sources([storage]), url) is None  # not yet

    async def chunks() -> Any:
        yield UPRIGHT

    asyncio.run(storage.write(upload, chunks()))

    assert measure(registry, Sources([storage]), url) == MEASURES


def test_a_name_like_an_upload_is_none_of_it(registry: Registry) -> None:
    provider = registry.contract("fal:fal-ai/wan-22-vace-fun-a14b/inpainting").provider
    assert provider.uploads is not None
    url = f"https://v3.fal.media/files/{'0' * 32}/x.mp4"

    assert measure(registry, Sources([Storage(provider.uploads)]), url) is None


def test_an_input_elsewhere_is_fetched_where_that_is_wanted(registry: Registry) -> None:
    async def fetch(url: str) -> bytes:
        assert url == "https://example.com/a.mp4"
        return UPRIGHT

    sources = Sources(fetch=fetch)

    assert measure(registry, sources, "https://example.com/a.mp4") == MEASURES


def test_an_input_that_cannot_be_fetched_is_no_failure(
    registry: Registry, caplog: pytest.LogCaptureFixture
) -> None:
    async def fetch(_: str) -> bytes:
        raise UnfetchedError("it answers 404")

    found = measure(registry, Sources(fetch=fetch), "https://example.com/a.mp4")

    assert found is None
    assert "was not fetched: it answers 404" in caplog.text
