import pytest

from mock_server.exchange import Call
from mock_server.refusals.reasons import Reason, RefusedError
from mock_server.refusals.zod_style import describe
from specs import Breach, Json, Messages

CALL = Call(method="POST", path="/v2/video/generations")
MESSAGES = Messages(unknown_job="nobody knows it")


def explain(refusal: RefusedError) -> str:
    content = describe(
        refusal, CALL, messages=MESSAGES, status=400, request_id="r", now=0.0
    )
    assert isinstance(content, dict)
    return str(content["message"])


@pytest.mark.parametrize(
    ("rule", "limit", "value", "line"),
    [
        ("required", ["a"], {}, "Required"),
        ("type", "integer", 1.5, "Expected integer, received float"),
        ("type", "integer", "1", "Expected number, received string"),
        ("type", "integer", True, "Expected number, received boolean"),
        ("type", "string", None, "Expected string, received null"),
        ("type", "string", 1, "Expected string, received number"),
        ("type", "array", {}, "Expected array, received object"),
        ("type", "object", [], "Expected object, received array"),
        (
            "type",
            ["integer", "number", "null"],
            "1",
            "Expected number | null, received string",
        ),
        (
            "enum",
            ["a", 2],
            "x\ny",
            "Invalid enum value. Expected 'a' | 2, received 'x y'",
        ),
        ("enum", ["a", "b"], 5, "Expected 'a' | 'b', received number"),
        ("const", "a", "b", "Invalid enum value. Expected 'a', received 'b'"),
        ("minimum", 17, 3, "Number must be greater than or equal to 17"),
        ("maximum", 241, 300, "Number must be less than or equal to 241"),
        ("exclusiveMinimum", 0, 0, "Number must be greater than 0"),
        ("exclusiveMaximum", 1, 1, "Number must be less than 1"),
        ("multipleOf", 2, 3, "Number must be a multiple of 2"),
        ("minLength", 1, "", "String must contain at least 1 character(s)"),
        ("maxLength", 2, "abc", "String must contain at most 2 character(s)"),
        ("minItems", 1, [], "Array must contain at least 1 element(s)"),
        ("maxItems", 1, [1, 2], "Array must contain at most 1 element(s)"),
        ("additionalProperties", False, {}, "Unrecognized key(s) in object"),
        ("format", "uri", "x", "Invalid url"),
        ("format", "date", "x", "Invalid date"),
        ("pattern", "^a$", "x", "Invalid input"),
        ("anyOf", [], "x", "Invalid input"),
    ],
)
def test_each_rule_has_zod_s_wording(
    rule: str, limit: Json, value: Json, line: str
) -> None:
    breach = Breach(
        location="body",
        path=("some", 0, "member"),
        rule=rule,
        limit=limit,
        value=value,
        message="it breaks a rule",
    )

    message = explain(RefusedError(Reason.INVALID, breaches=[breach]))

    assert message == f"Body validation error!\nsome.0.member: {line}"


def test_an_exclusive_bound_of_openapi_3_0_is_told_by_the_validator_s_message() -> None:
    breach = Breach(
        location="body",
        path=(),
        rule="minimum",
        limit=5,
        value=5,
        message="5 is less than or equal to the minimum of 5",
    )

    message = explain(RefusedError(Reason.INVALID, breaches=[breach]))

    assert message == "Body validation error!\nNumber must be greater than 5"


def test_a_hostile_name_cannot_forge_a_line() -> None:
    breach = Breach(
        location="body",
        path=("a\nprompt: Required",),
        rule="required",
        limit=None,
        value=None,
        message="",
    )

    message = explain(RefusedError(Reason.INVALID, breaches=[breach]))

    assert message.count("\n") == 1


def test_the_envelope_names_path_request_and_moment() -> None:
    content = describe(
        RefusedError(Reason.UNKNOWN_JOB),
        CALL,
        messages=MESSAGES,
        status=404,
        request_id="r",
        now=0.125,
    )

    assert content == {
        "message": "nobody knows it",
        "path": "/v2/video/generations",
        "requestId": "r",
        "statusCode": "404",
        "timestamp": "1970-01-01T00:00:00.125Z",
    }


def test_an_unknown_path_is_named() -> None:
    message = explain(RefusedError(Reason.UNKNOWN_PATH, "Did you mean /a?"))

    assert message == "Cannot POST /v2/video/generations Did you mean /a?"


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_message(reason: Reason) -> None:
    breach = Breach(
        location="query", path=(), rule="x", limit=None, value=None, message=""
    )

    assert explain(RefusedError(reason, "detail", breaches=[breach]))


@pytest.mark.parametrize(
    ("now", "moment"),
    [
        (1_700_000_060.007, "2023-11-14T22:14:20.007Z"),  # as a float a little less
        (1_700_000_060.9999999, "2023-11-14T22:14:21.000Z"),
        (1_700_000_060.9994, "2023-11-14T22:14:20.999Z"),
    ],
)
def test_the_moment_is_told_to_the_millisecond(now: float, moment: str) -> None:
    refusal = RefusedError(Reason.UNKNOWN_JOB)

    content = describe(
        refusal, CALL, messages=MESSAGES, status=404, request_id="r", now=now
    )

    assert isinstance(content, dict)
    assert content["timestamp"] == moment
