import pytest

from codegen.python_types import python_type
from specs import (
    AnySchema,
    ArraySchema,
    BooleanSchema,
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
    ],
)
def test_a_schema_has_a_python_type(schema: Schema, type_: str) -> None:
    assert python_type(schema, {AT: "_input.Thing"}) == type_
