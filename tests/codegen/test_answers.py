import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.runtime.answers import look_up, read_body, read_fault
from codegen.runtime.errors import (
    ApiError,
    AuthenticationError,
    ContractViolation,
    InsufficientCredits,
    InvalidRequest,
    NotFound,
    PermissionDenied,
    Problem,
    RateLimited,
    ServerError,
)
from codegen.runtime.exchange import Response

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(["error", "detail", "message", "loc", "msg", "type", "a"]),
            inner,
        )
    ),
)


def response(status: int, content: bytes, **headers: str) -> Response:
    named = {name.replace("_", "-"): it for name, it in headers.items()}
    return Response(status=status, headers=named, content=content)


def read(status: int, content: bytes, **headers: str) -> Any:
    return read_body(response(status, content, **headers), where="acme m: GET /v")


def test_a_json_object_is_read() -> None:
    assert read(202, b'{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"[1]", b"3", b"\xff", b"[" * 100_000]
)
def test_anything_else_is_unexpected(content: bytes) -> None:
    with pytest.raises(ContractViolation, match=r"answered 200 with .*no JSON obj"):
        read(200, content)


def test_a_refusal_carries_all_that_the_service_said() -> None:
    body = b'{"message": "Bad\\nkey", "name": "Auth", "requestId": "r1"}'

    with pytest.raises(ApiError) as caught:
        read(401, body)

    error = caught.value
    assert str(error) == "acme m: GET /v answered 401: Auth: Bad key; check the API key"
    assert (error.status, error.name, error.message) == (401, "Auth", "Bad key")
    assert (error.request_id, error.problems) == ("r1", ())
    assert error.body == {"message": "Bad\nkey", "name": "Auth", "requestId": "r1"}


def test_a_refusal_names_the_request_by_its_header() -> None:
    with pytest.raises(ApiError) as caught:
        read(400, b"{}", x_fal_request_id="r2")

    assert caught.value.request_id == "r2"
    assert "no reason given; change the request" in str(caught.value)


@pytest.mark.parametrize("content", [b"<html>\x1b[31m busy", b"", b"null"])
def test_a_refusal_without_json_keeps_the_text(content: bytes) -> None:
    with pytest.raises(ApiError, match=r"answered 502: .*; try again later") as caught:
        read(502, content)

    assert "\x1b" not in str(caught.value)
    assert caught.value.request_id is None


def test_a_redirect_is_a_refusal() -> None:
    with pytest.raises(ApiError, match="answered 302"):
        read(302, b"")


@pytest.mark.parametrize(
    ("body", "name", "message"),
    [
        ({"error": {"name": "N", "message": "M"}}, "N", "M"),
        ({"error": {"detail": "D"}}, "", "D"),
        ({"error": "E"}, "", "E"),
        ({"detail": "D", "error_type": "T"}, "T", "D"),
        (
            {"detail": [{"loc": ["body", "a", 0], "msg": "M", "type": "T"}]},
            "T",
            "a.0: M",
        ),
        ({"detail": [{"loc": ["query", "a"], "msg": "M"}]}, "", "query.a: M"),
        ({"detail": ["odd"]}, "", 'body: "odd"'),
        ({"detail": []}, "", ""),
        ({"message": ["a", "b"]}, "", '["a", "b"]'),
        ({"status": "NOT_FOUND"}, "", "NOT_FOUND"),
        ({"name": "N"}, "N", ""),
        ("plain", "", "plain"),
        (None, "", ""),
        ([1], "", ""),
    ],
)
def test_a_fault_is_read_from_any_envelope(body: Any, name: str, message: str) -> None:
    fault = read_fault(body)

    assert (fault.name, fault.message) == (name, message.replace('"odd"', "odd"))


def test_a_fault_lists_the_parameters() -> None:
    body = {"detail": [{"loc": ["body", "a"], "msg": "M"}, {"loc": [], "msg": "W"}]}

    assert read_fault(body).problems == (Problem("a", "M"), Problem("body", "W"))


@given(JSON)
def test_a_fault_is_one_short_line_whatever_came(body: Any) -> None:
    fault = read_fault(body)

    assert all(
        it.isprintable() and len(it) <= 500 for it in (fault.name, fault.message)
    )


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        ("/a/b", 1),
        ("/x~1y~0", 2),
        ("/a/b/c", None),
        ("/list/0", None),
        ("/no", None),
        ("", "all"),
    ],
)
def test_a_pointer_finds_what_is_there(pointer: str, found: object) -> None:
    body = {"a": {"b": 1}, "x/y~": 2, "list": [1]}

    assert look_up(body, pointer) == (body if found == "all" else found)


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (400, "", InvalidRequest),
        (401, "", AuthenticationError),
        (402, "", InsufficientCredits),
        (403, "not yours", PermissionDenied),
        (403, "User is locked. Reason: Exhausted balance.", InsufficientCredits),
        (403, "You've run out of credits.", InsufficientCredits),
        (404, "", NotFound),
        (413, "", InvalidRequest),
        (422, "", InvalidRequest),
        (429, "", RateLimited),
        (500, "", ServerError),
        (503, "", ServerError),
        (418, "", ApiError),
        (302, "", ApiError),
    ],
)
def test_a_refusal_is_of_the_class_of_its_cause(
    status: int, message: str, kind: type[ApiError]
) -> None:
    with pytest.raises(ApiError) as caught:
        read(status, json.dumps({"message": message}).encode())

    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.provider) == (status, "acme")


def test_a_limit_says_when_to_come_back() -> None:
    with pytest.raises(RateLimited) as caught:
        read(429, b"{}", retry_after="7")

    assert caught.value.retry_after == 7.0
