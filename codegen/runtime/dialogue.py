"""What to say to a service about the jobs of one model, and when.

Every rule of time is here, and no socket and no clock but the one handed in: how a job
is started, asked after, given up on, withdrawn. A submit is sent once, because a
second one is a second bill; a question that changes nothing is asked again when the
connection broke or the service was busy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from pydantic import BaseModel

from .access import Access, is_safe_id
from .answers import Body, Fault, as_object, look_up, parse, read_body, read_fault
from .errors import (
    DeadlineExceeded,
    JobFailed,
    NetworkError,
    UnexpectedAnswerError,
    one_line,
)
from .exchange import Request, Response, Send, Sleep, Steps, exchange
from .inputs import encode
from .protocol import Call, JobProtocol

REQUEST_TIMEOUT = 60.0
"""Seconds for one exchange that no shorter deadline bounds."""

RETRY_PAUSES = (0.5, 1.0)
"""Seconds before each further attempt; up to as much again is added at random."""

_BUSY = frozenset({429, 502, 503, 504})
_LAST_POLL = 1.0  # seconds: the last question leaves its answer so long to arrive
_CLOCK_GRAIN = 0.05  # seconds: a timeout may fire a little before its time
_NOT_THE_JOBS_FAULT = frozenset({401, 403, 429})


class JobFacts(Protocol):
    """A job as a dialogue needs it; the dialogue notes the last status it saw."""

    @property
    def id(self) -> str:
        """How the service calls the job."""
        ...

    status: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What one look at a job showed: its status, and the seconds waited so far.

    `answer` is all that the service said.
    """

    status: str
    elapsed: float = 0.0
    answer: Body = field(repr=False)

    def __str__(self) -> str:
        return f"{self.status} after {self.elapsed:.1f} s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """The ways to talk about the jobs of one model.

    *clock* tells seconds, *random* a number from 0 to 1.
    """

    protocol: JobProtocol
    access: Access
    clock: Callable[[], float]
    random: Callable[[], float]

    @property
    def where(self) -> str:
        """How messages call the model."""
        return f"{self.protocol.provider} {self.protocol.model}"

    def submit(
        self, model: type[BaseModel], values: Mapping[str, object]
    ) -> Steps[tuple[str, str]]:
        """Start a job with *values*, which *model* admits; return its id and status."""
        values = {**self.protocol.fixed, **values}
        content = encode(model, values, where=self.where)
        request = self.access.request(self.protocol.submit, content=content)
        response = yield from exchange(Send(request=request, timeout=REQUEST_TIMEOUT))
        where = self._where(self.protocol.submit)
        body = read_body(response, where=where)
        found = look_up(body, self.protocol.id)
        job_id = str(found) if type(found) in {str, int} else ""
        if not is_safe_id(job_id):
            raise UnexpectedAnswerError(
                f"{where} gave no usable job id at {self.protocol.id}, got "
                f"{one_line(repr(found), limit=80)}; its answer is in .body",
                body=body,
            )
        return job_id, self._read_status(body, where)

    def poll(
        self, job: JobFacts, *, timeout: float = REQUEST_TIMEOUT
    ) -> Steps[Progress]:
        """Ask once how *job* stands."""
        deadline = self.clock() + timeout
        call = self.protocol.poll
        request = self.access.request(call, job_id=job.id)
        response = yield from self._ask(request, deadline)
        body = read_body(response, where=self._where(call))
        job.status = self._read_status(body, self._where(call))
        return Progress(status=job.status, answer=body)

    def wait(
        self,
        job: JobFacts,
        *,
        timeout: float | None = None,
        interval: float | None = None,
        on_progress: Callable[[Progress], object] | None = None,
    ) -> Steps[Body]:
        """Ask until *job* has ended and return the answer that carries the video.

        Raises JobFailed where there is none, DeadlineExceeded after *timeout* seconds.
        """
        limit = self.protocol.deadline if timeout is None else timeout
        pause = self.protocol.interval if interval is None else interval
        start = self.clock()
        deadline = start + limit
        last = False
        try:
            while (left := deadline - self.clock()) > 0:
                progress = yield from self.poll(job, timeout=left)
                if on_progress is not None:
                    elapsed = self.clock() - start
                    on_progress(replace(progress, elapsed=elapsed))
                if progress.status in self.protocol.terminal:
                    return (yield from self._settle(job, progress, deadline))
                left = deadline - self.clock()
                if last or left <= 0:
                    break
                last = left <= pause
                yield Sleep(max(left - _LAST_POLL, left / 2) if last else pause)
        except NetworkError as exc:
            if deadline - self.clock() > _CLOCK_GRAIN:
                raise
            raise DeadlineExceeded(job, timeout=limit) from exc
        raise DeadlineExceeded(job, timeout=limit)

    def cancel(self, job: JobFacts) -> Steps[None]:
        """Ask the service to withdraw *job*; raise ApiError where it will not."""
        call = self.protocol.cancel
        assert call is not None, "only a job whose contract has it can be cancelled"
        request = self.access.request(call, job_id=job.id)
        response = yield from exchange(Send(request=request, timeout=REQUEST_TIMEOUT))
        read_body(response, where=self._where(call))

    def video_url(self, body: Body) -> str:
        """Return the address of the video from the answer of a job that succeeded."""
        found = look_up(body, self.protocol.video)
        if isinstance(found, str) and found:
            return found
        raise UnexpectedAnswerError(
            f"{self._where(self.protocol.result or self.protocol.poll)} says the job is "
            f"done but names no video at {self.protocol.video}; its answer is in .body",
            body=body,
        )

    def _settle(self, job: JobFacts, seen: Progress, deadline: float) -> Steps[Body]:
        outcome = self.protocol.terminal[seen.status]
        if outcome == "result":
            return (yield from self._fetch_result(job, deadline))
        if outcome == "failure":
            fault = read_fault(look_up(seen.answer, self.protocol.error))
            raise _failure(job, fault, seen.answer)
        return seen.answer

    def _fetch_result(self, job: JobFacts, deadline: float) -> Steps[Body]:
        call = self.protocol.result
        assert call is not None, "the protocol says that a result operation tells"
        request = self.access.request(call, job_id=job.id)
        response = yield from self._ask(request, deadline)
        own = response.status >= 400 and response.status not in _NOT_THE_JOBS_FAULT
        # A gateway's error is a page, the job's is JSON.
        if own and (body := as_object(parse(response))):
            raise _failure(job, read_fault(body), body)
        return read_body(response, where=self._where(call))

    def _ask(self, request: Request, deadline: float) -> Steps[Response]:
        """Send a request that changes nothing, again when it came to nothing."""
        for pause in RETRY_PAUSES:
            try:
                response = yield from self._send(request, deadline)
            except NetworkError:
                if deadline - self.clock() <= 2 * pause:
                    raise
            else:
                left = deadline - self.clock()
                if response.status not in _BUSY or left <= 2 * pause:
                    return response
            yield Sleep(pause * (1 + self.random()))
        return (yield from self._send(request, deadline))

    def _send(self, request: Request, deadline: float) -> Steps[Response]:
        timeout = min(REQUEST_TIMEOUT, deadline - self.clock())
        return (yield from exchange(Send(request=request, timeout=timeout)))

    def _read_status(self, body: Body, where: str) -> str:
        """Return the status as it stands there, known to the document or not."""
        found = look_up(body, self.protocol.status)
        if isinstance(found, str):
            return one_line(found)
        raise UnexpectedAnswerError(
            f"{where} gave no status at {self.protocol.status}, got "
            f"{one_line(repr(found), limit=80)}; its answer is in .body",
            body=body,
        )

    def _where(self, call: Call) -> str:
        return f"{self.where}: {call.method} {call.path}"


def _failure(job: Any, fault: Fault, body: object) -> JobFailed:
    return JobFailed(job, name=fault.name, message=fault.message, body=body)
