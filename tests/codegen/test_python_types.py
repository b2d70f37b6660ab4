from decimal import Decimal
from typing import Any

import pytest

from codegen.python_types import python_type
from specs import (
    AnySchema,
    ArraySchema,
    BooleanSchema,
    Bound,
    NullSchema,
    NumberSchema,
    ObjectSchema,
    Property,
    Schema,
    StringSchema,
    UnionSchema,
)

AT = "a.json#/x"
TEXT = StringSchema(pointer=AT)
WHOLE = NumberSchema(pointer=AT, type="integer")
NAMED = Property(name="a", required=True, schema=TEXT)


def number(
    minimum: Bound | None, maximum: Bound | None, *, kind: Any = "integer", **how: Any
) -> NumberSchema:
    return NumberSchema(pointer=AT, type=kind, minimum=minimum, maximum=maximum, **how)


def low(value: str, *, exclusive: bool = False) -> Bound:
    return Bound(Decimal(value), exclusive=exclusive)


@pytest.mark.parametrize(
    ("schema", "type_"),
    [
        (TEXT, "str"),
        (WHOLE, "int"),
        (NumberSchema(pointer=AT, type="number"), "float"),
        (BooleanSchema(pointer=AT, nullable=True), "bool | None"),
        (NullSchema(pointer=AT), "None"),
        (AnySchema(pointer=AT, nullable=True), "Any"),
        (StringSchema(pointer=AT, enum=("a", "b'\n")), """Literal['a', "b'\\n"]"""),
        (StringSchema(pointer=AT, enum=("a",), nullable=True), "Literal['a'] | None"),
        (NumberSchema(pointer=AT, type="number", enum=(0.5,)), "float"),
        (ArraySchema(pointer=AT, items=WHOLE), "list[int]"),
        (ObjectSchema(pointer=AT, properties={"a": NAMED}), "_input.Thing"),
        (ObjectSchema(pointer=AT, properties={}), "dict[str, Any]"),
        (ObjectSchema(pointer=AT, properties={}, additional=WHOLE), "dict[str, int]"),
        (UnionSchema(pointer=AT, options=(TEXT, WHOLE, TEXT)), "str | int"),
        (UnionSchema(pointer=AT, options=(TEXT, AnySchema(pointer=AT))), "Any"),
        (number(low("17"), low("241")), "Annotated[int, Interval(ge=17, le=241)]"),
        (
            number(low("0", exclusive=True), low("0.5", exclusive=True), kind="number"),
            "Annotated[float, Interval(gt=0, lt=0.5)]",
        ),
        (number(None, low("5")), "Annotated[int, Interval(le=5)]"),
        (number(None, None, multiple_of=Decimal(8)), "Annotated[int, MultipleOf(8)]"),
        (
            StringSchema(pointer=AT, min_length=1, pattern='"', nullable=True),
            """Annotated[str, Len(1), Field(pattern='"')] | None""",
        ),
        (StringSchema(pointer=AT, max_length=4), "Annotated[str, Len(0, 4)]"),
        (StringSchema(pointer=AT, max_length=4, enum=("a",)), "Literal['a']"),
        (
            ArraySchema(pointer=AT, items=WHOLE, unique_items=True, min_items=1),
            "Annotated[list[int], Len(1), Unique]",
        ),
        (
            UnionSchema(pointer=AT, options=(TEXT, WHOLE), exclusive=True),
            "Annotated[str | int, OneOf()]",
        ),
    ],
)
def test_a_schema_has_a_python_type(schema: Schema, type_: str) -> None:
    assert python_type(schema, {AT: "_input.Thing"}) == type_


@pytest.mark.parametrize(
    ("schema", "type_"),
    [
        (TEXT, "Media"),
        (
            ArraySchema(pointer=AT, items=TEXT, max_items=2),
            "Annotated[list[Media], Len(0, 2)]",
        ),
        (UnionSchema(pointer=AT, options=(TEXT, WHOLE)), "Media | int"),
    ],
)
def test_a_file_may_stand_where_an_address_does(schema: Schema, type_: str) -> None:
    assert python_type(schema, {}, media=True) == type_
