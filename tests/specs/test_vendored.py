"""The vendored documents admit what they should, and the two readings agree.

The one reading is the schemas that everything else is made from; the other is
openapi-core's, on the document itself. Neither knows of the other.
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specs import (
    UNSET,
    AnySchema,
    ArraySchema,
    BooleanSchema,
    Contract,
    Judge,
    NumberSchema,
    ObjectSchema,
    Operation,
    Registry,
    Request,
    Schema,
    StringSchema,
    UnionSchema,
    look_up,
    vendored_folder,
)

REGISTRY = Registry.load(vendored_folder())
JUDGES = {it.id: Judge(it) for it in REGISTRY.contracts}
EVERY_CONTRACT = pytest.mark.parametrize(
    "contract", REGISTRY.contracts, ids=lambda it: str(it.id)
)


def below(schema: Schema) -> Iterator[Schema]:
    """Yield *schema* and every schema inside it."""
    yield schema
    inner: list[Schema] = []
    if isinstance(schema, ObjectSchema):
        inner = [it.schema for it in schema.properties.values()]
        if isinstance(schema.additional, Schema):
            inner.append(schema.additional)
    elif isinstance(schema, ArraySchema):
        inner = [schema.items]
    elif isinstance(schema, UnionSchema):
        inner = list(schema.options)
    for it in inner:
        yield from below(it)


def schemas(operation: Operation) -> Iterator[Schema]:
    """Yield every schema of *operation*."""
    roots = [it.schema for it in operation.parameters]
    roots += [it for it in (operation.body, *operation.answers.values()) if it]
    for root in roots:
        yield from below(root)


def test_every_contract_of_the_house_is_there() -> None:
    assert [it.id for it in REGISTRY.contracts] == [
        "aimlapi:alibaba/wan2.2-vace-fun-a14b-depth",
        "aimlapi:alibaba/wan2.2-vace-fun-a14b-inpainting",
        "aimlapi:alibaba/wan2.2-vace-fun-a14b-outpainting",
        "aimlapi:alibaba/wan2.2-vace-fun-a14b-pose",
        "aimlapi:alibaba/wan2.2-vace-fun-a14b-reframe",
        "fal:fal-ai/wan-22-vace-fun-a14b/inpainting",
    ]


@EVERY_CONTRACT
def test_every_pointer_leads_to_what_it_describes(contract: Contract) -> None:
    for operation in contract.operations:
        for schema in schemas(operation):
            name, pointer = schema.pointer.split("#")
            home = next(it for it in REGISTRY.documents if it.name == name)
            raw = look_up(home.raw, pointer)
            assert isinstance(raw, dict)
            assert schema.default is UNSET or raw["default"] == schema.default


@EVERY_CONTRACT
def test_every_default_is_a_value_that_the_document_admits(contract: Contract) -> None:
    required = {it.name: sample(it.schema) for it in contract.parameters if it.required}
    defaults = {
        it.name: it.schema.default
        for it in contract.parameters
        if it.schema.default is not UNSET
    }

    assert len(defaults) > 3
    assert breaches(contract, {**required, **defaults}) == []


def sample(schema: Schema) -> Any:
    """Return the simplest value of *schema*, which is required and so is plain here."""
    if isinstance(schema, ArraySchema):
        return [sample(schema.items)] * max(schema.min_items, 1)
    return "https://example.com/a" if isinstance(schema, StringSchema) else 81


def breaches(contract: Contract, body: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return what the judge of *contract* has against a submit of *body*."""
    request = Request(
        operation=contract.submit,
        body=json.dumps({**body, **contract.fixed}).encode(),
        headers={"Authorization": f"{contract.provider.auth.scheme} a:b"},
    )
    return [(it.path, it.rule) for it in JUDGES[contract.id].check_request(request)]


def admits(schema: Schema, value: Any) -> bool:
    """Say, from the reading alone, whether *value* is one of *schema*."""
    if value is None:
        return schema.nullable
    if schema.enum is not None:
        return any(value == it and type(value) is type(it) for it in schema.enum)
    match schema:
        case NumberSchema():
            return admits_number(schema, value)
        case StringSchema():
            return isinstance(value, str) and schema.min_length <= len(value)
        case BooleanSchema():
            return isinstance(value, bool)
        case ArraySchema():
            return isinstance(value, list) and all(
                admits(schema.items, it) for it in value
            )
        case UnionSchema():
            return any(admits(it, value) for it in schema.options)
        case _:
            assert isinstance(schema, AnySchema | ObjectSchema)
            return isinstance(schema, AnySchema) or isinstance(value, dict)


def admits_number(schema: NumberSchema, value: Any) -> bool:
    kinds = (int,) if schema.type == "integer" else (int, float)
    if not isinstance(value, kinds) or isinstance(value, bool):
        return False
    low, high, number = schema.minimum, schema.maximum, Decimal(repr(value))
    if low and (number < low.value or (low.exclusive and number == low.value)):
        return False
    return not high or (
        number < high.value or (not high.exclusive and number == high.value)
    )


def probes(schema: Schema) -> st.SearchStrategy[Any]:
    """Draw values that *schema* may or may not admit, near its bounds above all."""
    near: list[Any] = list(schema.enum or ())
    if isinstance(schema, NumberSchema):
        for bound in filter(None, (schema.minimum, schema.maximum)):
            value = float(bound.value)
            near += [value - 1, value - 0.5, value, value + 0.5, value + 1]
            near += [int(value) - 1, int(value), int(value) + 1]
    wild: st.SearchStrategy[Any] = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-300, 300),
        st.floats(-300, 300),
        st.text(max_size=5),
        st.lists(st.text(max_size=3), max_size=3),
    )
    return st.sampled_from(near) | wild if near else wild


@EVERY_CONTRACT
@given(data=st.data())
def test_both_readings_agree_on_every_parameter(
    contract: Contract, data: st.DataObject
) -> None:
    parameter = data.draw(st.sampled_from(contract.parameters))
    value = data.draw(probes(parameter.schema), label=parameter.name)
    required = {it.name: sample(it.schema) for it in contract.parameters if it.required}

    found = {
        path
        for path, rule in breaches(contract, {**required, parameter.name: value})
        if rule != "format"
    }

    assert (not found) is admits(parameter.schema, value)
    assert all(path[0] == parameter.name for path in found)
