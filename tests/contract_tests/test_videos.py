from fractions import Fraction
from pathlib import Path

import av
import pytest

from contract_tests import TargetError
from contract_tests.videos import VideoFacts, binding, find_differences, measure
from specs import Registry
from tests.contract_tests.conftest import FAL, small

SQUARE = VideoFacts(frames=17, rate=Fraction(16), width=480, height=480)


def write_video(path: Path, *, frames: int, rate: int, width: int, height: int) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for _ in range(frames):
            container.mux(stream.encode(av.VideoFrame(width, height, "yuv420p")))
        container.mux(stream.encode())


def test_a_video_measures_what_it_was_written_with(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    write_video(path, frames=9, rate=12, width=64, height=48)

    assert measure(path) == VideoFacts(frames=9, rate=Fraction(12), width=64, height=48)
    assert str(measure(path)) == "64×48, 9 frames at 12/s"


@pytest.mark.parametrize(
    "content",
    [pytest.param(b"", id="empty"), pytest.param(b"<html>gone</html>", id="a-page")],
)
def test_a_file_that_is_no_video_is_named_in_one_line(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(content)

    with pytest.raises(TargetError, match=r"a\.mp4: is no video") as caught:
        measure(path)

    assert "\n" not in str(caught.value)


def test_a_sound_file_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        stream.layout = "mono"
        frame = av.AudioFrame(format="s16", layout="mono", samples=800)
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())

    with pytest.raises(TargetError, match="is no video"):
        measure(path)


def test_a_video_as_asked_has_no_differences() -> None:
    asked = {
        "num_frames": 17,
        "frames_per_second": 16,
        "resolution": "480p",
        "aspect_ratio": "1:1",
    }

    assert list(find_differences(asked, SQUARE)) == []


@pytest.mark.parametrize(
    ("more", "judged"),
    [
        ({}, {"resolution"}),
        ({"match_input_num_frames": True}, {"resolution"}),
        ({"match_input_num_frames": False}, {"num_frames", "resolution"}),
    ],
)
def test_frames_bind_the_service_where_nothing_lets_it_choose(
    more: dict[str, object], judged: set[str], registry: Registry
) -> None:
    contract = small(
        registry.contract(FAL), "num_frames", "resolution", "match_input_num_frames"
    )
    asked = {"num_frames": 17, "resolution": "480p", **more}

    assert binding(contract, asked).keys() - more.keys() == judged


def test_what_was_left_to_the_service_is_not_judged() -> None:
    asked = {"resolution": "auto", "aspect_ratio": "auto"}

    assert list(find_differences(asked, SQUARE)) == []


@pytest.mark.parametrize(
    ("asked", "difference"),
    [
        pytest.param(
            {"num_frames": 18}, "num_frames=18 was asked, 17 came", id="frames"
        ),
        pytest.param(
            {"frames_per_second": 24},
            "frames_per_second=24 was asked, 16 came",
            id="rate",
        ),
        pytest.param(
            {"resolution": "720p"}, "resolution=720p was asked, 480×480 came", id="side"
        ),
        pytest.param(
            {"aspect_ratio": "16:9"},
            "aspect_ratio=16:9 was asked, 1.000 came",
            id="aspect",
        ),
    ],
)
def test_each_difference_is_named(asked: dict[str, object], difference: str) -> None:
    assert list(find_differences(asked, SQUARE)) == [difference]
