"""Which scenario a call meets, as a client sees it."""

from collections.abc import Callable
from typing import Any

import pytest

from mock_server import SCENARIOS, Rules, UnknownScenarioError

Mocks = Callable[..., Any]
REFRAME = "alibaba/wan2.2-vace-fun-a14b-reframe"
INPAINTING = "fal-ai/wan-22-vace-fun-a14b/inpainting"
SOURCE = "https://example.com/source.mp4"


def submit(mock: Any, key: str = "k", **headers: str) -> Any:
    """Submit a reframe with *key*; return the answer."""
    return mock.aimlapi(
        "POST",
        json={"model": REFRAME, "video_url": SOURCE},
        headers={"Authorization": f"Bearer {key}"}
        | {name.replace("_", "-"): value for name, value in headers.items()},
    )


def poll(mock: Any, job_id: str, **headers: str) -> Any:
    return mock.aimlapi(
        "GET",
        params={"generation_id": job_id},
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


@pytest.mark.parametrize(
    ("scenario", "status", "message"),
    [
        ("rate_limited", 429, "Too Many Requests"),
        ("no_credits", 403, "You've run out of credits."),
        ("unauthorised", 401, "This request requires a valid API key."),
    ],
)
def test_a_scenario_refuses_the_calls_of_aimlapi_in_its_words(
    mock: Any, scenario: str, status: int, message: str
) -> None:
    job_id = mock.reframe()

    answers = [
        submit(mock, X_Mock_Scenario=scenario),
        poll(mock, job_id, X_Mock_Scenario=scenario),
    ]

    assert [it.status_code for it in answers] == [status, status]
    assert all(it.json()["message"].startswith(message) for it in answers)
    assert {"retry-after" in it.headers for it in answers} == {status == 429}
    assert mock.control("GET", "jobs").json()["count"] == 1


@pytest.mark.parametrize(
    ("scenario", "status", "detail"),
    [
        ("rate_limited", 429, "Concurrent requests limit reached"),
        ("no_credits", 403, "User is locked. Reason: Exhausted balance."),
        ("unauthorised", 401, "No user found for Key ID and Secret"),
    ],
)
def test_a_scenario_refuses_the_calls_of_fal_in_its_words(
    mock: Any, scenario: str, status: int, detail: str
) -> None:
    body = {"prompt": "a cat", "video_url": SOURCE}
    headers = {"X-Mock-Scenario": scenario}

    answer = mock.fal("POST", f"/{INPAINTING}", json=body, headers=headers)

    assert answer.status_code == status
    assert answer.json()["detail"].startswith(detail)
    assert ("x-fal-needs-retry" in answer.headers) == (status == 429)


def test_every_second_poll_of_a_flaky_job_fails(mock: Any) -> None:
    job_id = mock.reframe(scenario="flaky")
    other = mock.reframe()

    codes = [poll(mock, job_id).status_code for _ in range(4)]

    assert codes == [200, 503, 200, 503]
    assert [poll(mock, other).status_code for _ in range(2)] == [200, 200]


def test_malformed_json_is_cut_off_but_the_call_is_carried_out(mock: Any) -> None:
    answer = submit(mock, X_Mock_Scenario="malformed_json")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        answer.json()
    assert mock.control("GET", "jobs").json()["count"] == 1


def test_an_expired_url_answers_403_while_the_job_is_there(mock: Any) -> None:
    job_id = mock.reframe(scenario="expired_url")
    mock.clock.advance(10)

    answer = mock.send("GET", mock.poll(job_id)["video"]["url"])

    assert answer.status_code == 403


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_scenario_is_a_problem_that_names_the_known(
    mock: Any, method: str
) -> None:
    job_id = mock.reframe()
    header = {"X_Mock_Scenario": "flakey"}

    answer = (
        submit(mock, **header) if method == "POST" else poll(mock, job_id, **header)
    )

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert "did you mean 'flaky'?" in answer.json()["detail"]
    assert all(it in answer.json()["detail"] for it in SCENARIOS)


RULES = Rules(
    default="slow",
    keys={"poor": "no_credits"},
    models={f"aimlapi:{REFRAME}": "stuck", INPAINTING: "error"},
)


@pytest.mark.parametrize(
    ("rules", "key", "header", "expected"),
    [
        pytest.param(RULES, "poor", "error", "error", id="header"),
        pytest.param(RULES, "poor", None, "no_credits", id="key"),
        pytest.param(RULES, "k", None, "stuck", id="model"),
        pytest.param(Rules(default="slow", chaos=1), "k", None, "chaos", id="chaos"),
        pytest.param(Rules(default="slow"), "k", None, "slow", id="default"),
        pytest.param(Rules(), "k", None, "success", id="success"),
    ],
)
def test_the_first_that_speaks_decides(
    make_mock: Mocks, rules: Rules, key: str, header: str | None, expected: str
) -> None:
    mock = make_mock(rules=rules)
    submit(mock, key=key, **({"X_Mock_Scenario": header} if header else {}))

    (entry,) = mock.control("GET", "journal").json()["entries"]

    mixed = {it.name for it in SCENARIOS.values() if it.mixed}
    assert entry["scenario"] in (mixed if expected == "chaos" else {expected})


def test_a_rule_may_name_a_model_of_a_provider_by_itself(make_mock: Mocks) -> None:
    mock = make_mock(rules=RULES)

    job = mock.send(
        "POST",
        f"/{INPAINTING}",
        json={"prompt": "a cat", "video_url": SOURCE},
        headers={"Authorization": "Key id:secret"},
    ).json()

    listed = mock.control("GET", f"jobs/{job['request_id']}").json()
    assert listed["scenario"] == "error"


def test_a_rule_strikes_the_calls_about_jobs_that_were_there_before(mock: Any) -> None:
    job_id = mock.reframe()
    flaky = mock.reframe(scenario="flaky")

    mock.control("PUT", "scenarios", json={"default": "rate_limited"})

    assert poll(mock, job_id).status_code == 429
    assert [poll(mock, flaky).status_code for _ in range(2)] == [429, 503]
    assert poll(mock, job_id, X_Mock_Scenario="success").status_code == 200


def run(mock: Any) -> list[int]:
    """Submit twenty times, poll what comes of it; return every status code."""
    codes = []
    for _ in range(20):
        answer = submit(mock)
        codes.append(answer.status_code)
        try:
            job_id = answer.json()["id"] if answer.status_code == 200 else None
        except ValueError:
            job_id = None
        polls = range(3 if job_id else 0)
        codes += [poll(mock, str(job_id)).status_code for _ in polls]
    return codes


@pytest.mark.parametrize("chaos", [0.0, 0.4])
def test_chaos_strikes_the_same_calls_again_after_a_reset(
    make_mock: Mocks, chaos: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mock_server.service.inflict", lambda _, reply: reply)
    mock = make_mock(rules=Rules(chaos=chaos), seed=3)

    first = run(mock)
    mock.control("POST", "reset")

    assert run(mock) == first
    assert set(first) == ({200} if not chaos else {200, 429, 503})


def test_chaos_without_a_seed_cannot_be_foretold(
    make_mock: Mocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mock_server.service.inflict", lambda _, reply: reply)
    mock = make_mock(rules=Rules(chaos=0.5), seed=None)

    assert len({tuple(run(mock)), tuple(run(mock)), tuple(run(mock))}) > 1


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"default": "nothing"}, "default"),
        ({"keys": {"secret-key": "nothing"}}, "keys secr…"),
        ({"models": {"wan": "nothing"}}, "models wan"),
    ],
)
def test_rules_refuse_a_scenario_that_there_is_not(
    options: dict[str, Any], where: str
) -> None:
    with pytest.raises(UnknownScenarioError) as caught:
        Rules(**options)

    assert str(caught.value).startswith(f"{where}: no scenario is named 'nothing'")
    assert "secret-key" not in str(caught.value)
