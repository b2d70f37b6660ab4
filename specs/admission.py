"""Whether the values that a schema names, its default and its list, are its own.

A wrong default is worse than none: a client that fills it in sends it. A listed value
of the wrong type would be offered to callers and refused by the service.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from specs.errors import DefaultError, EmptyRangeError, UnsupportedSchemaError
from specs.jsontext import is_among
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


def refuse_listed(schema: Schema) -> None:
    """Raise where *schema* lists no value, or one that the rest of it does not admit."""
    if schema.enum is None:
        return
    if not schema.enum:
        raise EmptyRangeError(
            schema.pointer,
            "the values it lists leave none that is valid",
            fix="vendor a mended document, or treat it in waivers.toml",
        )
    rest = replace(schema, enum=None)
    for value in schema.enum:
        if problem := _problem(rest, value):
            raise UnsupportedSchemaError(
                schema.pointer,
                f"enum lists {value!r:.80}, which {problem}",
                fix="treat it in waivers.toml (action 'coerce' or 'set' on the enum)",
            )


def has_type(schema: Schema, value: Json) -> bool:
    """Say whether *value* is of the JSON type of *schema*; a union has any."""
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
        case _:
            return not isinstance(schema, NullSchema)


def _problem(schema: Schema, value: Any) -> str | None:
    """Return the first thing that *schema* has against *value*; None where nothing."""
    if value is None:
        return None if schema.nullable else "is null, which the schema refuses"
    if not has_type(schema, value):
        return f"is not of the declared type ({_type_name(schema)})"
    if schema.enum is not None and not is_among(value, schema.enum):
        return f"is not one of the allowed values {list(schema.enum)!r:.200}"
    match schema:
        case NumberSchema():
            return (
                None if _is_within(schema, value) else "is outside the schema's range"
            )
        case StringSchema():
            return _string_problem(schema, value)
        case ArraySchema():
            return _array_problem(schema, value)
        case ObjectSchema():
            return next(_member_problems(schema, value), None)
        case UnionSchema():
            return _union_problem(schema, value)
        case _:
            return None


def _type_name(schema: Schema) -> str:
    if isinstance(schema, NumberSchema):
        return schema.type
    return type(schema).__name__.removesuffix("Schema").lower()


def _is_within(schema: NumberSchema, value: float) -> bool:
    number = Decimal(repr(value))
    low, high, step = schema.minimum, schema.maximum, schema.multiple_of
    return not (
        (low and (number < low.value or (low.exclusive and number == low.value)))
        or (high and (number > high.value or (high.exclusive and number == high.value)))
        or (step and Fraction(number) % Fraction(step))
    )


def _string_problem(schema: StringSchema, value: str) -> str | None:
    if not _has_size(value, schema.min_length, schema.max_length):
        return "is outside the schema's length"
    if schema.pattern is not None and not re.search(schema.pattern, value):
        return f"does not match pattern={schema.pattern!r:.80}"
    return None


def _array_problem(schema: ArraySchema, value: list[Any]) -> str | None:
    if not _has_size(value, schema.min_items, schema.max_items):
        return "is outside the schema's size"
    if schema.unique_items and any(
        is_among(it, value[:index]) for index, it in enumerate(value)
    ):
        return "holds a value twice"
    problems = (_problem(schema.items, it) for it in value)
    return next((f"holds an item that {it}" for it in problems if it), None)


def _has_size(value: str | list[Any], low: int, high: int | None) -> bool:
    return low <= len(value) and (high is None or len(value) <= high)


def _union_problem(schema: UnionSchema, value: Json) -> str | None:
    fits = sum(_problem(it, value) is None for it in schema.options)
    if not fits:
        return "is admitted by none of the alternatives"
    if fits > 1 and schema.exclusive:
        return "is admitted by more than one of the alternatives"
    return None


def _member_problems(schema: ObjectSchema, value: dict[str, Any]) -> Iterator[str]:
    for name, it in schema.properties.items():
        if name not in value:
            if it.required:
                yield f"lacks {name!r:.80}"
        elif problem := _problem(it.schema, value[name]):
            yield f"holds {name!r:.80}, which {problem}"
    for name in sorted(value.keys() - schema.properties.keys()):
        additional = schema.additional
        if not additional:
            yield f"holds {name!r:.80}, which is not among the properties"
        elif isinstance(additional, Schema) and _problem(additional, value[name]):
            yield f"holds {name!r:.80}, which is not one of the additional properties"
