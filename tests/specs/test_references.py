from collections.abc import Callable
from typing import Any

import pytest

from specs import (
    RecursiveReferenceError,
    Registry,
    RemoteReferenceError,
    Schema,
    StringSchema,
    UnresolvedReferenceError,
    find_faults,
)

Load = Callable[..., Registry]

Read = Callable[..., Schema]

Make = Callable[..., dict[str, Any]]


IT = "/paths/~1make/post/requestBody/content/application~1json/schema/properties/it"


def schemas(**schemas: Any) -> dict[str, Any]:
    return {"schemas": schemas}


@pytest.mark.parametrize(
    ("reference", "shown"),
    [
        pytest.param(
            "#/components/schemas/No", "'#/components/schemas/No'", id="absent"
        ),
        pytest.param("#/paths/~1make/get", "'#/paths/~1make/get'", id="no-method"),
        pytest.param("#name", "'#name'", id="anchor"),
        pytest.param("#/components/schemas/A/0", "schemas/A/0'", id="into-an-object"),
    ],
)
def test_reference_is_refused_when_it_points_nowhere(
    read: Read, reference: str, shown: str
) -> None:
    with pytest.raises(UnresolvedReferenceError) as caught:
        read({"$ref": reference}, components=schemas(A={"type": "string"}))

    assert str(caught.value).startswith(f"acme/one.json#{IT}: $ref=")
    assert f"{shown} points nowhere; add what it names" in str(caught.value)


def test_reference_is_refused_when_it_is_not_text(read: Read) -> None:
    with pytest.raises(UnresolvedReferenceError, match=r"\$ref is 5, not text"):
        read({"$ref": 5})


@pytest.mark.parametrize(
    "reference",
    [
        "file:///etc/hostname",
        "/etc/hostname",
        "../secret.json",
        "two.json#/components/schemas/A",
        "https://example.com/a.json",
        "http://127.0.0.1:1/a.json#/b",
        "//example.com/a.json",
        "data:application/json,{}",
        "",
    ],
)
def test_reference_is_refused_when_it_leaves_the_document(
    read: Read, reference: str
) -> None:
    with pytest.raises(RemoteReferenceError) as caught:
        read({"$ref": reference})

    assert str(caught.value) == (
        f"acme/one.json#{IT}: $ref={reference!r} leaves the document; copy what it "
        "means into the document; references are never fetched"
    )


@pytest.mark.parametrize(
    ("components", "reference"),
    [
        pytest.param(
            {"A": {"$ref": "#/components/schemas/A"}}, "A", id="reference-to-itself"
        ),
        pytest.param(
            {
                "A": {"$ref": "#/components/schemas/B"},
                "B": {"$ref": "#/components/schemas/A"},
            },
            "A",
            id="references-to-each-other",
        ),
        pytest.param(
            {"A": {"properties": {"a": {"$ref": "#/components/schemas/A"}}}},
            "A",
            id="property",
        ),
        pytest.param(
            {"A": {"type": "array", "items": {"$ref": "#/components/schemas/A"}}},
            "A",
            id="items",
        ),
        pytest.param(
            {"A": {"allOf": [{"$ref": "#/components/schemas/A"}]}}, "A", id="allOf"
        ),
        pytest.param(
            {
                "A": {"allOf": [{"allOf": [{"$ref": "#/components/schemas/B"}]}]},
                "B": {"allOf": [{"$ref": "#/components/schemas/A"}]},
            },
            "A",
            id="allOf-of-allOf",
        ),
        pytest.param(
            {"A": {"anyOf": [{"$ref": "#/components/schemas/A"}, {"type": "null"}]}},
            "A",
            id="anyOf",
        ),
        pytest.param(
            {"A": {"oneOf": [{"allOf": [{"$ref": "#/components/schemas/A"}]}]}},
            "A",
            id="allOf-in-oneOf",
        ),
        pytest.param(
            {"A": {"additionalProperties": {"$ref": "#/components/schemas/A"}}},
            "A",
            id="additional-properties",
        ),
        pytest.param(
            {f"A{n}": {"$ref": f"#/components/schemas/A{n + 1}"} for n in range(50)}
            | {"A50": {"type": "string"}},
            "A0",
            id="chain-too-long",
        ),
    ],
)
@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_circle_of_references_is_refused(
    read: Read, components: dict[str, Any], reference: str, version: str
) -> None:
    with pytest.raises(RecursiveReferenceError) as caught:
        read(
            {"$ref": f"#/components/schemas/{reference}"},
            components={"schemas": components},
            version=version,
        )

    assert caught.value.pointer.startswith("acme/one.json#/components/schemas/A")


def test_circle_is_refused_when_it_goes_through_parameters(
    load: Load, document: Make
) -> None:
    circle = {"parameters": {"A": {"$ref": "#/components/parameters/A"}}}
    broken = document(components=circle)
    broken["paths"]["/jobs"]["parameters"] = [{"$ref": "#/components/parameters/A"}]

    with pytest.raises(RecursiveReferenceError, match="more than 32 references"):
        load(broken)


def test_circle_is_let_be_when_no_contract_uses_it(load: Load, document: Make) -> None:
    """What the validators make of it is a fault, and no reason to hang."""
    circle = schemas(A={"properties": {"a": {"$ref": "#/components/schemas/A"}}})
    other = document(components=circle)
    other["paths"]["/other"] = {
        "get": {
            "responses": {
                "200": {
                    "description": "",
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/A"}
                        }
                    },
                }
            }
        }
    }

    registry = load(other)

    assert find_faults(registry) == []
    assert list(registry.documents[0].raw["components"]["schemas"]) == ["A"]


def test_reference_may_name_a_place_inside_a_component_or_a_path(read: Read) -> None:
    components = schemas(
        A={"properties": {"a/b": {"type": "array", "items": {"type": "string"}}}}
    )
    deep = "#/components/schemas/A/properties/a~1b/items"
    shared = "#/paths/~1jobs/get/parameters/0/schema"

    assert isinstance(read({"$ref": deep}, components=components), StringSchema)
    assert isinstance(read({"$ref": shared}), StringSchema)
    assert isinstance(
        read(
            {"$ref": deep.replace("b", "%62")},
            components=components,
        ),
        StringSchema,
    )
