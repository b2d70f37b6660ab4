"""Schemas that no vendored document has, compiled, and held against the judge."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mock_server import MockServerError, build_app
from mock_server.validation.compiling import CompiledSchema
from mock_server.validation.verdicts import Verdicts
from specs import Contract, Document, Registry, Request

Studio = Callable[..., Path]
NUMBERS: list[Any] = [-1, 0, 1, 2, 3, 17.0, 0.5, True, None, "a", [], {}]


def compiled(
    node: dict[str, Any], version: Any = "3.0", **schemas: Any
) -> CompiledSchema:
    raw = {"paths": {}, "components": {"schemas": schemas}}
    return CompiledSchema(Document("a.json", version, raw), node, "/paths/a")


def contract_of(folder: Path, version: str) -> Contract:
    path = folder / "studio" / "film.json"
    document = json.loads(path.read_text("utf-8")) | {"openapi": version}
    path.write_text(json.dumps(document), "utf-8")
    (contract,) = Registry.load(folder).contracts
    return contract


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"type": "integer", "minimum": 1, "maximum": 2}, id="bounds"),
        pytest.param({"type": "string", "nullable": True}, id="nullable"),
        pytest.param(
            {"type": "string", "nullable": True, "enum": ["a"]}, id="nullable-enum"
        ),
        pytest.param(
            {"type": "string", "nullable": True, "enum": ["a", None]}, id="null-enum"
        ),
        pytest.param({"anyOf": [{"type": "integer"}, {"type": "string"}]}, id="any-of"),
        pytest.param({"oneOf": [{"type": "number"}, {"type": "integer"}]}, id="one-of"),
        pytest.param({"allOf": [{"type": "integer"}, {"minimum": 1}]}, id="all-of"),
        pytest.param(
            {"type": "array", "items": {"type": "string"}, "minItems": 1}, id="array"
        ),
        pytest.param(
            {"type": "object", "additionalProperties": {"type": "integer"}}, id="map"
        ),
        pytest.param({"enum": [1, 2.0, None, True]}, id="mixed-enum"),
        pytest.param({"type": "object", "additionalProperties": False}, id="closed"),
    ],
)
def test_the_judge_says_the_same(
    make_studio: Studio, schema: dict[str, Any], version: str
) -> None:
    body = {"type": "object", "properties": {"it": schema}}
    contract = contract_of(make_studio(body=body), version)
    verdicts = Verdicts(contract)
    for value in [*NUMBERS, [1], ["a"], {"b": 1}, {"b": "c"}]:
        content = {"it": value}
        request = Request(operation=contract.submit, body=json.dumps(content).encode())

        found = verdicts.check_submit(request.body or b"", content, {})

        judged = verdicts.judge.check_request(request)
        assert {(it.path, it.rule, str(it.limit)) for it in found} == {
            (it.path, it.rule, str(it.limit)) for it in judged
        }, value


@pytest.mark.parametrize(("value", "rules"), [(5, ["minimum"]), (6, [])])
def test_a_flag_makes_its_bound_exclusive(value: int, rules: list[str]) -> None:
    schema = compiled({"type": "integer", "minimum": 5, "exclusiveMinimum": True})

    found = [*schema.find_breaches(value, "body")]

    assert schema.exact
    assert [(it.rule, it.limit) for it in found] == [(it, 5) for it in rules]
    assert all("or equal" in it.message for it in found)


def test_a_reference_is_followed_and_its_limit_found() -> None:
    schema = compiled({"$ref": "#/components/schemas/Few"}, Few={"maximum": 3})

    (breach,) = schema.find_breaches(4, "body")

    assert schema.exact
    assert (breach.rule, breach.limit) == ("maximum", 3)


@pytest.mark.parametrize(
    ("node", "version"),
    [
        pytest.param({"pattern": "^a$"}, "3.0", id="a-keyword-not-proven"),
        pytest.param({"format": "date"}, "3.0", id="another-format"),
        pytest.param({"items": {"multipleOf": 2}}, "3.1", id="inside"),
        pytest.param({"$ref": "#/paths", "minimum": 2}, "3.0", id="beside-a-reference"),
        pytest.param({"type": ["string", "null"]}, "3.0", id="types-of-3.1"),
        pytest.param({"exclusiveMinimum": 5}, "3.0", id="bound-of-3.1"),
        pytest.param({"exclusiveMinimum": True}, "3.1", id="bound-of-3.0"),
    ],
)
def test_what_is_not_proven_is_left_to_the_judge(node: Any, version: str) -> None:
    assert not compiled(node, version).exact


def test_a_recursive_schema_is_walked_once() -> None:
    tree = {
        "type": "object",
        "properties": {"child": {"$ref": "#/components/schemas/T"}},
    }

    schema = compiled({"$ref": "#/components/schemas/T"}, T=tree)

    assert schema.exact
    assert schema.accepts({"child": {"child": {}}})
    assert not schema.accepts({"child": {"child": 1}})


def test_a_member_may_be_called_as_a_keyword_is() -> None:
    node = {"properties": {"enum": {"type": "string", "nullable": True}}}

    assert compiled(node).accepts({"enum": None})


def test_an_answer_without_a_schema_is_left_to_the_judge(
    make_studio: Studio,
) -> None:
    folder = make_studio()
    path = folder / "studio" / "film.json"
    document = json.loads(path.read_text("utf-8"))
    document["paths"]["/make/studio/film"]["post"]["responses"]["204"] = {
        "description": "Nothing."
    }
    path.write_text(json.dumps(document), "utf-8")
    (contract,) = Registry.load(folder).contracts

    broken = Verdicts(contract).find_broken(
        contract.submit, job_id="a", status=204, body=b""
    )

    assert broken is None


def test_a_long_number_is_left_to_the_judge(make_studio: Studio) -> None:
    body = {"type": "object", "properties": {"it": {"type": "integer"}}}
    verdicts = Verdicts(contract_of(make_studio(body=body), "3.0.3"))

    found = verdicts.check_submit(
        b'{"it": 123456789012345678901}', {"it": 1.2345678901234568e20}, {}
    )

    assert not [*found]


def test_a_document_that_cannot_be_compiled_stops_the_start(
    make_studio: Studio,
) -> None:
    folder = make_studio(body={"type": "object", "$comment": 5})

    with pytest.raises(
        MockServerError, match=r"studio/film\.json#/paths/.*/schema/\$comment: no"
    ):
        build_app(Registry.load(folder))
