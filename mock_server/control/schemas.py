"""The JSON Schemas of what the mock's own side is sent and answers."""

from collections.abc import Mapping
from typing import Any

from mock_server.scenarios import SCENARIOS
from specs import Event


def _object(required: Mapping[str, Any], **optional: Any) -> dict[str, Any]:
    """Return the schema of an object with these members and no others."""
    return {
        "type": "object",
        "properties": {**required, **optional},
        "required": [*required],
        "additionalProperties": False,
    }


def _or_null(kind: str) -> dict[str, Any]:
    return {"type": [kind, "null"]}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


_TEXT = {"type": "string"}
_NUMBER = {"type": "number"}
_COUNT = {"type": "integer", "minimum": 0}
_EVENT = {"type": "string", "enum": [it.value for it in Event]}
_NAME = {"type": "string", "enum": [*SCENARIOS]}
_BY_NAME = {"type": "object", "additionalProperties": _NAME}
_CHAOS = {"type": "number", "minimum": 0, "maximum": 1}
_STANDING = {
    "state": _or_null("string"),
    "since": _NUMBER,
    "event": {"anyOf": [_EVENT, {"type": "null"}]},
}
_CHANGE = _object({"at": _NUMBER, "event": _EVENT})
_ATTEMPT = _object(
    {"at": _NUMBER, "status": _or_null("integer"), "problem": _or_null("string")}
)
_WEBHOOK = _object(
    {
        "url": _TEXT,
        "tries": _COUNT,
        "due": _or_null("number"),
        "outcome": _or_null("string"),
        "attempts": {"type": "array", "items": _ATTEMPT},
    }
)
_JOB = {
    "id": _TEXT,
    "contract": _TEXT,
    "scenario": _TEXT,
    "submitted": _NUMBER,
    "state": _or_null("string"),
    "webhook": {"anyOf": [_WEBHOOK, {"type": "null"}]},
}
_WHERE = {"since": _NUMBER, "event": _STANDING["event"], "ended": {"type": "boolean"}}
_BREACH = _object(
    {
        "location": _TEXT,
        "path": {"type": "array", "items": {"type": ["string", "integer"]}},
        "rule": _TEXT,
        "message": _TEXT,
    }
)
_VERDICT = {
    "provider": _or_null("string"),
    "contract": _or_null("string"),
    "role": _or_null("string"),
    "job": _or_null("string"),
    "scenario": _or_null("string"),
    "breaches": {"type": "array", "items": _BREACH},
}
_HEADERS = {"type": "object", "additionalProperties": _TEXT}
_MESSAGE = {"headers": _HEADERS, "body": _TEXT, "body_bytes": _COUNT}

SCHEMAS: Mapping[str, Any] = {
    "Any": {"type": "object"},
    "Problem": {
        "type": "object",
        "properties": {
            "type": _TEXT,
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
        },
        "required": ["type", "title", "status", "detail"],
    },
    "Health": _object(
        {
            "status": {"type": "string", "enum": ["ok", "stale"]},
            "version": _TEXT,
            "clock": {"type": "string", "enum": ["manual", "system"]},
            "speed": _NUMBER,
            "now": _NUMBER,
            "jobs": _COUNT,
            "contracts": {"type": "array", "items": _TEXT},
            "reloads": _COUNT,
            "fault": _or_null("string"),
        }
    ),
    "Step": _object({"seconds": {"type": "number", "minimum": 0}}),
    "Time": _object({"now": _NUMBER}),
    "Count": _object({"count": _COUNT}),
    "Reset": _object({"jobs": _COUNT}),
    "Happening": _object({"event": _EVENT}),
    "Job": _object(_JOB, **_WHERE),
    "Jobs": _object({"count": _COUNT, "jobs": {"type": "array", "items": _ref("Job")}}),
    "JobDetail": _object(
        {
            **_JOB,
            "schedule": {"type": "array", "items": _CHANGE},
            "forced": {"type": "array", "items": _CHANGE},
            "history": {"type": "array", "items": _object(_STANDING)},
            "inputs": {"type": "object"},
            "seed": {"type": "integer"},
        },
        **_WHERE,
    ),
    "Rules": _object({}, default=_NAME, keys=_BY_NAME, models=_BY_NAME, chaos=_CHAOS),
    "Scenarios": _object(
        {
            "known": {
                "type": "array",
                "items": _object({"name": _NAME, "summary": _TEXT}),
            },
            "default": _NAME,
            "keys": {
                "type": "array",
                "items": _object({"key": _TEXT, "scenario": _NAME}),
            },
            "models": _BY_NAME,
            "chaos": _CHAOS,
        }
    ),
    "Entry": _object(
        {
            "number": _COUNT,
            "at": _NUMBER,
            "seconds": _NUMBER,
            "request": _object({"method": _TEXT, "url": _TEXT, **_MESSAGE}),
            "response": _object({"status": {"type": "integer"}, **_MESSAGE}),
            **_VERDICT,
        }
    ),
    "Journal": _object(
        {"count": _COUNT, "entries": {"type": "array", "items": _ref("Entry")}}
    ),
    "Archive": {
        "type": "object",
        "properties": {"log": {"type": "object"}},
        "required": ["log"],
    },
}
