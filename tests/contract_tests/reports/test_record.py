"""The JSON report is what its published schema says, no more and no less."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from contract_tests import Report, as_text
from contract_tests.reports import schema, to_json


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Yield each schema of an object inside *value*."""
    if isinstance(value, dict):
        if value.get("type") == "object":
            yield value
        for it in value.values():
            yield from objects(it)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())


def test_the_schema_names_every_member_and_demands_it() -> None:
    for it in objects(schema()):
        assert it["additionalProperties"] is False
        assert sorted(it["required"]) == sorted(it["properties"])


@pytest.mark.parametrize("name", ["broken", "hostile"])
def test_a_report_keeps_the_schema(name: str, request: pytest.FixtureRequest) -> None:
    report: Report = request.getfixturevalue(name)

    raw = json.loads(as_text(report))

    Draft202012Validator(schema()).validate(raw)
    assert raw == json.loads(json.dumps(to_json(report)))


def test_the_schema_refuses_a_member_that_it_does_not_name(broken: Report) -> None:
    raw = deepcopy(to_json(broken))
    raw["contracts"][0]["faults"][0]["surprise"] = 1

    assert not Draft202012Validator(schema()).is_valid(raw)


def test_a_report_holds_what_a_reader_needs_to_see_a_fault_again(
    broken: Report,
) -> None:
    found = [it for result in to_json(broken)["contracts"] for it in result["faults"]]

    assert {it["claim"] for it in found} >= {"an_invalid_request_is_refused"}
    assert all(it["key"] in it["again"] for it in found)
    assert all(it["curl"].startswith("curl -sS -i -X ") for it in found)
    assert all("#/" in it["pointer"] for it in found)
