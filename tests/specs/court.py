"""A judge, and what the tests bring before it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from specs import Answer, Breach, Contract, Judge, Request

KEY = {"Authorization": "Bearer k"}


PROPERTIES: dict[str, dict[str, Any]] = {
    "prompt": {"type": "string", "minLength": 2, "maxLength": 4, "pattern": "^a"},
    "frames": {"type": "integer", "minimum": 17, "maximum": 241},
    "scale": {"type": "number", "minimum": 0, "maximum": 1, "multipleOf": 0.5},
    "size": {"type": "string", "enum": ["480p", "720p"]},
    "url": {"type": "string", "format": "uri"},
    "list": {
        "type": "array",
        "items": {"type": "string"},
        "minItems": 1,
        "maxItems": 2,
    },
    "set": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
    "note": {"type": "string", "nullable": True},
    "nest": {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": "boolean"}},
        "additionalProperties": False,
    },
    "either": {"anyOf": [{"type": "integer"}, {"type": "boolean"}]},
    "one": {"oneOf": [{"type": "integer"}, {"type": "number"}]},
}


@dataclass
class Court:
    """A judge, and what the tests bring before it."""

    contract: Contract

    def __post_init__(self) -> None:
        self.judge = Judge(self.contract)

    def submit(self, body: Any, **options: Any) -> list[Breach]:
        """Judge a submit of *body*, a member of it being the model unless it is bytes."""
        if isinstance(body, Mapping):
            body = json.dumps({"model": "acme/one", **body}).encode()
        request = Request(
            operation=self.contract.submit, body=body, **{"headers": KEY, **options}
        )
        return list(self.judge.check_request(request))

    def poll(self, **options: Any) -> list[Breach]:
        """Judge a poll."""
        request = Request(operation=self.contract.poll, **{"headers": KEY, **options})
        return list(self.judge.check_request(request))

    def answer(self, body: Any, status: int = 200, **options: Any) -> list[Breach]:
        """Judge an answer to a poll."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = Request(operation=self.contract.poll, query={"job": "1"}, headers=KEY)
        answer = Answer(status=status, body=content, **options)
        return list(self.judge.check_answer(request, answer))


def rules(breaches: list[Breach]) -> list[tuple[str, tuple[str | int, ...], str]]:
    return [(it.location, it.path, it.rule) for it in breaches]
