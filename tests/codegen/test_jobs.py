import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from codegen.runtime import (
    AsyncCancellableJob,
    AsyncSession,
    BaseAsyncClient,
    BaseClient,
    Call,
    CancellableJob,
    JobProtocol,
    Service,
    Session,
)
from codegen.runtime.errors import InvalidInputError, UnexpectedAnswerError
from codegen.runtime.models import Model

KEY = "s3cret-key"


class Input(Model):
    model: str
    x: int


class Output(Model):
    status: str
    width: int | None = None


class Client(BaseClient):
    _service = Service(
        name="acme",
        title="Acme",
        base_url="https://acme.test",
        header="Authorization",
        scheme="Key",
        environment=("ACME_KEY",),
    )

    @property
    def session(self) -> Session:
        return self._session


class AsyncClient(BaseAsyncClient):
    _service = Client._service

    @property
    def session(self) -> AsyncSession:
        return self._session


PROTOCOL = JobProtocol(
    provider="acme",
    model="m/one",
    submit=Call(method="POST", path="/videos"),
    poll=Call(method="GET", path="/videos/{id}", id_name="id", id_in="path"),
    cancel=Call(method="PUT", path="/videos/{id}/cancel", id_name="id", id_in="path"),
    fixed={"model": "m/one"},
    id="/id",
    status="/status",
    video="/video/url",
    error="/error",
    cost="/meta/credits",
    pending=("queued",),
    terminal={"done": "success"},
    interval=10.0,
    deadline=600.0,
)


def acme(**extra: Any) -> Callable[[httpx.Request], httpx.Response]:
    """Return a service whose jobs are done at the second look."""
    looks: list[httpx.Request] = []
    done = {"status": "done", "video": {"url": "https://cdn.test/v"}, **extra}

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.host == "cdn.test":
            assert KEY not in str(request.headers.raw)
            return httpx.Response(200, content=b"video")
        assert request.headers["authorization"] == f"Key {KEY}"
        if request.method == "POST":
            body = {"id": "7", "status": "queued", "got": json.loads(request.content)}
            return httpx.Response(200, json=body)
        if request.method == "PUT":
            return httpx.Response(202, json={"status": "CANCELLATION_REQUESTED"})
        looks.append(request)
        return httpx.Response(200, json=done if looks[1:] else {"status": "queued"})

    return handle


def client(**extra: Any) -> Client:
    transport = httpx.MockTransport(acme(**extra))
    return Client(api_key=KEY, http_transport=transport, sleep=lambda _: None)


def submit(session: Session, **values: object) -> CancellableJob[Output]:
    return CancellableJob(
        session, PROTOCOL, Output, *session.submit(PROTOCOL, Input, {"x": 1, **values})
    )


def test_a_job_is_submitted_waited_for_and_downloaded(tmp_path: Path) -> None:
    with client() as it:
        job = submit(it.session)
        seen: list[str] = []
        finished = job.wait(on_progress=lambda progress: seen.append(progress.status))
        path = finished.download(tmp_path / "out.mp4")

    assert (job.provider, job.model) == ("acme", "m/one")
    assert (job.id, job.status, seen) == ("7", "done", ["queued", "done"])
    assert path.read_bytes() == b"video"
    assert finished.video_url == "https://cdn.test/v"


def test_an_async_job_is_submitted_waited_for_and_downloaded(tmp_path: Path) -> None:
    async def no_sleep(seconds: float) -> None:
        pass

    async def run() -> tuple[str | None, list[bytes], str]:
        transport = httpx.MockTransport(acme(width=3))
        made = AsyncClient(api_key=KEY, http_transport=transport, sleep=no_sleep)
        async with made as it:
            started = await it.session.submit(PROTOCOL, Input, {"x": 1})
            job = AsyncCancellableJob(it.session, PROTOCOL, Output, *started)
            polled = (await job.poll()).status
            await job.cancel()
            first = await (await job.wait()).download(tmp_path / "a.mp4")
            second = await job.download(str(tmp_path / "b.mp4"))
            assert (await job.result()).width == 3
        return polled, [it.read_bytes() for it in (first, second)], repr(made)

    polled, videos, shown = asyncio.run(run())

    assert (polled, videos) == ("queued", [b"video", b"video"])
    assert shown == "<Acme client for https://acme.test>"


def test_a_job_is_taken_up_again_from_its_id(tmp_path: Path) -> None:
    with client() as it:
        job = CancellableJob(it.session, PROTOCOL, Output, "7")

        assert job.status is None
        assert job.poll().status == "queued"
        assert job.download(tmp_path / "a.mp4").read_bytes() == b"video"
        assert job.result().status == "done"


def test_a_job_can_be_cancelled() -> None:
    with client() as it:
        submit(it.session).cancel()


@pytest.mark.parametrize("job_id", ["", "..", "a\nb"])
def test_an_id_that_cannot_stand_in_an_address_is_refused(job_id: str) -> None:
    with (
        client() as it,
        pytest.raises(InvalidInputError, match=r"id: .* cannot name a"),
    ):
        CancellableJob(it.session, PROTOCOL, Output, job_id)


def test_a_wrong_argument_is_refused_before_anything_is_sent() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        raise AssertionError("sent")

    made = Client(api_key=KEY, http_transport=httpx.MockTransport(handle))
    with made as it, pytest.raises(InvalidInputError, match="acme m/one: x: 'a' is"):
        submit(it.session, x="a")


@pytest.mark.parametrize(
    ("extra", "cost"),
    [({}, None), ({"meta": {"credits": 5}}, 5.0), ({"meta": {"credits": "5"}}, None)],
)
def test_the_cost_is_what_the_service_says(
    extra: dict[str, Any], cost: float | None
) -> None:
    with client(**extra) as it:
        assert submit(it.session).wait().cost == cost


def test_the_answer_is_typed_and_keeps_what_no_document_knows() -> None:
    with client(width=854, height=480) as it:
        output = submit(it.session).wait().output

    assert output.width == 854
    assert output.model_extra == {"video": {"url": "https://cdn.test/v"}, "height": 480}


def test_an_answer_that_is_not_as_documented_keeps_the_video(tmp_path: Path) -> None:
    with client(width="wide") as it:
        finished = submit(it.session).wait()

        with pytest.raises(UnexpectedAnswerError, match="at /width") as caught:
            _ = finished.output

        assert caught.value.body == finished.answer
        assert finished.download(tmp_path / "a.mp4").read_bytes() == b"video"


def test_nothing_shows_the_key() -> None:
    with client() as it:
        job = submit(it.session)
        finished = job.wait()
        shown = [repr(each) for each in (it, it.session, job, finished, job.poll())]

    assert KEY not in " ".join(shown)
    assert shown[2] == "<job 7 of acme m/one, status 'done'>"
    assert shown[3] == "<finished job 7 of acme m/one>"
