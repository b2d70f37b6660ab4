"""The frames of a video as PNG files in one ZIP archive."""

from io import BytesIO
from pathlib import Path
from typing import Any

from mock_server.errors import MediaUnavailableError
from mock_server.media.drawing import check_wanted, load_av
from mock_server.media.films import Film

_MOST_PIXELS = 1_000_000_000  # over all frames: half a minute of work
_OPTIONS = {"compression_level": "1", "pred": "up"}


def draw_frames(film: Film, video: Path) -> bytes:
    """Return the archive of the frames of *video*, which shows *film*.

    Raises MediaUnavailableError where that would take too long.
    """
    from zipfile import ZIP_STORED, ZipFile, ZipInfo  # noqa: PLC0415 - and three compressors

    shape = film.shape
    if shape.frames * shape.width * shape.height > _MOST_PIXELS:
        raise MediaUnavailableError(
            f"frames: {shape.frames} of {shape.width}x{shape.height} pixels are too "
            "much for one archive; ask for fewer frames, or smaller ones"
        )
    archive = BytesIO()
    with (
        ZipFile(archive, "w", ZIP_STORED) as target,  # a PNG is compressed already
        load_av().open(str(video)) as source,
    ):
        for number, frame in enumerate(source.decode(video=0), 1):
            check_wanted()
            # Each entry is of 1980, so that equal films have equal archives.
            target.writestr(ZipInfo(f"frame_{number:04d}.png"), _encode(frame))
    return archive.getvalue()


def _encode(frame: Any) -> bytes:
    """Return *frame* as a PNG."""
    encoder = load_av().CodecContext.create("png", "w")
    encoder.width, encoder.height = frame.width, frame.height
    encoder.pix_fmt, encoder.options = "rgb24", _OPTIONS
    encoder.time_base = frame.time_base
    picture = frame.reformat(format="rgb24")
    return b"".join(map(bytes, [*encoder.encode(picture), *encoder.encode()]))
