"""Ranges that leave something: bounds rounded inwards, and refused when they cross."""

import math
from decimal import Decimal
from fractions import Fraction

from specs.errors import EmptyRangeError
from specs.schemas import Bound


def whole_bound(bound: Bound, *, up: bool) -> Bound:
    """Return *bound* for integers: the next whole value inside it, inclusive."""
    whole = math.ceil(bound.value) if up else math.floor(bound.value)
    if bound.exclusive and whole == bound.value:
        whole += 1 if up else -1
    return Bound(Decimal(whole))


def refuse_empty_range(
    where: str,
    minimum: Bound,
    maximum: Bound,
    *,
    names: tuple[str, str] = ("minimum", "maximum"),
    multiple_of: Decimal | None = None,
    whole: bool = False,
) -> None:
    """Raise EmptyRangeError where no value, or no *whole* one, lies between the bounds."""
    low, high = minimum, maximum
    if whole:
        low, high = whole_bound(minimum, up=True), whole_bound(maximum, up=False)
    if multiple_of is not None:
        low = _first_multiple(low, multiple_of)
    open_ended = low.exclusive or high.exclusive
    if low.value < high.value or (low.value == high.value and not open_ended):
        return
    wanted = "value" if multiple_of is None else f"multiple of {multiple_of}"
    raise EmptyRangeError(
        where,
        f"{_written(names[0], minimum)} and {_written(names[1], maximum)} leave no "
        f"{'whole ' if whole else ''}{wanted} between them",
        fix="vendor a mended document, or treat one bound in waivers.toml",
    )


def _first_multiple(low: Bound, step: Decimal) -> Bound:
    count = math.ceil(Fraction(low.value) / Fraction(step))
    if low.exclusive and Fraction(step) * count == Fraction(low.value):
        count += 1
    return Bound(step * count)


def _written(name: str, bound: Bound) -> str:
    return f"{'exclusive ' if bound.exclusive else ''}{name}={bound.value}"
