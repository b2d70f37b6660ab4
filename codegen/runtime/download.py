"""Fetching a video into a file: all of it, or nothing.

The bytes go to a file beside the target, which takes the target's place only when the
whole video is there. A connection that breaks is taken up where it broke. No API key
is sent: a video stands on whichever host the provider names, or in the answer itself.
"""

from __future__ import annotations

import os
import re
import secrets
from base64 import b64decode
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urljoin

from .errors import DownloadError, NetworkError
from .exchange import Do, Request, Response, Steps, shown_address
from .retries import Persistence

MOST_REDIRECTS = 5

STALL_TIMEOUT = 60.0
"""Seconds without a single byte after which a connection is given up."""

OnBytes: TypeAlias = Callable[[int, "int | None"], object]
"""Called with the bytes that have arrived, and with all there are if that is known."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(?:\d{1,18}|\*)", re.ASCII)


def download(
    url: str,
    target: Path,
    persistence: Persistence,
    *,
    timeout: float | None = None,
    on_progress: OnBytes | None = None,
) -> Steps[Path]:
    """Fetch the video at *url* to *target* and return *target*; replace what is there.

    Every step that touches the disk is a Do, or the work of a sink: with asyncio none
    runs on the event loop, but for what tidies up after a failure.
    """
    if (yield Do(target.is_dir)):
        raise DownloadError(f"{target}: is a folder; name a file in it")
    part = target.parent / f".{secrets.token_hex(8)}.part"
    try:
        file: FileIO = yield Do(lambda: part.open("xb", buffering=0))
        try:
            yield from _Fetch(url, file, persistence, timeout, on_progress).run()
            yield Do(lambda: os.fsync(file.fileno()))
        finally:
            file.close()
        yield Do(lambda: part.replace(target))
    except BaseException as exc:
        part.unlink(missing_ok=True)
        if not isinstance(exc, OSError):
            raise
        raise DownloadError(
            f"{target}: cannot be written, {exc.strerror or exc}; choose another place"
        ) from exc
    return target


class _Fetch:
    """The video on its way into *file*, over as many connections as it takes."""

    def __init__(
        self,
        url: str,
        file: FileIO,
        persistence: Persistence,
        timeout: float | None,
        on_progress: OnBytes | None,
    ) -> None:
        self._url = url
        self._file = file
        self._persistence = persistence
        self._end = float("inf") if timeout is None else persistence.clock() + timeout
        self._on_progress = on_progress
        self._tag = ""  # of the very file that was begun
        self._written = 0
        self._again = False  # what is written is of no use
        self._whole = False  # what comes completes it
        self._total: int | None = None

    def run(self) -> Steps[None]:
        """Fetch it whole, or raise DownloadError."""
        if self._url.startswith("data:"):
            return (yield from self._unpack())
        for _ in range(MOST_REDIRECTS + 1):
            response = yield from self._get()
            if response.status not in _REDIRECTS:
                return self._check(response)
            before, self._url = self._url, self._join(response)
            if before.startswith("https:") and not self._url.startswith("https:"):
                raise self._failure("it redirects to an unprotected address")
        raise self._failure(f"it redirects more than {MOST_REDIRECTS} times")

    def _unpack(self) -> Steps[None]:
        """Take the video from the answer itself, which is how fal sends it in sync_mode."""
        head, _, text = self._url.partition(",")
        try:
            content = b64decode(text, validate=True)
        except ValueError:
            content = b""
        if not head.endswith(";base64") or not content:
            raise self._failure("it is no data URI that holds a video")
        yield Do(lambda: self.write(content))
        self.written()

    def _get(self) -> Steps[Response]:
        if not self._url.startswith(("https://", "http://")):
            raise self._failure("it is no web address")
        while True:
            before = self._written
            try:
                return (
                    yield from self._persistence.send(
                        self._request,
                        deadline=self._end,
                        most=STALL_TIMEOUT,
                        sink=self,
                    )
                )
            except NetworkError as exc:
                problem = f"the connection broke, {exc}"
            # Attempts that bring the video further may be as many as it takes.
            late = self._persistence.clock() >= self._end
            if late or not self._tag or self._written <= before:
                raise self._failure(problem)

    def _request(self) -> Request:
        # Encoded bytes could not be held against the announced length.
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
        if self._written and self._tag:
            headers |= {"Range": f"bytes={self._written}-", "If-Range": self._tag}
        return Request(method="GET", url=self._url, headers=headers)

    def open(self, head: Response) -> None:
        """Note what the head of an answer says: all of the video, or what was missing."""
        headers = head.headers
        part = _RANGE.fullmatch(headers.get("content-range", ""))
        start = int(part[1]) if head.status == 206 and part else 0
        self._whole = start == self._written or head.status == 200
        if start == 0 or not self._whole:
            self._again = self._written > 0
            self._written = 0
        tag = headers.get("etag", "")
        self._tag = "" if tag.startswith("W/") else tag
        announced = headers.get("content-length", "")
        encoded = "content-encoding" in headers  # then it counts other bytes
        known = announced.isascii() and announced.isdecimal() and not encoded
        self._total = self._written + int(announced) if known else None

    def write(self, piece: bytes) -> None:
        """Write *piece* behind what there is."""
        if self._again:
            self._again = False
            self._file.seek(0)
            self._file.truncate()
        left = memoryview(piece)
        while left:  # an unbuffered file may take a part only
            left = left[self._file.write(left) :]
        self._written += len(piece)

    def written(self) -> None:
        """Tell how far it has come."""
        if self._on_progress is not None:
            self._on_progress(self._written, self._total)

    def _check(self, response: Response) -> None:
        if not (response.status in {200, 206} and self._whole):
            raise self._failure(f"it answered {response.status}")
        if self._total is not None and self._total != self._written:
            raise self._failure(
                f"{self._written} of {self._total} bytes came, so it is not whole"
            )
        if self._written == 0:
            raise self._failure("it is empty")

    def _join(self, response: Response) -> str:
        try:
            return urljoin(self._url, response.headers.get("location", ""))
        except ValueError as exc:
            raise self._failure("it redirects to an address that is none") from exc

    def _failure(self, problem: str) -> DownloadError:
        return DownloadError(
            f"video {shown_address(self._url)}: {problem}; nothing was written, fetch it "
            "again or wait for the job again to get a fresh address"
        )
