"""The requests that every run sends, whatever its profile: finite, in a fixed order."""

import re
import string
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from contract_tests.cases import bare_body, numbers_of
from contract_tests.evidence import Job
from contract_tests.examiner import request_for
from contract_tests.strategies import from_object
from contract_tests.target import Target
from contract_tests.violations import Violation, violations
from contract_tests.wire import Written, encode
from specs import Contract, Provider, Request

Way = tuple[Violation, Request]
"""One way to break a rule, and the request that does."""

_NOTHING: st.SearchStrategy[None] = st.none()
_NO_KEY = "malformed"
ABSURD_IDS = ("x" * 2_000, "🎬", "a b", "\x00", "%", "'--", "-1", "{request_id}")
"""Ids that no job could have."""

TELLING_KEYS = ("a stranger's key", "another scheme", "no key", "no scheme")
"""What may be wrong with a key, by the names of `bad_credentials`, the most telling first."""

_NO_VALUES = ("NaN", "Infinity", "-Infinity", "1e400")
"""What slips through a comparison with a bound, where a reader of JSON lets it."""

_NO_NUMBERS = ("017", "0x11", "1_7", "+17")
"""What some readers of JSON take for a number, and JSON does not have."""


def valid_bodies(contract: Contract) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for the bodies that the contract admits."""
    return from_object(contract.body).map(lambda it: it | contract.fixed)


def invalid_requests(contract: Contract) -> Iterator[Way]:
    """Yield each planned way to break a rule of any operation, as it is sent."""
    for violation in violations(contract.body):
        for value in violation.planned:
            yield violation, submit_of(contract, encode(value))
    yield from _not_json(contract)
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


def bad_credentials(target: Target, provider: Provider) -> dict[str, str | None]:
    """Return headers that prove nothing to *target*, by what is wrong with them."""
    scheme, key = provider.auth.scheme, target.key(provider)
    malformed = not re.fullmatch(provider.auth.key_pattern, _NO_KEY)
    return {
        **({"a malformed key": f"{scheme} {_NO_KEY}"} if malformed else {}),
        "no key": None,
        "an empty key": scheme,
        "another scheme": f"Basic {key}",
        "no scheme": key,
        **(
            {"a stranger's key": f"{scheme} {_other(key)}"}
            if target.checks_keys
            else {}
        ),
    }


def _other(key: str) -> str:
    """Return a key as well-formed as *key* that nobody was given."""
    swap = str.maketrans("0123456789", "1234567890")
    return key.translate(swap) if re.search("[0-9]", key) else f"{key}x"


def stranger_of(id_: str, known: Collection[str]) -> str:
    """Return an id that looks like *id_*, but is none of the *known* ones."""
    rest = id_[1:]
    lookalikes = (f"{it}{rest}" for it in string.hexdigits if it != id_[:1])
    return next((it for it in lookalikes if it not in known), f"{id_}0")


def submit_of(contract: Contract, body: bytes) -> Request:
    """Return the submit that sends *body* as it is."""
    return Request(operation=contract.submit, body=body)


def _not_json(contract: Contract) -> Iterator[tuple[Violation, Request]]:
    """Yield a submit that breaks off, and some with a word where a number should be.

    Python's reader takes some of those words, and JSON knows none of them.
    """
    bare = bare_body(contract)
    texts = {"cut off": encode(bare)[:-1]}
    for place, (name, _) in enumerate(numbers_of(contract)):
        # How digits are read is the same for every number, what is made of them not.
        for word in (*_NO_VALUES, *([] if place else _NO_NUMBERS)):
            texts[f"{name} is {word}"] = encode({**bare, name: Written(word)})
    for label, text in texts.items():
        violation = _outside_body("json", contract.submit.pointer, f"not JSON: {label}")
        yield violation, submit_of(contract, text)


def _unknown_model(contract: Contract) -> tuple[Violation, Request]:
    """Return a submit to a path that names a model nobody has."""
    submit = contract.submit
    elsewhere = replace(submit, wire_path=f"{submit.wire_path}-of-nobody")
    body = encode(bare_body(contract))
    violation = _outside_body("model", submit.pointer, "an unknown model")
    return violation, Request(operation=elsewhere, body=body)


def _outside_body(rule: str, pointer: str, label: str) -> Violation:
    return Violation(
        rule=rule, pointer=pointer, label=label, planned=(None,), values=_NOTHING
    )
