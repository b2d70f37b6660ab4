"""The numbers a schema admits, as ranges that strategies and violations share.

A JSON number beyond 2**53 means different things to different parsers, so a side
that the document leaves open ends there. A number on the wire is an `int` where it is
whole and a `float` otherwise: `5.0` for an integer is valid to some and not to others.
"""

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from contract_tests.errors import UnmetSchemaError
from specs import Bound, NumberSchema

SAFE = 2**53 - 1
"""The largest integer that every JSON parser reads as itself (RFC 8259, section 6)."""

HUGE = 10**40
"""Beyond what any number of a machine holds exactly, yet JSON like any other."""

_SIZED = frozenset({"int32", "int64", "float", "double"})

_INT32 = (-(2**31), 2**31 - 1)
_NEAR = 10**6
_LISTED = 500  # multiples of a fraction are listed from each end


@dataclass(frozen=True, slots=True)
class Multiples:
    """The numbers `step * k` for every whole *k* from *first* to *last*."""

    step: Fraction
    first: int
    last: int

    def at(self, k: int) -> int | float:
        """Return the *k*-th multiple, as it travels."""
        return plain(self.step * k)


def plain(value: Decimal | Fraction) -> int | float:
    """Return *value* as the Python number that JSON writes: whole ones as `int`."""
    number = Fraction(value)
    return number.numerator if number.denominator == 1 else float(value)


def is_stepped(schema: NumberSchema) -> bool:
    """Say whether the valid numbers are multiples of something."""
    return schema.type == "integer" or schema.multiple_of is not None


def multiples(schema: NumberSchema) -> Multiples:
    """Return the numbers of a stepped *schema*; raise UnmetSchemaError if none."""
    step = Fraction(schema.multiple_of or 1)
    if schema.type == "integer":
        # k * p/q is whole exactly where q divides k (p and q have no common divisor).
        step = Fraction(step.numerator)
    low, high = _ends(schema)
    first = math.ceil(Fraction(low.value) / step)
    last = math.floor(Fraction(high.value) / step)
    first += int(low.exclusive and first * step == low.value)
    last -= int(high.exclusive and last * step == high.value)
    if first > last:
        raise UnmetSchemaError(
            schema.pointer,
            f"no multiple of {step} lies between {low.value} and {high.value}",
            fix="mend the document or waive it",
        )
    return Multiples(step, first, last)


def listed(schema: NumberSchema) -> tuple[int | float, ...]:
    """Return multiples that survive binary arithmetic, from both ends of the range.

    0.3 is a multiple of 0.1 on paper, but 0.3 / 0.1 is 2.9999999999999996 to every
    validator that divides floats.
    """
    found = multiples(schema)
    middle = min(max(0, found.first), found.last)
    ks = {
        *range(found.first, min(found.first + _LISTED, found.last + 1)),
        *range(max(found.last - _LISTED, found.first), found.last + 1),
        *range(middle, min(middle + _LISTED, found.last + 1)),
    }
    step = float(found.step)
    values = [found.at(k) for k in sorted(ks, key=lambda k: (abs(k), k < 0))]
    return tuple(it for it in values if (it / step).is_integer())


def extremes(schema: NumberSchema) -> tuple[int | float, int | float]:
    """Return the smallest and the largest valid number of *schema*, as they travel.

    Where the document leaves a side open it is the last number that parsers agree on.
    """
    if is_stepped(schema):
        found = multiples(schema)
        if found.step.denominator == 1:
            return found.at(found.first), found.at(found.last)
        values = listed(schema)
        return min(values), max(values)
    low, high = schema.minimum, schema.maximum
    return (
        _inwards(low, math.inf) if low else -SAFE,
        _inwards(high, -math.inf) if high else SAFE,
    )


def beyond(schema: NumberSchema) -> tuple[int | float | None, int | float | None]:
    """Return the numbers next to the range of *schema*, below it and above it.

    Those of a stepped schema are multiples too, so that only the range is broken.
    None stands where the document sets no end, or JSON cannot go beyond it.
    """
    low, high = schema.minimum, schema.maximum
    if is_stepped(schema):
        found, sized = multiples(schema), is_sized(schema)
        return (
            found.at(found.first - 1) if low or sized else None,
            found.at(found.last + 1) if high or sized else None,
        )
    return (
        _outwards(low, -math.inf) if low else None,
        _outwards(high, math.inf) if high else None,
    )


def beyond_reason(schema: NumberSchema) -> dict[str, int]:
    """Return valid numbers that no machine holds exactly, by the bound that is missing."""
    if schema.format in _SIZED or schema.multiple_of is not None:
        return {}
    return {
        **({} if schema.minimum else {"minimum": -HUGE}),
        **({} if schema.maximum else {"maximum": HUGE}),
    }


def gaps(schema: NumberSchema) -> Multiples | None:
    """Return multiples near zero whose successors are valid too; None if none are."""
    found = multiples(schema)
    nearest = min(max(found.first, 0), found.last)
    # Beyond this window a double may no longer hold the fraction.
    first, last = max(found.first, nearest - _NEAR), min(found.last, nearest + _NEAR)
    return None if first == last else Multiples(found.step, first, last - 1)


def is_sieved(schema: NumberSchema) -> bool:
    """Say whether a number of the right type, inside the range, may be no multiple."""
    coarse = schema.type == "number" or schema.multiple_of != 1
    return schema.multiple_of is not None and coarse and gaps(schema) is not None


def is_sized(schema: NumberSchema) -> bool:
    """Say whether the format ends a range that the bounds leave open.

    Beyond int64 lie numbers that parsers no longer agree on, so only int32 counts.
    """
    return schema.format == "int32" and not (schema.minimum and schema.maximum)


def _inwards(bound: Bound, direction: float) -> int | float:
    """Return the valid number nearest to *bound*."""
    if bound.exclusive:
        return math.nextafter(float(bound.value), direction)
    return plain(bound.value)


def _outwards(bound: Bound, direction: float) -> int | float | None:
    """Return the number nearest to *bound* that it excludes."""
    if bound.exclusive:
        return plain(bound.value)
    found = math.nextafter(float(bound.value), direction)
    return None if math.isinf(found) else found


def _ends(schema: NumberSchema) -> tuple[Bound, Bound]:
    least, most = _INT32 if schema.format == "int32" else (-SAFE, SAFE)
    low = schema.minimum or Bound(Decimal(least))
    return low, schema.maximum or Bound(Decimal(most))
