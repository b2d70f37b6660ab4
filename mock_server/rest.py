"""What a service with a queue serves beside it: tokens, its public key, uploads, files.

The service spreads this over two hosts; here every call is answered on either, and
without a host as well, since no path of theirs collides.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from time import time
from typing import Any
from uuid import uuid4

from starlette.types import Receive

from mock_server.access import APP_TOKEN, FILES_TOKEN, Access
from mock_server.exchange import (
    BodyTooLargeError,
    Call,
    FileReply,
    Reply,
    SlowBodyError,
    json_reply,
    read_body,
)
from mock_server.hosts import address
from mock_server.refusals.problems import refuse
from mock_server.refusals.reasons import Reason, RefusedError
from mock_server.signing import describe_keys, is_token, mint_token
from mock_server.uploads import Storage, Upload
from mock_server.validation.validation import read_json
from specs import Json, Provider, Queue

_LONGEST_BODY = 100_000
_TOKEN_SECONDS = 3600.0
_STARTS = ("/tokens", "/storage/", "/files/", "/.well-known/")
_FILE = r"/files/(?P<key>[0-9a-f]{32})/(?P<name>[A-Za-z0-9._-]{1,100})"
_PART = rf"{_FILE}/multipart/(?P<secret>[0-9a-f]{{32}})"

Handler = Callable[[Call, Receive, Mapping[str, str]], Awaitable[Reply]]


class Rest:
    """The calls that *provider* answers beside its queue."""

    def __init__(
        self, provider: Provider, queue: Queue, *, access: Access, storage: Storage
    ) -> None:
        self._provider = provider
        self._queue = queue
        self._access = access
        self._storage = storage
        table: list[tuple[str, str, Handler]] = [
            ("POST", "/tokens", self._give_token),
            ("GET", r"/\.well-known/jwks\.json", self._show_keys),
            ("POST", "/storage/auth/token", self._give_files_token),
            ("POST", "/storage/upload/initiate", self._initiate),
            ("POST", "/storage/upload/initiate-multipart", self._initiate_multipart),
            ("POST", "/files/upload", self._upload),
            ("POST", "/files/upload/multipart", self._open_multipart),
            ("PUT", rf"{_FILE}/upload/(?P<secret>[0-9a-f]{{32}})", self._write),
            ("PUT", rf"{_PART}/(?P<number>[0-9]{{1,5}})", self._write_part),
            ("POST", rf"{_PART}/complete", self._complete),
            ("GET", _FILE, self._read),
            ("HEAD", _FILE, self._read),
        ]
        self._hosts = (queue.rest_host, queue.files_host)
        self._table = [(method, re.compile(path), it) for method, path, it in table]

    def takes(self, call: Call) -> bool:
        """Say whether *call* is meant for this side."""
        if call.host:
            return call.host in self._hosts
        return call.path.startswith(_STARTS)

    async def answer(self, call: Call, receive: Receive, *, now: float) -> Reply:
        """Return the answer to *call*, which is meant for this side."""
        try:
            handler, values = self._select(call)
            return await handler(call, receive, values)
        except BodyTooLargeError:
            refusal = RefusedError(Reason.TOO_LARGE)
        except SlowBodyError:
            refusal = RefusedError(Reason.TOO_SLOW)
        except RefusedError as exc:
            refusal = exc
        return refuse(refusal, self._provider, call, request_id=str(uuid4()), now=now)

    def _select(self, call: Call) -> tuple[Handler, Mapping[str, str]]:
        """Return what answers *call*; raise RefusedError where nothing does."""
        allowed = []
        for method, pattern, handler in self._table:
            match = pattern.fullmatch(call.path.rstrip("/"))
            if match and method == call.method:
                return handler, match.groupdict()
            if match:
                allowed.append(method)
        reason = Reason.WRONG_METHOD if allowed else Reason.UNKNOWN_PATH
        raise RefusedError(reason, allowed=allowed)

    async def _give_token(
        self, call: Call, receive: Receive, _: Mapping[str, str]
    ) -> Reply:
        """Give out a token that a browser may use for a while in place of the key."""
        self._access.admit(self._provider, call)
        wish = (await _read_members(call, receive)).get("token_expiration")
        known = isinstance(wish, int) and 0 < wish <= _TOKEN_SECONDS
        seconds = float(wish) if known and wish else 120.0
        return json_reply(200, mint_token(APP_TOKEN, seconds=seconds))

    async def _show_keys(self, _: Call, __: Receive, ___: Mapping[str, str]) -> Reply:
        return json_reply(200, describe_keys())

    async def _give_files_token(
        self, call: Call, _: Receive, __: Mapping[str, str]
    ) -> Reply:
        self._access.admit(self._provider, call)
        # Clients compare the end with their own clock, so it is of the time of day.
        end = datetime.fromtimestamp(time() + _TOKEN_SECONDS, UTC)
        content: Json = {
            "token": mint_token(FILES_TOKEN, seconds=_TOKEN_SECONDS),
            "token_type": "Bearer",
            "base_url": address(self._queue.files_host, call),
            "expires_at": end.isoformat(),
        }
        return json_reply(200, content)

    async def _initiate(
        self, call: Call, receive: Receive, _: Mapping[str, str]
    ) -> Reply:
        upload = await self._promise(call, receive)
        url = self._url(upload, call)
        content: Json = {"file_url": url, "upload_url": f"{url}/upload/{upload.secret}"}
        return json_reply(200, content)

    async def _initiate_multipart(
        self, call: Call, receive: Receive, _: Mapping[str, str]
    ) -> Reply:
        upload = await self._promise(call, receive)
        url = self._url(upload, call)
        content: Json = {
            "file_url": url,
            "upload_url": f"{url}/multipart/{upload.secret}",
        }
        return json_reply(200, content)

    async def _promise(self, call: Call, receive: Receive) -> Upload:
        self._access.admit(self._provider, call)
        members = await _read_members(call, receive)
        return self._storage.open(
            str(members.get("file_name", "")), str(members.get("content_type", ""))
        )

    async def _upload(
        self, call: Call, receive: Receive, _: Mapping[str, str]
    ) -> Reply:
        upload = self._promise_by_headers(call)
        await self._storage.write(upload, _receive_chunks(receive))
        return json_reply(200, {"access_url": self._url(upload, call)})

    async def _open_multipart(
        self, call: Call, _: Receive, __: Mapping[str, str]
    ) -> Reply:
        upload = self._promise_by_headers(call)
        content: Json = {
            "access_url": self._url(upload, call),
            "uploadId": upload.secret,
        }
        return json_reply(200, content)

    def _promise_by_headers(self, call: Call) -> Upload:
        _, _, token = call.headers.get("authorization", "").partition(" ")
        if not is_token(token, FILES_TOKEN):
            raise RefusedError(Reason.NO_KEY)
        return self._storage.open(
            call.headers.get("x-fal-file-name", ""),
            call.headers.get("content-type", ""),
        )

    async def _write(
        self, _: Call, receive: Receive, values: Mapping[str, str]
    ) -> Reply:
        upload = self._find(values)
        await self._storage.write(upload, _receive_chunks(receive))
        return json_reply(200, {})

    async def _write_part(
        self, _: Call, receive: Receive, values: Mapping[str, str]
    ) -> Reply:
        upload, number = self._find(values), int(values["number"])
        tag = await self._storage.write_part(upload, number, _receive_chunks(receive))
        content: Json = {"partNumber": number, "etag": tag}
        return json_reply(200, content, headers={"etag": tag})

    async def _complete(
        self, call: Call, receive: Receive, values: Mapping[str, str]
    ) -> Reply:
        upload = self._find(values)
        parts = (await _read_members(call, receive)).get("parts")
        numbers = [
            it["partNumber"]
            for it in (parts if isinstance(parts, list) else [])
            if isinstance(it, dict) and isinstance(it.get("partNumber"), int)
        ]
        if not self._storage.join(upload, numbers):
            raise RefusedError(Reason.UNREADABLE, "parts: some were not uploaded")
        return json_reply(200, {})

    async def _read(self, _: Call, __: Receive, values: Mapping[str, str]) -> Reply:
        upload = self._storage.find(values["key"])
        path = self._storage.content(upload) if upload else None
        if upload is None or path is None:
            raise RefusedError(Reason.UNKNOWN_PATH)
        return FileReply(status=200, path=path, content_type=upload.media_type)

    def _find(self, values: Mapping[str, str]) -> Upload:
        """Return the upload that *values* name and may write."""
        upload = self._storage.find(values["key"])
        if upload is None or upload.secret != values["secret"]:
            raise RefusedError(Reason.UNKNOWN_PATH)
        return upload

    def _url(self, upload: Upload, call: Call) -> str:
        base = address(self._queue.files_host, call)
        return f"{base}/files/{upload.key}/{upload.name}"


async def _read_members(call: Call, receive: Receive) -> dict[str, Any]:
    """Return the JSON object that *call* carries."""
    body = await read_body(receive, call, limit=_LONGEST_BODY)
    content = read_json(call.with_body(body))
    if not isinstance(content, dict):
        raise RefusedError(Reason.UNREADABLE, "Expected an object")
    return content


async def _receive_chunks(receive: Receive) -> AsyncIterator[bytes]:
    """Yield the body as it arrives; raise RefusedError if it does not arrive whole."""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RefusedError(Reason.UNREADABLE, "The body ended early")
        yield message.get("body", b"")
        more = message.get("more_body", False)
