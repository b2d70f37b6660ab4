"""Requests that break one rule of a document, and still break it on the wire.

The twin of `strategies`: what that module keeps, this one breaks, one rule at a time.
Cases on which honest readers of a document differ are left out: `17.0` for an
integer, a length counted in UTF-16, a member that the document does not name but does
not forbid either.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from hypothesis import strategies as st

from contract_tests.boundaries import (
    STRANGER,
    boundaries,
    has_size,
    items_of,
    object_with,
    simplest,
)
from contract_tests.kinds import has_ground_of_its_own, kind_of, kinds_of
from contract_tests.numbers import (
    HUGE,
    SAFE,
    Multiples,
    beyond,
    gaps,
    is_sieved,
    is_stepped,
    multiples,
    plain,
)
from contract_tests.strategies import Values
from contract_tests.texts import TEXT, fit, has_length, mismatches, url
from specs import (
    AnySchema,
    ArraySchema,
    Json,
    NumberSchema,
    ObjectSchema,
    Schema,
    StringSchema,
    UnionSchema,
)

_FOREIGN: dict[str, Values] = {
    "string": st.text(TEXT),
    "number": st.integers(-SAFE, SAFE).map(lambda it: it + 0.5),
    "boolean": st.booleans(),
    "array": st.lists(st.integers(-9, 9), max_size=3),
    "object": st.dictionaries(st.text(TEXT), st.booleans(), max_size=3),
    "null": st.none(),
}
"""How to draw a value of each JSON type, for where the type is wrong."""


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
    yield from _inside(schema)
    yield from _foreign(schema)


def _inside(schema: Schema) -> Iterator[Violation]:
    """Yield the ways to break *schema* with a value of the right type."""
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
        case UnionSchema(options=options):
            for it in options:
                if has_ground_of_its_own(schema, it):
                    yield from _inside(it)


def _one(schema: Schema, rule: str, label: str, *planned: Any) -> Violation:
    return _drawn(schema, rule, label, planned, st.sampled_from(planned))


def _drawn(
    schema: Schema, rule: str, label: str, planned: tuple[Any, ...], values: Values
) -> Violation:
    return Violation(
        rule=rule, pointer=schema.pointer, label=label, planned=planned, values=values
    )


def _foreign(schema: Schema) -> Iterator[Violation]:
    rule = "type" if schema.enum is None else "enum"
    for kind, values in _FOREIGN.items():
        if kind not in kinds_of(schema):
            label = "null" if kind == "null" else f"a JSON {kind}"
            yield _drawn(schema, rule, label, _mistakable(schema, kind), values)


def _mistakable(schema: Schema, kind: str) -> tuple[Json, ...]:
    """Return values of *kind* that a careless reader takes for valid ones of *schema*."""
    valid = simplest(schema)
    if isinstance(valid, list) and valid and kind_of(valid[0]) == kind:
        return (valid[0],)
    match kind:
        case "string" if isinstance(valid, bool):
            return ("true", "")
        case "string" if isinstance(valid, int | float):
            return (str(valid), "NaN", "")
        case "string":
            return ("17",)
        case "number" if isinstance(valid, bool):
            return (1, 0)
        case "number":
            return (17, 1.5)
        case "boolean":
            return (True, False)
        case "array":
            return ([], [valid])
        case "object":
            return ({}, {"value": valid})
    return (None,)


def _outside_enum(schema: Schema) -> Iterator[Violation]:
    allowed = schema.enum or ()
    texts = [it for it in allowed if isinstance(it, str)]
    variants: dict[str, list[Any]] = {
        "in another case": [it.swapcase() for it in texts],
        "with a space": [f"{it} " for it in texts] + [f" {it}" for it in texts],
        "cut short": [it[:-1] for it in texts],
        "another text": [*(f"{it}~" for it in texts), *[""][: len(texts)]],
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
    below, above = beyond(schema)
    if below is not None:
        rule = "minimum" if schema.minimum else "format"
        planned = (below, -HUGE)
        yield _drawn(schema, rule, "below the minimum", planned, _up_to(schema, below))
    if above is not None:
        rule = "maximum" if schema.maximum else "format"
        planned = (above, HUGE)
        yield _drawn(schema, rule, "above the maximum", planned, _from(schema, above))
    if is_stepped(schema) and (found := gaps(schema)):
        yield from _between(schema, found)


def _up_to(schema: NumberSchema, edge: float) -> Values:
    if is_stepped(schema):
        found = multiples(schema)
        return st.integers(max_value=found.first - 1).map(found.at)
    return st.floats(max_value=edge, allow_nan=False, allow_infinity=False)


def _from(schema: NumberSchema, edge: float) -> Values:
    if is_stepped(schema):
        found = multiples(schema)
        return st.integers(min_value=found.last + 1).map(found.at)
    return st.floats(min_value=edge, allow_nan=False, allow_infinity=False)


def _between(schema: NumberSchema, found: Multiples) -> Iterator[Violation]:
    """Yield numbers inside the range that are not whole, or no multiple."""
    starts = st.integers(found.first, found.last).map(found.at)
    if schema.type == "integer":
        halves = starts.map(lambda it: it + 0.5)
        planned = (found.at(found.first) + 0.5,)
        yield _drawn(schema, "type", "a fraction", planned, halves)
    if is_sieved(schema):
        part = 1 if schema.type == "integer" else float(found.step) / 2
        others = starts.map(lambda it: it + part)
        label = f"no multiple of {plain(found.step)}"
        planned = (found.at(found.first) + part,)
        yield _drawn(schema, "multipleOf", label, planned, others)


def _strings(schema: StringSchema) -> Iterator[Violation]:
    low, high = schema.min_length, schema.max_length
    build = url if schema.format == "uri" else fit
    if low and has_length(schema, low - 1):
        shorter = st.integers(len(build(0)), low - 1).map(build)
        yield _drawn(schema, "minLength", "too short", (build(low - 1),), shorter)
    if high is not None and has_length(schema, high + 1):
        longer = st.integers(high + 1, high + 99).map(build)
        yield _drawn(schema, "maxLength", "too long", (build(high + 1),), longer)
    if planned := mismatches(schema):
        rule = "format" if schema.pattern is None else "pattern"
        yield _one(schema, rule, f"another {rule}", *planned)


def _arrays(schema: ArraySchema) -> Iterator[Violation]:
    least, most = schema.min_items, schema.max_items
    if least:
        yield _one(schema, "minItems", "too few items", items_of(schema, least - 1))
    if most is not None and has_size(schema, most + 1):
        more = items_of(schema, most + 1)
        yield _one(schema, "maxItems", "too many items", more)
    if schema.unique_items and (most is None or most > 1):
        items = items_of(schema, max(least, 2) - 1)
        yield _one(schema, "uniqueItems", "an item twice", [*items, items[0]])
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
        for broken in (*_borrowed(schema, name), *violations(it.schema)):
            yield broken.inside(name, partial(_with_member, whole, name))
    if schema.additional is False:
        stranger = object_with(schema) | {STRANGER: 1}
        yield _one(schema, "additionalProperties", "an unknown member", stranger)
    elif isinstance(schema.additional, Schema):
        bare = object_with(schema)
        for broken in violations(schema.additional):
            yield broken.inside(STRANGER, partial(_with_member, bare, STRANGER))


def _borrowed(whole: ObjectSchema, name: str) -> Iterator[Violation]:
    """Yield the values that other members of *whole* list, where *name* lists its own.

    Those of the next member come first, its default before all: what stands side by
    side is what gets mixed up.
    """
    names = [*whole.properties]
    place = names.index(name)
    schema = whole.properties[name].schema
    others = [
        value
        for it in (*names[place + 1 :], *names[:place])
        if (other := whole.properties[it].schema).enum
        for value in boundaries(other)
        if isinstance(value, str)
    ]
    if schema.enum and isinstance(schema, StringSchema):
        strangers = dict.fromkeys(it for it in others if it not in schema.enum)
        if planned := tuple(strangers):
            yield _one(schema, "enum", "of another parameter", *planned)


def _with_member(whole: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    return {**whole, name: value}
