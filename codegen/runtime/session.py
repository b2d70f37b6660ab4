"""A connection to one provider, in two colours: it does what a dialogue says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from .access import Access
from .dialogue import Dialogue
from .exchange import Steps, drive, drive_async
from .protocol import JobProtocol
from .transport import AsyncTransport, Transport

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Connection:
    access: Access
    clock: Callable[[], float]
    random: Callable[[], float]

    def dialogue(self, protocol: JobProtocol) -> Dialogue:
        """Return how to talk about the jobs of the model that *protocol* describes."""
        return Dialogue(
            protocol=protocol,
            access=self.access,
            clock=self.clock,
            random=self.random,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Session(_Connection):
    """A connection for programs that block."""

    transport: Transport
    sleep: Callable[[float], None]

    def submit(
        self, protocol: JobProtocol, body: type[BaseModel], values: Mapping[str, object]
    ) -> tuple[str, str]:
        """Check *values* against *body*, start a job, and return its id and status."""
        return self.run(self.dialogue(protocol).submit(body, values))

    def run(self, steps: Steps[T]) -> T:
        """Do what *steps* say."""
        return drive(steps, send=self.transport.send, sleep=self.sleep)


@dataclass(frozen=True, slots=True, kw_only=True)
class AsyncSession(_Connection):
    """A connection for programs that run on asyncio."""

    transport: AsyncTransport
    sleep: Callable[[float], Awaitable[None]]

    async def submit(
        self, protocol: JobProtocol, body: type[BaseModel], values: Mapping[str, object]
    ) -> tuple[str, str]:
        """Check *values* against *body*, start a job, and return its id and status."""
        return await self.run(self.dialogue(protocol).submit(body, values))

    async def run(self, steps: Steps[T]) -> T:
        """Do what *steps* say."""
        return await drive_async(steps, send=self.transport.send, sleep=self.sleep)
