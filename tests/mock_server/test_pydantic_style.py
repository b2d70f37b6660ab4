from typing import Any

import pytest

from mock_server.exchange import Call
from mock_server.refusals.pydantic_style import describe
from mock_server.refusals.reasons import Reason, RefusedError
from specs import Breach, Json, Messages

CALL = Call(method="POST", path="/fal-ai/film", body=b"{}")
MESSAGES = Messages(no_key="who are you?")


def explain(breach: Breach, *, body: bytes = b"{}") -> dict[str, Any]:
    call = Call(method="POST", path="/fal-ai/film", body=body)
    content: Any = describe(
        RefusedError(Reason.INVALID, breaches=[breach]), call, messages=MESSAGES
    )
    (item,) = content["detail"]
    assert isinstance(item, dict)
    return item


def make_breach(rule: str, limit: Json, value: Json, message: str = "it is") -> Breach:
    return Breach(
        location="body",
        path=("member",),
        rule=rule,
        limit=limit,
        value=value,
        message=message,
    )


@pytest.mark.parametrize(
    ("rule", "limit", "value", "kind", "message", "context"),
    [
        ("required", ["member"], {}, "missing", "Field required", None),
        (
            "type",
            "integer",
            1.5,
            "int_from_float",
            "Input should be a valid integer, got a number with a fractional part",
            None,
        ),
        (
            "type",
            "integer",
            "x",
            "int_parsing",
            "Input should be a valid integer, unable to parse string as an integer",
            None,
        ),
        (
            "type",
            "number",
            "x",
            "float_parsing",
            "Input should be a valid number, unable to parse string as a number",
            None,
        ),
        ("type", "integer", [], "int_type", "Input should be a valid integer", None),
        (
            "type",
            ["string", "null"],
            1,
            "string_type",
            "Input should be a valid string",
            None,
        ),
        ("type", "boolean", 1, "bool_type", "Input should be a valid boolean", None),
        ("type", "array", 1, "list_type", "Input should be a valid list", None),
        ("type", "null", 1, "none_type", "Input should be a valid None", None),
        (
            "type",
            "object",
            1,
            "model_attributes_type",
            "Input should be a valid dictionary or object to extract fields from",
            None,
        ),
        (
            "enum",
            ["a", "b", "c"],
            "x",
            "literal_error",
            "Input should be 'a', 'b' or 'c'",
            {"expected": "'a', 'b' or 'c'"},
        ),
        (
            "const",
            "a",
            "x",
            "literal_error",
            "Input should be 'a'",
            {"expected": "'a'"},
        ),
        (
            "minimum",
            17,
            3,
            "greater_than_equal",
            "Input should be greater than or equal to 17",
            {"ge": 17},
        ),
        (
            "maximum",
            9,
            10,
            "less_than_equal",
            "Input should be less than or equal to 9",
            {"le": 9},
        ),
        (
            "exclusiveMinimum",
            0,
            0,
            "greater_than",
            "Input should be greater than 0",
            {"gt": 0},
        ),
        (
            "exclusiveMaximum",
            1,
            1,
            "less_than",
            "Input should be less than 1",
            {"lt": 1},
        ),
        (
            "multipleOf",
            2,
            3,
            "multiple_of",
            "Input should be a multiple of 2",
            {"multiple_of": 2},
        ),
        (
            "minLength",
            1,
            "",
            "string_too_short",
            "String should have at least 1 character",
            {"min_length": 1},
        ),
        (
            "maxLength",
            2,
            "abc",
            "string_too_long",
            "String should have at most 2 characters",
            {"max_length": 2},
        ),
        (
            "pattern",
            "^{a}$",
            "x",
            "string_pattern_mismatch",
            "String should match pattern '^{a}$'",
            {"pattern": "^{a}$"},
        ),
        (
            "minItems",
            1,
            [],
            "too_short",
            "List should have at least 1 item after validation, not 0",
            {"field_type": "List", "min_length": 1, "actual_length": 0},
        ),
        (
            "maxItems",
            2,
            [1, 2, 3],
            "too_long",
            "List should have at most 2 items after validation, not 3",
            {"field_type": "List", "max_length": 2, "actual_length": 3},
        ),
        ("format", "uri", "x", "url_parsing", "Input should be a valid URL", None),
        (
            "additionalProperties",
            False,
            1,
            "extra_forbidden",
            "Extra inputs are not permitted",
            None,
        ),
        ("format", "date", "x", "value_error", "Value error, it is", None),
    ],
)
def test_each_rule_has_pydantic_s_wording(
    *,
    rule: str,
    limit: Json,
    value: Json,
    kind: str,
    message: str,
    context: dict[str, Json] | None,
) -> None:
    item = explain(make_breach(rule, limit, value))

    expected: dict[str, Any] = {
        "type": kind,
        "loc": ["body", "member"],
        "msg": message,
        "input": value,
    }
    assert item == (expected | {"ctx": context} if context else expected)


def test_an_exclusive_bound_of_openapi_3_0_is_told_by_the_validator_s_message() -> None:
    message = "5 is greater than or equal to the maximum of 5"

    assert explain(make_breach("maximum", 5, 5, message))["type"] == "less_than"


def test_a_large_input_is_not_echoed() -> None:
    item = explain(make_breach("required", [], {}), body=b" " * 3000)

    assert "input" not in item


@pytest.mark.parametrize(
    ("refusal", "content"),
    [
        (
            RefusedError(Reason.NO_KEY),
            {"detail": "who are you?"},
        ),
        (
            RefusedError(Reason.MALFORMED_KEY),
            {"detail": "Unauthorized"},
        ),
        (RefusedError(Reason.UNKNOWN_JOB), {"status": "NOT_FOUND"}),
        (
            RefusedError(Reason.UNKNOWN_PATH),
            {"detail": "Path /fal-ai/film not found"},
        ),
        (
            RefusedError(Reason.UNKNOWN_PATH, "Did you mean /a?"),
            {"detail": "Path /fal-ai/film not found. Did you mean /a?"},
        ),
        (RefusedError(Reason.WRONG_METHOD), {"detail": "Method Not Allowed"}),
        (RefusedError(Reason.TOO_LARGE), {"detail": "Content Too Large"}),
        (
            RefusedError(Reason.UNREADABLE, "why"),
            {
                "detail": [
                    {
                        "type": "json_invalid",
                        "loc": ["body"],
                        "msg": "JSON decode error",
                        "input": {},
                        "ctx": {"error": "why"},
                    }
                ]
            },
        ),
    ],
)
def test_every_other_reason_has_the_service_s_body(
    refusal: RefusedError, content: Json
) -> None:
    assert describe(refusal, CALL, messages=MESSAGES) == content
