import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest
from starlette.types import Message

from mock_server import MockServerError
from mock_server.access import Access

Mocks = Callable[..., Any]


def test_an_unexpected_error_is_a_problem_without_a_traceback(
    make_mock: Mocks, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(Access, "admit", fail)

    with caplog.at_level(logging.ERROR):
        answer = make_mock().aimlapi("GET")

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
    assert "secret" in caplog.text


def test_an_error_of_the_mock_is_a_problem_that_says_it(
    make_mock: Mocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise MockServerError("here: what; what to do")

    monkeypatch.setattr(Access, "admit", fail)

    answer = make_mock().aimlapi("GET")

    assert (answer.status_code, answer.json()["detail"]) == (
        500,
        "here: what; what to do",
    )


def test_a_server_may_run_the_app_s_lifespan(mock: Any) -> None:
    messages: list[Message] = [
        {"type": "lifespan.startup"},
        {"type": "lifespan.shutdown"},
    ]
    sent: list[str] = []

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None:
        sent.append(message["type"])

    asyncio.run(mock.app({"type": "lifespan", "state": {}}, receive, send))

    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
