"""What a schema is, in the words of a reader of JSON."""

from specs.schemas import (
    AnySchema,
    ArraySchema,
    BooleanSchema,
    NullSchema,
    NumberSchema,
    ObjectSchema,
    Schema,
    StringSchema,
    UnionSchema,
)


def describe_type(schema: Schema) -> str:
    """Return the type of *schema* as a reader of JSON would call it."""
    name: str
    match schema:
        case NumberSchema(type=kind):
            name = kind
        case StringSchema(format=form):
            name = f"string ({form})" if form else "string"
        case ArraySchema(items=items):
            name = f"list of {describe_type(items)}"
        case UnionSchema(options=options):
            name = " or ".join(describe_type(it) for it in options)
        case BooleanSchema():
            name = "boolean"
        case ObjectSchema():
            name = "object"
        case NullSchema():
            name = "null"
        case AnySchema() | _:
            name = "anything"
    return f"{name} or null" if schema.nullable and name != "anything" else name
