"""The parameters of two contracts, paired, and what differs between the two of a pair."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from specs.changes.renames import pair_renamed
from specs.jsontext import is_same
from specs.model import Contract, Parameter
from specs.pointers import Json
from specs.provider import Prices
from specs.schemas import (
    UNSET,
    ArraySchema,
    Bound,
    NumberSchema,
    Schema,
    StringSchema,
    UnionSchema,
)
from specs.wording import describe_type

Facts = Mapping[str, Json]
"""What a contract says of one thing, by name; what it does not say is not there."""

Kind = Literal["left", "right", "renamed", "differs", "same"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One parameter as both sides have it; `left` or `right` is empty where one lacks it.

    `facts` are those that differ, each as the left and as the right side has it, and
    all there are where one side lacks it; None stands for what is not said.
    """

    left: str = ""
    right: str = ""
    facts: Mapping[str, tuple[Json, Json]]

    @property
    def kind(self) -> Kind:
        """Whether one side has it alone, calls it otherwise, or says otherwise."""
        if not self.right:
            return "left"
        if not self.left:
            return "right"
        if self.left != self.right:
            return "renamed"
        return "differs" if self.facts else "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two contracts: their parameters in pairs, then their prices."""

    left: Contract
    right: Contract
    pairs: tuple[Pair, ...]
    prices: Pair

    @property
    def names(self) -> tuple[str, str]:
        """What tells the two sides apart: their providers, or else the contracts."""
        sides = self.left.provider.name, self.right.provider.name
        return sides if sides[0] != sides[1] else (self.left.id, self.right.id)

    def of(self, kind: Kind) -> tuple[Pair, ...]:
        """Return the pairs of *kind*."""
        return tuple(it for it in self.pairs if it.kind == kind)


def compare_contracts(left: Contract, right: Contract) -> Comparison:
    """Return what *left* and *right* have in common, and what not."""
    return Comparison(
        left=left,
        right=right,
        pairs=tuple(_pairs(left, right)),
        prices=Pair(
            left=left.id,
            right=right.id,
            facts=_differing(_prices(left), _prices(right)),
        ),
    )


def _pairs(left: Contract, right: Contract) -> Iterator[Pair]:
    ours = {it.name: it for it in left.parameters}
    theirs = {it.name: it for it in right.parameters}
    gone = {name: it for name, it in ours.items() if name not in theirs}
    come = {name: it for name, it in theirs.items() if name not in ours}
    renamed = pair_renamed(
        {name: it.schema.description for name, it in gone.items()},
        {name: it.schema.description for name, it in come.items()},
        is_same=lambda one, other: type(gone[one].schema) is type(come[other].schema),
    )
    for name, it in ours.items():
        other = renamed.get(name, name)
        if other in theirs:
            facts = _differing(_facts(it), _facts(theirs[other]))
            yield Pair(left=name, right=other, facts=facts)
        else:
            yield Pair(left=name, facts=_differing(_facts(it), {}))
    for name, it in come.items():
        if name not in renamed.values():
            yield Pair(right=name, facts=_differing({}, _facts(it)))


def _differing(left: Facts, right: Facts) -> dict[str, tuple[Json, Json]]:
    pairs = {it: (left.get(it), right.get(it)) for it in dict.fromkeys((*left, *right))}
    return {name: it for name, it in pairs.items() if not is_same(*it)}


def _facts(parameter: Parameter) -> Facts:
    schema = parameter.schema
    found: dict[str, Json] = {
        "type": describe_type(schema),
        "required": parameter.required,
    }
    if schema.default is not UNSET:
        found["default"] = schema.default
    for option in schema.options if isinstance(schema, UnionSchema) else (schema,):
        found |= _limits(option)
    if schema.enum is not None:
        found["values"] = list(schema.enum)
    return found


def _limits(schema: Schema) -> dict[str, Json]:
    match schema:
        case NumberSchema(minimum=low, maximum=high, multiple_of=step):
            limits: dict[str, Json] = {
                **_bound("minimum", low),
                **_bound("maximum", high),
                "step": None if step is None else _number(step),
            }
        case StringSchema(min_length=short, max_length=long, pattern=pattern):
            limits = {"shortest": short or None, "longest": long, "pattern": pattern}
        case ArraySchema(min_items=few, max_items=many, unique_items=unique):
            limits = {"fewest": few or None, "most": many, "unique": unique or None}
        case _:
            limits = {"values": None if schema.enum is None else list(schema.enum)}
    return {name: it for name, it in limits.items() if it is not None}


def _bound(name: str, bound: Bound | None) -> dict[str, Json]:
    if bound is None:
        return {}
    return {f"{name}{', excluded' if bound.exclusive else ''}": _number(bound.value)}


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _prices(contract: Contract) -> Facts:
    prices: Prices | None = contract.provider.prices
    if prices is None:
        return {}
    table = prices.as_table()
    values = table.pop("values")
    said = {name: it for name, it in table.items() if it not in (None, ())}
    if prices.matching:
        said["matching"] = list(prices.matching)
    return {**said, **{f"{prices.parameter} {name}": it for name, it in values.items()}}
