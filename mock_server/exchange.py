"""What comes over the wire and what goes back: the only module that speaks ASGI.

A request's `Head` is read once into a `Call` of plain values; handlers return a `Reply`.
Everything in a call is hostile text. `origin` alone goes back out in URLs, so the
host it is made of must look like one.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from types import MappingProxyType
from typing import NamedTuple

import orjson
from starlette.types import Message, Receive, Scope, Send

from specs import Json

_HOST = re.compile(
    r"[A-Za-z0-9._-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?"
)
_JSON = "application/json"
_JSON_LINES = b"content-length: %d\r\ncontent-type: application/json\r\n"
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


PATIENCE = 30.0
"""Seconds for a body to arrive whole."""


class BodyTooLargeError(Exception):
    """A request's body is longer than its reader allows."""


class SlowBodyError(Exception):
    """A request's body did not arrive in time."""


class Head(NamedTuple):
    """All of a request but its body, as it came.

    `path` is percent-encoded, `headers` have lower-case names.
    """

    method: str
    path: bytes
    query: bytes
    scheme: str
    server: tuple[str, int | None] | None
    headers: tuple[tuple[bytes, bytes], ...]


class Call(NamedTuple):
    """A request, its body still to be read.

    `path` is percent-encoded as it was sent, `headers` have lower-case names, and
    of a header that is sent twice the last one counts. `host` is the one of a
    service's hosts that is meant, empty where the call only says this server.
    """

    method: str
    path: str
    query: bytes = b""
    headers: Mapping[str, str] = MappingProxyType({})
    body: bytes = b""
    origin: str = "http://localhost"
    host: str = ""

    def with_body(self, body: bytes) -> "Call":
        """Return the same call with its body."""
        # Every submit does this, and `_replace` takes three times as long.
        return Call(
            self.method,
            self.path,
            self.query,
            self.headers,
            body,
            self.origin,
            self.host,
        )

    @property
    def head_bytes(self) -> int:
        """About how many bytes all but the body takes."""
        text = sum(len(name) + len(value) for name, value in self.headers.items())
        return text + len(self.path) + len(self.query)


@dataclass(slots=True, kw_only=True)
class Reply:
    """An answer, which sends itself as ASGI has it: `await reply(scope, receive, send)`.

    It may be sent any number of times, and nobody changes it. A HEAD request is sent
    no body.
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = _JSON
    _head: Message | None = field(default=None, init=False, repr=False, compare=False)
    _lines: bytes | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def header_lines(self) -> bytes:
        """The headers as HTTP/1.1 has them; raise ValueError if one leaves its line."""
        if self._lines is None:
            if not self.headers and self.content_type == _JSON:
                self._lines = _JSON_LINES % len(self.body)
            else:
                self._lines = _write_lines(self._headers())
        return self._lines

    def with_text(self, old: str, new: str) -> "Reply":
        """Return the same answer with *new* for *old*, which is as long, throughout."""
        headers = {name: it.replace(old, new) for name, it in self.headers.items()}
        before, after = old.encode(), new.encode()
        reply = Reply(
            status=self.status,
            body=self.body.replace(before, after),
            headers=headers,
            content_type=self.content_type,
        )
        reply._lines = self.header_lines.replace(before, after)
        return reply

    def with_headers(self, headers: Mapping[str, str]) -> "Reply":
        """Return the same answer with *headers* besides its own."""
        return replace(self, headers={**self.headers, **headers})

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        """Send the answer to the request of *scope*."""
        await send(self._start())
        body = b"" if scope["method"] == "HEAD" else self.body
        await send({"type": "http.response.body", "body": body})

    def _start(self) -> Message:
        if self._head is None:
            self._head = _start(self.status, self._headers())
        return self._head

    def _headers(self) -> dict[str, str]:
        return {
            "content-length": str(len(self.body)),
            "content-type": self.content_type,
            **self.headers,
        }


@dataclass(slots=True, kw_only=True)
class StreamReply(Reply):
    """An answer whose body is sent piece by piece, until it ends or nobody listens."""

    chunks: AsyncIterator[bytes]
    body: bytes = b""

    async def __call__(
        self,
        scope: Scope,  # noqa: ARG002 - as ASGI has it
        receive: Receive,
        send: Send,
    ) -> None:
        """Send the pieces as they come, and stop when the client goes away."""
        headers = {"content-type": self.content_type} | dict(self.headers)
        await send(_start(self.status, headers))
        sending = asyncio.create_task(self._send_chunks(send))
        leaving = asyncio.create_task(wait_for_disconnect(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            sending.cancel()
            await asyncio.gather(leaving, sending, return_exceptions=True)
        if not sending.cancelled():
            sending.result()  # raises what went wrong

    async def _send_chunks(self, send: Send) -> None:
        async for chunk in self.chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


@dataclass(slots=True, kw_only=True)
class FileReply(Reply):
    """An answer whose body is a file that somebody else wrote."""

    path: Path
    body: bytes = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file, or the part of it that is wanted."""
        from starlette.responses import FileResponse  # noqa: PLC0415 - 40 ms that only files are worth

        # What a stranger wrote may not act as a page of this server.
        headers = {
            "content-security-policy": "sandbox",
            "x-content-type-options": "nosniff",
        } | dict(self.headers)
        response = FileResponse(
            self.path, headers=headers, media_type=self.content_type
        )
        await response(scope, receive, send)


async def wait_for_disconnect(receive: Receive) -> None:
    """Return when the caller, whose body has been read, goes away."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _start(status: int, headers: Mapping[str, str]) -> Message:
    return {
        "type": "http.response.start",
        "status": status,
        "headers": [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in headers.items()
        ],
    }


def _write_lines(headers: Mapping[str, str]) -> bytes:
    if _CONTROL.search("".join(headers) + "".join(headers.values())):
        raise ValueError("a header of the answer holds a control character")
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    return "".join(lines).encode("latin-1")


def json_reply(
    status: int,
    content: Json,
    *,
    headers: Mapping[str, str] | None = None,
    content_type: str = _JSON,
) -> Reply:
    """Return an answer whose body is *content* as JSON."""
    try:
        body = orjson.dumps(content)
    except orjson.JSONEncodeError:
        # A refusal repeats what it was sent, such as an integer past 64 bits.
        body = json.dumps(content).encode()
    return Reply(
        status=status, body=body, headers=headers or {}, content_type=content_type
    )


def read_head(scope: Scope) -> Head:
    """Return the head of the request of *scope*."""
    return Head(
        method=scope["method"],
        # `path` is decoded, so that a slash inside an id would split it.
        path=scope.get("raw_path") or scope["path"].encode(),
        query=scope["query_string"],
        scheme=scope["scheme"],
        server=scope.get("server"),
        headers=tuple((name.lower(), value) for name, value in scope["headers"]),
    )


def read_call(head: Head) -> Call:
    """Return the request that *head* begins, without its body."""
    headers = {
        name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers
    }
    return Call(
        method=head.method,
        path=head.path.decode("ascii", "replace"),
        query=head.query,
        headers=headers,
        origin=f"{head.scheme}://{_read_host(head, headers)}",
    )


def _read_host(head: Head, headers: Mapping[str, str]) -> str:
    host = headers.get("host", "")
    if _HOST.fullmatch(host):
        return host
    name, port = head.server or ("localhost", None)
    name = f"[{name}]" if ":" in name else name
    return name if port is None else f"{name}:{port}"


async def read_body(receive: Receive, call: Call, *, limit: int) -> bytes:
    """Return the body of *call*.

    Raises BodyTooLargeError past *limit* bytes, and SlowBodyError past PATIENCE: the
    connection wakes who waits for a body that does not come.
    """
    announced = call.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced[:20]) > limit:
        raise BodyTooLargeError
    started, chunks = monotonic(), list[bytes]()
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""  # half a body could by chance be a whole one, and is none
        chunk: bytes = message.get("body", b"")
        more = message.get("more_body", False)
        size += len(chunk)
        if size > limit:
            raise BodyTooLargeError
        if more and monotonic() - started > PATIENCE:
            raise SlowBodyError
        chunks.append(chunk)
    return b"".join(chunks)
