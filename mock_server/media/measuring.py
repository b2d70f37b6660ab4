"""What an input video measures, of a file that a stranger made.

A container may name other files and addresses. So the format is chosen here, by the
first bytes and among those that hold their pictures themselves, and the reader is
given no protocol to follow a name with.
"""

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from mock_server.errors import MediaUnavailableError
from mock_server.media.drawing import load_av
from mock_server.media.shapes import Source

if TYPE_CHECKING:
    from av.container import InputContainer

_LARGEST_SIDE = 16_384
_FORMATS = (  # where its mark stands, the mark, and the reader's name for it
    (4, b"ftyp", "mov"),
    (0, b"\x1aE\xdf\xa3", "matroska"),
    (8, b"AVI ", "avi"),
    (0, b"GIF8", "gif"),
)
_OPTIONS = {"protocol_whitelist": "", "probesize": "5000000"}


def measure_video(content: bytes | Path) -> Source | None:
    """Return what the video in *content*, bytes or a file, measures.

    None where it is none that can be read, or where PyAV is not installed.
    """
    try:
        av = load_av()
    except MediaUnavailableError:
        return None
    with BytesIO(content) if isinstance(content, bytes) else content.open("rb") as file:
        head = file.read(16)
        file.seek(0)
        name = next((it for at, mark, it in _FORMATS if head[at:].startswith(mark)), "")
        if not name:
            return None
        try:
            with av.open(file, format=name, options=_OPTIONS) as container:
                return _measure(container)
        except (av.error.FFmpegError, IndexError, StopIteration, ValueError):
            return None


def _measure(container: "InputContainer") -> Source | None:
    """Return what the first picture of *container* measures, turned as it is shown."""
    stream = container.streams.video[0]
    frame = next(container.decode(stream))
    width, height = frame.width, frame.height
    if frame.rotation % 180:
        width, height = height, width
    rate = stream.average_rate or stream.guessed_rate
    if rate is None or max(width, height) > _LARGEST_SIDE:
        return None
    seconds = (container.duration or 0) / 1_000_000
    frames = stream.frames or round(seconds * rate)
    return Source(width=width, height=height, frames=max(frames, 0), rate=str(rate))
