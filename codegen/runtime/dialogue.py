"""What to say to a service about the jobs of one model, and when.

Every rule of time is here, and no socket and no clock but the one handed in: how a job
is started, asked after, given up on, withdrawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from .access import Access, is_safe_id
from .answers import Body, as_object, look_up, parse, read_body, read_fault, request_id
from .errors import (
    ContractViolation,
    DeadlineExceeded,
    JobFailed,
    NetworkError,
    one_line,
)
from .exchange import Response, Sleep, Steps
from .protocol import Call, JobProtocol, Outcome
from .retries import Persistence, retry_after

T = TypeVar("T")

REQUEST_TIMEOUT = 60.0
"""Seconds for one exchange, and for all attempts at it that no deadline bounds."""

LONGEST_INTERVAL = 10.0
"""Seconds that the pause between two looks may grow to, by a quarter each time."""

_GROWTH = 1.25
_LAST_POLL = 1.0  # seconds: the last question leaves its answer so long to arrive
_CLOCK_GRAIN = 0.05  # seconds: a timeout may fire a little before its time
_NOT_THE_JOBS_FAULT = frozenset({401, 402, 403, 429})


class JobFacts(Protocol):
    """A job as a dialogue needs it; the dialogue notes what it learns."""

    @property
    def id(self) -> str:
        """How the service calls the job."""
        ...

    status: str | None
    request_id: str | None
    response: Response | None
    violations: list[ContractViolation]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What one look at a job showed: its status, and the seconds waited so far.

    `outcome` is None while the job is pending, or in a status that the document does
    not know. `answer` is all that the service said, `response` the raw answer.
    """

    status: str
    outcome: Outcome | None
    elapsed: float
    answer: Body = field(repr=False)
    response: Response = field(repr=False)

    def __str__(self) -> str:
        return f"{self.status} after {self.elapsed:.1f} s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What a submit brought: the job's id and status, the call's own id, the answer."""

    id: str
    status: str
    request_id: str | None
    response: Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """The ways to talk about the jobs of one model; breaches go to *report*, if any."""

    protocol: JobProtocol
    access: Access
    persistence: Persistence
    report: Callable[[ContractViolation], object] | None = None

    @property
    def clock(self) -> Callable[[], float]:
        """What tells the time."""
        return self.persistence.clock

    def submit(
        self,
        content: bytes,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Steps[Started]:
        """Start a job with the body *content*, once."""
        call = self.protocol.submit
        request = self.access.request(
            call, content=content, query=query or {}, headers=headers or {}
        )
        response = yield from self.persistence.send(
            request,
            deadline=self.clock() + REQUEST_TIMEOUT,
            most=REQUEST_TIMEOUT,
            billable=True,
        )
        body = read_body(response, where=self._where(call))
        found = look_up(body, self.protocol.service.id)
        job_id = str(found) if type(found) in {str, int} else ""
        if not is_safe_id(job_id):
            raise self._breach(call, "no usable job id", self.protocol.service.id, body)
        return Started(
            id=job_id,
            status=self._read_status(call, body),
            request_id=request_id(response, body),
            response=response,
        )

    def poll(
        self,
        job: JobFacts,
        *,
        deadline: float | None = None,
        start: float | None = None,
    ) -> Steps[Progress]:
        """Ask once how *job* stands; count the time that passed from *start*."""
        call = self.protocol.poll
        response = yield from self._ask(call, job, deadline)
        body = read_body(response, where=self._where(call))
        job.status = self._read_status(call, body)
        job.request_id = request_id(response, body) or job.request_id
        service = self.protocol.service
        outcome = service.terminal.get(job.status)
        if outcome is None and job.status not in service.pending:
            self.note(
                job, self._breach(call, "an unknown status", service.status, body)
            )
        return Progress(
            status=job.status,
            outcome=outcome,
            elapsed=0.0 if start is None else self.clock() - start,
            answer=body,
            response=response,
        )

    def cancel(self, job: JobFacts) -> Steps[None]:
        """Ask the service to withdraw *job*; raise ApiError where it will not."""
        call = self.protocol.cancel
        assert call is not None, "only a job whose contract has it can be cancelled"
        response = yield from self._ask(call, job, None)
        read_body(response, where=self._where(call))

    def video_url(self, body: Body) -> str:
        """Return the address of the video from the answer of a job that succeeded."""
        found = look_up(body, self.protocol.service.video)
        if isinstance(found, str) and found:
            return found
        call = self.protocol.result or self.protocol.poll
        raise self._breach(call, "no video", self.protocol.service.video, body)

    def fetch_result(self, job: JobFacts, deadline: float) -> Steps[Body]:
        """Return the result of *job*, or raise the JobFailed that stands in its place."""
        call = self.protocol.result
        assert call is not None, "the protocol says that a result operation tells"
        response = yield from self._ask(call, job, deadline)
        own = response.status >= 400 and response.status not in _NOT_THE_JOBS_FAULT
        # A gateway's error is a page, the job's is JSON.
        if own and (body := as_object(parse(response))):
            raise JobFailed(job, read_fault(body), body=body)
        return read_body(response, where=self._where(call))

    def note(self, job: JobFacts, breach: ContractViolation) -> None:
        """Keep *breach* with *job* and report it, once."""
        breach.job = job
        if str(breach) not in map(str, job.violations):
            job.violations.append(breach)
            if self.report is not None:
                self.report(breach)

    def _ask(
        self, call: Call, job: JobFacts, deadline: float | None
    ) -> Steps[Response]:
        """Send *call*, which changes nothing that a second one would change again."""
        end = self.clock() + REQUEST_TIMEOUT if deadline is None else deadline
        request = self.access.request(call, job_id=job.id)
        sending = self.persistence.send(request, deadline=end, most=REQUEST_TIMEOUT)
        job.response = yield from sending
        return job.response

    def _read_status(self, call: Call, body: Body) -> str:
        """Return the status as it stands there, known to the document or not."""
        found = look_up(body, self.protocol.service.status)
        if isinstance(found, str):
            return one_line(found)
        raise self._breach(call, "no status", self.protocol.service.status, body)

    def _breach(
        self, call: Call, what: str, pointer: str, body: Body
    ) -> ContractViolation:
        found = one_line(repr(look_up(body, pointer)), limit=80)
        return ContractViolation(
            f"{self._where(call)} gave {what} at {pointer}, got {found}; "
            "its answer is in .body",
            pointer=pointer,
            body=body,
        )

    def _where(self, call: Call) -> str:
        return f"{self.protocol.where}: {call.method} {call.path}"


class Watch:
    """One wait for a job: when to look next, and when to give up.

    Without *interval* the pause starts at the provider's own pace and grows; it is
    never shorter than what the service asks for.
    """

    def __init__(
        self,
        dialogue: Dialogue,
        job: JobFacts,
        *,
        timeout: float | None = None,
        interval: float | None = None,
    ) -> None:
        service = dialogue.protocol.service
        self._dialogue = dialogue
        self._job = job
        self._limit = service.deadline if timeout is None else timeout
        self._pause = service.interval if interval is None else interval
        self._longest = (
            max(LONGEST_INTERVAL, self._pause) if interval is None else interval
        )
        self._start = dialogue.clock()
        self._deadline = self._start + self._limit
        self._seen: Progress | None = None
        self._last = False

    @property
    def over(self) -> bool:
        """Whether the job has been seen to have ended."""
        return self._seen is not None and self._seen.outcome is not None

    def look(self) -> Steps[Progress]:
        """Rest if this is not the first look, then ask; raise DeadlineExceeded."""
        if self._seen is not None:
            yield from self._rest(self._seen)
        if self._left() <= 0:
            raise self._late()
        poll = self._dialogue.poll(
            self._job, deadline=self._deadline, start=self._start
        )
        self._seen = yield from self._within(poll)
        return self._seen

    def wait(self, on_progress: Callable[[Progress], object] | None) -> Steps[Body]:
        """Look until the job has ended and return the answer that carries the video."""
        while True:
            progress = yield from self.look()
            if on_progress is not None:
                on_progress(progress)
            if progress.outcome is not None:
                return (yield from self._settle(progress))

    def _settle(self, progress: Progress) -> Steps[Body]:
        """Return the answer that carries the video; raise JobFailed if there is none."""
        if progress.outcome == "result":
            fetch = self._dialogue.fetch_result(self._job, self._deadline)
            return (yield from self._within(fetch))
        if progress.outcome == "failure":
            pointer = self._dialogue.protocol.service.error
            told = look_up(progress.answer, pointer)
            raise JobFailed(self._job, read_fault(told), body=progress.answer)
        return progress.answer

    def _rest(self, seen: Progress) -> Steps[None]:
        left = self._left()
        if self._last or left <= 0:
            raise self._late()
        # Jobs that started together should not ask together.
        spread = 0.9 + 0.2 * self._dialogue.persistence.random()
        pause = max(self._pause * spread, retry_after(seen.response) or 0.0)
        self._pause = min(self._pause * _GROWTH, self._longest)
        self._last = left <= pause
        yield Sleep(max(left - _LAST_POLL, left / 2) if self._last else pause)

    def _within(self, steps: Steps[T]) -> Steps[T]:
        try:
            return (yield from steps)
        except NetworkError:
            if self._left() > _CLOCK_GRAIN:
                raise
        raise self._late()

    def _left(self) -> float:
        return self._deadline - self._dialogue.clock()

    def _late(self) -> DeadlineExceeded:
        return DeadlineExceeded(self._job, timeout=self._limit)
