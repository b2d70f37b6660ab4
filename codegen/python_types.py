"""Schemas as Python types."""

from collections.abc import Mapping

from specs import (
    ArraySchema,
    BooleanSchema,
    Json,
    NullSchema,
    NumberSchema,
    ObjectSchema,
    Schema,
    StringSchema,
    UnionSchema,
)


def python_type(schema: Schema, classes: Mapping[str, str]) -> str:
    """Return the Python type of *schema*; *classes* names objects by their pointer."""
    plain = _plain_type(schema, classes)
    return f"{plain} | None" if schema.nullable and plain != "Any" else plain


def literals(schema: Schema) -> tuple[Json, ...] | None:
    """Return the values of an enum that a Literal can hold, or None."""
    values = schema.enum
    if not values or not all(isinstance(it, str | bool | int) for it in values):
        return None
    return values


def _plain_type(schema: Schema, classes: Mapping[str, str]) -> str:
    if (values := literals(schema)) is not None:
        return f"Literal[{', '.join(map(repr, values))}]"
    match schema:
        case NumberSchema():
            return "int" if schema.type == "integer" else "float"
        case StringSchema():
            return "str"
        case BooleanSchema():
            return "bool"
        case NullSchema():
            return "None"
        case ArraySchema():
            return f"list[{python_type(schema.items, classes)}]"
        case ObjectSchema():
            return _object_type(schema, classes)
        case UnionSchema():
            options = [python_type(it, classes) for it in schema.options]
            return "Any" if "Any" in options else " | ".join(dict.fromkeys(options))
        case _:
            return "Any"


def _object_type(schema: ObjectSchema, classes: Mapping[str, str]) -> str:
    if schema.properties:
        return classes[schema.pointer]
    if isinstance(schema.additional, Schema):
        return f"dict[str, {python_type(schema.additional, classes)}]"
    return "dict[str, Any]"
