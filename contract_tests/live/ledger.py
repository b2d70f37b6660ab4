"""The file of what was paid for: written before a call is made, never rewritten.

One JSON object a line. A `call` line reaches the disk before its request is sent, an
`answer` line follows when there was an answer, an `end` line when its job has ended.
A call without an answer may have been carried out all the same, so it counts as paid
for, and nobody sends it again.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, BinaryIO

from contract_tests.errors import LedgerError
from specs import Answer

_REFUSED = range(400, 500)

LOCKED_OUT = frozenset({401, 403})
"""The status codes that say of the key, and not of the request, that it will not do."""


@dataclass(slots=True, kw_only=True, eq=False)
class Entry:
    """One billable call: what was sent where, what it may cost, what came of it."""

    base_url: str
    path: str
    contract: str
    body: str
    signed: bool  # with the key that pays
    price: Decimal
    curl: str = ""
    answer: Answer | None = None
    job: str = ""
    state: str = ""  # in which its job ended
    cost: Decimal | None = None  # as the service tells it

    @property
    def is_refused(self) -> bool:
        """Whether the service said no, which costs nothing."""
        return self.answer is not None and self.answer.status in _REFUSED

    @property
    def is_locked_out(self) -> bool:
        """Whether it was the key that was refused, of which another may be had."""
        return self.answer is not None and self.answer.status in LOCKED_OUT

    @property
    def is_accepted(self) -> bool:
        """Whether the service took the call."""
        return self.answer is not None and 200 <= self.answer.status < 300

    @property
    def is_open(self) -> bool:
        """Whether there is a job of which the end is not known."""
        return bool(self.job) and not self.state

    @property
    def charge(self) -> Decimal:
        """What the call counts as: all it may cost, unless it was refused."""
        if self.is_refused:
            return Decimal(0)
        return max(self.price, self.cost or Decimal(0))


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class Ledger:
    """The calls of all runs that kept this file, in the order made."""

    file: BinaryIO
    path: Path
    entries: list[Entry] = field(default_factory=list)
    now: Callable[[], datetime] = _now

    @classmethod
    @contextmanager
    def open(
        cls, path: Path, *, now: Callable[[], datetime] = _now
    ) -> Iterator["Ledger"]:
        """Open the ledger at *path*, new or not, for this process alone.

        Raises LedgerError where another run keeps it, or a line of it makes no sense.
        """
        with _opened(path) as file:
            ledger = cls(file=file, path=path, now=now)
            ledger._read()
            yield ledger

    @property
    def spent(self) -> Decimal:
        """What all calls may have cost together, at most."""
        return sum((it.charge for it in self.entries), Decimal(0))

    def find(self, asked: Entry) -> Entry | None:
        """Return the call by which the same was sent before, with the key that pays.

        What was refused for the sake of the key was as good as not sent.
        """
        wanted = (asked.base_url, asked.path, asked.contract, asked.body)
        for it in self.entries:
            known = (it.base_url, it.path, it.contract, it.body)
            is_signed = it.signed and asked.signed and not it.is_locked_out
            if is_signed and known == wanted:
                return it
        return None

    def open_jobs(self, base_url: str, contract: str) -> Iterator[Entry]:
        """Yield the calls whose jobs are not known to have ended."""
        for it in self.entries:
            if it.is_open and (it.base_url, it.contract) == (base_url, contract):
                yield it

    def write_call(self, entry: Entry) -> None:
        """Put *entry* on the disk; only then may its request be sent."""
        self._write(
            "call",
            len(self.entries),
            at=self.now().isoformat(timespec="seconds"),
            base_url=entry.base_url,
            path=entry.path,
            contract=entry.contract,
            body=entry.body,
            signed=entry.signed,
            price=str(entry.price),
        )
        self.entries.append(entry)

    def write_answer(
        self,
        entry: Entry,
        answer: Answer,
        *,
        job: str,
        curl: str,
        cost: Decimal | None = None,
    ) -> None:
        """Put the *answer* to *entry* on the disk, the id of the *job* and its *cost*."""
        self._write(
            "answer",
            self.entries.index(entry),
            status=answer.status,
            content_type=answer.content_type,
            body=_text(answer.body),
            job=job,
            curl=curl,
            cost=_written(cost),
        )
        entry.answer, entry.job, entry.curl, entry.cost = answer, job, curl, cost

    def write_end(self, entry: Entry, state: str, *, cost: Decimal | None) -> None:
        """Put on the disk that the job of *entry* ended in *state*."""
        cost = entry.cost if cost is None else cost
        self._write("end", self.entries.index(entry), state=state, cost=_written(cost))
        entry.state, entry.cost = state, cost

    def _write(self, event: str, call: int, **facts: Any) -> None:
        line = {"event": event, "call": call, **facts}
        self.file.write(json.dumps(line).encode() + b"\n")
        self.file.flush()
        os.fsync(self.file.fileno())

    def _read(self) -> None:
        self.file.seek(0)
        *lines, torn = self.file.read().split(b"\n")
        if torn:
            # Its request was not sent: the line never reached the disk whole.
            self.file.truncate(self.file.seek(-len(torn), os.SEEK_END))
        for number, line in enumerate(lines, 1):
            try:
                self._replay(json.loads(line))
            except (ValueError, LookupError, TypeError, InvalidOperation) as exc:
                raise LedgerError(
                    f"{self.path}:{number}",
                    f"is no line of a ledger ({type(exc).__name__})",
                    fix="name another file with --ledger",
                ) from exc

    def _replay(self, line: dict[str, Any]) -> None:
        event, call = line["event"], int(line["call"])
        if event == "call" and call == len(self.entries):
            names = ("base_url", "path", "contract", "body", "signed")
            facts = {it: line[it] for it in names}
            self.entries.append(Entry(price=Decimal(line["price"]), **facts))
            return
        entry = self.entries[range(len(self.entries))[call]]
        if event == "answer":
            entry.answer = Answer(
                status=int(line["status"]),
                content_type=str(line["content_type"]),
                body=str(line["body"]).encode("utf-8", "surrogateescape"),
            )
            entry.job, entry.curl = str(line["job"]), str(line["curl"])
            entry.cost = _read_cost(line.get("cost"))
        elif event == "end":
            entry.state = str(line["state"])
            entry.cost = _read_cost(line["cost"])
        else:
            raise ValueError(event)


def _written(cost: Decimal | None) -> str | None:
    return None if cost is None else str(cost)


def _read_cost(written: Any) -> Decimal | None:
    return None if written is None else Decimal(written)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        file = path.open("a+b")
    except OSError as exc:
        raise LedgerError(
            str(path), f"cannot be kept ({exc.strerror})", fix="name another --ledger"
        ) from exc
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            raise LedgerError(
                str(path), "is kept by another run", fix="wait for it to end"
            ) from exc
        yield file
