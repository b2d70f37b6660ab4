import asyncio
import json
import sys
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, ClassVar

import httpx
import pytest

from codegen.runtime.client import BaseAsyncClient, BaseClient
from codegen.runtime.errors import (
    InvalidInputError,
    MissingApiKeyError,
    NetworkError,
    RateLimited,
    ReelError,
    ServerError,
)
from codegen.runtime.inputs import UNSET
from codegen.runtime.jobs import Job
from codegen.runtime.models import Model
from codegen.runtime.neutral import AsyncClosing, Closing, Operations, Way
from codegen.runtime.protocol import Call, JobProtocol, Service
from codegen.runtime.resource import Resource


def protocol(name: str) -> JobProtocol:
    return JobProtocol(
        service=Service(
            name=name,
            title=name.title(),
            base_url=f"https://{name}.test",
            header="Authorization",
            scheme="Key",
            environment=(f"{name.upper()}_KEY",),
            id="/id",
            status="/status",
            video="/video/url",
            error="/error",
            pending=("queued",),
            terminal={"done": "success"},
            interval=1.0,
            deadline=60.0,
        ),
        model=f"m/{name}",
        submit=Call("POST", "/videos"),
        poll=Call("GET", "/videos/{id}"),
    )


class One(Resource[Any, Any]):
    _output = Model
    _protocol = protocol("one")

    def submit(
        self, *, prompt: str, size: int | UNSET = UNSET, mask: str | UNSET = UNSET
    ) -> Any:
        return self.start(locals())


class Two(Resource[Any, Any]):
    _output = Model
    _protocol = protocol("two")

    def submit(self, *, text: str, size: int | UNSET = UNSET) -> Any:
        return self.start(locals())


class OneClient(BaseClient):
    _service = One._protocol.service
    _models: ClassVar = {}

    @property
    def draw(self) -> One:
        return One(self._session)


class TwoClient(BaseClient):
    _service = Two._protocol.service
    _models: ClassVar = {}

    @property
    def paint(self) -> Two:
        return Two(self._session)


class AsyncOne(BaseAsyncClient):
    _service = One._protocol.service
    _models: ClassVar = {}

    @property
    def draw(self) -> One:
        return One(self._session)


class AsyncTwo(BaseAsyncClient):
    _service = Two._protocol.service
    _models: ClassVar = {}

    @property
    def paint(self) -> Two:
        return Two(self._session)


class Both(Operations[Any]):
    _ways: ClassVar = {
        "make": {
            "one": Way(attribute="draw", names={}),
            "two": Way(attribute="paint", names={"prompt": "text"}),
        },
        "mask": {"one": Way(attribute="draw", names={})},
    }

    def make(
        self,
        *,
        prompt: str | UNSET = UNSET,
        size: int | UNSET = UNSET,
        mask: str | UNSET = UNSET,
    ) -> Any:
        return self._start("make", locals())

    def mask(self) -> Any:
        return self._start("mask", locals())


class Neutral(Both, Closing):
    _kind = "Client"


class AsyncNeutral(Both, AsyncClosing):
    _kind = "AsyncClient"


# Where the providers' packages stand: see `opened`.
Neutral.__module__ = AsyncNeutral.__module__ = "made.neutral"

OUT: dict[str, Any] = {
    "refused": httpx.ConnectError("refused"),
    "503": httpx.Response(503),
}


class World:
    """Two services, of which the first does as it is told."""

    def __init__(self, first: Any = None) -> None:
        self.first = first
        self.asked: list[tuple[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        self.asked.append((host, json.loads(request.content)))
        if host == "one.test" and isinstance(self.first, Exception):
            raise self.first
        if host == "one.test" and self.first is not None:
            return httpx.Response(self.first.status_code, content=self.first.content)
        return httpx.Response(200, json={"id": "7", "status": "queued"})

    def neutral(self) -> Neutral:
        http = httpx.Client(transport=httpx.MockTransport(self))
        common: dict[str, Any] = {"api_key": "k", "http_client": http, "max_retries": 0}
        return Neutral([OneClient(**common), TwoClient(**common)])

    def start(self, **arguments: Any) -> Job[Any]:
        with self.neutral() as it:
            job: Job[Any] = it.make(**arguments)
        return job


def start_async(world: World, **arguments: Any) -> Any:
    async def work() -> Any:
        http = httpx.AsyncClient(transport=httpx.MockTransport(world))
        common: dict[str, Any] = {"api_key": "k", "http_client": http, "max_retries": 0}
        async with AsyncNeutral([AsyncOne(**common), AsyncTwo(**common)]) as it:
            return await it.make(**arguments)

    return asyncio.run(work())


def test_the_first_provider_is_asked() -> None:
    world = World()

    job = world.start(prompt="a kite")

    assert (job.provider, world.asked) == ("one", [("one.test", {"prompt": "a kite"})])


@pytest.mark.parametrize("out", OUT)
def test_another_takes_over_under_its_own_names_when_the_first_is_out(
    out: str, caplog: pytest.LogCaptureFixture
) -> None:
    world = World(OUT[out])

    job = world.start(prompt="a kite", size=2)

    assert job.provider == "two"
    assert world.asked[1:] == [("two.test", {"text": "a kite", "size": 2})]
    assert "the next provider is asked" in caplog.text


@pytest.mark.parametrize("out", OUT)
def test_another_takes_over_on_asyncio_too(out: str) -> None:
    assert start_async(World(OUT[out]), prompt="a kite").provider == "two"


@pytest.mark.parametrize(
    ("first", "error"),
    [
        (httpx.ReadTimeout("late"), NetworkError),
        (httpx.RemoteProtocolError("closed"), NetworkError),
        (httpx.Response(500), ServerError),
        (httpx.Response(502), ServerError),
        (httpx.Response(504), ServerError),
        (httpx.Response(429), RateLimited),
        (httpx.Response(200, content=b"<html>"), ReelError),
    ],
)
def test_no_other_is_asked_when_the_job_may_have_been_accepted_or_was_refused(
    first: Any, error: type[ReelError]
) -> None:
    for start in (World.start, start_async):
        world = World(first)
        with pytest.raises(error):
            start(world, prompt="a kite")
        assert [host for host, _ in world.asked] == ["one.test"]


def test_the_last_provider_that_is_out_is_an_error() -> None:
    http = httpx.Client(transport=httpx.MockTransport(World(httpx.Response(503))))
    client = OneClient(api_key="k", http_client=http, max_retries=0)

    with pytest.raises(ServerError):
        Neutral([client]).make(prompt="a kite")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            {"prompt": "x", "mask": "u"},
            "two make: mask: is no argument of this provider",
        ),
        ({"prompt": 5}, "one m/one: prompt: 5 is refused"),
        ({"size": 5}, "one m/one: prompt: .* is refused, field required"),
    ],
)
def test_what_one_of_them_lacks_is_told_before_anything_is_sent(
    arguments: dict[str, Any], told: str
) -> None:
    world = World()
    with pytest.raises(InvalidInputError, match=told):
        world.start(**arguments)

    assert world.asked == []


def test_an_operation_that_a_provider_lacks_is_refused() -> None:
    with (
        World().neutral() as it,
        pytest.raises(InvalidInputError, match="two: mask: is nothing that this"),
    ):
        it.mask()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the clients be found by their providers' names."""
    kinds = {"one": (OneClient, AsyncOne), "two": (TwoClient, AsyncTwo)}
    for name, (client, async_client) in kinds.items():
        module = SimpleNamespace(Client=client, AsyncClient=async_client)
        monkeypatch.setitem(sys.modules, f"made.{name}", module)
        monkeypatch.delenv(f"{name.upper()}_KEY", raising=False)


@pytest.mark.usefixtures("opened")
def test_providers_are_opened_by_name_with_a_key_for_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(MissingApiKeyError, match="two: no API key"):
        Neutral(["one", "two"], api_key="k")
    monkeypatch.setenv("TWO_KEY", "k2")

    async def work() -> str:
        async with AsyncNeutral(["two"], base_url="https://x.y") as it:
            return repr(it)

    with Neutral(["one", "two"], api_key="k") as it:
        assert (repr(it), asyncio.run(work())) == ("<one or two>", "<two>")


@pytest.mark.parametrize(
    ("wanted", "told"),
    [(["three"], "'three' is none of one, two$"), (["tow"], "did you mean 'two'?")],
)
def test_a_name_that_is_no_providers_is_answered_with_those_that_are(
    wanted: Sequence[str], told: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        Neutral(wanted)

    assert told.rstrip("$") in str(caught.value)
