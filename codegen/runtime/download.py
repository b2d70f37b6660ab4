"""Fetching a video into a file: all of it, or nothing.

The bytes go to a file beside the target, which takes the target's place only when the
whole video is there. No API key is sent: a video stands on whichever host the
provider names.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from urllib.parse import urljoin

from .errors import DownloadError, NetworkError
from .exchange import Request, Response, Send, Steps, exchange, shown_address

MOST_REDIRECTS = 5

STALL_TIMEOUT = 60.0
"""Seconds without a single byte after which a download is given up."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def download(url: str, target: Path) -> Steps[Path]:
    """Fetch the video at *url* to *target* and return *target*; replace what is there."""
    with _whole_file(target) as file:
        response = yield from _follow(url, file)
        _check_whole(url, response)
    return target


def _follow(url: str, file: FileIO) -> Steps[Response]:
    for _ in range(MOST_REDIRECTS + 1):
        response = yield from _get(url, file)
        if response.status not in _REDIRECTS:
            return response
        before, url = url, _join(url, response.headers.get("location", ""))
        if before.startswith("https:") and not url.startswith("https:"):
            raise _failure(before, "it redirects to an unprotected address")
    raise _failure(url, f"it redirects more than {MOST_REDIRECTS} times")


def _join(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as exc:
        raise _failure(url, "it redirects to an address that is none") from exc


def _get(url: str, file: FileIO) -> Steps[Response]:
    if not url.startswith(("https://", "http://")):
        raise _failure(url, "it is no web address")
    request = Request(
        method="GET",
        url=url,
        # Encoded bytes could not be held against the announced length.
        headers={"Accept": "*/*", "Accept-Encoding": "identity"},
    )

    def write(chunk: bytes) -> None:
        file.write(chunk)

    try:
        send = Send(request=request, timeout=STALL_TIMEOUT, sink=write)
        return (yield from exchange(send))
    except NetworkError as exc:
        raise _failure(url, f"the connection broke, {exc}") from exc


def _check_whole(url: str, response: Response) -> None:
    if response.status != 200:
        raise _failure(url, f"it answered {response.status}")
    announced = response.headers.get("content-length", "")
    encoded = "content-encoding" in response.headers  # then it counts other bytes
    if announced.isdecimal() and not encoded and int(announced) != response.received:
        raise _failure(
            url, f"{response.received} of {announced} bytes came, so it is not whole"
        )
    if response.received == 0:
        raise _failure(url, "it is empty")


@contextmanager
def _whole_file(target: Path) -> Generator[FileIO, None, None]:
    """Yield a new file that becomes *target* on leaving, or vanishes on an error."""
    part = target.parent / f".{secrets.token_hex(8)}.part"
    try:
        if target.is_dir():
            raise DownloadError(f"{target}: is a folder; name a file in it")
        try:
            with part.open("xb", buffering=0) as file:
                yield file
                os.fsync(file.fileno())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as exc:
        raise DownloadError(
            f"{target}: cannot be written, {exc.strerror or exc}; choose another place"
        ) from exc


def _failure(url: str, problem: str) -> DownloadError:
    return DownloadError(
        f"video {shown_address(url)}: {problem}; nothing was written, fetch it again "
        "or wait for the job again to get a fresh address"
    )
