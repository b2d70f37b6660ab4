"""The compiled schemas decide as the judge does, on every contract.

No case is known in which openapi-core itself is wrong about these documents; one that
were would have to be listed here, with the reason.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.cases import valid_cases
from contract_tests.plan import valid_bodies
from contract_tests.strategies import ANY_JSON, from_schema
from contract_tests.violations import violations
from contract_tests.wire import encode
from mock_server.validation.verdicts import Verdicts
from specs import (
    Answer,
    Breach,
    Contract,
    Json,
    Operation,
    Registry,
    Request,
    vendored_folder,
)

CONTRACTS = {it.id: it for it in Registry.load(vendored_folder()).contracts}
# What several contracts share, such as how jobs are polled, is looked at once.
ANSWERS = {
    (operation.pointer, code): pytest.param(
        contract, operation, code, id=f"{contract.id}-{operation.role}-{code}"
    )
    for contract in CONTRACTS.values()
    for operation in contract.operations
    for code, schema in operation.answers.items()
    if code.startswith("2") and schema is not None
}
ODD_NUMBERS = st.sampled_from([17.0, -0.0, 1e300, 2**53 + 1, 2**63, -(2**63), 10**18])
ODD = ANY_JSON | ODD_NUMBERS | st.floats(allow_nan=False, allow_infinity=False)
FEW = settings(deadline=None, max_examples=25, derandomize=True)

for_each_contract = pytest.mark.parametrize(
    "contract", CONTRACTS.values(), ids=CONTRACTS.keys()
)


@cache
def verdicts_of(name: str) -> Verdicts:
    return Verdicts(CONTRACTS[name])


def submit(contract: Contract, body: Json) -> Request:
    header, scheme = contract.provider.auth.header, contract.provider.auth.scheme
    return Request(
        operation=contract.submit,
        headers={header: f"{scheme} id:secret"},
        body=json.dumps(body).encode(),
    )


def summarise(breaches: Iterable[Breach]) -> set[str]:
    """Return what of *breaches* a service's wording depends on."""
    return {
        repr((it.location, it.path, it.rule, it.limit, it.value)) for it in breaches
    }


def check(verdicts: Verdicts, request: Request, body: Json) -> Iterator[Breach]:
    """Yield what is found without the judge in *request*, whose body is *body*."""
    assert request.body is not None
    return verdicts.check_submit(request.body, body, request.headers)


def assert_agreed(contract: Contract, body: Json) -> set[str]:
    """Return the breaches of *body*, on which the two validators agree."""
    verdicts = verdicts_of(contract.id)
    request = submit(contract, body)
    found = summarise(check(verdicts, request, body))
    assert found == summarise(verdicts.judge.check_request(request))
    return found


@for_each_contract
def test_every_submit_body_is_decided_without_the_judge(contract: Contract) -> None:
    verdicts = Verdicts(contract)
    request = submit(contract, {})

    list(check(verdicts, request, {}))

    assert "judge" not in vars(verdicts)


@for_each_contract
def test_both_accept_the_planned_bodies(contract: Contract) -> None:
    verdicts = verdicts_of(contract.id)
    for case in valid_cases(contract):
        # As it is written: a number may be spelled in more than one way.
        sent = encode(case.body)
        request = replace(submit(contract, None), body=sent)
        found = [*check(verdicts, request, orjson.loads(sent))]
        assert found == [*verdicts.judge.check_request(request)] == [], case


@for_each_contract
@FEW
@given(data=st.data())
def test_both_accept_what_the_document_allows(
    contract: Contract, data: st.DataObject
) -> None:
    assert not assert_agreed(contract, data.draw(valid_bodies(contract)))


@for_each_contract
def test_both_refuse_the_planned_violations_alike(contract: Contract) -> None:
    for violation in violations(contract.body):
        for body in violation.planned:
            assert assert_agreed(contract, body), violation


@for_each_contract
@FEW
@given(data=st.data())
def test_both_refuse_what_breaks_one_rule_alike(
    contract: Contract, data: st.DataObject
) -> None:
    violation = data.draw(st.sampled_from([*violations(contract.body)]))

    assert assert_agreed(contract, data.draw(violation.values))


@for_each_contract
@FEW
@given(data=st.data())
def test_both_say_the_same_of_any_body(contract: Contract, data: st.DataObject) -> None:
    body = data.draw(valid_bodies(contract))
    for name in data.draw(st.sets(st.sampled_from([*contract.body.properties]))):
        body[name] = data.draw(ODD, label=name)
    for name in data.draw(st.sets(st.sampled_from([*body]), max_size=2)):
        del body[name]

    assert_agreed(contract, body)


@pytest.mark.parametrize(("contract", "operation", "code"), ANSWERS.values())
@FEW
@given(data=st.data())
def test_both_say_the_same_of_any_answer(
    contract: Contract, operation: Operation, code: str, data: st.DataObject
) -> None:
    schema = operation.answers[code]
    assert schema is not None
    broken = st.sampled_from([*violations(schema)]).flatmap(lambda it: it.values)
    content = data.draw(from_schema(schema) | broken)
    verdicts, body = verdicts_of(contract.id), json.dumps(content).encode()
    request = Request(operation=operation, path={str(operation.id): "a"})
    answer = Answer(status=int(code), body=body)

    found = verdicts.find_broken(operation, job_id="a", status=int(code), body=body)

    judged = next(verdicts.judge.check_answer(request, answer), None)
    assert found == judged
