"""Draws the video of a shape: a bar that crosses it once, and a frame counter.

PyAV and numpy come with the extra `media` and are imported when first needed.
Everything is drawn straight into the planes the encoder wants, so that a video of the
usual length takes a tenth of a second.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from mock_server.errors import MediaUnavailableError
from mock_server.media.shapes import Shape

if TYPE_CHECKING:
    import numpy as np

    Plane = np.ndarray[tuple[int, int], np.dtype[np.uint8]]

# Five rows of three pixels, the rows from the top and each as an octal digit.
_DIGITS = (
    0o75557, 0o26227, 0o71747, 0o71717, 0o55711,
    0o74717, 0o74757, 0o71111, 0o75757, 0o75717,
)  # fmt: skip
_WHITE, _BLACK = 235, 16  # the ends of the luma range in video


def draw_video(shape: Shape) -> bytes:
    """Return an MP4 of H.264 in yuv420p whose frames, rate and size are *shape*'s.

    Raises MediaUnavailableError where PyAV or numpy is not installed.
    """
    try:
        import av  # noqa: PLC0415 - an extra, and 50 ms that only a video is worth
        import numpy  # noqa: F401, PLC0415 - names the extra before it is used
    except ImportError as exc:
        raise MediaUnavailableError(
            f"video: drawing one needs the package {exc.name}; "
            "install the extra: pip install 'reelspec[media]'"
        ) from exc
    # To move the index to the front the muxer opens its output a second time, so the
    # video has to pass through a file.
    with TemporaryDirectory(prefix="reelspec-") as folder:
        path = Path(folder, "video.mp4")
        options = {"movflags": "+faststart"}
        with av.open(str(path), "w", format="mp4", options=options) as container:
            stream = container.add_stream(
                "libx264",
                rate=shape.rate,
                options={"preset": "ultrafast", "crf": "28", "threads": "1"},
            )
            stream.width, stream.height = shape.width, shape.height
            stream.pix_fmt = "yuv420p"
            background = _draw_background(shape)
            for number in range(shape.frames):
                planes = _draw_frame(background, shape, number)
                frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
                frame.pts, frame.time_base = number, 1 / shape.rate
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
        return path.read_bytes()


def _draw_background(shape: Shape) -> "Plane":
    """Return the planes of an empty frame: luma above, the two chromas below it."""
    import numpy as np  # noqa: PLC0415 - see draw_video

    planes = np.empty((shape.height * 3 // 2, shape.width), np.uint8)
    planes[: shape.height] = np.linspace(48, 160, shape.width).astype(np.uint8)
    blue, red = planes[shape.height :].reshape(2, -1)
    blue[:], red[:] = 150, 110
    return planes


def _draw_frame(background: "Plane", shape: Shape, number: int) -> "Plane":
    """Return the planes of frame *number*: *background*, the bar and the counter."""
    planes = background.copy()
    luma = planes[: shape.height]
    bar = max(shape.width // 40, 2)
    left = (shape.width - bar) * number // max(shape.frames - 1, 1)
    luma[:, left : left + bar] = _WHITE
    dot = max(min(shape.width, shape.height) // 60, 1)
    luma[dot : dot * 8, dot : dot * 18] = _BLACK
    for place, digit in enumerate(f"{number + 1:04d}"):
        _draw_digit(luma, int(digit), left=dot * (2 + 4 * place), top=dot * 2, dot=dot)
    return planes


def _draw_digit(luma: "Plane", digit: int, *, left: int, top: int, dot: int) -> None:
    bits = f"{_DIGITS[digit]:015b}"
    for place, bit in enumerate(bits):
        if bit == "1":
            y, x = top + dot * (place // 3), left + dot * (place % 3)
            luma[y : y + dot, x : x + dot] = _WHITE
