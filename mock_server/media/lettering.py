"""Text as pixels: one small bitmap font, smoothed to whatever size is wanted.

A letter is five columns of eight pixels. Doubling it three times by the rule of
Scale2x rounds its corners, and averaging it down to the wanted size softens its edges.
What is drawn is only ever pixels, so that no text is hostile here: accents are taken
off, what has no letter is drawn as a box, and what cannot be seen as a space.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    Plane = np.ndarray[tuple[int, int], np.dtype[np.uint8]]
    Mask = np.ndarray[Any, np.dtype[np.float32]]

CELL_WIDTH, CELL_HEIGHT = 6, 9  # of a letter with the room around it, in units
_GLYPH = 5, 8
_BOX = bytes.fromhex("ff818181ff")

# From the space to the tilde: five columns each, two digits a column, whose lowest bit
# is the top row.
_LETTERS = bytes.fromhex(
    "0000000000 00005f0000 0007000700 247e247e24 242a7f2a12 2313086462 3649562050"
    " 0000070000 001c224100 0041221c00 2a1c7f1c2a 08083e0808 0080603000 0808080808"
    " 0060600000 2010080402 3e5149453e 00427f4000 6251494946 2241494936 0f08087f08"
    " 2745454539 3c4a494930 0171090503 3649494936 064949291e 0036360000 0080763600"
    " 0814224100 1414141414 0041221408 0201590906 3e415d551e 7e1111117e 7f49494936"
    " 3e41414122 417f41413e 7f49494941 7f09090901 3e4149493a 7f0808087f 00417f4100"
    " 2040413f01 7f08142241 7f40404040 7f020c027f 7f0408107f 3e4141413e 7f09090906"
    " 3e4151215e 7f09192946 2649494932 01017f0101 3f4040403f 1f2040201f 3f4038403f"
    " 6314081463 0304780403 6151494543 007f414100 0204081020 0041417f00 0402010204"
    " 4040404040 0001020400 2054545478 7f48444438 3844444428 384444487f 3854545418"
    " 087e090102 18a4a4a47c 7f08040478 00447d4000 4080847d00 7f10284400 00417f4000"
    " 7c04780478 7c08040478 3844444438 fc24242418 18242424fc 7c08040408 4854545424"
    " 043f444020 3c4040407c 1c2040201c 3c4030403c 4428102844 1ca0a0a07c 4464544c44"
    " 0008364100 00007f0000 0041360800 0804080408"
)


def draw_text(
    luma: "Plane", text: str, *, left: int, top: int, unit: float, shade: int
) -> None:
    """Draw one line of *text* on *luma*, its letters `CELL_HEIGHT` *unit*s high.

    What does not fit is cut off at the edge.
    """
    step, height = max(round(CELL_WIDTH * unit), 1), max(round(CELL_HEIGHT * unit), 1)
    for place, letter in enumerate(readable(text)):
        x = left + place * step
        region = luma[top : top + height, x : x + step]
        if region.size == 0:
            return
        mask = _draw_letter(letter, step, height)[: region.shape[0], : region.shape[1]]
        region[:] = region + mask * (shade - region.astype(np.float32))


def break_lines(text: str, *, columns: int, most: int) -> Iterator[str]:
    """Yield *text* in at most *most* lines of *columns* letters, the rest as dots."""
    width = max(columns, 1)
    lines = wrap(readable(text), width, break_on_hyphens=False)
    for number, line in enumerate(lines[:most], 1):
        left_out = number == most and len(lines) > most
        yield f"{line[: max(width - 3, 0)]}..." if left_out else line


def readable(text: str) -> str:
    """Return *text* in the letters that there are, a box for each that is missing."""
    spread = unicodedata.normalize("NFKD", text)
    return "".join(_replace(it) for it in spread if not unicodedata.combining(it))


def _replace(letter: str) -> str:
    if " " <= letter <= "~":
        return letter
    return "\N{WHITE SQUARE}" if letter.isprintable() else " "


@lru_cache(4_096)
def _draw_letter(letter: str, width: int, height: int) -> "Mask":
    """Return how much of each pixel of a cell the letter covers, from 0 to 1."""
    large = _enlarge(letter)
    mask = _weigh(large.shape[0], height) @ large @ _weigh(large.shape[1], width).T
    return mask.astype(np.float32)


@cache
def _enlarge(letter: str) -> "Mask":
    """Return a cell of the letter, eight times its size and without its steps."""
    wide, high = _GLYPH
    start = (ord(letter) - ord(" ")) * wide
    columns = _LETTERS[start : start + wide] or _BOX
    bits = np.unpackbits(np.frombuffer(columns, np.uint8)[:, None], axis=1).T[::-1]
    cell = np.zeros((CELL_HEIGHT, CELL_WIDTH), np.uint8)
    cell[:high, :wide] = bits
    for _ in range(3):
        cell = _double(cell)
    return cell.astype(np.float32)


def _double(cell: "Plane") -> "Plane":
    """Return *cell* at twice its size, by the rule of Scale2x."""
    framed = np.pad(cell, 1)
    above, below = framed[:-2, 1:-1], framed[2:, 1:-1]
    before, after = framed[1:-1, :-2], framed[1:-1, 2:]
    high, wide = cell.shape
    doubled = np.empty((2 * high, 2 * wide), np.uint8)
    for (y, near_y, far_y), (x, near_x, far_x) in (
        ((0, above, below), (0, before, after)),
        ((0, above, below), (1, after, before)),
        ((1, below, above), (0, before, after)),
        ((1, below, above), (1, after, before)),
    ):
        corner = (near_y == near_x) & (near_y != far_y) & (near_x != far_x)
        doubled[y::2, x::2] = np.where(corner, near_x, cell)
    return doubled


@lru_cache(256)
def _weigh(old: int, new: int) -> "Mask":
    """Return the matrix that averages *old* pixels into *new* ones."""
    edges = np.arange(new + 1) * (old / new)
    start, stop = edges[:-1, None], edges[1:, None]
    pixel = np.arange(old)[None, :]
    overlap = np.minimum(stop, pixel + 1) - np.maximum(start, pixel)
    weights: Mask = (np.clip(overlap, 0, None) * (new / old)).astype(np.float32)
    return weights
