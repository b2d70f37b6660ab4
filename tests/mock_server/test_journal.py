"""What the journal keeps, and what it never does."""

from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mock_server.exchange import Call, Reply
from mock_server.har import write_har
from mock_server.journal import Journal, Note
from mock_server.stores.shelf import MemoryShelf

Mocks = Callable[..., Any]


def note(path: str = "/", **options: Any) -> Note:
    return Note(call=Call(method="GET", path=path, **options))


def reply(body: bytes = b"{}") -> Reply:
    return Reply(status=200, body=body)


def paths(journal: Journal) -> list[str]:
    return [it.call.path for it in journal.newest(100)]


def test_the_newest_comes_first() -> None:
    journal = Journal()
    for path in ("/1", "/2", "/3"):
        journal.record(note(path), reply(), at=0)

    assert paths(journal) == ["/3", "/2", "/1"]
    assert [it.number for it in journal.newest(2)] == [3, 2]


def test_the_oldest_goes_past_so_many() -> None:
    journal = Journal(MemoryShelf(most=2))
    for path in ("/1", "/2", "/3"):
        journal.record(note(path), reply(), at=0)

    assert paths(journal) == ["/3", "/2"]


def test_the_oldest_goes_past_so_many_bytes() -> None:
    journal = Journal(MemoryShelf(size=8_000))
    for path in ("/1", "/2", "/3"):
        journal.record(note(path, body=b"x" * 4_000), reply(), at=0)

    assert paths(journal) == ["/3"]


def test_what_is_larger_than_the_journal_is_not_kept() -> None:
    journal = Journal(MemoryShelf(size=10_000))
    journal.record(note(body=b"x" * 20_000), reply(), at=0)
    journal.record(note("/2"), reply(), at=0)

    assert paths(journal) == ["/2"]


def test_what_waits_for_the_shelf_is_clipped_past_so_many_bytes() -> None:
    shelf = MemoryShelf(size=10_000_000)
    journal = Journal(shelf)
    bodies = [number.to_bytes(2) * 500_000 for number in range(20)]
    for body in bodies:
        journal.record(note(body=body), reply(), at=0)

    waiting = sum(len(it.call.body) for it in journal._waiting)
    assert (waiting <= 4_000_000, len(shelf)) == (True, 0)
    kept = [it.call.body for it in journal.newest(100)]
    assert kept == [it[:20_000] for it in reversed(bodies)]


def test_what_has_gone_before_it_was_written_down_takes_no_room() -> None:
    shelf = MemoryShelf(most=1)
    journal = Journal(shelf)

    for path in ("/a", "/b"):
        journal.record(note(path), reply(bytes(3_000_000)), at=0.0)

    assert not journal._rows  # two such bodies would not be left waiting
    assert paths(journal) == ["/b"]


def test_a_cleared_journal_has_all_its_room_again() -> None:
    journal = Journal(MemoryShelf(size=10_000))
    journal.record(note(body=b"x" * 8_000), reply(), at=0)
    journal.clear()
    journal.record(note("/1", body=b"x" * 8_000), reply(), at=0)

    assert paths(journal) == ["/1"]


def test_long_bodies_are_kept_in_part_with_their_length() -> None:
    journal = Journal()
    journal.record(note(body=b"x" * 50_000), reply(b"y" * 60_000), at=0)

    (entry,) = journal.newest(1)

    assert (len(entry.call.body), len(entry.reply.body)) == (20_000, 20_000)
    assert (entry.request_bytes, entry.answer_bytes) == (50_000, 60_000)


@pytest.mark.parametrize(
    ("options", "answer"),
    [
        ({"headers": {"authorization": "Key hidden"}}, reply()),
        ({"headers": {"x-fal-cdn-token": "hidden"}}, reply()),
        ({"headers": {"x-api-key": "hidden"}}, reply()),
        ({"headers": {"cookie": "hidden"}}, reply()),
        ({"query": b"fal_jwt_token=hidden&logs=1"}, reply()),
        ({"query": b"fal_jwt%5ftoken=hidden"}, reply()),
        ({"query": b"a&api_key=hidden&b=c"}, reply()),
        ({}, Reply(status=200, body=b"", headers={"set-cookie": "hidden"})),
    ],
    ids=range(8),
)
def test_a_key_never_enters_the_journal(options: Any, answer: Reply) -> None:
    journal = Journal()
    journal.record(note(**options), answer, at=0)

    (entry,) = journal.newest(1)

    assert "hidden" not in repr(entry)
    assert "[redacted]" in repr(entry)


def test_what_is_no_key_stays() -> None:
    journal = Journal()
    query = b"prompt=monkey&key_frame=5&logs=1"
    journal.record(note(query=b"logs=1", headers={"x-monkey": "1"}), reply(), at=0)
    journal.record(note(query=query), reply(), at=0)

    second, first = journal.newest(2)

    assert (first.call.query, first.call.headers) == (b"logs=1", {"x-monkey": "1"})
    assert second.call.query == b"prompt=monkey&key_frame=[redacted]&logs=1"


def test_the_journal_says_what_validation_said(mock: Any) -> None:
    job_id = mock.reframe()
    body = {"model": "alibaba/wan2.2-vace-fun-a14b-reframe", "num_frames": 9_999}
    mock.aimlapi("POST", json=body)
    mock.send("GET", "/nobody/s")

    lost, refused, accepted = mock.control("GET", "journal").json()["entries"]

    assert (accepted["job"], accepted["breaches"]) == (job_id, [])
    assert accepted["role"] == "submit"
    assert accepted["contract"] == "aimlapi:alibaba/wan2.2-vace-fun-a14b-reframe"
    assert refused["response"]["status"] == 400
    assert [(it["path"], it["rule"]) for it in refused["breaches"]] == [
        (["video_url"], "required"),
        (["num_frames"], "maximum"),
    ]
    assert (lost["provider"], lost["response"]["status"]) == (None, 404)
    assert "Bearer k" not in mock.control("GET", "journal").text


def test_the_mock_s_own_side_is_not_in_the_journal(mock: Any) -> None:
    mock.control("GET", "health")

    assert mock.control("GET", "journal").json() == {"count": 0, "entries": []}


NAMED = {
    "type": "object",
    "required": ["name", "value"],
    "properties": {"name": {"type": "string"}, "value": {"type": "string"}},
}
LIST = {"type": "array", "items": NAMED}
MESSAGE = {
    "httpVersion": {"type": "string"},
    "cookies": LIST,
    "headers": LIST,
    "headersSize": {"type": "integer"},
    "bodySize": {"type": "integer"},
}


def described(**members: Any) -> dict[str, Any]:
    """Return the schema of an object that must have these members."""
    return {"type": "object", "required": [*members], "properties": members}


REQUEST = described(
    method={"type": "string"},
    url={"type": "string", "format": "uri"},
    queryString=LIST,
    **MESSAGE,
) | {"dependentSchemas": {}}
REQUEST["properties"]["postData"] = described(
    mimeType={"type": "string"}, text={"type": "string"}
)
CONTENT = described(size={"type": "integer"}, mimeType={"type": "string"})
CONTENT["properties"] |= {
    "text": {"type": "string"},
    "encoding": {"type": "string"},
}
RESPONSE = described(
    status={"type": "integer"},
    statusText={"type": "string"},
    content=CONTENT,
    redirectURL={"type": "string"},
    **MESSAGE,
)
WAITS = {"type": "number", "minimum": 0}
ARCHIVE = described(
    log=described(
        version={"const": "1.2"},
        creator=described(name={"type": "string"}, version={"type": "string"}),
        entries={
            "type": "array",
            "items": described(
                startedDateTime={"type": "string", "format": "date-time"},
                time=WAITS,
                request=REQUEST,
                response=RESPONSE,
                cache={"type": "object"},
                timings=described(send=WAITS, wait=WAITS, receive=WAITS),
            ),
        },
    )
)
"""What the HTTP Archive 1.2 requires of an exporter."""


def test_the_journal_is_exported_as_an_http_archive(mock: Any) -> None:
    job_id = mock.reframe()
    mock.poll(job_id)
    mock.fal("PUT", "/fal-ai/wan-22-vace-fun-a14b/requests/x/cancel", content=b"\xff")
    mock.send("BREW", "/v2/video/generations?a=1&b=&c")

    archive = mock.control("GET", "journal.har").json()

    Draft202012Validator(ARCHIVE).validate(archive)
    submit, poll, cancel, brew = archive["log"]["entries"]
    assert submit["request"]["postData"]["mimeType"] == "application/json"
    assert '"video_url"' in submit["request"]["postData"]["text"]
    assert submit["_reelspec"]["job"] == job_id
    assert poll["request"]["queryString"] == [
        {"name": "generation_id", "value": job_id}
    ]
    assert cancel["response"]["status"] == 404
    assert brew["response"]["status"] == 405
    assert [it["value"] for it in brew["request"]["queryString"]] == ["1", "", ""]
    sent = {it["name"]: it["value"] for it in submit["request"]["headers"]}
    assert sent["authorization"] == "[redacted]"


def test_an_archive_holds_bytes_that_are_no_text(make_mock: Mocks) -> None:
    journal = Journal()
    journal.record(note(body=b"\xff"), reply(b"\xff\xfe"), at=0)

    (entry,) = write_har(journal.newest(1))["log"]["entries"]

    content = entry["response"]["content"]
    assert (content["text"], content["encoding"]) == ("//4=", "base64")


def test_an_archive_names_a_status_that_http_does_not(mock: Any) -> None:
    job = mock.inpaint()
    mock.fal("PUT", job["cancel_url"])
    mock.fal("GET", job["response_url"])

    entries = mock.control("GET", "journal.har").json()["log"]["entries"]

    assert entries[-1]["response"]["status"] == 499


def test_the_address_that_was_called_names_the_service_s_host(mock: Any) -> None:
    mock.send("GET", "/fal.run/nobody")
    mock.send("GET", "/nobody", headers={"Host": "fal.run"})

    entries = mock.control("GET", "journal").json()["entries"]

    assert [it["request"]["url"] for it in entries] == [
        "https://fal.run/nobody",
        "http://mock.test/fal.run/nobody",
    ]
