"""What the generated clients share: opening and closing a session."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from random import random as _random
from types import TracebackType
from typing import ClassVar, Self

from .access import open_access
from .protocol import Service
from .session import AsyncSession, Session
from .transport import AsyncHttpTransport, AsyncTransport, HttpTransport, Transport


class BaseClient:
    """A client of one provider for programs that block; close it, or use `with`."""

    _service: ClassVar[Service]

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        http_transport: HttpTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = _random,
    ) -> None:
        """Open a client.

        Args:
            api_key: The provider's key; from the environment if left out.
            base_url: Another address of the service, such as that of a mock server.
            http_transport: What carries the requests; httpx over the network if left
                out.
            clock: Tells the time in seconds; only differences count.
            sleep: Lets seconds pass between two looks at a job.
            random: Draws from 0 to 1, to spread what is tried again.
        """
        self._session = Session(
            access=open_access(self._service, api_key=api_key, base_url=base_url),
            clock=clock,
            random=random,
            transport=Transport(http_transport, clock),
            sleep=sleep,
        )

    def close(self) -> None:
        """Close the connections."""
        self._session.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{self._service.title} client for {self._session.access.base_url}>"


class BaseAsyncClient:
    """A client of one provider for asyncio; close it, or use `async with`."""

    _service: ClassVar[Service]

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        http_transport: AsyncHttpTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = _random,
    ) -> None:
        """Open a client.

        Args:
            api_key: The provider's key; from the environment if left out.
            base_url: Another address of the service, such as that of a mock server.
            http_transport: What carries the requests; httpx over the network if left
                out.
            clock: Tells the time in seconds; only differences count.
            sleep: Lets seconds pass between two looks at a job.
            random: Draws from 0 to 1, to spread what is tried again.
        """
        self._session = AsyncSession(
            access=open_access(self._service, api_key=api_key, base_url=base_url),
            clock=clock,
            random=random,
            transport=AsyncTransport(http_transport, clock),
            sleep=sleep,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._session.transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<{self._service.title} client for {self._session.access.base_url}>"
