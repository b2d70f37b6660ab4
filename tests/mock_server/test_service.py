"""Keys, models, bad input and the mock's own mistakes, over HTTP."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mock_server.answers import responses
from mock_server.jobs import Standing
from specs import Registry

Mocks = Callable[..., Any]

GENERATIONS = "/v2/video/generations"
MODEL = "/fal-ai/wan-22-vace-fun-a14b/inpainting"
REFRAME = {
    "model": "alibaba/wan2.2-vace-fun-a14b-reframe",
    "video_url": "https://example.com/a.mp4",
}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Key k"},
    ],
)
def test_a_call_without_a_key_is_refused_as_the_provider_does_it(
    mock: Any, headers: dict[str, str]
) -> None:
    answer = mock.send("POST", GENERATIONS, json=REFRAME, headers=headers)

    assert answer.status_code == 401
    assert answer.json()["message"].startswith("This request requires a valid API key.")
    assert answer.json()["statusCode"] == "401"


@pytest.mark.parametrize(
    ("header", "detail"),
    [
        ("", "No user found for Key ID and Secret"),
        ("Bearer id:secret", "No user found for Key ID and Secret"),
        (
            "Key id",
            "Invalid Key Authorization header format. "
            "Expected '<key_id>:<key_secret>'.",
        ),
    ],
)
def test_a_key_of_fal_must_be_there_and_be_well_formed(
    mock: Any, header: str, detail: str
) -> None:
    answer = mock.send("POST", MODEL, json={}, headers={"Authorization": header})

    assert answer.status_code == 401
    assert answer.json() == {"detail": detail}
    assert answer.headers["x-fal-request-id"]


def test_only_the_keys_that_were_named_are_accepted(make_mock: Mocks) -> None:
    mock = make_mock(keys={"aimlapi": {"right"}})

    codes = [
        mock.aimlapi("POST", json=REFRAME, headers={"Authorization": it}).status_code
        for it in ("Bearer right", "bearer right", "Bearer wrong")
    ]

    assert codes == [200, 200, 401]
    assert mock.inpaint()


def test_a_refusal_names_the_field_and_the_limit(mock: Any) -> None:
    body = REFRAME | {"num_frames": 3, "resolution": 5}

    answer = mock.aimlapi("POST", json=body)

    assert answer.status_code == 400
    assert answer.json()["message"].split("\n") == [
        "Body validation error!",
        "num_frames: Number must be greater than or equal to 17",
        "resolution: Expected '480p' | '580p' | '720p', received number",
    ]
    assert answer.json()["path"] == GENERATIONS


def test_a_refusal_of_fal_lists_what_pydantic_would(mock: Any) -> None:
    answer = mock.fal("POST", MODEL, json={"prompt": "a", "num_frames": 3})

    assert answer.status_code == 422
    missing, low = sorted(answer.json()["detail"], key=lambda it: str(it["type"]))[::-1]
    assert (missing["type"], missing["loc"]) == ("missing", ["body", "video_url"])
    assert (low["type"], low["ctx"]) == ("greater_than_equal", {"ge": 17})


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ({}, "model: Required"),
        ({"model": None}, "model: Expected string, received null"),
        (
            {"model": "alibaba/wan2.2-vace-fun-a14b-refram", "num_frames": 1},
            "model: Invalid enum value. Expected 'alibaba/wan2.2-vace-fun-a14b-reframe'",
        ),
        ({"model": "zzz"}, "model: Invalid enum value. Expected 'alibaba/wan2.2-vace"),
        ([], "Expected object, received array"),
    ],
)
def test_a_model_that_cannot_be_told_gives_one_error(
    mock: Any, body: Any, line: str
) -> None:
    answer = mock.aimlapi("POST", json=body)

    assert answer.status_code == 400
    _, *lines = answer.json()["message"].split("\n")
    assert len(lines) == 1
    assert lines[0].startswith(line)


def test_models_of_one_path_are_told_apart_by_the_body(mock: Any) -> None:
    prompt = {"prompt": "a cat"}
    pose = REFRAME | {"model": "alibaba/wan2.2-vace-fun-a14b-pose"}

    reframe = mock.aimlapi("POST", json=REFRAME)
    without = mock.aimlapi("POST", json=pose)
    posed = mock.aimlapi("POST", json=pose | prompt)

    assert reframe.json()["id"].endswith("reframe")
    assert "prompt: Required" in without.json()["message"]
    assert posed.json()["id"].endswith("pose")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"NaN",
        b'{"num_frames": Infinity}',
        b'{"num_frames": 1e999}',
        b'"\\ud800"',
        b"[" * 100_000,
        b'{"a":' * 70 + b"1" + b"}" * 70,
        b"[" + b"0," * 30_000 + b"0]",
    ],
    ids=range(10),
)
@pytest.mark.parametrize("provider", ["aimlapi", "fal"])
def test_a_body_that_is_not_usable_json_is_refused_in_the_provider_s_shape(
    mock: Any, provider: str, content: bytes
) -> None:
    headers = {"Content-Type": "application/json"}

    if provider == "fal":
        answer = mock.fal("POST", MODEL, content=content, headers=headers)
        assert answer.status_code == 422
        assert answer.json()["detail"][0]["type"] == "json_invalid"
    else:
        answer = mock.aimlapi("POST", content=content, headers=headers)
        assert answer.status_code == 400
        assert answer.json()["message"].startswith("Body validation error!\n")


def test_many_shallow_brackets_are_no_bomb(mock: Any) -> None:
    body: dict[str, Any] = REFRAME | {"extra": [[] for _ in range(100)]}

    assert mock.aimlapi("POST", json=body).status_code == 200


def test_of_a_member_that_is_given_twice_the_last_one_counts(mock: Any) -> None:
    content = (
        b'{"model":"x","model":"alibaba/wan2.2-vace-fun-a14b-reframe",'
        b'"video_url":"https://example.com/a.mp4"}'
    )
    headers = {"Content-Type": "application/json; charset=utf-8"}

    answer = mock.aimlapi("POST", content=content, headers=headers)

    assert answer.status_code == 200


@pytest.mark.parametrize("media_type", ["", "text/plain", "multipart/form-data"])
def test_a_body_of_another_content_type_is_refused(mock: Any, media_type: str) -> None:
    answer = mock.aimlapi("POST", content=b"{}", headers={"Content-Type": media_type})

    assert answer.status_code == 400
    assert "application/json" in answer.json()["message"]


def test_a_body_past_the_limit_is_refused(
    make_mock: Mocks, make_studio: Callable[..., Path]
) -> None:
    mock = make_mock(Registry.load(make_studio(style="pydantic")))

    answer = mock.send(
        "POST",
        "/make/studio/film",
        json={"a": "x" * 1000},
        headers={"X-Key": "Token k"},
    )

    assert answer.status_code == 413
    assert answer.json() == {"detail": "Content Too Large"}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("a=1&" * 200, 400),
        ("generation_id=%ff%00%zz", 404),
        ("generation_id=a&generation_id=b", 404),
        ("generation_id", 404),
        ("&&&=", 400),
        ("ä" * 100, 400),
    ],
)
def test_an_absurd_query_is_refused_in_the_provider_s_shape(
    mock: Any, query: str, status: int
) -> None:
    answer = mock.send(
        "GET", f"{GENERATIONS}?{query}", headers={"Authorization": "Bearer k"}
    )

    assert answer.status_code == status
    assert answer.json()["requestId"]


def test_another_method_is_refused_in_the_provider_s_shape(mock: Any) -> None:
    answer = mock.aimlapi("DELETE")

    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "POST"}
    assert answer.json()["message"] == "Method Not Allowed"


def test_an_unknown_path_of_a_provider_is_refused_in_its_shape(mock: Any) -> None:
    answer = mock.fal("POST", f"{MODEL}g", json={})

    assert answer.status_code == 404
    assert answer.json() == {
        "detail": f"Path {MODEL}g not found. Did you mean {MODEL}?"
    }


@pytest.mark.parametrize(
    ("path", "hint"),
    [("/nobody", "health lists"), ("/v3/video/generations", f"near are {GENERATIONS}")],
)
def test_a_path_like_nobody_s_is_a_problem_of_the_mock(
    mock: Any, path: str, hint: str
) -> None:
    answer = mock.send("GET", path)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert hint in answer.json()["detail"]


def test_an_unknown_scenario_is_a_problem_that_names_the_known_ones(mock: Any) -> None:
    answer = mock.aimlapi("POST", json=REFRAME, headers={"X-Mock-Scenario": "sucess"})

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert "success, error, slow, stuck" in answer.json()["detail"]


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the mock answer a state that no document knows."""
    monkeypatch.setattr(
        responses.View, "standing", property(lambda _: Standing("lost", 0.0))
    )


@pytest.mark.usefixtures("broken")
def test_an_answer_that_breaks_the_document_is_a_problem_of_the_mock(
    make_mock: Mocks,
) -> None:
    answer = make_mock().aimlapi("POST", json=REFRAME)

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "/status" in answer.json()["detail"]


@pytest.mark.usefixtures("broken")
def test_nobody_checks_an_answer_when_the_self_check_is_off(make_mock: Mocks) -> None:
    answer = make_mock(self_check=False).aimlapi("POST", json=REFRAME)

    assert (answer.status_code, answer.json()["status"]) == (200, "lost")


def test_the_same_seed_gives_the_same_jobs(make_mock: Mocks) -> None:
    first, second = ([it.reframe(), it.reframe()] for it in (make_mock(), make_mock()))

    assert first == second
    assert len({*first}) == 2


def test_without_a_seed_nobody_foretells_an_id(make_mock: Mocks) -> None:
    first, second = make_mock(seed=None), make_mock(seed=None)

    assert first.reframe() != second.reframe()


def test_a_refused_call_does_not_change_the_jobs_that_follow(make_mock: Mocks) -> None:
    disturbed = make_mock()
    disturbed.aimlapi("POST", json={})

    assert disturbed.reframe() == make_mock().reframe()


def test_a_value_that_breaks_two_rules_is_named_once(
    make_mock: Mocks, make_studio: Callable[..., Path]
) -> None:
    text = {"type": "string", "minLength": 5, "pattern": "^z"}
    folder = make_studio(body={"properties": {"a": text}})
    mock = make_mock(Registry.load(folder))

    answer = mock.send(
        "POST", "/make/studio/film", json={"a": "x"}, headers={"X-Key": "Token k"}
    )

    assert answer.json()["message"].count("a: ") == 1
