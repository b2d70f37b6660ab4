"""Verdicts on requests and answers: in a microsecond where that can be had.

`specs.Judge` is the judge. Where a compiled schema is known to decide as it does, that
schema decides instead; the judge is asked about everything else.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import orjson

from mock_server.validation.compiling import CompiledSchema
from specs import (
    Answer,
    Breach,
    Contract,
    Json,
    Judge,
    Operation,
    Request,
    join_pointer,
)

_LONG_NUMBER = re.compile(rb"\d{19}")
_TWO_DIGITS = re.compile(rb"\d\d")


class Verdicts:
    """The judge of *contract*, and the compiled schemas that stand in for it.

    Raises SchemaError where the document holds a schema that cannot be compiled.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._body = _compile_body(contract.submit)
        self._answers = {it.role: _compile_answers(it) for it in contract.operations}

    @cached_property
    def judge(self) -> Judge:
        """The judge, which takes longer to build than most mocks ever need it for."""
        return Judge(self._contract)

    def check_submit(
        self, content: bytes, body: Json, headers: Mapping[str, str]
    ) -> Iterator[Breach]:
        """Yield each rule that a submit breaks; *body* is what its *content* holds."""
        if self._body is not None and not _has_long_number(content):
            return self._body.find_breaches(body, "body")
        request = Request(
            operation=self._contract.submit, headers=headers, body=content
        )
        return self.judge.check_request(request)

    def find_broken(
        self, operation: Operation, *, job_id: str, status: int, body: bytes
    ) -> Breach | None:
        """Return a rule that an answer about a job breaks, or None if there is none."""
        schema = self._answers[operation.role].get(status)
        if schema is not None and schema.accepts(orjson.loads(body)):
            return None
        request = Request(operation=operation, path={str(operation.id): job_id})
        answer = Answer(status=status, body=body)
        return next(self.judge.check_answer(request, answer), None)


def _has_long_number(body: bytes) -> bool:
    """Say whether *body* may hold an integer past 64 bits.

    That is read as a float here, and as an integer by the judge. Of 19 digits in a
    row, every ninth byte holds two: looking at those is all that most bodies take.
    """
    if _TWO_DIGITS.search(body[8::9]) is None:
        return False
    return _LONG_NUMBER.search(body) is not None


def _compile_body(submit: Operation) -> CompiledSchema | None:
    """Return the schema of the body; None where it takes the judge to decide."""
    raw, method = submit.document.raw, submit.method.lower()
    steps = ("paths", submit.path, method, "requestBody")
    schema = _compile(submit, raw["paths"][submit.path][method]["requestBody"], steps)
    return None if submit.parameters else schema


def _compile_answers(operation: Operation) -> Mapping[int, CompiledSchema]:
    """Return the schemas of the successes that no judge is needed for, by code."""
    steps = ("paths", operation.path, operation.method.lower(), "responses")
    responses: Any = operation.document.raw
    for step in steps:
        responses = responses.get(step, {})
    found = {
        int(code): _compile(operation, it, (*steps, code))
        for code, it in responses.items()
        if re.fullmatch("2[0-9][0-9]", str(code)) and "headers" not in it
    }
    return {code: it for code, it in found.items() if it is not None}


def _compile(
    operation: Operation, holder: Mapping[str, Any], steps: tuple[str, ...]
) -> CompiledSchema | None:
    """Return the JSON schema of *holder*, a body or an answer, if it decides exactly."""
    node = holder.get("content", {}).get("application/json", {}).get("schema")
    if not isinstance(node, Mapping):
        return None
    pointer = join_pointer("", *steps, "content", "application/json", "schema")
    schema = CompiledSchema(operation.document, node, pointer)
    return schema if schema.exact else None
