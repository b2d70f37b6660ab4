"""One program, either provider, as generated: names, refusals and the open door."""

import asyncio
import inspect
import json
import subprocess
import sys
from typing import Any

import httpx
import pytest
import reel_clients
from reel_clients import aimlapi, fal
from reel_clients.errors import InvalidInputError

Bodies = dict[str, Any]


def service(bodies: Bodies, *, out: str = "") -> Any:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.host == out:
            return httpx.Response(503)
        bodies[request.url.host] = json.loads(request.content)
        ids = {"id": "7", "request_id": "7"}
        return httpx.Response(200, json={**ids, "status": "queued"})

    return httpx.MockTransport(handle)


@pytest.mark.parametrize(
    ("provider", "host", "name"),
    [
        ("aimlapi", "api.aimlapi.com", "image_list"),
        ("fal", "queue.fal.run", "ref_image_urls"),
    ],
)
def test_a_name_of_ours_reaches_each_provider_as_its_own(
    provider: str, host: str, name: str
) -> None:
    bodies: Bodies = {}
    http = httpx.Client(transport=service(bodies))
    package = {"aimlapi": aimlapi, "fal": fal}[provider]
    with reel_clients.open(package.Client(api_key="a:b", http_client=http)) as reel:
        job = reel.inpaint(
            prompt="a kite", video_url="https://x.y", reference_images=["https://x.z"]
        )

    assert job.provider == provider
    assert bodies[host][name] == ["https://x.z"]


def test_another_provider_takes_over_when_one_is_out() -> None:
    bodies: Bodies = {}

    async def work() -> str:
        http = httpx.AsyncClient(transport=service(bodies, out="api.aimlapi.com"))
        clients = [
            it(api_key="a:b", http_client=http, max_retries=0)
            for it in (aimlapi.AsyncClient, fal.AsyncClient)
        ]
        async with reel_clients.open_async(clients[0], fallback=clients[1:]) as reel:
            return (await reel.inpaint(prompt="a", video_url="https://x.y")).provider

    assert asyncio.run(work()) == "fal"
    assert [*bodies] == ["queue.fal.run"]


def test_what_the_chosen_provider_lacks_is_refused() -> None:
    with (
        reel_clients.open("aimlapi", api_key="k") as reel,
        pytest.raises(InvalidInputError, match="aimlapi inpaint: seed: is no argument"),
    ):
        reel.inpaint(prompt="a", video_url="https://x.y", seed=7)


def test_every_argument_is_explained_with_who_takes_it() -> None:
    with reel_clients.open("fal", api_key="a:b") as reel:
        told = inspect.getdoc(reel.inpaint) or ""
        names = inspect.signature(reel.inpaint).parameters

    assert all(f"    {it}: " in told for it in names)
    assert "Only at fal." in told.partition("    seed: ")[2].partition("\n")[0]


def test_a_name_that_the_package_lacks_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'reel_clients' has no attribute 'opne'"):
        getattr(reel_clients, "opne")  # noqa: B009 - mypy knows that it is not there


def test_opening_is_paid_for_when_it_is_used() -> None:
    program = (
        "import sys, reel_clients.fal; print('reel_clients.neutral' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == "False\n"
