from collections.abc import Callable
from typing import Any

import pytest

from specs import Registry
from tests.specs.court import PROPERTIES, Court, rules

Load = Callable[..., Registry]

Make = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(b"{", "is not JSON: Expecting property name", id="broken"),
        pytest.param(b'{"a": NaN}', "is not JSON: NaN is not a JSON number", id="nan"),
        pytest.param(b'{"a": 1e999}', "is not JSON: 1e999 is too large", id="overflow"),
        pytest.param(
            b"\xff", "is not JSON: 'utf-8' codec can't decode", id="not-utf-8"
        ),
        pytest.param(b"[" * 100_000, "is not JSON: nested too deeply", id="open-bomb"),
        pytest.param(
            b"[" * 600 + b"]" * 600, "is not JSON: nested more than 128 deep", id="bomb"
        ),
    ],
)
def test_body_breaks_json_when_it_is_none(
    court: Court, body: bytes, message: str
) -> None:
    (breach,) = court.submit(body)

    assert (breach.location, breach.path, breach.rule) == ("body", (), "json")
    assert breach.message.startswith(message)


@pytest.mark.parametrize("body", [None, b""])
def test_body_is_required_when_the_document_says_so(
    court: Court, body: bytes | None
) -> None:
    assert rules(court.submit(body)) == [("body", (), "required")]


@pytest.mark.parametrize(
    ("content_type", "valid"),
    [
        ("application/json", True),
        ("Application/JSON; charset=utf-8", True),
        ("application/json;", True),
        ("application/json; a=b=c; d", True),
        (" application/json ", True),
        ("text/plain", False),
        ("application/problem+json", False),
        ("", False),
        ("json; charset", False),
    ],
)
def test_body_breaks_content_when_its_media_type_is_not_declared(
    court: Court, content_type: str, valid: bool
) -> None:
    found = rules(court.submit({}, content_type=content_type))

    assert found == ([] if valid else [("body", (), "content")])


def test_body_breaks_content_when_it_is_declared_but_no_json(
    load: Load, document: Make
) -> None:
    plain = document()
    content = plain["paths"]["/make"]["post"]["requestBody"]["content"]
    content["multipart/form-data"] = content["application/json"]

    (breach,) = Court(load(plain).contracts[0]).submit(
        b"--x--", content_type="multipart/form-data; boundary=x"
    )

    assert breach.rule == "content"
    assert breach.message == (
        "is of another media type than ['application/json', 'multipart/form-data']"
    )


@pytest.mark.parametrize(
    "declared",
    [
        "application/json; charset=utf-8",
        "Application/JSON",
        "application/vnd.acme+json",
    ],
)
def test_body_is_judged_when_the_document_spells_json_its_own_way(
    load: Load, document: Make, declared: str
) -> None:
    plain = document(PROPERTIES)
    content = plain["paths"]["/make"]["post"]["requestBody"]["content"]
    content[declared] = content.pop("application/json")
    court = Court(load(plain).contracts[0])

    sent = declared.lower().partition(";")[0]
    found = court.submit({"frames": 5}, content_type=sent)

    assert rules(found) == [("body", ("frames",), "minimum")]
    assert rules(court.submit(b'{"frames": NaN}', content_type=sent)) == [
        ("body", (), "json")
    ]


@pytest.mark.parametrize("name", ["Authorization", "authorization", "AUTHORIZATION"])
def test_key_is_found_whatever_the_case_of_its_header(court: Court, name: str) -> None:
    assert court.submit({}, headers={name: "Bearer k"}) == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Key k"},
        {"Authorization": "Bearer"},
        {"X-Key": "Bearer k"},
    ],
)
def test_request_breaks_security_when_it_has_no_key(
    court: Court, headers: dict[str, str]
) -> None:
    assert rules(court.submit({"frames": 1}, headers=headers)) == [
        ("header", (), "security")
    ]


def test_message_is_one_short_line_whatever_was_sent(court: Court) -> None:
    (breach,) = court.submit({"size": "\x1b[31m\n\ud800" + "x" * 10_000})

    assert breach.message.isprintable()
    assert len(breach.message) < 400
