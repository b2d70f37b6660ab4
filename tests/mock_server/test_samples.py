from decimal import Decimal

import pytest

from mock_server.answers.samples import complete, draw_sample
from specs import (
    AnySchema,
    ArraySchema,
    BooleanSchema,
    Bound,
    Json,
    NullSchema,
    NumberSchema,
    ObjectSchema,
    Property,
    Schema,
    StringSchema,
    UnionSchema,
)

AT = "test#"
MEMBER = Property(name="a", required=True, schema=BooleanSchema(pointer=AT))
OPTIONAL = Property(name="b", required=False, schema=BooleanSchema(pointer=AT))
OBJECT = ObjectSchema(pointer=AT, properties={"a": MEMBER, "b": OPTIONAL})


@pytest.mark.parametrize(
    ("schema", "sample"),
    [
        (StringSchema(pointer=AT, default="d"), "d"),
        (StringSchema(pointer=AT, enum=("e", "f")), "e"),
        (StringSchema(pointer=AT), ""),
        (StringSchema(pointer=AT, min_length=3), "xxx"),
        (StringSchema(pointer=AT, format="uri"), "https://example.com/"),
        (NumberSchema(pointer=AT, type="integer"), 0),
        (NumberSchema(pointer=AT, type="integer", minimum=Bound(Decimal(7))), 7),
        (
            NumberSchema(pointer=AT, type="number", minimum=Bound(Decimal(0), True)),
            1,
        ),
        (NumberSchema(pointer=AT, type="number", maximum=Bound(Decimal("-0.5"))), -0.5),
        (BooleanSchema(pointer=AT), False),
        (
            ArraySchema(pointer=AT, items=BooleanSchema(pointer=AT), min_items=2),
            [False] * 2,
        ),
        (OBJECT, {"a": False}),
        (UnionSchema(pointer=AT, options=(NullSchema(pointer=AT),)), None),
        (AnySchema(pointer=AT), None),
    ],
)
def test_a_sample_is_a_small_value_of_its_schema(schema: Schema, sample: Json) -> None:
    assert draw_sample(schema) == sample


def test_only_what_is_required_and_missing_is_completed() -> None:
    assert complete(OBJECT, {"c": 1}) == {"a": False, "c": 1}
    assert complete(OBJECT, {"a": True}) == {"a": True}
