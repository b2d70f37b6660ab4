from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mock_server.media.shapes import Shape, Source, follows_input, read_shape
from specs import Bound, NumberSchema, ObjectSchema, Property, StringSchema

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


SOURCE = Source(width=1080, height=1920, frames=120, rate="30000/1001")
BOUNDED = ObjectSchema(
    pointer="test#",
    properties={
        "num_frames": Property(
            name="num_frames",
            required=False,
            schema=NumberSchema(
                pointer="test#/f",
                type="integer",
                default=81,
                minimum=Bound(Decimal(17)),
                maximum=Bound(Decimal(100)),
            ),
        ),
        "frames_per_second": Property(
            name="frames_per_second",
            required=False,
            schema=NumberSchema(pointer="test#/p", type="number", default=16),
        ),
        "resolution": Property(
            name="resolution",
            required=False,
            schema=StringSchema(
                pointer="test#/r", default="auto", enum=("auto", "240p", "720p")
            ),
        ),
    },
)


@pytest.mark.parametrize(
    ("body", "inputs", "shape"),
    [
        pytest.param(
            BOUNDED, {}, Shape(720, 1280, 81, Fraction(16)), id="the-largest-listed"
        ),
        pytest.param(
            EMPTY,
            {"resolution": "auto", "num_frames": 9},
            Shape(1080, 1920, 9, Fraction(16)),
            id="nothing-is-listed",
        ),
        pytest.param(
            BOUNDED,
            {"resolution": "240p", "aspect_ratio": "auto"},
            Shape(240, 426, 81, Fraction(16)),
            id="the-aspect-alone",
        ),
        pytest.param(
            BOUNDED,
            {"aspect_ratio": "16:9"},
            Shape(1280, 720, 81, Fraction(16)),
            id="the-size-alone",
        ),
        pytest.param(
            BOUNDED,
            {"match_input_num_frames": True, "match_input_frames_per_second": True},
            Shape(720, 1280, 100, Fraction(30000, 1001)),
            id="frames-within-bounds-and-rate",
        ),
        pytest.param(
            EMPTY,
            {"match_input_num_frames": True, "aspect_ratio": "1:1"},
            Shape(480, 480, 120, Fraction(16)),
            id="frames-without-bounds",
        ),
    ],
)
def test_what_is_left_to_the_input_follows_it(
    body: ObjectSchema, inputs: dict[str, Any], shape: Shape
) -> None:
    assert read_shape(body, inputs, SOURCE) == shape


def test_a_source_that_does_not_say_how_long_it_is_leaves_the_length_as_asked() -> None:
    source = replace(SOURCE, frames=0)
    inputs = {"match_input_num_frames": True, "num_frames": 33}

    assert read_shape(EMPTY, inputs, source).frames == 33


@pytest.mark.parametrize(
    ("inputs", "follows"),
    [
        ({}, True),
        ({"aspect_ratio": "16:9"}, False),
        ({"aspect_ratio": "auto"}, True),
        ({"aspect_ratio": "1:1", "resolution": "auto"}, True),
        ({"aspect_ratio": "1:1", "match_input_num_frames": True}, True),
        ({"aspect_ratio": "1:1", "match_input_num_frames": False}, False),
    ],
)
def test_a_body_says_whether_anything_follows_the_input(
    inputs: dict[str, Any], follows: bool
) -> None:
    assert follows_input(EMPTY, inputs) is follows
