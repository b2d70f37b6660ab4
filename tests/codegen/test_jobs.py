import asyncio
import json
import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import httpx
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from codegen.runtime.client import BaseAsyncClient, BaseClient
from codegen.runtime.errors import (
    ContractViolation,
    DeadlineExceeded,
    InvalidInputError,
    JobFailed,
    JobInterrupted,
    NetworkError,
    NotFound,
    ReelError,
    ServerError,
    SpendLimitExceeded,
    UploadError,
)
from codegen.runtime.inputs import UNSET, Media
from codegen.runtime.jobs import AsyncCancellableJob, CancellableJob, Job
from codegen.runtime.models import Model
from codegen.runtime.money import estimate
from codegen.runtime.protocol import Call, Count, JobProtocol, Price, Uploads
from codegen.runtime.resource import Resource
from tests.codegen.acme import SERVICE as ACME

KEY = "s3cret-key"


class Output(Model):
    status: str
    width: int | None = None


SERVICE = replace(
    ACME,
    cost="/meta/credits",
    credits=100,
    currency="USD",
    uploads=Uploads(url="https://files.test/start", most_bytes=10),
)

PRICE = Price(
    parameter="size",
    values={"480p": 0.05, "720p": 0.1},
    frames=Count(name="x", usual=16, most=64),
    inserted=Count(name="y", usual=0, most=3),
    matching=("long",),
    rate=16,
    source="https://acme.test/prices",
    retrieved="2026-11-21",
)


class Made(Resource[Any, Any]):
    """What the generator writes for a model."""

    _output = Output
    _protocol = JobProtocol(
        service=SERVICE,
        model="m/one",
        submit=Call("POST", "/videos"),
        poll=Call("GET", "/videos/{id}"),
        cancel=Call("PUT", "/videos/{id}/cancel"),
        fixed={"model": "m/one"},
        media=("image", "images"),
        wire={"from_": "from"},
        webhook="hook",
        price=PRICE,
    )

    def submit(
        self,
        *,
        x: int = 1,
        from_: int | UNSET = UNSET,
        size: str | UNSET = UNSET,
        y: int | UNSET = UNSET,
        long: bool | UNSET = UNSET,
        image: Media | UNSET = UNSET,
        images: list[Media] | UNSET = UNSET,
        **options: Any,
    ) -> Any:
        given = {**locals()}
        return self.start(given | given.pop("options"))


class Plain(Made):
    """A model without cancel, without a price, at a service that takes data URIs."""

    _protocol = JobProtocol(
        service=SERVICE,
        model="m/plain",
        submit=Call("POST", "/videos"),
        poll=Call("GET", "/videos/{id}"),
    )


class Client(BaseClient):
    _service = SERVICE
    _models: ClassVar = {"one": "m/one"}

    @property
    def one(self) -> Made:
        return Made(self._session)

    @property
    def plain(self) -> Plain:
        return Plain(self._session)


class AsyncClient(BaseAsyncClient):
    _service = SERVICE
    _models: ClassVar = {"one": "m/one"}

    @property
    def one(self) -> Made:
        return Made(self._session)

    @property
    def plain(self) -> Plain:
        return Plain(self._session)


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


def client(handle: Any = None, **options: Any) -> Client:
    http = httpx.Client(transport=httpx.MockTransport(handle or acme()))
    return Client(api_key=KEY, http_client=http, sleep=lambda _: None, **options)


async def no_sleep(seconds: float) -> None:
    pass


def run(
    work: Callable[[AsyncClient], Coroutine[Any, Any, Any]],
    handle: Any = None,
    **options: Any,
) -> Any:
    async def go() -> Any:
        async with httpx.AsyncClient(
            transport=httpx.MockTransport(handle or acme())
        ) as http:
            options.setdefault("sleep", no_sleep)
            async with AsyncClient(api_key=KEY, http_client=http, **options) as it:
                return await work(it)

    return asyncio.run(go())


def test_a_job_is_submitted_waited_for_and_downloaded(tmp_path: Path) -> None:
    seen: list[str] = []
    with client() as it:
        job = it.one.submit()
        finished = job.wait(on_progress=lambda progress: seen.append(progress.status))
        path = finished.download(tmp_path / "out.mp4")

    assert (job.provider, job.model) == ("acme", "m/one")
    assert (job.id, job.status, seen) == ("7", "done", ["queued", "done"])
    assert path.read_bytes() == b"video"
    assert finished.video_url == "https://cdn.test/v"


def test_an_async_job_is_submitted_waited_for_and_downloaded(tmp_path: Path) -> None:
    async def work(it: AsyncClient) -> Any:
        job = await it.one.submit()
        assert isinstance(job, AsyncCancellableJob)
        polled = (await job.poll()).status
        await job.cancel()
        first = await (await job.wait()).download(tmp_path / "a.mp4")
        second = await job.download(str(tmp_path / "b.mp4"))
        assert (await job.result()).width == 3
        return polled, [it.read_bytes() for it in (first, second)], repr(it)

    polled, videos, shown = run(work, acme(width=3))

    assert (polled, videos) == ("queued", [b"video", b"video"])
    assert shown == "<Acme client for https://acme.test>"


def test_generate_does_all_of_it(tmp_path: Path) -> None:
    with client() as it:
        finished = it.generate(it.one.submit, tmp_path / "a.mp4", x=1)

    async def work(it: AsyncClient) -> Any:
        return await it.generate(it.one.submit, tmp_path / "b.mp4", x=1)

    assert (finished.id, run(work).id) == ("7", "7")
    assert {it.read_bytes() for it in tmp_path.iterdir()} == {b"video"}


def test_a_job_keeps_the_last_answer_raw() -> None:
    with client() as it:
        job = it.one.submit(x=5)
        first = json.loads(job.response.content)
        job.poll()

    assert first["got"] == {"model": "m/one", "x": 5}
    assert json.loads(job.response.content) == {"status": "queued"}
    assert job.response.headers["content-type"] == "application/json"


def test_a_job_can_be_iterated_over() -> None:
    async def work(it: AsyncClient) -> list[str]:
        return [look.status async for look in await it.one.submit()]

    with client() as it:
        looks = [(look.status, look.outcome) for look in it.one.submit()]

    assert looks == [("queued", None), ("done", "success")]
    assert run(work) == ["queued", "done"]


def test_a_job_knows_when_and_by_which_call_it_was_made() -> None:
    before = datetime.now(UTC)
    with client(acme(requestId="r-9")) as it:
        job = it.one.submit()
        list(job)

    assert before <= job.created <= datetime.now(UTC)
    assert job.request_id == "r-9"


def test_a_job_is_taken_up_again_from_its_id(tmp_path: Path) -> None:
    with client() as it:
        job: CancellableJob[Output] = Job.from_id(it.one, "7")

        assert (job.status, job.created) == (None, None)
        assert job.poll().status == "queued"
        assert job.download(tmp_path / "a.mp4").read_bytes() == b"video"
        assert job.result().status == "done"


def test_a_job_is_taken_up_again_from_its_json() -> None:
    with client() as it:
        text = it.one.submit().to_json()
        again = it.resume(text)

    async def work(it: AsyncClient) -> str:
        return it.resume(text).id

    facts = json.loads(text)
    assert (facts["provider"], facts["model"], facts["id"]) == ("acme", "m/one", "7")
    assert datetime.fromisoformat(facts["created"]).tzinfo is not None
    assert (again.id, again.model, run(work)) == ("7", "m/one", "7")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"provider": "acme", "model": "m/two", "id": "7"}',
        '{"provider": "other", "model": "m/one", "id": "7"}',
    ],
)
def test_what_is_no_job_is_not_taken_up(text: str) -> None:
    with client() as it, pytest.raises(InvalidInputError, match=r"is no job.to_json"):
        it.resume(text)


def test_a_job_can_be_cancelled() -> None:
    with client() as it:
        job = it.one.submit()
        job.cancel()
        plain = it.plain.job("7")

    assert isinstance(job, CancellableJob)
    assert not isinstance(plain, CancellableJob)


@pytest.mark.parametrize("job_id", ["", "..", "a\nb"])
def test_an_id_that_cannot_stand_in_an_address_is_refused(job_id: str) -> None:
    with (
        client() as it,
        pytest.raises(InvalidInputError, match=r"id: .* cannot name a"),
    ):
        it.one.job(job_id)


def refuse(request: httpx.Request) -> httpx.Response:
    raise AssertionError("sent")


def test_a_wrong_argument_is_refused_before_anything_is_sent() -> None:
    wrong: Any = "a"
    with (
        client(refuse) as it,
        pytest.raises(InvalidInputError, match="acme m/one: x: 'a' is"),
    ):
        it.one.submit(x=wrong)


class Kept:
    """A service that keeps the submits it gets."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.answer = acme()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.requests.append(request)
        return self.answer(request)

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(it.content) for it in self.requests]


def test_arguments_reach_the_wire_under_their_own_names() -> None:
    kept = Kept()
    with client(kept) as it:
        it.one.submit(x=2, from_=3, size=UNSET)

    assert kept.bodies == [{"model": "m/one", "x": 2, "from": 3}]


def test_validation_can_be_off_for_a_call_or_for_a_client() -> None:
    kept, wrong = Kept(), "a"
    some: Any = wrong
    with client(kept) as it:
        it.one.submit(x=some, validate="off")
    with client(kept, validate="off") as it:
        it.one.submit(x=some)
        with pytest.raises(InvalidInputError):
            it.one.submit(x=some, validate="strict")

    assert [it["x"] for it in kept.bodies] == ["a", "a"]


def test_a_call_may_carry_what_no_document_knows_yet() -> None:
    kept = Kept()
    with client(kept) as it:
        it.one.submit(
            extra_body={"new": 1},
            extra_headers={"X-Extra": "2"},
            webhook_url="https://me.test/hook?a=b",
        )

    assert kept.bodies[0]["new"] == 1
    assert kept.requests[0].headers["x-extra"] == "2"
    assert kept.requests[0].url.params["hook"] == "https://me.test/hook?a=b"


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"X-Extra": 2}, "'X-Extra': 2 is no header"),
        ({2: "x"}, "2: 'x' is no header"),
        ({"X Extra": "x"}, "'X Extra': 'x' is no header"),
        ({"X-Extra": "a\r\nHost: b"}, "is no header"),
        (
            {"authorization": "Key x"},
            "authorization carries the key, which is passed as",
        ),
    ],
)
def test_a_header_that_cannot_be_sent_is_refused(
    headers: dict[Any, Any], told: str
) -> None:
    kept = Kept()
    with client(kept) as it, pytest.raises(InvalidInputError, match=told):
        it.one.submit(extra_headers=headers)

    assert kept.requests == []


def test_the_log_says_which_job_was_begun(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with client() as it:
        it.one.submit()

    assert "acme m/one: submitted job 7" in caplog.messages


def test_a_job_tells_how_far_its_video_has_come(tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []

    async def work(it: AsyncClient) -> None:
        await it.one.job("7").download(
            tmp_path / "a", on_progress=lambda *it: seen.append(it)
        )

    run(work)
    with client() as it:
        it.one.job("7").download(
            tmp_path / "a", on_progress=lambda *it: seen.append(it)
        )

    assert seen == [(5, 5), (5, 5)]


@pytest.mark.parametrize(
    ("extra", "cost"),
    [
        ({}, None),
        ({"meta": {"credits": 5}}, 0.05),
        ({"meta": {"credits": "5"}}, None),
        ({"meta": {"credits": True}}, None),
    ],
)
def test_the_cost_is_what_the_service_says(
    extra: dict[str, Any], cost: float | None
) -> None:
    with client(acme(**extra)) as it:
        job = it.one.submit()
        assert job.cost is None
        assert job.wait().cost == job.cost == cost


def test_the_cost_is_unknown_where_no_answer_tells_it() -> None:
    with client() as it:
        assert it.plain.job("7").cost is None


def test_the_answer_is_typed_and_keeps_what_no_document_knows() -> None:
    with client(acme(width=854, height=480)) as it:
        output = it.one.submit().wait().output

    assert output.width == 854
    assert output.model_extra == {"video": {"url": "https://cdn.test/v"}, "height": 480}


def test_an_answer_that_is_not_as_documented_is_kept_and_reported(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[ContractViolation] = []
    with client(acme(width="wide"), on_violation=told.append) as it:
        job = it.one.submit()
        finished = job.wait()

        with pytest.raises(ContractViolation, match="at /width") as caught:
            _ = finished.output

        assert (caught.value.pointer, caught.value.body) == ("/width", finished.answer)
        assert finished.download(tmp_path / "a.mp4").read_bytes() == b"video"
    assert told == job.violations
    assert [it.job for it in told] == [job]
    assert "is not as documented at /width" in caplog.text


def test_an_unknown_status_is_reported_in_the_log_and_kept(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"id": "7", "status": "dreaming"})

    with client(handle) as it:
        job = it.one.job("7")
        progress = job.poll()

    assert (progress.status, job.status, len(job.violations)) == ("dreaming",) * 2 + (
        1,
    )
    assert progress.response.status == 200
    assert "an unknown status at /status, got 'dreaming'" in caplog.text


def test_nobody_is_told_of_an_answer_when_validation_is_off(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with client(acme(width="wide"), validate="off") as it:
        job = it.one.submit()
        job.wait()

    assert (job.violations, caplog.text) == ([], "")


def test_a_finished_job_without_a_video_is_a_violation_with_the_job_inside() -> None:
    with client(acme(video=None)) as it:
        job = it.one.submit()
        with pytest.raises(ContractViolation, match="no video at /video/url") as caught:
            job.wait()

    assert caught.value.job is job


@pytest.mark.parametrize(
    ("status", "error"), [(404, NotFound), (500, ServerError), (302, ReelError)]
)
def test_an_error_has_the_job_inside(status: int, error: type[ReelError]) -> None:
    async def work(it: AsyncClient) -> None:
        await it.one.job("7").poll()

    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status)

    with client(handle) as it, pytest.raises(error) as caught:
        it.one.job("7").poll()
    with pytest.raises(error) as caught_async:
        run(work, handle)

    assert (caught.value.job.id, caught_async.value.job.id) == ("7", "7")


def test_an_interrupt_has_the_job_inside() -> None:
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    http = httpx.Client(transport=httpx.MockTransport(acme()))
    with Client(api_key=KEY, http_client=http, sleep=interrupt) as it:
        job = it.one.submit()
        with pytest.raises(JobInterrupted, match="job 7 goes on") as caught:
            job.wait()

    assert caught.value.job is job
    assert isinstance(caught.value, KeyboardInterrupt)


def test_a_wait_that_is_cancelled_ends_at_once() -> None:
    async def work(it: AsyncClient) -> float:
        job = await it.one.submit()
        task = asyncio.create_task(job.wait())
        await asyncio.sleep(0.05)
        start = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        assert caught.value.__notes__ == ["acme m/one: it was about job 7"]
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return time.monotonic() - start

    assert run(work, sleep=None) < 1


def test_nothing_shows_the_key() -> None:
    with client() as it:
        job = it.one.submit()
        finished = job.wait()
        shown = [repr(each) for each in (it, it._session, job, finished, job.poll())]

    assert KEY not in " ".join(shown)
    assert shown[2] == "<job 7 of acme m/one, status 'done'>"
    assert shown[3] == "<finished job 7 of acme m/one>"


@pytest.mark.parametrize(
    "broken",
    [
        lambda _: httpx.Response(401, json={"message": "no"}),
        lambda _: httpx.Response(200, content=b"<html>"),
        lambda _: httpx.Response(200, json={"id": "..", "status": "queued"}),
    ],
)
def test_the_key_is_in_no_traceback_not_even_with_its_variables(broken: Any) -> None:
    with client(broken) as it, pytest.raises(ReelError) as caught:
        it.one.submit()

    told = traceback.TracebackException.from_exception(
        caught.value, capture_locals=True
    )
    assert KEY not in "".join(told.format())


def test_a_client_that_cannot_be_opened_shows_no_key_either() -> None:
    def open_it() -> None:
        Client(api_key="s3cret key", base_url="https://x.y")

    with pytest.raises(InvalidInputError) as caught:
        open_it()

    told = traceback.TracebackException.from_exception(
        caught.value, capture_locals=True
    )
    ours = [it for it in told.stack if "runtime" in it.filename]
    assert ours
    assert not any("s3cret" in str(it.locals) for it in ours)


# Money


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"x": 32, "size": "720p"}, "0.2 USD"),
        ({"x": 32}, "at most 0.2 USD"),
        ({"x": 32, "size": "auto"}, "at most 0.2 USD"),
        ({"x": 32, "size": "480p", "long": True}, "at most 0.2 USD"),
        ({"size": "480p", "long": False}, "0.05 USD"),
        ({"size": "480p", "y": 1}, "0.1 USD"),
        ({"size": "480p", "y": "many", "validate": "off"}, "0.2 USD"),
    ],
)
def test_an_estimate_is_exact_or_the_most_that_it_can_be(
    arguments: dict[str, Any], told: str
) -> None:
    with client(refuse) as it:
        found = it.estimate(it.one.submit, **arguments)

    assert str(found) == told
    assert found is not None
    assert (found.source, found.retrieved) == ("https://acme.test/prices", "2026-11-21")


def test_a_price_without_frames_in_between_counts_those_that_are_asked_for() -> None:
    protocol = replace(Made._protocol, price=replace(PRICE, inserted=None))
    found = estimate(protocol, {"x": 32, "size": "480p", "y": 3})

    assert str(found) == "0.1 USD"


def test_an_estimate_is_none_where_no_price_is_known() -> None:
    with client(refuse) as it:
        assert it.estimate(it.plain.submit) is None


def test_a_price_of_the_programs_own_stands_where_none_is_published_or_another() -> (
    None
):
    with client(refuse, price=0.4) as it:
        plain, one = it.estimate(it.plain.submit), it.estimate(it.one.submit, x=32)

    assert plain == one
    assert plain is not None
    assert (str(plain), plain.exact, plain.source) == ("at most 0.4 USD", False, "")


def test_a_limit_holds_by_a_price_of_the_programs_own() -> None:
    kept = Kept()
    with client(kept, price=0.4, max_spend=1) as it:
        it.plain.submit()
        it.plain.submit()
        with pytest.raises(
            SpendLimitExceeded, match=r"costs at most 0.4 USD, but only"
        ):
            it.plain.submit()

    assert len(kept.bodies) == 2


@pytest.mark.parametrize("wrong", [-1, float("nan"), float("inf")])
@pytest.mark.parametrize("name", ["max_spend", "price"])
def test_what_is_no_amount_of_money_is_refused(name: str, wrong: float) -> None:
    with pytest.raises(InvalidInputError, match=f"{name}: .* is no amount of money"):
        client(refuse, **{name: wrong})


def test_an_estimate_refuses_what_a_submit_would(tmp_path: Path) -> None:
    wrong: Any = "a"
    with client(refuse) as it:
        assert it.estimate(it.one.submit, image=tmp_path / "not there")
        with pytest.raises(InvalidInputError, match="x: 'a' is refused"):
            it.estimate(it.one.submit, x=wrong)
        with pytest.raises(InvalidInputError, match=r"is no client.<model>.submit"):
            it.estimate(print)


def test_a_limit_refuses_the_call_that_would_pass_it() -> None:
    kept = Kept()
    with client(kept, max_spend=0.5) as it:
        it.one.submit(x=64, size="720p")
        with pytest.raises(
            SpendLimitExceeded,
            match=r"costs 0.2 USD, but only 0.1 of max_spend=0.5 is left; nothing was",
        ):
            it.one.submit(x=32, size="720p")
        it.one.submit(x=16, size="720p")

    assert len(kept.bodies) == 2


def test_a_limit_refuses_a_call_whose_price_is_not_known() -> None:
    with (
        client(refuse, max_spend=5) as it,
        pytest.raises(
            SpendLimitExceeded,
            match=r"no price is known, so max_spend=5 .* say as price=… what one job",
        ),
    ):
        it.plain.submit()


@pytest.mark.parametrize(
    ("raised", "left"), [(httpx.ConnectError("x"), True), (httpx.ReadError("x"), False)]
)
def test_a_limit_counts_what_may_have_been_accepted(
    raised: Exception, left: bool
) -> None:
    outcomes = [raised]

    def handle(request: httpx.Request) -> httpx.Response:
        if outcomes:
            raise outcomes.pop()
        return acme()(request)

    with client(handle, max_spend=0.1, max_retries=0) as it:
        with pytest.raises(NetworkError):
            it.one.submit(x=16, size="720p")
        if left:
            it.one.submit(x=16, size="720p")
        else:
            with pytest.raises(SpendLimitExceeded):
                it.one.submit(x=16, size="720p")


# Files


class Files:
    """A service that takes files, and keeps them."""

    def __init__(self, **answers: httpx.Response) -> None:
        self.kept: dict[str, bytes] = {}
        self.answers = answers
        self.body: Any = None
        self.wishes: list[Any] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "files.test" and request.method == "POST":
            assert request.headers["authorization"] == f"Key {KEY}"
            wish = json.loads(request.content)
            self.wishes.append(wish)
            urls = {
                "upload_url": f"https://store.test/put/{wish['file_name']}",
                "file_url": f"https://store.test/{wish['file_name']}",
            }
            return self.answers.get("wish") or httpx.Response(200, json=urls)
        if request.url.host == "store.test":
            assert "authorization" not in request.headers
            self.kept[request.url.path] = request.read()
            return self.answers.get("put") or httpx.Response(200)
        self.body = json.loads(request.content)
        return httpx.Response(200, json={"id": "7", "status": "queued"})


def test_a_file_is_uploaded_before_the_job_is_submitted(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"picture")
    files = Files()
    with client(files) as it, path.open("rb") as opened:
        opened.read()
        it.one.submit(image=path, images=["https://x.y", opened])
        assert not opened.closed

    assert files.body["image"] == "https://store.test/a.png"
    assert files.body["images"] == ["https://x.y", "https://store.test/a.png"]
    assert files.kept == {"/put/a.png": b"picture"}
    assert files.wishes == [{"content_type": "image/png", "file_name": "a.png"}] * 2


def test_a_file_is_uploaded_by_an_async_client_too(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"picture")
    files = Files()

    async def work(it: AsyncClient) -> None:
        def read(request: httpx.Request) -> httpx.Response:
            return files(request)

        await it.one.submit(image=tmp_path / "a")

    async def handle(request: httpx.Request) -> httpx.Response:
        await request.aread()
        return files(request)

    run(work, handle)

    assert files.body["image"] == "https://store.test/a"
    assert files.kept == {"/put/a": b"picture"}
    assert files.wishes[0]["content_type"] == "application/octet-stream"


def test_a_wrong_number_is_told_before_a_file_is_uploaded(tmp_path: Path) -> None:
    wrong: Any = "a"
    with client(refuse) as it, pytest.raises(InvalidInputError, match="x: 'a' is ref"):
        it.one.submit(x=wrong, image=tmp_path / "not there")


def test_a_file_that_is_too_large_is_not_sent(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 11)
    with client(refuse) as it, pytest.raises(InvalidInputError, match="at most 10"):
        it.one.submit(image=tmp_path / "a")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with client(refuse) as it, pytest.raises(InvalidInputError, match="cannot be read"):
        it.one.submit(image=tmp_path / "a")


def test_a_file_is_refused_where_no_address_is_wanted(tmp_path: Path) -> None:
    wrong: Any = tmp_path
    with client(refuse) as it, pytest.raises(InvalidInputError, match="cannot be sent"):
        it.one.submit(size=wrong)


@pytest.mark.parametrize(
    ("answers", "error", "told"),
    [
        ({"put": httpx.Response(403)}, UploadError, "file a: the store answered 403"),
        (
            {"wish": httpx.Response(200, json={})},
            ContractViolation,
            "no address to upload",
        ),
        ({"wish": httpx.Response(401)}, ReelError, "answered 401"),
        (
            {
                "wish": httpx.Response(
                    200, json={"upload_url": "ftp://x.y", "file_url": "z"}
                )
            },
            UploadError,
            "UnsupportedProtocol",
        ),
    ],
)
def test_a_file_that_cannot_be_uploaded_starts_no_job(
    answers: Any, error: type[ReelError], told: str, tmp_path: Path
) -> None:
    (tmp_path / "a").write_bytes(b"x")
    files = Files(**answers)

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.scheme == "ftp":
            raise httpx.UnsupportedProtocol("UnsupportedProtocol")
        return files(request)

    with client(handle) as it, pytest.raises(error, match=told):
        it.one.submit(image=tmp_path / "a")

    assert files.body is None


def test_a_file_goes_into_the_body_where_the_service_takes_it_there(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.mp4").write_bytes(b"video")
    service = SimpleNamespace(**{it: getattr(SERVICE, it) for it in SERVICE.__slots__})
    service.uploads = Uploads(most_bytes=10)
    kept = Kept()

    class Inline(Made):
        _protocol = JobProtocol(
            service=service,  # type: ignore[arg-type] # the same facts, one of them changed
            model="m/one",
            submit=Call("POST", "/videos"),
            poll=Call("GET", "/videos/{id}"),
            media=("image",),
        )

    with client(kept) as it:
        Inline(it._session).submit(image=tmp_path / "a.mp4")

    assert kept.bodies[0]["image"] == "data:video/mp4;base64,dmlkZW8="


# Many at once


def crowd(request: httpx.Request) -> httpx.Response:
    """Answer for jobs whose ids say how they end."""
    name = request.url.path.rpartition("/")[2]
    if name.startswith("bad"):
        return httpx.Response(
            200, json={"id": name, "status": "broken", "error": "no face"}
        )
    if name.startswith("lost"):
        return httpx.Response(404)
    if name.startswith("odd"):
        return httpx.Response(200, json={"id": name, "status": "done"})
    if name.startswith("slow"):
        return httpx.Response(200, json={"id": name, "status": "queued"})
    video = {"url": f"https://cdn.test/{name}"}
    return httpx.Response(200, json={"id": name, "status": "done", "video": video})


NAMES = ["ok-1", "bad", "lost", "odd", "slow", "ok-2"]
ENDS = [None, JobFailed, NotFound, ContractViolation, DeadlineExceeded, None]


class Clock:
    """Time that moves only when someone sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    async def sleep_async(self, seconds: float) -> None:
        self.now += seconds


def test_many_jobs_are_waited_for_in_their_order() -> None:
    clock = Clock()
    http = httpx.Client(transport=httpx.MockTransport(crowd))
    with Client(
        api_key=KEY, http_client=http, clock=clock, sleep=clock.sleep, max_retries=0
    ) as it:
        jobs = [it.one.job(name) for name in NAMES]
        found = it.wait_all(jobs, timeout=60)

    assert [it if it is None else type(it) for it in map(failed, found)] == ENDS
    assert [it.job.id for it in found] == NAMES


def test_many_async_jobs_are_waited_for_in_their_order() -> None:
    clock = Clock()

    async def work(it: AsyncClient) -> Any:
        return await it.wait_all([it.one.job(name) for name in NAMES], timeout=60)

    found = run(work, crowd, clock=clock, sleep=clock.sleep_async, max_retries=0)

    assert [it if it is None else type(it) for it in map(failed, found)] == ENDS
    assert [it.job.id for it in found] == NAMES


def failed(outcome: object) -> ReelError | None:
    return outcome if isinstance(outcome, ReelError) else None


class Gauge:
    """A service that counts the calls which are under way."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.now = self.most = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.005)
        with self.lock:
            self.now -= 1
        return crowd(request)

    async def asynchronous(self, request: httpx.Request) -> httpx.Response:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.005)
        self.now -= 1
        return crowd(request)


def test_no_more_calls_are_under_way_than_are_allowed() -> None:
    gauge, gauge_async = Gauge(), Gauge()
    names = [f"ok-{number}" for number in range(20)]

    async def work(it: AsyncClient) -> Any:
        return await it.wait_all([it.one.job(name) for name in names], concurrency=3)

    with client(gauge) as it:
        found = it.wait_all([it.one.job(name) for name in names], concurrency=3)
    found += run(work, gauge_async.asynchronous)

    assert [it.id for it in found if not isinstance(it, ReelError)] == names * 2
    assert (gauge.most, gauge_async.most) == (3, 3)


def test_jobs_that_rest_are_looked_at_again() -> None:
    with client() as it:
        (found,) = it.wait_all([it.one.submit()], interval=0.0)

    assert failed(found) is None


def test_no_jobs_take_no_time() -> None:
    with client(refuse) as it:
        assert it.wait_all([]) == []


# What is told, and what is not


def test_the_log_goes_to_standard_error_where_the_environment_wishes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = logging.getLogger("reel_clients")
    monkeypatch.setenv("REEL_LOG", "debug")
    monkeypatch.setattr(log, "handlers", [])
    monkeypatch.setattr(log, "level", logging.NOTSET)

    with client() as it:
        it.one.job("7").poll()
    with client():
        assert len(log.handlers) == 1

    assert "GET https://acme.test/videos/7: 200 in" in capsys.readouterr().err


def test_each_call_is_a_span_with_its_attempts_within(tmp_path: Path) -> None:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("test")

    async def work(it: AsyncClient) -> None:
        await (await it.one.submit()).download(tmp_path / "b.mp4")

    with client(tracer=tracer) as it:
        it.one.submit().download(tmp_path / "a.mp4")
    blocking = exporter.get_finished_spans()
    exporter.clear()
    run(work, tracer=tracer)
    spans = exporter.get_finished_spans()

    parents = {it.context.span_id: it.name for it in spans if it.context}
    assert [(it.name, it.parent and parents[it.parent.span_id]) for it in spans] == [
        ("POST", "reel submit"),
        ("reel submit", None),
        ("GET", "reel wait"),
        ("GET", "reel wait"),
        ("reel wait", None),
        ("GET", "reel download"),
        ("reel download", None),
    ]
    assert [it.name for it in blocking] == [it.name for it in spans]
    assert dict(spans[0].attributes or {}) == {
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "url.full": "https://acme.test/videos",
    }
    assert dict(spans[4].attributes or {}) == {
        "reel.provider": "acme",
        "reel.model": "m/one",
        "reel.job.id": "7",
    }
    assert KEY not in "".join(it.to_json() for it in spans)


def test_a_name_that_is_no_models_is_answered_with_a_near_one() -> None:
    it: Any = client(refuse)

    with pytest.raises(AttributeError, match=r"no model .onee.; did you mean"):
        _ = it.onee
    with pytest.raises(AttributeError, match=r"acme has no model 'zzz'$"):
        _ = it.zzz
    assert "one" in dir(it)


def test_the_module_of_a_model_is_imported_when_it_is_first_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    package = Client.__module__.rpartition(".")[0]
    module = SimpleNamespace(Blocking=Made)
    monkeypatch.setitem(sys.modules, f"{package}.resources.two", module)
    monkeypatch.setattr(Client, "_models", {"two": "m/two"})
    it: Any = client(refuse)

    assert isinstance(it.two, Made)
    assert it.two is it.two
