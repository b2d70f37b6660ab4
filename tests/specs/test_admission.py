from collections.abc import Callable
from typing import Any

import pytest

from specs import DefaultError, Registry, Schema, UnsupportedSchemaError

Load = Callable[..., Registry]
Read = Callable[..., Schema]
Make = Callable[..., dict[str, Any]]

IT = "acme/one.json#/paths/~1make/post/requestBody/content/application~1json/schema/properties/it"
VIDEO = {
    "type": "object",
    "required": ["url"],
    "properties": {"url": {"type": "string"}, "fps": {"type": "integer"}},
}


@pytest.mark.parametrize(
    ("schema", "default", "problem"),
    [
        pytest.param(
            {"type": "integer"},
            "10",
            "is not of the declared type (integer)",
            id="text-for-integer",
        ),
        pytest.param(
            {"type": "integer"},
            1.0,
            "is not of the declared type (integer)",
            id="float-for-integer",
        ),
        pytest.param(
            {"type": "integer"},
            True,
            "is not of the declared type (integer)",
            id="boolean-for-integer",
        ),
        pytest.param(
            {"type": "number"},
            "1",
            "is not of the declared type (number)",
            id="text-for-number",
        ),
        pytest.param(
            {"type": "number"},
            False,
            "is not of the declared type (number)",
            id="boolean-for-number",
        ),
        pytest.param(
            {"type": "string"},
            1,
            "is not of the declared type (string)",
            id="number-for-text",
        ),
        pytest.param(
            {"type": "boolean"},
            "true",
            "is not of the declared type (boolean)",
            id="text-for-boolean",
        ),
        pytest.param(
            {"type": "array"},
            {},
            "is not of the declared type (array)",
            id="object-for-list",
        ),
        pytest.param(
            {"type": "object"},
            [],
            "is not of the declared type (object)",
            id="list-for-object",
        ),
        pytest.param(
            {"type": "null"},
            1,
            "is not of the declared type (null)",
            id="number-for-null",
        ),
        pytest.param(
            {"type": "string"}, None, "is null, which the schema refuses", id="null"
        ),
        pytest.param(
            {"enum": ["a", "b"]},
            "c",
            "is not one of the allowed values ['a', 'b']",
            id="enum",
        ),
        pytest.param(
            {"enum": [1, 2]},
            3,
            "is not one of the allowed values [1, 2]",
            id="enum-of-integers",
        ),
        pytest.param(
            {"type": "integer", "minimum": 5},
            4,
            "is outside the schema's range",
            id="below",
        ),
        pytest.param(
            {"type": "number", "maximum": 5},
            5.1,
            "is outside the schema's range",
            id="above",
        ),
        pytest.param(
            {"type": "number", "exclusiveMinimum": 0},
            0,
            "is outside the schema's range",
            id="at-the-lower-end",
        ),
        pytest.param(
            {"type": "number", "exclusiveMaximum": 1},
            1.0,
            "is outside the schema's range",
            id="at-the-upper-end",
        ),
        pytest.param(
            {"type": "number", "multipleOf": 0.1},
            0.25,
            "is outside the schema's range",
            id="no-multiple",
        ),
        pytest.param(
            {"type": "string", "minLength": 2},
            "a",
            "is outside the schema's length",
            id="too-short",
        ),
        pytest.param(
            {"type": "string", "maxLength": 2},
            "abc",
            "is outside the schema's length",
            id="too-long",
        ),
        pytest.param(
            {"type": "string", "pattern": "^a"},
            "ba",
            "does not match pattern='^a'",
            id="pattern",
        ),
        pytest.param(
            {"type": "array", "minItems": 2},
            [1],
            "is outside the schema's size",
            id="too-few",
        ),
        pytest.param(
            {"type": "array", "maxItems": 0},
            [1],
            "is outside the schema's size",
            id="too-many",
        ),
        pytest.param(
            {"type": "array", "uniqueItems": True},
            [1, 1],
            "holds a value twice",
            id="twice",
        ),
        pytest.param(
            {"type": "array", "items": {"type": "string"}},
            ["a", 1],
            "holds an item that is not of the declared type (string)",
            id="item",
        ),
        pytest.param(VIDEO, {"fps": 1}, "lacks 'url'", id="member-missing"),
        pytest.param(
            VIDEO,
            {"url": "a", "fps": "b"},
            "holds 'fps', which is not of the declared type (integer)",
            id="member",
        ),
        pytest.param(
            {**VIDEO, "additionalProperties": False},
            {"url": "a", "b": 1},
            "holds 'b', which is not among the properties",
            id="member-stray",
        ),
        pytest.param(
            {**VIDEO, "additionalProperties": {"type": "string"}},
            {"url": "a", "b": 1},
            "holds 'b', which is not one of the additional properties",
            id="member-additional",
        ),
        pytest.param(
            {"type": ["integer", "boolean"]},
            "a",
            "is admitted by none of the alternatives",
            id="no-alternative",
        ),
        pytest.param(
            {"oneOf": [{"type": "integer"}, {"type": "number"}]},
            1,
            "is admitted by more than one of the alternatives",
            id="two-alternatives",
        ),
    ],
)
def test_default_is_refused_when_its_own_schema_refuses_it(
    read: Read, schema: dict[str, Any], default: Any, problem: str
) -> None:
    with pytest.raises(DefaultError) as caught:
        read({**schema, "default": default})

    assert str(caught.value) == (
        f"{IT}: default={default!r} {problem}; add a treatment to waivers.toml: action "
        "'coerce', 'drop' or 'set'"
    )


@pytest.mark.parametrize(
    ("schema", "default"),
    [
        pytest.param(
            {"type": "integer", "minimum": 5, "maximum": 5}, 5, id="at-both-ends"
        ),
        pytest.param({"type": "number", "multipleOf": 0.1}, 0.3, id="multiple"),
        pytest.param({"type": "number", "multipleOf": 0.1}, 1e300, id="huge-multiple"),
        pytest.param({"type": "number"}, 1, id="integer-for-number"),
        pytest.param(
            {"type": "string", "maxLength": 1}, "é", id="length-in-characters"
        ),
        pytest.param({"type": "string", "nullable": True}, None, id="null"),
        pytest.param({"type": "null"}, None, id="null-itself"),
        pytest.param({"type": "boolean", "enum": [False]}, False, id="boolean"),
        pytest.param(
            {"type": "array", "items": {"type": "string"}}, [], id="empty-list"
        ),
        pytest.param({"type": "array", "uniqueItems": True}, [1, 2], id="list"),
        pytest.param(VIDEO, {"url": "a", "more": 1}, id="object"),
        pytest.param(
            {**VIDEO, "additionalProperties": {"type": "string"}},
            {"url": "a", "b": "c"},
            id="additional",
        ),
        pytest.param(
            {"anyOf": [{"type": "integer"}, {"type": "number"}]},
            1,
            id="two-alternatives",
        ),
        pytest.param(
            {"oneOf": [{"type": "integer"}, {"type": "string"}]},
            1,
            id="one-alternative",
        ),
        pytest.param({}, {"any": [1]}, id="anything"),
    ],
)
def test_default_is_kept_when_its_own_schema_admits_it(
    read: Read, schema: dict[str, Any], default: Any
) -> None:
    assert read({**schema, "default": default}).default == default


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        pytest.param(
            {"type": "integer", "enum": [5, "10"]},
            "enum lists '10', which is not of the declared type (integer)",
            id="type",
        ),
        pytest.param(
            {"type": "integer", "minimum": 3, "enum": [1, 5]},
            "enum lists 1, which is outside the schema's range",
            id="range",
        ),
        pytest.param(
            {"type": ["string", "integer"], "enum": ["a", 1.5]},
            "enum lists 1.5, which is admitted by none of the alternatives",
            id="none-of-the-types",
        ),
    ],
)
def test_listed_value_is_refused_when_the_rest_of_the_schema_refuses_it(
    read: Read, schema: dict[str, Any], message: str
) -> None:
    with pytest.raises(UnsupportedSchemaError) as caught:
        read(schema)

    assert str(caught.value).startswith(f"{IT}: {message}; treat it in waivers.toml")
