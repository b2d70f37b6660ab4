"""Draws a film: its first second says whose it is, and every frame its number.

Films of one shape differ in their first second alone, so what follows is encoded once
for a shape and joined to it. That holds because both parts are encoded with the same
settings, and what follows begins with a frame that needs no other. A film whose first
second is too large for its file, as one full of letters may be, is drawn more coarsely.

PyAV and numpy come with the extra `media` and are imported when first needed.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from mock_server.errors import MediaUnavailableError
from mock_server.media.films import Film
from mock_server.media.shapes import Shape
from mock_server.media.sizes import (
    KEY_FRAMES,
    file_size,
    fill,
    fits,
    opening_of,
    room_of_remainder,
)

if TYPE_CHECKING:
    from mock_server.media.picture import Plane

_FORMAT = "yuv420p"
_OPTIONS = {
    "preset": "ultrafast",
    "g": str(KEY_FRAMES),
    "threads": "1",  # two films are drawn at once, and the same one always the same
    "x264-params": "stitchable=1",  # or parts that differ in quality would not fit
}
_QUALITIES = 26, 32, 38, 44, 51  # as x264 counts them: the finest that fits is taken
_MOST_REMEMBERED = 250_000_000  # pixels of a shape whose remainder is remembered


def draw_video(film: Film) -> bytes:
    """Return an MP4 of H.264 in yuv420p whose frames, rate and size are *film*'s.

    Its bytes are as many as `file_size` says. Raises MediaUnavailableError where PyAV
    or numpy is not installed.
    """
    size = file_size(film.shape)
    drawn = (_draw(film, quality) for quality in _QUALITIES)
    return fill(next(it for it in drawn if fits(it, size)), size)


def _draw(film: Film, quality: int) -> bytes:
    """Return the MP4 of *film*, its first second in that *quality*."""
    av, shape = load_av(), film.shape
    # To move the index to the front the muxer opens its output a second time, so the
    # video has to pass through a file.
    with TemporaryDirectory(prefix="reelspec-") as folder:
        path = Path(folder, "video.mp4")
        options = {"movflags": "+faststart"}
        with av.open(str(path), "w", format="mp4", options=options) as container:
            stream = container.add_stream(
                "libx264", rate=shape.rate, options=_options(quality)
            )
            stream.width, stream.height = shape.width, shape.height
            stream.pix_fmt = _FORMAT
            for packet in _encode(stream, shape, _draw_opening(film)):
                container.mux(packet)
            for number, (content, is_key) in enumerate(
                _find_remainder(shape), opening_of(shape)
            ):
                packet = av.Packet(content)
                packet.stream, packet.time_base = stream, 1 / shape.rate
                packet.pts = packet.dts = number
                packet.duration, packet.is_keyframe = 1, is_key
                container.mux(packet)
        return path.read_bytes()


def _options(quality: int) -> dict[str, str]:
    return {**_OPTIONS, "crf": str(quality)}


def load_av() -> Any:
    """Return PyAV; raise MediaUnavailableError where it or numpy is not installed."""
    try:
        import av  # noqa: PLC0415 - an extra, and 50 ms that only a video is worth
        import numpy  # noqa: F401, PLC0415 - names the extra before it is used
    except ImportError as exc:
        raise MediaUnavailableError(
            f"video: drawing one needs the package {exc.name}; "
            "install the extra: pip install 'reelspec[media]'"
        ) from exc
    return av


def _draw_opening(film: Film) -> Iterator["Plane"]:
    from mock_server.media.picture import Picture  # noqa: PLC0415 - needs numpy

    picture = Picture(film.shape).with_label(film)
    return map(picture.draw_frame, range(opening_of(film.shape)))


def _find_remainder(shape: Shape) -> tuple[tuple[bytes, bool], ...]:
    """Return what follows the first second, encoded, and which of it are key frames."""
    if shape.frames * shape.width * shape.height > _MOST_REMEMBERED:
        return _encode_remainder.__wrapped__(shape)
    return _encode_remainder(shape)


@lru_cache(24)
def _encode_remainder(shape: Shape) -> tuple[tuple[bytes, bool], ...]:
    room = room_of_remainder(shape)
    drawn = (_draw_remainder(shape, quality) for quality in _QUALITIES)
    return next(it for it in drawn if sum(len(content) for content, _ in it) <= room)


def _draw_remainder(shape: Shape, quality: int) -> tuple[tuple[bytes, bool], ...]:
    from mock_server.media.picture import Picture  # noqa: PLC0415 - needs numpy

    encoder = load_av().CodecContext.create("libx264", "w")
    encoder.width, encoder.height = shape.width, shape.height
    encoder.pix_fmt, encoder.options = _FORMAT, _options(quality)
    encoder.framerate, encoder.time_base = shape.rate, 1 / shape.rate
    encoder.flags |= 0x400000  # AV_CODEC_FLAG_GLOBAL_HEADER, as the MP4 muxer has it
    numbers = range(opening_of(shape), shape.frames)
    planes = map(Picture(shape).draw_frame, numbers)
    packets = _encode(encoder, shape, planes) if numbers else ()
    return tuple((bytes(it), it.is_keyframe) for it in packets)


def _encode(encoder: Any, shape: Shape, planes: Iterable["Plane"]) -> Iterator[Any]:
    """Yield the packets of *planes*, a frame each."""
    for number, plane in enumerate(planes):
        frame = load_av().VideoFrame.from_ndarray(plane, format=_FORMAT)
        frame.pts, frame.time_base = number, 1 / shape.rate
        yield from encoder.encode(frame)
    yield from encoder.encode()
