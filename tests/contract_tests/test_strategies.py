"""What is drawn or planned as valid, openapi-core finds valid."""

import json
import string
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from operator import attrgetter
from typing import Any

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st
from jsonschema import FormatChecker
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from pydantic_core import Url

from contract_tests import cases, plan
from contract_tests.boundaries import boundaries, object_with, series
from contract_tests.errors import UnmetSchemaError
from contract_tests.numbers import SAFE, listed
from contract_tests.strategies import from_schema
from contract_tests.violations import violations
from contract_tests.wire import encode
from specs import (
    AnySchema,
    ArraySchema,
    BooleanSchema,
    Bound,
    Contract,
    Judge,
    NullSchema,
    NumberSchema,
    ObjectSchema,
    Property,
    Registry,
    Request,
    Schema,
    StringSchema,
    UnionSchema,
    vendored_folder,
)

CONTRACTS = Registry.load(vendored_folder()).contracts
AT = "shapes.json#/shape"


def signed(contract: Contract) -> dict[str, str]:
    auth = contract.provider.auth
    return {auth.header: f"{auth.scheme} an-id:a-secret"}


def integer(**bounds: Any) -> NumberSchema:
    return NumberSchema(pointer=AT, type="integer", **bounds)


def number(**bounds: Any) -> NumberSchema:
    return NumberSchema(pointer=AT, type="number", **bounds)


def text(**rules: Any) -> StringSchema:
    return StringSchema(pointer=AT, **rules)


def array(items: Schema, **rules: Any) -> ArraySchema:
    return ArraySchema(pointer=AT, items=items, **rules)


def member(name: str, schema: Schema, *, required: bool = False) -> Property:
    return Property(name=name, required=required, schema=schema)


def record(*members: Property, additional: bool | Schema = True) -> ObjectSchema:
    named = {it.name: it for it in members}
    return ObjectSchema(pointer=AT, properties=named, additional=additional)


def bound(value: float | str, *, exclusive: bool = False) -> Bound:
    return Bound(Decimal(str(value)), exclusive=exclusive)


# Each shape beside the JSON Schema that says the same: the judge reads only the latter.
SHAPES: dict[str, tuple[Schema, dict[str, Any]]] = {
    "integer": (integer(), {"type": "integer"}),
    "integer in a range": (
        integer(minimum=bound(17), maximum=bound(241)),
        {"type": "integer", "minimum": 17, "maximum": 241},
    ),
    "one integer": (
        integer(minimum=bound(5), maximum=bound(5)),
        {"type": "integer", "minimum": 5, "maximum": 5},
    ),
    "integer from below": (
        integer(minimum=bound(100)),
        {"type": "integer", "minimum": 100},
    ),
    "multiples of 8": (
        integer(minimum=bound(1), maximum=bound(100), multiple_of=Decimal(8)),
        {"type": "integer", "minimum": 1, "maximum": 100, "multipleOf": 8},
    ),
    "whole multiples of 1.5": (
        integer(multiple_of=Decimal("1.5")),
        {"type": "integer", "multipleOf": 1.5},
    ),
    "int32": (integer(format="int32"), {"type": "integer", "format": "int32"}),
    "int64": (integer(format="int64"), {"type": "integer", "format": "int64"}),
    "int32 from 17 on": (
        integer(format="int32", minimum=bound(17)),
        {"type": "integer", "format": "int32", "minimum": 17},
    ),
    "number": (number(), {"type": "number"}),
    "float": (number(format="float"), {"type": "number", "format": "float"}),
    "number above 0": (
        number(minimum=bound(0, exclusive=True)),
        {"type": "number", "exclusiveMinimum": 0},
    ),
    "number below 1": (
        number(maximum=bound(1, exclusive=True)),
        {"type": "number", "exclusiveMaximum": 1},
    ),
    "number in a range": (
        number(minimum=bound("0.1"), maximum=bound("0.7")),
        {"type": "number", "minimum": 0.1, "maximum": 0.7},
    ),
    "multiples of 0.1": (
        number(minimum=bound(0), maximum=bound(2), multiple_of=Decimal("0.1")),
        {"type": "number", "minimum": 0, "maximum": 2, "multipleOf": 0.1},
    ),
    "multiples between exclusive ends": (
        number(
            minimum=bound(0, exclusive=True),
            maximum=bound(1, exclusive=True),
            multiple_of=Decimal("0.25"),
        ),
        {
            "type": "number",
            "exclusiveMinimum": 0,
            "exclusiveMaximum": 1,
            "multipleOf": 0.25,
        },
    ),
    "text": (text(), {"type": "string"}),
    "text of 2 to 4": (
        text(min_length=2, max_length=4),
        {"type": "string", "minLength": 2, "maxLength": 4},
    ),
    "no text": (text(max_length=0), {"type": "string", "maxLength": 0}),
    "a pattern": (
        text(pattern="^[a-c]+$", max_length=9),
        {"type": "string", "pattern": "^[a-c]+$", "maxLength": 9},
    ),
    "a pattern of any length": (
        text(pattern="x"),
        {"type": "string", "pattern": "x"},
    ),
    "a long URL": (
        text(format="uri", min_length=40, max_length=60),
        {"type": "string", "format": "uri", "minLength": 40, "maxLength": 60},
    ),
    "a URL from 40 letters on": (
        text(format="uri", min_length=40),
        {"type": "string", "format": "uri", "minLength": 40},
    ),
    **{
        it: (text(format=it), {"type": "string", "format": it})
        for it in ("date-time", "date", "time", "uuid", "email", "ipv4", "ipv6")
    },
    "an unknown format": (
        text(format="binary"),
        {"type": "string", "format": "binary"},
    ),
    "enum": (
        text(enum=("low", "high"), default="high"),
        {"type": "string", "enum": ["low", "high"]},
    ),
    "enum of integers": (
        integer(enum=(5, 8)),
        {"type": "integer", "enum": [5, 8]},
    ),
    "enum of one truth": (
        BooleanSchema(pointer=AT, enum=(True,)),
        {"type": "boolean", "enum": [True]},
    ),
    "truth or null": (
        BooleanSchema(pointer=AT, nullable=True),
        {"type": ["boolean", "null"]},
    ),
    "null": (NullSchema(pointer=AT), {"type": "null"}),
    "anything": (AnySchema(pointer=AT, nullable=True), {}),
    "list of 1 to 2": (
        array(integer(minimum=bound(0)), min_items=1, max_items=2),
        {
            "type": "array",
            "items": {"type": "integer", "minimum": 0},
            "minItems": 1,
            "maxItems": 2,
        },
    ),
    "list of different texts": (
        array(text(), min_items=2, max_items=30, unique_items=True),
        {
            "type": "array",
            "items": {"type": "string"},
            "minItems": 2,
            "maxItems": 30,
            "uniqueItems": True,
        },
    ),
    "list of different URLs": (
        array(text(format="uri"), max_items=9, unique_items=True),
        {
            "type": "array",
            "items": {"type": "string", "format": "uri"},
            "maxItems": 9,
            "uniqueItems": True,
        },
    ),
    "list of different integers": (
        array(integer(minimum=bound(0)), max_items=9, unique_items=True),
        {
            "type": "array",
            "items": {"type": "integer", "minimum": 0},
            "maxItems": 9,
            "uniqueItems": True,
        },
    ),
    "list of different enum values": (
        array(text(enum=("a", "b")), unique_items=True),
        {"type": "array", "items": {"enum": ["a", "b"]}, "uniqueItems": True},
    ),
    "empty list": (
        array(text(), max_items=0),
        {"type": "array", "items": {"type": "string"}, "maxItems": 0},
    ),
    "record": (
        record(
            member("prompt", text(min_length=1), required=True),
            member("seed", integer(nullable=True)),
            additional=False,
        ),
        {
            "type": "object",
            "required": ["prompt"],
            "properties": {
                "prompt": {"type": "string", "minLength": 1},
                "seed": {"type": ["integer", "null"]},
            },
            "additionalProperties": False,
        },
    ),
    "record in a list": (
        array(record(member("x", number(), required=True)), min_items=1),
        {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["x"],
                "properties": {"x": {"type": "number"}},
            },
        },
    ),
    "record of numbers": (
        record(member("x", text()), additional=number(minimum=bound(0))),
        {
            "type": "object",
            "properties": {"x": {"type": "string"}},
            "additionalProperties": {"type": "number", "minimum": 0},
        },
    ),
    "a share or a word": (
        UnionSchema(
            pointer=AT,
            options=(
                number(minimum=bound(0), maximum=bound(1)),
                StringSchema(pointer=f"{AT}/1", enum=("all",), nullable=True),
            ),
        ),
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": 1},
                {"enum": ["all", None]},
            ]
        },
    ),
    "one of two types": (
        UnionSchema(pointer=AT, options=(text(), integer())),
        {"type": ["string", "integer"]},
    ),
    "one of anything": (
        UnionSchema(pointer=AT, options=(AnySchema(pointer=AT), text())),
        {},
    ),
}

# A loaded machine is slow, which says nothing of the values that it draws.
DRAWN = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)

every_shape = pytest.mark.parametrize(
    ("schema", "raw"), SHAPES.values(), ids=list(SHAPES)
)
every_contract = pytest.mark.parametrize("contract", CONTRACTS, ids=attrgetter("id"))


def on_the_wire(value: Any) -> Any:
    return json.loads(encode(value))


def judge_of(raw: dict[str, Any]) -> OAS31Validator:
    checker = FormatChecker()
    checker.checkers = {**oas31_format_checker.checkers, "uri": (is_url, ())}
    return OAS31Validator(raw, format_checker=checker)


def is_url(value: object) -> bool:
    try:
        Url(str(value))
    except ValueError:
        return False
    return True


@every_shape
@DRAWN
@given(data=st.data())
def test_a_drawn_value_satisfies_its_schema(
    schema: Schema, raw: dict[str, Any], data: st.DataObject
) -> None:
    value = data.draw(from_schema(schema))

    assert list(judge_of(raw).iter_errors(on_the_wire(value))) == []


@every_shape
def test_a_planned_value_satisfies_its_schema(
    schema: Schema, raw: dict[str, Any]
) -> None:
    planned = [on_the_wire(it) for it in boundaries(schema)]

    assert planned
    assert [it for it in planned if not judge_of(raw).is_valid(it)] == []


@every_shape
def test_a_planned_violation_breaks_its_schema(
    schema: Schema, raw: dict[str, Any]
) -> None:
    judge = judge_of(raw)

    unbroken = [
        (it.label, value)
        for it in violations(schema)
        for value in it.planned
        if judge.is_valid(on_the_wire(value))
    ]

    assert unbroken == []


@pytest.mark.parametrize(
    ("schema", "raw"),
    [it for it in SHAPES.values() if list(violations(it[0]))],
    ids=[name for name, it in SHAPES.items() if list(violations(it[0]))],
)
@DRAWN
@given(data=st.data())
def test_a_drawn_violation_breaks_its_schema(
    schema: Schema, raw: dict[str, Any], data: st.DataObject
) -> None:
    chosen = data.draw(st.sampled_from(list(violations(schema))))
    value = data.draw(chosen.values, label=chosen.label)

    assert not judge_of(raw).is_valid(on_the_wire(value))


@every_contract
@DRAWN
@given(data=st.data())
def test_a_drawn_body_keeps_the_document(
    contract: Contract, data: st.DataObject
) -> None:
    body = encode(data.draw(plan.valid_bodies(contract)))
    request = Request(operation=contract.submit, body=body, headers=signed(contract))

    assert list(Judge(contract).check_request(request)) == []


@every_contract
def test_a_planned_body_keeps_the_document(contract: Contract) -> None:
    judge = Judge(contract)

    breaches = [
        (case.label, breach.message)
        for case in cases.valid_cases(contract)
        for breach in judge.check_request(
            Request(
                operation=contract.submit,
                body=encode(case.body),
                headers=signed(contract),
            )
        )
    ]

    assert breaches == []


def breaks_exactly(judge: Judge, request: Request, rule: str, path: Any) -> bool:
    breaches = list(judge.check_request(request))
    # A value of the wrong type lies outside an enum as well: same place, one cause.
    named = any((it.rule, it.path) == (rule, path) for it in breaches)
    return named and {it.path for it in breaches} == {path}


@every_contract
def test_a_planned_violation_breaks_the_rule_it_names(contract: Contract) -> None:
    judge = Judge(contract)
    at_home = [
        (violation, request)
        for violation, request in plan.invalid_requests(contract)
        if violation.rule != "model"  # the path, which openapi-core is not asked about
    ]

    unbroken = [
        (violation.label, request.body)
        for violation, request in at_home
        if not breaks_exactly(
            judge,
            Request(
                operation=request.operation,
                query=request.query,
                body=request.body,
                headers=signed(contract),
            ),
            violation.rule,
            violation.path,
        )
    ]

    assert unbroken == []


@every_contract
@DRAWN
@given(data=st.data())
def test_a_drawn_violation_breaks_the_rule_it_names(
    contract: Contract, data: st.DataObject
) -> None:
    violation, body = data.draw(plan.invalid_bodies(contract))
    request = Request(
        operation=contract.submit, body=encode(body), headers=signed(contract)
    )

    assert breaks_exactly(Judge(contract), request, violation.rule, violation.path)


@every_contract
def test_every_rule_of_a_parameter_is_broken(contract: Contract) -> None:
    rules: dict[str, Callable[[Any], bool]] = {
        "minimum": lambda it: getattr(it, "minimum", None) is not None,
        "maximum": lambda it: getattr(it, "maximum", None) is not None,
        "enum": lambda it: it.enum is not None,
        "format": lambda it: getattr(it, "format", None) == "uri",
        "type": lambda it: it.enum is None,
    }
    broken = {(it.rule, it.path[:1]) for it in violations(contract.body)}

    unbroken = [
        (rule, it.name)
        for it in contract.parameters
        for rule, declares in rules.items()
        if declares(it.schema) and (rule, (it.name,)) not in broken
    ]

    assert unbroken == []


@every_contract
def test_every_bound_and_every_allowed_value_is_planned(contract: Contract) -> None:
    sent = [(case.body, set(case.body)) for case in cases.valid_cases(contract)]
    wanted = [
        (it.name, value)
        for it in contract.parameters
        for value in (
            *(it.schema.enum or ()),
            *(
                int(end.value)
                for end in (
                    getattr(it.schema, "minimum", None),
                    getattr(it.schema, "maximum", None),
                )
                if end
            ),
        )
    ]

    missing = [
        (name, value)
        for name, value in wanted
        if not any(name in names and body[name] == value for body, names in sent)
    ]

    assert missing == []


def test_optional_members_are_often_present() -> None:
    schema = record(*(member(f"m{i}", BooleanSchema(pointer=AT)) for i in range(20)))
    sizes: list[int] = []

    @settings(DRAWN, max_examples=200)
    @given(from_schema(schema))
    def note(value: dict[str, Any]) -> None:
        sizes.append(len(value))

    note()

    assert sum(sizes) / len(sizes) > 5
    assert {0, 20} <= set(sizes)


def test_an_object_shrinks_to_its_required_members() -> None:
    schema = record(member("a", text(), required=True), member("b", text()))

    assert find(from_schema(schema), lambda _: True) == {"a": ""}


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param(
            integer(minimum=bound(1), maximum=bound(7), multiple_of=Decimal(8)),
            id="no multiple",
        ),
        pytest.param(text(format="uri", max_length=5), id="no short URL"),
        pytest.param(text(pattern="^ab$", max_length=1), id="no short match"),
        pytest.param(
            array(text(enum=("a",)), min_items=2, unique_items=True), id="no two items"
        ),
    ],
)
def test_a_schema_is_refused_by_name_when_nothing_can_be_built(schema: Schema) -> None:
    with pytest.raises(UnmetSchemaError, match=AT):
        boundaries(schema)


def test_numbers_stay_where_every_parser_agrees_when_a_side_is_open() -> None:
    assert find(from_schema(integer()), lambda it: it >= SAFE) == SAFE


def test_multiples_that_binary_floats_spoil_are_not_sent() -> None:
    values = listed(
        number(minimum=bound(0), maximum=bound(1), multiple_of=Decimal("0.1"))
    )

    assert 0.3 not in values
    assert {0, 0.1, 0.2, 0.5, 1} <= set(values)


def test_a_series_never_repeats() -> None:
    values = list(series(text(max_length=4)))

    assert len(values) == len(set(values))


@pytest.mark.parametrize(
    "schema",
    [BooleanSchema(pointer=AT), text(format="date"), number(), text(pattern="^a$")],
)
def test_a_series_ends_where_values_cannot_be_told_apart_simply(
    schema: Schema,
) -> None:
    assert list(series(schema)) == list(boundaries(schema))


@pytest.mark.parametrize("id_", ["0f", "af", "", "猫"])
def test_a_stranger_looks_alike_but_is_unknown(id_: str) -> None:
    known = {id_, "1f", "bf"}

    stranger = plan.stranger_of(id_, known)

    assert stranger not in known
    assert stranger[1:] == id_[1:]


def test_a_stranger_is_found_when_every_lookalike_is_known() -> None:
    known = {f"{it}x" for it in string.hexdigits}

    assert plan.stranger_of("0x", known) == "0x0"


def test_no_undeclared_member_is_planned_when_the_document_forbids_it() -> None:
    contract = CONTRACTS[0]
    body = replace(contract.body, additional=False)
    strict = replace(contract, submit=replace(contract.submit, body=body))

    sent = {name for it in cases.valid_cases(strict) for name in it.body}

    assert sent <= set(body.properties)


def test_an_object_has_the_members_that_were_asked_for() -> None:
    schema = record(
        member("a", text(enum=("x",)), required=True), member("b", integer())
    )

    assert object_with(schema, ["b"]) == {"a": "x", "b": 0}
