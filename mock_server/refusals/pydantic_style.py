"""Refusals as a FastAPI service writes them: `detail`, a sentence or pydantic's list."""

from typing import Any

from mock_server.exchange import Call
from mock_server.refusals.reasons import Reason, RefusedError
from specs import Breach, Json, Messages

_LONGEST_ECHO = 2_000
"""Of a larger input, `input` is left out: a refusal is not to multiply a request."""


def describe(refusal: RefusedError, call: Call, *, messages: Messages) -> Json:
    """Return the body that tells the caller about *refusal*."""
    match refusal.reason:
        case Reason.UNKNOWN_JOB:
            return {"status": "NOT_FOUND"}
        case Reason.UNKNOWN_PATH:
            sentence = f"Path {call.path} not found"
            return {"detail": f"{sentence}. {refusal.detail}".removesuffix(". ")}
        case Reason.UNREADABLE:
            item: dict[str, Any] = {
                "type": "json_invalid",
                "loc": ["body"],
                "msg": "JSON decode error",
                "input": {},
                "ctx": {"error": refusal.detail},
            }
            return {"detail": [item]}
        case Reason.INVALID:
            echo = len(call.body) <= _LONGEST_ECHO
            return {"detail": [_item(it, echo=echo) for it in refusal.breaches]}
        case _:
            return {"detail": refusal.word(messages)}


def _item(breach: Breach, *, echo: bool) -> dict[str, Any]:
    kind, message, context = _explain(breach)
    where = [breach.location, *breach.path]
    item: dict[str, Any] = {"type": kind, "loc": where, "msg": message}
    if echo:
        item["input"] = breach.value
    if context:
        item["ctx"] = context
    return item


_ITEMS = {
    "required": ("missing", "Field required", None),
    "multipleOf": (
        "multiple_of",
        "Input should be a multiple of {limit}",
        "multiple_of",
    ),
    "minLength": (
        "string_too_short",
        "String should have at least {limit} character{s}",
        "min_length",
    ),
    "maxLength": (
        "string_too_long",
        "String should have at most {limit} character{s}",
        "max_length",
    ),
    "pattern": (
        "string_pattern_mismatch",
        "String should match pattern '{limit}'",
        "pattern",
    ),
    "additionalProperties": (
        "extra_forbidden",
        "Extra inputs are not permitted",
        None,
    ),
}


def _explain(breach: Breach) -> tuple[str, str, dict[str, Json]]:
    """Return pydantic's type, message and context for *breach*."""
    limit = breach.limit
    match breach.rule:
        case "type":
            return *_explain_type(limit, breach.value), {}
        case "enum" | "const":
            return _explain_enum(limit)
        case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum":
            return _explain_bound(breach)
        case "minItems" | "maxItems":
            return _explain_length(breach)
        case "format" if limit == "uri":
            return "url_parsing", "Input should be a valid URL", {}
        case rule if rule in _ITEMS:
            kind, message, name = _ITEMS[rule]
            message = message.format(limit=limit, s=_s(limit))
            return kind, message, {name: limit} if name else {}
        case _:
            return "value_error", f"Value error, {breach.message}", {}


_TYPES = {
    "integer": ("int", "integer"),
    "number": ("float", "number"),
    "string": ("string", "string"),
    "boolean": ("bool", "boolean"),
    "array": ("list", "list"),
    "object": ("dict", "dictionary"),
    "null": ("none", "None"),
}


def _explain_type(limit: Json, value: Json) -> tuple[str, str]:
    first = str(limit[0] if isinstance(limit, list) else limit)
    if first == "object":
        message = "Input should be a valid dictionary or object to extract fields from"
        return "model_attributes_type", message
    name, noun = _TYPES.get(first, (first, first))
    message = f"Input should be a valid {noun}"
    if first == "integer" and isinstance(value, float):
        return "int_from_float", f"{message}, got a number with a fractional part"
    if first in {"integer", "number"} and isinstance(value, str):
        return f"{name}_parsing", f"{message}, unable to parse string as {_an(noun)}"
    return f"{name}_type", message


def _explain_enum(limit: Any) -> tuple[str, str, dict[str, Json]]:
    options = [repr(it) for it in (limit if isinstance(limit, list) else [limit])]
    *firsts, last = options
    expected = f"{', '.join(firsts)} or {last}" if firsts else last
    return "literal_error", f"Input should be {expected}", {"expected": expected}


def _explain_bound(breach: Breach) -> tuple[str, str, dict[str, Json]]:
    # OpenAPI 3.0 marks an exclusive bound beside it; only the message then tells.
    strict = breach.rule.startswith("excl") or "or equal" in breach.message
    below = breach.rule in {"minimum", "exclusiveMinimum"}
    word, key = ("greater", "g") if below else ("less", "l")
    kind = f"{word}_than" if strict else f"{word}_than_equal"
    phrase = f"{word} than" if strict else f"{word} than or equal to"
    context = {key + ("t" if strict else "e"): breach.limit}
    return kind, f"Input should be {phrase} {breach.limit}", context


def _explain_length(breach: Breach) -> tuple[str, str, dict[str, Json]]:
    limit, value = breach.limit, breach.value
    actual = len(value) if isinstance(value, list) else 0
    least = breach.rule == "minItems"
    message = (
        f"List should have at {'least' if least else 'most'} {limit} item{_s(limit)} "
        f"after validation, not {actual}"
    )
    context: dict[str, Json] = {
        "field_type": "List",
        "min_length" if least else "max_length": limit,
        "actual_length": actual,
    }
    return "too_short" if least else "too_long", message, context


def _s(count: Json) -> str:
    return "" if count == 1 else "s"


def _an(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
