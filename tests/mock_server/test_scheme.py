import asyncio

import pytest
from starlette.types import Receive, Scope, Send

from mock_server.interception.scheme import SecureHosts


def seen_scheme(scope: Scope) -> object:
    """Return the scheme that an app behind SecureHosts sees."""
    seen: list[object] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope.get("scheme"))

    async def never() -> None:
        raise AssertionError

    asyncio.run(SecureHosts(app, {"fal.run"})(scope, never, never))  # type: ignore[arg-type]  # never called
    return seen[0]


@pytest.mark.parametrize(
    ("host", "scheme"),
    [
        pytest.param(b"fal.run", "https", id="of-a-service"),
        pytest.param(b"Fal.Run", "https", id="in-capitals"),
        pytest.param(b"127.0.0.1:8000", "http", id="of-the-mock"),
        pytest.param(b"fal.run:8000", "http", id="with-a-port"),
    ],
)
def test_a_call_to_a_service_is_https_by_its_host(host: bytes, scheme: str) -> None:
    scope = {"type": "http", "scheme": "http", "headers": [(b"host", host)]}

    assert seen_scheme(scope) == scheme


def test_a_call_without_a_host_keeps_its_scheme() -> None:
    assert seen_scheme({"type": "http", "scheme": "http", "headers": []}) == "http"


def test_what_is_no_request_is_handed_on() -> None:
    assert seen_scheme({"type": "lifespan"}) is None
