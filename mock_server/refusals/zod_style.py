"""Refusals as a service writes them that validates with zod.

The message is a heading and one line per broken rule, inside an envelope that names
the path and the moment.
"""

import math
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from mock_server.exchange import Call
from mock_server.refusals.reasons import Reason, RefusedError
from specs import Breach, Json, Messages


def describe(
    refusal: RefusedError,
    call: Call,
    *,
    messages: Messages,
    status: int,
    request_id: str,
    now: float,
) -> Json:
    """Return the envelope that tells the caller about *refusal*."""
    return {
        "message": _message(refusal, call, messages),
        "path": call.path,
        "requestId": request_id,
        "statusCode": str(status),  # text in the documented example
        "timestamp": _moment(now),
    }


def _moment(now: float) -> str:
    # To the microsecond first: a float lies below as often as above what it stands for.
    seconds, micros = divmod(round(now * 1_000_000), 1_000_000)
    return f"{_second(seconds)}.{micros // 1000:03}Z"


@lru_cache(4)
def _second(now: int) -> str:
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _message(refusal: RefusedError, call: Call, messages: Messages) -> str:
    if refusal.reason is Reason.UNKNOWN_PATH:
        return " ".join(f"Cannot {call.method} {call.path} {refusal.detail}".split())
    if refusal.reason is Reason.UNREADABLE:
        return f"Body validation error!\n{refusal.detail}"
    if refusal.reason is Reason.INVALID:
        place = refusal.breaches[0].location.capitalize()
        lines = [f"{_name(it)}{_explain(it)}" for it in refusal.breaches]
        return "\n".join([f"{place} validation error!", *lines])
    return refusal.word(messages)


def _name(breach: Breach) -> str:
    path = _one_line(".".join(map(str, breach.path)))
    return f"{path}: " if path else ""


_LINES = {
    "required": "Required",
    "exclusiveMinimum": "Number must be greater than {limit}",
    "exclusiveMaximum": "Number must be less than {limit}",
    "multipleOf": "Number must be a multiple of {limit}",
    "minLength": "String must contain at least {limit} character(s)",
    "maxLength": "String must contain at most {limit} character(s)",
    "minItems": "Array must contain at least {limit} element(s)",
    "maxItems": "Array must contain at most {limit} element(s)",
    "additionalProperties": "Unrecognized key(s) in object",
}


def _explain(breach: Breach) -> str:
    """Return what zod says of *breach*."""
    limit, value = breach.limit, breach.value
    match breach.rule:
        case "type":
            return _explain_type(limit, value)
        case "enum" | "const":
            return _explain_enum(limit, value)
        case "minimum" | "maximum":
            word = "greater" if breach.rule == "minimum" else "less"
            # OpenAPI 3.0 marks an exclusive bound beside it; only the message tells.
            than = "than" if "or equal" in breach.message else "than or equal to"
            return f"Number must be {word} {than} {limit}"
        case "format":
            return f"Invalid {'url' if limit == 'uri' else limit}"
        case rule:
            return _LINES.get(rule, "Invalid input").format(limit=limit)


def _explain_type(limit: Json, value: Json) -> str:
    if limit == "integer" and isinstance(value, float) and math.isfinite(value):
        return "Expected integer, received float"
    types = limit if isinstance(limit, list) else [limit]
    expected = dict.fromkeys("number" if it == "integer" else str(it) for it in types)
    return f"Expected {' | '.join(expected)}, received {_type_name(value)}"


def _explain_enum(limit: Json, value: Json) -> str:
    options = limit if isinstance(limit, list) else [limit]
    expected = " | ".join(_quote(it) for it in options)
    if isinstance(value, str):
        return f"Invalid enum value. Expected {expected}, received {_quote(value)}"
    return f"Expected {expected}, received {_type_name(value)}"


def _type_name(value: Any) -> str:
    """Return what JavaScript calls the type of *value*."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def _quote(value: Any) -> str:
    return f"'{_one_line(value)}'" if isinstance(value, str) else str(value)


def _one_line(text: str) -> str:
    """Return hostile *text* short and on one line, so that it cannot forge another."""
    return " ".join(text.split())[:200]
