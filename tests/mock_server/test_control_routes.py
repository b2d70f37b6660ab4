"""The document of the mock's own side, held against what it answers."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry as Resources
from referencing.jsonschema import DRAFT202012

from mock_server.control.routes import PREFIX, ROUTES, find_route, write_document

DOCUMENT = write_document()


def check(route: str, method: str, answer: Any) -> None:
    """Hold *answer* against what the document says of a route."""
    responses = DOCUMENT["paths"][PREFIX + route][method.lower()]["responses"]
    content = responses[str(answer.status_code)]["content"]
    media_type = answer.headers["content-type"]
    assert media_type in content
    resource = DRAFT202012.create_resource(DOCUMENT)
    schema = content[media_type]["schema"]
    pointer = schema.get("$ref", "#")
    resources: Any = Resources().with_resource("urn:control", resource)
    if pointer != "#":
        validator = Draft202012Validator(
            {"$ref": f"urn:control{pointer}"}, registry=resources
        )
        validator.validate(answer.json())


CALLS: list[tuple[str, str, str, Any]] = [
    ("GET", "/health", "health", None),
    ("GET", "/openapi.json", "openapi.json", None),
    ("POST", "/clock/advance", "clock/advance", {"seconds": 1}),
    ("POST", "/clock/advance", "clock/advance", {"seconds": -1}),
    ("GET", "/jobs", "jobs", None),
    ("GET", "/jobs", "jobs?limit=1", None),
    ("GET", "/jobs", "jobs?limit=none", None),
    ("GET", "/jobs", "jobs?limit=0", None),
    ("GET", "/jobs", "jobs?limit=1001", None),
    ("GET", "/jobs/{job_id}", "jobs/{job_id}", None),
    ("GET", "/jobs/{job_id}", "jobs/{called_back}", None),
    ("GET", "/jobs/{job_id}", "jobs/nobody", None),
    ("POST", "/jobs/{job_id}/events", "jobs/{job_id}/events", {"event": "start"}),
    ("POST", "/jobs/{job_id}/events", "jobs/{job_id}/events", {"event": "cancel"}),
    ("POST", "/jobs/{job_id}/events", "jobs/{job_id}/events", {"event": "x"}),
    ("DELETE", "/jobs/{job_id}", "jobs/{job_id}", None),
    ("DELETE", "/jobs/{job_id}", "jobs/nobody", None),
    ("GET", "/scenarios", "scenarios", None),
    ("PUT", "/scenarios", "scenarios", {"chaos": 0.1, "keys": {"secret": "slow"}}),
    ("PUT", "/scenarios", "scenarios", {"chaos": 2}),
    ("PUT", "/scenarios", "scenarios", {"chaos": True}),
    ("PUT", "/scenarios", "scenarios", {"chaos": "1"}),
    ("PUT", "/scenarios", "scenarios", {"keys": {"k": 1}}),
    ("PUT", "/scenarios", "scenarios", {"keys": []}),
    ("PUT", "/scenarios", "scenarios", {"default": "nothing"}),
    ("PUT", "/scenarios", "scenarios", {"defaults": "slow"}),
    ("GET", "/journal", "journal", None),
    ("GET", "/journal", "journal?limit=x", None),
    ("GET", "/journal.har", "journal.har", None),
    ("DELETE", "/journal", "journal", None),
    ("POST", "/reset", "reset", None),
    ("GET", "/media/{name}", "media/{video}", None),
    ("GET", "/media/{name}", "media/x.mp4", None),
]


def test_the_document_is_a_document() -> None:
    validate(DOCUMENT)


@pytest.mark.parametrize(
    ("method", "route", "path", "body"), CALLS, ids=lambda it: str(it)[:40]
)
def test_an_answer_is_what_the_document_says(
    mock: Any, method: str, route: str, path: str, body: Any
) -> None:
    mock.aimlapi("POST", json={"model": "alibaba/wan2.2-vace-fun-a14b-pose"})
    called_back = mock.fal(
        "POST",
        "/fal-ai/wan-22-vace-fun-a14b/inpainting?fal_webhook=http%3A%2F%2F127.0.0.1%3A1",
        json={"prompt": "a cat", "video_url": "https://example.com/a.mp4"},
    ).json()["request_id"]
    done = mock.reframe(num_frames=17)
    mock.clock.advance(10)
    job_id = done if "media" in path else mock.reframe()
    key = job_id.partition(":")[0]
    path = path.replace("{job_id}", job_id).replace("{called_back}", called_back)
    path = path.replace("{video}", f"{key}.mp4")

    answer = mock.control(method, path, **({} if body is None else {"json": body}))

    check(route, method, answer)


def test_every_route_is_called_by_these_tests() -> None:
    called = {(method, route) for method, route, *_ in CALLS}

    assert called == {(it.method, it.path) for it in ROUTES}


def test_the_document_is_served(mock: Any) -> None:
    assert mock.control("GET", "openapi.json").json() == DOCUMENT


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "health", "GET"),
        ("PATCH", "jobs/x", "GET, DELETE"),
        ("GET", "reset", "POST"),
        ("OPTIONS", "scenarios", "GET, PUT"),
        ("HEAD", "clock/advance", "POST"),
    ],
)
def test_a_method_that_there_is_not_is_a_problem_that_lists_those_that_are(
    mock: Any, method: str, path: str, allowed: str
) -> None:
    answer = mock.control(method, path)

    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed
    assert answer.headers["content-type"] == "application/problem+json"


def test_head_is_get_without_a_body(mock: Any) -> None:
    answer = mock.control("HEAD", "health")

    assert (answer.status_code, answer.content) == (200, b"")


def test_an_id_may_be_written_as_it_is_or_encoded() -> None:
    plain = find_route("GET", f"{PREFIX}/jobs/a:b/c")
    encoded = find_route("GET", f"{PREFIX}/jobs/a%3Ab%2Fc")

    assert plain.values == encoded.values == {"job_id": "a:b/c"}


def test_a_job_tells_what_it_has_been_through(mock: Any) -> None:
    job_id = mock.reframe(num_frames=33)
    mock.control("POST", f"jobs/{job_id}/events", json={"event": "start"})
    mock.clock.advance(100)

    detail = mock.control("GET", f"jobs/{job_id}").json()

    assert [it["state"] for it in detail["history"]] == [
        "queued",
        "generating",
        "completed",
    ]
    assert detail["inputs"]["num_frames"] == 33
    assert [it["event"] for it in detail["forced"]] == ["start"]
    assert [it["event"] for it in detail["schedule"]] == ["start", "complete"]


def test_a_deleted_job_was_never_submitted(mock: Any) -> None:
    kept, job_id = mock.reframe(), mock.reframe()

    answer = mock.control("DELETE", f"jobs/{job_id}")

    assert answer.json() == {"count": 1}
    poll = mock.aimlapi("GET", params={"generation_id": job_id})
    assert poll.status_code == 404
    assert mock.poll(kept)["id"] == kept


def test_rules_are_replaced_as_a_whole_and_never_in_part(mock: Any) -> None:
    mock.control("PUT", "scenarios", json={"default": "slow", "chaos": 0.2})
    refused = mock.control("PUT", "scenarios", json={"default": "error", "chaos": -1})

    kept = mock.control("GET", "scenarios").json()
    replaced = mock.control("PUT", "scenarios", json={"keys": {"secret": "error"}})

    assert refused.status_code == 400
    assert (kept["default"], kept["chaos"]) == ("slow", 0.2)
    assert (replaced.json()["default"], replaced.json()["chaos"]) == ("success", 0)
    assert replaced.json()["keys"] == [{"key": "se…", "scenario": "error"}]


def test_a_job_tells_how_far_its_webhook_has_come(mock: Any) -> None:
    query = {"fal_webhook": "http://127.0.0.1:1/done"}
    body = {"prompt": "a cat", "video_url": "https://example.com/a.mp4"}
    path = "/fal-ai/wan-22-vace-fun-a14b/inpainting"
    called_back = mock.fal("POST", path, params=query, json=body).json()["request_id"]

    webhook = mock.control("GET", f"jobs/{called_back}").json()["webhook"]

    assert (webhook["url"], webhook["tries"]) == (query["fal_webhook"], 0)
    assert mock.control("GET", f"jobs/{mock.reframe()}").json()["webhook"] is None
