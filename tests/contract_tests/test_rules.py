"""The rules of a contract: read from the document, and all of them within reach."""

from collections.abc import Callable
from dataclasses import replace
from operator import attrgetter
from typing import Any

import pytest

from contract_tests import cases, plan
from contract_tests.examiner import Examiner
from contract_tests.failures import Failure
from contract_tests.rules import (
    RuleSide,
    Side,
    broken_by,
    rules_of,
    shown_by,
    sides_of,
)
from contract_tests.tally import Verdict
from contract_tests.wire import encode
from specs import Contract, Schema, look_up
from tests.contract_tests.conftest import AIMLAPI, FAL
from tests.contract_tests.mutants import faulty
from tests.contract_tests.mutants.reference import Reply, Service
from tests.contract_tests.test_strategies import (
    CONTRACTS,
    SHAPES,
    array,
    bound,
    integer,
    member,
    number,
    record,
    text,
)

every_contract = pytest.mark.parametrize("contract", CONTRACTS, ids=attrgetter("id"))


def contract_of(schema: Schema, *, required: bool = False) -> Contract:
    """Return a contract whose body has one member, *x*."""
    base = next(it for it in CONTRACTS if it.id == FAL)
    body = record(member("x", schema, required=required))
    return replace(base, submit=replace(base.submit, body=body))


def sides(coverage: dict[RuleSide, Verdict], verdict: Verdict) -> tuple[RuleSide, ...]:
    return tuple(side for side, it in coverage.items() if it is verdict)


def reached(contract: Contract) -> set[RuleSide]:
    shown = [
        it
        for case in cases.valid_cases(contract)
        for it in shown_by(contract, case.body)
    ]
    broken = [
        side
        for it, _ in plan.invalid_requests(contract)
        for side in broken_by(contract, it)
    ]
    return {*shown, *broken}


def about(contract: Contract, name: str) -> dict[str, str]:
    """Return the sides of the rules about *name* itself, by keyword."""
    found: dict[str, str] = {}
    for it in rules_of(contract):
        if it.path == (name,) and it.sides:
            sides = " ".join(it.sides)
            found[it.keyword] = f"{it.text} {sides}"
    return found


@every_contract
def test_every_side_of_every_rule_is_planned(contract: Contract) -> None:
    assert set(sides_of(contract)) - reached(contract) == set()


@pytest.mark.parametrize("schema", [it for it, _ in SHAPES.values()], ids=list(SHAPES))
@pytest.mark.parametrize("required", [True, False])
def test_every_side_is_within_reach_when_the_schema_has_a_shape(
    schema: Schema, required: bool
) -> None:
    contract = contract_of(schema, required=required)

    assert set(sides_of(contract)) - reached(contract) == set()


@every_contract
def test_a_rule_points_at_what_the_document_says(contract: Contract) -> None:
    documents = {it.document.name: it.document.raw for it in contract.operations}

    for it in rules_of(contract):
        name, _, pointer = it.pointer.partition("#")
        found = look_up(documents[name], pointer)
        if it.keyword in {"minimum", "maximum", "format"}:
            assert found == it.value
        if it.keyword == "enum":
            assert it.value in (found, *found)


@every_contract
def test_every_side_has_a_name_of_its_own(contract: Contract) -> None:
    sides = sides_of(contract)

    assert len({it.key for it in sides}) == len(sides)


def test_the_rules_of_a_bounded_integer_are_its_keywords() -> None:
    contract = next(it for it in CONTRACTS if it.id == AIMLAPI)

    assert about(contract, "num_frames") == {
        "optional": '"num_frames" accepted',
        "type": '"integer" accepted refused',
        "minimum": "17 accepted refused",
        "maximum": "241 accepted refused",
    }


def test_a_listed_value_is_a_rule_of_its_own() -> None:
    contract = next(it for it in CONTRACTS if it.id == AIMLAPI)

    listed = [
        (it.value, it.sides)
        for it in rules_of(contract)
        if (it.parameter, it.keyword) == ("interpolator_model", "enum")
    ]

    assert listed == [
        (["rife", "film"], (Side.REFUSED,)),
        ("rife", (Side.ACCEPTED,)),
        ("film", (Side.ACCEPTED,)),
    ]


@pytest.mark.parametrize(
    ("schema", "value", "keywords"),
    [
        pytest.param(integer(minimum=bound(1)), 1, {"type", "minimum"}, id="minimum"),
        pytest.param(integer(minimum=bound(1)), 2, {"type"}, id="inside"),
        pytest.param(
            number(minimum=bound(0, exclusive=True)),
            5e-324,
            {"type", "minimum"},
            id="next to an exclusive end",
        ),
        pytest.param(text(min_length=2), "ab", {"type", "minLength"}, id="length"),
        pytest.param(text(nullable=True), None, {"nullable"}, id="null"),
        pytest.param(array(text(), max_items=2), [], {"type"}, id="no items"),
    ],
)
def test_a_value_shows_the_rules_that_it_is_telling_of(
    schema: Schema, value: Any, keywords: set[str]
) -> None:
    contract = contract_of(schema)

    shown = {it.rule.keyword for it in shown_by(contract, {"x": value}) if it.rule.path}

    assert shown == keywords


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param(text(max_length=10**9), id="a text of a gigabyte"),
        pytest.param(array(text(), max_items=10**9), id="a thousand million items"),
        pytest.param(
            number(maximum=bound("1.7976931348623157e308")), id="the last float"
        ),
        pytest.param(
            array(text(enum=("a",)), max_items=5, unique_items=True), id="one item"
        ),
    ],
)
def test_a_side_that_nothing_can_show_is_none(schema: Schema) -> None:
    contract = contract_of(schema)

    assert set(sides_of(contract)) - reached(contract) == set()
    assert all(len(encode(it.body)) < 10**6 for it in cases.valid_cases(contract))


def test_what_was_accepted_is_proved(examine: Callable[..., Examiner]) -> None:
    examiner = examine()
    contract = examiner.contract
    body = {**cases.bare_body(contract), "num_frames": 17}

    examiner.submit(body)

    coverage = examiner.tally.coverage(contract)
    assert sides(coverage, Verdict.PROVED) == shown_by(contract, body)
    assert {*coverage.values()} == {Verdict.PROVED, Verdict.MISSED}


def test_what_was_refused_is_proved_and_what_was_taken_has_failed(
    examine: Callable[..., Examiner],
) -> None:
    examiner = examine(faulty.TakesMoreThanTheMaximum)
    contract = examiner.contract
    for violation, request in plan.invalid_requests(contract):
        if violation.path == ("num_frames",):
            try:
                examiner.refuse(request, violation=violation)
            except Failure:
                continue

    verdicts = {
        (side.rule.keyword, side.side): verdict
        for side, verdict in examiner.tally.coverage(contract).items()
        if side.rule.path == ("num_frames",)
    }

    assert verdicts["minimum", Side.REFUSED] is Verdict.PROVED
    assert verdicts["maximum", Side.REFUSED] is Verdict.FAILED
    assert verdicts["maximum", Side.ACCEPTED] is Verdict.MISSED


class RefusesTheFewestFrames(Service):
    def submit(self, contract: Contract, value: Any, headers: Any) -> Reply:
        if value.get("num_frames") == 17:
            return self.refuse(contract, 400, {self.culprit: "is too small"})
        return super().submit(contract, value, headers)

    culprit = "num_frames"


class RefusesTheFewestFramesWithoutAWord(RefusesTheFewestFrames):
    culprit = ""


@pytest.mark.parametrize(
    ("service", "blamed"),
    [
        pytest.param(RefusesTheFewestFrames, {"num_frames"}, id="named"),
        pytest.param(
            RefusesTheFewestFramesWithoutAWord,
            {"num_frames", "resolution", "video_url"},
            id="none named",
        ),
    ],
)
def test_a_refused_body_blames_the_members_that_the_refusal_names(
    service: type[Service], blamed: set[str], examine: Callable[..., Examiner]
) -> None:
    examiner = examine(service)
    body = {
        **cases.bare_body(examiner.contract),
        "num_frames": 17,
        "resolution": "480p",
    }

    with pytest.raises(Failure):
        examiner.submit(body)

    failed = sides(examiner.tally.coverage(examiner.contract), Verdict.FAILED)
    present = {it.rule.parameter for it in failed if it.rule.keyword == "type"}
    assert present - {"", "model"} == blamed
