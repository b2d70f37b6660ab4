"""Jobs, waited for or finished, in two colours; what is known of time is in `dialogue`."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError

from .access import is_safe_id
from .answers import Body, look_up
from .dialogue import Progress, Watch
from .download import OnBytes, download
from .errors import (
    ContractViolation,
    InvalidInputError,
    JobInterrupted,
    Problem,
    ReelError,
)
from .exchange import Response, Steps
from .protocol import JobProtocol
from .session import AsyncSession, Session
from .tracing import span

if TYPE_CHECKING:
    from .resource import Resource

OutputT = TypeVar("OutputT", bound=BaseModel)
SessionT = TypeVar("SessionT", Session, AsyncSession)
JobT = TypeVar("JobT")

OnProgress: TypeAlias = Callable[[Progress], object]
"""Called with each look at a job."""

StrPath: TypeAlias = "str | os.PathLike[str]"


class _Job(Generic[OutputT, SessionT]):
    """A job: `id` is how the service calls it, `status` the last one seen.

    `violations` are the answers about it that the document does not allow, `answer` is
    the last one that carried the video, `response` the last one of all, raw.
    """

    def __init__(
        self,
        session: SessionT,
        protocol: JobProtocol,
        output: type[OutputT],
        id: str,
        *,
        status: str | None = None,
        request_id: str | None = None,
        created: datetime | None = None,
        response: Response | None = None,
    ) -> None:
        self._session: SessionT = session
        self._dialogue = session.dialogue(protocol)
        self._protocol = protocol
        self._output = output
        self._id = id
        self.status = status
        self.request_id = request_id
        self.created = created
        self.response = response
        self.violations: list[ContractViolation] = []
        self.answer: Body | None = None
        if not is_safe_id(id):
            problem = Problem("id", f"{id[:80]!r} cannot name a job")
            raise InvalidInputError(protocol.where, (problem,))

    @property
    def id(self) -> str:
        """How the service calls the job."""
        return self._id

    @property
    def provider(self) -> str:
        """The service that runs the job."""
        return self._protocol.service.name

    @property
    def model(self) -> str:
        """The model that makes the video."""
        return self._protocol.model

    @property
    def cost(self) -> float | None:
        """What the service says it charged, in its currency; None if it did not say."""
        service = self._protocol.service
        found = look_up(self.answer, service.cost) if service.cost else None
        if isinstance(found, bool) or not isinstance(found, int | float):
            return None
        return found / service.credits

    @staticmethod
    def from_id(resource: Resource[Any, JobT], id: str) -> JobT:
        """Return the job *id* of a model, such as `client.<model>`."""
        return resource.job(id)

    def to_json(self) -> str:
        """Return what another program needs to take the job up: see client.resume()."""
        facts = {it: getattr(self, it) for it in ("provider", "model", "id", "status")}
        created = self.created and self.created.isoformat()
        return json.dumps({**facts, "request_id": self.request_id, "created": created})

    def steps(
        self,
        timeout: float | None,
        interval: float | None,
        on_progress: OnProgress | None,
    ) -> Steps[Body]:
        """Return what a wait does, for whoever drives it."""
        body = yield from self._watch(timeout, interval).wait(on_progress)
        self.answer = body
        self._check(body)
        return body

    def _watch(self, timeout: float | None, interval: float | None) -> Watch:
        return Watch(self._dialogue, self, timeout=timeout, interval=interval)

    def _check(self, body: Body) -> None:
        if self._session.validate == "strict":
            try:
                self.typed(body)
            except ContractViolation as exc:
                self._dialogue.note(self, exc)

    def typed(self, answer: Body) -> OutputT:
        """Return *answer*, typed; raise ContractViolation if it is not as documented."""
        try:
            return self._output.model_validate(answer)
        except ValidationError as exc:
            first = exc.errors(include_url=False)[0]
        pointer = "/" + "/".join(str(it) for it in first["loc"])
        raise ContractViolation(
            f"{self._protocol.where}: the answer for job {self.id} is not as documented "
            f"at {pointer}, {first['msg']}; see .body, or the job's .answer",
            pointer=pointer,
            body=answer,
        )

    def span(self, call: str) -> AbstractContextManager[Any]:
        """Return the context in which the program's *call* is traced."""
        facts = {"reel_provider": self.provider, "reel_model": self.model}
        tracer = self._session.tracer
        return span(tracer, f"reel {call}", **facts, reel_job_id=self.id)

    def find_video(self, answer: Body) -> str:
        """Return where the video stands; raise ContractViolation if *answer* says not."""
        with about(self):
            return self._dialogue.video_url(answer)

    def __repr__(self) -> str:
        return f"<job {self.id} of {self._protocol.where}, status {self.status!r}>"


@contextmanager
def about(job: Any, call: str = "") -> Generator[None, None, None]:
    """Put *job* into whatever ends the wait for it, and trace the *call* if named."""
    try:
        with job.span(call) if call else nullcontext():
            yield
    except ReelError as exc:
        exc.job = exc.job or job
        raise
    except KeyboardInterrupt as exc:
        raise JobInterrupted(job) from exc
    except BaseException as exc:  # a task that is cancelled, say
        exc.add_note(f"{job.provider} {job.model}: it was about job {job.id}")
        raise


class _Finished(Generic[OutputT, SessionT]):
    """A job that has made its video.

    `answer` is all that the service said of it, and `video_url` is where the video
    stands.
    """

    def __init__(
        self, job: _Job[OutputT, SessionT], session: SessionT, answer: Body
    ) -> None:
        self.job: _Job[OutputT, SessionT] = job
        self.id = job.id
        self.answer = answer
        self.cost = job.cost
        self._session: SessionT = session
        self.video_url = job.find_video(answer)

    @property
    def output(self) -> OutputT:
        """The answer, typed; raises ContractViolation if it is not as documented."""
        with about(self.job):
            return self.job.typed(self.answer)

    def _download(
        self, path: StrPath, timeout: float | None, on_progress: OnBytes | None
    ) -> Steps[Path]:
        return download(
            self.video_url,
            Path(path),
            self._session.persistence,
            timeout=timeout,
            on_progress=on_progress,
        )

    def __repr__(self) -> str:
        return f"<finished job {self.id} of {self.job.provider} {self.job.model}>"


class Finished(_Finished[OutputT, Session]):
    """A finished job, for programs that block."""

    def download(
        self,
        path: StrPath,
        *,
        timeout: float | None = None,
        on_progress: OnBytes | None = None,
    ) -> Path:
        """Fetch the video to *path*, whole or not at all, and return the path."""
        with about(self.job, "download"):
            return self._session.run(self._download(path, timeout, on_progress))


class AsyncFinished(_Finished[OutputT, AsyncSession]):
    """A finished job, for asyncio."""

    async def download(
        self,
        path: StrPath,
        *,
        timeout: float | None = None,
        on_progress: OnBytes | None = None,
    ) -> Path:
        """Fetch the video to *path*, whole or not at all, and return the path."""
        with about(self.job, "download"):
            return await self._session.run(self._download(path, timeout, on_progress))


class Job(_Job[OutputT, Session]):
    """A job, for programs that block; another can take it up by its id."""

    def poll(self) -> Progress:
        """Ask once how the job stands."""
        with about(self, "poll"):
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
            interval: Seconds between two looks; if left out, the provider's own pace,
                which grows.
            on_progress: Called after each look, with its Progress.
        """
        with about(self, "wait"):
            answer = self._session.run(self.steps(timeout, interval, on_progress))
        return Finished(self, self._session, answer)

    def events(
        self, *, timeout: float | None = None, interval: float | None = None
    ) -> Iterator[Progress]:
        """Yield each look at the job until it has ended; see wait()."""
        watch = self._watch(timeout, interval)
        while not watch.over:
            with about(self, "poll"):
                progress = self._session.run(watch.look())
            yield progress

    __iter__ = events

    def result(self, *, timeout: float | None = None) -> OutputT:
        """Wait as wait() does and return the service's answer, typed."""
        return self.wait(timeout=timeout).output

    def download(
        self,
        path: StrPath,
        *,
        timeout: float | None = None,
        on_progress: OnBytes | None = None,
    ) -> Path:
        """Wait as wait() does, fetch the video to *path* and return the path."""
        finished = self.wait(timeout=timeout)
        return finished.download(path, on_progress=on_progress)


class CancellableJob(Job[OutputT]):
    """A job whose service can be asked to withdraw it."""

    def cancel(self) -> None:
        """Ask the service to withdraw the job; raise ApiError where it will not."""
        with about(self, "cancel"):
            self._session.run(self._dialogue.cancel(self))


class AsyncJob(_Job[OutputT, AsyncSession]):
    """A job, for asyncio; another program can take it up by its id."""

    async def poll(self) -> Progress:
        """Ask once how the job stands."""
        with about(self, "poll"):
            return await self._session.run(self._dialogue.poll(self))

    async def wait(
        self,
        *,
        timeout: float | None = None,
        interval: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> AsyncFinished[OutputT]:
        """Wait until the video is there and return the finished job; see Job.wait()."""
        with about(self, "wait"):
            answer = await self._session.run(self.steps(timeout, interval, on_progress))
        return AsyncFinished(self, self._session, answer)

    async def events(
        self, *, timeout: float | None = None, interval: float | None = None
    ) -> AsyncIterator[Progress]:
        """Yield each look at the job until it has ended; see wait()."""
        watch = self._watch(timeout, interval)
        while not watch.over:
            with about(self, "poll"):
                progress = await self._session.run(watch.look())
            yield progress

    __aiter__ = events

    async def result(self, *, timeout: float | None = None) -> OutputT:
        """Wait as wait() does and return the service's answer, typed."""
        return (await self.wait(timeout=timeout)).output

    async def download(
        self,
        path: StrPath,
        *,
        timeout: float | None = None,
        on_progress: OnBytes | None = None,
    ) -> Path:
        """Wait as wait() does, fetch the video to *path* and return the path."""
        finished = await self.wait(timeout=timeout)
        return await finished.download(path, on_progress=on_progress)


class AsyncCancellableJob(AsyncJob[OutputT]):
    """A job whose service can be asked to withdraw it."""

    async def cancel(self) -> None:
        """Ask the service to withdraw the job; raise ApiError where it will not."""
        with about(self, "cancel"):
            await self._session.run(self._dialogue.cancel(self))


def now() -> datetime:
    """Return the time of day, to note when a job was created."""
    return datetime.now(UTC)
