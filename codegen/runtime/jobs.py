"""Jobs, in two colours; all that is known of time stands in `dialogue`."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

from .access import is_safe_id
from .answers import Body
from .dialogue import Progress
from .errors import InvalidInputError, Problem
from .finished import AsyncFinished, Finished
from .protocol import JobProtocol
from .session import AsyncSession, Session

OutputT = TypeVar("OutputT", bound=BaseModel)
SessionT = TypeVar("SessionT", Session, AsyncSession)

OnProgress = Callable[[Progress], object]
"""Called with each look at a job."""


class _Facts(Generic[OutputT, SessionT]):
    """A job: `id` is how the service calls it, `status` the last one seen."""

    def __init__(
        self,
        session: SessionT,
        protocol: JobProtocol,
        output: type[OutputT],
        job_id: str,
        status: str | None = None,
    ) -> None:
        self._session: SessionT = session
        self._dialogue = session.dialogue(protocol)
        self._output = output
        self._id = job_id
        self.status = status
        if not is_safe_id(job_id):
            problem = Problem("id", f"{job_id[:80]!r} cannot name a job")
            raise InvalidInputError(self._dialogue.where, (problem,))

    @property
    def id(self) -> str:
        """How the service calls the job."""
        return self._id

    @property
    def provider(self) -> str:
        """The service that runs the job."""
        return self._dialogue.protocol.provider

    @property
    def model(self) -> str:
        """The model that makes the video."""
        return self._dialogue.protocol.model

    def __repr__(self) -> str:
        return f"<job {self.id} of {self._dialogue.where}, status {self.status!r}>"


class Job(_Facts[OutputT, Session]):
    """A job, for programs that block.

    It holds nothing but its id: another program can go on with `client.<model>.job(id)`.
    """

    def poll(self) -> Progress:
        """Ask once how the job stands."""
        return self._session.run(self._dialogue.poll(self))

    def wait(
        self,
        *,
        timeout: float | None = None,
        interval: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> Finished[OutputT]:
        """Wait until the video is there and return the finished job.

        Raises JobFailed when there will be none, and DeadlineExceeded, whose `job`
        can be waited for again, when time runs out.

        Args:
            timeout: Seconds to wait at most; the provider's own limit if left out.
            interval: Seconds between two looks; the provider's own pace if left out.
            on_progress: Called after each look, with its Progress.
        """
        steps = self._dialogue.wait(
            self, timeout=timeout, interval=interval, on_progress=on_progress
        )
        answer = self._session.run(steps)
        return Finished(self.id, self._dialogue, self._output, answer, self._session)

    def result(self, *, timeout: float | None = None) -> OutputT:
        """Wait as wait() does and return the service's answer, typed."""
        return self.wait(timeout=timeout).output

    def download(self, path: str | os.PathLike[str]) -> Path:
        """Wait as wait() does, fetch the video to *path* and return the path."""
        return self.wait().download(path)


class CancellableJob(Job[OutputT]):
    """A job whose service can be asked to withdraw it."""

    def cancel(self) -> None:
        """Ask the service to withdraw the job; raise ApiError where it will not."""
        self._session.run(self._dialogue.cancel(self))


class AsyncJob(_Facts[OutputT, AsyncSession]):
    """A job, for asyncio.

    It holds nothing but its id: another program can go on with `client.<model>.job(id)`.
    """

    async def poll(self) -> Progress:
        """Ask once how the job stands."""
        return await self._session.run(self._dialogue.poll(self))

    async def wait(
        self,
        *,
        timeout: float | None = None,
        interval: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> AsyncFinished[OutputT]:
        """Wait until the video is there and return the finished job.

        Raises JobFailed when there will be none, and DeadlineExceeded, whose `job`
        can be waited for again, when time runs out.

        Args:
            timeout: Seconds to wait at most; the provider's own limit if left out.
            interval: Seconds between two looks; the provider's own pace if left out.
            on_progress: Called after each look, with its Progress.
        """
        steps = self._dialogue.wait(
            self, timeout=timeout, interval=interval, on_progress=on_progress
        )
        answer: Body = await self._session.run(steps)
        return AsyncFinished(
            self.id, self._dialogue, self._output, answer, self._session
        )

    async def result(self, *, timeout: float | None = None) -> OutputT:
        """Wait as wait() does and return the service's answer, typed."""
        return (await self.wait(timeout=timeout)).output

    async def download(self, path: str | os.PathLike[str]) -> Path:
        """Wait as wait() does, fetch the video to *path* and return the path."""
        return await (await self.wait()).download(path)


class AsyncCancellableJob(AsyncJob[OutputT]):
    """A job whose service can be asked to withdraw it."""

    async def cancel(self) -> None:
        """Ask the service to withdraw the job; raise ApiError where it will not."""
        await self._session.run(self._dialogue.cancel(self))
