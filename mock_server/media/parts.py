"""What of a file is sent: all of it, a part, or that it has not changed."""

import asyncio
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.types import Receive, Scope, Send

from mock_server.exchange import Reply
from mock_server.media.cabinet import Clip

_CHUNK = 262_144  # bytes that are read at once


@dataclass(frozen=True, slots=True)
class Part:
    """The status code, its headers, and which bytes of the file are sent."""

    status: int
    headers: Mapping[str, str]
    start: int = 0
    stop: int = 0


@dataclass(slots=True, kw_only=True)
class PartReply(Reply):
    """An answer whose body is read from a file while it is sent."""

    path: Path
    start: int
    stop: int
    body: bytes = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the part, chunk by chunk, or its headers alone."""
        length = self.stop - self.start
        headers = {**self.headers, "content-length": str(length)}
        head = Reply(
            status=self.status,
            body=b"",
            headers=headers,
            content_type=self.content_type,
        )
        if scope["method"] == "HEAD" or not length:
            await head(scope, receive, send)
            return

        async def send_head(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                await send(message)

        await head(scope, receive, send_head)
        for at in range(self.start, self.stop, _CHUNK):
            size = min(_CHUNK, self.stop - at)
            chunk = await asyncio.to_thread(_read, self.path, at, size)
            more = at + size < self.stop
            await send({"type": "http.response.body", "body": chunk, "more_body": more})


def read_part(clip: Clip, headers: Mapping[str, str]) -> Part:
    """Return what a request with *headers* is sent of *clip* (RFC 9110 §13, §14).

    One range is honoured; several at once, or one that is malformed, get the whole.
    """
    size = clip.size
    described = {
        "accept-ranges": "bytes",
        "cache-control": "public, max-age=3600",
        "etag": clip.tag,
    }
    known = [it.strip() for it in headers.get("if-none-match", "").split(",")]
    if clip.tag in known or "*" in known:
        return Part(304, described)
    match = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", headers.get("range", ""))
    stale = headers.get("if-range", clip.tag) != clip.tag
    if match is None or match.group() == "bytes=-" or stale:
        return Part(200, described, 0, size)
    first, last = match.groups()
    if first and last and int(last) < int(first):
        return Part(200, described, 0, size)
    start = int(first) if first else max(size - int(last), 0)
    stop = min(int(last) + 1, size) if first and last else size
    if start >= size:
        return Part(416, described | {"content-range": f"bytes */{size}"})
    described["content-range"] = f"bytes {start}-{stop - 1}/{size}"
    return Part(206, described, start, stop)


async def answer_part(
    clip: Clip, headers: Mapping[str, str], *, content_type: str, whole: bool = False
) -> Reply:
    """Return the answer that a request with *headers* is sent of *clip*.

    With *whole* its body is in memory, for whoever has something to do to it.
    """
    part = read_part(clip, headers)
    if whole:
        length = part.stop - part.start
        body = await asyncio.to_thread(_read, clip.path, part.start, length)
        return Reply(
            status=part.status,
            body=body,
            headers=part.headers,
            content_type=content_type,
        )
    return PartReply(
        status=part.status,
        headers=part.headers,
        content_type=content_type,
        path=clip.path,
        start=part.start,
        stop=part.stop,
    )


def _read(path: Path, start: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(length)
