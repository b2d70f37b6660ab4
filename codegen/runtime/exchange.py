"""Requests, answers, and the steps between which time passes.

What a client does over time (poll, wait, retry, give up) is written as generators
that *say* what to do next and are told what happened. They open no socket and never
sleep, so each rule of time exists once, for programs with and without asyncio, and is
tested by moving a number. `drive` and `drive_async` do what the generators say.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar
from urllib.parse import urlsplit

from .errors import one_line

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request, ready to send; its headers hold the API key and so are not shown."""

    method: str
    url: str
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer; its headers are looked up by names in lower case.

    `received` counts the bytes of the body, also where a sink took them.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(default=b"", repr=False)
    received: int = 0


def shown_address(url: str) -> str:
    """Return *url* without what may be secret: user, password, query, fragment."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return one_line(repr(url), limit=80)
    host = parts.netloc.rpartition("@")[2]
    return one_line(f"{parts.scheme}://{host}{parts.path}", limit=200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Send *request*, and give up after *timeout* seconds.

    With a *sink* the body of a successful answer goes there piece by piece, and the
    timeout holds for each piece instead of for the whole.
    """

    request: Request
    timeout: float
    sink: Callable[[bytes], None] | None = None


@dataclass(frozen=True, slots=True)
class Sleep:
    """Let *seconds* pass."""

    seconds: float


Step: TypeAlias = Send | Sleep

Steps: TypeAlias = Generator[Step, "Response | None", T]
"""What to do, one step at a time: a Send is answered by a Response, a Sleep by None.

A step that failed is told by throwing what was raised in.
"""


def exchange(step: Send) -> Steps[Response]:
    """Yield *step* and return its answer."""
    response = yield step
    assert response is not None, "a driver answers each Send by a Response"
    return response


def drive(
    steps: Steps[T],
    *,
    send: Callable[[Send], Response],
    sleep: Callable[[float], None],
) -> T:
    """Do what *steps* say until they return."""
    try:
        step = next(steps)
        while True:
            try:
                told = _told(step, send, sleep)
            except Exception as exc:
                step = steps.throw(exc)
            else:
                step = steps.send(told)
    except StopIteration as end:
        result: T = end.value
        return result
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
        step = next(steps)
        while True:
            try:
                told = await _told_async(step, send, sleep)
            except Exception as exc:
                step = steps.throw(exc)
            else:
                step = steps.send(told)
    except StopIteration as end:
        result: T = end.value
        return result
    finally:
        steps.close()


def _told(
    step: Step, send: Callable[[Send], Response], sleep: Callable[[float], None]
) -> Response | None:
    if isinstance(step, Send):
        return send(step)
    sleep(step.seconds)
    return None


async def _told_async(
    step: Step,
    send: Callable[[Send], Awaitable[Response]],
    sleep: Callable[[float], Awaitable[None]],
) -> Response | None:
    if isinstance(step, Send):
        return await send(step)
    await sleep(step.seconds)
    return None
