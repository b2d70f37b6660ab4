"""The host that answers a submit with the outcome itself."""

import asyncio
import json
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
    headers = {
        "X-Fal-Queue-Priority": "low",
        "X-Fal-Request-Timeout": "30.0",
        "X-Fal-Store-IO": "0",
    }
    url = RUN.removeprefix("/fal.run")

    assert mock.fal("POST", f"{url}/", json=BODY, headers=headers).status_code == 200


def test_a_path_of_one_segment_is_no_host(mock: Any) -> None:
    assert mock.fal("GET", "/fal.run").status_code == 404


def run(mock: Any, url: str, **headers: str) -> httpx.Response:
    """Run to the end; return the answer."""
    answer: httpx.Response = mock.runner.run(
        run_while(mock, 60, url=url, headers=headers)
    )
    return answer


def test_a_stream_has_the_output_in_its_one_event(mock: Any) -> None:
    answer = run(mock, f"{RUN}/stream")
    body = answer.text.removeprefix("data: ")

    assert answer.headers["content-type"] == "text/event-stream"
    assert answer.text == f"data: {body.strip()}\n\n"
    assert json.loads(body)["video"]["url"].endswith(".mp4")


def test_a_stream_that_fails_has_the_code_of_its_job(mock: Any) -> None:
    answer = run(mock, f"{RUN}/stream", **{"X-Mock-Scenario": "error"})

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("POST", RUN.removeprefix("/fal.run") + "/stream", id="queue"),
        pytest.param(
            "GET", "/fal.run/fal-ai/wan-22-vace-fun-a14b/realtime", id="realtime"
        ),
        pytest.param("GET", f"{RUN}/realtime", id="realtime-of-the-endpoint"),
    ],
)
def test_what_the_models_do_not_have_is_not_found(
    mock: Any, method: str, path: str
) -> None:
    answer = mock.fal(method, path, json=BODY)

    assert answer.status_code == 404
    assert answer.json()["detail"].startswith("Path /fal-ai/wan-22-vace-fun-a14b/")


REQUEST = "/fal-ai/wan-22-vace-fun-a14b/requests"
PATIENT = {"X-Fal-Request-Timeout": "0.5"}


def enqueue(mock: Any, **headers: str) -> str:
    url = RUN.removeprefix("/fal.run")
    answer = mock.fal("POST", url, json=BODY, headers=headers)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["request_id"])


def test_a_queued_request_ends_when_its_caller_waits_no_longer(mock: Any) -> None:
    job = enqueue(mock, **PATIENT)
    mock.clock.advance(0.4)
    before = mock.fal("GET", f"{REQUEST}/{job}/status").json()
    mock.clock.advance(0.2)
    status = mock.fal("GET", f"{REQUEST}/{job}/status").json()
    result = mock.fal("GET", f"{REQUEST}/{job}")

    assert before["status"] == "IN_QUEUE"
    assert (status["status"], status["error_type"]) == ("COMPLETED", "request_timeout")
    assert result.status_code == 504
    assert result.json() == {
        "detail": "Request timed out",
        "error_type": "request_timeout",
    }
    assert result.headers["x-fal-request-timeout-type"] == "user"
    assert result.headers["x-fal-error-type"] == "request_timeout"


def test_a_request_that_started_in_time_is_not_ended(mock: Any) -> None:
    job = enqueue(mock, **{"X-Fal-Request-Timeout": "2"})
    mock.clock.advance(60)

    assert mock.fal("GET", f"{REQUEST}/{job}").status_code == 200


def test_a_cancel_before_the_timeout_is_a_cancel(mock: Any) -> None:
    job = enqueue(mock, **PATIENT)
    mock.fal("PUT", f"{REQUEST}/{job}/cancel")
    mock.clock.advance(60)

    assert mock.fal("GET", f"{REQUEST}/{job}").status_code == 499


def test_a_run_is_not_ended_by_its_queue(mock: Any) -> None:
    answer = run(mock, RUN, **{"x-fal-request-timeout": "500"})

    assert answer.status_code == 200
