from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.media.shapes import Shape, read_shape
from specs import NumberSchema, ObjectSchema, Property, StringSchema

EMPTY = ObjectSchema(pointer="test#", properties={})
WITH_DEFAULTS = ObjectSchema(
    pointer="test#",
    properties={
        "num_frames": Property(
            name="num_frames",
            required=False,
            schema=NumberSchema(pointer="test#/f", type="integer", default=81),
        ),
        "resolution": Property(
            name="resolution",
            required=False,
            schema=StringSchema(pointer="test#/r", default="auto"),
        ),
        "aspect_ratio": Property(
            name="aspect_ratio",
            required=False,
            schema=StringSchema(pointer="test#/a"),
        ),
    },
)


@pytest.mark.parametrize(
    ("inputs", "width", "height"),
    [
        ({}, 854, 480),
        ({"resolution": "auto", "aspect_ratio": "auto"}, 854, 480),
        ({"resolution": "720p"}, 1280, 720),
        ({"resolution": "580p"}, 1032, 580),
        ({"resolution": "240p", "aspect_ratio": "1:1"}, 240, 240),
        ({"resolution": "720p", "aspect_ratio": "9:16"}, 720, 1280),
        ({"resolution": "1080p", "ratio": "21:9"}, 2520, 1080),
        ({"resolution": "2K", "aspect_ratio": "adaptive"}, 2560, 1440),
        ({"resolution": 360, "aspect_ratio": "4:3"}, 480, 360),
        ({"frame_size": "1104:832"}, 1104, 832),
        ({"size": "848x481"}, 848, 480),
        ({"resolution": "99999p"}, 4096, 4096),
        ({"resolution": "0p"}, 16, 16),
        ({"aspect_ratio": "0:0"}, 854, 480),
    ],
)
def test_a_size_is_read_however_it_is_spelt(
    inputs: dict[str, Any], width: int, height: int
) -> None:
    shape = read_shape(EMPTY, inputs)

    assert (shape.width, shape.height) == (width, height)


@pytest.mark.parametrize(
    ("inputs", "frames", "rate"),
    [
        ({}, 80, 16),
        ({"num_frames": 33, "frames_per_second": 24}, 33, 24),
        ({"num_frames": None, "duration": 10}, 160, 16),
        ({"duration": "5s", "fps": 23.976}, 119, Fraction("23.976")),
        ({"duration": "auto"}, 80, 16),
        ({"num_frames": 10**9, "frames_per_second": 10**6}, 2000, 120),
        ({"num_frames": 0, "frames_per_second": 0}, 1, 1),
    ],
)
def test_a_length_is_read_from_frames_or_seconds(
    inputs: dict[str, Any], frames: int, rate: Fraction
) -> None:
    shape = read_shape(EMPTY, inputs)

    assert (shape.frames, shape.rate) == (frames, rate)


def test_the_document_s_defaults_hold_where_the_caller_is_silent() -> None:
    assert read_shape(WITH_DEFAULTS, {}) == Shape(854, 480, 81, Fraction(16))


def test_a_shape_knows_how_long_it_runs() -> None:
    assert Shape(16, 16, 81, Fraction(16)).seconds == 5.0625


JSON = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
NAMES = ["num_frames", "frames_per_second", "duration", "resolution", "aspect_ratio"]


@given(inputs=st.dictionaries(st.sampled_from(NAMES), JSON))
def test_whatever_is_asked_for_the_shape_can_be_drawn(inputs: dict[str, Any]) -> None:
    shape = read_shape(EMPTY, inputs)

    assert shape.width % 2 == shape.height % 2 == 0
    assert min(shape.width, shape.height) >= 16
    assert max(shape.width, shape.height) <= 4096
    assert 1 <= shape.frames <= 2000
    assert 1 <= shape.rate <= 120
