"""A contract's facts in words, for tables and messages."""

from decimal import Decimal

from specs import (
    ArraySchema,
    Bound,
    Lifecycle,
    NumberSchema,
    Prices,
    Schema,
    StringSchema,
)


def describe_limits(schema: Schema) -> str:
    """Return which values *schema* admits, or nothing where any of its type will do."""
    if schema.enum is not None:
        return ", ".join(str(it) for it in schema.enum)
    match schema:
        case NumberSchema(minimum=low, maximum=high):
            return _range(low, high)
        case StringSchema(min_length=short, max_length=long) if (
            short or long is not None
        ):
            return _range(*_sizes(short, long)) + " characters"
        case ArraySchema(min_items=few, max_items=many) if few or many is not None:
            return _range(*_sizes(few, many)) + " items"
        case _:
            return ""


def describe_lifecycle(lifecycle: Lifecycle) -> str:
    """Return the transition table on one line, the initial state first."""
    rows = []
    for state, events in lifecycle.transitions.items():
        ways = " | ".join(
            f"{event.value} → {target}" for event, target in events.items()
        )
        rows.append(f"{state}: {ways or lifecycle.terminal[state].value}")
    return "; ".join(rows)


def _sizes(low: int, high: int | None) -> tuple[Bound | None, Bound | None]:
    return (
        Bound(Decimal(low)) if low else None,
        None if high is None else Bound(Decimal(high)),
    )


def _range(low: Bound | None, high: Bound | None) -> str:
    if low and high and not (low.exclusive or high.exclusive):
        return f"{low.value} to {high.value}"
    parts = []
    if low:
        parts.append(f"{'above' if low.exclusive else 'at least'} {low.value}")
    if high:
        parts.append(f"{'below' if high.exclusive else 'at most'} {high.value}")
    return ", ".join(parts)


def describe_prices(prices: Prices) -> str:
    """Return what a generation costs, and what of that nobody has published."""
    if prices.assumed is not None:
        text = f"{prices.currency} {prices.assumed:g} per generation"
        if prices.credits_per_unit:
            text += f", {round(prices.assumed * prices.credits_per_unit):,} credits"
        return f"{text} (assumed: {prices.source})"
    steps = ", ".join(f"{name} {price}" for name, price in prices.values.items())
    return f"{prices.currency} {steps} per {prices.unit}"
