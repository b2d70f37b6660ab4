"""What the answers say of a video is what the file says itself."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import av
import httpx
import numpy as np
import pytest

from mock_server import SqliteStore
from mock_server.media.drawing import draw_video
from mock_server.media.films import Film
from mock_server.media.library import Library
from mock_server.media.shapes import Shape
from tests.mock_server.conftest import REQUESTS

SMALL = {"num_frames": 17, "frames_per_second": 8, "resolution": "240p"}


def finish(mock: Any, **members: Any) -> Any:
    """Submit an inpainting, have it completed and return the result."""
    job = mock.inpaint(**(SMALL | members))
    mock.clock.advance(60)
    answer = mock.fal("GET", f"{REQUESTS}/{job['request_id']}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def frames_of(content: bytes) -> list[Any]:
    with av.open(BytesIO(content), "r") as video:
        return [it.to_ndarray(format="rgb24") for it in video.decode(video=0)]


@pytest.mark.parametrize(
    ("aspect", "width", "height"),
    [("16:9", 426, 240), ("1:1", 240, 240), ("9:16", 240, 426)],
)
def test_the_facts_beside_a_video_are_the_file_s(
    mock: Any, aspect: str, width: int, height: int
) -> None:
    said = finish(mock, aspect_ratio=aspect)["video"]

    file = mock.send("GET", said.pop("url"))
    with av.open(BytesIO(file.content), "r") as video:
        stream: Any = video.streams.video[0]
        found = {
            "content_type": file.headers["content-type"],
            "file_size": len(file.content),
            "width": stream.width,
            "height": stream.height,
            "fps": stream.average_rate,
            "duration": float(stream.duration * stream.time_base),
            "num_frames": sum(1 for _ in video.decode(video=0)),
        }
    assert said.pop("file_name").endswith(".mp4")
    assert said == found
    assert (found["width"], found["height"]) == (width, height)


@pytest.mark.parametrize("prompt", ["", "a cat", "@" * 400])
def test_the_size_is_said_before_anything_is_drawn_and_true_of_what_is(
    make_mock: Callable[..., Any], tmp_path: Path, prompt: str
) -> None:
    mock = make_mock(folder=tmp_path)
    said = finish(mock, prompt=prompt)["video"]

    assert not (tmp_path / "media").exists()
    file = mock.send("GET", said["url"])
    assert len(file.content) == said["file_size"]
    assert int(file.headers["content-length"]) == said["file_size"]
    last = mock.send("GET", said["url"], headers={"Range": "bytes=-1"})
    assert last.headers["content-range"].endswith(f"/{said['file_size']}")
    assert len(frames_of(file.content)) == 17


def test_nothing_is_drawn_for_a_thousand_jobs_that_end_at_once(
    mock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Film] = []

    async def draw(_: Library, film: Film) -> None:
        drawn.append(film)

    monkeypatch.setattr(Library, "fetch", draw)
    jobs = [mock.inpaint()["request_id"] for _ in range(1_000)]
    mock.clock.advance(60)

    answers = [mock.fal("GET", f"{REQUESTS}/{it}").json() for it in jobs]
    assert len({it["video"]["url"] for it in answers}) == 1_000
    assert len({it["video"]["file_size"] for it in answers}) == 1  # of one shape
    assert drawn == []


def test_the_frames_are_the_video_s_and_the_facts_beside_them_true(mock: Any) -> None:
    result = finish(mock, return_frames_zip=True)

    said = result["frames_zip"]
    file = mock.send("GET", said["url"])
    assert file.headers["content-type"] == said["content_type"] == "application/zip"
    assert len(file.content) == said["file_size"]
    assert httpx.URL(said["url"]).path.endswith(said["file_name"])
    video = frames_of(mock.send("GET", result["video"]["url"]).content)
    with ZipFile(BytesIO(file.content)) as archive:
        pictures = [frames_of(archive.read(it))[0] for it in archive.namelist()]
        assert archive.namelist()[0] == "frame_0001.png"
    assert len(pictures) == 17
    assert all(np.array_equal(*pair) for pair in zip(video, pictures, strict=True))


def test_the_frames_are_served_in_parts(mock: Any) -> None:
    url = finish(mock, return_frames_zip=True)["frames_zip"]["url"]

    part = mock.send("GET", url, headers={"Range": "bytes=0-1"})

    assert (part.status_code, part.content) == (206, b"PK")


def test_the_frames_are_there_only_where_they_were_asked_for(mock: Any) -> None:
    result = finish(mock)

    assert "frames_zip" not in result
    url = result["video"]["url"].replace(".mp4", ".zip")
    assert mock.send("GET", url).status_code == 404


def test_too_many_frames_for_an_archive_are_a_problem_that_says_so(
    mock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mock_server.media.frames._MOST_PIXELS", 1_000_000)
    job = mock.inpaint(**SMALL, return_frames_zip=True)
    mock.clock.advance(60)

    answer = mock.fal("GET", f"{REQUESTS}/{job['request_id']}")

    assert answer.status_code == 503
    assert "ask for fewer frames, or smaller ones" in answer.json()["detail"]


def test_a_video_is_inside_the_answer_where_the_caller_wants_it_so(mock: Any) -> None:
    said = finish(mock, sync_mode=True)["video"]

    head, _, text = said["url"].partition(",")
    assert head == "data:video/mp4;base64"
    assert len(b64decode(text)) == said["file_size"]
    assert len(frames_of(b64decode(text))) == 17


def input_of(width: int, height: int) -> bytes:
    shape = Shape(width, height, 20, Fraction(12))
    return draw_video(Film(shape=shape, model="m", job="j"))


def data_uri(content: bytes) -> str:
    return f"data:video/mp4;base64,{b64encode(content).decode()}"


def test_what_is_left_to_the_input_follows_it_at_fal(mock: Any) -> None:
    members = {"resolution": "auto", "video_url": data_uri(input_of(600, 400))}
    matching = {"match_input_num_frames": True, "match_input_frames_per_second": True}

    said = finish(mock, **members, **matching)["video"]

    measures = (said["width"], said["height"], said["num_frames"], said["fps"])
    assert measures == (600, 400, 20, 12)


def test_what_is_left_to_the_input_follows_it_at_aimlapi(mock: Any) -> None:
    job = mock.reframe(video_url=data_uri(input_of(120, 160)), num_frames=17)
    mock.clock.advance(60)

    video = frames_of(mock.send("GET", mock.poll(job)["video"]["url"]).content)

    assert (len(video), video[0].shape) == (17, (640, 480, 3))


def test_what_follows_an_input_outlives_a_restart(
    make_mock: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "jobs.sqlite"
    first = make_mock(store=SqliteStore(path))
    job = first.inpaint(video_url=data_uri(input_of(600, 400)), **SMALL)
    first.options["store"].close()

    second = make_mock(store=SqliteStore(path), clock=first.clock)
    first.clock.advance(60)
    said = second.fal("GET", f"{REQUESTS}/{job['request_id']}").json()["video"]
    second.options["store"].close()

    assert (said["width"], said["height"]) == (360, 240)


def test_an_upload_to_the_mock_is_followed(mock: Any) -> None:
    given = mock.fal(
        "POST",
        "/rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3",
        json={"file_name": "a.mp4", "content_type": "video/mp4"},
    ).json()
    mock.send("PUT", given["upload_url"], content=input_of(400, 600))

    said = finish(mock, video_url=given["file_url"])["video"]

    assert (said["width"], said["height"]) == (240, 360)


def test_an_input_elsewhere_is_not_followed_unless_it_is_fetched(
    make_mock: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fetch(_: str) -> bytes:
        return input_of(400, 600)

    monkeypatch.setattr("mock_server.app.fetch_input", fetch)

    left = finish(make_mock())["video"]
    followed = finish(make_mock(fetch_inputs=True))["video"]

    assert (left["width"], left["height"]) == (426, 240)
    assert (followed["width"], followed["height"]) == (240, 360)


def test_the_prompt_of_every_provider_is_drawn(make_mock: Callable[..., Any]) -> None:
    def video(prompt: str) -> bytes:
        mock = make_mock()  # whose first job has the same id each time
        job = mock.reframe(prompt=prompt, num_frames=17)
        mock.clock.advance(60)
        return bytes(mock.send("GET", mock.poll(job)["video"]["url"]).content)

    assert video("a cat") == video("a cat") != video("a dog")


def test_videos_are_kept_where_they_should_be(
    make_mock: Callable[..., Any], tmp_path: Path
) -> None:
    mock = make_mock(folder=tmp_path)
    mock.send("GET", finish(mock)["video"]["url"])

    assert [it.suffix for it in (tmp_path / "media").iterdir()].count(".mp4") == 1
