import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from specs import (
    Registry,
    RemoteReferenceError,
    Schema,
    StringSchema,
    UnsupportedSchemaError,
    find_faults,
)

Load = Callable[..., Registry]

Read = Callable[..., Schema]

Make = Callable[..., dict[str, Any]]

Bait = tuple[str, list[str]]


def schemas(**schemas: Any) -> dict[str, Any]:
    return {"schemas": schemas}


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(("/make", "post", "responses", "default"), id="default-answer"),
        pytest.param(("/make", "post", "callbacks", "example"), id="callback"),
        pytest.param(("/jobs",), id="path"),
    ],
)
def test_remote_reference_is_refused_wherever_an_operation_has_it(
    load: Load, document: Make, place: tuple[str, ...]
) -> None:
    broken = document()
    holder = broken["paths"]
    for token in place[:-1]:
        holder = holder.setdefault(token, {})
    holder[place[-1]] = {"$ref": "https://example.com/a.json"}

    with pytest.raises(RemoteReferenceError, match=r"example\.com/a\.json"):
        load(broken)


def test_remote_reference_is_refused_when_a_header_is_named_like_an_extension(
    load: Load, document: Make
) -> None:
    broken = document()
    broken["paths"]["/make"]["post"]["responses"]["200"]["headers"] = {
        "x-rate": {"$ref": "file:///etc/hostname"}
    }

    with pytest.raises(RemoteReferenceError, match="headers/x-rate"):
        load(broken)


def test_remote_reference_is_refused_when_a_security_scheme_has_it(
    load: Load, document: Make
) -> None:
    scheme = {"key": {"$ref": "file:///etc/hostname"}}

    with pytest.raises(RemoteReferenceError, match="#/components/securitySchemes/key:"):
        load(document(components={"securitySchemes": scheme}))


def test_unreachable_remote_references_are_never_read(
    load: Load, document: Make, bait: Bait, tmp_path: Path
) -> None:
    address, asked = bait
    trap = tmp_path / "acme" / "trap"
    unused = schemas(
        Web={"$ref": f"{address}/unused"},
        File={"$ref": trap.as_uri()},
        Neighbour={"properties": {"a": {"$ref": "trap"}}},
    )
    # Opening a pipe that nobody writes to would block: a read could not go unnoticed.
    registry = load(document(components=unused))
    os.mkfifo(trap)

    again = Registry.load(tmp_path)
    find_faults(again)

    assert asked == []
    assert "schemas" not in again.documents[0].raw["components"]
    assert repr(again.contracts) == repr(registry.contracts)


@pytest.mark.parametrize(
    "keyword", ["example", "default", "enum", "x-sample", "examples"]
)
@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_reference_is_a_word_like_any_other_inside_data(
    load: Load, document: Make, bait: Bait, keyword: str, version: str
) -> None:
    address, asked = bait
    word = {"$ref": f"{address}/data"}
    value = [word] if keyword in {"enum", "examples"} else word
    schema = {"type": "object", keyword: value}

    registry = load(document({"it": schema}, version=version))
    find_faults(registry)
    found = registry.contracts[0].body.properties["it"].schema

    assert asked == []
    assert found.default == word or keyword != "default"
    assert found.enum == (word,) or keyword != "enum"


def test_property_may_be_called_like_a_reference(read: Read) -> None:
    found = read({"type": "object", "properties": {"$ref": {"type": "string"}}})

    assert vars_of(found)["$ref"] == "StringSchema"


def test_properties_may_be_called_like_keywords_whose_values_are_data(
    read: Read,
) -> None:
    schema = {
        "properties": {
            "example": {"$ref": "#/components/schemas/A"},
            "properties": {"properties": {"enum": {"$ref": "#/components/schemas/B"}}},
        }
    }

    found = read(schema, components=schemas(A={"type": "string"}, B={"type": "array"}))

    assert vars_of(found) == {"example": "StringSchema", "properties": "ObjectSchema"}


def vars_of(schema: Any) -> dict[str, str]:
    """Return the names of the properties of *schema*, each with its type."""
    return {name: type(it.schema).__name__ for name, it in schema.properties.items()}


def test_components_are_kept_when_a_chain_of_references_leads_through_them(
    read: Read, load: Load, document: Make
) -> None:
    chain = schemas(
        C={"type": "string"},
        Unused={"type": "string"},
        B={"$ref": "#/components/schemas/C"},
        A={"$ref": "#/components/schemas/B"},
    )

    found = read({"$ref": "#/components/schemas/A"}, components=chain)
    raw = (
        load(document({"it": {"$ref": "#/components/schemas/A"}}, components=chain))
        .documents[0]
        .raw
    )

    assert found == StringSchema(pointer="acme/one.json#/components/schemas/C")
    assert list(raw["components"]["schemas"]) == [
        "C",
        "B",
        "A",
    ]  # as the document has it


@pytest.mark.parametrize(
    "reference",
    [
        pytest.param("#", id="whole-document"),
        pytest.param("#/info", id="info"),
        pytest.param("#/components/schemas", id="all-schemas"),
        pytest.param("#/x-schemas/A", id="extension"),
    ],
)
def test_reference_is_refused_when_it_names_neither_a_path_nor_a_component(
    load: Load, document: Make, reference: str
) -> None:
    broken = document({"it": {"$ref": reference}}, components=schemas(A={}))
    broken["x-schemas"] = {"A": {"$ref": "https://example.com"}}

    with pytest.raises(UnsupportedSchemaError, match="neither a path nor a component"):
        load(broken)


@pytest.mark.parametrize(
    ("components", "message"),
    [
        pytest.param([], r"one.json#/components: \[\] is not an object", id="list"),
        pytest.param(
            {"securitySchemes": 5},
            "#/components/securitySchemes: 5 is not",
            id="schemes",
        ),
        pytest.param(
            {"schemas": [{"type": "string"}]},
            r"#/components/schemas: \[.* is not an object",
            id="section",
        ),
    ],
)
def test_components_are_refused_when_they_are_of_another_shape(
    load: Load, document: Make, components: Any, message: str
) -> None:
    broken = document({"it": {"$ref": "#/components/schemas/0"}})
    broken["components"] = components

    with pytest.raises(UnsupportedSchemaError, match=message):
        load(broken)


def test_components_are_gone_when_nothing_needs_them(
    load: Load, document: Make
) -> None:
    bare = document()
    bare["components"] = schemas(A={"type": "string"})
    bare["webhooks"] = {"hook": {"$ref": "https://example.com"}}

    raw = load(bare).documents[0].raw

    assert list(raw) == ["openapi", "info", "security", "paths"]


def test_unused_components_of_four_megabytes_are_cut_off_at_once(
    load: Load, document: Make
) -> None:
    unused = {
        f"vendor.Model{number}": {
            "type": "object",
            "description": "x" * 300,
            "properties": {
                "next": {"$ref": f"#/components/schemas/vendor.Model{number + 1}"},
                "away": {"$ref": "https://example.com/a.json"},
            },
        }
        for number in range(10_000)
    }
    large = document(
        {"it": {"$ref": "#/components/schemas/used.It"}},
        components={"schemas": {**unused, "used.It": {"type": "string"}}},
    )
    content = json.dumps(large).encode()
    before = time.process_time()

    registry = load(content)

    assert len(content) > 4_000_000
    assert time.process_time() - before < 3  # about 0.1 on an idle core
    assert list(registry.documents[0].raw["components"]["schemas"]) == ["used.It"]
    assert len(json.dumps(registry.documents[0].raw)) < 4_000
