"""The host that answers a submit with the outcome itself."""

import asyncio
from typing import Any

import httpx
import pytest

RUN = "/fal.run/fal-ai/wan-22-vace-fun-a14b/inpainting"
BODY = {"prompt": "a cat", "video_url": "https://example.com/a.mp4"}
HEADERS = {"Authorization": "Key id:secret"}


async def run_while(mock: Any, seconds: float, **options: Any) -> httpx.Response:
    """Start a run, then move the clock."""
    headers = HEADERS | options.pop("headers", {})
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(mock.app), base_url="http://mock.test"
    ) as client:
        call = asyncio.create_task(
            client.post(options.pop("url", RUN), json=BODY, headers=headers, **options)
        )
        while not (await client.get("/__mock__/health")).json()["jobs"]:
            await asyncio.sleep(0.01)
        mock.clock.advance(seconds)
        return await call


def test_a_run_is_answered_when_its_job_has_ended(mock: Any) -> None:
    answer = mock.runner.run(run_while(mock, 60))

    assert answer.status_code == 200
    assert answer.json()["prompt"] == "a cat"
    assert answer.headers["x-fal-request-id"]


def test_the_host_is_told_by_its_header_too(mock: Any) -> None:
    answer = mock.runner.run(
        run_while(
            mock, 60, url=RUN.removeprefix("/fal.run"), headers={"Host": "fal.run"}
        )
    )

    assert answer.json()["prompt"] == "a cat"


def test_a_run_that_fails_has_the_code_of_its_job(mock: Any) -> None:
    headers = {"X-Mock-Scenario": "error"}

    answer = mock.runner.run(run_while(mock, 60, headers=headers))

    assert answer.status_code == 422
    assert answer.json()["detail"][0]["type"] == "no_media_generated"


def test_a_run_is_given_up_when_the_caller_says_so(mock: Any) -> None:
    headers = {"X-Fal-Request-Timeout": "30.0", "X-Mock-Scenario": "stuck"}

    answer = mock.runner.run(run_while(mock, 31, headers=headers))

    assert answer.status_code == 504
    assert answer.json() == {
        "detail": "Request timed out",
        "error_type": "request_timeout",
    }
    assert answer.headers["x-fal-request-timeout-type"] == "user"
    assert answer.headers["x-fal-error-type"] == "request_timeout"


@pytest.mark.parametrize("patience", ["banana", "-1", "nan"])
def test_a_patience_that_is_no_number_is_without_end(mock: Any, patience: str) -> None:
    headers = {"X-Fal-Request-Timeout": patience}

    assert mock.runner.run(run_while(mock, 60, headers=headers)).status_code == 200


def test_a_run_has_no_queue_to_ask(mock: Any) -> None:
    job = mock.inpaint()["request_id"]

    answer = mock.fal("GET", f"/fal.run/fal-ai/wan-22-vace-fun-a14b/requests/{job}")

    assert answer.status_code == 404


def test_a_submit_that_will_not_wait_long_is_refused(mock: Any) -> None:
    url = RUN.removeprefix("/fal.run")
    for _ in range(3):
        mock.inpaint()

    def submit(longest: str) -> int:
        query = {"fal_max_queue_length": longest}
        return int(mock.fal("POST", url, params=query, json=BODY).status_code)

    assert [submit(it) for it in ("2", "3", "banana")] == [429, 200, 200]


def test_other_wishes_of_the_clients_are_taken(mock: Any) -> None:
    headers = {"X-Fal-Queue-Priority": "low", "X-Fal-Request-Timeout": "30.0"}
    url = RUN.removeprefix("/fal.run")

    assert mock.fal("POST", f"{url}/", json=BODY, headers=headers).status_code == 200


def test_a_path_of_one_segment_is_no_host(mock: Any) -> None:
    assert mock.fal("GET", "/fal.run").status_code == 404
