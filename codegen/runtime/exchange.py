"""Requests, answers, and the steps between which time passes.

What a client does over time (poll, wait, retry, give up) is written as generators
that *say* what to do next and are told what happened. They open no socket and never
sleep, so each rule of time exists once, for programs with and without asyncio, and is
tested by moving a number. `drive` and `drive_async` do what the generators say.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol, TypeAlias, TypeVar
from urllib.parse import urlsplit

from .errors import one_line

T = TypeVar("T")


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """The header that says who pays; nothing that shows this shows the key."""

    header: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request, ready to send; its body is *content*, or *size* bytes of *file*."""

    method: str
    url: str
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    key: Key | None = field(default=None, repr=False)
    content: bytes | None = field(default=None, repr=False)
    file: BinaryIO | None = field(default=None, repr=False)

    @property
    def place(self) -> str:
        """How messages call it: its method and address, and nothing secret."""
        return f"{self.method} {shown_address(self.url)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer; its headers are looked up by names in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(default=b"", repr=False)


def shown_address(url: str) -> str:
    """Return *url* without what may be secret: user, password, query, fragment."""
    if url.startswith("data:"):
        return "data:…"
    try:
        parts = urlsplit(url)
    except ValueError:
        return one_line(repr(url), limit=80)
    host = parts.netloc.rpartition("@")[2]
    return one_line(f"{parts.scheme}://{host}{parts.path}", limit=200)


class Sink(Protocol):
    """Takes the body of a successful answer; only `write` may block."""

    def open(self, head: Response) -> None:
        """Learn that an answer begins whose head is *head*."""
        ...

    def write(self, piece: bytes) -> None:
        """Take one piece of the body."""
        ...

    def written(self) -> None:
        """Learn that the piece has been taken; called where the program runs."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Send *request*, and give up after *timeout* seconds.

    With a *sink* the timeout holds for the head and then for each piece of the body,
    instead of for the whole, and *end* is when the clock ends it all.
    """

    request: Request
    timeout: float
    sink: Sink | None = None
    end: float | None = None


@dataclass(frozen=True, slots=True)
class Sleep:
    """Let *seconds* pass."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Do:
    """Call *work*, which blocks: with asyncio, not on the event loop."""

    work: Callable[[], Any]


Step: TypeAlias = Send | Sleep | Do

Steps: TypeAlias = Generator[Step, Any, T]
"""What to do, one step at a time; each is answered by what came of it.

A step that failed is told by throwing what was raised in.
"""


def drive(
    steps: Steps[T],
    *,
    send: Callable[[Send], Response],
    sleep: Callable[[float], None],
) -> T:
    """Do what *steps* say until they return."""
    try:
        while isinstance(came := turn(steps, send), Sleep):
            sleep(came.seconds)
        return came
    finally:
        steps.close()


async def drive_async(
    steps: Steps[T],
    *,
    send: Callable[[Send], Awaitable[Response]],
    sleep: Callable[[float], Awaitable[None]],
) -> T:
    """Do what *steps* say until they return, awaiting each step."""
    try:
        while isinstance(came := await turn_async(steps, send), Sleep):
            await sleep(came.seconds)
        return came
    finally:
        steps.close()


def turn(steps: Steps[T], send: Callable[[Send], Response]) -> Sleep | T:
    """Do what *steps* say until they return, or want to rest."""
    try:
        step = next(steps)
        while not isinstance(step, Sleep):
            try:
                told = send(step) if isinstance(step, Send) else step.work()
            except Exception as exc:
                step = steps.throw(exc)
            else:
                step = steps.send(told)
    except StopIteration as end:
        result: T = end.value
        return result
    else:
        return step


async def turn_async(
    steps: Steps[T], send: Callable[[Send], Awaitable[Response]]
) -> Sleep | T:
    """Do what *steps* say until they return, or want to rest, awaiting each step."""
    try:
        step = next(steps)
        while not isinstance(step, Sleep):
            try:
                doing = send(step) if isinstance(step, Send) else aside(step.work)
                told: Any = await doing
            except Exception as exc:
                step = steps.throw(exc)
            else:
                step = steps.send(told)
    except StopIteration as end:
        result: T = end.value
        return result
    else:
        return step


async def aside(work: Callable[[], T]) -> T:
    """Call *work* in a thread; when cancelled, see it end before going on."""
    import asyncio  # a program that blocks need not pay for it

    future = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        await asyncio.gather(future, return_exceptions=True)
        raise
