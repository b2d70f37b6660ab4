from typing import Any

import pytest

from codegen.json_schema import name_classes, write_schemas
from specs import (
    AnySchema,
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


def written(schema: Schema, *, is_input: bool = True) -> Any:
    """Return what is written for *schema* as the one property of an object."""
    named = Property(name="p", required=False, schema=schema)
    root = ObjectSchema(pointer=f"{AT}/root", properties={"p": named})
    classes = name_classes(root, name="Input")
    return write_schemas(root, classes, is_input=is_input)["Input"]["properties"]["p"]


def thing(pointer: str, **how: Any) -> ObjectSchema:
    named = Property(name="a", required=True, schema=TEXT)
    return ObjectSchema(pointer=pointer, properties={"a": named}, **how)


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        (NullSchema(pointer=AT), {"type": "null"}),
        (AnySchema(pointer=AT, nullable=True), {}),
        (
            StringSchema(pointer=AT, nullable=True),
            {"anyOf": [{"type": "string"}, {"type": "null"}]},
        ),
        (
            UnionSchema(pointer=AT, options=(TEXT,), nullable=True),
            {"anyOf": [{"type": "string"}, {"type": "null"}]},
        ),
        (
            StringSchema(pointer=AT, enum=("a",)),
            {"enum": ["a"], "description": "One of 'a'."},
        ),
    ],
)
def test_a_schema_is_written_anew(schema: Schema, text: Any) -> None:
    assert written(schema) == text


@pytest.mark.parametrize("values", [("a",), (0.5,)])
def test_an_answer_stays_open_to_values_no_document_knows(values: Any) -> None:
    schema = NumberSchema(pointer=AT, type="number", enum=values)
    known = [{"enum": ["a"]}] if values == ("a",) else []

    assert written(schema, is_input=False) == {
        "anyOf": [*known, {"type": "number"}],
        "description": f"One of {values[0]!r}.",
    }


def test_an_answer_stays_open_to_fields_no_document_knows() -> None:
    root = thing(AT, additional=False)

    assert (
        "additionalProperties"
        not in write_schemas(root, {AT: "Output"}, is_input=False)["Output"]
    )


@pytest.mark.parametrize(
    ("pointer", "name"),
    [
        (f"{AT}/p", "InputP"),
        ("a.json#/components/schemas/video_file", "VideoFile"),
        ("a.json#/components/schemas/__", "InputP"),
        ("a.json#/components/schemas/4k", "InputP"),
        ("a.json#/components/schemas/Gr\u00f6\u00dfe", "InputP"),
        ("a.json#/components/schemas/None", "None2"),
        ("a.json#/components/schemas/Field", "Field2"),
        ("a.json#/components/schemas/Input", "Input2"),
    ],
)
def test_a_class_is_named_by_its_component_or_its_place(
    pointer: str, name: str
) -> None:
    named = Property(name="p", required=False, schema=thing(pointer))
    root = ObjectSchema(pointer=AT, properties={"p": named})

    assert name_classes(root, name="Input") == {AT: "Input", pointer: name}
