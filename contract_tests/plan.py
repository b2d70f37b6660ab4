"""The cases that every run tries, whatever its profile: finite, and in a fixed order."""

import re
import string
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from contract_tests.boundaries import (
    STRANGER,
    boundaries,
    object_with,
    stranger_values,
)
from contract_tests.evidence import Job
from contract_tests.examiner import encode, request_for
from contract_tests.strategies import from_object
from contract_tests.violations import Violation, violations
from specs import Contract, Provider, Request

_NOTHING: st.SearchStrategy[None] = st.none()
_NO_KEY = "malformed"
ABSURD_IDS = ("x" * 2_000, "🎬", "a b", "\x00", "%", "'--", "-1", "{request_id}")
"""Ids that no job could have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A valid submit body, and in words what it is about."""

    label: str
    body: dict[str, Any]


def bare_body(contract: Contract) -> dict[str, Any]:
    """Return the simplest body that the contract admits."""
    return object_with(contract.body) | contract.fixed


def valid_cases(contract: Contract) -> Iterator[Case]:
    """Yield the bare body, the full one, and one for each boundary of each parameter."""
    bare = bare_body(contract)
    full = object_with(contract.body, contract.body.properties) | contract.fixed
    yield Case(label="required members alone", body=bare)
    yield Case(label="every member", body=full)
    for value in stranger_values(contract.body):
        label = "a member that the document does not name"
        yield Case(label=label, body={**bare, STRANGER: value})
    for it in contract.parameters:
        for value in boundaries(it.schema):
            label = f"{it.name}: a boundary"
            yield Case(label=label, body={**bare, it.name: value})


def valid_bodies(contract: Contract) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for the bodies that the contract admits."""
    return from_object(contract.body).map(lambda it: it | contract.fixed)


def invalid_requests(contract: Contract) -> Iterator[tuple[Violation, Request]]:
    """Yield each planned way to break a rule of any operation, as it is sent."""
    for violation in violations(contract.body):
        for value in violation.planned:
            yield violation, submit_of(contract, encode(value))
    yield _not_json(contract)
    if not contract.fixed:
        yield _unknown_model(contract)
    for operation in contract.operations:
        for it in operation.parameters:
            if it.required and it.location == "query":
                missing = _outside_body("required", it.schema.pointer, "missing")
                yield replace(missing, path=(it.name,)), Request(operation=operation)


def invalid_bodies(
    contract: Contract,
) -> st.SearchStrategy[tuple[Violation, dict[str, Any]]]:
    """Return a strategy for a rule to break, and a body that breaks it."""
    breakable = list(violations(contract.body))
    return st.sampled_from(breakable).flatmap(
        lambda it: st.tuples(st.just(it), it.values)
    )


def requests_about(contract: Contract, job: Job) -> Iterator[Request]:
    """Yield one request for each operation, about *job* where it is about a job."""
    yield submit_of(contract, encode(bare_body(contract)))
    for operation in contract.operations:
        if operation.id is not None:
            yield request_for(operation, job.id)


def bad_credentials(provider: Provider, key: str) -> dict[str, str | None]:
    """Return headers that prove nothing, by what is wrong with them."""
    scheme = provider.auth.scheme
    malformed = not re.fullmatch(provider.auth.key_pattern, _NO_KEY)
    return {
        **({"a malformed key": f"{scheme} {_NO_KEY}"} if malformed else {}),
        "no key": None,
        "an empty key": scheme,
        "another scheme": f"Basic {key}",
        "no scheme": key,
    }


def stranger_of(id_: str, known: Collection[str]) -> str:
    """Return an id that looks like *id_*, but is none of the *known* ones."""
    rest = id_[1:]
    lookalikes = (f"{it}{rest}" for it in string.hexdigits if it != id_[:1])
    return next((it for it in lookalikes if it not in known), f"{id_}0")


def submit_of(contract: Contract, body: bytes) -> Request:
    """Return the submit that sends *body* as it is."""
    return Request(operation=contract.submit, body=body)


def _not_json(contract: Contract) -> tuple[Violation, Request]:
    violation = _outside_body("json", contract.submit.pointer, "not JSON")
    return violation, submit_of(contract, b'{"prompt": "a cat')


def _unknown_model(contract: Contract) -> tuple[Violation, Request]:
    """Return a submit to a path that names a model nobody has."""
    submit = contract.submit
    elsewhere = replace(submit, wire_path=f"{submit.wire_path}-of-nobody")
    body = encode(object_with(contract.body))
    violation = _outside_body("model", submit.pointer, "an unknown model")
    return violation, Request(operation=elsewhere, body=body)


def _outside_body(rule: str, pointer: str, label: str) -> Violation:
    return Violation(
        rule=rule, pointer=pointer, label=label, planned=(None,), values=_NOTHING
    )
