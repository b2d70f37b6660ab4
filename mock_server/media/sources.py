"""Finds the input video of a submit, where this machine may look at it.

A data URI carries it, and what was uploaded to the mock is here already. What an
address names elsewhere is fetched only where that was asked for, and no path of this
machine is ever read.
"""

import asyncio
import logging
import re
from base64 import b64decode
from collections.abc import Awaitable, Callable, Collection, Mapping
from pathlib import Path
from urllib.parse import unquote_to_bytes

from mock_server.media.fetching import UnfetchedError
from mock_server.media.measuring import measure_video
from mock_server.media.shapes import Source, follows_input
from mock_server.uploads import Storage
from specs import Contract, Json

_INPUT = "video_url"
_DATA = re.compile(r"data:([^,]{0,200}),", re.I)
_UPLOAD = re.compile(r"https?://[^/?#]{1,300}(?:/[^/?#]{1,253})?/files/([0-9a-f]{32})/")
_LOG = logging.getLogger(__name__)


class Sources:
    """Where input videos may be: in *storages*, and elsewhere where there is a *fetch*."""

    def __init__(
        self,
        storages: Collection[Storage] = (),
        *,
        fetch: Callable[[str], Awaitable[bytes]] | None = None,
    ) -> None:
        self._storages = storages
        self._fetch = fetch

    async def measure(
        self, contract: Contract, body: Mapping[str, Json]
    ) -> Source | None:
        """Return what the input video of *body* measures, if the outcome depends on it."""
        url = body.get(_INPUT)
        if not (
            isinstance(url, str)
            and self._is_near(url)
            and follows_input(contract.body, body)
        ):
            return None
        content = await self._find(url)
        if content is None:
            return None
        source = await asyncio.to_thread(measure_video, content)
        if source is None:
            _LOG.warning("input %.100r: is no video that can be read", url)
        return source

    def _is_near(self, url: str) -> bool:
        """Say whether the video at *url* may be read; most are neither here nor fetched."""
        return self._fetch is not None or url[:5].lower() == "data:" or "/files/" in url

    async def _find(self, url: str) -> bytes | Path | None:
        if data := _DATA.match(url):
            return _read_data(url[data.end() :], encoded=data[1].endswith(";base64"))
        if upload := _UPLOAD.match(url):
            for storage in self._storages:
                found = storage.find(upload[1])
                if found is not None:
                    return storage.content(found)
        if self._fetch is None:
            return None
        try:
            # A limit of time takes a task, and an answer is none until it first waits.
            return await asyncio.ensure_future(self._fetch(url))
        except UnfetchedError as exc:
            _LOG.warning("input %.100r: was not fetched: %s", url, exc)
            return None


def _read_data(text: str, *, encoded: bool) -> bytes | None:
    """Return the bytes of a data URI; None where they are not as it says."""
    content = unquote_to_bytes(text)
    if not encoded:
        return content
    try:
        return b64decode(content)
    except ValueError:
        return None
