import asyncio
from collections.abc import Mapping
from fractions import Fraction
from threading import Event

import pytest

from mock_server.media.library import Library, Video, read_part
from mock_server.media.shapes import Shape

SMALL = Shape(16, 16, 1, Fraction(5))
LARGE = Shape(32, 32, 1, Fraction(5))
VIDEO = Video(b"0123456789")


def test_a_shape_is_drawn_once_however_many_ask_for_it() -> None:
    drawn: list[Shape] = []

    def draw(shape: Shape) -> bytes:
        drawn.append(shape)
        return b"video"

    async def fetch() -> list[Video]:
        library = Library(draw)
        return await asyncio.gather(*(library.fetch(SMALL) for _ in range(5)))

    videos = asyncio.run(fetch())

    assert drawn == [SMALL]
    assert {it.content for it in videos} == {b"video"}


def test_who_gives_up_does_not_take_the_drawing_from_the_others() -> None:
    go = Event()

    def draw(_: Shape) -> bytes:
        go.wait(5)
        return b"video"

    async def fetch() -> bytes:
        library = Library(draw)
        impatient = asyncio.create_task(library.fetch(SMALL))
        patient = asyncio.create_task(library.fetch(SMALL))
        await asyncio.sleep(0)
        impatient.cancel()
        await asyncio.sleep(0)
        go.set()
        return (await patient).content

    assert asyncio.run(fetch()) == b"video"


def test_a_drawing_that_failed_is_tried_again() -> None:
    attempts: list[int] = []

    def draw(_: Shape) -> bytes:
        attempts.append(1)
        if len(attempts) == 1:
            raise OSError("disk full")
        return b"video"

    async def fetch() -> bytes:
        library = Library(draw)
        with pytest.raises(OSError, match="disk full"):
            await library.fetch(SMALL)
        return (await library.fetch(SMALL)).content

    assert asyncio.run(fetch()) == b"video"


def test_a_full_library_gives_up_what_was_wanted_longest_ago() -> None:
    drawn: list[Shape] = []

    def draw(shape: Shape) -> bytes:
        drawn.append(shape)
        return b"video"

    async def fetch() -> None:
        library = Library(draw, capacity=1)
        for shape in (SMALL, LARGE, SMALL):
            await library.fetch(shape)

    asyncio.run(fetch())

    assert drawn == [SMALL, LARGE, SMALL]


@pytest.mark.parametrize(
    ("headers", "status", "content"),
    [
        ({}, 200, b"0123456789"),
        ({"range": "bytes=0-3"}, 206, b"0123"),
        ({"range": "bytes=7-"}, 206, b"789"),
        ({"range": "bytes=-3"}, 206, b"789"),
        ({"range": "bytes=-99"}, 206, b"0123456789"),
        ({"range": "bytes=8-99"}, 206, b"89"),
        ({"range": "bytes=10-"}, 416, b""),
        ({"range": "bytes=-0"}, 416, b""),
        ({"range": "bytes=5-2"}, 200, b"0123456789"),
        ({"range": "bytes=-"}, 200, b"0123456789"),
        ({"range": "bytes=0-1,4-5"}, 200, b"0123456789"),
        ({"range": "lines=0-1"}, 200, b"0123456789"),
        ({"range": "bytes=0-3", "if-range": VIDEO.tag}, 206, b"0123"),
        ({"range": "bytes=0-3", "if-range": '"old"'}, 200, b"0123456789"),
        ({"if-none-match": f'"old", {VIDEO.tag}'}, 304, b""),
        ({"if-none-match": "*"}, 304, b""),
        ({"if-none-match": '"old"'}, 200, b"0123456789"),
    ],
)
def test_a_part_is_what_the_headers_ask_for(
    headers: Mapping[str, str], status: int, content: bytes
) -> None:
    part = read_part(VIDEO, headers)

    assert (part.status, part.content) == (status, content)


def test_a_part_says_which_it_is() -> None:
    assert read_part(VIDEO, {"range": "bytes=2-4"}).headers["content-range"] == (
        "bytes 2-4/10"
    )
    assert read_part(VIDEO, {"range": "bytes=10-"}).headers["content-range"] == (
        "bytes */10"
    )
