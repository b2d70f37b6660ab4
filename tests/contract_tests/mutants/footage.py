"""The videos of the reference service: small, real, and as asked."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import av


@dataclass(frozen=True, slots=True, kw_only=True)
class Footage:
    """What a video is to measure."""

    frames: int
    rate: int
    width: int
    height: int

    @classmethod
    def asked(cls, body: Mapping[str, Any]) -> Self:
        """Return what *body* asks for, by the documents' defaults where it is silent."""
        resolution = body.get("resolution", "480p")
        side = 480 if resolution == "auto" else int(resolution.removesuffix("p"))
        aspect = body.get("aspect_ratio", "16:9")
        wide, high = map(int, ("16:9" if aspect == "auto" else aspect).split(":"))
        short = min(wide, high)
        return cls(
            frames=body.get("num_frames", 81),
            rate=body.get("frames_per_second", 16),
            width=2 * round(side * wide / short / 2),
            height=2 * round(side * high / short / 2),
        )


@lru_cache(64)
def draw(footage: Footage) -> bytes:
    """Return an MP4 file of *footage*, all black."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=footage.rate)
        stream.width, stream.height = footage.width, footage.height
        stream.pix_fmt, stream.options = "yuv420p", {"preset": "ultrafast"}
        for _ in range(footage.frames):
            frame = av.VideoFrame(footage.width, footage.height, "yuv420p")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file.getvalue()
