import gzip
import os
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from codegen.runtime.download import MOST_REDIRECTS, download
from codegen.runtime.errors import DownloadError
from codegen.runtime.exchange import drive
from codegen.runtime.transport import Transport

URL = "https://cdn.test/a.mp4?signature=s3cret"
VIDEO = b"video" * 1000

Handler = Callable[[httpx.Request], httpx.Response]


def fetch(handler: Handler, target: Path, url: str = URL) -> Path:
    transport = Transport(httpx.MockTransport(handler), lambda: 0)
    try:
        return drive(download(url, target), send=transport.send, sleep=lambda _: None)
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
