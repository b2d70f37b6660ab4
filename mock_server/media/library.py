"""The videos of finished jobs: drawn once per shape, kept, and served in parts."""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from threading import Lock

from mock_server.media.drawing import draw_video
from mock_server.media.shapes import Shape


@dataclass(frozen=True)
class Video:
    """An MP4 file, and the tag by which a cache knows it."""

    content: bytes

    @cached_property
    def tag(self) -> str:
        """The entity tag, quoted as HTTP wants it."""
        return f'"{sha256(self.content).hexdigest()[:32]}"'


class Library:
    """The videos drawn so far, the least used given up beyond *capacity*.

    Videos are drawn in threads of their own; whoever asks for a shape while it is
    being drawn waits for that one drawing.
    """

    def __init__(
        self, draw: Callable[[Shape], bytes] = draw_video, *, capacity: int = 200
    ) -> None:
        self._draw = draw
        self._capacity = capacity
        self._lock = Lock()
        self._videos: OrderedDict[Shape, Future[Video]] = OrderedDict()
        self._threads = ThreadPoolExecutor(2, "reelspec-media")

    async def fetch(self, shape: Shape) -> Video:
        """Return the video of *shape*, drawing it if nobody has asked for it before."""
        # A caller who gives up must not take the drawing from the others.
        return await asyncio.shield(asyncio.wrap_future(self._submit(shape)))

    def _submit(self, shape: Shape) -> Future[Video]:
        with self._lock:
            video = self._videos.get(shape)
            if video is None or (video.done() and video.exception() is not None):
                video = self._threads.submit(lambda: Video(self._draw(shape)))
                self._videos[shape] = video
            self._videos.move_to_end(shape)
            while len(self._videos) > self._capacity:
                self._videos.popitem(last=False)
            return video


@dataclass(frozen=True, slots=True)
class Part:
    """What of a video is sent: the status code, its headers and the bytes."""

    status: int
    headers: Mapping[str, str]
    content: bytes


def read_part(video: Video, headers: Mapping[str, str]) -> Part:
    """Return what a request with *headers* is sent of *video* (RFC 9110 §13, §14).

    One range is honoured; several at once, or one that is malformed, get the whole.
    """
    described = {
        "accept-ranges": "bytes",
        "cache-control": "public, max-age=3600",
        "content-type": "video/mp4",
        "etag": video.tag,
    }
    known = [it.strip() for it in headers.get("if-none-match", "").split(",")]
    if video.tag in known or "*" in known:
        return Part(304, described, b"")
    size = len(video.content)
    match = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", headers.get("range", ""))
    stale = headers.get("if-range", video.tag) != video.tag
    if match is None or match.group() == "bytes=-" or stale:
        return Part(200, described, video.content)
    first, last = match.groups()
    if first and last and int(last) < int(first):
        return Part(200, described, video.content)
    start = int(first) if first else max(size - int(last), 0)
    stop = min(int(last) + 1, size) if first and last else size
    if start >= size:
        return Part(416, described | {"content-range": f"bytes */{size}"}, b"")
    described["content-range"] = f"bytes {start}-{stop - 1}/{size}"
    return Part(206, described, video.content[start:stop])
