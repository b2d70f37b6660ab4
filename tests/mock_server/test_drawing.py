import sys
from fractions import Fraction
from io import BytesIO
from typing import Any

import av
import numpy as np
import pytest

from mock_server import MediaUnavailableError
from mock_server.media import drawing
from mock_server.media.drawing import draw_video
from mock_server.media.films import Film
from mock_server.media.shapes import Shape
from mock_server.media.sizes import file_size

SHAPE = Shape(320, 180, 24, Fraction(8))


def film_of(shape: Shape = SHAPE, *, job: str = "job-1", prompt: str = "a cat") -> Film:
    return Film(shape=shape, model="studio/film", job=job, prompt=prompt)


def decode(content: bytes) -> list[Any]:
    """Return the luma of each frame."""
    with av.open(BytesIO(content), "r") as video:
        return [it.to_ndarray()[: it.height] for it in video.decode(video=0)]


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(Shape(854, 480, 81, Fraction(16)), id="480p"),
        pytest.param(Shape(720, 1280, 17, Fraction(30)), id="720p-upright"),
        pytest.param(Shape(240, 240, 24, Fraction(24000, 1001)), id="square"),
        pytest.param(Shape(64, 64, 5, Fraction(1)), id="slowest"),
        pytest.param(Shape(64, 64, 3, Fraction(2)), id="one-after-the-opening"),
        pytest.param(Shape(4096, 16, 2, Fraction(5)), id="flat"),
        pytest.param(Shape(16, 4096, 7, Fraction(5)), id="narrow"),
        pytest.param(Shape(16, 16, 1, Fraction(5)), id="smallest"),
    ],
)
def test_a_video_measures_what_was_asked(shape: Shape) -> None:
    content = draw_video(film_of(shape, prompt="words " * 50))

    with av.open(BytesIO(content), "r") as video:
        (stream,) = video.streams.video
        frames: list[Any] = list(video.decode(video=0))
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert (stream.width, stream.height) == (shape.width, shape.height)
        assert stream.average_rate == shape.rate
        assert len(frames) == stream.frames == shape.frames
        times = [it.pts * it.time_base for it in frames]
        assert times == [number / shape.rate for number in range(shape.frames)]
        assert not any(it.is_corrupt for it in frames)


@pytest.mark.parametrize("prompt", ["", "@" * 400])
@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(Shape(16, 16, 1, Fraction(1)), id="smallest"),
        pytest.param(Shape(256, 256, 3, Fraction(1)), id="hardly-any-frames"),
        pytest.param(Shape(854, 480, 5, Fraction(1)), id="large-steps"),
        pytest.param(Shape(426, 240, 17, Fraction(24)), id="all-of-it-the-opening"),
        pytest.param(Shape(1280, 720, 40, Fraction(30)), id="720p"),
        pytest.param(Shape(16, 4096, 20, Fraction(5)), id="narrow"),
        pytest.param(Shape(4096, 256, 20, Fraction(5)), id="flat"),
        pytest.param(Shape(64, 64, 600, Fraction(1)), id="several-key-frames"),
    ],
)
def test_a_file_is_as_large_as_was_said_whatever_its_letters(
    shape: Shape, prompt: str
) -> None:
    job = "0197f3a0-1234-7abc-8123-0123456789ab:alibaba/wan2.2-vace-fun-a14b-reframe"
    content = draw_video(film_of(shape, job=job, prompt=prompt))

    assert len(content) == file_size(shape)
    assert len(decode(content)) == shape.frames


def test_what_is_too_large_for_its_file_is_drawn_more_coarsely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fine = draw_video(film_of())
    drawing._encode_remainder.cache_clear()
    monkeypatch.setattr(drawing, "file_size", lambda _: 9_000)
    monkeypatch.setattr(drawing, "room_of_remainder", lambda _: 2_500)

    coarse = draw_video(film_of())

    drawing._encode_remainder.cache_clear()
    assert len(coarse) == 9_000 < len(fine)
    assert len(decode(coarse)) == 24


def test_every_frame_of_a_video_differs() -> None:
    assert len({it.tobytes() for it in decode(draw_video(film_of()))}) == 24


def test_two_jobs_differ_in_their_first_second_alone() -> None:
    one = decode(draw_video(film_of(job="0000", prompt="a cat")))
    other = decode(draw_video(film_of(job="8888", prompt="a dog")))

    same = [np.array_equal(*pair) for pair in zip(one, other, strict=True)]
    assert same == [False] * 8 + [True] * 16


@pytest.mark.parametrize(
    "change", [{"model": "other/model"}, {"job": "job-2"}, {"prompt": "a dog"}]
)
def test_the_first_frame_shows_the_model_the_job_and_the_prompt(
    change: dict[str, str],
) -> None:
    facts: dict[str, Any] = {"model": "m", "job": "job-1", "prompt": "a cat"}
    shape = Shape(320, 180, 1, Fraction(8))

    first = decode(draw_video(Film(shape=shape, **facts)))
    second = decode(draw_video(Film(shape=shape, **(facts | change))))

    assert not np.array_equal(first[0], second[0])


@pytest.mark.parametrize(
    "prompt",
    [
        pytest.param("", id="empty"),
        pytest.param("\x00\x1b[2J\r\n\t", id="control"),
        pytest.param("\ud800\U0010ffff\u202e狐", id="unusual"),
        pytest.param("x" * 100_000, id="endless"),
        pytest.param("é" * 500, id="accents"),
    ],
)
def test_any_prompt_can_be_drawn(prompt: str) -> None:
    shape = Shape(64, 36, 3, Fraction(8))

    assert len(decode(draw_video(film_of(shape, prompt=prompt)))) == 3


def test_a_video_is_the_same_whenever_it_is_drawn() -> None:
    assert draw_video(film_of()) == draw_video(film_of())


def test_a_video_too_large_to_be_remembered_is_drawn_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    remembered = draw_video(film_of())
    monkeypatch.setattr(drawing, "_MOST_REMEMBERED", 0)

    assert draw_video(film_of()) == remembered


def test_a_video_can_start_before_all_of_it_has_come() -> None:
    content = draw_video(film_of())

    assert content.index(b"moov") < content.index(b"mdat")


@pytest.mark.parametrize("missing", ["av", "numpy"])
def test_a_missing_package_is_one_line_that_names_the_extra(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)

    with pytest.raises(MediaUnavailableError, match=r"pip install 'reelspec\[media\]'"):
        draw_video(film_of())
