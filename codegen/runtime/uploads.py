"""Files in the place of addresses: uploaded first, or sent as a data URI."""

from __future__ import annotations

import json
import mimetypes
import os
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from .access import Access
from .answers import look_up, read_body
from .errors import (
    ContractViolation,
    InvalidInputError,
    NetworkError,
    Problem,
    UploadError,
)
from .exchange import Do, Request, Steps
from .protocol import JobProtocol, Uploads
from .retries import Persistence

TIMEOUT = 600.0
"""Seconds for all of one upload."""

PLACEHOLDER = "https://files.invalid/"
"""Stands for a file while the other arguments are checked, before it is sent."""


def find_files(protocol: JobProtocol, values: Mapping[str, Any]) -> list[Any]:
    """Return the files that stand in *values* where an address is wanted."""
    items = (it for name in protocol.media for it in _items(values.get(name)))
    return [it for it in items if isinstance(it, os.PathLike) or hasattr(it, "read")]


def without_files(protocol: JobProtocol, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return *values* with a placeholder for each file."""
    files = find_files(protocol, values)
    return _placed(values, {id(it): PLACEHOLDER for it in files})


def place_files(
    protocol: JobProtocol,
    values: Mapping[str, Any],
    access: Access,
    persistence: Persistence,
) -> Steps[dict[str, Any]]:
    """Return *values* with an address for each file, which the service then has."""
    addresses: dict[int, str] = {}
    for it in find_files(protocol, values):
        addresses[id(it)] = yield from _place(it, protocol, access, persistence)
    return _placed(values, addresses)


def _placed(values: Mapping[str, Any], addresses: Mapping[int, str]) -> dict[str, Any]:
    """Return *values* with the address of each file, known by its id(), in its place."""

    def place(value: Any) -> Any:
        found = [addresses.get(id(it), it) for it in _items(value)]
        return found if isinstance(value, list) else found[0]

    return {name: place(it) for name, it in values.items()}


def _items(value: Any) -> list[Any]:
    return [*value] if isinstance(value, list) else [value]


def _place(
    value: Any, protocol: JobProtocol, access: Access, persistence: Persistence
) -> Steps[str]:
    is_open = hasattr(value, "read")
    path = Path(str(getattr(value, "name", "file")) if is_open else value)
    try:
        file: BinaryIO = value
        if not is_open:
            file = yield Do(lambda: path.open("rb"))
        try:
            sent = yield from _measured(file, path.name, protocol)
            return (yield from _send(sent, protocol, access, persistence))
        finally:
            if not is_open:
                file.close()
    except OSError as exc:
        problem = Problem(path.name, f"cannot be read, {exc.strerror or exc}")
        raise InvalidInputError(protocol.where, (problem,)) from exc


def _measured(file: BinaryIO, name: str, protocol: JobProtocol) -> Steps[_File]:
    """Return what is to be sent; raise InvalidInputError where it is too much."""
    size: int = yield Do(lambda: file.seek(0, os.SEEK_END))
    most = _uploads(protocol).most_bytes
    if size > most:
        told = f"has {size} bytes, but the service takes at most {most}"
        raise InvalidInputError(protocol.where, (Problem(name, told),))
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return _File(file=file, size=size, name=name, kind=kind)


def _uploads(protocol: JobProtocol) -> Uploads:
    found = protocol.service.uploads
    assert found is not None, "generation finds media only where it finds uploads"
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    file: BinaryIO
    size: int
    name: str
    kind: str


def _send(
    it: _File, protocol: JobProtocol, access: Access, persistence: Persistence
) -> Steps[str]:
    url = _uploads(protocol).url
    if not url:
        it.file.seek(0)
        content: bytes = yield Do(it.file.read)
        return f"data:{it.kind};base64,{b64encode(content).decode()}"
    deadline = persistence.clock() + TIMEOUT
    wish = json.dumps({"content_type": it.kind, "file_name": it.name}).encode()
    ask = access.beside(url, wish)
    response = yield from persistence.send(ask, deadline=deadline, most=60.0)
    body = read_body(response, where=ask.place)
    to, address = look_up(body, "/upload_url"), look_up(body, "/file_url")
    if not (isinstance(to, str) and isinstance(address, str)):
        raise ContractViolation(
            f"{ask.place} gave no address to upload to; its answer is in .body",
            pointer="/upload_url",
            body=body,
        )

    def put() -> Request:
        it.file.seek(0)
        headers = {"Content-Type": it.kind, "Content-Length": str(it.size)}
        return Request(method="PUT", url=to, headers=headers, file=it.file)

    try:
        response = yield from persistence.send(put, deadline=deadline, most=TIMEOUT)
    except NetworkError as exc:
        raise UploadError(f"file {it.name}: {exc}") from exc
    if not 200 <= response.status <= 299:
        raise UploadError(f"file {it.name}: the store answered {response.status}")
    return address
