"""Ranges that leave something: bounds rounded inwards, and refused when they cross."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from specs.errors import EmptyRangeError
from specs.schemas import Bound


def whole_bound(bound: Bound | None, *, up: bool) -> Bound | None:
    """Return *bound* for integers: the next whole value inside it, inclusive."""
    if bound is None:
        return None
    whole = bound.value.to_integral_value(ROUND_CEILING if up else ROUND_FLOOR)
    if bound.exclusive and whole == bound.value:
        whole += 1 if up else -1
    return Bound(whole)


def refuse_empty_range(
    where: str,
    minimum: Bound | None,
    maximum: Bound | None,
    *,
    names: tuple[str, str] = ("minimum", "maximum"),
    multiple_of: Decimal | None = None,
) -> None:
    """Raise EmptyRangeError where no value lies between the bounds."""
    if minimum is None or maximum is None:
        return
    low, high = minimum.value, maximum.value
    open_ended = minimum.exclusive or maximum.exclusive
    if low > high or (low == high and open_ended):
        problem = "leave no value between them"
    elif (
        multiple_of
        and not open_ended
        and (low / multiple_of).to_integral_value(ROUND_CEILING) * multiple_of > high
    ):
        problem = f"leave no multiple of {multiple_of} between them"
    else:
        return
    kind = "exclusive " if open_ended else ""
    raise EmptyRangeError(
        where,
        f"{kind}{names[0]}={low} and {names[1]}={high} {problem}",
        fix="vendor a mended document, or treat one bound in waivers.toml",
    )
