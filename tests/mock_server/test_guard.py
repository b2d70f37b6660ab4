"""Who may call the mock's own side."""

from typing import Any

import pytest
from starlette.types import Scope

from mock_server import ForbiddenError, TokenError
from mock_server.control.guard import Guard


def scope(
    *, client: Any = ("127.0.0.1", 5), server: Any = ("127.0.0.1", 80), **headers: str
) -> Scope:
    """Return the scope of a request with these headers."""
    return {
        "type": "http",
        "scheme": "http",
        "client": client,
        "server": server,
        "headers": [(name.encode(), it.encode()) for name, it in headers.items()],
    }


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:80", "127.0.0.1:80", "127.9.9.9", "[::1]:80"]
)
@pytest.mark.parametrize("client", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_let_in(host: str, client: str) -> None:
    Guard().check(scope(client=(client, 5), host=host))


def test_a_caller_without_an_address_is_in_the_process() -> None:
    Guard().check(scope(client=None, server=("mock.test", None), host="mock.test"))


@pytest.mark.parametrize(
    "client", ["192.0.2.1", "10.0.0.1", "2001:db8::1", "::ffff:192.0.2.1", "unix", ""]
)
def test_another_machine_is_refused(client: str) -> None:
    with pytest.raises(ForbiddenError, match="is not this machine"):
        Guard().check(scope(client=(client, 5), host="localhost"))


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "evil.example:80",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "[::1",
        "queue.fal.run",
        "192.0.2.1",
    ],
)
def test_a_name_that_was_made_to_point_here_is_refused(host: str) -> None:
    with pytest.raises(ForbiddenError, match="is not this server's own"):
        Guard().check(scope(host=host))


def test_a_call_without_a_host_is_refused() -> None:
    with pytest.raises(ForbiddenError):
        Guard().check(scope(server=None))


def test_a_page_of_its_own_is_let_in() -> None:
    Guard().check(scope(host="localhost:80", origin="http://localhost:80"))


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "https://localhost:80", "http://localhost:81", ""],
)
def test_a_page_of_another_site_is_refused(origin: str) -> None:
    with pytest.raises(ForbiddenError, match="another site"):
        Guard().check(scope(host="localhost:80", origin=origin))


def test_a_token_lets_in_from_anywhere() -> None:
    sent = scope(
        client=("192.0.2.1", 5), host="mock.example", authorization="Bearer sésame"
    )

    Guard("sésame").check(sent)


@pytest.mark.parametrize("sent", [None, "Bearer", "Bearer x", "sesame", "Basic sesame"])
def test_a_token_that_is_set_is_wanted_of_everybody(sent: str | None) -> None:
    headers = {} if sent is None else {"authorization": sent}

    with pytest.raises(TokenError, match="Authorization: Bearer TOKEN"):
        Guard("sesame").check(scope(host="localhost", **headers))


def test_only_videos_are_open_to_everybody(make_mock: Any) -> None:
    mock = make_mock(control_token="sesame")
    job_id = mock.reframe(num_frames=17)
    mock.clock.advance(10)

    video = mock.send("GET", mock.poll(job_id)["video"]["url"])
    closed = mock.control("GET", "health")
    opened = mock.control("GET", "health", headers={"Authorization": "Bearer sesame"})

    assert [it.status_code for it in (video, closed, opened)] == [200, 401, 200]
    assert closed.headers["content-type"] == "application/problem+json"


def test_a_page_of_another_site_gets_a_problem(mock: Any) -> None:
    headers = {"Origin": "http://evil.example"}

    answer = mock.control("POST", "reset", headers=headers)

    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
