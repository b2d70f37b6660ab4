"""The frames of a film, drawn straight into the planes that the encoder wants.

Sizes follow the shorter side, so that a film looks the same at 240p and at 720p.
"""

from typing import TYPE_CHECKING, Self

import numpy as np

from mock_server.media.films import Film
from mock_server.media.lettering import (
    CELL_HEIGHT,
    CELL_WIDTH,
    break_lines,
    draw_text,
)
from mock_server.media.shapes import Shape

if TYPE_CHECKING:
    Plane = np.ndarray[tuple[int, int], np.dtype[np.uint8]]

_WHITE, _GREY, _BLACK = 235, 170, 16  # of the luma range in video
_LEADING = 1.2  # from one line to the next, in heights of a letter


class Picture:
    """The frames of one shape: a gradient, a bar that fills, and a counter."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._unit = shape.short_side / 160
        self._planes = _draw_background(shape)
        self._describe()

    def with_label(self, film: Film) -> Self:
        """Say on every frame which model, job and prompt it came of; return self."""
        unit, margin = self._unit, round(4 * self._unit)
        columns = int((self._shape.width - 4 * margin) / _step(unit))
        height = round(_LEADING * CELL_HEIGHT * unit) or 1
        room = max((self._counter - 4 * margin) // height, 0)
        lines = [
            *((it, _WHITE) for it in break_lines(film.model, columns=columns, most=2)),
            *((it, _GREY) for it in break_lines(film.job, columns=columns, most=4)),
            ("", _GREY),
        ]
        most = max(room - len(lines), 0)
        prompt = break_lines(film.prompt, columns=columns, most=most)
        lines = [*lines, *((it, _WHITE) for it in prompt)][:room]
        self._darken(margin, 3 * margin + len(lines) * height)
        for number, (line, shade) in enumerate(lines):
            top = 2 * margin + number * height
            draw_text(
                self._luma, line, left=2 * margin, top=top, unit=unit, shade=shade
            )
        return self

    def draw_frame(self, number: int) -> "Plane":
        """Return the planes of frame *number*, which is 0 for the first."""
        shape, unit = self._shape, self._unit
        planes = self._planes.copy()
        luma = planes[: shape.height]
        filled = shape.width * (number + 1) // shape.frames
        luma[shape.height - self._bar :, :filled] = _WHITE
        draw_text(
            luma,
            _number(number),
            left=round(6 * unit),
            top=self._counter,
            unit=2 * unit,
            shade=_WHITE,
        )
        return planes

    @property
    def _luma(self) -> "Plane":
        return self._planes[: self._shape.height]

    @property
    def _bar(self) -> int:
        return max(round(3 * self._unit), 1)

    @property
    def _counter(self) -> int:
        """Where the counter's top is."""
        room = round(2 * CELL_HEIGHT * self._unit) + self._bar
        return max(self._shape.height - room - round(3 * self._unit), 0)

    def _describe(self) -> None:
        """Write what stays the same on every frame: how long, how large, how fast."""
        shape, unit = self._shape, self._unit
        self._luma[shape.height - self._bar :] = _BLACK + 24
        left = round(8 * unit) + len(_number(0)) * _step(2 * unit)
        size = f"{shape.width}x{shape.height}"
        rate = f"{float(shape.rate):.3f}".rstrip("0").rstrip(".")
        for place, line in enumerate((f"of {shape.frames}", f"{size} at {rate}/s")):
            top = self._counter + round(place * CELL_HEIGHT * unit)
            draw_text(self._luma, line, left=left, top=top, unit=unit, shade=_GREY)

    def _darken(self, top: int, stop: int) -> None:
        """Lay a dark panel over the rows from *top* to *stop*, a margin from the sides."""
        height, width = self._shape.height, self._shape.width
        top, stop = top // 4 * 4, stop // 4 * 4
        left, right = top, width - top
        panel = self._luma[top:stop, left:right]
        panel[:] = (panel.astype(np.uint16) // 3 + _BLACK // 2).astype(np.uint8)
        for chroma in self._planes[height:].reshape(2, height // 2, width // 2):
            part = chroma[top // 2 : stop // 2, left // 2 : right // 2]
            part[:] = part // 2 + 64  # half as colourful


def _number(frame: int) -> str:
    """Return what the counter says on a frame."""
    return f"{frame + 1:04d}"


def _step(unit: float) -> int:
    """Return how far it is from one letter to the next."""
    return max(round(CELL_WIDTH * unit), 1)


def _draw_background(shape: Shape) -> "Plane":
    """Return the planes of an empty frame: luma above, the two chromas below it."""
    height, width = shape.height, shape.width
    planes = np.empty((height * 3 // 2, width), np.uint8)
    across, down = np.linspace(0, 1, width), np.linspace(0, 1, height)[:, None]
    planes[:height] = 52 + 46 * across + 34 * down
    blue, red = planes[height:].reshape(2, height // 2, width // 2)
    slope = np.linspace(0, 1, width // 2) + np.linspace(0, 1, height // 2)[:, None]
    blue[:], red[:] = 158 - 10 * slope, 116 + 20 * slope
    return planes
