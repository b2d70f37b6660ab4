import asyncio
import gzip
import os
import threading
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from codegen.runtime.download import MOST_REDIRECTS, download
from codegen.runtime.errors import DownloadError
from codegen.runtime.exchange import drive, drive_async
from codegen.runtime.retries import Persistence
from codegen.runtime.transport import AsyncTransport, Transport

URL = "https://cdn.test/a.mp4?signature=s3cret"
VIDEO = b"video" * 1000
PERSISTENCE = Persistence(clock=lambda: 0, random=lambda: 0.5)

Handler = Callable[[httpx.Request], httpx.Response]


def fetch(handler: Handler, target: Path, url: str = URL) -> Path:
    http = httpx.Client(transport=httpx.MockTransport(handler))
    transport = Transport(http, lambda: 0)
    steps = download(url, target, PERSISTENCE)
    try:
        return drive(steps, send=transport.send, sleep=lambda _: None)
    finally:
        transport.close()


def whole(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=VIDEO)


def failure(handler: Handler, target: Path, url: str = URL) -> str:
    """Return the message of the error, having made sure that nothing was left behind."""
    before = sorted(target.parent.iterdir())
    with pytest.raises(DownloadError) as caught:
        fetch(handler, target, url)
    assert sorted(target.parent.iterdir()) == before
    assert "s3cret" not in str(caught.value)
    return str(caught.value)


def test_a_video_is_written_whole(tmp_path: Path) -> None:
    target = tmp_path / "out.mp4"

    assert fetch(whole, target) == target
    assert target.read_bytes() == VIDEO
    assert [it.name for it in tmp_path.iterdir()] == ["out.mp4"]


def test_a_video_replaces_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "out.mp4").write_text("old")

    assert fetch(whole, tmp_path / "out.mp4").read_bytes() == VIDEO


def test_a_video_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")

    fetch(whole, tmp_path / "out.mp4")

    modes = {(tmp_path / it).stat().st_mode for it in ("plain", "out.mp4")}
    assert len(modes) == 1


def test_a_video_that_stands_in_the_answer_is_written(tmp_path: Path) -> None:
    text = b64encode(VIDEO).decode()

    path = fetch(whole, tmp_path / "out.mp4", f"data:video/mp4;base64,{text}")

    assert path.read_bytes() == VIDEO


@pytest.mark.parametrize(
    "url", ["data:video/mp4,AAAA", "data:video/mp4;base64,s3cret!", "data:;base64,"]
)
def test_a_data_uri_without_a_video_leaves_nothing(url: str, tmp_path: Path) -> None:
    told = failure(whole, tmp_path / "out.mp4", url)

    assert told.startswith("video data:…: it is no data URI that holds a video")


def test_no_key_is_sent_and_no_encoding_asked_for(tmp_path: Path) -> None:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return whole(request)

    fetch(handle, tmp_path / "out.mp4")

    assert "authorization" not in seen[0].headers
    assert seen[0].headers["accept-encoding"] == "identity"


def test_a_missing_video_is_one_clear_line(tmp_path: Path) -> None:
    message = failure(lambda _: httpx.Response(404), tmp_path / "out.mp4")

    assert message == (
        "video https://cdn.test/a.mp4: it answered 404; nothing was written, fetch it "
        "again or wait for the job again to get a fresh address"
    )


def test_half_a_video_is_refused(tmp_path: Path) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        headers = {"Content-Length": "9000"}
        return httpx.Response(200, headers=headers, content=VIDEO)

    message = failure(handle, tmp_path / "out.mp4")

    assert "5000 of 9000 bytes came, so it is not whole" in message


def test_half_a_video_leaves_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "out.mp4").write_text("old")

    failure(lambda _: httpx.Response(200), tmp_path / "out.mp4")

    assert (tmp_path / "out.mp4").read_text() == "old"


def test_an_empty_video_is_refused(tmp_path: Path) -> None:
    assert "it is empty" in failure(lambda _: httpx.Response(200), tmp_path / "x.mp4")


def test_a_broken_connection_is_told(tmp_path: Path) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("cut off")

    message = failure(handle, tmp_path / "out.mp4")

    assert "the connection broke" in message
    assert "cut off" in message


def test_a_redirect_is_followed(tmp_path: Path) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/a.mp4":
            return httpx.Response(302, headers={"Location": "/b.mp4"})
        return whole(request)

    assert fetch(handle, tmp_path / "out.mp4").read_bytes() == VIDEO


def test_a_circle_of_redirects_ends(tmp_path: Path) -> None:
    count: list[int] = []

    def handle(request: httpx.Request) -> httpx.Response:
        count.append(1)
        return httpx.Response(302, headers={"Location": str(request.url)})

    assert "redirects more than" in failure(handle, tmp_path / "out.mp4")
    assert len(count) == MOST_REDIRECTS + 1


def test_a_redirect_to_nowhere_is_told(tmp_path: Path) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"Location": "//["})

    assert "an address that is none" in failure(handle, tmp_path / "out.mp4")


def test_an_encoded_video_is_not_held_against_the_announced_length(
    tmp_path: Path,
) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        headers = {"Content-Encoding": "gzip"}
        return httpx.Response(200, headers=headers, content=gzip.compress(VIDEO))

    assert fetch(handle, tmp_path / "out.mp4").read_bytes() == VIDEO


@pytest.mark.parametrize("place", ["http://cdn.test/a.mp4", "file:///etc/passwd"])
def test_a_redirect_to_an_unprotected_address_is_refused(
    place: str, tmp_path: Path
) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"Location": place})

    assert "unprotected address" in failure(handle, tmp_path / "out.mp4")


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "data:video/mp4;base64,AA", "", "//a"]
)
def test_an_address_off_the_web_is_refused(url: str, tmp_path: Path) -> None:
    assert "nothing was written" in failure(whole, tmp_path / "out.mp4", url)


def test_a_folder_is_no_target(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="is a folder; name a file in it"):
        fetch(whole, tmp_path)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        DownloadError, match=r"cannot be written, No such file.*; choose"
    ):
        fetch(whole, tmp_path / "no" / "out.mp4")


@pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="the system has no /dev/full"
)
def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Every write to /dev/full fails as a write to a full disk does.
    def open_full(self: Path, mode: str, buffering: int) -> object:
        return os.fdopen(os.open("/dev/full", os.O_WRONLY), "wb", buffering=0)

    monkeypatch.setattr(Path, "open", open_full)

    with pytest.raises(DownloadError, match="No space left on device"):
        fetch(whole, tmp_path / "out.mp4")

    assert list(tmp_path.iterdir()) == []


class Broken(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that breaks off."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self.content
        raise httpx.ReadError("cut off")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.content
        raise httpx.ReadError("cut off")


class Store:
    """A store whose first connection breaks off after 2,000 bytes."""

    def __init__(self, *, ranges: bool = True, tag: str = '"v1"') -> None:
        self.asked: list[tuple[str | None, str | None]] = []
        self.ranges, self.tag = ranges, tag

    def __call__(self, request: httpx.Request) -> httpx.Response:
        asked = request.headers.get("range")
        self.asked.append((asked, request.headers.get("if-range")))
        headers = {"ETag": self.tag}
        if len(self.asked) == 1:
            headers["Content-Length"] = str(len(VIDEO))
            return httpx.Response(200, headers=headers, stream=Broken(VIDEO[:2000]))
        if asked and self.ranges:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            rest = VIDEO[start:]
            headers["Content-Range"] = f"bytes {start}-{len(VIDEO) - 1}/{len(VIDEO)}"
            return httpx.Response(206, headers=headers, content=rest)
        return httpx.Response(200, headers=headers, content=VIDEO)


def test_a_connection_that_breaks_is_taken_up_where_it_broke(tmp_path: Path) -> None:
    store = Store()

    assert fetch(store, tmp_path / "out.mp4").read_bytes() == VIDEO
    assert store.asked == [(None, None), ("bytes=2000-", '"v1"')]


@pytest.mark.parametrize("how", [{"ranges": False}, {"tag": ""}, {"tag": 'W/"v1"'}])
def test_a_video_that_cannot_be_taken_up_is_fetched_anew(
    how: dict[str, Any], tmp_path: Path
) -> None:
    store = Store(**how)

    assert fetch(store, tmp_path / "out.mp4").read_bytes() == VIDEO
    assert store.asked[1][0] == ("bytes=2000-" if how == {"ranges": False} else None)


def breaking(piece: int) -> Handler:
    """Return a store all of whose connections break off after *piece* bytes."""

    def handle(request: httpx.Request) -> httpx.Response:
        asked = request.headers.get("range", "bytes=0-")
        start = int(asked.removeprefix("bytes=").rstrip("-"))
        rest = VIDEO[start:]
        headers = {
            "ETag": '"v1"',
            "Content-Length": str(len(rest)),
            "Content-Range": f"bytes {start}-{len(VIDEO) - 1}/{len(VIDEO)}",
        }
        status = 206 if "range" in request.headers else 200
        if len(rest) <= piece:
            return httpx.Response(status, headers=headers, content=rest)
        return httpx.Response(status, headers=headers, stream=Broken(rest[:piece]))

    return handle


def test_a_download_goes_on_for_as_long_as_it_gets_further(tmp_path: Path) -> None:
    # Ten connections, where three attempts at each call are allowed.
    path = fetch(breaking(len(VIDEO) // 10), tmp_path / "out.mp4")

    assert path.read_bytes() == VIDEO
    assert "the connection broke" in failure(breaking(0), tmp_path / "two.mp4")


def test_a_part_that_nobody_asked_for_is_no_video(tmp_path: Path) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        headers = {"Content-Range": "bytes 7-9/10"}
        return httpx.Response(206, headers=headers, content=b"789")

    assert "it answered 206" in failure(handle, tmp_path / "out.mp4")


def test_a_download_tells_how_far_it_has_come(tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    http = httpx.Client(transport=httpx.MockTransport(Store()))
    steps = download(
        URL,
        tmp_path / "out.mp4",
        PERSISTENCE,
        on_progress=lambda *it: told.append(it),
    )
    drive(steps, send=Transport(http, lambda: 0).send, sleep=lambda _: None)

    assert told == [(2000, 5000), (5000, 5000)]


def test_a_download_has_a_deadline_of_its_own(tmp_path: Path) -> None:
    times = iter(range(1000))
    persistence = Persistence(clock=lambda: next(times), random=lambda: 0.5)
    http = httpx.Client(transport=httpx.MockTransport(whole))
    steps = download(URL, tmp_path / "out.mp4", persistence, timeout=2)

    with pytest.raises(DownloadError, match="did not end in time"):
        drive(steps, send=Transport(http, persistence.clock).send, sleep=lambda _: None)

    assert list(tmp_path.iterdir()) == []


def test_nothing_of_an_async_download_is_written_on_the_event_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[int] = []
    for module, name in ((os, "fsync"), (Path, "replace"), (Path, "open")):
        monkeypatch.setattr(module, name, noting(threads, getattr(module, name)))

    async def run() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(whole)) as http:
            steps = download(URL, tmp_path / "out.mp4", PERSISTENCE)
            transport = AsyncTransport(http, lambda: 0)
            await drive_async(steps, send=transport.send, sleep=asyncio.sleep)

    asyncio.run(run())

    assert len(threads) == 3
    assert threading.get_ident() not in threads


def noting(threads: list[int], work: Any) -> Any:
    def call(*args: Any, **how: Any) -> Any:
        threads.append(threading.get_ident())
        return work(*args, **how)

    return call


def test_a_download_that_is_cancelled_leaves_nothing(tmp_path: Path) -> None:
    async def stall(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(60)
        raise AssertionError("not reached")

    async def run() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(stall)) as http:
            steps = download(URL, tmp_path / "out.mp4", PERSISTENCE)
            transport = AsyncTransport(http, lambda: 0)
            work = drive_async(steps, send=transport.send, sleep=asyncio.sleep)
            task = asyncio.create_task(work)
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(run())

    assert list(tmp_path.iterdir()) == []
