"""Whether a downloaded video is the one that was asked for.

The file is decoded to its last frame: a header that promises frames which the file
does not hold is a broken promise. Only what a request states is held against it; a
value the service was free to choose is not judged.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from contract_tests.errors import TargetError

_ASPECT_TOLERANCE = 0.01
"""Sides are rounded to even pixels: 854 by 480 is as near to 16:9 as H.264 comes."""

_RATE_TOLERANCE = 0.01


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
    import av  # noqa: PLC0415 - an extra, and slow to import

    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            frames = sum(1 for _ in container.decode(stream))
            return VideoFacts(
                frames=frames,
                rate=Fraction(stream.average_rate or 0),
                width=stream.width,
                height=stream.height,
            )
    except (av.error.FFmpegError, IndexError) as exc:
        raise TargetError(
            str(path), f"is no video that can be played ({exc})", fix="look at the file"
        ) from exc


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
