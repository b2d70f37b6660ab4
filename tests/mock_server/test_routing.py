from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mock_server import AmbiguousRouteError
from mock_server.refusals.reasons import Reason, RefusedError
from mock_server.routing import Routes
from specs import Registry

APP = "/fal-ai/wan-22-vace-fun-a14b"
MODEL = f"{APP}/inpainting"


@pytest.fixture
def routes(registry: Registry) -> Routes:
    return Routes(registry.contracts)


@pytest.mark.parametrize(
    ("method", "path", "role", "values"),
    [
        ("POST", "/v2/video/generations", "submit", ()),
        ("POST", "//v2/video//generations/", "submit", ()),
        ("GET", "/v2/video/generations", "poll", ()),
        ("POST", MODEL, "submit", ()),
        ("GET", f"{APP}/requests/a/status", "poll", ("a",)),
        ("GET", f"{MODEL}/requests/a/status/", "poll", ("a",)),
        ("GET", f"{APP}/requests/a%2Fb%3Ac", "result", ("a/b:c",)),
        ("GET", f"{MODEL}/requests/a", "result", ("a",)),
        ("GET", f"{APP}/requests/a/response", "result", ("a",)),
        ("GET", f"{MODEL}/requests/a/response/", "result", ("a",)),
        ("PUT", f"{APP}/requests/a/cancel", "cancel", ("a",)),
        ("PUT", f"{MODEL}/requests/a/cancel", "cancel", ("a",)),
    ],
)
def test_a_path_leads_to_its_role(
    routes: Routes, method: str, path: str, role: str, values: tuple[str, ...]
) -> None:
    place = routes.locate(method, path)

    assert place.require_route().role == role
    assert place.values == values


def test_models_of_one_path_share_a_route(routes: Routes, registry: Registry) -> None:
    route = routes.locate("POST", "/v2/video/generations").require_route()

    assert set(route.contracts) == {it.model for it in registry.of("aimlapi")}


@pytest.mark.parametrize("method", ["PATCH", "HEAD", "get"])
def test_another_method_is_refused_with_those_there_are(
    routes: Routes, method: str
) -> None:
    with pytest.raises(RefusedError) as caught:
        routes.locate(method, "/v2/video/generations").require_route()

    assert caught.value.reason is Reason.WRONG_METHOD
    assert set(caught.value.allowed) == {"GET", "POST"}


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        pytest.param(f"{APP}/inpaintin", f"Did you mean {MODEL}?", id="near"),
        pytest.param("/fal-ai/something-else", "", id="far"),
        pytest.param(APP, f"Did you mean {MODEL}?", id="on-the-way"),
    ],
)
def test_an_unknown_path_of_a_provider_is_refused_by_that_provider(
    routes: Routes, path: str, hint: str
) -> None:
    place = routes.locate("POST", path)

    assert place.provider is not None
    assert place.provider.name == "fal"
    with pytest.raises(RefusedError) as caught:
        place.require_route()
    assert (caught.value.reason, caught.value.detail) == (Reason.UNKNOWN_PATH, hint)


@pytest.mark.parametrize("path", ["/", "", "/nobody", "/%ff/%00", "/" + "a/" * 5000])
def test_a_path_like_nobody_s_belongs_to_nobody(routes: Routes, path: str) -> None:
    assert routes.locate("GET", path).provider is None


def test_two_providers_on_one_call_cannot_be_served_together(
    make_studio: Callable[..., Path],
) -> None:
    make_studio("first", poll="/first/{task}")
    folder = make_studio("second", poll="/second/{task}")

    with pytest.raises(AmbiguousRouteError, match="POST /make/studio/film: both"):
        Routes(Registry.load(folder).contracts)


def test_two_providers_may_share_a_path_by_different_methods(
    make_studio: Callable[..., Path],
) -> None:
    make_studio("first", submit="/{model}", model="a", poll="/tasks/{task}")
    folder = make_studio("second", submit="/{model}", model="b", poll="/a")
    routes = Routes(Registry.load(folder).contracts)

    owners = [routes.locate(method, "/a").provider for method in ("POST", "GET")]

    assert [it.name for it in owners if it] == ["first", "second"]


def test_two_roles_on_one_call_cannot_be_told_apart(
    make_studio: Callable[..., Path],
) -> None:
    (contract,) = Registry.load(make_studio()).contracts
    path = contract.submit.path
    poll = replace(contract.poll, method="POST", path=path, wire_path=path)

    with pytest.raises(AmbiguousRouteError, match=r"\(submit\) and .* \(poll\)"):
        Routes([replace(contract, poll=poll)])
