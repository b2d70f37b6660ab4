"""Example answers and example bodies in a page, told apart and held to the contract."""

import json
import re
from collections.abc import Iterator
from typing import Any

from specs.exchange import Breach
from specs.model import Contract, Operation
from specs.pages.bodies import Court, limit, show
from specs.pages.calls import read_text
from specs.pages.found import Findings
from specs.pages.statuses import OTHER_STATUSES
from specs.pages.values import Reading
from specs.pointers import split_pointer
from specs.schemas import ObjectSchema, Schema

_ANSWERS = re.compile(r"respon|output|result|return|answer|receive")
_BODIES = re.compile(r"request|input|body|payload|parameters|arguments|submit|call")
_DECODER = json.JSONDecoder()
_MOST = 40
"""Objects that are read out of one block of text."""


def find_json(text: str, line: int) -> Iterator[Reading]:
    """Yield the object that *text* is, or those that stand in its lines."""
    if text.lstrip()[:1] == "{":
        whole = read_text(text, line=line)
        if whole is not None and len(text.strip()) > 2:
            yield whole
            return
    rows = [it for it in enumerate(text.split("\n")) if '{"' in it[1]]
    for index, row in rows[:_MOST]:
        start = row.index('{"')
        try:
            _, end = _DECODER.raw_decode(row, start)
        except (ValueError, RecursionError):
            continue
        if (inside := read_text(row[start:end], line=line + index)) is not None:
            yield inside


def is_document(value: Any) -> bool:
    """Say whether *value* is an OpenAPI document, or a schema, and no example."""
    names = {"openapi", "swagger", "$schema", "$ref", "properties", "paths"}
    return isinstance(value, dict) and bool(names & value.keys())


def check_example(
    reading: Reading,
    contracts: list[Contract],
    context: str,
    court: Court,
    found: Findings,
) -> None:
    """Hold *reading*, below the words *context*, to what it is an example of.

    A body that names its model is held to it. Any other is held to what knows most of
    its members, and to nothing where that is not clear.
    """
    if OTHER_STATUSES.search(context):
        return
    keys = set(reading.value)
    bodies = {it.id: keys & it.body.properties.keys() for it in contracts}
    answers = [it for contract in contracts for it in _answers(contract, keys)]
    best_body = max((len(it) for it in bodies.values()), default=0)
    best_answer = max((it[0] for it in answers), default=0)
    says_answer, says_body = _ANSWERS.search(context), _BODIES.search(context)
    is_answer = best_answer > best_body or (
        best_answer == best_body and bool(says_answer) and not says_body
    )
    if is_answer and 2 * best_answer > len(keys):
        _check_answer(
            [it[1:] for it in answers if it[0] == best_answer], reading, court, found
        )
    elif best_body > best_answer and best_body > 1 and 2 * best_body >= len(keys):
        known = [it for it in contracts if len(bodies[it.id]) == best_body]
        if len(known) == 1 and not says_answer:
            found.examples += 1
            court.check_body(known[0], reading, found)


def _answers(
    contract: Contract, keys: set[str]
) -> Iterator[tuple[int, Contract, Operation, int, Schema]]:
    """Yield the successful answers that *keys* may be of, with how many they know."""
    job = contract.provider.job
    telling = {split_pointer(it)[0] for it in (job.id, job.status, job.video)}
    for operation in contract.operations:
        for status, schema in operation.answers.items():
            if not isinstance(schema, ObjectSchema) or not status.startswith("2"):
                continue
            known = keys & schema.properties.keys()
            if known & telling or len(known) > 1:
                code = int(status) if status.isdigit() else 200
                yield len(known), contract, operation, code, schema


def _check_answer(
    candidates: list[Any], reading: Reading, court: Court, found: Findings
) -> None:
    """Add what is wrong with *reading*, unless it is one of the *candidates*."""
    found.examples += 1
    verdicts = [
        (
            court.breaches(contract, operation, status, reading),
            operation,
            schema,
            contract,
        )
        for contract, operation, status, schema in candidates
    ]
    breaches, operation, schema, contract = min(verdicts, key=lambda it: len(it[0]))
    for breach in breaches:
        name = ".".join(map(str, breach.path)) or "the answer"
        found.add(
            "bad-answer",
            reading.line(breach.path),
            f"{name} is left out"
            if breach.rule == "required"
            else f"{name} is {show(breach.value)}",
            f"{contract.id} answers {operation.role} with {_promise(name, breach)}",
            schema.pointer,
        )


def _promise(name: str, breach: Breach) -> str:
    if breach.rule == "required":
        return f"{name}, always"
    return f"{name} that {limit(breach)}"
