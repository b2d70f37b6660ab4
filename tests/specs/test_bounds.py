from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from specs import (
    Bound,
    EmptyRangeError,
    NumberSchema,
    Schema,
)

Read = Callable[..., Schema]

IT = "acme/one.json#/paths/~1make/post/requestBody/content/application~1json/schema/properties/it"


def inclusive(value: int | str) -> Bound:
    return Bound(Decimal(value))


def exclusive(value: int | str) -> Bound:
    return Bound(Decimal(value), exclusive=True)


@pytest.mark.parametrize(
    ("keywords", "low", "high"),
    [
        pytest.param({}, None, None, id="none"),
        pytest.param(
            {"minimum": 0.1, "maximum": 5},
            inclusive("0.1"),
            inclusive(5),
            id="inclusive",
        ),
        pytest.param(
            {
                "minimum": 0,
                "exclusiveMinimum": True,
                "maximum": 1,
                "exclusiveMaximum": True,
            },
            exclusive(0),
            exclusive(1),
            id="3.0-flags",
        ),
        pytest.param(
            {"minimum": 0, "exclusiveMinimum": False},
            inclusive(0),
            None,
            id="3.0-flag-off",
        ),
        pytest.param({"exclusiveMinimum": True}, None, None, id="3.0-flag-alone"),
        pytest.param(
            {"exclusiveMinimum": 0, "exclusiveMaximum": 1},
            exclusive(0),
            exclusive(1),
            id="3.1-keywords",
        ),
        pytest.param(
            {"minimum": 2, "exclusiveMinimum": 1, "maximum": 7, "exclusiveMaximum": 8},
            inclusive(2),
            inclusive(7),
            id="inclusive-is-tighter",
        ),
        pytest.param(
            {"minimum": 1, "exclusiveMinimum": 1, "maximum": 8, "exclusiveMaximum": 7},
            exclusive(1),
            exclusive(7),
            id="exclusive-is-tighter",
        ),
    ],
)
def test_bounds_read_alike_whichever_version_spells_them(
    read: Read, keywords: dict[str, Any], low: Bound | None, high: Bound | None
) -> None:
    found = read({"type": "number", **keywords})

    assert isinstance(found, NumberSchema)
    assert (found.type, found.minimum, found.maximum) == ("number", low, high)


@pytest.mark.parametrize(
    ("keywords", "low", "high", "step"),
    [
        pytest.param({"minimum": 1.2, "maximum": 8.8}, 2, 8, None, id="fractions"),
        pytest.param(
            {"exclusiveMinimum": 1, "exclusiveMaximum": 8}, 2, 7, None, id="exclusive"
        ),
        pytest.param(
            {"exclusiveMinimum": -1.5, "exclusiveMaximum": 1.5}, -1, 1, None, id="both"
        ),
        pytest.param(
            {"minimum": 0, "maximum": 9, "multipleOf": 2.5}, 0, 9, 5, id="step"
        ),
        pytest.param(
            {"exclusiveMinimum": 10**30, "maximum": 10**31},
            10**30 + 1,
            10**31,
            None,
            id="many-digits",
        ),
    ],
)
def test_bounds_of_an_integer_are_whole_and_inclusive(
    read: Read, keywords: dict[str, Any], low: int, high: int, step: int | None
) -> None:
    found = read({"type": "integer", **keywords})

    assert isinstance(found, NumberSchema)
    assert (found.minimum, found.maximum) == (inclusive(low), inclusive(high))
    assert found.multiple_of == step


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        pytest.param(
            {"type": "number", "minimum": 5, "maximum": 4},
            "minimum=5 and maximum=4 leave no value between them",
            id="crossed",
        ),
        pytest.param(
            {"type": "number", "minimum": 5, "maximum": 5, "exclusiveMinimum": True},
            "exclusive minimum=5 and maximum=5 leave no value between them",
            id="3.0-flag",
        ),
        pytest.param(
            {"type": "number", "minimum": 5, "exclusiveMaximum": 5},
            "minimum=5 and exclusive maximum=5 leave no value between them",
            id="3.1-keyword",
        ),
        pytest.param(
            {"type": "integer", "minimum": 1.2, "maximum": 1.8},
            "minimum=1.2 and maximum=1.8 leave no whole value between them",
            id="between-two-integers",
        ),
        pytest.param(
            {"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 2},
            "exclusive minimum=1 and exclusive maximum=2 leave no whole value",
            id="exclusive-neighbours",
        ),
        pytest.param(
            {"type": "number", "minimum": 0.1, "maximum": 0.4, "multipleOf": 0.5},
            "minimum=0.1 and maximum=0.4 leave no multiple of 0.5 between them",
            id="no-multiple",
        ),
        pytest.param(
            {
                "type": "number",
                "exclusiveMinimum": 0,
                "exclusiveMaximum": 0.5,
                "multipleOf": 0.5,
            },
            "exclusive minimum=0 and exclusive maximum=0.5 leave no multiple of 0.5",
            id="multiples-at-the-ends-only",
        ),
        pytest.param(
            {"type": "integer", "minimum": 1, "maximum": 2, "multipleOf": 0.75},
            "minimum=1 and maximum=2 leave no whole multiple of 3 between them",
            id="no-whole-multiple",
        ),
        pytest.param(
            {"type": "string", "minLength": 3, "maxLength": 2},
            "minLength=3 and maxLength=2 leave no whole value",
            id="lengths",
        ),
        pytest.param(
            {"type": "string", "maxLength": -1},
            "minLength=0 and maxLength=-1 leave no whole value",
            id="length-below-zero",
        ),
        pytest.param(
            {"type": "array", "minItems": 3, "maxItems": 2},
            "minItems=3 and maxItems=2 leave no whole value",
            id="items",
        ),
        pytest.param(
            {"type": "string", "enum": []},
            "the values it lists leave none that is valid",
            id="enum",
        ),
        pytest.param(
            {"enum": ["a", "b"], "const": "c"},
            "the values it lists leave none that is valid",
            id="constant-outside-the-enum",
        ),
        pytest.param(
            {"type": "null", "enum": [[]]},
            "the values it lists leave none that is valid",
            id="null-outside-the-enum",
        ),
        pytest.param({"anyOf": []}, "anyOf leaves no value", id="anyOf"),
        pytest.param(
            {"oneOf": [{"type": "null"}, {"type": "null"}]},
            "oneOf leaves no value that exactly one of its schemas admits",
            id="oneOf",
        ),
    ],
)
def test_schema_is_refused_when_it_leaves_no_value(
    read: Read, schema: dict[str, Any], message: str
) -> None:
    with pytest.raises(EmptyRangeError) as caught:
        read(schema)

    assert str(caught.value).startswith(f"{IT}: {message}")
    assert "waivers.toml" in str(caught.value)


def test_inclusive_bound_counts_in_3_1_when_it_is_the_tighter(read: Read) -> None:
    schema = {"type": "number", "minimum": 2, "exclusiveMinimum": 1}

    found = read(schema, version="3.1.0")

    assert isinstance(found, NumberSchema)
    assert found.minimum == inclusive(2)
