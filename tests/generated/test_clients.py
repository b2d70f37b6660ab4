"""The generated clients, run against small services that behave as the documents say."""

import asyncio
import inspect
import json
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from reel_clients import aimlapi, fal
from reel_clients.errors import (
    ApiError,
    DeadlineExceeded,
    DownloadError,
    InvalidInputError,
    JobFailed,
    MissingApiKeyError,
    NetworkError,
    ReelError,
)
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

KEY = "id:s3cret"
VIDEO = b"\x00\x00\x00 ftypisom" * 100
CDN = "https://cdn.test/video.mp4"

Handler = Callable[[httpx.Request], httpx.Response]


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


class Aimlapi:
    """The service of the aimlapi documents: done at the third look."""

    def __init__(self, *statuses: str, **last: Any) -> None:
        self.statuses = list(statuses or ("queued", "generating", "completed"))
        self.last = last or {"video": {"url": CDN}}
        self.bodies: list[Any] = []
        self.asked: list[str] = []
        self.video = httpx.Response(200, content=VIDEO)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "cdn.test":
            assert KEY not in str(request.headers.raw)
            return self.video
        assert str(request.url).startswith(
            "https://api.aimlapi.com/v2/video/generations"
        )
        assert request.headers["authorization"] == f"Bearer {KEY}"
        if request.method == "POST":
            self.bodies.append(json.loads(request.content))
            return httpx.Response(200, json={"id": "u:a/b", "status": "queued"})
        self.asked.append(request.url.params["generation_id"])
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        extra = {} if len(self.statuses) > 1 else self.last
        return httpx.Response(200, json={"id": "u:a/b", "status": status, **extra})

    def client(self) -> aimlapi.Client:
        clock = Clock()
        return aimlapi.Client(
            api_key=KEY,
            http_client=httpx.Client(transport=httpx.MockTransport(self)),
            clock=clock,
            sleep=clock.sleep,
            random=lambda: 0.5,
        )


def test_the_first_program_a_user_writes_works(tmp_path: Path) -> None:
    service, seen = Aimlapi(), list[str]()

    with service.client() as client:
        job = client.wan2_2_vace_fun_a14b_reframe.submit(
            video_url="https://x.y", resolution="720p", num_frames=81
        )
        video = job.wait(
            timeout=600, on_progress=lambda progress: seen.append(str(progress))
        ).download(tmp_path / "out.mp4")

    assert video.read_bytes() == VIDEO
    assert service.bodies == [
        {
            "model": "alibaba/wan2.2-vace-fun-a14b-reframe",
            "video_url": "https://x.y",
            "num_frames": 81,
            "resolution": "720p",
        }
    ]
    assert service.asked == ["u:a/b"] * 3
    assert seen == [
        "queued after 0.0 s",
        "generating after 10.0 s",
        "completed after 20.0 s",
    ]


def queue(request: Request) -> Response:
    """Answer as the queue of the fal document does, done at the second look."""
    assert request.headers["authorization"] == f"Key {KEY}"
    app, state = "/fal-ai/wan-22-vace-fun-a14b", request.app.state
    path = request.url.path
    if request.method == "POST" and path == f"{app}/inpainting":
        return JSONResponse({"status": "IN_QUEUE", "request_id": "r-1"})
    if request.method == "PUT" and path == f"{app}/requests/r-1/cancel":
        return JSONResponse({"status": "CANCELLATION_REQUESTED"}, 202)
    if path == f"{app}/requests/r-1/status":
        state.looks += 1
        done = state.looks > 1
        body = {"status": "COMPLETED" if done else "IN_PROGRESS", "request_id": "r-1"}
        return JSONResponse(body, 200 if done else 202)
    assert path == f"{app}/requests/r-1"
    return JSONResponse(state.result, state.code)


def video(request: Request) -> Response:
    assert "authorization" not in request.headers
    return Response(VIDEO, media_type="video/mp4")


def queue_app(result: Any = None, code: int = 200) -> Starlette:
    everything = ["GET", "POST", "PUT"]
    app = Starlette(
        routes=[
            Route("/files/v.mp4", video),
            Route("/{rest:path}", queue, methods=everything),
        ]
    )
    app.state.looks = 0
    app.state.code = code
    app.state.result = result or {
        "video": {"url": "https://queue.fal.run/files/v.mp4", "width": 854},
        "prompt": "a kite",
        "seed": 7,
    }
    return app


def queue_client(app: Starlette) -> fal.AsyncClient:
    clock = Clock()
    return fal.AsyncClient(
        api_key=KEY,
        http_client=httpx.AsyncClient(transport=httpx.ASGITransport(app)),
        clock=clock,
        sleep=clock.sleep_async,
    )


def test_the_async_client_works_against_an_asgi_app(tmp_path: Path) -> None:
    async def run() -> tuple[Path, int, int | None]:
        async with queue_client(queue_app()) as client:
            job = await client.wan_22_vace_fun_a14b_inpainting.submit(
                prompt="a kite", video_url="https://x.y"
            )
            finished = await job.wait()
            output = await job.result()
            path = await finished.download(tmp_path / "out.mp4")
            return path, output.seed, output.video.width

    path, seed, width = asyncio.run(run())

    assert path.read_bytes() == VIDEO
    assert (seed, width) == (7, 854)


def test_a_result_that_is_an_error_is_a_failed_job() -> None:
    detail = [{"loc": ["body", "video_url"], "msg": "Could not load", "type": "file_x"}]

    async def run() -> None:
        async with queue_client(queue_app({"detail": detail}, 422)) as client:
            job = client.wan_22_vace_fun_a14b_inpainting.job("r-1")
            await job.cancel()
            await job.wait()

    with pytest.raises(JobFailed, match="file_x: video_url: Could not load") as caught:
        asyncio.run(run())

    assert caught.value.body == {"detail": detail}
    assert caught.value.problems[0].parameter == "video_url"


def submit(client: aimlapi.Client, **values: Any) -> Any:
    return client.wan2_2_vace_fun_a14b_reframe.submit(video_url="https://x.y", **values)


def test_a_job_that_ends_in_error_tells_why() -> None:
    error = {"name": "NSFW", "message": "refused by\nthe filter"}

    with (
        Aimlapi("queued", "error", error=error).client() as client,
        pytest.raises(JobFailed, match="NSFW: refused by the filter") as caught,
    ):
        submit(client).wait()

    assert (caught.value.name, caught.value.job.id) == ("NSFW", "u:a/b")


def test_a_wait_that_runs_out_of_time_can_be_resumed() -> None:
    service = Aimlapi("queued")
    with service.client() as client:
        job = submit(client)
        with pytest.raises(
            DeadlineExceeded, match="still 'queued' after 60 s"
        ) as caught:
            job.wait(timeout=60)
        service.statuses = ["completed"]

        assert caught.value.job.wait().video_url == CDN


def test_an_unknown_status_is_kept_for_the_program_to_see() -> None:
    with Aimlapi("dreaming", "completed").client() as client:
        job = submit(client)

        assert job.poll().status == job.status == "dreaming"


def test_an_unknown_status_in_the_answer_is_typed_as_text() -> None:
    output = aimlapi.models.universal_video_fetch.Output

    assert output.model_validate({"id": "7", "status": "odd"}).status == "odd"


@pytest.mark.parametrize(
    ("response", "told"),
    [
        (httpx.Response(404), "it answered 404"),
        (
            httpx.Response(200, headers={"Content-Length": "9"}, content=b"half"),
            "4 of 9 bytes came",
        ),
    ],
)
def test_a_video_that_cannot_be_fetched_whole_leaves_nothing(
    response: httpx.Response, told: str, tmp_path: Path
) -> None:
    service = Aimlapi()
    service.video = response

    with service.client() as client, pytest.raises(DownloadError, match=told):
        submit(client).download(tmp_path / "out.mp4")

    assert list(tmp_path.iterdir()) == []


def test_what_is_not_given_is_not_sent_and_a_url_stays_as_written() -> None:
    service = Aimlapi()
    with service.client() as client:
        submit(client, prompt=aimlapi.UNSET)

    assert service.bodies == [
        {"model": "alibaba/wan2.2-vace-fun-a14b-reframe", "video_url": "https://x.y"}
    ]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (
            {"num_frames": 9999},
            "num_frames: 9999 is refused.*at least 17 and at most 241",
        ),
        ({"num_frames": None}, "num_frames: None is refused"),
        ({"num_frames": "81"}, "num_frames: '81' is refused"),
        ({"resolution": "4k"}, "resolution: '4k' is refused.*'480p', '580p' or '720p'"),
    ],
)
def test_a_wrong_argument_is_refused_before_anything_is_sent(
    values: dict[str, Any], told: str
) -> None:
    service = Aimlapi()
    with service.client() as client, pytest.raises(InvalidInputError, match=told):
        submit(client, **values)

    assert service.bodies == []


def test_a_missing_key_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FAL_KEY", raising=False)

    with pytest.raises(
        MissingApiKeyError, match="fal: no API key; set FAL_KEY, or pass"
    ):
        fal.Client()


def test_the_key_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIMLAPI_API_KEY", raising=False)
    monkeypatch.setenv("AIML_API_KEY", KEY)
    service = Aimlapi()

    with aimlapi.Client(
        http_client=httpx.Client(transport=httpx.MockTransport(service))
    ) as client:
        submit(client)

    assert service.bodies


def aimlapi_client(handler: Handler) -> aimlapi.Client:
    clock = Clock()
    return aimlapi.Client(
        api_key=KEY,
        http_client=httpx.Client(transport=httpx.MockTransport(handler)),
        clock=clock,
        sleep=clock.sleep,
    )


def failing(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused")


@pytest.mark.parametrize(
    ("handler", "error"),
    [
        (failing, NetworkError),
        (lambda _: httpx.Response(503, content=b"<html>"), ApiError),
        (lambda _: httpx.Response(200, content=b"<html>"), ReelError),
        (lambda _: httpx.Response(401, json={"message": "no"}), ApiError),
    ],
)
def test_the_key_is_in_no_error_and_no_log(
    handler: Handler, error: type[ReelError], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    with aimlapi_client(handler) as client, pytest.raises(error) as caught:
        submit(client)

    chain = [repr(caught.value), repr(caught.value.__cause__), str(caught.value)]
    assert "s3cret" not in " ".join((*chain, caplog.text, repr(client)))


@pytest.mark.parametrize("client", [aimlapi.Client, aimlapi.AsyncClient])
def test_every_model_has_an_attribute_that_explains_every_parameter(
    client: type[Any],
) -> None:
    made = client(api_key=KEY)
    attributes = [it for it in dir(made) if it.startswith("wan")]

    assert len(attributes) == 5
    for name in attributes:
        submit = getattr(made, name).submit
        told = inspect.getdoc(submit) or ""
        ours = {"validate", "extra_body", "extra_headers"}
        named = set(inspect.signature(submit).parameters) - ours
        assert all(f"    {it}: " in told for it in named)


def test_the_range_and_default_of_a_parameter_stand_in_its_docstring() -> None:
    told = inspect.getdoc(
        aimlapi.Client(api_key=KEY).wan2_2_vace_fun_a14b_reframe.submit
    )

    assert "num_frames: Number of frames to generate. From 17 to 241. Default:" in (
        told or ""
    )


def test_the_range_of_a_parameter_stands_in_its_signature() -> None:
    submit = aimlapi.Client(api_key=KEY).wan2_2_vace_fun_a14b_reframe.submit
    parameters = inspect.signature(submit).parameters

    assert parameters["num_frames"].annotation == (
        "Annotated[int, Interval(ge=17, le=241)] | UNSET"
    )
    assert parameters["resolution"].annotation.startswith("Literal['480p', '580p', ")


def test_a_client_imports_no_model_and_not_even_pydantic_before_it_is_used() -> None:
    program = (
        "import sys; from reel_clients import fal;"
        "print('httpcore' in sys.modules);"  # httpx pays for it with its first client
        "client = fal.Client(api_key='a:b');"
        "print([it for it in sys.modules if 'wan' in it or it == 'pydantic']);"
        "client.wan_22_vace_fun_a14b_inpainting;"
        "print('pydantic' in sys.modules, fal.webhooks.verify.__name__, fal.UNSET)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == "False\n[]\nTrue verify MISSING\n"


def test_a_provider_exports_what_a_program_names() -> None:
    assert all(hasattr(it, name) for it in (aimlapi, fal) for name in it.__all__)
    with aimlapi.Client(api_key=KEY) as client:
        job = aimlapi.Job.from_id(client.wan2_2_vace_fun_a14b_pose, "7")

    assert isinstance(job, aimlapi.Job)


def test_a_name_that_a_provider_lacks_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"'reel_clients\.fal' has no"):
        getattr(fal, "Cleint")  # noqa: B009 - mypy knows that it is not there


def test_a_model_module_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = aimlapi.models.nonsense  # type: ignore[attr-defined] # the point of the test
