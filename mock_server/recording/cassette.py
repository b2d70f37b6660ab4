"""A cassette: a file of calls to one service and its answers, without keys.

The first line is `{"cassette": 1, "provider": NAME}`, each other one exchange as JSON.
An exchange is on the disk before its caller has the answer, which may have cost money.
"""

import os
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson

from mock_server.errors import CassetteError
from mock_server.exchange import Call
from mock_server.redaction import REDACTED, is_secret, redact_headers, redact_query

_VERSION = 1
_SHORTEST_KEY = 6  # characters that are taken for a key where they are repeated


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One call and its answer.

    `at` is when it was made, in seconds since the epoch, and `seconds` how long the
    answer took. `breaches` are the rules of the document that either of them broke.
    """

    method: str
    host: str
    path: str
    query: str = ""
    request: bytes = b""
    at: float = 0.0
    seconds: float = 0.0
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    answer: bytes = b""
    contract: str | None = None
    breaches: tuple[str, ...] = ()

    @classmethod
    def of(cls, call: Call, host: str) -> "Take":
        """Return the take that *call*, meant for *host*, begins, without its keys."""
        keys = keys_of(call.headers)
        return cls(
            method=call.method,
            host=host,
            path=_redact_text(call.path, keys),
            query=_redact_text(redact_query(call.query).decode("latin-1"), keys),
            request=redact_body(call.body, keys),
        )

    def answered(
        self, call: Call, status: int, headers: Mapping[str, str], body: bytes
    ) -> "Take":
        """Return the take with the answer to *call*, without keys too."""
        keys = keys_of(call.headers)
        kept = redact_headers(headers)
        return replace(
            self,
            status=status,
            headers={name: _redact_text(kept[name], keys) for name in kept},
            answer=redact_body(body, keys, name=self.path),
        )

    @property
    def question(self) -> str:
        """What two calls have in common that are to be answered alike."""
        query = urlencode(sorted(parse_qsl(self.query, keep_blank_values=True)))
        address = f"{self.host}{self.path.rstrip('/')}{'?' if query else ''}{query}"
        return f"{self.method} {address} {_canonical(self.request)}".rstrip()


class Cassette:
    """The file at *path*, to which takes of the service named *provider* are added."""

    def __init__(self, path: Path, provider: str) -> None:
        self._path = path
        if path.exists() and path.stat().st_size:
            named, _ = read_cassette(path)
            if named != provider:
                raise CassetteError(
                    f"{path}: holds calls to {named}, not to {provider}; name a new file"
                )
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        self._write({"cassette": _VERSION, "provider": provider})

    def add(self, take: Take) -> None:
        """Write *take* to the disk."""
        facts = {name: getattr(take, name) for name in Take.__slots__}
        bodies = {name: _pack(facts[name]) for name in ("request", "answer")}
        self._write(facts | bodies)

    def _write(self, facts: Mapping[str, Any]) -> None:
        try:
            with self._path.open("ab") as file:
                file.write(orjson.dumps(facts) + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as exc:
            raise CassetteError(
                f"{self._path}: cannot be written: {exc}; look after its folder"
            ) from exc


def read_cassette(path: Path) -> tuple[str, tuple[Take, ...]]:
    """Return the name of the service and the takes; raise CassetteError if it is none."""
    with _reading(path, 1):
        first, *lines = path.read_bytes().splitlines()
        facts = orjson.loads(first)
        name = str(facts["provider"])
        _require_version(facts["cassette"])
    takes = []
    for number, line in enumerate(lines, 2):
        with _reading(path, number):
            takes.append(_read_take(orjson.loads(line)))
    return name, tuple(takes)


@contextmanager
def _reading(path: Path, number: int) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, LookupError, TypeError) as exc:
        raise CassetteError(
            f"{path}:{number}: is no cassette of this version: {exc}; "
            "record it with --record"
        ) from exc


def _require_version(version: Any) -> None:
    if version != _VERSION:
        raise ValueError(f"it says {version!r:.40}, and {_VERSION} is known")


def _read_take(facts: dict[str, Any]) -> Take:
    bodies = {name: _unpack(facts[name]) for name in ("request", "answer")}
    return Take(**(facts | bodies | {"breaches": tuple(facts["breaches"])}))


def keys_of(headers: Mapping[str, str]) -> tuple[str, ...]:
    """Return the keys that a call with *headers* carries."""
    secrets = (value for name, value in headers.items() if is_secret(name))
    keys = (it.rpartition(" ")[2] for it in secrets)
    return tuple(it for it in keys if len(it) >= _SHORTEST_KEY)


def redact_body(body: bytes, keys: Iterable[str], *, name: str = "") -> bytes:
    """Return *body* without *keys*, and without members that are called like one.

    A body that is one JSON text counts as called *name*.
    """
    for key in keys:
        body = body.replace(key.encode("latin-1", "replace"), REDACTED.encode())
    try:
        content = orjson.loads(body)
        hidden = _hide(content, name)
    except orjson.JSONDecodeError:
        return body
    except RecursionError:  # nobody can look through it
        return REDACTED.encode()
    return body if hidden == content else orjson.dumps(hidden)


def _hide(content: Any, name: str) -> Any:
    if isinstance(content, dict):
        return {it: _hide(content[it], it) for it in content}
    if isinstance(content, list):
        return [_hide(it, name) for it in content]
    return REDACTED if isinstance(content, str) and is_secret(name[:100]) else content


def _redact_text(text: str, keys: Iterable[str]) -> str:
    for key in keys:
        text = text.replace(key, REDACTED)
    return text


def _canonical(body: bytes) -> str:
    """Return *body* so that the same JSON is the same text."""
    try:
        return orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS).decode()
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return sha256(body).hexdigest() if body else ""


def _pack(body: bytes) -> str | dict[str, str]:
    """Return *body* as JSON has it: text where it is text."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": b64encode(body).decode()}


def _unpack(packed: str | dict[str, str]) -> bytes:
    if isinstance(packed, str):
        return packed.encode("utf-8")
    return b64decode(packed["base64"], validate=True)
