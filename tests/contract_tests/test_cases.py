"""What is planned: few valid bodies, the questions, and the wire, on any document."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from functools import partial
from operator import attrgetter
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from contract_tests import Failure, cases, plan
from contract_tests.boundaries import boundaries
from contract_tests.errors import UnmetSchemaError
from contract_tests.examiner import Examiner
from contract_tests.failures import try_all
from contract_tests.packing import is_packable, packed_refusals
from contract_tests.rules import broken_by, shown_by, sides_of
from contract_tests.wire import Written, decode, encode, spellings
from specs import Contract, Document, Judge, ObjectSchema, Request, SpecError
from specs.reader import SchemaReader
from tests.contract_tests.conftest import AIMLAPI, FAL
from tests.contract_tests.mutants.reference import Reply, Service
from tests.contract_tests.test_strategies import CONTRACTS, signed, text

every_contract = pytest.mark.parametrize("contract", CONTRACTS, ids=attrgetter("id"))
DRAWN = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    # A text that matches a pattern is itself searched for by Hypothesis.
    suppress_health_check=list(HealthCheck),
)


def is_valid(contract: Contract, body: bytes) -> bool:
    request = Request(operation=contract.submit, body=body, headers=signed(contract))
    return not list(Judge(contract).check_request(request))


# ---- few requests


@every_contract
def test_few_requests_show_every_side_of_every_rule(contract: Contract) -> None:
    few = cases.few_cases(contract)
    refusals = [*packed_refusals(contract)]
    shown = {side for it in few for side in shown_by(contract, it.body)}
    broken = {
        side
        for packed in refusals
        for it, _ in packed.ways
        for side in broken_by(contract, it)
    }

    assert shown | broken == set(sides_of(contract))
    assert len(refusals) <= 25


@every_contract
def test_few_refusals_break_each_member_in_each_way_that_readers_fall_for(
    contract: Contract,
) -> None:
    far = ("a JSON number", "a JSON boolean", "a JSON array", "a JSON object")
    planned = {
        (it.path, it.label)
        for it, request in plan.invalid_requests(contract)
        if is_packable(contract, (it, request)) and it.path != ("image_list",)
    }
    packed = {
        (it.path, it.label) for many in packed_refusals(contract) for it, _ in many.ways
    }

    missing = planned - packed
    assert {label for _, label in missing} <= {*far}
    assert len(missing) < len(planned) / 5


@every_contract
def test_no_packed_request_breaks_two_rules_of_one_member(contract: Contract) -> None:
    for it in packed_refusals(contract):
        names = [violation.path[0] for violation, _ in it.ways if violation.path]
        body = decode(it.request.body or b"")

        assert len(names) == len({*names})
        if len(names) > 1:
            assert isinstance(body, dict)
            assert body.keys() - {*names}  # somebody is right


def test_a_request_is_packed_only_as_far_as_it_may_cost() -> None:
    contract = next(it for it in CONTRACTS if it.id == FAL)

    def price(body: Any) -> Decimal:
        dear = ("num_frames", "resolution", "prompt")
        return Decimal(sum(body.get(it) not in (81, "480p", "a cat") for it in dear))

    thrift = {"num_frames": 81, "resolution": "480p", "prompt": "a cat"}
    bounded = [
        price(decode(it.request.body or b""))
        for it in packed_refusals(contract, thrift=thrift, cost=price, most=Decimal(1))
        if len(it.ways) > 1
    ]

    assert max(bounded) == 1


def test_few_bodies_cost_little_when_a_value_has_a_price() -> None:
    contract = next(it for it in CONTRACTS if it.id == FAL)

    def cost(body: dict[str, Any]) -> float:
        frames: int = body.get("num_frames", 81)
        return frames * (1 if body.get("resolution") == "480p" else 2)

    dear = sum(cost(it.body) for it in cases.few_cases(contract))
    cheap = sum(cost(it.body) for it in cases.few_cases(contract, cost=cost))

    assert cheap < dear
    assert cheap == 241 + 81 * 2 + 4 * 17 * 2 + 18 * 2


def test_a_given_value_stands_in_every_body_that_has_its_parameter() -> None:
    contract = next(it for it in CONTRACTS if it.id == FAL)
    url = "https://example.com/mine.mp4"

    few = cases.few_cases(contract, given={"video_url": url, "mask_video_url": url})

    assert {it.body["video_url"] for it in few} == {url}
    assert {it.body.get("mask_video_url") for it in few} == {url, None}


def test_a_boolean_is_tried_both_ways_in_few_bodies() -> None:
    contract = next(it for it in CONTRACTS if it.id == AIMLAPI)

    few = cases.few_cases(contract)

    assert {it.body.get("sync_mode") for it in few} == {True, False, None}


# ---- two by two


@every_contract
def test_each_two_telling_values_of_two_parameters_stand_together(
    contract: Contract,
) -> None:
    bodies = [it.body for it in cases.paired_cases(contract)]

    met = {(it.get("num_frames"), it.get("resolution")) for it in bodies}
    listed = contract.body.properties["resolution"].schema.enum
    assert met >= {(frames, it) for frames in (17, 241, None) for it in listed or ()}


# ---- questions


@every_contract
def test_a_question_is_answered_as_the_version_of_the_document_reads_it(
    contract: Contract,
) -> None:
    asked = list(cases.questions(contract))

    assert "num_frames: 81.0 for an integer" in [it.label for it in asked]
    assert [it.is_valid for it in asked] == [
        is_valid(contract, encode(it.body)) for it in asked
    ]


def test_a_length_in_code_points_is_a_question() -> None:
    contract = contract_from({"x": {"type": "string", "maxLength": 3}})

    (asked,) = cases.questions(contract)

    assert asked.body == {"x": "🎬🎬🎬"}
    assert asked.is_valid
    assert is_valid(contract, encode(asked.body))


class TakesWholeFractions(Service):
    """Reads 17.0 as 17, as JSON Schema does and OpenAPI 3.0 does not."""

    def read(self, body: bytes, content_type: str) -> Any:
        value = super().read(body, content_type)
        if not isinstance(value, dict):
            return value
        return {
            name: int(it) if isinstance(it, float) and it.is_integer() else it
            for name, it in value.items()
        }


@pytest.mark.parametrize(
    ("service", "accepted"),
    [
        pytest.param(Service, False, id="by the document"),
        pytest.param(TakesWholeFractions, True, id="by the value"),
    ],
)
def test_either_answer_to_a_question_is_right_and_is_noted(
    service: type[Service], accepted: bool, examine: Callable[..., Examiner]
) -> None:
    examiner = examine(service)

    for it in cases.questions(examiner.contract):
        examiner.inquire(it)

    spelled = {
        is_accepted
        for label, is_accepted in examiner.tally.choices.items()
        if "for an integer" in label
    }
    assert spelled == {accepted}
    assert not examiner.tally.faults


class CountsOnSmallNumbers(Service):
    def submit(
        self, contract: Contract, value: Any, headers: Mapping[str, str]
    ) -> Reply:
        assert abs(value.get("shift") or 0) < 2**63
        return super().submit(contract, value, headers)


def test_what_a_document_sets_no_end_to_is_asked_beyond_reason(
    examine: Callable[..., Examiner],
) -> None:
    service = examine()
    labels = {it.label for it in cases.questions(service.contract)}
    for it in cases.questions(service.contract):
        service.inquire(it)

    assert {
        "prompt: 100000 letters without a maxLength",
        "shift: 1e+40 without a maximum",
        "shift: -1e+40 without a minimum",
    } <= labels
    assert service.tally.choices["shift: 1e+40 without a maximum"]
    careless = examine(CountsOnSmallNumbers)
    with pytest.raises(Failure, match="no_server_error"):
        try_all(
            partial(careless.inquire, it) for it in cases.questions(service.contract)
        )


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "format": "int64"},
        {"type": "number", "multipleOf": 0.5},
        {"type": "number", "minimum": 0, "maximum": 1},
        {"type": "string", "format": "uri"},
        {"type": "string", "enum": ["a"]},
    ],
)
def test_nothing_is_asked_beyond_reason_where_a_document_sets_an_end(
    schema: dict[str, Any],
) -> None:
    asked = [it.label for it in cases.questions(contract_from({"x": schema}))]

    assert not [it for it in asked if "without a m" in it]


@every_contract
def test_what_is_no_value_of_json_stands_for_each_number(contract: Contract) -> None:
    sent = [request.body or b"" for _, request in plan.invalid_requests(contract)]

    for name, _ in cases.numbers_of(contract):
        for word in ("NaN", "Infinity", "-Infinity", "1e400"):
            assert any(f'"{name}":{word}'.encode() in it for it in sent), (name, word)


def test_only_the_documents_answer_is_right_when_the_examiner_is_strict(
    examine: Callable[..., Examiner],
) -> None:
    question = next(cases.questions(examine().contract))

    examine().inquire(question, strict=True)
    with pytest.raises(Failure, match="an_invalid_request_is_refused"):
        examine(TakesWholeFractions).inquire(question, strict=True)
    with pytest.raises(Failure, match="a_valid_request_is_accepted"):
        examine().inquire(replace(question, is_valid=True), strict=True)


# ---- the wire


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        (17, ["17.0", "17e0"]),
        (100, ["100.0", "1e2"]),
        (-30, ["-30.0", "-3e1"]),
        (0, ["0.0", "0e0"]),
        (0.25, ["0.25e0"]),
        (1e-9, []),
    ],
)
def test_a_number_is_spelled_otherwise(value: float, texts: list[str]) -> None:
    found = [it.text for it in spellings(value)]

    assert found == texts
    assert all(json.loads(it) == value for it in found)


def test_a_written_value_reaches_the_wire_as_it_is() -> None:
    hostile = "\ue0000\ue000"

    raw = encode({"a": Written("1e2"), "b": [Written("NaN")], "c": "猫"})
    harmless = encode({"a": hostile})

    assert raw == '{"a":1e2,"b":[NaN],"c":"猫"}'.encode()
    assert json.loads(harmless) == {"a": hostile}


def test_what_has_no_form_in_json_is_refused() -> None:
    with pytest.raises(TypeError, match="set has no form in JSON"):
        encode({"a": set()})


# ---- any small document


def contract_from(
    properties: dict[str, Any], *, version: str = "3.0.3", **keywords: Any
) -> Contract:
    """Return a contract whose submit body has these *properties*."""
    base = next(it for it in CONTRACTS if it.id == FAL)
    raw = deepcopy(dict(base.submit.document.raw)) | {"openapi": version}
    node = {"type": "object", "properties": properties, **keywords}
    method = base.submit.method.lower()
    body = raw["paths"][base.submit.path][method]["requestBody"]
    body["content"]["application/json"]["schema"] = node
    place = base.submit.pointer.partition("#")[2]
    schema = SchemaReader(raw, name="small.json").read(
        node, f"{place}/requestBody/content/application~1json/schema"
    )
    assert isinstance(schema, ObjectSchema)
    document = Document("small.json", "3.0" if version < "3.1" else "3.1", raw)
    submit = replace(base.submit, document=document, body=schema)
    return replace(base, submit=submit)


WHOLE = st.integers(-50, 50)
TENTHS = st.integers(-50, 50).map(lambda it: it / 10)


def maybe(**keywords: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=keywords)


def scalars() -> st.SearchStrategy[dict[str, Any]]:
    sizes = {"minLength": st.integers(0, 5), "maxLength": st.integers(0, 30)}
    return st.one_of(
        maybe(
            minimum=WHOLE,
            maximum=WHOLE,
            multipleOf=st.integers(1, 9),
            format=st.just("int32"),
        ).map(lambda it: it | {"type": "integer"}),
        maybe(minimum=TENTHS, maximum=TENTHS).map(lambda it: it | {"type": "number"}),
        maybe(**sizes).map(lambda it: it | {"type": "string"}),
        maybe(
            format=st.sampled_from(["uri", "date", "uuid", "email", "date-time"])
        ).map(lambda it: it | {"type": "string"}),
        maybe(pattern=st.sampled_from(["^[a-z]+$", "x", "^..$", "[0-9]{3}"])).map(
            lambda it: it | {"type": "string"}
        ),
        st.lists(st.text("abc ", max_size=3), min_size=1, max_size=4, unique=True).map(
            lambda it: {"type": "string", "enum": it}
        ),
        st.lists(WHOLE, min_size=1, max_size=4, unique=True).map(
            lambda it: {"type": "integer", "enum": it}
        ),
        st.just({"type": "boolean"}),
    )


def nodes() -> st.SearchStrategy[dict[str, Any]]:
    return st.recursive(
        scalars(),
        lambda inner: (
            st.tuples(
                inner,
                maybe(
                    minItems=st.integers(0, 3),
                    maxItems=st.integers(0, 4),
                    uniqueItems=st.booleans(),
                ),
            ).map(lambda it: {"type": "array", "items": it[0], **it[1]})
            | st.tuples(
                st.dictionaries(st.sampled_from("ab"), inner, min_size=1),
                maybe(additionalProperties=st.booleans() | inner),
                st.booleans(),
            ).map(
                lambda it: {
                    "type": "object",
                    "properties": it[0],
                    "required": sorted(it[0]) if it[2] else [],
                    **it[1],
                }
            )
        ),
        max_leaves=3,
    )


@DRAWN
@given(
    properties=st.dictionaries(st.sampled_from("xyz"), nodes(), min_size=1),
    nullable=st.booleans(),
    version=st.sampled_from(["3.0.3", "3.1.0"]),
    additional=maybe(additionalProperties=st.booleans()),
)
def test_any_small_document_is_planned_as_openapi_core_reads_it(
    properties: dict[str, Any], nullable: bool, version: str, additional: dict[str, Any]
) -> None:
    properties, first = deepcopy(properties), min(properties)
    if nullable and version == "3.0.3":
        properties[first]["nullable"] = True
    elif nullable and "enum" not in properties[first]:
        properties[first]["type"] = [properties[first]["type"], "null"]
    try:
        contract = contract_from(
            properties, version=version, required=[first], **additional
        )
        planned = list(cases.valid_cases(contract))
    except (SpecError, UnmetSchemaError):
        assume(False)
    judge = Judge(contract)

    def breaches(request: Request) -> list[str]:
        asked = replace(request, headers=signed(contract))
        return [it.rule for it in judge.check_request(asked)]

    bodies = [encode(it.body) for it in planned]
    refused = [it for it in bodies if breaches(plan.submit_of(contract, it))]
    taken = [
        (it.rule, it.label, request.body)
        for it, request in plan.invalid_requests(contract)
        if it.rule != "model" and not breaches(request)
    ]
    reached = {side for it in planned for side in shown_by(contract, it.body)} | {
        side
        for it, _ in plan.invalid_requests(contract)
        for side in broken_by(contract, it)
    }

    assert refused == []
    assert taken == []
    assert set(sides_of(contract)) - reached == set()


def test_a_long_text_is_not_built_when_the_limit_is_absurd() -> None:
    assert max(len(it) for it in boundaries(text(max_length=10**12))) <= 100_000
