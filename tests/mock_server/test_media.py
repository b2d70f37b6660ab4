import asyncio
import time
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from threading import Event

import httpx
import pytest

from mock_server.errors import MediaUnavailableError
from mock_server.media.cabinet import Cabinet, Clip
from mock_server.media.drawing import check_wanted
from mock_server.media.films import Film
from mock_server.media.library import Library
from mock_server.media.parts import PartReply, answer_part, read_part
from mock_server.media.shapes import Shape

SHAPE = Shape(16, 16, 1, Fraction(5))
SMALL = Film(shape=SHAPE, model="m", job="1")
OTHER = Film(shape=SHAPE, model="m", job="2")
TAG = '"tag"'


def read(library: Library, *films: Film) -> list[bytes]:
    """Fetch *films* at once; return what is in their files."""

    async def fetch() -> list[bytes]:
        clips = await asyncio.gather(*map(library.fetch, films))
        return [it.path.read_bytes() for it in clips]

    return asyncio.run(fetch())


class Drawer:
    """Draws a film as the name of its job, and remembers that it did."""

    def __init__(self) -> None:
        self.drawn: list[str] = []

    def __call__(self, film: Film) -> bytes:
        self.drawn.append(film.job)
        return film.job.encode()


def test_a_film_is_drawn_once_however_many_ask_for_it() -> None:
    draw = Drawer()

    assert set(read(Library(draw=draw), *[SMALL] * 5)) == {b"1"}
    assert draw.drawn == ["1"]


def test_who_gives_up_does_not_take_the_drawing_from_the_others() -> None:
    go = Event()

    def draw(_: Film) -> bytes:
        go.wait(5)
        return b"video"

    async def fetch() -> bytes:
        library = Library(draw=draw)
        impatient = asyncio.create_task(library.fetch(SMALL))
        patient = asyncio.create_task(library.fetch(SMALL))
        await asyncio.sleep(0)
        impatient.cancel()
        await asyncio.sleep(0)
        go.set()
        return (await patient).path.read_bytes()

    assert asyncio.run(fetch()) == b"video"


def test_a_library_that_is_closed_gives_up_what_waits_and_draws_anew_for_others() -> (
    None
):
    begun, go, drawn = Event(), Event(), list[str]()

    def draw(film: Film) -> bytes:
        begun.set()
        go.wait(5)
        check_wanted()
        drawn.append(film.job)
        return b"video"

    async def ask(library: Library) -> list[bool]:
        waiting = [asyncio.create_task(library.fetch(it)) for it in films]
        await asyncio.to_thread(begun.wait, 5)
        library.close()
        go.set()
        ends = await asyncio.gather(*waiting, return_exceptions=True)
        await library.fetch(films[-1])
        return [isinstance(it, Clip) for it in ends]

    films = [Film(shape=SHAPE, model="m", job=str(number)) for number in range(9)]

    assert asyncio.run(ask(Library(draw=draw))) == [False] * 9
    assert drawn == ["8"]


def test_a_drawing_that_failed_is_tried_again() -> None:
    attempts: list[int] = []

    def draw(_: Film) -> bytes:
        attempts.append(1)
        if len(attempts) == 1:
            raise OSError("no memory")
        return b"video"

    library = Library(draw=draw)
    with pytest.raises(OSError, match="no memory"):
        read(library, SMALL)

    assert read(library, SMALL) == [b"video"]


def test_a_film_that_another_worker_has_drawn_is_not_drawn_again(
    tmp_path: Path,
) -> None:
    first, second = Drawer(), Drawer()
    read(Library(Cabinet(tmp_path), draw=first), SMALL)

    assert read(Library(Cabinet(tmp_path), draw=second), SMALL) == [b"1"]
    assert second.drawn == []


def test_a_film_whose_file_was_given_up_is_drawn_again(tmp_path: Path) -> None:
    draw = Drawer()
    library = Library(Cabinet(tmp_path, budget=1), draw=draw)

    for film in (SMALL, OTHER, SMALL):
        read(library, film)

    assert draw.drawn == ["1", "2", "1"]


def test_a_library_remembers_so_many_films_and_finds_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mock_server.media.library._MOST_REMEMBERED", 1)
    draw = Drawer()
    library = Library(Cabinet(tmp_path), draw=draw)

    for film in (SMALL, OTHER, SMALL):
        read(library, film)

    assert draw.drawn == ["1", "2"]


def test_what_is_wanted_again_and_again_outlives_what_is_not(tmp_path: Path) -> None:
    moment = [0.0]

    def now() -> float:
        return moment[0]

    cabinet = Cabinet(tmp_path, budget=2, now=now)
    draw = Drawer()
    library = Library(cabinet, draw=draw, now=now)
    for film in (SMALL, OTHER):
        read(library, film)
        moment[0] += 100
    read(library, SMALL)
    library._threads.shutdown()

    Cabinet(tmp_path, budget=2, now=now).keep("new", b"3")

    kept = [Cabinet(tmp_path).find(f"{it.key}.mp4") for it in (SMALL, OTHER)]
    assert [it is not None for it in kept] == [True, False]


def test_a_cabinet_keeps_the_newest_though_it_is_past_the_budget(
    tmp_path: Path,
) -> None:
    cabinet = Cabinet(tmp_path, budget=1)

    clip = cabinet.keep("large", b"larger than that")

    assert cabinet.find("large") == clip
    assert clip.path.read_bytes() == b"larger than that"


def test_a_file_that_somebody_has_removed_is_not_found(tmp_path: Path) -> None:
    cabinet = Cabinet(tmp_path)
    cabinet.keep("gone", b"1").path.unlink()

    assert cabinet.find("gone") is None
    assert cabinet.find("never") is None


def test_what_a_killed_worker_has_left_behind_is_swept_up(tmp_path: Path) -> None:
    (tmp_path / "0123.arriving").write_bytes(b"half a video")

    Cabinet(tmp_path).keep("new", b"1")
    assert (tmp_path / "0123.arriving").exists()  # somebody may still be writing it
    Cabinet(tmp_path, now=lambda: time.time() + 7_200).keep("newer", b"1")

    assert not (tmp_path / "0123.arriving").exists()


def test_a_folder_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(
        MediaUnavailableError, match="cannot keep videos in this folder"
    ):
        Cabinet(tmp_path / "file").keep("x", b"")


def test_a_folder_of_its_own_goes_with_the_cabinet() -> None:
    cabinet = Cabinet()
    folder = cabinet.keep("x", b"1").path.parent
    assert folder.is_dir()

    del cabinet

    assert not folder.exists()


CLIP = Clip(Path("unread"), 10, TAG)


@pytest.mark.parametrize(
    ("headers", "status", "sent"),
    [
        ({}, 200, (0, 10)),
        ({"range": "bytes=0-3"}, 206, (0, 4)),
        ({"range": "bytes=7-"}, 206, (7, 10)),
        ({"range": "bytes=-3"}, 206, (7, 10)),
        ({"range": "bytes=-99"}, 206, (0, 10)),
        ({"range": "bytes=8-99"}, 206, (8, 10)),
        ({"range": "bytes=10-"}, 416, (0, 0)),
        ({"range": "bytes=-0"}, 416, (0, 0)),
        ({"range": "bytes=5-2"}, 200, (0, 10)),
        ({"range": "bytes=-"}, 200, (0, 10)),
        ({"range": "bytes=0-1,4-5"}, 200, (0, 10)),
        ({"range": "lines=0-1"}, 200, (0, 10)),
        ({"range": "bytes=0-3", "if-range": TAG}, 206, (0, 4)),
        ({"range": "bytes=0-3", "if-range": '"old"'}, 200, (0, 10)),
        ({"if-none-match": f'"old", {TAG}'}, 304, (0, 0)),
        ({"if-none-match": "*"}, 304, (0, 0)),
        ({"if-none-match": '"old"'}, 200, (0, 10)),
    ],
)
def test_a_part_is_what_the_headers_ask_for(
    headers: Mapping[str, str], status: int, sent: tuple[int, int]
) -> None:
    part = read_part(CLIP, headers)

    assert (part.status, (part.start, part.stop)) == (status, sent)


def test_a_part_says_which_it_is() -> None:
    assert read_part(CLIP, {"range": "bytes=2-4"}).headers["content-range"] == (
        "bytes 2-4/10"
    )
    assert read_part(CLIP, {"range": "bytes=10-"}).headers["content-range"] == (
        "bytes */10"
    )


def send(reply: PartReply, method: str = "GET") -> httpx.Response:
    async def call() -> httpx.Response:
        transport = httpx.ASGITransport(reply)
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.request(method, "http://mock.test/")

    return asyncio.run(call())


@pytest.fixture
def answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., PartReply]:
    monkeypatch.setattr("mock_server.media.parts._CHUNK", 3)
    clip = Cabinet(tmp_path).keep("file", b"0123456789")

    def answer(**headers: str) -> PartReply:
        reply = asyncio.run(answer_part(clip, headers, content_type="video/mp4"))
        assert isinstance(reply, PartReply)
        return reply

    return answer


def test_a_file_is_sent_chunk_by_chunk(answer: Callable[..., PartReply]) -> None:
    whole, part = send(answer()), send(answer(range="bytes=1-4"))

    assert (whole.status_code, whole.content) == (200, b"0123456789")
    assert (part.status_code, part.content) == (206, b"1234")
    assert part.headers["content-length"] == "4"


def test_a_head_is_sent_the_length_alone(answer: Callable[..., PartReply]) -> None:
    head = send(answer(), "HEAD")

    assert (head.content, head.headers["content-length"]) == (b"", "10")
