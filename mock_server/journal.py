"""What was asked and answered lately, and what validation said of it.

The shelf that it stands on is bounded by number and by bytes, the oldest going first,
and long bodies are kept in part. A key never gets there.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from threading import Lock
from time import perf_counter, sleep
from typing import Any, NamedTuple

import msgspec
import orjson

from mock_server.exchange import Call, Reply
from mock_server.hosts import address
from mock_server.redaction import redact_headers, redact_query
from mock_server.scenarios import Scenario
from mock_server.stores.shelf import MemoryShelf, Shelf
from specs import Breach, Contract, Provider

_LONGEST_BODY = 20_000
_ENCODED_AT_ONCE = 16  # exchanges: 0.2 milliseconds
_MOST_WAITING = 4_000_000  # bytes of the bodies that wait to be put on the shelf


class Note(msgspec.Struct, kw_only=True):
    """What becomes known of a call while it is answered."""

    call: Call
    started: float = msgspec.field(default_factory=perf_counter)
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
    clipped. `verdict` is what the mock made of the call: whose it was, and the rules
    it broke.
    """

    number: int
    at: float
    seconds: float
    call: Call
    reply: Reply
    request_bytes: int
    answer_bytes: int
    verdict: Mapping[str, Any]

    @property
    def url(self) -> str:
        """The address that was called, without its keys."""
        call = self.call
        base = address(call.host, call) if call.host else call.origin
        query = call.query.decode("latin-1")
        return f"{base}{call.path}{'?' if query else ''}{query}"


class _Exchange(NamedTuple):
    """What is known of an exchange when it ends: the shelf is filled at leisure."""

    at: float
    seconds: float
    size: int  # of the bodies
    note: Note
    call: Call
    reply: Reply


class Journal:
    """The last exchanges, on a *shelf* that others may write to as well.

    What is recorded waits in memory until `flush` is called, somebody reads, or so
    much waits that it should not. A crash may cost what waits.
    """

    def __init__(self, shelf: Shelf | None = None) -> None:
        self._shelf = MemoryShelf() if shelf is None else shelf
        self._waiting: deque[_Exchange] = deque(maxlen=self._shelf.most)
        self._bytes = 0  # of the bodies that wait
        self._rows: deque[bytes] = deque(maxlen=self._shelf.most)  # likewise, clipped
        self._lock, self._writing = Lock(), Lock()

    def record(self, note: Note, reply: Reply, *, at: float) -> bool:
        """Keep what was asked and answered; say whether it is the first that waits."""
        seconds = perf_counter() - note.started
        with self._lock:
            waiting = self._waiting
            first = not waiting
            if len(waiting) == waiting.maxlen:
                self._bytes -= waiting[0].size  # which makes room for this one
            size = len(note.call.body) + len(reply.body)
            waiting.append(_Exchange(at, seconds, size, note, note.call, reply))
            self._bytes += size
        if self._bytes > _MOST_WAITING:
            self._clip()
        return first

    def flush(self) -> None:
        """Put what waits on the shelf; a thread may, while others record."""
        with self._writing:  # first come, first written
            self._clip()
            rows = [self._rows.popleft() for _ in range(len(self._rows))]
            if rows:
                self._shelf.append(rows)

    def _clip(self) -> None:
        """Have what waits take no more room than it will on the shelf."""
        with self._lock:
            waiting, self._waiting = self._waiting, deque(maxlen=self._shelf.most)
            self._bytes = 0
        for number, exchange in enumerate(waiting):
            if number % _ENCODED_AT_ONCE == 0:
                sleep(0)  # whoever answers meanwhile is to have the interpreter
            self._rows.append(_encode(exchange))

    def newest(self, most: int) -> Iterator[Entry]:
        """Yield the last *most* entries, the newest first."""
        self.flush()
        for number, row in self._shelf.newest(most):
            yield _decode(number, row)

    def clear(self) -> None:
        """Forget every exchange."""
        with self._writing:
            self._clip()
            self._rows.clear()
            self._shelf.clear()

    def __len__(self) -> int:
        self.flush()
        return len(self._shelf)


def _encode(exchange: _Exchange) -> bytes:
    """Return *exchange* as it stands on the shelf: clipped, and without its keys."""
    at, seconds, _, note, call, reply = exchange
    return orjson.dumps(
        {
            "at": at,
            "seconds": seconds,
            "method": call.method,
            "path": call.path,
            "query": redact_query(call.query).decode("latin-1"),
            "headers": redact_headers(call.headers),
            "body": call.body[:_LONGEST_BODY].decode("latin-1"),
            "origin": call.origin,
            "host": call.host,
            "status": reply.status,
            "answer_headers": redact_headers(reply.headers),
            "content_type": reply.content_type,
            "answer": reply.body[:_LONGEST_BODY].decode("latin-1"),
            "request_bytes": len(call.body),
            "answer_bytes": len(reply.body),
            "verdict": _describe_verdict(note),
        }
    )


def _decode(number: int, row: bytes) -> Entry:
    it = orjson.loads(row)
    call = Call(
        method=it["method"],
        path=it["path"],
        query=it["query"].encode("latin-1"),
        headers=it["headers"],
        body=it["body"].encode("latin-1"),
        origin=it["origin"],
        host=it["host"],
    )
    reply = Reply(
        status=it["status"],
        body=it["answer"].encode("latin-1"),
        headers=it["answer_headers"],
        content_type=it["content_type"],
    )
    kept = ("at", "seconds", "request_bytes", "answer_bytes", "verdict")
    facts = {name: it[name] for name in kept}
    return Entry(number=number, call=call, reply=reply, **facts)


def _describe_verdict(note: Note) -> dict[str, Any]:
    return {
        "provider": note.provider.name if note.provider else None,
        "contract": note.contract.id if note.contract else None,
        "role": note.role,
        "job": note.job,
        "scenario": note.scenario.name if note.scenario else None,
        "breaches": [
            {
                "location": it.location,
                "path": [*it.path],
                "rule": it.rule,
                "message": it.message[:500],
            }
            for it in note.breaches
        ],
    }
