"""What a contract demands, rule by rule, read from the contract alone.

A rule has two sides. That a value is *accepted* is shown by a valid request that
holds it and was taken; that others are *refused*, by a request that breaks this rule
alone and was not. A side that no request can show by itself is none: the type of a
parameter whose values are listed is broken by nothing that is not also outside the
list. Coverage of a contract is the share of its sides that were shown.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache, partial
from typing import Any

from contract_tests.boundaries import STRANGER, has_size
from contract_tests.kinds import KINDS, has_ground_of_its_own, kind_of, kinds_of
from contract_tests.numbers import beyond, extremes, is_sieved, is_sized, plain
from contract_tests.texts import FORMATS, has_length, mismatches
from contract_tests.violations import Violation
from specs import (
    UNSET,
    AnySchema,
    ArraySchema,
    Contract,
    Json,
    Location,
    NumberSchema,
    ObjectSchema,
    Operation,
    Parameter,
    Schema,
    StringSchema,
    UnionSchema,
    Unset,
    is_same,
    join_pointer,
    look_up,
)

Path = tuple[str | int, ...]
"""What leads to a value inside a body; a number stands for each item of a list."""

_ALIASES = {
    "minimum": "exclusiveMinimum",
    "maximum": "exclusiveMaximum",
    "enum": "const",
    "nullable": "type",
}
"""The other spelling of a keyword, where one document says what another spells so."""


class Side(StrEnum):
    """What the service is to do for a rule to be kept."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


_ACCEPTED, _REFUSED, _BOTH = (Side.ACCEPTED,), (Side.REFUSED,), tuple(Side)


Shows = Callable[[Json | Unset], bool]
"""Whether a valid value is one that shows the accepted side of a rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One demand on one value of a request.

    `path` leads to the value where it travels, `schema` is the pointer of the schema
    that rules it, and `pointer` that of the keyword itself, or of what stands nearest
    above it where the document says it without a keyword. `text` is the keyword's
    value as JSON. `shows` tells the values that show the accepted side, if there is
    one.
    """

    location: Location = "body"
    path: Path = ()
    keyword: str
    schema: str
    pointer: str
    text: str
    sides: tuple[Side, ...]
    shows: Shows | None = field(default=None, compare=False, repr=False)

    @property
    def value(self) -> Any:
        """The keyword's value."""
        return json.loads(self.text)

    @property
    def parameter(self) -> str:
        """The parameter that the rule is about; empty for the request as a whole."""
        return str(self.path[0]) if self.path else ""


@dataclass(frozen=True, slots=True)
class RuleSide:
    """One side of one rule: what a judged answer can show, or disprove."""

    rule: Rule
    side: Side

    @property
    def key(self) -> str:
        """The name of this side, the same from run to run and unique in its contract."""
        rule = self.rule
        place = ".".join(map(str, rule.path)) or rule.location
        return f"{place} {rule.keyword} {rule.text} {self.side} {rule.schema}"


@lru_cache(256)
def rules_of(contract: Contract) -> tuple[Rule, ...]:
    """Return every rule of *contract* for a request, in the document's order."""
    submit = contract.submit
    about_bodies = [*_whole(contract), *rules_for(contract.body)]
    return (
        *(_placed(it, submit) for it in about_bodies),
        *(
            _placed(_missing(it), operation)
            for operation in contract.operations
            for it in operation.parameters
            if it.required and it.location == "query"
        ),
    )


def sides_of(contract: Contract) -> tuple[RuleSide, ...]:
    """Return every side of every rule of *contract*."""
    return tuple(RuleSide(it, side) for it in rules_of(contract) for side in it.sides)


def shown_by(contract: Contract, body: Json) -> tuple[RuleSide, ...]:
    """Return the sides that a valid *body* shows once it was accepted."""
    return tuple(
        RuleSide(it, Side.ACCEPTED)
        for it in rules_of(contract)
        if it.shows is not None
        and Side.ACCEPTED in it.sides
        and any(map(it.shows, _values_at(body, it.path)))
    )


def broken_by(contract: Contract, violation: Violation) -> tuple[RuleSide, ...]:
    """Return the side that *violation* of *contract* shows once it was refused, if any.

    That a body has to be said to be JSON is a rule of HTTP, and none of the contract.
    """
    it = violation
    side = _refusals(contract).get((it.rule, it.path, it.pointer))
    return () if side is None else (side,)


@lru_cache(256)
def _refusals(contract: Contract) -> dict[tuple[str, Path, str], RuleSide]:
    return {
        (it.keyword, it.path, it.schema): RuleSide(it, Side.REFUSED)
        for it in rules_of(contract)
        if Side.REFUSED in it.sides
    }


def rules_for(schema: Schema, path: Path = ()) -> Iterator[Rule]:
    """Yield the rules of *schema* for the values at *path*, from the outside inwards."""
    if isinstance(schema, AnySchema):
        return
    rule = partial(_rule, schema.pointer, path=path)
    strangers = set(KINDS) - kinds_of(schema)
    sides = _BOTH if strangers and schema.enum is None else _ACCEPTED
    yield rule("type", _type_of(schema), sides, shows=_has_type(schema))
    yield from _inside(schema, path)


def _inside(schema: Schema, path: Path) -> Iterator[Rule]:
    """Yield the rules that hold among values of the right type."""
    rule = partial(_rule, schema.pointer, path=path)
    if schema.nullable:
        yield rule("nullable", True, _ACCEPTED, shows=_is_kind({"null"}))
    if schema.enum is not None:
        # Any other value is outside the list, so no other rule can be broken alone.
        yield rule("enum", list(schema.enum), _REFUSED)
        for it in schema.enum:
            yield rule("enum", it, _ACCEPTED, shows=partial(_is_equal, it))
        return
    match schema:
        case NumberSchema():
            yield from _numbers(schema, path)
        case StringSchema():
            yield from _strings(schema, path)
        case ArraySchema():
            yield from _arrays(schema, path)
        case ObjectSchema():
            yield from _objects(schema, path)
        case UnionSchema():
            yield from _options(schema, path)


def _numbers(schema: NumberSchema, path: Path) -> Iterator[Rule]:
    rule = partial(_rule, schema.pointer, path=path)
    ends = zip(
        ("minimum", "maximum"),
        (schema.minimum, schema.maximum),
        extremes(schema),
        beyond(schema),
        strict=True,
    )
    for keyword, bound, end, stranger in ends:
        if bound is not None:
            sides = _ACCEPTED if stranger is None else _BOTH
            shows = partial(_is_equal, end)
            yield rule(keyword, plain(bound.value), sides, shows=shows)
    if is_sized(schema):
        yield rule("format", schema.format, _BOTH, shows=_is_kind({"number"}))
    if schema.multiple_of is not None:
        sides = _BOTH if is_sieved(schema) else _ACCEPTED
        step = plain(schema.multiple_of)
        yield rule("multipleOf", step, sides, shows=_is_kind({"number"}))


def _strings(schema: StringSchema, path: Path) -> Iterator[Rule]:
    rule = partial(_rule, schema.pointer, path=path)
    low, high = schema.min_length, schema.max_length
    if low:
        sides = _sides(has_length(schema, low), has_length(schema, low - 1))
        yield rule("minLength", low, sides, shows=_has_size(low))
    if high is not None:
        sides = _sides(has_length(schema, high), has_length(schema, high + 1))
        yield rule("maxLength", high, sides, shows=_has_size(high))
    if schema.pattern is not None:
        sides = _sides(True, bool(mismatches(schema)))
        yield rule("pattern", schema.pattern, sides, shows=_is_kind({"string"}))
    elif schema.format in FORMATS:
        sides = _sides(True, bool(mismatches(schema)))
        yield rule("format", schema.format, sides, shows=_is_kind({"string"}))


def _arrays(schema: ArraySchema, path: Path) -> Iterator[Rule]:
    rule = partial(_rule, schema.pointer, path=path)
    least, most = schema.min_items, schema.max_items
    if least:
        yield rule("minItems", least, _BOTH, shows=_has_size(least))
    if most is not None:
        sides = _sides(has_size(schema, most), has_size(schema, most + 1))
        yield rule("maxItems", most, sides, shows=_has_size(most))
    if schema.unique_items:
        several = most is None or most > 1
        sides = _sides(several and has_size(schema, max(least, 2)), several)
        yield rule("uniqueItems", True, sides, shows=_has_several)
    if most != 0:
        yield from rules_for(schema.items, (*path, 0))


def _objects(schema: ObjectSchema, path: Path) -> Iterator[Rule]:
    for name, it in schema.properties.items():
        inner = (*path, name)
        rule = partial(_rule, schema.pointer, path=inner)
        if it.required:
            yield rule("required", name, _REFUSED)
        else:
            yield rule("optional", name, _ACCEPTED, shows=_is_missing)
        yield from rules_for(it.schema, inner)
    rule = partial(_rule, schema.pointer, path=path)
    sides = _REFUSED if schema.additional is False else _ACCEPTED
    known = frozenset(schema.properties)
    shows = partial(_has_strangers, known)
    yield rule(
        "additionalProperties", schema.additional is not False, sides, shows=shows
    )
    if isinstance(schema.additional, Schema):
        yield from rules_for(schema.additional, (*path, STRANGER))


def _options(schema: UnionSchema, path: Path) -> Iterator[Rule]:
    for it in schema.options:
        shows = _has_type(it)
        yield _rule(
            it.pointer, "option", _type_of(it), _ACCEPTED, path=path, shows=shows
        )
        if has_ground_of_its_own(schema, it):
            yield from _inside(it, path)


def _whole(contract: Contract) -> Iterator[Rule]:
    """Yield the rules for a submit that are not about a value in its body."""
    submit = contract.submit
    yield _rule(submit.pointer, "json", True, _REFUSED)
    if not contract.fixed:
        yield _rule(submit.pointer, "model", contract.model, _REFUSED, location="path")


def _missing(parameter: Parameter) -> Rule:
    return _rule(
        parameter.schema.pointer,
        "required",
        parameter.name,
        _REFUSED,
        path=(parameter.name,),
        location=parameter.location,
    )


def _rule(
    schema: str,
    keyword: str,
    value: Json,
    sides: tuple[Side, ...],
    *,
    path: Path = (),
    location: Location = "body",
    shows: Shows | None = None,
) -> Rule:
    return Rule(
        location=location,
        path=path,
        keyword=keyword,
        schema=schema,
        pointer=schema,
        text=json.dumps(value, ensure_ascii=False),
        sides=sides,
        shows=shows,
    )


def _placed(rule: Rule, operation: Operation) -> Rule:
    """Return *rule* with the pointer of its keyword, where the document spells it."""
    _, _, place = rule.schema.partition("#")
    for keyword in (rule.keyword, _ALIASES.get(rule.keyword, rule.keyword)):
        try:
            look_up(operation.document.raw, join_pointer(place, keyword))
        except LookupError:
            continue
        return replace(rule, pointer=join_pointer(rule.schema, keyword))
    return rule


def _values_at(value: Json, path: Path) -> Iterator[Json | Unset]:
    """Yield what stands at *path* inside *value*; UNSET where its last member is not."""
    if not path:
        yield value
        return
    head, rest = path[0], path[1:]
    if isinstance(head, int):
        for it in value if isinstance(value, list) else ():
            yield from _values_at(it, rest)
    elif isinstance(value, dict) and head in value:
        yield from _values_at(value[head], rest)
    elif isinstance(value, dict) and not rest:
        yield UNSET


def _type_of(schema: Schema) -> str:
    if isinstance(schema, NumberSchema):
        return schema.type
    return " or ".join(sorted(kinds_of(schema) - {"null"})) or "null"


def _sides(accepted: bool, refused: bool) -> tuple[Side, ...]:
    return (*_ACCEPTED * accepted, *_REFUSED * refused)


def _has_type(schema: Schema) -> Shows:
    # A null where null is allowed too tells nothing of the type itself.
    return _is_kind(kinds_of(schema) - {"null"} or {"null"})


def _is_kind(kinds: Iterable[str]) -> Shows:
    wanted = frozenset(kinds)
    return lambda value: kind_of(value) in wanted


def _is_equal(wanted: Json, value: Json | Unset) -> bool:
    return not isinstance(value, Unset) and is_same(wanted, value)


def _has_size(size: int) -> Shows:
    return lambda value: isinstance(value, str | list) and len(value) == size


def _has_several(value: Json | Unset) -> bool:
    return isinstance(value, list) and len(value) > 1


def _is_missing(value: Json | Unset) -> bool:
    return isinstance(value, Unset)


def _has_strangers(known: frozenset[str], value: Json | Unset) -> bool:
    return isinstance(value, dict) and not known.issuperset(value)
