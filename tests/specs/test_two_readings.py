"""What the reader makes of a schema admits exactly what a foreign validator admits."""

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from openapi_schema_validator import OAS30Validator, OAS31Validator

from specs import DefaultError, Schema, SpecError
from specs.admission import refuse_default
from specs.reader import SchemaReader

Json = st.SearchStrategy[Any]

SMALL = st.integers(-2, 4)
NUMBERS = SMALL | st.sampled_from([0.5, 1.5, 2.5])
TEXTS = st.text("ab", max_size=3)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda it: st.lists(it, max_size=2) | st.dictionaries(st.sampled_from("ab"), it),
    max_leaves=4,
)
DIALECTS = {"3.0.3": OAS30Validator, "3.1.0": OAS31Validator}


def optional(**keywords: Json) -> Json:
    """Draw an object with some of *keywords*."""
    return st.fixed_dictionaries({}, optional=keywords)


def of_type(version: str, *names: str) -> Json:
    """Draw the keywords that declare one of *names*, or null as well."""
    name = st.sampled_from(names)
    if version == "3.0.3":
        flag = st.sampled_from([{}, {}, {"nullable": True}, {"nullable": False}])
        return st.builds(lambda kind, null: {"type": kind, **null}, name, flag)
    return name.map(lambda it: {"type": it}) | name.map(
        lambda it: {"type": [it, "null"]}
    )


def ranges(version: str) -> Json:
    """Draw the keywords that bound a number, as *version* spells them."""
    exclusive: Json = st.booleans() if version == "3.0.3" else NUMBERS
    return optional(
        minimum=NUMBERS,
        maximum=NUMBERS,
        exclusiveMinimum=exclusive,
        exclusiveMaximum=exclusive,
        multipleOf=st.sampled_from([1, 2, 0.5, 1.5]),
    )


def merged(*parts: Json) -> Json:
    """Draw one object from the members of all *parts*."""
    return st.tuples(*parts).map(
        lambda drawn: {k: v for it in drawn for k, v in it.items()}
    )


def schemas(version: str) -> Json:
    """Draw a schema of *version*."""
    listed = st.lists(VALUES, min_size=1, max_size=3)
    numbers = merged(of_type(version, "integer", "number"), ranges(version))
    texts = merged(
        of_type(version, "string"),
        optional(
            minLength=SMALL, maxLength=SMALL, pattern=st.sampled_from(["a", "^b", "b$"])
        ),
    )
    leaves: Json = numbers | texts | of_type(version, "boolean") | st.just({})
    leaves |= st.builds(lambda enum: {"enum": enum}, listed)
    leaves |= st.builds(lambda it, enum: {**it, "enum": enum}, leaves, listed)
    if version != "3.0.3":
        leaves |= st.sampled_from([{"type": "null"}, {"type": ["string", "integer"]}])
        leaves |= VALUES.map(lambda it: {"const": it})

    def larger(inner: Json) -> Json:
        lists = merged(
            of_type(version, "array"),
            optional(
                items=inner, maxItems=SMALL, minItems=SMALL, uniqueItems=st.booleans()
            ),
        )
        properties = st.dictionaries(st.sampled_from("ab"), inner, max_size=2)
        objects = st.builds(
            lambda kind, props, more, needed: {
                **kind,
                "properties": props,
                **more,
                **({"required": sorted(props)} if needed and props else {}),
            },
            of_type(version, "object"),
            properties,
            optional(additionalProperties=inner | st.booleans()),
            st.booleans(),
        )
        several = st.lists(inner, min_size=1, max_size=2)
        combined = st.builds(
            lambda keyword, parts, beside: {**beside, keyword: parts},
            st.sampled_from(["allOf", "anyOf", "oneOf"]),
            several,
            inner | st.just({}),
        )
        return lists | objects | combined

    return st.recursive(leaves, larger, max_leaves=5)


SCHEMAS = {version: schemas(version) for version in DIALECTS}


@pytest.mark.parametrize("version", DIALECTS)
@settings(max_examples=60)
@given(data=st.data())
def test_reading_admits_what_the_validator_admits(
    version: str, data: st.DataObject
) -> None:
    schema = data.draw(SCHEMAS[version], label="schema")
    reader = SchemaReader({"openapi": version}, name="a.json")
    try:
        found = reader.read(schema, "")
    except SpecError:
        assume(False)  # what is refused by name is not read wrongly
    values = data.draw(st.lists(VALUES, min_size=6, max_size=6), label="values")
    validator = DIALECTS[version](schema)

    assert [it for it in values if admits(found, it)] == [
        it for it in values if validator.is_valid(it)
    ]


def admits(schema: Schema, value: Any) -> bool:
    """Say whether *schema* would take *value* for its default."""
    try:
        refuse_default(schema, value)
    except DefaultError:
        return False
    return True
