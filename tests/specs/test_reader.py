from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from specs import (
    AnySchema,
    ArraySchema,
    BooleanSchema,
    Bound,
    NullSchema,
    NumberSchema,
    ObjectSchema,
    Schema,
    StringSchema,
    UnsupportedSchemaError,
)

Read = Callable[..., Schema]

IT = "acme/one.json#/paths/~1make/post/requestBody/content/application~1json/schema/properties/it"


def inclusive(value: int | str) -> Bound:
    return Bound(Decimal(value))


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        pytest.param(5, ": 5 is not an object", id="number"),
        pytest.param(False, ": False is not an object", id="false"),
        pytest.param(None, ": None is not an object", id="null"),
        pytest.param({"type": "video"}, ": type='video' is not a JSON type", id="type"),
        pytest.param({"type": 5}, ": type=5 is not a JSON type", id="type-number"),
        pytest.param({"type": {"a": 1}}, ": type={'a': 1} is not", id="type-object"),
        pytest.param(
            {"type": [["string"]]}, ": type=['string'] is not", id="type-nested"
        ),
        pytest.param({"type": ["string", None]}, ": type=None is not", id="type-null"),
        pytest.param({"enum": "abc"}, "/enum: 'abc' is not a list", id="enum"),
        pytest.param(
            {"minimum": 1, "pattern": "a"},
            ": declares no type, and keywords of string and number",
            id="keywords-of-two-types",
        ),
        pytest.param(
            {"type": "number", "minimum": "1"},
            "/minimum: '1' is not a number",
            id="bound",
        ),
        pytest.param(
            {"type": "number", "maximum": True},
            "/maximum: True is not",
            id="bound-bool",
        ),
        pytest.param(
            {"type": "number", "exclusiveMaximum": "1"},
            "/exclusiveMaximum: '1' is not a number",
            id="exclusive-bound",
        ),
        pytest.param(
            {"type": "number", "multipleOf": 0},
            "/multipleOf: 0 is not above 0",
            id="step",
        ),
        pytest.param(
            {"type": "string", "minLength": "1"}, "/minLength: '1' is not", id="length"
        ),
        pytest.param(
            {"type": "string", "pattern": "["},
            "/pattern: '[' is no regular expression: unterminated",
            id="pattern",
        ),
        pytest.param(
            {"type": "string", "pattern": 5},
            "/pattern: 5 is no regular",
            id="pattern-type",
        ),
        pytest.param({"type": "array", "items": 5}, "/items: 5 is not an", id="items"),
        pytest.param(
            {"properties": []}, "/properties: [] is not an object", id="members"
        ),
        pytest.param({"properties": {"a": 5}}, "/properties/a: 5 is not", id="member"),
        pytest.param(
            {"type": "object", "required": True},
            "/required: True is not a",
            id="required",
        ),
        pytest.param(
            {"type": "object", "required": ["a"]},
            "/required: names 'a', which is not among the properties",
            id="required-stray",
        ),
        pytest.param(
            {"type": "object", "required": [{}], "properties": {"a": {}}},
            "/required: names {}, which is not among",
            id="required-object",
        ),
        pytest.param(
            {"type": "object", "additionalProperties": 5},
            "/additionalProperties: 5 is not",
            id="additional",
        ),
        pytest.param({"anyOf": {}}, "/anyOf: {} is not a list", id="anyOf"),
    ],
)
def test_schema_is_refused_when_it_is_malformed(
    read: Read, schema: Any, message: str
) -> None:
    with pytest.raises(UnsupportedSchemaError) as caught:
        read(schema)

    assert str(caught.value).startswith(f"{IT}{message}")


@pytest.mark.parametrize(
    "keyword",
    [
        "not",
        "if",
        "patternProperties",
        "propertyNames",
        "prefixItems",
        "contains",
        "dependentRequired",
        "dependentSchemas",
        "unevaluatedProperties",
        "unevaluatedItems",
        "minProperties",
        "maxProperties",
        "discriminator",
        "$id",
        "$dynamicRef",
    ],
)
def test_schema_is_refused_when_a_keyword_could_not_be_carried_on(
    read: Read, keyword: str
) -> None:
    with pytest.raises(UnsupportedSchemaError) as caught:
        read({"allOf": [{"type": "object", keyword: {}}]})

    assert str(caught.value) == (
        f"{IT}/allOf/0/{keyword}: this keyword is not supported; treat it in "
        "waivers.toml (action 'drop') if the rest is enough"
    )


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        pytest.param(True, AnySchema(pointer=IT, nullable=True), id="true"),
        pytest.param({}, AnySchema(pointer=IT, nullable=True), id="nothing"),
        pytest.param(
            {"enum": [1, "a", None]},
            AnySchema(pointer=IT, nullable=True, enum=(1, "a")),
            id="any-of-listed-values",
        ),
        pytest.param(
            {"enum": [1, "a"]}, AnySchema(pointer=IT, enum=(1, "a")), id="listed-values"
        ),
        pytest.param({"type": "boolean"}, BooleanSchema(pointer=IT), id="boolean"),
        pytest.param(
            {"type": "null"}, NullSchema(pointer=IT, nullable=True), id="null"
        ),
        pytest.param(
            {"const": None}, NullSchema(pointer=IT, nullable=True), id="constant-null"
        ),
        pytest.param(
            {"type": "string", "nullable": True, "enum": [None]},
            NullSchema(pointer=IT, nullable=True),
            id="only-null-is-listed",
        ),
        pytest.param(
            {"type": "string", "nullable": True, "enum": ["a", None]},
            StringSchema(pointer=IT, nullable=True, enum=("a",)),
            id="3.0-null-in-the-enum",
        ),
        pytest.param(
            {"type": "string", "nullable": True, "enum": ["a"]},
            StringSchema(pointer=IT, enum=("a",)),
            id="3.0-no-null-in-the-enum",
        ),
        pytest.param(
            {"type": ["string", "null"], "enum": ["a"]},
            StringSchema(pointer=IT, enum=("a",)),
            id="3.1-no-null-in-the-enum",
        ),
        pytest.param(
            {"type": "string", "enum": ["a", None]},
            StringSchema(pointer=IT, enum=("a",)),
            id="null-in-the-enum-alone",
        ),
        pytest.param(
            {"type": ["null", "string", "string"]},
            StringSchema(pointer=IT, nullable=True),
            id="3.1-type-or-null",
        ),
        pytest.param(
            {"type": "string", "const": "a"},
            StringSchema(pointer=IT, enum=("a",)),
            id="constant",
        ),
        pytest.param(
            {"const": "a"}, StringSchema(pointer=IT, enum=("a",)), id="untyped"
        ),
        pytest.param(
            {"enum": [1, 2.5]},
            NumberSchema(pointer=IT, type="number", enum=(1, 2.5)),
            id="enum-of-numbers",
        ),
        pytest.param(
            {"enum": [1, None]},
            NumberSchema(pointer=IT, type="integer", enum=(1,), nullable=True),
            id="enum-of-integers-or-null",
        ),
        pytest.param(
            {"enum": [True]},
            BooleanSchema(pointer=IT, enum=(True,)),
            id="enum-of-booleans",
        ),
        pytest.param(
            {"minLength": 2},
            StringSchema(pointer=IT, min_length=2),
            id="inferred-string",
        ),
        pytest.param(
            {"maximum": 2, "nullable": True},
            NumberSchema(
                pointer=IT, type="number", maximum=inclusive(2), nullable=True
            ),
            id="inferred-number",
        ),
        pytest.param(
            {"items": {"type": "null"}},
            ArraySchema(
                pointer=IT, items=NullSchema(pointer=f"{IT}/items", nullable=True)
            ),
            id="inferred-array",
        ),
        pytest.param(
            {"type": "array", "minItems": 1, "maxItems": 4, "uniqueItems": True},
            ArraySchema(
                pointer=IT,
                items=AnySchema(pointer=IT, nullable=True),
                min_items=1,
                max_items=4,
                unique_items=True,
            ),
            id="array-of-anything",
        ),
        pytest.param(
            {"type": "string", "minLength": 0.5, "maxLength": 4.5, "pattern": "^a"},
            StringSchema(pointer=IT, min_length=1, max_length=4, pattern="^a"),
            id="lengths",
        ),
        pytest.param(
            {"type": "string", "minLength": -3, "format": "uri"},
            StringSchema(pointer=IT, format="uri"),
            id="length-below-zero",
        ),
        pytest.param(
            {"type": "integer", "multipleOf": 8, "format": "int32"},
            NumberSchema(
                pointer=IT, type="integer", multiple_of=Decimal(8), format="int32"
            ),
            id="integer",
        ),
        pytest.param(
            {"type": "object", "additionalProperties": False},
            ObjectSchema(pointer=IT, properties={}, additional=False),
            id="closed-object",
        ),
        pytest.param(
            {"type": "object", "additionalProperties": True},
            ObjectSchema(pointer=IT, properties={}),
            id="open-object",
        ),
        pytest.param(
            {"additionalProperties": {"type": "boolean"}},
            ObjectSchema(
                pointer=IT,
                properties={},
                additional=BooleanSchema(pointer=f"{IT}/additionalProperties"),
            ),
            id="object-of-booleans",
        ),
        pytest.param(
            {
                "title": "It",
                "description": "What it is.",
                "type": "boolean",
                "deprecated": True,
                "example": True,
                "default": False,
            },
            BooleanSchema(
                pointer=IT,
                title="It",
                description="What it is.",
                deprecated=True,
                examples=(True,),
                default=False,
            ),
            id="annotations",
        ),
        pytest.param(
            {"type": "boolean", "title": 5, "examples": [True, False], "deprecated": 1},
            BooleanSchema(pointer=IT, examples=(True, False)),
            id="examples",
        ),
        pytest.param(
            {"type": "boolean", "examples": {"a": 1}},
            BooleanSchema(pointer=IT),
            id="examples-of-another-kind",
        ),
    ],
)
def test_schema_reads_to(read: Read, schema: Any, expected: Schema) -> None:
    assert read(schema) == expected
