"""What was asked and answered lately, and what validation said of it.

The journal is bounded by number and by bytes, the oldest going first, and long bodies
are kept in part. A key never enters it.
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count, islice
from time import perf_counter
from typing import Any
from urllib.parse import unquote

from mock_server.exchange import Call, Reply
from mock_server.hosts import address
from mock_server.scenarios import Scenario
from specs import Breach, Contract, Provider

REDACTED = "[redacted]"
_LONGEST_BODY = 20_000
_SECRET = re.compile(r"authorization|cookie|token|secret|password|(^|[^a-z])key", re.I)


@dataclass(slots=True, kw_only=True)
class Note:
    """What becomes known of a call while it is answered."""

    call: Call
    started: float = field(default_factory=perf_counter)
    provider: Provider | None = None
    role: str | None = None
    contract: Contract | None = None
    job: str | None = None
    scenario: Scenario | None = None
    breaches: tuple[Breach, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One exchange, without its keys.

    `at` is the time of the mock's clock, `seconds` how long the answer really took.
    `request_bytes` and `answer_bytes` are the lengths of the bodies before they were
    clipped.
    """

    number: int
    at: float
    seconds: float
    call: Call
    reply: Reply
    request_bytes: int
    answer_bytes: int
    provider: str | None
    role: str | None
    contract: str | None
    job: str | None
    scenario: str | None
    breaches: tuple[Breach, ...]

    @property
    def url(self) -> str:
        """The address that was called, without its keys."""
        call = self.call
        base = address(call.host, call) if call.host else call.origin
        query = call.query.decode("latin-1")
        return f"{base}{call.path}{'?' if query else ''}{query}"

    @property
    def size(self) -> int:
        """About how many bytes the entry takes."""
        call, reply = self.call, self.reply
        headers = [*call.headers.items(), *reply.headers.items()]
        text = sum(len(name) + len(value) for name, value in headers)
        bodies = len(call.body) + len(reply.body)
        return bodies + text + len(call.path) + len(call.query) + 1_000


class Journal:
    """The last exchanges: at most *most* of them, and about *size* bytes."""

    def __init__(self, *, most: int = 1_000, size: int = 8_000_000) -> None:
        self._most = most
        self._room = self._size = size
        self._numbers = count(1)
        self._entries: deque[tuple[Entry, int]] = deque()  # and sizes

    def record(self, note: Note, reply: Reply, *, at: float) -> None:
        """Keep what was asked and answered, and forget the oldest to make room."""
        entry = Entry(
            number=next(self._numbers),
            at=at,
            seconds=perf_counter() - note.started,
            call=_without_keys(note.call),
            reply=_clipped(reply),
            request_bytes=len(note.call.body),
            answer_bytes=len(reply.body),
            provider=note.provider.name if note.provider else None,
            role=note.role,
            contract=note.contract.id if note.contract else None,
            job=note.job,
            scenario=note.scenario.name if note.scenario else None,
            breaches=note.breaches,
        )
        size = entry.size
        self._entries.append((entry, size))
        self._room -= size
        while self._room < 0 or len(self._entries) > self._most:
            _, freed = self._entries.popleft()
            self._room += freed

    def newest(self, most: int) -> Iterator[Entry]:
        """Yield the last *most* entries, the newest first."""
        yield from (entry for entry, _ in islice(reversed(self._entries), most))

    def clear(self) -> None:
        """Forget every exchange."""
        self._entries.clear()
        self._room = self._size

    def __len__(self) -> int:
        return len(self._entries)


def _clipped(reply: Reply) -> Reply:
    """Return what is kept of *reply*: a plain answer, whatever sent it."""
    return Reply(
        status=reply.status,
        body=reply.body[:_LONGEST_BODY],
        headers=_redact(reply.headers),
        content_type=reply.content_type,
    )


def _without_keys(call: Call) -> Call:
    headers = _redact(call.headers)
    query = call.query
    if query and _SECRET.search(unquote(query.decode("latin-1"))):
        query = b"&".join(_redact_member(it) for it in query.split(b"&"))
    return Call(
        method=call.method,
        path=call.path,
        query=query,
        headers=headers,
        body=call.body[:_LONGEST_BODY],
        origin=call.origin,
        host=call.host,
    )


def _redact(headers: Mapping[str, str]) -> dict[str, str]:
    return {
        name: REDACTED if _is_secret(name[:100]) else value
        for name, value in headers.items()
    }


@lru_cache(256)
def _is_secret(name: str) -> bool:
    """Say whether a header or a member of a query may hold a key, by its name."""
    # The same few names come with every call.
    return _SECRET.search(name) is not None


def _redact_member(member: bytes) -> bytes:
    name, equals, _ = member.partition(b"=")
    secret = equals and _is_secret(unquote(name.decode("latin-1"))[:100])
    return name + equals + REDACTED.encode() if secret else member


def describe_verdict(entry: Entry) -> dict[str, Any]:
    """Return what the mock made of the call: whose it was, and the rules it broke."""
    return {
        "provider": entry.provider,
        "contract": entry.contract,
        "role": entry.role,
        "job": entry.job,
        "scenario": entry.scenario,
        "breaches": [
            {
                "location": it.location,
                "path": [*it.path],
                "rule": it.rule,
                "message": it.message[:500],
            }
            for it in entry.breaches
        ],
    }
