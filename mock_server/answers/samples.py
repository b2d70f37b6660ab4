"""Values for what an answer must hold and the mock has nothing to say about."""

from typing import Any

from specs import (
    UNSET,
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
)

_BY_FORMAT = {
    "date": "2026-01-01",
    "date-time": "2026-01-01T00:00:00Z",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def draw_sample(schema: Schema) -> Json:
    """Return a small value that *schema* admits, patterns and uniqueness aside."""
    if schema.default is not UNSET:
        return schema.default
    if schema.enum:
        return schema.enum[0]
    match schema:
        case NumberSchema():
            return _draw_number(schema)
        case StringSchema():
            text = _BY_FORMAT.get(schema.format or "", "")
            return text.ljust(schema.min_length, "x")
        case BooleanSchema():
            return False
        case ArraySchema():
            return [draw_sample(schema.items) for _ in range(schema.min_items)]
        case ObjectSchema():
            return complete(schema, {})
        case UnionSchema():
            return draw_sample(schema.options[0])
        case _:
            assert isinstance(schema, NullSchema | AnySchema)
            return None


def complete(schema: ObjectSchema, content: dict[str, Any]) -> dict[str, Any]:
    """Return *content* with a sample for each required member that it lacks.

    So do the objects inside it.
    """
    found = dict(content)
    for name, it in schema.properties.items():
        inner = found.get(name)
        if isinstance(it.schema, ObjectSchema) and isinstance(inner, dict):
            found[name] = complete(it.schema, inner)
        elif it.required and name not in found:
            found[name] = draw_sample(it.schema)
    return found


def _draw_number(schema: NumberSchema) -> int | float:
    for bound, step in ((schema.minimum, 1), (schema.maximum, -1)):
        if bound is not None:
            value = bound.value + step if bound.exclusive else bound.value
            return int(value) if value == int(value) else float(value)
    return 0
