import json
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import pytest

from codegen.runtime.access import Access
from codegen.runtime.dialogue import REQUEST_TIMEOUT, Dialogue, Progress, Started, Watch
from codegen.runtime.errors import (
    ApiError,
    ContractViolation,
    DeadlineExceeded,
    JobFailed,
    NetworkError,
)
from codegen.runtime.exchange import Response, Send, Steps, drive
from codegen.runtime.protocol import Call, JobProtocol
from codegen.runtime.retries import Persistence
from tests.codegen.acme import SERVICE as ACME

T = TypeVar("T")

ASK = Call("GET", "/videos", query="id")

SERVICE = replace(ACME, pending=("queued", "running"))

PLAIN = JobProtocol(
    service=SERVICE,
    model="m/one",
    submit=Call("POST", "/videos"),
    poll=ASK,
)

QUEUE = JobProtocol(
    service=replace(SERVICE, terminal={"done": "result"}),
    model="m/two",
    submit=Call("POST", "/m/two"),
    poll=Call("GET", "/m/r/{id}/status"),
    result=Call("GET", "/m/r/{id}"),
    cancel=Call("PUT", "/m/r/{id}/cancel"),
)


def answer(status_code: int = 200, /, **body: Any) -> Response:
    content = json.dumps(body).encode()
    return Response(status=status_code, headers={}, content=content)


def page(status: int) -> Response:
    return Response(status=status, headers={}, content=b"<html>busy</html>")


@dataclass
class Job:
    provider: str = "acme"
    model: str = "m"
    id: str = "7"
    status: str | None = None
    request_id: str | None = None
    response: Response | None = None
    violations: list[ContractViolation] = field(default_factory=list)


@dataclass
class Service:
    """Plays answers back on a clock of its own; each exchange takes *latency* seconds.

    The last answer is given for ever.
    """

    answers: list[Response | NetworkError]
    latency: float = 0.0
    now: float = 1000.0
    sent: list[Send] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    reported: list[ContractViolation] = field(default_factory=list)

    def send(self, step: Send) -> Response:
        self.sent.append(step)
        self.now += min(self.latency, step.timeout)
        if self.latency > step.timeout:
            raise NetworkError("timed out")
        it = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(it, NetworkError):
            raise it
        return it

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def dialogue(self, protocol: JobProtocol) -> Dialogue:
        return Dialogue(
            protocol=protocol,
            access=Access(base_url="https://acme.test"),
            persistence=Persistence(clock=lambda: self.now, random=lambda: 0.5),
            report=self.reported.append,
        )

    def run(self, steps: Steps[T]) -> T:
        return drive(steps, send=self.send, sleep=self.sleep)

    def wait(
        self,
        protocol: JobProtocol,
        job: Job | None = None,
        on_progress: Any = None,
        **how: Any,
    ) -> Any:
        watch = Watch(self.dialogue(protocol), job or Job(), **how)
        return self.run(watch.wait(on_progress))

    def submit(self, **how: Any) -> Started:
        return self.run(self.dialogue(PLAIN).submit(b"{}", **how))


DONE = answer(id="7", status="done", video={"url": "https://v.test/a.mp4"})


def test_submit_returns_id_and_status() -> None:
    service = Service([answer(id="7", status="queued")])

    started = service.submit()

    assert (started.id, started.status, started.request_id) == ("7", "queued", None)
    assert started.response.status == 200
    assert service.sent[0].request.content == b"{}"


def test_submit_takes_an_id_that_is_a_number() -> None:
    service = Service([answer(id=7, status="queued")])

    assert service.submit().id == "7"


@pytest.mark.parametrize("job_id", [None, "", "..", "a\nb", True, [1], "x" * 513])
def test_submit_refuses_an_id_that_cannot_stand_in_an_address(job_id: object) -> None:
    service = Service([answer(id=job_id, status="queued")])

    with pytest.raises(ContractViolation, match="no usable job id at /id"):
        service.submit()


@pytest.mark.parametrize("it", [NetworkError("broke"), page(503), page(429)])
def test_submit_is_sent_once_whatever_happens(it: Response | NetworkError) -> None:
    service = Service([it])

    with pytest.raises((NetworkError, ApiError)):
        service.submit()

    assert len(service.sent) == 1


def test_poll_notes_the_status_in_the_job() -> None:
    service, job = Service([answer(status="running", extra=1)]), Job()

    progress = service.run(service.dialogue(PLAIN).poll(job))

    assert (progress.status, job.status) == ("running", "running")
    assert progress.answer["extra"] == 1
    assert service.sent[0].timeout == REQUEST_TIMEOUT


def test_poll_keeps_a_status_that_no_document_knows_and_reports_it_once() -> None:
    service, job = Service([answer(status="dreaming")]), Job()

    progress = service.run(service.dialogue(PLAIN).poll(job))
    service.run(service.dialogue(PLAIN).poll(job))

    assert (progress.status, progress.outcome) == ("dreaming", None)
    assert [it.pointer for it in job.violations] == ["/status"]
    assert [it.body for it in service.reported] == [{"status": "dreaming"}]
    assert "an unknown status at /status, got 'dreaming'" in str(service.reported[0])


def test_poll_keeps_a_violation_that_nobody_wants_to_hear_of() -> None:
    service, job = Service([answer(status="dreaming")]), Job()

    service.run(replace(service.dialogue(PLAIN), report=None).poll(job))

    assert len(job.violations) == 1


def test_poll_notes_the_request_id_by_which_support_finds_the_call() -> None:
    service, job = Service([answer(status="queued", requestId="r1")]), Job()

    service.run(service.dialogue(PLAIN).poll(job))

    assert job.request_id == "r1"


def test_poll_says_so_when_there_is_no_status() -> None:
    service = Service([answer(state="running")])

    with pytest.raises(ContractViolation, match="no status at /status, got None"):
        service.run(service.dialogue(PLAIN).poll(Job()))


def test_poll_does_not_ask_again_what_was_refused() -> None:
    service = Service([answer(404, message="unknown")])

    with pytest.raises(ApiError, match="404: unknown; check the id"):
        service.run(service.dialogue(PLAIN).poll(Job()))

    assert len(service.sent) == 1


@pytest.mark.parametrize("it", [NetworkError("broke"), page(503)])
def test_a_retry_never_outlives_its_deadline(it: Response | NetworkError) -> None:
    service = Service([it])

    with pytest.raises((NetworkError, ApiError)):
        service.run(service.dialogue(PLAIN).poll(Job(), deadline=1000.3))

    assert service.slept == []


def test_wait_polls_at_the_providers_pace_until_the_job_is_done() -> None:
    service = Service([answer(status="queued"), answer(status="running"), DONE])
    seen: list[Progress] = []

    body = service.wait(PLAIN, on_progress=seen.append)

    assert body["video"] == {"url": "https://v.test/a.mp4"}
    assert service.slept == [10.0, 10.0]
    assert [str(it) for it in seen] == [
        "queued after 0.0 s",
        "running after 10.0 s",
        "done after 20.0 s",
    ]


def test_wait_takes_another_pace_and_keeps_it() -> None:
    service = Service([*[answer(status="queued")] * 3, DONE])

    service.wait(PLAIN, interval=0.1)

    assert service.slept == [0.1, 0.1, 0.1]


def test_wait_slows_down_up_to_a_limit() -> None:
    quick = replace(PLAIN, service=replace(SERVICE, interval=4.0))
    service = Service([*[answer(status="queued")] * 6, DONE])

    service.wait(quick)

    assert service.slept == [4.0, 5.0, 6.25, 7.8125, 9.765625, 10.0]


@pytest.mark.parametrize(("drawn", "pause"), [(0.0, 9.0), (1.0, 11.0)])
def test_jobs_that_started_together_do_not_ask_together(
    drawn: float, pause: float
) -> None:
    service = Service([answer(status="queued"), DONE])
    persistence = Persistence(clock=lambda: service.now, random=lambda: drawn)
    dialogue = replace(service.dialogue(PLAIN), persistence=persistence)

    service.run(Watch(dialogue, Job()).wait(None))

    assert service.slept == [pytest.approx(pause)]


def test_wait_rests_as_long_as_the_service_asks() -> None:
    slow = replace(answer(202, status="queued"), headers={"retry-after": "33"})
    service = Service([slow, DONE])

    service.wait(PLAIN)

    assert service.slept == [33.0]


def test_a_watch_that_saw_the_end_is_over() -> None:
    service = Service([answer(status="queued"), DONE])
    watch = Watch(service.dialogue(PLAIN), Job())

    seen = [(service.run(watch.look()).status, watch.over) for _ in range(2)]

    assert seen == [("queued", False), ("done", True)]


def test_wait_goes_on_when_the_status_is_unknown() -> None:
    service = Service([answer(status="dreaming"), DONE])

    assert service.wait(PLAIN)["status"] == "done"


def test_wait_raises_job_failed_with_the_providers_words() -> None:
    broken = answer(status="broken", error={"name": "E1", "message": "no\nface"})
    service, job = Service([broken]), Job()

    with pytest.raises(JobFailed, match=r"job 7 failed, E1: no face; change") as caught:
        service.wait(PLAIN, job)

    assert (caught.value.name, caught.value.message) == ("E1", "no face")
    assert caught.value.job is job
    assert caught.value.body == {
        "status": "broken",
        "error": {"name": "E1", "message": "no\nface"},
    }


def test_wait_says_so_when_the_provider_gives_no_reason() -> None:
    with pytest.raises(JobFailed, match="no reason given"):
        Service([answer(status="broken", error=None)]).wait(PLAIN)


def test_wait_fetches_the_result_where_the_status_does_not_tell() -> None:
    service = Service([answer(202, status="running"), answer(status="done"), DONE])

    service.wait(QUEUE)

    assert service.sent[-1].request.url == "https://acme.test/m/r/7"


@pytest.mark.parametrize(
    ("status", "body", "name"),
    [
        (422, {"detail": [{"loc": ["body", "x"], "msg": "bad", "type": "t"}]}, "t"),
        (504, {"detail": "late", "error_type": "request_timeout"}, "request_timeout"),
    ],
)
def test_a_result_that_is_an_error_is_the_jobs_failure(
    status: int, body: dict[str, Any], name: str
) -> None:
    service = Service([answer(status="done"), answer(status, **body)])

    with pytest.raises(JobFailed) as caught:
        service.wait(QUEUE)

    assert (caught.value.name, caught.value.body) == (name, body)


@pytest.mark.parametrize("it", [answer(401, detail="no"), page(502)])
def test_a_refusal_that_is_not_the_jobs_is_an_api_error(it: Response) -> None:
    with pytest.raises(ApiError):
        Service([answer(status="done"), it]).wait(QUEUE)


def test_wait_raises_after_the_deadline_and_can_be_resumed() -> None:
    service, job = Service([answer(status="queued")]), Job()

    with pytest.raises(DeadlineExceeded, match="still 'queued' after 25 s") as caught:
        service.wait(PLAIN, job, timeout=25)

    assert isinstance(caught.value, TimeoutError)
    assert service.now - 1000 <= 25
    service.answers = [DONE]
    assert service.wait(PLAIN, caught.value.job)["status"] == "done"


def test_wait_places_its_last_poll_so_that_the_answer_can_arrive() -> None:
    service = Service([answer(status="queued")])

    with pytest.raises(DeadlineExceeded):
        service.wait(PLAIN, timeout=25)

    assert service.slept == [10.0, 10.0, 4.0]


@pytest.mark.parametrize("timeout", [0.0, -1.0])
def test_wait_sends_nothing_when_there_is_no_time(timeout: float) -> None:
    service = Service([DONE])

    with pytest.raises(DeadlineExceeded):
        service.wait(PLAIN, timeout=timeout)

    assert service.sent == []


def test_wait_counts_the_time_that_requests_take() -> None:
    service = Service([answer(status="queued")], latency=8.0)

    with pytest.raises(DeadlineExceeded):
        service.wait(PLAIN, timeout=30)

    assert service.now - 1000 <= 30
    assert service.sent[-1].timeout < 30


@pytest.mark.parametrize("latency", [100.0, 20.0])
def test_wait_ends_at_the_deadline_when_an_answer_does_not_come(latency: float) -> None:
    service = Service([answer(status="queued")], latency=latency)

    with pytest.raises(DeadlineExceeded):
        service.wait(PLAIN, timeout=20)

    assert service.now - 1000 == 20


def test_wait_reports_a_broken_connection_as_such_while_there_is_time() -> None:
    with pytest.raises(NetworkError):
        Service([NetworkError("broke")]).wait(PLAIN)


def test_wait_ends_when_the_progress_callback_uses_up_the_time() -> None:
    service = Service([answer(status="queued")])

    with pytest.raises(DeadlineExceeded):
        service.wait(PLAIN, timeout=5, on_progress=lambda _: service.sleep(9))


def test_cancel_asks_the_service_to_withdraw() -> None:
    service = Service([answer(202, status="CANCELLATION_REQUESTED")])

    service.run(service.dialogue(QUEUE).cancel(Job()))

    request = service.sent[0].request
    assert (request.method, request.url) == ("PUT", "https://acme.test/m/r/7/cancel")


def test_cancel_says_why_not() -> None:
    service = Service([answer(400, status="ALREADY_COMPLETED")])

    with pytest.raises(ApiError, match="400: ALREADY_COMPLETED"):
        service.run(service.dialogue(QUEUE).cancel(Job()))


def test_the_video_is_missed_when_a_finished_job_names_none() -> None:
    dialogue = Service([DONE]).dialogue(PLAIN)

    with pytest.raises(ContractViolation, match="gave no video at /video/url"):
        dialogue.video_url({"status": "done", "video": None})
