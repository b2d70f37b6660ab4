"""The JSON types that a schema admits, by the names that JSON Schema gives them.

An integer is a number here: where one may stand, the other is a question of a step,
which `contract_tests.numbers` answers.
"""

from typing import Final

from specs import (
    AnySchema,
    ArraySchema,
    BooleanSchema,
    Json,
    NullSchema,
    NumberSchema,
    ObjectSchema,
    Schema,
    StringSchema,
    UnionSchema,
    Unset,
)

KINDS: Final = ("string", "number", "boolean", "array", "object", "null")
"""Every JSON type."""

_KIND: dict[type[Schema], str] = {
    NumberSchema: "number",
    StringSchema: "string",
    BooleanSchema: "boolean",
    ArraySchema: "array",
    ObjectSchema: "object",
    NullSchema: "null",
}


def kinds_of(schema: Schema) -> frozenset[str]:
    """Return the JSON types that *schema* admits, `null` among them."""
    if isinstance(schema, AnySchema):
        return frozenset(KINDS)
    own = {"null"} if schema.nullable else set[str]()
    if isinstance(schema, UnionSchema):
        return frozenset(own.union(*(kinds_of(it) for it in schema.options)))
    return frozenset({*own, _KIND[type(schema)]})


def kind_of(value: Json | Unset) -> str:
    """Return the JSON type of *value*; empty where there is no value."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case dict():
            return "object"
    return ""


def has_ground_of_its_own(union: UnionSchema, option: Schema) -> bool:
    """Say whether what breaks *option* alone can be valid by no other option."""
    others = [kinds_of(it) for it in union.options if it is not option]
    return kinds_of(option).isdisjoint(frozenset().union(*others))
