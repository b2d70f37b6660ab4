"""The values of a schema that must not be left to chance.

Every end of a range, every allowed value, both truths, the shortest and the longest
text: a finite list per schema, simplest value first. What a random draw finds once in
a thousand tries is tried here each time.
"""

import math
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Any

from hypothesis import find, settings
from hypothesis.errors import NoSuchExample, Unsatisfiable

from contract_tests.errors import UnmetSchemaError
from contract_tests.numbers import extremes, is_stepped, listed, multiples, plain
from contract_tests.strategies import from_string
from contract_tests.texts import FORMATS, LONG, LONGEST, TELLING, fit, url
from specs import (
    UNSET,
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

STRANGER = "x_undeclared"
"""A member that no document names."""

_MOST_ITEMS = 1_000


def simplest(schema: Schema) -> Any:
    """Return the value to send where any will do: the default, or the first boundary."""
    return next(iter(boundaries(schema)))


def boundaries(schema: Schema) -> tuple[Any, ...]:
    """Return the planned values of *schema*, without repetition; null comes last."""
    values: list[Any] = [it for it in [schema.default] if it not in (UNSET, None)]
    values += _of_type(schema) if schema.enum is None else schema.enum
    if schema.nullable:
        values.append(None)
    return tuple({_key(it): it for it in values}.values())


def series(schema: Schema) -> Iterator[Any]:
    """Yield different valid values, as many as can be told apart simply."""
    seen = set[str]()
    for value in _endless(schema):
        if (key := _key(value)) not in seen:
            seen.add(key)
            yield value


def object_with(schema: ObjectSchema, names: Iterable[str] = ()) -> dict[str, Any]:
    """Return the simplest object that has the required members and those of *names*."""
    wanted = frozenset(names)
    return {
        name: simplest(it.schema)
        for name, it in schema.properties.items()
        if it.required or name in wanted
    }


def stranger_values(schema: ObjectSchema) -> tuple[Any, ...]:
    """Return the planned values of a member that *schema* does not name, if it may be."""
    if isinstance(schema.additional, bool):
        return (["anything"],) if schema.additional else ()
    return boundaries(schema.additional)


def items_of(schema: ArraySchema, size: int) -> list[Any]:
    """Return *size* items that may stand in one list, or fewer if no more differ."""
    if schema.unique_items:
        return list(islice(series(schema.items), size))
    return [simplest(schema.items)] * size


def has_size(schema: ArraySchema, size: int) -> bool:
    """Say whether a list of *size* valid items can be built."""
    return size <= _MOST_ITEMS and len(items_of(schema, size)) == size


def _endless(schema: Schema) -> Iterator[Any]:
    yield from boundaries(schema)
    if schema.enum is not None:
        return
    if isinstance(schema, NumberSchema) and is_stepped(schema):
        found = multiples(schema)
        yield from (found.at(k) for k in range(found.first, found.last + 1))
    if isinstance(schema, StringSchema) and not schema.pattern:
        low = max(schema.min_length, 1)
        high = low + LONG if schema.max_length is None else schema.max_length
        if schema.format == "uri":
            yield from (url(it) for it in range(max(low, len(url(0))), high + 1))
        elif schema.format not in FORMATS:
            yield from (fit(it) for it in range(low, high + 1))


def _of_type(schema: Schema) -> list[Any]:
    match schema:
        case NumberSchema():
            return _of_number(schema)
        case StringSchema():
            return _of_string(schema)
        case BooleanSchema():
            return [True, False]
        case ArraySchema():
            return _of_array(schema)
        case ObjectSchema():
            return list(_of_object(schema))
        case UnionSchema():
            return [it for option in schema.options for it in boundaries(option)]
        case NullSchema():
            return [None]
    return ["any", 1, {"any": ["value"]}]


def _of_number(schema: NumberSchema) -> list[Any]:
    if is_stepped(schema):
        found = multiples(schema)
        if found.step.denominator != 1:
            values = listed(schema)
            return [values[0], min(values), max(values)]
        nearest = min(max(found.first, 0), found.last)
        # An end that the document leaves open is no boundary: a step is enough.
        first = found.first if schema.minimum else max(found.first, nearest - 1)
        last = found.last if schema.maximum else min(found.last, nearest + 1)
        inside = (min(first + 1, last), max(last - 1, first))
        return [found.at(k) for k in (nearest, first, last, *inside)]
    low, high = extremes(schema)
    ends: list[int | float] = []
    if schema.minimum:
        ends += [low, min(math.nextafter(low, math.inf), high)]
    if schema.maximum:
        ends += [high, max(math.nextafter(high, -math.inf), low)]
    return [*_inside(schema), *ends]


def _inside(schema: NumberSchema) -> list[int | float]:
    """Return numbers strictly inside the range, for its ends may be exclusive."""
    low, high = schema.minimum, schema.maximum
    if low and high:
        return [plain((low.value + high.value) / 2)]
    if low:
        return [plain(low.value + 1), float(low.value) + 0.5]
    if high:
        return [plain(high.value - 1), float(high.value) - 0.5]
    return [1, 0.5, 0, -1]


def _of_string(schema: StringSchema) -> list[str]:
    low, high = schema.min_length, schema.max_length
    if schema.pattern:
        return [_shortest_match(schema.pattern, low, high, schema.pointer)]
    if schema.format == "uri":
        longest = LONG if high is None else min(high, LONGEST)
        values = [*FORMATS["uri"].telling, url(max(low, len(url(0)))), url(longest)]
    elif schema.format in FORMATS:
        return list(FORMATS[schema.format].telling)
    else:
        longest = LONG if high is None else min(high, LONGEST)
        values = [*TELLING, fit(low), fit(low + 1), fit(longest)]
    found = [
        it for it in values if low <= len(it) and (high is None or len(it) <= high)
    ]
    if not found:
        raise UnmetSchemaError(
            schema.pointer,
            f"no {schema.format or 'text'} of {low} to {high} characters can be built",
            fix="mend the document or waive it",
        )
    return found


@cache
def _shortest_match(pattern: str, low: int, high: int | None, pointer: str) -> str:
    schema = StringSchema(
        pointer=pointer, pattern=pattern, min_length=low, max_length=high
    )
    try:
        return find(
            from_string(schema),
            lambda _: True,
            settings=settings(database=None, derandomize=True),
        )
    except (NoSuchExample, Unsatisfiable) as exc:
        raise UnmetSchemaError(
            pointer,
            f"no text of {low} to {high} characters was found for {pattern!r:.80}",
            fix="mend the document or waive it",
        ) from exc


def _of_array(schema: ArraySchema) -> list[list[Any]]:
    least, most = schema.min_items, schema.max_items
    high = max(least + 1, 2) if most is None else most
    some = [min(max(least, it), high) for it in (1, 2)]
    sizes = dict.fromkeys((some[0], least, high, some[1]))
    found = [items_of(schema, it) for it in sizes if has_size(schema, it)]
    if not found:
        raise UnmetSchemaError(
            schema.pointer,
            f"no list of {least} different items can be built",
            fix="mend the document or waive it",
        )
    if most == 0:
        return found
    rest = items_of(schema, max(least, 1))
    return [*found, *(_led_by(it, rest) for it in boundaries(schema.items))]


def _led_by(first: Any, items: list[Any]) -> list[Any]:
    """Return *items* with *first* in front, in the place of itself or of the first."""
    known = [_key(it) for it in items]
    place = known.index(_key(first)) if _key(first) in known else 0
    return [first, *items[:place], *items[place + 1 :]]


def _of_object(schema: ObjectSchema) -> Iterator[dict[str, Any]]:
    bare = object_with(schema)
    yield bare
    yield object_with(schema, schema.properties)
    for name, it in schema.properties.items():
        yield from ({**bare, name: value} for value in boundaries(it.schema))
    yield from ({**bare, STRANGER: it} for it in stranger_values(schema))


def _key(value: Json) -> str:
    return f"{type(value).__name__}:{value!r}"
