from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from specs import (
    Bound,
    NumberSchema,
    Schema,
    StringSchema,
    UnionSchema,
)

Read = Callable[..., Schema]

IT = "acme/one.json#/paths/~1make/post/requestBody/content/application~1json/schema/properties/it"


def inclusive(value: int | str) -> Bound:
    return Bound(Decimal(value))


def test_list_of_types_reads_to_alternatives(read: Read) -> None:
    found = read(
        {
            "type": ["integer", "string", "null"],
            "description": "Either.",
            "minimum": 3,
            "maxLength": 4,
            "default": "auto",
        }
    )

    assert found == UnionSchema(
        pointer=IT,
        description="Either.",
        nullable=True,
        default="auto",
        options=(
            NumberSchema(pointer=IT, type="integer", minimum=inclusive(3)),
            StringSchema(pointer=IT, max_length=4),
        ),
    )


def test_each_type_of_a_list_keeps_the_listed_values_that_are_its_own(
    read: Read,
) -> None:
    found = read({"type": ["integer", "boolean", "string"], "enum": [1, "a", 2]})

    assert found == UnionSchema(
        pointer=IT,
        enum=(1, "a", 2),
        options=(
            NumberSchema(pointer=IT, type="integer", enum=(1, 2)),
            StringSchema(pointer=IT, enum=("a",)),
        ),
    )


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
def test_schema_or_null_reads_to_the_schema(read: Read, keyword: str) -> None:
    found = read(
        {
            "description": "Outer.",
            "deprecated": True,
            "default": None,
            keyword: [
                {"type": "string", "title": "Inner", "description": "Inner."},
                {"type": "null"},
            ],
        }
    )

    assert found == StringSchema(
        pointer=f"{IT}/{keyword}/0",
        title="Inner",
        description="Outer.",
        deprecated=True,
        nullable=True,
        default=None,
    )


@pytest.mark.parametrize(
    ("schema", "nullable"),
    [
        pytest.param({"anyOf": [{"type": "string"}]}, False, id="no-option"),
        pytest.param(
            {"nullable": True, "anyOf": [{"type": "string"}]}, False, id="only-beside"
        ),
        pytest.param(
            {"anyOf": [{"type": "string", "nullable": True}, {"type": "null"}]},
            True,
            id="two-options",
        ),
        pytest.param(
            {"oneOf": [{"type": "string", "nullable": True}, {"type": "null"}]},
            False,
            id="two-of-which-one-must-fit",
        ),
        pytest.param(
            {"oneOf": [{"type": "string", "nullable": True}, {"type": "integer"}]},
            True,
            id="one-of-which-one-must-fit",
        ),
    ],
)
def test_null_is_admitted_when_the_alternatives_do(
    read: Read, schema: dict[str, Any], nullable: bool
) -> None:
    assert read(schema).nullable is nullable


def test_mixed_alternatives_read_to_a_union(read: Read) -> None:
    found = read({"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]})

    assert found == UnionSchema(
        pointer=IT,
        nullable=True,
        exclusive=True,
        options=(
            StringSchema(pointer=f"{IT}/oneOf/0"),
            NumberSchema(pointer=f"{IT}/oneOf/1", type="integer"),
        ),
    )
