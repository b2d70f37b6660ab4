from collections.abc import Callable
from typing import Any

import pytest

from specs import (
    ArraySchema,
    NullSchema,
    NumberSchema,
    ObjectSchema,
    RecursiveReferenceError,
    Registry,
    Schema,
    StringSchema,
    UnionSchema,
    UnsupportedSchemaError,
    look_up,
)

Load = Callable[..., Registry]
Read = Callable[..., Schema]
Make = Callable[..., dict[str, Any]]

IT = "acme/one.json#/paths/~1make/post/requestBody/content/application~1json/schema/properties/it"
A = {"schemas": {"A": {"type": "object", "properties": {"a": {"type": "string"}}}}}


def test_all_of_reads_as_one_object(read: Read) -> None:
    found = read(
        {
            "description": "Outer.",
            "required": ["b"],
            "properties": {"c": {"type": "boolean"}},
            "allOf": [
                {"$ref": "#/components/schemas/A"},
                {
                    "type": "object",
                    "description": "Inner.",
                    "required": ["a", "b"],
                    "allOf": [{"properties": {"b": {"type": "integer"}}}],
                },
            ],
        },
        components=A,
    )

    assert isinstance(found, ObjectSchema)
    assert found.pointer == IT
    assert found.description == "Outer."
    assert [(it.name, it.required) for it in found.properties.values()] == [
        ("a", True),
        ("b", True),
        ("c", False),
    ]
    assert {it.name: it.schema.pointer for it in found.properties.values()} == {
        "a": "acme/one.json#/components/schemas/A/properties/a",
        "b": f"{IT}/allOf/1/allOf/0/properties/b",
        "c": f"{IT}/properties/c",
    }


def test_all_of_keeps_the_place_of_every_keyword_it_takes_in(
    read: Read, load: Load, document: Make
) -> None:
    schema = {
        "allOf": [
            {"type": "array", "items": {"allOf": [{"anyOf": [{"type": "string"}]}]}},
            {"maxItems": 3},
        ]
    }

    found = read(schema)
    raw = load(document({"it": schema})).documents[0].raw

    assert isinstance(found, ArraySchema)
    assert found.items.pointer == f"{IT}/allOf/0/items/allOf/0/anyOf/0"
    assert look_up(raw, found.items.pointer.split("#")[1]) == {"type": "string"}


@pytest.mark.parametrize(
    ("schema", "place", "problem"),
    [
        pytest.param(
            {"allOf": [{"type": "string"}, {"type": "integer"}]},
            "/allOf/1/type",
            "parts of one schema say 'string' and 'integer'",
            id="type",
        ),
        pytest.param(
            {"allOf": [{"type": "integer", "minimum": 1}], "minimum": 2},
            "/minimum",
            "parts of one schema say 1 and 2",
            id="bound-outside",
        ),
        pytest.param(
            {
                "allOf": [
                    {"properties": {"a/b": {"type": "string"}}},
                    {"properties": {"a/b": {"type": "integer"}}},
                ]
            },
            "/allOf/1/properties/a~1b",
            "parts of one schema declare this property differently",
            id="property",
        ),
        pytest.param(
            {
                "allOf": [
                    {"properties": {"a": {}}, "additionalProperties": False},
                    {"properties": {"b": {}}},
                ]
            },
            "/allOf/0/additionalProperties",
            "does not admit 'b' of another part",
            id="closed-part",
        ),
        pytest.param({"allOf": 5}, "/allOf", "5 is not a list", id="not-a-list"),
        pytest.param(
            {"allOf": [True]}, "/allOf/0", "True is not an object", id="not-an-object"
        ),
        pytest.param(
            {"allOf": [{"properties": 5}]},
            "/allOf/0/properties",
            "5 is not an object",
            id="no-properties",
        ),
        pytest.param(
            {"allOf": [{"required": "a"}]},
            "/allOf/0/required",
            "'a' is not a list",
            id="no-names",
        ),
    ],
)
def test_all_of_is_refused_when_its_parts_do_not_go_together(
    read: Read, schema: dict[str, Any], place: str, problem: str
) -> None:
    with pytest.raises(UnsupportedSchemaError) as caught:
        read(schema)

    assert str(caught.value).startswith(f"{IT}{place}: {problem}")


def test_closed_part_is_let_be_when_the_others_name_no_more(read: Read) -> None:
    closed = {"properties": {"a": {}}, "additionalProperties": False}

    found = read({"allOf": [closed, {"properties": {"a": {}}, "required": ["a"]}]})

    assert isinstance(found, ObjectSchema)
    assert found.additional is False


@pytest.mark.parametrize(
    ("schema", "nullable"),
    [
        pytest.param(
            {"allOf": [{"type": "string", "nullable": True}]}, True, id="its-only-part"
        ),
        pytest.param(
            {
                "allOf": [{"type": "string", "nullable": True}, {"type": "string"}],
            },
            False,
            id="one-part-of-two",
        ),
        pytest.param(
            {"allOf": [{"type": "string"}], "nullable": True},
            False,
            id="no-type-beside-it",
        ),
        pytest.param(
            {
                "allOf": [{"type": "string", "nullable": True}],
                "type": "string",
                "nullable": True,
            },
            True,
            id="every-part",
        ),
    ],
)
def test_null_is_admitted_when_every_part_with_a_type_admits_it(
    read: Read, schema: dict[str, Any], nullable: bool
) -> None:
    """So says OpenAPI 3.0.3, and so judge the validators."""
    assert read(schema).nullable is nullable


def test_annotations_beside_a_reference_describe_its_use(read: Read) -> None:
    found = read(
        {"$ref": "#/components/schemas/A", "description": "Here.", "title": "It"},
        components=A,
    )

    assert (found.title, found.description) == ("It", "Here.")
    assert found.pointer == "acme/one.json#/components/schemas/A"


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_any_value_may_be_meant_by_a_reference(read: Read, version: str) -> None:
    found = read(
        {"$ref": "#/components/schemas/Any", "description": "Here."},
        components={"schemas": {"Any": True}},
        version=version,
    )

    assert found.nullable


NUMBER = {"schemas": {"N": {"type": "integer", "maximum": 9, "default": 1}}}
BESIDE = {"$ref": "#/components/schemas/N", "minimum": 5, "default": 7}


def test_constraints_beside_a_reference_count_in_openapi_3_1(read: Read) -> None:
    found = read(BESIDE, version="3.1.0", components=NUMBER)

    assert isinstance(found, NumberSchema)
    assert found.pointer == IT
    assert found.minimum is not None
    assert found.maximum is not None
    assert (int(found.minimum.value), int(found.maximum.value)) == (5, 9)
    assert found.default == 7


def test_constraints_beside_a_reference_are_ignored_in_openapi_3_0(read: Read) -> None:
    found = read(BESIDE, version="3.0.3", components=NUMBER)

    assert isinstance(found, NumberSchema)
    assert found.pointer == "acme/one.json#/components/schemas/N"
    assert (found.minimum, found.default) == (None, 1)


def test_constraints_beside_a_reference_are_refused_when_it_is_no_schema(
    read: Read,
) -> None:
    with pytest.raises(UnsupportedSchemaError, match="5 is not an object"):
        read(BESIDE, version="3.1.0", components={"schemas": {"N": 5}})


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
def test_what_stands_beside_alternatives_holds_for_each(
    read: Read, keyword: str
) -> None:
    found = read(
        {
            "type": "object",
            "description": "One of two.",
            "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
            keyword: [{"required": ["a"]}, {"required": ["b"]}],
        }
    )

    assert isinstance(found, UnionSchema)
    assert found.exclusive is (keyword == "oneOf")
    assert found.description == "One of two."
    required = [
        [it.name for it in option.properties.values() if it.required]
        for option in found.options
        if isinstance(option, ObjectSchema) and list(option.properties) == ["a", "b"]
    ]
    assert required == [["a"], ["b"]]
    assert [it.pointer for it in found.options] == [
        f"{IT}/{keyword}/0",
        f"{IT}/{keyword}/1",
    ]


def test_alternatives_of_both_kinds_multiply(read: Read) -> None:
    found = read(
        {
            "anyOf": [{"minLength": 1}, {"maxLength": 3}],
            "oneOf": [{"type": "string"}, {"type": "null"}],
        }
    )

    assert isinstance(found, UnionSchema)
    sizes = [
        (it.min_length, it.max_length)
        for it in found.options
        if isinstance(it, StringSchema)
    ]
    assert sizes == [(1, None), (0, 3)]
    assert found.nullable


def test_alternatives_are_refused_when_what_stands_beside_contradicts_them(
    read: Read,
) -> None:
    with pytest.raises(UnsupportedSchemaError, match="say 'string' and 'integer'"):
        read({"type": "integer", "anyOf": [{"type": "string"}, {"type": "integer"}]})


def test_alternative_is_refused_when_it_is_no_schema(read: Read) -> None:
    with pytest.raises(UnsupportedSchemaError, match="anyOf/1: 'x' is not an object"):
        read({"anyOf": [{"type": "string"}, "x"]})


def test_only_null_is_left_when_no_other_alternative_is(read: Read) -> None:
    assert isinstance(read({"anyOf": [{"type": "null"}]}), NullSchema)


def doubling(keyword: str, depth: int) -> dict[str, Any]:
    """Return schemas that each use the next one twice."""

    def use(number: int) -> Any:
        following = {"$ref": f"#/components/schemas/A{number}"}
        if keyword == "properties":
            return {"one": following, "two": following}
        return [following, following]

    last = {f"A{depth}": {"type": "object"}}
    return {f"A{it}": {keyword: use(it + 1)} for it in range(depth)} | last


@pytest.mark.parametrize("keyword", ["properties", "allOf", "anyOf"])
def test_document_is_refused_when_a_few_schemas_expand_without_end(
    read: Read, keyword: str
) -> None:
    with pytest.raises(UnsupportedSchemaError, match="expands to more than 50,000"):
        read(
            {"$ref": "#/components/schemas/A0"},
            components={"schemas": doubling(keyword, 15)},
        )


def test_document_is_refused_when_all_of_leads_on_too_long(read: Read) -> None:
    chain = {
        f"A{it}": {"allOf": [{"$ref": f"#/components/schemas/A{it + 1}"}]}
        for it in range(40)
    }

    with pytest.raises(RecursiveReferenceError, match="more than 32 steps; flatten"):
        read(
            {"$ref": "#/components/schemas/A0"},
            components={"schemas": {**chain, "A40": {"type": "string"}}},
        )


def test_document_is_refused_when_schemas_are_nested_too_deeply(read: Read) -> None:
    chain = {
        f"A{it}": {
            "type": "array",
            "items": {"$ref": f"#/components/schemas/A{it + 1}"},
        }
        for it in range(70)
    }

    with pytest.raises(UnsupportedSchemaError, match="nested more than 64 deep"):
        read(
            {"$ref": "#/components/schemas/A0"},
            components={"schemas": {**chain, "A70": {"type": "string"}}},
        )
