"""How large the file of a film is, which is known before the film is drawn.

An answer states the size of a video that perhaps nobody will look at, and a thousand
jobs may end at once. So the size follows from the shape alone: a film is drawn to fit,
and its file is filled up with a box that players skip.
"""

from math import ceil, isqrt

from mock_server.media.shapes import Shape

KEY_FRAMES = 250
"""So many frames are from one that needs no other to the next."""

_BOX_HEAD = 8  # bytes: ISO/IEC 14496-12, 4.2
_INDEX, _INDEX_EACH = 1_300, 5  # bytes of a file, and of each frame, beside the frames


def file_size(shape: Shape) -> int:
    """Return how many bytes the file of every film of *shape* has."""
    opening, rest = opening_of(shape), room_of_remainder(shape)
    pixels, side = shape.width * shape.height, isqrt(shape.width * shape.height)
    # Whatever the letters, a film of ordinary ones then needs no coarser drawing.
    first = 1_500 + pixels // 5 + opening * (64 + 2 * side + pixels // 300)
    index = _INDEX + _INDEX_EACH * shape.frames
    return index + first + rest + _BOX_HEAD


def opening_of(shape: Shape) -> int:
    """Return how many frames the first second has."""
    # Two key frames in a row would have to differ in a number that both leave at 0.
    return min(max(ceil(shape.rate), 2), shape.frames)


def room_of_remainder(shape: Shape) -> int:
    """Return how many bytes what follows the first second may have."""
    frames = shape.frames - opening_of(shape)
    pixels, side = shape.width * shape.height, isqrt(shape.width * shape.height)
    each = 64 + side * 5 // 4 + pixels // 1_000
    return ceil(frames / KEY_FRAMES) * (1_500 + pixels // 20) + frames * each


def fill(content: bytes, size: int) -> bytes:
    """Return the MP4 *content* with so much behind it that it has *size* bytes."""
    length = size - len(content)
    return content + length.to_bytes(4, "big") + b"free" + bytes(length - _BOX_HEAD)


def fits(content: bytes, size: int) -> bool:
    """Say whether *content* can be filled up to *size* bytes."""
    return len(content) + _BOX_HEAD <= size
