"""A service with a queue, over HTTP."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import pytest

from specs import Registry, vendored_folder

APP = "/fal-ai/wan-22-vace-fun-a14b"
MODEL = f"{APP}/inpainting"


def requests_of(made: Any) -> str:
    return f"{APP}/requests/{made['request_id']}"


def test_a_submit_answers_everything_that_a_client_goes_on_with(mock: Any) -> None:
    made = mock.inpaint()

    url = f"http://mock.test{requests_of(made)}"
    assert made == {
        "status": "IN_QUEUE",
        "request_id": made["request_id"],
        "status_url": f"{url}/status",
        "response_url": url,
        "cancel_url": f"{url}/cancel",
        "logs": None,
        "metrics": {},
        "queue_position": made["queue_position"],
    }


def test_a_submit_and_what_follows_name_the_request_in_a_header(mock: Any) -> None:
    made = mock.inpaint()

    answer = mock.fal("GET", made["status_url"])

    assert answer.headers["x-fal-request-id"] == made["request_id"]


def test_the_place_in_the_queue_only_falls(mock: Any) -> None:
    made = mock.inpaint()
    places = [made["queue_position"]]
    while True:
        mock.clock.advance(0.25)
        status = mock.fal("GET", made["status_url"]).json()
        if status["status"] != "IN_QUEUE":
            break
        places.append(status["queue_position"])

    assert places == sorted(places, reverse=True)
    assert places[-1] == 0


def test_the_status_code_says_whether_the_job_is_over(mock: Any) -> None:
    made = mock.inpaint()
    seen = []
    for seconds in (0, 2, 8):
        mock.clock.advance(seconds)
        answer = mock.fal("GET", made["status_url"])
        seen.append((answer.status_code, answer.json()["status"]))

    assert seen == [(202, "IN_QUEUE"), (202, "IN_PROGRESS"), (200, "COMPLETED")]


@pytest.mark.parametrize("logs", ["1", "true", "True", "1.0"])
def test_logs_come_when_they_are_asked_for(mock: Any, logs: str) -> None:
    made = mock.inpaint()
    counts = []
    for seconds in (2, 2, 10):
        mock.clock.advance(seconds)
        status = mock.fal("GET", made["status_url"], params={"logs": logs}).json()
        counts.append(len(status["logs"]))

    assert counts == sorted(counts)
    assert counts[0] >= 1
    assert set(status["logs"][0]) == {"message", "timestamp", "level", "source"}
    assert [it["message"] for it in status["logs"]] == [
        "job: start",
        "generating: 25 %",
        "generating: 50 %",
        "generating: 75 %",
        "job: complete",
    ]


def test_a_job_that_was_started_by_force_logs_its_progress_up_to_its_end(
    mock: Any,
) -> None:
    made = mock.inpaint()
    mock.control("POST", f"jobs/{made['request_id']}/events", json={"event": "start"})
    mock.clock.advance(1.5)

    status = mock.fal("GET", made["status_url"], params={"logs": "1"}).json()

    assert [it["message"] for it in status["logs"]] == [
        "job: start",
        "generating: 25 %",
    ]


@pytest.mark.parametrize("query", ["", "?logs=0", "?logs=false", "?logs=0.0"])
def test_the_logs_are_null_when_nobody_asks_for_them(mock: Any, query: str) -> None:
    made = mock.inpaint()
    mock.clock.advance(10)

    status = mock.fal("GET", made["status_url"] + query).json()

    assert status["logs"] is None
    assert status["metrics"]["inference_time"] > 0


def test_a_switch_that_is_neither_number_nor_boolean_is_refused(mock: Any) -> None:
    made = mock.inpaint()

    answer = mock.fal("GET", made["status_url"], params={"logs": "banana"})

    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["query", "logs"]


@pytest.mark.parametrize(
    "path",
    [
        "{app}/requests/{id}",
        "{app}/requests/{id}/",
        "{app}/requests/{id}/response",
        "{model}/requests/{id}",
        "{model}/requests/{id}/response/",
    ],
)
def test_the_result_is_found_on_every_path_that_clients_use(
    mock: Any, path: str
) -> None:
    made = mock.inpaint(seed=42)
    mock.clock.advance(10)

    answer = mock.fal("GET", path.format(app=APP, model=MODEL, id=made["request_id"]))

    assert answer.status_code == 200
    assert answer.json()["prompt"] == "a cat"
    assert answer.json()["seed"] == 42


@pytest.mark.parametrize("path", ["{app}", "{model}"])
@pytest.mark.parametrize("end", ["/status", "/status/"])
def test_the_status_is_found_on_every_path_that_clients_use(
    mock: Any, path: str, end: str
) -> None:
    made = mock.inpaint()
    root = path.format(app=APP, model=MODEL)

    answer = mock.fal("GET", f"{root}/requests/{made['request_id']}{end}")

    assert answer.json()["status"] == "IN_QUEUE"


def test_the_file_is_what_the_result_says_of_it(mock: Any) -> None:
    made = mock.inpaint(
        num_frames=33,
        frames_per_second=24,
        resolution="240p",
        aspect_ratio="9:16",
    )
    mock.clock.advance(10)

    said = mock.fal("GET", made["response_url"]).json()["video"]
    content = mock.send("GET", said["url"]).content

    with av.open(BytesIO(content)) as video:
        stream = video.streams.video[0]
        assert stream.frames == said["num_frames"] == 33
        assert stream.average_rate == said["fps"] == 24
        assert stream.width == said["width"] == 240
        assert stream.height == said["height"] == 426
    assert len(content) == said["file_size"]
    assert said["content_type"] == "video/mp4"
    assert said["duration"] == 33 / 24


def test_a_seed_is_drawn_where_none_was_given(mock: Any) -> None:
    made = mock.inpaint()
    mock.clock.advance(10)

    assert isinstance(mock.fal("GET", made["response_url"]).json()["seed"], int)


def test_a_seed_past_64_bits_does_not_break_the_result(mock: Any) -> None:
    made = mock.inpaint(seed=10**30)
    mock.clock.advance(10)

    assert mock.fal("GET", made["response_url"]).status_code == 200


def test_a_result_that_is_not_there_yet_is_refused(mock: Any) -> None:
    made = mock.inpaint()

    answer = mock.fal("GET", made["response_url"])

    assert answer.status_code == 400
    assert answer.json() == {"detail": "Request is still in progress"}


def test_a_failed_job_completes_and_its_result_says_why(mock: Any) -> None:
    made = mock.inpaint(scenario="error")
    mock.clock.advance(10)

    status = mock.fal("GET", made["status_url"])
    result = mock.fal("GET", made["response_url"])

    assert (status.status_code, status.json()["status"]) == (200, "COMPLETED")
    assert status.json()["error_type"] == "no_media_generated"
    assert result.status_code == 422
    (item,) = result.json()["detail"]
    assert item["type"] == "no_media_generated"
    assert item["loc"] == ["body"]


def test_a_job_that_is_made_to_fail_crashes(mock: Any) -> None:
    made = mock.inpaint()
    mock.clock.advance(2)
    mock.control("POST", f"jobs/{made['request_id']}/events", json={"event": "fail"})

    result = mock.fal("GET", made["response_url"])

    assert result.status_code == 500
    assert result.json() == {
        "detail": "Internal Server Error",
        "error_type": "internal_server_error",
    }
    assert result.headers["x-fal-error-type"] == "internal_server_error"


@pytest.mark.parametrize("path", ["{app}", "{model}"])
@pytest.mark.parametrize("waited", [0, 2])
def test_a_cancelled_job_completes_without_a_result(
    mock: Any, path: str, waited: float
) -> None:
    made = mock.inpaint()
    mock.clock.advance(waited)
    root = path.format(app=APP, model=MODEL)

    cancelled = mock.fal("PUT", f"{root}/requests/{made['request_id']}/cancel")

    assert cancelled.status_code == 202
    assert cancelled.json() == {"status": "CANCELLATION_REQUESTED"}
    status = mock.fal("GET", made["status_url"], params={"logs": "1"}).json()
    assert status["status"] == "COMPLETED"
    assert status["error_type"] == "client_cancelled"
    assert status["logs"][-1]["message"] == "job: cancel"
    assert mock.fal("GET", made["response_url"]).status_code == 499


def test_a_job_that_is_over_cannot_be_cancelled(mock: Any) -> None:
    made = mock.inpaint()
    mock.clock.advance(10)

    answer = mock.fal("PUT", made["cancel_url"])

    assert answer.status_code == 400
    assert answer.json() == {"status": "ALREADY_COMPLETED"}
    assert mock.fal("GET", made["response_url"]).status_code == 200


@pytest.mark.parametrize(
    ("method", "end"), [("GET", "/status"), ("GET", ""), ("PUT", "/cancel")]
)
def test_an_unknown_request_is_not_found(mock: Any, method: str, end: str) -> None:
    answer = mock.fal(method, f"{APP}/requests/nobody{end}")

    assert answer.status_code == 404
    assert answer.json() == {"status": "NOT_FOUND"}


def test_a_stuck_job_stays_in_progress(mock: Any) -> None:
    made = mock.inpaint(scenario="stuck")
    mock.clock.advance(1e6)

    status = mock.fal("GET", made["status_url"], params={"logs": "1"}).json()

    assert status["status"] == "IN_PROGRESS"
    assert len(status["logs"]) == 1


def test_a_job_of_the_other_provider_is_nobody_s(mock: Any) -> None:
    job_id = mock.reframe()

    answer = mock.fal("GET", f"{APP}/requests/{job_id.replace('/', '%2F')}")

    assert answer.status_code == 404


def test_a_service_without_cancel_names_no_address_for_it(
    make_mock: Callable[..., Any], registry: Registry
) -> None:
    (contract,) = registry.of("fal")
    mock = make_mock(replace(registry, contracts=(replace(contract, cancel=None),)))

    made = mock.inpaint()

    assert "cancel_url" not in made
    assert mock.fal("PUT", f"{requests_of(made)}/cancel").status_code == 404


def test_what_has_failed_or_was_refused_costs_nothing(mock: Any) -> None:
    made = mock.inpaint(scenario="error")
    mock.clock.advance(60)
    failed = mock.fal("GET", made["response_url"])
    refused = mock.fal("POST", MODEL, json={})

    assert failed.headers["x-fal-billable-units"] == "0"
    assert refused.headers["x-fal-billable-units"] == "0"


@pytest.mark.parametrize(
    ("switch", "call", "code"),
    [
        pytest.param("pending", ("GET", "/status"), 200, id="pending"),
        pytest.param("cancelled", ("PUT", "/cancel"), 200, id="cancelled"),
    ],
)
def test_a_code_that_sources_disagree_on_is_switched(
    make_mock: Callable[..., Any],
    tmp_path: Path,
    switch: str,
    call: tuple[str, str],
    code: int,
) -> None:
    folder = tmp_path / "specs"
    ignore = shutil.ignore_patterns("*.py", "__*")
    shutil.copytree(vendored_folder(), folder, ignore=ignore)
    facts = folder / "fal" / "provider.toml"
    text = facts.read_text("utf-8")
    assert f"{switch} = 202" in text
    facts.write_text(text.replace(f"{switch} = 202", f"{switch} = {code}"), "utf-8")
    method, end = call

    codes = []
    for mock in (make_mock(), make_mock(Registry.load(folder))):
        made = mock.inpaint()["request_id"]
        path = f"/fal-ai/wan-22-vace-fun-a14b/requests/{made}{end}"
        codes.append(mock.fal(method, path).status_code)

    assert codes == [202, code]
