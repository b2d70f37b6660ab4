"""Requests that break one rule of a document, and still break it on the wire.

The twin of `strategies`: what that module keeps, this one breaks, one rule at a time.
Cases on which honest readers of a document differ are left out: `17.0` for an
integer, a length counted in UTF-16, a member that the document does not name but does
not forbid either.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from hypothesis import strategies as st

from contract_tests.boundaries import items_of, object_with
from contract_tests.numbers import SAFE, is_stepped, multiples, plain
from contract_tests.strategies import Values
from contract_tests.texts import COUNTABLE, FORMATS, TEXT, fit, url
from specs import (
    AnySchema,
    ArraySchema,
    BooleanSchema,
    Json,
    NullSchema,
    NumberSchema,
    ObjectSchema,
    Schema,
    StringSchema,
    UnionSchema,
)

_NEAR = 10**6
_ODD = ("", "~", " ", "\n", "0", "a", "A" * 99)

_FOREIGN: dict[str, tuple[Json, Values]] = {
    "string": ("17", st.text(TEXT)),
    "number": (1.5, st.integers(-SAFE, SAFE).map(lambda it: it + 0.5)),
    "boolean": (True, st.booleans()),
    "array": ([], st.lists(st.integers(-9, 9), max_size=3)),
    "object": ({}, st.dictionaries(st.text(TEXT), st.booleans(), max_size=3)),
}
"""A value of each JSON type, and how to draw others, for where the type is wrong."""

_KIND: dict[type[Schema], str] = {
    NumberSchema: "number",
    StringSchema: "string",
    BooleanSchema: "boolean",
    ArraySchema: "array",
    ObjectSchema: "object",
    NullSchema: "null",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One way to break one rule.

    `rule` is the JSON Schema keyword, `path` leads to the place inside the body,
    `pointer` to the schema in its document, `label` says it in words. `planned` are
    the values nearest to being valid, `values` draws others like them; each is a
    value for the whole that the violation was asked for.
    """

    rule: str
    path: tuple[str | int, ...] = ()
    pointer: str
    label: str
    planned: tuple[Any, ...]
    values: Values

    def inside(self, token: str | int, wrap: Callable[[Any], Any]) -> "Violation":
        """Return this violation one level up, where *wrap* puts its values."""
        return replace(
            self,
            path=(token, *self.path),
            planned=tuple(wrap(it) for it in self.planned),
            values=self.values.map(wrap),
        )


def violations(schema: Schema) -> Iterator[Violation]:
    """Yield each way to break *schema*.

    A value of the wrong type lies outside an enum too; all else breaks one rule only.
    """
    if isinstance(schema, AnySchema):
        return
    yield from _foreign(schema)
    if "null" not in _kinds(schema):
        yield _one(schema, "type", "null", None)
    if schema.enum is not None:
        yield from _outside_enum(schema)
        return
    match schema:
        case NumberSchema():
            yield from _numbers(schema)
        case StringSchema():
            yield from _strings(schema)
        case ArraySchema():
            yield from _arrays(schema)
        case ObjectSchema():
            yield from _objects(schema)


def _one(schema: Schema, rule: str, label: str, *planned: Any) -> Violation:
    return _drawn(schema, rule, label, planned, st.sampled_from(planned))


def _drawn(
    schema: Schema, rule: str, label: str, planned: tuple[Any, ...], values: Values
) -> Violation:
    return Violation(
        rule=rule, pointer=schema.pointer, label=label, planned=planned, values=values
    )


def _kinds(schema: Schema) -> frozenset[str]:
    """Return the JSON types that *schema* admits, `null` among them."""
    if isinstance(schema, AnySchema):
        return frozenset({*_FOREIGN, "null"})
    own = {"null"} if schema.nullable else set[str]()
    if isinstance(schema, UnionSchema):
        return frozenset(own.union(*(_kinds(it) for it in schema.options)))
    return frozenset({*own, _KIND[type(schema)]})


def _foreign(schema: Schema) -> Iterator[Violation]:
    for kind, (value, values) in _FOREIGN.items():
        if kind not in _kinds(schema):
            yield _drawn(schema, "type", f"a JSON {kind}", (value,), values)


def _outside_enum(schema: Schema) -> Iterator[Violation]:
    allowed = schema.enum or ()
    texts = [it for it in allowed if isinstance(it, str)]
    variants: dict[str, list[Any]] = {
        "in another case": [it.swapcase() for it in texts],
        "with a space": [f"{it} " for it in texts] + [f" {it}" for it in texts],
        "cut short": [it[:-1] for it in texts],
        "another text": [f"{it}~" for it in texts],
        "another number": [
            it + step
            for it in allowed
            if isinstance(it, int | float) and not isinstance(it, bool)
            for step in (-1, 1)
        ],
        "the other truth": [not it for it in allowed if isinstance(it, bool)],
    }
    for label, values in variants.items():
        # 1 equals True to Python, never to JSON.
        strangers = [it for it in values if all(it != known for known in allowed)]
        if planned := tuple(dict.fromkeys(strangers)):
            yield _one(schema, "enum", label, *planned)


def _numbers(schema: NumberSchema) -> Iterator[Violation]:
    if is_stepped(schema):
        yield from _outside_multiples(schema)
        yield from _between_multiples(schema)
        return
    if low := schema.minimum:
        edge = float(low.value)
        beyond = edge if low.exclusive else math.nextafter(edge, -math.inf)
        yield _drawn(
            schema,
            "minimum",
            "below the minimum",
            (beyond, plain(low.value - 1)),
            st.floats(max_value=beyond, allow_nan=False, allow_infinity=False),
        )
    if high := schema.maximum:
        edge = float(high.value)
        beyond = edge if high.exclusive else math.nextafter(edge, math.inf)
        yield _drawn(
            schema,
            "maximum",
            "above the maximum",
            (beyond, plain(high.value + 1)),
            st.floats(min_value=beyond, allow_nan=False, allow_infinity=False),
        )


def _outside_multiples(schema: NumberSchema) -> Iterator[Violation]:
    """Yield multiples that lie outside the range, so that only the range is broken."""
    found = multiples(schema)
    below, above = found.first - 1, found.last + 1
    # Beyond int64 lie numbers that parsers no longer agree on, so only int32 counts.
    sized = schema.format == "int32"
    if schema.minimum or sized:
        yield _drawn(
            schema,
            "minimum" if schema.minimum else "format",
            "below the minimum" if schema.minimum else "too small for its format",
            (found.at(below),),
            st.integers(max_value=below).map(found.at),
        )
    if schema.maximum or sized:
        yield _drawn(
            schema,
            "maximum" if schema.maximum else "format",
            "above the maximum" if schema.maximum else "too large for its format",
            (found.at(above),),
            st.integers(min_value=above).map(found.at),
        )


def _between_multiples(schema: NumberSchema) -> Iterator[Violation]:
    """Yield numbers inside the range that are not whole, or no multiple."""
    found = multiples(schema)
    nearest = min(max(found.first, 0), found.last)
    # Beyond this window a double may no longer hold the fraction.
    first, last = max(found.first, nearest - _NEAR), min(found.last, nearest + _NEAR)
    if first == last:
        return  # nothing lies between
    starts = st.integers(first, last - 1).map(found.at)
    if schema.type == "integer":
        halves = starts.map(lambda it: it + 0.5)
        yield _drawn(schema, "type", "a fraction", (found.at(first) + 0.5,), halves)
    if schema.multiple_of is not None and found.step != 1:
        part = 1 if schema.type == "integer" else float(found.step) / 2
        others = starts.map(lambda it: it + part)
        label = f"no multiple of {plain(found.step)}"
        yield _drawn(schema, "multipleOf", label, (found.at(first) + part,), others)


def _strings(schema: StringSchema) -> Iterator[Violation]:
    low, high = schema.min_length, schema.max_length
    build = url if schema.format == "uri" else fit
    bare = schema.pattern is None and schema.format not in FORMATS
    if low and bare:
        shorter = st.text(COUNTABLE, max_size=low - 1)
        yield _drawn(schema, "minLength", "too short", (fit(low - 1),), shorter)
    if high is not None and (bare or schema.format == "uri"):
        longer = st.integers(high + 1, high + 99).map(build)
        yield _drawn(schema, "maxLength", "too long", (build(high + 1),), longer)
    if schema.pattern is not None:
        pattern = re.compile(schema.pattern)
        yield from _texts(
            schema, "pattern", [it for it in _ODD if not pattern.search(it)]
        )
    elif schema.format in FORMATS:
        yield from _texts(schema, "format", FORMATS[schema.format].broken)


def _texts(
    schema: StringSchema, rule: str, texts: Iterable[str]
) -> Iterator[Violation]:
    """Yield those of *texts* whose length is right, so that only *rule* is broken."""
    most = math.inf if schema.max_length is None else schema.max_length
    if planned := [it for it in texts if schema.min_length <= len(it) <= most]:
        yield _one(schema, rule, f"another {rule}", *planned)


def _arrays(schema: ArraySchema) -> Iterator[Violation]:
    least, most = schema.min_items, schema.max_items
    if least:
        yield _one(schema, "minItems", "too few items", items_of(schema, least - 1))
    if most is not None and len(more := items_of(schema, most + 1)) > most:
        yield _one(schema, "maxItems", "too many items", more)
    if schema.unique_items and most != 1:
        items = items_of(schema, max(least, 2))
        yield _one(schema, "uniqueItems", "an item twice", [*items[:-1], items[0]])
    if most != 0:
        rest = items_of(schema, max(least, 1))[1:]
        for it in violations(schema.items):
            yield it.inside(0, lambda broken: [broken, *rest])


def _objects(schema: ObjectSchema) -> Iterator[Violation]:
    for name, it in schema.properties.items():
        whole = object_with(schema, [name])
        if it.required:
            rest = {key: value for key, value in whole.items() if key != name}
            missing = _one(schema, "required", f"without {name}", rest)
            yield replace(missing, path=(name,))
        for broken in violations(it.schema):
            yield broken.inside(name, partial(_with_member, whole, name))
    if schema.additional is False:
        stranger = object_with(schema) | {"an_unknown_member": 1}
        yield _one(schema, "additionalProperties", "an unknown member", stranger)


def _with_member(whole: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    return {**whole, name: value}
