from collections.abc import Callable
from typing import Any

import pytest

from specs import Registry
from tests.specs.court import KEY, PROPERTIES, Court, rules

Load = Callable[..., Registry]

Make = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"prompt": "ab"},
        {"prompt": "abcd", "frames": 17, "scale": 0.5, "size": "720p"},
        {"url": "https://example.com/a b?c=d", "list": ["a"], "set": []},
        {"note": None, "nest": {"a": True}, "either": False, "one": 1.5},
        {"unknown": "is admitted"},
    ],
)
def test_request_breaks_nothing_when_the_document_admits_it(
    court: Court, body: dict[str, Any]
) -> None:
    assert court.submit(body) == []


@pytest.mark.parametrize(
    ("body", "path", "rule", "limit"),
    [
        ({"prompt": "a"}, ("prompt",), "minLength", 2),
        ({"prompt": "abcde"}, ("prompt",), "maxLength", 4),
        ({"prompt": "bb"}, ("prompt",), "pattern", "^a"),
        ({"prompt": 55}, ("prompt",), "type", "string"),
        ({"frames": 16}, ("frames",), "minimum", 17),
        ({"frames": 242}, ("frames",), "maximum", 241),
        ({"frames": 17.5}, ("frames",), "type", "integer"),
        ({"frames": "17"}, ("frames",), "type", "integer"),
        ({"frames": True}, ("frames",), "type", "integer"),
        ({"scale": 0.3}, ("scale",), "multipleOf", 0.5),
        ({"size": "1080p"}, ("size",), "enum", ["480p", "720p"]),
        ({"url": "nothing of the kind"}, ("url",), "format", "uri"),
        ({"list": []}, ("list",), "minItems", 1),
        ({"list": ["a", "b", "c"]}, ("list",), "maxItems", 2),
        ({"list": ["a", 5]}, ("list", 1), "type", "string"),
        ({"set": ["a", "a"]}, ("set",), "uniqueItems", True),
        ({"nest": {}}, ("nest", "a"), "required", ["a"]),
        ({"nest": {"a": True, "b": 1}}, ("nest",), "additionalProperties", False),
        ({"either": "a"}, ("either",), "anyOf", PROPERTIES["either"]["anyOf"]),
        ({"one": 1}, ("one",), "oneOf", PROPERTIES["one"]["oneOf"]),
    ],
)
def test_request_breaks_the_keyword_that_refuses_it(
    court: Court, body: dict[str, Any], path: tuple[Any, ...], rule: str, limit: Any
) -> None:
    (breach,) = court.submit(body)

    assert (breach.location, breach.path, breach.rule) == ("body", path, rule)
    assert breach.limit == limit
    value: Any = body
    for token in path if rule != "required" else path[:-1]:
        value = value[token]
    assert breach.value == value
    assert breach.message


@pytest.mark.parametrize("name", ["prompt", "frames", "size", "url", "list", "nest"])
def test_null_is_reported_once_when_it_is_not_admitted(court: Court, name: str) -> None:
    found = rules(court.submit({name: None}))

    assert ("body", (name,), "type") in found
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("url", "valid"),
    [
        ("https://example.com/a.mp4", True),
        ("HTTP://EXAMPLE.COM", True),
        ("https://example.com:8443/a?b=c#d", True),
        ("https://ex ample.com", False),
        ("example.com/a.mp4", False),
        ("/a.mp4", False),
        ("https://", False),
        ("", False),
    ],
)
def test_uri_is_what_a_browser_takes_for_an_address(
    court: Court, url: str, valid: bool
) -> None:
    assert rules(court.submit({"url": url})) == (
        [] if valid else [("body", ("url",), "format")]
    )


def test_format_says_nothing_of_a_value_that_is_no_text(court: Court) -> None:
    assert rules(court.submit({"url": 5})) == [("body", ("url",), "type")]


@pytest.fixture
def court_with(load: Load, document: Make) -> Callable[..., Court]:
    """Return what brings a contract to court whose poll takes more parameters."""

    def court_with(*parameters: dict[str, Any], **components: Any) -> Court:
        more = document(components=components)
        more["paths"]["/jobs"]["get"]["parameters"] += parameters
        return Court(load(more).contracts[0])

    return court_with


def test_parameter_is_required_when_the_document_says_so(court: Court) -> None:
    (breach,) = court.poll()

    assert (breach.location, breach.path, breach.rule) == (
        "query",
        ("job",),
        "required",
    )
    assert breach.message == "Missing required query parameter: job"


@pytest.mark.parametrize("where", ["query", "header", "path"])
@pytest.mark.parametrize(
    ("value", "rule", "limit"),
    [("5", None, None), ("x", "type", "integer"), ("50", "maximum", 10)],
)
def test_parameter_is_judged_where_it_travels(
    court_with: Callable[..., Court],
    where: str,
    value: str,
    rule: str | None,
    limit: Any,
) -> None:
    schema = {"type": "integer", "maximum": 10}
    court = court_with(
        {"name": "X-Page", "in": where, "required": True, "schema": schema}
    )
    parts = {"query": {"job": "1"}, "headers": KEY}
    send = "headers" if where == "header" else where
    parts[send] = {**parts.get(send, {}), "X-Page": value}

    found = court.poll(**parts)

    assert rules(found) == ([] if rule is None else [(where, ("X-Page",), rule)])
    assert [it.limit for it in found] == ([] if rule is None else [limit])
    assert [it.value for it in found] in ([], ["x"], [50])


def test_cookie_is_required_when_the_document_says_so(
    court_with: Callable[..., Court],
) -> None:
    court = court_with(
        {"name": "c", "in": "cookie", "required": True, "schema": {"type": "string"}}
    )

    assert rules(court.poll(query={"job": "1"})) == [("cookie", ("c",), "required")]


def test_parameter_is_judged_without_a_warning_when_it_is_deprecated(
    court_with: Callable[..., Court],
) -> None:
    """Here warnings are errors."""
    old = {
        "name": "old",
        "in": "query",
        "deprecated": True,
        "schema": {"type": "integer"},
    }
    court = court_with({"$ref": "#/components/parameters/Old"}, parameters={"Old": old})

    assert court.poll(query={"job": "1", "old": "1"}) == []
    assert rules(court.poll(query={"job": "1", "old": "x"})) == [
        ("query", ("old",), "type")
    ]


def test_id_may_hold_any_character(load: Load, document: Make, facts: str) -> None:
    plain = document()
    look = plain["paths"].pop("/jobs")
    look["get"]["parameters"][0]["in"] = "path"
    plain["paths"]["/jobs/{job}/look"] = look
    provider = facts.replace('path = "/jobs"', 'path = "/jobs/{job}/look"')
    court = Court(load(plain, provider=provider).contracts[0])

    for job in ("uuid:acme/one", "a b", "{job}", "é", "..", "a%2Fb"):
        assert court.poll(path={"job": job}) == []


JOB = {"id": "1", "status": "new"}


@pytest.mark.parametrize(
    "body",
    [JOB, {**JOB, "video": {"url": "https://a.test/b.mp4"}}, {**JOB, "more": 1}],
)
def test_answer_breaks_nothing_when_the_document_admits_it(
    court: Court, body: dict[str, Any]
) -> None:
    assert court.answer(body) == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"id": "1"}, [(("status",), "required")]),
        ({}, [(("id",), "required"), (("status",), "required")]),
        ({"id": 1, "status": "new"}, [(("id",), "type")]),
        ({**JOB, "status": "gone"}, [(("status",), "enum")]),
        ({**JOB, "video": {}}, [(("video", "url"), "required")]),
        ({**JOB, "video": {"url": "b.mp4"}}, [(("video", "url"), "format")]),
        ({**JOB, "error": None}, [(("error",), "type")]),
        ([], [((), "type")]),
        (b"", [((), "required")]),
        (b"<html>", [((), "json")]),
        (b'{"id": NaN}', [((), "json")]),
    ],
)
def test_answer_breaks_the_rule_that_refuses_it(
    court: Court, body: Any, found: list[Any]
) -> None:
    assert rules(court.answer(body)) == [("answer", path, rule) for path, rule in found]


def test_answer_is_judged_anew_when_anything_of_it_differs(court: Court) -> None:
    first = court.answer(JOB)
    long = {**JOB, "more": "x" * 5_000}

    again = court.answer(JOB)
    others = [
        court.answer({**JOB, "id": 1}),
        court.answer(JOB, 418),
        court.answer(JOB, content_type="text/html"),
        court.answer({**long, "id": 1}),
    ]

    assert first == again == court.answer(long) == []
    assert [len(it) for it in others] == [1, 1, 1, 1]


def test_answer_breaks_content_when_its_media_type_is_not_declared(
    court: Court,
) -> None:
    assert rules(court.answer(JOB, content_type="text/html; charset=utf-8")) == [
        ("answer", (), "content")
    ]


@pytest.mark.parametrize("status", [201, 400, 500])
def test_answer_breaks_responses_when_its_status_is_not_declared(
    court: Court, status: int
) -> None:
    assert rules(court.answer(b"whatever", status)) == [("answer", (), "responses")]


def test_answer_may_be_anything_when_the_document_declares_no_content(
    court: Court,
) -> None:
    assert court.answer(b"\xff", 404, content_type="text/html") == []


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_property_called_like_a_reference_is_judged_like_any_other(
    load: Load, document: Make, version: str
) -> None:
    schema = {"type": "object", "properties": {"$ref": {"type": "string"}}}
    court = Court(load(document({"it": schema}, version=version)).contracts[0])

    assert court.submit({"it": {"$ref": "#/nowhere"}}) == []
    assert rules(court.submit({"it": {"$ref": 5}})) == [
        ("body", ("it", "$ref"), "type")
    ]


def test_judge_opens_nothing_that_a_discriminator_names(
    load: Load, document: Make, bait: tuple[str, list[str]]
) -> None:
    """In a header of an answer, which no contract reads but the judge does."""
    address, asked = bait
    plain = document()
    plain["paths"]["/jobs"]["get"]["responses"]["200"]["headers"] = {
        "X-Where": {
            "schema": {
                "type": "object",
                "oneOf": [{"type": "object"}],
                "discriminator": {
                    "propertyName": "a",
                    "mapping": {"b": f"{address}/b"},
                },
            }
        }
    }
    court = Court(load(plain).contracts[0])

    found = court.answer(JOB, headers={"x-where": "a,b"})

    assert len(found) == 1
    assert asked == []


def test_document_may_name_its_own_servers(load: Load, document: Make) -> None:
    plain = document()
    servers = [{"url": "https://elsewhere.test/v9"}]
    plain["servers"] = plain["paths"]["/make"]["servers"] = servers
    plain["paths"]["/make"]["post"]["servers"] = servers

    assert Court(load(plain).contracts[0]).submit({}) == []
