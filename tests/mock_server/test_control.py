"""The mock's own side, over HTTP."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from mock_server import SqliteStore, SystemClock
from specs import Event, Registry

Mocks = Callable[..., Any]


def test_health_lists_what_is_served(mock: Any, registry: Registry) -> None:
    answer = mock.control("GET", "health").json()

    assert answer["contracts"] == [it.id for it in registry.contracts]
    assert (answer["status"], answer["clock"], answer["jobs"]) == ("ok", "manual", 0)
    assert answer["version"]


def test_the_clock_is_moved_by_a_call(mock: Any) -> None:
    before = mock.clock.now()

    answer = mock.control("POST", "clock/advance", json={"seconds": 2.5})

    assert answer.json() == {"now": before + 2.5}
    assert mock.clock.now() == before + 2.5


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"seconds": -1}',
        b'{"seconds": true}',
        b'{"seconds": "5"}',
        b'{"seconds": 1e300}',
        b'{"seconds": NaN}',
        b" " * 20_000,
    ],
    ids=range(9),
)
def test_a_clock_is_not_moved_by_nonsense(mock: Any, content: bytes) -> None:
    before = mock.clock.now()

    answer = mock.control("POST", "clock/advance", content=content)

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert mock.clock.now() == before


def test_the_time_of_day_cannot_be_moved(make_mock: Mocks) -> None:
    mock = make_mock(clock=SystemClock())

    answer = mock.control("POST", "clock/advance", json={"seconds": 1})

    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert mock.control("GET", "health").json()["clock"] == "system"


def test_jobs_are_listed_with_where_they_stand(mock: Any) -> None:
    first, second = mock.reframe(), mock.inpaint()["request_id"]
    mock.clock.advance(10)

    listed = mock.control("GET", "jobs").json()

    assert listed["count"] == 2
    assert [(it["id"], it["state"], it["ended"]) for it in listed["jobs"]] == [
        (second, "COMPLETED", True),
        (first, "completed", True),
    ]


def test_a_job_can_be_made_to_fail(mock: Any) -> None:
    job_id = mock.reframe()

    answer = mock.control("POST", f"jobs/{job_id}/events", json={"event": "fail"})

    assert answer.json()["state"] == "error"
    assert mock.poll(job_id)["status"] == "error"


def test_a_job_s_id_may_be_percent_encoded(mock: Any) -> None:
    job_id = mock.reframe().replace(":", "%3A").replace("/", "%2F")

    answer = mock.control("POST", f"jobs/{job_id}/events", json={"event": "start"})

    assert answer.json()["state"] == "generating"


@pytest.mark.parametrize("provider", ["aimlapi", "fal"])
@pytest.mark.parametrize("event", ["start", "complete", "fail", "cancel"])
@pytest.mark.parametrize("seconds", [0, 2, 10])
def test_an_event_does_what_the_table_says_or_is_refused_and_changes_nothing(
    mock: Any, registry: Registry, provider: str, event: str, seconds: float
) -> None:
    job_id = mock.reframe() if provider == "aimlapi" else mock.inpaint()["request_id"]
    mock.clock.advance(seconds)
    (before,) = mock.control("GET", "jobs").json()["jobs"]
    row = registry.of(provider)[0].lifecycle.transitions[before["state"]]

    answer = mock.control("POST", f"jobs/{job_id}/events", json={"event": event})

    (after,) = mock.control("GET", "jobs").json()["jobs"]
    if event in row:
        assert answer.status_code == 200
        assert after["state"] == row[Event(event)]
    else:
        assert answer.status_code == 409
        assert answer.headers["content-type"] == "application/problem+json"
        assert after == before


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ({"event": "explode"}, 400, "known are start, complete, fail, cancel"),
        ({"event": ["fail"]}, 400, "known are"),
        ({}, 400, "known are"),
        ([], 400, "send a small JSON object"),
    ],
)
def test_an_event_that_there_is_not_is_a_problem(
    mock: Any, body: Any, status: int, detail: str
) -> None:
    answer = mock.control("POST", f"jobs/{mock.reframe()}/events", json=body)

    assert answer.status_code == status
    assert detail in answer.json()["detail"]


def test_an_unknown_job_is_a_problem(mock: Any) -> None:
    answer = mock.control("POST", "jobs/no/such:job/events", json={"event": "fail"})

    assert answer.status_code == 404
    assert "submit one first" in answer.json()["detail"]


def test_a_reset_forgets_the_jobs_and_starts_the_dice_anew(mock: Any) -> None:
    first = mock.reframe()

    mock.control("POST", "reset")

    assert mock.control("GET", "jobs").json() == {"count": 0, "jobs": []}
    assert mock.reframe() == first


@pytest.mark.parametrize("path", ["nothing", "jobs/x", "", "media/a/b"])
def test_an_unknown_address_of_the_mock_is_a_problem(mock: Any, path: str) -> None:
    answer = mock.control("GET", path)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_finished_job_s_video_is_served_whole_and_in_parts(mock: Any) -> None:
    job_id = mock.reframe(num_frames=17)
    mock.clock.advance(10)
    url = mock.poll(job_id)["video"]["url"]

    whole = mock.send("GET", url)
    part = mock.send("GET", url, headers={"Range": "bytes=4-7"})
    head = mock.send("HEAD", url)

    assert whole.headers["content-type"] == "video/mp4"
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert head.content == b""
    assert head.headers["content-length"] == str(len(whole.content))
    again = mock.send("GET", url, headers={"If-None-Match": whole.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("scenario", ["success", "error"])
def test_a_job_without_a_video_has_no_file(mock: Any, scenario: str) -> None:
    job_id = mock.reframe(scenario=scenario)
    mock.clock.advance(0 if scenario == "success" else 10)

    answer = mock.control("GET", f"media/{job_id.partition(':')[0]}.mp4")

    assert answer.status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "x.mp4",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e",
        "00000000-0000-4000-8000-000000000000.mp4",
        "00000000-0000-4000-8000-000000000000.mp4%0a",
        "%00.mp4",
    ],
)
def test_a_name_that_is_no_video_s_is_not_found(mock: Any, name: str) -> None:
    answer = mock.control("GET", f"media/{name}")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_missing_extra_is_a_problem_that_names_it(
    mock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    job_id = mock.reframe()
    mock.clock.advance(10)

    answer = mock.send("GET", mock.poll(job_id)["video"]["url"])

    assert answer.status_code == 503
    assert "reelspec[media]" in answer.json()["detail"]


def test_a_restart_loses_nothing(make_mock: Mocks, tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    first_store = SqliteStore(path)
    first = make_mock(store=first_store)
    job_id = first.reframe()
    failed = first.inpaint()
    first.control(
        "POST", f"jobs/{failed['request_id']}/events", json={"event": "cancel"}
    )
    first_store.close()

    store = SqliteStore(path)
    second = make_mock(store=store)
    second.clock.advance(10)

    assert second.poll(job_id)["status"] == "completed"
    assert second.fal("GET", failed["response_url"]).status_code == 499
    assert second.reframe() != job_id
    store.close()


def test_two_mocks_on_one_file_never_give_out_one_id(
    make_mock: Mocks, tmp_path: Path
) -> None:
    first_store, second_store = (SqliteStore(tmp_path / "jobs.db") for _ in range(2))
    first, second = make_mock(store=first_store), make_mock(store=second_store)

    ids = {first.reframe(), second.reframe(), first.reframe(), second.reframe()}

    first_store.close()
    second_store.close()
    assert len(ids) == 4


def test_a_job_outlives_the_contract_it_was_made_by(
    make_mock: Mocks, make_studio: Callable[..., Path], tmp_path: Path
) -> None:
    store = SqliteStore(tmp_path / "jobs.db")
    job_id = make_mock(store=store).reframe()
    mock = make_mock(Registry.load(make_studio()), store=store)
    mock.clock.advance(10)

    (listed,) = mock.control("GET", "jobs").json()["jobs"]
    detail = mock.control("GET", f"jobs/{job_id}").json()
    event = mock.control("POST", f"jobs/{job_id}/events", json={"event": "fail"})
    path = f"/tasks/{quote(job_id, safe='')}"
    poll = mock.send("GET", path, headers={"X-Key": "Token k"})
    video = mock.control("GET", f"media/{job_id.partition(':')[0]}.mp4")
    store.close()

    assert listed["state"] is None
    assert detail["history"] == []
    assert (event.status_code, poll.status_code, video.status_code) == (404, 410, 404)
    assert "is not served any more" in event.json()["detail"]


def test_a_video_drawn_for_one_event_loop_is_served_on_another(
    mock: Any,
) -> None:
    job_id = mock.reframe(num_frames=17)
    mock.clock.advance(10)
    url = mock.poll(job_id)["video"]["url"]

    async def fetch() -> bytes:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(mock.app)) as client:
            return (await client.get(url)).content

    first, second = (asyncio.run(fetch()) for _ in range(2))

    assert first == second
    assert first[4:8] == b"ftyp"
