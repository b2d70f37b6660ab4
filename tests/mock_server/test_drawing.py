import sys
from fractions import Fraction
from io import BytesIO

import av
import pytest

from mock_server import MediaUnavailableError
from mock_server.media.drawing import draw_video
from mock_server.media.shapes import Shape


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(Shape(854, 480, 81, Fraction(16)), id="480p"),
        pytest.param(Shape(720, 1280, 17, Fraction(30)), id="720p-upright"),
        pytest.param(Shape(240, 240, 24, Fraction(24000, 1001)), id="square"),
        pytest.param(Shape(16, 16, 1, Fraction(5)), id="smallest"),
    ],
)
def test_a_video_measures_what_was_asked(shape: Shape) -> None:
    content = draw_video(shape)

    with av.open(BytesIO(content), "r") as video:
        (stream,) = video.streams.video
        frames = list(video.decode(video=0))
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert (stream.width, stream.height) == (shape.width, shape.height)
        assert stream.average_rate == shape.rate
        assert len(frames) == stream.frames == shape.frames


def test_a_video_moves() -> None:
    content = draw_video(Shape(320, 180, 8, Fraction(8)))

    with av.open(BytesIO(content), "r") as video:
        frames = {it.to_ndarray().tobytes() for it in video.decode(video=0)}
    assert len(frames) == 8


def test_a_video_can_start_before_all_of_it_has_come() -> None:
    content = draw_video(Shape(320, 180, 8, Fraction(8)))

    assert content.index(b"moov") < content.index(b"mdat")


@pytest.mark.parametrize("missing", ["av", "numpy"])
def test_a_missing_package_is_one_line_that_names_the_extra(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)

    with pytest.raises(MediaUnavailableError, match=r"pip install 'reelspec\[media\]'"):
        draw_video(Shape(16, 16, 1, Fraction(5)))
