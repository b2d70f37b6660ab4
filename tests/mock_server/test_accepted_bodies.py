"""Whatever the document allows is accepted, and its job ends as it should."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from specs import (
    AnySchema,
    ArraySchema,
    BooleanSchema,
    Contract,
    NumberSchema,
    Registry,
    Schema,
    StringSchema,
    vendored_folder,
)

CONTRACTS = Registry.load(vendored_folder()).contracts
URLS = st.sampled_from(["https://example.com/a.mp4", "data:video/mp4;base64,AAAA"])


def draw_value(schema: Schema) -> st.SearchStrategy[Any]:
    if schema.enum:
        return st.sampled_from(schema.enum)
    match schema:
        case NumberSchema(type="integer"):
            low, high = schema.minimum, schema.maximum
            return st.integers(
                int(low.value) if low else -(2**70), int(high.value) if high else 2**70
            )
        case NumberSchema():
            low, high = schema.minimum, schema.maximum
            return st.floats(
                float(low.value) if low else None,
                float(high.value) if high else None,
                allow_nan=False,
                allow_infinity=False,
            )
        case StringSchema(format="uri"):
            return URLS
        case StringSchema():
            return st.text(st.characters(codec="utf-8"), min_size=schema.min_length)
        case BooleanSchema():
            return st.booleans()
        case ArraySchema():
            return st.lists(draw_value(schema.items), max_size=3)
        case _:
            assert isinstance(schema, AnySchema)
            return st.none()


def draw_body(contract: Contract) -> st.SearchStrategy[dict[str, Any]]:
    members = {it.name: draw_value(it.schema) for it in contract.parameters}
    required = {it.name for it in contract.parameters if it.required}
    return st.fixed_dictionaries(
        {it: members[it] for it in members if it in required},
        optional={it: members[it] for it in members if it not in required},
    )


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda it: it.id)
@settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_every_valid_body_makes_a_job_that_only_moves_forward(
    make_mock: Callable[..., Any], contract: Contract, data: st.DataObject
) -> None:
    mock = make_mock()
    body = data.draw(draw_body(contract), label="body") | contract.fixed
    call = mock.fal if contract.provider.name == "fal" else mock.aimlapi
    url = (contract.submit.wire_path,) if contract.provider.name == "fal" else ()

    made = call("POST", *url, json=body)

    assert made.status_code == 200, made.text
    before = contract.lifecycle.initial
    for seconds in data.draw(st.lists(st.floats(0, 3), max_size=4), label="waits"):
        mock.clock.advance(seconds)
        (job,) = mock.control("GET", "jobs").json()["jobs"]
        assert contract.lifecycle.may_follow(before, job["state"])
        before = job["state"]
