"""What is spelled as the other version has it counts, for every reader alike."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from specs import Contract, Judge, Registry, Request, find_faults

Make = Callable[..., dict[str, Any]]
Load = Callable[..., Registry]

CASES = [
    pytest.param(
        "3.0.3",
        {"type": "number", "exclusiveMinimum": 0},
        {"type": "number", "minimum": 0, "exclusiveMinimum": True},
        (0, 1),
        id="3.0-number",
    ),
    pytest.param(
        "3.0.3",
        {"type": "number", "maximum": 5, "exclusiveMaximum": 9},
        {"type": "number", "maximum": 5},
        (6, 5),
        id="3.0-looser-number",
    ),
    pytest.param(
        "3.0.3",
        {"type": "number", "minimum": 0, "exclusiveMinimum": 2},
        {"type": "number", "minimum": 2, "exclusiveMinimum": True},
        (2, 3),
        id="3.0-tighter-number",
    ),
    pytest.param(
        "3.0.3",
        {"type": "string", "const": "a"},
        {"type": "string", "enum": ["a"]},
        ("b", "a"),
        id="3.0-constant",
    ),
    pytest.param(
        "3.0.3",
        {"const": "a", "enum": ["a", "b"]},
        {"enum": ["a"]},
        ("b", "a"),
        id="3.0-constant-of-a-list",
    ),
    pytest.param(
        "3.0.3",
        {"type": ["integer", "null"]},
        {"type": "integer", "nullable": True},
        ("a", None),
        id="3.0-null",
    ),
    pytest.param(
        "3.0.3", {"type": ["integer"]}, {"type": "integer"}, (None, 1), id="3.0-list"
    ),
    pytest.param(
        "3.1.0",
        {"type": "number", "minimum": 0, "exclusiveMinimum": True},
        {"type": "number", "exclusiveMinimum": 0},
        (0, 1),
        id="3.1-flag",
    ),
    pytest.param(
        "3.1.0",
        {"type": "number", "maximum": 0, "exclusiveMaximum": False},
        {"type": "number", "maximum": 0},
        (1, 0),
        id="3.1-flag-off",
    ),
    pytest.param(
        "3.1.0",
        {"type": "integer", "nullable": True},
        {"type": ["integer", "null"]},
        ("a", None),
        id="3.1-nullable",
    ),
]


@pytest.fixture
def read_contract(load: Load, document: Make) -> Callable[..., Contract]:
    """Return what reads a contract whose body has one member, `it`."""
    return lambda it, version: load(document({"it": it}, version=version)).contracts[0]


@pytest.mark.parametrize(("version", "schema", "said", "values"), CASES)
def test_keyword_counts_for_the_judge_as_for_the_reader(
    read_contract: Callable[..., Contract],
    version: str,
    schema: dict[str, Any],
    said: dict[str, Any],
    values: tuple[Any, Any],
) -> None:
    contract, (bad, good) = read_contract(schema, version), values
    judge = Judge(contract)

    def breaches(value: Any) -> list[Any]:
        body = json.dumps({**contract.fixed, "it": value}).encode()
        request = Request(
            operation=contract.submit,
            body=body,
            headers={"Authorization": "Bearer a"},
        )
        return list(judge.check_request(request))

    body = contract.submit.document.raw["paths"]["/make"]["post"]["requestBody"]
    found = body["content"]["application/json"]["schema"]["properties"]["it"]
    assert found == said
    assert breaches(good) == []
    assert len(breaches(bad)) == 1


def test_keyword_of_the_other_version_is_a_fault(load: Load, document: Make) -> None:
    registry = load(document({"it": {"type": "number", "exclusiveMinimum": 0}}))

    (fault,) = (it for it in find_faults(registry) if it.rule == "other-version")

    assert fault.pointer.endswith("/properties/it/exclusiveMinimum")
    assert fault.problem == ("'exclusiveMinimum' is not spelled as OpenAPI 3.0 has it")


@pytest.mark.parametrize(
    ("version", "schema"),
    [
        ("3.0.3", {"type": "number", "minimum": 0, "exclusiveMinimum": True}),
        ("3.0.3", {"type": "object", "properties": {"const": {"type": "string"}}}),
        ("3.0.3", {"type": "object", "default": {"const": 1}}),
        ("3.1.0", {"type": "number", "exclusiveMinimum": 0}),
        ("3.1.0", {"type": "string", "const": "a"}),
        ("3.1.0", {"type": ["string", "null"]}),
        ("3.1.0", {"type": "string", "nullable": False}),
    ],
)
def test_document_stays_as_it_is_when_its_own_version_spells_it(
    load: Load, document: Make, version: str, schema: dict[str, Any]
) -> None:
    registry = load(document({"it": schema}, version=version))

    assert [it.respelled for it in registry.documents] == [()]


def test_impossible_constant_is_left_to_the_reader(load: Load, document: Make) -> None:
    with pytest.raises(Exception, match="leave none that is valid"):
        load(document({"it": {"const": "c", "enum": ["a"]}}))
