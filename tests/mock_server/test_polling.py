"""A service whose poll carries everything, over HTTP."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from specs import Registry, vendored_folder

Mocks = Callable[..., Any]
REFRAME = "wan2.2-vace-fun-a14b-reframe.json"
FETCH = "universal-video-fetch.json"


def test_a_submit_answers_id_status_and_cost(mock: Any) -> None:
    body = {"model": "alibaba/wan2.2-vace-fun-a14b-reframe", "video_url": "https://a.b"}

    answer = mock.aimlapi("POST", json=body)

    job_id = answer.json()["id"]
    assert answer.json() == {
        "id": job_id,
        "status": "queued",
        "meta": {"usage": {"credits_used": 2_000_000}},
    }
    assert job_id.endswith(":alibaba/wan2.2-vace-fun-a14b-reframe")
    assert answer.headers["x-inference-id"] == job_id


def test_a_job_goes_through_its_states(mock: Any) -> None:
    job_id = mock.reframe()
    seen = [mock.poll(job_id)["status"]]
    for seconds in (2, 6):
        mock.clock.advance(seconds)
        seen.append(mock.poll(job_id)["status"])

    assert seen == ["queued", "generating", "completed"]


def test_a_completed_job_has_a_video_and_is_charged_for(mock: Any) -> None:
    job_id = mock.reframe()
    mock.clock.advance(10)

    answer = mock.aimlapi("GET", params={"generation_id": job_id})

    url = f"http://mock.test/__mock__/media/{job_id.partition(':')[0]}.mp4"
    assert answer.json()["video"] == {"url": url}
    assert answer.headers["x-aimlapi-credits-used"] == "2000000"
    assert answer.headers["x-aimlapi-usd-spent"] == "1"


def test_a_failed_job_says_why_and_costs_nothing(mock: Any) -> None:
    job_id = mock.reframe(scenario="error")
    mock.clock.advance(10)

    answer = mock.aimlapi("GET", params={"generation_id": job_id})

    assert answer.json()["status"] == "error"
    assert answer.json()["error"]["name"] == "no_media_generated"
    assert answer.json()["error"]["message"]
    assert "video" not in answer.json()
    assert answer.headers["x-aimlapi-credits-used"] == "0"


def test_what_was_spent_is_told_where_the_document_declares_it(
    make_mock: Mocks, tmp_path: Path
) -> None:
    folder = tmp_path / "aimlapi"
    folder.mkdir()
    for name in ("provider.toml", REFRAME, FETCH):
        text = (vendored_folder() / "aimlapi" / name).read_text("utf-8")
        charged = '"credits_used":{"type":"number"'
        text = text.replace(charged, f'"usd_spent":{{"type":"number"}},{charged}')
        (folder / name).write_text(text, "utf-8")
    mock = make_mock(Registry.load(tmp_path))
    job_id = mock.reframe()
    mock.clock.advance(10)

    assert mock.poll(job_id)["meta"] == {
        "usage": {"credits_used": 2_000_000, "usd_spent": 1}
    }


def test_the_credits_that_are_used_follow_the_table_of_prices(
    make_mock: Mocks, tmp_path: Path
) -> None:
    specs = shutil.copytree(vendored_folder(), tmp_path / "specs")
    facts = specs / "aimlapi" / "provider.toml"
    text = facts.read_text("utf-8").replace("assumed = 1.0", "assumed = 0.25")
    facts.write_text(text, "utf-8")
    mock = make_mock(Registry.load(specs))
    job_id = mock.reframe()
    mock.clock.advance(10)

    assert mock.poll(job_id)["meta"] == {"usage": {"credits_used": 500_000}}


@pytest.mark.parametrize("encoded", [True, False])
def test_an_id_may_be_percent_encoded_or_not(mock: Any, encoded: bool) -> None:
    job_id = mock.reframe()
    sent = job_id.replace(":", "%3A").replace("/", "%2F") if encoded else job_id

    answer = mock.send(
        "GET",
        f"/v2/video/generations?generation_id={sent}",
        headers={"Authorization": "Bearer k"},
    )

    assert answer.json()["id"] == job_id


@pytest.mark.parametrize("known", [True, False])
def test_an_id_that_nobody_was_given_is_not_found(mock: Any, known: bool) -> None:
    # The right key with another model is no id either.
    job_id = mock.reframe().partition(":")[0] + ":x" if known else "x" * 5000

    answer = mock.aimlapi("GET", params={"generation_id": job_id})

    assert answer.status_code == 404
    assert answer.json()["message"] == "Generation not found"


def test_a_poll_without_an_id_is_refused(mock: Any) -> None:
    answer = mock.aimlapi("GET")

    assert answer.status_code == 400
    assert answer.json()["message"] == (
        "Query validation error!\ngeneration_id: Required"
    )


@pytest.mark.parametrize(
    ("sent", "returned"), [("run-1.a:B_2", "run-1.a:B_2"), ("a b", None), ("", None)]
)
def test_the_caller_s_own_id_comes_back_if_it_is_well_formed(
    mock: Any, sent: str, returned: str | None
) -> None:
    answer = mock.aimlapi("GET", headers={"X-Client-Request-Id": sent})

    assert answer.headers.get("x-client-request-id") == returned


STUDIO = {"X-Key": "Token k"}


def test_a_provider_made_up_of_facts_alone_is_served(
    make_mock: Mocks, make_studio: Callable[..., Path]
) -> None:
    folder = make_studio(
        outcome={
            "properties": {"note": {"type": "string", "enum": ["n"]}},
            "beside_the_video": {
                "width": {"type": "integer"},
                "label": {"type": "string"},
            },
        }
    )
    mock = make_mock(Registry.load(folder))

    made = mock.send("POST", "/make/studio/film", json={}, headers=STUDIO).json()
    mock.clock.advance(10)
    done = mock.send("GET", f"/tasks/{made['task']['id']}", headers=STUDIO)

    assert made["task"]["state"] == "new"
    assert done.status_code == 200
    assert done.json()["task"]["state"] == "done"
    film = done.json()["movie"]
    assert film["href"].endswith(".mp4")
    assert (film["width"], film["label"]) == (854, "")
    assert done.json()["note"] == "n"


def test_a_video_may_stand_at_the_root_of_an_answer(
    make_mock: Mocks, make_studio: Callable[..., Path]
) -> None:
    folder = make_studio(
        video="/film", outcome={"beside_the_video": {"fps": {"type": "number"}}}
    )
    mock = make_mock(Registry.load(folder))

    made = mock.send("POST", "/make/studio/film", json={}, headers=STUDIO).json()
    mock.clock.advance(10)
    done = mock.send("GET", f"/tasks/{made['task']['id']}", headers=STUDIO).json()

    assert done["film"].endswith(".mp4")
    assert done["fps"] == 16


def test_an_error_declared_as_text_is_a_sentence(
    make_mock: Mocks, make_studio: Callable[..., Path]
) -> None:
    mock = make_mock(Registry.load(make_studio()))

    made = mock.send(
        "POST",
        "/make/studio/film",
        json={},
        headers=STUDIO | {"X-Mock-Scenario": "error"},
    ).json()
    mock.clock.advance(10)
    done = mock.send("GET", f"/tasks/{made['task']['id']}", headers=STUDIO).json()

    assert done["task"]["state"] == "bad"
    assert done["task"]["problem"].startswith("No video was generated")


def test_a_job_can_be_cancelled_where_there_is_no_result_operation(
    make_mock: Mocks, make_studio: Callable[..., Path]
) -> None:
    mock = make_mock(Registry.load(make_studio(cancel=True)))
    made = mock.send("POST", "/make/studio/film", json={}, headers=STUDIO).json()
    task = f"/tasks/{made['task']['id']}"

    first, second = (mock.send("DELETE", task, headers=STUDIO).json() for _ in "ab")

    assert first["task"]["state"] == second["task"]["state"] == "bad"
    assert first["task"]["problem"] == "The request was cancelled."


def test_a_video_costs_its_price_per_second(
    make_mock: Mocks, make_studio: Callable[..., Path]
) -> None:
    prices = """
    [prices]
    currency = "EUR"
    unit = "video second"
    frames_per_second = 16
    parameter = "resolution"
    values = { 480p = 0.05, 720p = 0.1 }
    credits_per_unit = 1000
    source = "made up"
    """
    size = {"type": "string", "default": "480p"}
    folder = make_studio(prices=prices, body={"properties": {"resolution": size}})
    mock = make_mock(Registry.load(folder))

    bills = []
    for body in ({"num_frames": 160, "resolution": "720p"}, {"num_frames": 160}):
        made = mock.send("POST", "/make/studio/film", json=body, headers=STUDIO)
        bills.append(made.json()["task"]["bill"])
    mock.clock.advance(10)
    task = f"/tasks/{made.json()['task']['id']}"
    done = mock.send("GET", task, headers=STUDIO)

    assert bills == [1000, 500]
    assert done.headers["x-studio-eur-spent"] == "0.5"
