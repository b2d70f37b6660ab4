"""A connection to one provider, in two colours: it does what a dialogue says."""

from __future__ import annotations

import logging
import os
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeVar

from .access import Access
from .dialogue import Dialogue
from .errors import ContractViolation
from .exchange import Response, Send, Steps, drive, drive_async, shown_address
from .money import Budget
from .protocol import JobProtocol
from .retries import Persistence
from .tracing import SILENT, Tracer, span
from .transport import AsyncTransport, Transport

T = TypeVar("T")

Validate: TypeAlias = Literal["strict", "off"]
"""Hold arguments and answers against the document, or neither."""

_STATUS = "http.response.status_code"

log = logging.getLogger("reel_clients")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """What both colours know of a provider, an account and a program's wishes."""

    access: Access
    persistence: Persistence
    budget: Budget
    validate: Validate
    on_violation: Callable[[ContractViolation], object] | None
    tracer: Tracer | None

    def dialogue(self, protocol: JobProtocol) -> Dialogue:
        """Return how to talk about the jobs of the model that *protocol* describes."""
        return Dialogue(
            protocol=protocol,
            access=self.access,
            persistence=self.persistence,
            report=self.report if self.validate == "strict" else None,
        )

    def span(self, step: Send) -> AbstractContextManager[Any]:
        """Return the context in which *step* is traced."""
        if self.tracer is None:  # then an address need not be made fit to be shown
            return SILENT
        method, url = step.request.method, shown_address(step.request.url)
        return span(self.tracer, method, http_request_method=method, url_full=url)

    def report(self, breach: ContractViolation) -> None:
        """Tell of an answer that its document does not allow."""
        log.warning("%s", breach)
        if self.on_violation is not None:
            self.on_violation(breach)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session(Connection):
    """A connection for programs that block."""

    transport: Transport
    sleep: Callable[[float], None]

    def run(self, steps: Steps[T]) -> T:
        """Do what *steps* say."""
        return drive(steps, send=self.send, sleep=self.sleep)

    def send(self, step: Send) -> Response:
        """Do what *step* says."""
        with self.span(step) as told:
            response = self.transport.send(step)
            told.set_attribute(_STATUS, response.status)
        return response


@dataclass(frozen=True, slots=True, kw_only=True)
class AsyncSession(Connection):
    """A connection for programs that run on asyncio."""

    transport: AsyncTransport
    sleep: Callable[[float], Awaitable[None]] | None

    async def run(self, steps: Steps[T]) -> T:
        """Do what *steps* say."""
        return await drive_async(steps, send=self.send, sleep=self.rest)

    async def send(self, step: Send) -> Response:
        """Do what *step* says."""
        with self.span(step) as told:
            response = await self.transport.send(step)
            told.set_attribute(_STATUS, response.status)
        return response

    async def rest(self, seconds: float) -> None:
        """Let *seconds* pass."""
        import asyncio  # a program that blocks need not pay for it

        await (self.sleep or asyncio.sleep)(seconds)


def log_as_wished() -> None:
    """Write the log to standard error where REEL_LOG names a level, such as debug."""
    level = logging.getLevelNamesMapping().get(os.environ.get("REEL_LOG", "").upper())
    if level is not None:
        log.setLevel(level)
        if not log.handlers:
            log.addHandler(logging.StreamHandler())
