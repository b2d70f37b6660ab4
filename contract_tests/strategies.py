"""Hypothesis strategies for the values a document admits.

Each builds valid values and filters none away: bounds shape the draw. All shrink
towards the simplest value of their type, and an object towards its required members.
"""

import re
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from contract_tests.numbers import is_stepped, listed, multiples
from contract_tests.texts import COUNTABLE, FORMATS, LONG, TEXT, url
from specs import (
    AnySchema,
    ArraySchema,
    BooleanSchema,
    Json,
    NullSchema,
    NumberSchema,
    ObjectSchema,
    Property,
    Schema,
    StringSchema,
    UnionSchema,
)

Values = st.SearchStrategy[Any]

ANY_JSON: Values = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(TEXT, max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(TEXT), inner, max_size=3)
    ),
    max_leaves=5,
)


def from_schema(schema: Schema) -> Values:
    """Return a strategy for the values *schema* admits, null included where allowed."""
    values = _from_type(schema) if schema.enum is None else st.sampled_from(schema.enum)
    return values | st.none() if schema.nullable else values


def from_number(schema: NumberSchema) -> st.SearchStrategy[int | float]:
    """Return a strategy for numbers, shrinking towards zero or the nearest bound."""
    if is_stepped(schema):
        found = multiples(schema)
        if found.step.denominator != 1:
            return st.sampled_from(listed(schema))
        return st.integers(found.first, found.last).map(found.at)
    low, high = schema.minimum, schema.maximum
    return st.floats(
        float(low.value) if low else None,
        float(high.value) if high else None,
        exclude_min=low is not None and low.exclusive,
        exclude_max=high is not None and high.exclusive,
        allow_nan=False,  # JSON has neither NaN nor infinity
        allow_infinity=False,
    )


def from_string(schema: StringSchema) -> st.SearchStrategy[str]:
    """Return a strategy for texts of the pattern, format and lengths of *schema*."""
    low, high = schema.min_length, schema.max_length
    if schema.pattern is not None:
        # A pattern says nothing of lengths and Python's `$` admits a last newline,
        # which no other dialect does: the one place where draws are thrown away.
        matching = st.from_regex(re.compile(schema.pattern), alphabet=COUNTABLE)
        longest = LONG if high is None else high
        return matching.filter(
            lambda it: low <= len(it) <= longest and not it.endswith("\n")
        )
    if schema.format == "uri" and (low or high is not None):
        shortest = max(low, len(url(0)))
        longest = shortest + 60 if high is None else max(high, shortest)
        return st.integers(shortest, longest).map(url)
    if schema.format in FORMATS:
        return FORMATS[schema.format].valid
    alphabet = TEXT if high is None else COUNTABLE
    return st.text(alphabet, min_size=low, max_size=high)


def from_array(schema: ArraySchema) -> st.SearchStrategy[list[Any]]:
    """Return a strategy for lists, shrinking towards the shortest."""
    return st.lists(
        from_schema(schema.items),
        min_size=schema.min_items,
        max_size=schema.max_items,
        # JSON tells 1 from true and from "1", but 1 from 1.0 only on paper.
        unique_by=_identity if schema.unique_items else None,
    )


def from_object(schema: ObjectSchema) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for objects, shrinking towards the required members alone.

    A document of twenty optional members is drawn bare, full and in between alike:
    left to itself, Hypothesis leaves nearly all of them out nearly always.
    """
    members = schema.properties
    optional = [name for name, it in members.items() if not it.required]
    return _presence(optional).flatmap(
        lambda present: st.fixed_dictionaries(_values_of(members, present))
    )


def _presence(optional: list[str]) -> st.SearchStrategy[frozenset[str]]:
    some = st.lists(st.booleans(), min_size=len(optional), max_size=len(optional)).map(
        lambda flags: frozenset(n for n, it in zip(optional, flags, strict=True) if it)
    )
    return st.just(frozenset[str]()) | some | st.just(frozenset(optional))


def _values_of(
    members: Mapping[str, Property], present: frozenset[str]
) -> dict[str, Values]:
    return {
        name: from_schema(it.schema)
        for name, it in members.items()
        if it.required or name in present
    }


def _from_type(schema: Schema) -> Values:
    match schema:
        case NumberSchema():
            return from_number(schema)
        case StringSchema():
            return from_string(schema)
        case BooleanSchema():
            return st.booleans()
        case ArraySchema():
            return from_array(schema)
        case ObjectSchema():
            return from_object(schema)
        case UnionSchema():
            return st.one_of([from_schema(it) for it in schema.options])
        case NullSchema():
            return st.none()
    assert isinstance(schema, AnySchema), schema
    return ANY_JSON


def _identity(value: Json) -> str:
    return f"{type(value).__name__}:{value!r}"
