"""What a video must measure, read from the members of a submit body.

Documents spell the same wish in many ways; `_NAMES` is the one place that knows them.
What is left to the input video follows it where it could be read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import msgspec

from specs import UNSET, Json, NumberSchema, ObjectSchema

_NAMES: Mapping[str, tuple[str, ...]] = {
    "frames": ("num_frames",),
    "rate": ("frames_per_second", "fps"),
    "seconds": ("duration", "duration_seconds", "seconds"),
    "size": ("resolution", "frame_size", "size"),
    "aspect": ("aspect_ratio", "ratio"),
}
_MATCHING = {
    "frames": "match_input_num_frames",
    "rate": "match_input_frames_per_second",
}
_LEFT = ("auto", None)  # what an aspect is where the input decides it
SHAPING: frozenset[str] = frozenset(
    it for names in (*_NAMES.values(), _MATCHING.values()) for it in names
)
"""The body members that a video's shape depends on."""

_NAMED_SIDES = {"sd": 480, "hd": 720, "fhd": 1080, "2k": 1440, "4k": 2160}
_SIDE = 480  # of a document that says nothing, or says auto
_RATE = Fraction(16)
_SECONDS = 5
# A document without bounds must not have the mock draw for hours.
_MOST_FRAMES = 2_000
_FASTEST = 120
_SIDES = (16, 4_096)


@dataclass(frozen=True, slots=True)
class Shape:
    """The measures of a video; width and height are even, as 4:2:0 wants them."""

    width: int
    height: int
    frames: int
    rate: Fraction

    @property
    def seconds(self) -> float:
        """How long the video runs."""
        return float(self.frames / self.rate)

    @property
    def short_side(self) -> int:
        """The length of the shorter side, by which sizes are named."""
        return min(self.width, self.height)


class Source(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What an input video measures, as it is shown; *rate* is written as a fraction."""

    width: int
    height: int
    frames: int
    rate: str


def read_shape(
    body: ObjectSchema, inputs: Mapping[str, Json], source: Source | None = None
) -> Shape:
    """Return the shape that *inputs* ask for, by the defaults of *body* where silent.

    What they leave to the input video is *source*'s, where that is known.
    """
    # No size is longer, and what is kept is bounded.
    wishes = {
        kind: str(_find(names, body, inputs))[:40] for kind, names in _NAMES.items()
    }
    if source is not None:
        wishes |= _follow(source, body, inputs, wishes)
    return _measure(**wishes)


def follows_input(body: ObjectSchema, inputs: Mapping[str, Json]) -> bool:
    """Say whether *inputs* leave anything to the input video."""
    return (
        _find(_NAMES["aspect"], body, inputs) in _LEFT
        or _find(_NAMES["size"], body, inputs) == "auto"
        or any(_find((it,), body, inputs) is True for it in _MATCHING.values())
    )


def _follow(
    source: Source,
    body: ObjectSchema,
    inputs: Mapping[str, Json],
    wishes: Mapping[str, str],
) -> dict[str, str]:
    """Return the wishes that *source* decides."""
    found = {}
    if wishes["aspect"] in map(str, _LEFT):
        found["aspect"] = f"{source.width}:{source.height}"
    if wishes["size"] == "auto":
        side = min(source.width, source.height)
        found["size"] = f"{_bounded(_NAMES['size'], body, side)}p"
    if _find((_MATCHING["frames"],), body, inputs) is True and source.frames:
        found["frames"] = str(_bounded(_NAMES["frames"], body, source.frames))
    if _find((_MATCHING["rate"],), body, inputs) is True:
        rate = Fraction(source.rate)
        found["rate"] = str(_bounded(_NAMES["rate"], body, rate))
    return found


def _bounded(names: tuple[str, ...], body: ObjectSchema, value: Fraction | int) -> Any:
    """Return *value*, or what the document allows instead that is nearest to it."""
    declared = (body.properties[it].schema for it in names if it in body.properties)
    schema = next(declared, None)
    if isinstance(schema, NumberSchema):
        low, high = schema.minimum, schema.maximum
        value = max(value, Fraction(low.value)) if low else value
        return min(value, Fraction(high.value)) if high else value
    sides = [re.match(r"\d{2,4}", str(it)) for it in (schema and schema.enum) or ()]
    known = [int(it.group()) for it in sides if it]
    return min(max(value, min(known)), max(known)) if known else value


@lru_cache(4096)
def _measure(frames: str, rate: str, seconds: str, size: str, aspect: str) -> Shape:
    """Return the shape of these wishes; every poll of a finished job asks for one."""
    fps = _read_number(rate, _RATE).limit_denominator(1001)
    fps = min(max(fps, Fraction(1)), Fraction(_FASTEST))
    count = int(_read_number(frames, _read_number(seconds, Fraction(_SECONDS)) * fps))
    width, height = _read_size(size, aspect)
    return Shape(_even(width), _even(height), min(max(count, 1), _MOST_FRAMES), fps)


def _find(
    names: tuple[str, ...], body: ObjectSchema, inputs: Mapping[str, Json]
) -> Json:
    for name in names:
        if inputs.get(name) is not None:
            return inputs[name]
    for name in names:
        if name in body.properties:
            default = body.properties[name].schema.default
            return None if default is UNSET else default
    return None


def _read_number(value: str, fallback: Fraction) -> Fraction:
    """Read `5`, `5.5`, `30000/1001` or `5s`; *fallback* for anything else."""
    found = re.match(r"\d{1,9}(\.\d{1,9}|/[1-9]\d{0,8})?", value)
    return Fraction(found.group()) if found else fallback


def _read_size(size: str, aspect: str) -> tuple[Fraction, Fraction]:
    """Read `720p`, `4k`, `1280x720` or `1280:720`; *aspect* shapes the first two."""
    if both := re.fullmatch(r"(\d{1,5})[x*:×](\d{1,5})", size):
        return Fraction(both[1]), Fraction(both[2])
    short = Fraction(_NAMED_SIDES.get(size.lower(), 0))
    short = short or _read_number(size, Fraction(_SIDE))
    found = re.fullmatch(r"([1-9]\d{0,4}):([1-9]\d{0,4})", aspect)
    wide, high = (int(found[1]), int(found[2])) if found else (16, 9)
    return short * Fraction(wide, min(wide, high)), short * Fraction(
        high, min(wide, high)
    )


def _even(side: Fraction) -> int:
    low, high = _SIDES
    return 2 * round(min(max(side, Fraction(low)), Fraction(high)) / 2)
