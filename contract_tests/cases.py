"""Valid submits, planned: one value at a time, many at once, and two by two.

Whoever pays for each submit sends the few that hold every value that a rule asks for;
whoever does not also sends each value by itself, so that a fault shows in the
smallest case, and each pair of values, for what goes wrong only together.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import zip_longest
from types import MappingProxyType
from typing import Any

from hypothesis import strategies as st

from contract_tests.boundaries import (
    STRANGER,
    boundaries,
    object_with,
    simplest,
    stranger_values,
)
from contract_tests.combinations import covering_rows, pairwise_rows
from contract_tests.numbers import beyond_reason, extremes, is_stepped
from contract_tests.rules import RuleSide, shown_by
from contract_tests.texts import FORMATS, LONG, LONGEST, fit, has_length
from contract_tests.videos import measurable_request
from contract_tests.violations import Violation
from contract_tests.wire import Written, spellings
from specs import (
    UNSET,
    BooleanSchema,
    Contract,
    NumberSchema,
    Parameter,
    Schema,
    StringSchema,
    is_same,
)

Body = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A valid submit body, and in words what it is about."""

    label: str
    body: Body


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A body on which honest readers of the document differ.

    `breaks` says which rule it breaks to those who refuse it; `is_valid` how the
    document's own version of OpenAPI reads it.
    """

    breaks: Violation
    body: Body
    is_valid: bool

    @property
    def label(self) -> str:
        """The question, in words."""
        return f"{self.breaks.path[0]}: {self.breaks.label}"


def bare_body(contract: Contract) -> Body:
    """Return the simplest body that the contract admits."""
    return object_with(contract.body) | contract.fixed


def valid_cases(contract: Contract) -> Iterator[Case]:
    """Yield every planned submit that is to be accepted, the telling ones first."""
    yield from few_cases(contract)
    yield from single_cases(contract)
    yield from paired_cases(contract)


def single_cases(contract: Contract) -> Iterator[Case]:
    """Yield the bare body, the full one, and one for each boundary of each parameter."""
    bare = bare_body(contract)
    full = object_with(contract.body, contract.body.properties) | contract.fixed
    yield Case(label="required members alone", body=bare)
    yield Case(label="every member", body=full)
    for value in stranger_values(contract.body):
        label = "a member that the document does not name"
        yield Case(label=label, body={**bare, STRANGER: value})
    for it in contract.parameters:
        for value in boundaries(it.schema):
            label = f"{it.name}: a boundary"
            yield Case(label=label, body={**bare, it.name: value})
        for written in _respelled(it):
            label = f"{it.name}: written as {written.text}"
            yield Case(label=label, body={**bare, it.name: written})


def few_cases(
    contract: Contract,
    *,
    given: Mapping[str, Any] = MappingProxyType({}),
    cost: Callable[[Body], float] = lambda _: 0.0,
    least: int = 0,
) -> list[Case]:
    """Return few bodies, *least* or more, that show all there is to accept.

    Where a parameter has a value, it is that which is *given*. The first body asks for
    a video that can be measured; they *cost* little together, and where it costs
    nothing they hold more values than any rule asks for.
    """
    needed = _needed(contract, given)
    count = max([least, *map(len, needed.values())])

    def price(row: Mapping[str, Any]) -> float:
        return cost(_body(contract, row))

    bare, measured = bare_body(contract), measurable_request(contract)
    first = {name: it for name, it in measured.items() if name not in {*bare, *given}}
    plain = {name: it[0] for name, it in needed.items()}
    for it in contract.parameters:
        levels, values = needed[it.name], _from_both_ends(boundaries(it.schema))
        wished = [first[it.name]] if it.name in first else []
        for value in [] if it.name in given else [*wished, *values]:
            is_free = price({**plain, it.name: value}) == price(plain)
            has_room = value in wished or (is_free and len(levels) < count)
            if has_room and not any(map(partial(_is_alike, value), levels)):
                levels.append(value)
    weights = {it.name: {*map(repr, _telling(it))} for it in contract.parameters}

    def weight(name: str, value: Any) -> int:
        is_telling = value is not UNSET and repr(value) in weights.get(name, ())
        return 3 if is_telling and value != needed[name][0] else 1

    heaviest = {
        it.name: value
        for it in contract.parameters
        for value in _most(it.schema)
        if value in needed[it.name]
    }
    covering = covering_rows(
        needed, cost=price, weight=weight, first=first, dearest=heaviest, least=count
    )
    rows = covering or [{}]  # who has no parameters has one body
    return [
        Case(
            label=f"many values at once ({n} of {len(rows)})", body=_body(contract, row)
        )
        for n, row in enumerate(rows, 1)
    ]


def _most(schema: Schema) -> list[Any]:
    """Return what is most to ask for, if *schema* tells: the last listed, or the largest."""
    if schema.enum is not None:
        return [schema.enum[-1]]
    if isinstance(schema, BooleanSchema):
        return [True]
    if isinstance(schema, NumberSchema) and schema.maximum:
        return [extremes(schema)[1]]
    return []


def _is_alike(one: Any, other: Any) -> bool:
    return other is not UNSET and is_same(one, other)


def _from_both_ends(values: Sequence[Any]) -> list[Any]:
    """Return *values* in the order first, last, second, last but one."""
    half = (len(values) + 1) // 2
    ends = zip_longest(values[:half], reversed(values[half:]), fillvalue=UNSET)
    return [it for pair in ends for it in pair if it is not UNSET]


@lru_cache(64)
def paired_cases(contract: Contract) -> tuple[Case, ...]:
    """Return bodies in which each two telling values of two parameters stand together."""
    telling = {it.name: _telling(it) for it in contract.parameters}
    rows = pairwise_rows({name: it for name, it in telling.items() if it})
    bare = bare_body(contract)
    return tuple(
        Case(label=f"two by two ({n} of {len(rows)})", body=bare | _body(contract, row))
        for n, row in enumerate(rows, 1)
    )


def questions(contract: Contract) -> Iterator[Question]:
    """Yield what honest readers of the document answer differently."""
    # To OpenAPI 3.0 a fraction part makes a number no integer; JSON Schema looks at
    # the value since its draft 6, and so does OpenAPI 3.1.
    by_value = contract.submit.document.version != "3.0"
    for name, number in numbers_of(contract):
        if number.type == "integer":
            for it in spellings(simplest(number)):
                breaks = _only(number, "type", name, f"{it.text} for an integer", it)
                yield _question(contract, breaks, is_valid=by_value)
        for rule, value in beyond_reason(number).items():
            label = f"{value:.0e} without a {rule}"
            breaks = _only(number, rule, name, label, value)
            yield _question(contract, breaks, is_valid=True)
    for parameter in contract.parameters:
        schema, name = parameter.schema, parameter.name
        if isinstance(schema, StringSchema) and _counts_letters(schema):
            text = "🎬" * (schema.max_length or 0)
            label = "a length that is right in code points, too long in UTF-16"
            breaks = _only(schema, "maxLength", name, label, text)
            yield _question(contract, breaks, is_valid=True)
        elif isinstance(schema, StringSchema) and _has_no_end(schema):
            label = f"{LONGEST} letters without a maxLength"
            breaks = _only(schema, "maxLength", name, label, fit(LONGEST))
            yield _question(contract, breaks, is_valid=True)


def _only(schema: Schema, rule: str, name: str, label: str, value: Any) -> Violation:
    return Violation(
        rule=rule,
        path=(name,),
        pointer=schema.pointer,
        label=label,
        planned=(value,),
        values=st.just(value),
    )


def _question(contract: Contract, breaks: Violation, *, is_valid: bool) -> Question:
    body = {**bare_body(contract), str(breaks.path[0]): breaks.planned[0]}
    return Question(breaks=breaks, body=body, is_valid=is_valid)


def numbers_of(contract: Contract) -> list[tuple[str, NumberSchema]]:
    """Return the numeric parameters whose values are not listed, bounded ones first."""
    found = [
        (it.name, it.schema)
        for it in contract.parameters
        if isinstance(it.schema, NumberSchema) and it.schema.enum is None
    ]
    return sorted(found, key=lambda it: not (it[1].minimum and it[1].maximum))


def _needed(contract: Contract, given: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the values of each parameter that show all its rules; UNSET leaves it out."""
    found = dict[str, list[Any]]()
    for it in contract.parameters:
        known = it.name in given
        values = [given[it.name]] if known else list(boundaries(it.schema))
        left_out = [] if it.required else [UNSET]
        found[it.name] = [*_fewest(contract, it.name, values), *left_out]
    if strangers := stranger_values(contract.body):
        found[STRANGER] = [*_fewest(contract, STRANGER, strangers), UNSET]
    return found


def _fewest(contract: Contract, name: str, values: Sequence[Any]) -> list[Any]:
    """Return few of *values* that show what all of them show of the member *name*.

    No rule asks for both truths, but half of what a boolean may be is not enough.
    """
    if {*map(type, values)} == {bool}:
        return [*values]
    shown = [
        {it for it in shown_by(contract, {name: value}) if it.rule.parameter == name}
        for value in values
    ]
    missing = set[RuleSide]().union(*shown)
    chosen: list[Any] = []
    while missing:
        best = max(range(len(values)), key=lambda it: len(shown[it] & missing))
        chosen.append(values[best])
        missing -= shown[best]
    return chosen or [values[0]]


def _telling(parameter: Parameter) -> list[Any]:
    """Return the values of *parameter* that others may get in the way of."""
    schema = parameter.schema
    values: list[Any] = []
    if schema.enum is not None:
        values = list(schema.enum)
    elif isinstance(schema, BooleanSchema):
        values = [True, False]
    elif isinstance(schema, NumberSchema) and (schema.minimum or schema.maximum):
        low, high = extremes(schema)
        ends = [low] * bool(schema.minimum) + [high] * bool(schema.maximum)
        values = list(dict.fromkeys([simplest(schema), *ends]))
    if values and schema.nullable:
        values.append(None)
    return [*values, UNSET] if values and not parameter.required else values


def _respelled(parameter: Parameter) -> tuple[Written, ...]:
    schema = parameter.schema
    if isinstance(schema, NumberSchema) and schema.enum is None:
        return () if is_stepped(schema) else spellings(simplest(schema))
    return ()


def _is_free_text(schema: Schema) -> bool:
    return isinstance(schema, StringSchema) and schema.enum is None


def _counts_letters(schema: StringSchema) -> bool:
    most = schema.max_length or 0
    return schema.enum is None and 0 < most <= LONG and has_length(schema, most)


def _has_no_end(schema: StringSchema) -> bool:
    return (
        _is_free_text(schema)
        and schema.max_length is None
        and schema.format not in FORMATS
        and has_length(schema, LONGEST)
    )


def _body(contract: Contract, row: Mapping[str, Any]) -> Body:
    return {name: it for name, it in row.items() if it is not UNSET} | contract.fixed
