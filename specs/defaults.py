"""Whether a default is a value that its own schema admits.

A wrong default is worse than none: a client that fills it in sends it. The check is
on scalars and lists of them, which is where the documents go wrong.
"""

from decimal import Decimal
from typing import Any

from specs.errors import DefaultError
from specs.pointers import Json
from specs.schemas import (
    ArraySchema,
    BooleanSchema,
    NullSchema,
    NumberSchema,
    ObjectSchema,
    Schema,
    StringSchema,
    UnionSchema,
)


def refuse_default(schema: Schema, value: Json) -> None:
    """Raise DefaultError where *schema* does not admit *value* as its default."""
    if problem := _problem(schema, value):
        raise DefaultError(
            schema.pointer,
            f"default={value!r:.80} {problem}",
            fix="add a treatment to waivers.toml: action 'coerce', 'drop' or 'set'",
        )


def _problem(schema: Schema, value: Json) -> str | None:
    if value is None:
        admitted = schema.nullable or isinstance(schema, NullSchema)
        return None if admitted else "is null, which the schema refuses"
    if not _has_type(schema, value):
        return f"is not of the declared type ({_type_name(schema)})"
    if schema.enum is not None and value not in schema.enum:
        return f"is not one of the allowed values {list(schema.enum)}"
    if isinstance(schema, NumberSchema) and not _is_within(schema, value):
        return "is outside the schema's own range"
    if isinstance(schema, StringSchema) and not _has_length(schema, value):
        return "is outside the schema's own length"
    if isinstance(schema, UnionSchema):
        fits = any(_problem(it, value) is None for it in schema.options)
        return None if fits else "is admitted by none of the alternatives"
    return None


def _type_name(schema: Schema) -> str:
    if isinstance(schema, NumberSchema):
        return schema.type
    return type(schema).__name__.removesuffix("Schema").lower()


def _has_type(schema: Schema, value: Any) -> bool:
    match schema:
        case NumberSchema(type="integer"):
            return isinstance(value, int) and not isinstance(value, bool)
        case NumberSchema():
            return isinstance(value, int | float) and not isinstance(value, bool)
        case StringSchema():
            return isinstance(value, str)
        case BooleanSchema():
            return isinstance(value, bool)
        case ArraySchema():
            return isinstance(value, list)
        case ObjectSchema():
            return isinstance(value, dict)
        case NullSchema():
            return False
        case _:
            return True


def _is_within(schema: NumberSchema, value: Any) -> bool:
    number = Decimal(repr(value))
    low, high = schema.minimum, schema.maximum
    return not (
        (low and (number < low.value or (low.exclusive and number == low.value)))
        or (high and (number > high.value or (high.exclusive and number == high.value)))
    )


def _has_length(schema: StringSchema, value: Any) -> bool:
    longest = schema.max_length
    return (
        schema.min_length <= len(value) <= (len(value) if longest is None else longest)
    )
