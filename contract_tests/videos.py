"""Whether a downloaded video is the one that was asked for.

The file is decoded to its last frame: a header that promises frames which the file
does not hold is a broken promise. Only what a request states is held against it; a
value the service was free to choose is not judged.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

from contract_tests.boundaries import object_with
from contract_tests.errors import TargetError
from specs import Contract, NumberSchema, Schema

_ASPECT_TOLERANCE = 0.01
"""Sides are rounded to even pixels: 854 by 480 is as near to 16:9 as H.264 comes."""

_RATE_TOLERANCE = 0.01
_MOST_FRAMES = 20_000  # a hostile file may claim any number

_COUNTED = ("num_frames", "frames_per_second")
_NAMED = ("resolution", "aspect_ratio")
_OFF: Mapping[str, Any] = {
    "match_input_num_frames": False,
    "match_input_frames_per_second": False,
    "enable_auto_downsample": False,
    "sync_mode": False,
    "num_interpolated_frames": 0,
    "temporal_downsample_factor": 0,
}
"""Members that would let the service choose other measures, and how to forbid it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFacts:
    """What a decoded video measures; *rate* is in frames per second."""

    frames: int
    rate: Fraction
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}×{self.height}, {self.frames} frames at {float(self.rate):g}/s"


def measure(path: Path) -> VideoFacts:
    """Decode the video at *path* and return what it measures.

    Raises TargetError where the file holds no video that can be decoded, and
    ImportError where the extra `reelspec[media]` is not installed.
    """
    return _decode(str(path), str(path))


def look_at(content: bytes) -> VideoFacts | str | None:
    """Return what a video measures, or why it cannot be played; None without the extra."""
    try:
        return _decode(BytesIO(content), "the file")
    except TargetError as exc:
        return str(exc)
    except ImportError:
        return None


def _decode(source: str | BytesIO, name: str) -> VideoFacts:
    import av  # noqa: PLC0415 - an extra, and slow to import

    try:
        with av.open(source, "r") as container:
            stream = container.streams.video[0]
            frames = sum(1 for _ in islice(container.decode(stream), _MOST_FRAMES))
            return VideoFacts(
                frames=frames,
                rate=Fraction(stream.average_rate or 0),
                width=stream.width,
                height=stream.height,
            )
    except (av.error.FFmpegError, IndexError) as exc:
        raise TargetError(
            name, f"is no video that can be played ({exc})", fix="look at the file"
        ) from exc


def telling_requests(contract: Contract) -> tuple[dict[str, Any], ...]:
    """Return valid bodies that ask for a video in every way the document lets them.

    Two that differ in each measure: one could be kept by chance, or by a default.
    """
    bare = object_with(contract.body) | contract.fixed
    found = []
    for end in (0, -1):
        asked = dict(bare)
        for it in contract.parameters:
            if choices := _choices(it.name, it.schema):
                asked[it.name] = choices[end]
        found.append(asked)
    return tuple(found)


def measurable_request(contract: Contract) -> dict[str, Any]:
    """Return a valid body that asks for a video like no default one, and tall."""
    asked = telling_requests(contract)[-1]
    shape = contract.body.properties.get("aspect_ratio")
    if shape and shape.schema.enum:
        asked["aspect_ratio"] = shape.schema.enum[-1]
    return asked


def _choices(name: str, schema: Schema) -> tuple[Any, ...]:
    """Return the values of a member to choose from, where it shapes the video."""
    if name in _OFF:
        return (_OFF[name],)
    if name in _COUNTED and isinstance(schema, NumberSchema) and schema.minimum:
        least = int(schema.minimum.value)
        return (least, least + 1)
    if name in _NAMED and schema.enum:
        return tuple(it for it in schema.enum if it != "auto")[:2]
    return ()


def binding(contract: Contract, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return those members of *asked* that a video is held to.

    How many frames it has, and at which rate, is only said where nothing lets the
    service choose.
    """
    off = {name: it for name, it in _OFF.items() if name in contract.body.properties}
    if all(asked.get(name) == it for name, it in off.items()):
        return asked
    return {name: it for name, it in asked.items() if name not in _COUNTED}


def measures(contract: Contract, asked: Mapping[str, Any]) -> int:
    """Return how much of what *asked* says a video is held to, by which one can tell."""
    bound = binding(contract, asked)
    return sum(bound.get(it) not in (None, "auto") for it in (*_COUNTED, *_NAMED))


def find_differences(asked: Mapping[str, Any], video: VideoFacts) -> Iterator[str]:
    """Yield each way in which *video* is not what the request *asked* for.

    The names are those of the documents: `num_frames`, `frames_per_second`,
    `resolution` (the short side, such as `480p`) and `aspect_ratio` (such as `16:9`).
    """
    frames = asked.get("num_frames")
    if frames is not None and video.frames != frames:
        yield f"num_frames={frames} was asked, {video.frames} came"
    rate = asked.get("frames_per_second")
    if rate is not None and abs(float(video.rate) - rate) > _RATE_TOLERANCE:
        yield f"frames_per_second={rate} was asked, {float(video.rate):g} came"
    side = str(asked.get("resolution", "")).removesuffix("p")
    if side.isdecimal() and min(video.width, video.height) != int(side):
        yield f"resolution={side}p was asked, {video.width}×{video.height} came"
    wide, colon, high = str(asked.get("aspect_ratio", "")).partition(":")
    if colon:
        wanted, found = int(wide) / int(high), video.width / video.height
        if abs(found / wanted - 1) > _ASPECT_TOLERANCE:
            yield f"aspect_ratio={wide}:{high} was asked, {found:.3f} came"
