"""Inputs are fetched from the open internet and from nowhere else."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mock_server import Server
from mock_server.media import fetching
from mock_server.media.fetching import UnfetchedError, fetch_input, resolve

HOST = "videos.example"


def fetch(url: str, *addresses: str, **options: Any) -> bytes:
    async def look_up(_: str, __: int) -> Sequence[str]:
        return addresses

    return asyncio.run(fetch_input(url, resolve=look_up, **options))


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Serve on loopback, which is taken for the open internet; return the address."""

    async def answer(request: Request) -> Response:
        match request.path_params["name"]:
            case "video":
                return Response(b"0123456789", headers={"Host": "x"})
            case "host":
                return Response(request.headers["host"])
            case "near":
                return RedirectResponse("/video")
            case "away":
                return RedirectResponse("http://elsewhere.example/video")
            case "around":
                return RedirectResponse("/around")
            case _:
                return Response(status_code=404)

    monkeypatch.setattr(fetching, "_is_public", lambda address: address == "127.0.0.1")
    with Server(Starlette(routes=[Route("/{name}", answer)])) as server:
        port = httpx.URL(server.base_url).port
        yield f"http://{HOST}:{port}"


def test_an_input_is_fetched_by_the_address_that_was_looked_up(site: str) -> None:
    assert fetch(f"{site}/video", "127.0.0.1") == b"0123456789"
    assert fetch(f"{site}/host", "127.0.0.1").decode() == site.removeprefix("http://")


def test_a_redirect_on_the_same_host_is_followed(site: str) -> None:
    assert fetch(f"{site}/near", "127.0.0.1") == b"0123456789"


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("away", "redirects to another host, elsewhere.example"),
        ("around", "redirects too often"),
        ("nothing", "answers 404"),
    ],
)
def test_an_answer_that_is_no_file_is_not_taken(
    site: str, path: str, problem: str
) -> None:
    with pytest.raises(UnfetchedError, match=problem):
        fetch(f"{site}/{path}", "127.0.0.1")


def test_a_file_past_the_limit_is_not_taken(site: str) -> None:
    with pytest.raises(UnfetchedError, match="longer than 9 bytes"):
        fetch(f"{site}/video", "127.0.0.1", largest=9)


@pytest.mark.parametrize(
    "addresses",
    [
        pytest.param(["127.0.0.1"], id="loopback"),
        pytest.param(["10.1.2.3"], id="private"),
        pytest.param(["169.254.169.254"], id="link-local"),
        pytest.param(["::1"], id="loopback-6"),
        pytest.param(["fe80::1%eth0"], id="link-local-6"),
        pytest.param(["::ffff:192.168.0.1"], id="private-inside-6"),
        pytest.param(["224.0.0.1"], id="multicast"),
        pytest.param(["0.0.0.0"], id="any"),
        pytest.param(["93.184.216.34", "127.0.0.1"], id="one-of-two"),
        pytest.param([], id="none"),
    ],
)
def test_a_host_that_is_not_public_is_never_called(addresses: list[str]) -> None:
    with pytest.raises(UnfetchedError, match="not on the open internet"):
        fetch(f"http://{HOST}/video", *addresses)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111"])
def test_a_public_address_is_one(address: str) -> None:
    assert fetching._is_public(address)


@pytest.mark.parametrize("url", ["ftp://x/y", "file:///etc/passwd", "x", "http://", ""])
def test_only_the_web_is_fetched(url: str) -> None:
    with pytest.raises(UnfetchedError, match="only http and https"):
        fetch(url, "93.184.216.34")


def test_an_address_that_cannot_be_read_is_not_fetched() -> None:
    with pytest.raises(UnfetchedError):
        fetch("http://[", "93.184.216.34")


def test_a_host_nobody_knows_is_not_fetched() -> None:
    async def look_up(_: str, __: int) -> Sequence[str]:
        raise OSError("Name or service not known")

    with pytest.raises(UnfetchedError, match="not known"):
        asyncio.run(fetch_input("https://nowhere.example/", resolve=look_up))


def test_the_addresses_of_a_host_are_looked_up() -> None:
    assert asyncio.run(resolve("127.0.0.1", 80)) == ["127.0.0.1"]
