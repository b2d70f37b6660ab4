import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from mock_server import SCENARIOS, Rules, UnknownScenarioError
from mock_server.scenarios import DEFAULT, find_scenario
from tests.mock_server.conftest import INPAINTING, REQUESTS, SOURCE


def test_the_default_scenario_is_one_of_them() -> None:
    assert find_scenario(DEFAULT).name == "success"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        pytest.param("sucess", "did you mean 'success'?", id="near"),
        pytest.param("quite else", "known are success, error, slow, stuck", id="far"),
    ],
)
def test_an_unknown_scenario_is_refused_with_the_known_ones(
    name: str, hint: str
) -> None:
    with pytest.raises(UnknownScenarioError, match="no scenario is named") as caught:
        find_scenario(name)

    assert hint in str(caught.value)


def test_every_scenario_says_what_it_does() -> None:
    assert all(it.summary for it in SCENARIOS.values())


def meet(mock: Any, **headers: str) -> str:
    """Return the scenario that a new job of *mock* is seen to go by."""
    body = {"prompt": "a cat", "video_url": SOURCE, "num_frames": 17}
    hook = {"fal_webhook": "http://127.0.0.1:9/"}  # where nobody listens
    try:
        made = mock.fal("POST", INPAINTING, json=body, params=hook, headers=headers)
    except ConnectionResetError:
        return "connection_reset"
    refusals = {429: "rate_limited", 403: "no_credits", 401: "unauthorised"}
    if made.status_code in refusals:
        return refusals[made.status_code]
    try:
        job = made.json()["request_id"]
    except ValueError:
        return "malformed_json"
    url = f"{REQUESTS}/{job}"
    if [mock.fal("GET", f"{url}/status").status_code for _ in "ab"] == [202, 503]:
        return "flaky"
    mock.clock.advance(20)
    if mock.fal("GET", f"{url}/status").status_code == 202:
        mock.clock.advance(100)
        ended = mock.fal("GET", f"{url}/status").status_code == 200
        return "slow" if ended else "stuck"
    result = mock.fal("GET", url)
    if result.status_code != 200:
        return "error"
    return meet_video(mock, job, result.json()["video"]["url"])


def meet_video(mock: Any, job: str, url: str) -> str:
    try:
        if mock.send("GET", url).status_code == 403:
            return "expired_url"
    except ConnectionResetError:
        return "truncated_download"
    attempts: list[Any] = []
    deadline = time.monotonic() + 20
    while not attempts and time.monotonic() < deadline:  # by a thread
        (listed,) = mock.control("GET", "jobs", params={"limit": 1}).json()["jobs"]
        attempts = listed["webhook"]["attempts"]
    mock.control("DELETE", f"jobs/{job}")
    lost = attempts[0]["problem"] == "lost by the job's scenario"
    return "webhook_fails_first" if lost else "success"


@pytest.mark.parametrize("way", ["header", "key", "model", "all", "control"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_is_met_in_whichever_way_it_is_chosen(
    make_mock: Callable[..., Any], name: str, way: str
) -> None:
    key, model = {"id:secret": name}, {INPAINTING.removeprefix("/"): name}
    other = "stuck" if name == "success" else "success"
    ways = {
        "key": Rules(keys=key, default=other),
        "model": Rules(models=model, default=other),
        "all": Rules(default=name),
    }
    mock = make_mock(rules=ways.get(way, Rules(default=other)))
    if way == "control":
        rules = {"models": model, "default": other}
        mock.control("PUT", "scenarios", json=rules).raise_for_status()
    headers = {"X-Mock-Scenario": name} if way == "header" else {}

    assert meet(mock, **headers) == name


def test_chaos_mixes_all_that_may_befall_a_call_and_the_same_again(
    make_mock: Callable[..., Any],
) -> None:
    mock = make_mock(rules=Rules(chaos=1.0), seed=7)
    mixed = {it.name for it in SCENARIOS.values() if it.mixed}

    def submit_some() -> list[str]:
        mock.control("POST", "reset").raise_for_status()
        for _ in range(100):
            with suppress(ConnectionResetError):
                mock.fal("POST", INPAINTING, json={"prompt": "a", "video_url": SOURCE})
        entries = mock.control("GET", "journal", params={"limit": 100}).json()[
            "entries"
        ]
        return [it["scenario"] for it in entries]

    first, second = submit_some(), submit_some()

    assert {*first} == mixed
    assert first == second
