"""Files that callers upload, over HTTP as fal's clients send them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from mock_server import rest
from mock_server.exchange import BodyTooLargeError, SlowBodyError
from mock_server.uploads import Storage
from specs import Uploads

REST, FILES = "/rest.fal.ai", "/v3.fal.media"
LIMITS = Uploads(file_bytes=10, part_bytes=6, source="made up")


async def chunks(*content: bytes) -> AsyncIterator[bytes]:
    for it in content:
        yield it


def write(storage: Storage, content: bytes, name: str = "a.mp4") -> Any:
    upload = storage.open(name, "video/mp4")
    asyncio.run(storage.write(upload, chunks(content)))
    return upload


def files_token(mock: Any) -> dict[str, str]:
    url = f"{REST}/storage/auth/token?storage_type=fal-cdn-v3"
    given = mock.fal("POST", url, json={}).json()
    return {"Authorization": f"{given['token_type']} {given['token']}"}


def initiate(mock: Any, kind: str = "initiate", **members: str) -> Any:
    body = {"file_name": "a.mp4", "content_type": "video/mp4"} | members
    answer = mock.fal("POST", f"{REST}/storage/upload/{kind}", json=body)
    assert answer.status_code == 200
    return answer.json()


def test_a_token_leads_to_the_host_of_the_files(mock: Any) -> None:
    given = mock.fal("POST", f"{REST}/storage/auth/token", json={}).json()

    assert given["base_url"] == "http://mock.test/v3.fal.media"
    assert given["expires_at"].endswith("+00:00")


def test_a_caller_who_names_the_host_is_led_to_another_host(mock: Any) -> None:
    given = mock.fal(
        "POST",
        "/storage/upload/initiate",
        json={"file_name": "a.mp4", "content_type": "video/mp4"},
        headers={"Host": "rest.fal.ai"},
    ).json()

    # By https, as whoever believes to speak to the service does.
    assert given["file_url"].startswith("https://v3.fal.media/files/")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a b.mp4", "a_b.mp4"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("", "file"),
        ("...", "file"),
        ("x" * 300, "x" * 100),
        ("a\r\nb", "a_b"),
    ],
)
def test_a_name_becomes_harmless(mock: Any, name: str, kept: str) -> None:
    assert initiate(mock, file_name=name)["file_url"].rsplit("/", 1)[1] == kept


def test_a_type_that_is_none_is_not_repeated(mock: Any) -> None:
    made = initiate(mock, content_type="text/html\r\nX-Evil: 1")
    mock.send("PUT", made["upload_url"], content=b"<b>")

    answer = mock.send("GET", made["file_url"])

    assert answer.headers["content-type"] == "application/octet-stream"
    assert "x-evil" not in answer.headers


def test_a_file_cannot_act_as_a_page_of_the_mock(mock: Any) -> None:
    made = initiate(mock, content_type="text/html")
    mock.send("PUT", made["upload_url"], content=b"<script>")

    headers = mock.send("GET", made["file_url"]).headers

    assert headers["content-security-policy"] == "sandbox"
    assert headers["x-content-type-options"] == "nosniff"


def test_a_file_without_its_bytes_is_not_there(mock: Any) -> None:
    assert mock.send("GET", initiate(mock)["file_url"]).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        f"{FILES}/files/{'0' * 32}/a.mp4",
        f"{FILES}/files/..%2f..%2fetc/passwd",
        f"{FILES}/files/{'0' * 32}/%2e%2e",
        f"{FILES}/banana",
    ],
)
def test_nothing_else_is_served(mock: Any, path: str) -> None:
    assert mock.send("GET", path).status_code == 404


def test_a_file_is_written_by_whoever_was_given_its_address(mock: Any) -> None:
    made = initiate(mock)
    guessed = made["upload_url"][:-32] + "0" * 32

    assert mock.send("PUT", guessed, content=b"x").status_code == 404
    assert mock.send("PUT", made["upload_url"], content=b"x").status_code == 200
    assert mock.send("HEAD", made["file_url"]).headers["content-length"] == "1"


@pytest.mark.parametrize("path", ["/files/upload", "/files/upload/multipart"])
def test_the_host_of_the_files_wants_a_token(mock: Any, path: str) -> None:
    answer = mock.fal("POST", f"{FILES}{path}", content=b"abc")

    assert answer.status_code == 401
    assert answer.json()["detail"] == "No user found for Key ID and Secret"


def test_the_rest_wants_a_key(mock: Any) -> None:
    for path in ("/tokens/", "/storage/auth/token", "/storage/upload/initiate"):
        assert mock.send("POST", f"{REST}{path}", json={}).status_code == 401


@pytest.mark.parametrize("content", [b"[]", b"{"])
def test_a_wish_that_is_no_object_is_refused(mock: Any, content: bytes) -> None:
    answer = mock.fal(
        "POST",
        f"{REST}/storage/upload/initiate",
        content=content,
        headers={"Content-Type": "application/json"},
    )

    assert answer.status_code == 422


def test_a_wish_that_is_too_long_is_refused(mock: Any) -> None:
    answer = mock.fal(
        "POST", f"{REST}/storage/upload/initiate", json={"file_name": "x" * 200_000}
    )

    assert answer.status_code == 413


def test_a_wish_that_does_not_arrive_is_refused(
    mock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise SlowBodyError

    monkeypatch.setattr(rest, "read_body", fail)

    answer = mock.fal("POST", f"{REST}/storage/upload/initiate", json={})

    assert answer.status_code == 408


def test_a_wrong_method_is_told_the_right_one(mock: Any) -> None:
    answer = mock.fal("GET", f"{REST}/storage/upload/initiate")

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_parts_are_joined_in_the_order_of_their_numbers(mock: Any) -> None:
    made = initiate(mock, "initiate-multipart")
    tags = {}
    for number, content in ((2, b"world"), (1, b"hello ")):
        part = mock.send("PUT", f"{made['upload_url']}/{number}", content=content)
        assert part.json() == {"partNumber": number, "etag": part.headers["etag"]}
        tags[number] = part.headers["etag"]
    parts = [{"partNumber": it, "etag": tag} for it, tag in tags.items()]
    url = f"{made['upload_url']}/complete"

    assert mock.send("POST", url, json={"parts": parts}).status_code == 200
    assert mock.send("GET", made["file_url"]).content == b"hello world"


@pytest.mark.parametrize("parts", [None, [], [{"partNumber": 3}], [1]])
def test_parts_that_are_missing_are_told(mock: Any, parts: Any) -> None:
    made = initiate(mock, "initiate-multipart")

    answer = mock.send("POST", f"{made['upload_url']}/complete", json={"parts": parts})

    assert answer.status_code == 422


def test_a_file_beyond_the_limit_is_not_kept() -> None:
    storage = Storage(LIMITS)

    with pytest.raises(BodyTooLargeError):
        write(storage, b"x" * 11)

    assert [it.suffix for it in storage.folder.iterdir()] == [".json"]


def test_parts_count_together() -> None:
    storage = Storage(LIMITS)
    upload = storage.open("a", "")
    asyncio.run(storage.write_part(upload, 1, chunks(b"x" * 6)))

    with pytest.raises(BodyTooLargeError):
        asyncio.run(storage.write_part(upload, 2, chunks(b"x" * 5)))


def test_a_body_that_ends_early_is_not_kept(mock: Any) -> None:
    made = initiate(mock)
    path = made["upload_url"].removeprefix("http://mock.test")
    messages = iter(
        [
            {"type": "http.request", "body": b"ab", "more_body": True},
            {"type": "http.disconnect"},
        ]
    )
    sent: list[Any] = []

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "PUT", "path": path, "raw_path": path.encode(),
        "query_string": b"", "headers": [(b"host", b"mock.test")], "scheme": "http",
    }  # fmt: skip
    mock.runner.run(mock.app(scope, receive, send))

    assert sent[0]["status"] == 422
    assert mock.send("GET", made["file_url"]).status_code == 404


def test_the_oldest_file_is_given_up_for_the_newest() -> None:
    storage = Storage(LIMITS, budget=500)
    first, *_, last = [write(storage, b"x" * 10) for _ in range(6)]

    assert storage.find(first.key) is None
    assert storage.content(first) is None
    assert storage.content(last) is not None
    assert sum(it.stat().st_size for it in storage.folder.iterdir()) <= 500


def test_the_folder_goes_with_the_storage() -> None:
    storage = Storage(LIMITS)
    folder = storage.folder
    write(storage, b"x")
    del storage

    assert not folder.exists()
