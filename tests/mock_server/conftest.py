"""A mock on a clock that the test moves, called in process."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server import ManualClock, build_app
from specs import Registry, vendored_folder

REFRAME = "alibaba/wan2.2-vace-fun-a14b-reframe"
INPAINTING = "/fal-ai/wan-22-vace-fun-a14b/inpainting"
REQUESTS = "/fal-ai/wan-22-vace-fun-a14b/requests"
GENERATIONS = "/v2/video/generations"
SOURCE = "https://example.com/source.mp4"


@dataclass
class Mock:
    """The app of a registry, and the calls that the tests make to it."""

    registry: Registry
    runner: asyncio.Runner
    clock: ManualClock = field(default_factory=ManualClock)
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        options: dict[str, Any] = {"clock": self.clock} | self.options
        self.app = build_app(self.registry, **options)

    def send(self, method: str, url: str, **options: Any) -> httpx.Response:
        """Send one request; nobody follows a redirect."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://mock.test"
            ) as client:
                return await client.request(method, url, **options)

        return self.runner.run(send())

    def aimlapi(self, method: str, **options: Any) -> httpx.Response:
        """Call the generations of aimlapi with a key."""
        headers = {"Authorization": "Bearer k"} | options.pop("headers", {})
        return self.send(method, GENERATIONS, headers=headers, **options)

    def fal(self, method: str, url: str, **options: Any) -> httpx.Response:
        """Call fal with a key."""
        headers = {"Authorization": "Key id:secret"} | options.pop("headers", {})
        return self.send(method, url, headers=headers, **options)

    def control(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Call the mock's own side."""
        return self.send(method, f"/__mock__/{path}", **options)

    def reframe(self, *, scenario: str = "success", **members: Any) -> str:
        """Submit a reframe to aimlapi; return the id."""
        body = {"model": REFRAME, "video_url": SOURCE} | members
        answer = self.aimlapi("POST", json=body, headers={"X-Mock-Scenario": scenario})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def poll(self, job_id: str) -> Any:
        """Return what aimlapi answers to a poll."""
        return self.aimlapi("GET", params={"generation_id": job_id}).json()

    def inpaint(self, *, scenario: str = "success", **members: Any) -> Any:
        """Submit an inpainting to fal; return the answer."""
        body = {"prompt": "a cat", "video_url": SOURCE} | members
        answer = self.fal(
            "POST", INPAINTING, json=body, headers={"X-Mock-Scenario": scenario}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="session")
def registry() -> Registry:
    return Registry.load(vendored_folder())


@pytest.fixture(scope="session")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def make_mock(registry: Registry, runner: asyncio.Runner) -> Callable[..., Mock]:
    """Return what builds a mock with other options, or of another registry."""

    def make(served: Registry | None = None, **options: Any) -> Mock:
        return Mock(served or registry, runner, options=options)

    return make


@pytest.fixture
def mock(make_mock: Callable[..., Mock]) -> Mock:
    return make_mock()


_PROVIDER = """
name = "{name}"
title = "Studio"
base_url = "https://{name}.example.com"
hosts = ["{name}.example.com"]
source = "made up"
auth = {{ header = "X-Key", scheme = "Token", environment = ["STUDIO_KEY"], key_pattern = ".+", source = "made up" }}
model = {{ in = "{location}", name = "{selector}", source = "made up" }}
limits = {{ body_bytes = 1000, source = "made up" }}
polling = {{ interval = 1.0, deadline = 60.0, source = "made up" }}
job = {{ id = "/task/id", status = "/task/state", video = "{video}", error = "/task/problem", {cost}source = "made up" }}

[operations]
submit = {{ method = "POST", path = "{submit}" }}
poll = {{ method = "GET", path = "{poll}", id = "task" }}
{cancel}

{prices}

[lifecycle]
initial = "new"
source = "made up"
transitions = {{ new = {{ complete = "done", fail = "bad", cancel = "bad" }}, done = {{}}, bad = {{}} }}
terminal = {{ done = "success", bad = "failure" }}

[errors]
style = "{style}"
refused = 400
unauthorized = 403
unknown_job = 410
source = "made up"
schema = {{ type = "object" }}
"""


@pytest.fixture
def make_studio(tmp_path: Path) -> Callable[..., Path]:
    """Return what writes the folder of a made-up provider of one model."""

    def make(
        name: str = "studio",
        *,
        model: str = "studio/film",
        body: dict[str, Any] | None = None,
        outcome: dict[str, Any] | None = None,
        location: str = "path",
        submit: str = "/make/{model}",
        poll: str = "/tasks/{task}",
        video: str = "/movie/href",
        cancel: bool = False,
        style: str = "zod",
        prices: str = "",
    ) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        facts = _PROVIDER.format(
            name=name,
            location=location,
            selector="model" if location == "body" else "",
            submit=submit,
            poll=poll,
            video=video,
            style=style,
            prices=prices,
            cost='cost = "/task/bill", ' if prices else "",
            cancel='cancel = { method = "DELETE", path = "/tasks/{task}", id = "task" }'
            if cancel
            else "",
        )
        (folder / "provider.toml").write_text(facts, "utf-8")
        document = _document(
            submit.replace("{model}", model), poll, video, body or {}, outcome or {}
        )
        if cancel:
            path = document["paths"]["/tasks/{task}"]
            path["delete"] = path["get"]
        (folder / "film.json").write_text(json.dumps(document), "utf-8")
        return tmp_path

    return make


def _document(
    submit: str, poll: str, video: str, body: dict[str, Any], outcome: dict[str, Any]
) -> dict[str, Any]:
    *parents, last = video.split("/")[1:]
    film: dict[str, Any] = {"type": "object", "properties": {last: {"type": "string"}}}
    film["properties"] |= outcome.pop("beside_the_video", {})
    film["required"] = list(film["properties"])
    task = {
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "state": {"type": "string", "enum": ["new", "done", "bad"]},
            "problem": {"type": "string"},
            "bill": {"type": "integer"},
        },
    }
    members = outcome.pop("properties", {})
    answer: dict[str, Any] = {
        "type": "object",
        "properties": {"task": task}
        | ({parents[0]: film} if parents else film["properties"])
        | members,
        "required": ["task", *members],
    }
    answers = {
        "200": {
            "description": "The task.",
            "content": {"application/json": {"schema": answer}},
        }
    }
    content = {"application/json": {"schema": {"type": "object"} | body}}
    task_id = {"name": "task", "in": "path", "required": True}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Studio", "version": "1"},
        "paths": {
            submit: {
                "post": {
                    "requestBody": {"required": True, "content": content},
                    "responses": answers,
                }
            },
            poll: {
                "get": {
                    "parameters": [task_id | {"schema": {"type": "string"}}],
                    "responses": answers,
                }
            },
        },
    }
