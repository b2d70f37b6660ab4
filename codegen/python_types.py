"""Schemas as Python types that carry their rules: what `submit` says of an argument."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from specs import (
    ArraySchema,
    BooleanSchema,
    Bound,
    Json,
    NullSchema,
    NumberSchema,
    ObjectSchema,
    Schema,
    StringSchema,
    UnionSchema,
)


def python_type(
    schema: Schema, classes: Mapping[str, str], *, media: bool = False
) -> str:
    """Return the Python type of *schema*; *classes* names objects by their pointer.

    Its rules stand in `Annotated`, in the words of annotated_types. Where it takes
    *media*, a file may stand for text.
    """
    plain = _plain_type(schema, classes, media)
    rules = [] if schema.enum is not None else list(_rules(schema))
    ruled = f"Annotated[{', '.join((plain, *rules))}]" if rules else plain
    return f"{ruled} | None" if schema.nullable and plain != "Any" else ruled


def literals(schema: Schema) -> tuple[Json, ...] | None:
    """Return the values of an enum that a Literal can hold, or None."""
    values = schema.enum
    if not values or not all(isinstance(it, str | bool | int) for it in values):
        return None
    return values


def _plain_type(schema: Schema, classes: Mapping[str, str], media: bool) -> str:
    if (values := literals(schema)) is not None:
        return f"Literal[{', '.join(map(repr, values))}]"
    match schema:
        case NumberSchema():
            return "int" if schema.type == "integer" else "float"
        case StringSchema():
            return "Media" if media else "str"
        case BooleanSchema():
            return "bool"
        case NullSchema():
            return "None"
        case ArraySchema():
            return f"list[{python_type(schema.items, classes, media=media)}]"
        case ObjectSchema():
            return _object_type(schema, classes)
        case UnionSchema():
            options = [python_type(it, classes, media=media) for it in schema.options]
            return "Any" if "Any" in options else " | ".join(dict.fromkeys(options))
        case _:
            return "Any"


def _object_type(schema: ObjectSchema, classes: Mapping[str, str]) -> str:
    if schema.properties:
        return classes[schema.pointer]
    if isinstance(schema.additional, Schema):
        return f"dict[str, {python_type(schema.additional, classes)}]"
    return "dict[str, Any]"


def _rules(schema: Schema) -> Iterator[str]:
    match schema:
        case NumberSchema():
            ends = _ends("g", schema.minimum), _ends("l", schema.maximum)
            if told := ", ".join(it for it in ends if it):
                yield f"Interval({told})"
            if schema.multiple_of is not None:
                yield f"MultipleOf({_number(schema.multiple_of)})"
        case StringSchema():
            yield from _sizes(schema.min_length, schema.max_length)
            if schema.pattern:
                yield f"Field(pattern={schema.pattern!r})"
        case ArraySchema():
            yield from _sizes(schema.min_items, schema.max_items)
            if schema.unique_items:
                yield "Unique"
        case UnionSchema(exclusive=True):
            yield "OneOf()"
        case _:
            return


def _ends(side: str, bound: Bound | None) -> str:
    if bound is None:
        return ""
    return f"{side}{'t' if bound.exclusive else 'e'}={_number(bound.value)}"


def _sizes(low: int, high: int | None) -> Iterator[str]:
    if low or high is not None:
        yield f"Len({low})" if high is None else f"Len({low}, {high})"


def _number(value: Decimal) -> str:
    whole = value == value.to_integral_value()
    return repr(int(value) if whole else float(value))
