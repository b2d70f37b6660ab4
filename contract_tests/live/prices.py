"""What a submit may cost at most, as the provider's published prices have it.

Money is `Decimal`. Where a body leaves open what the bill depends on, the dearest
reading counts: a budget is kept only if no answer can cost more than was thought.
"""

from collections.abc import Callable, Mapping
from decimal import ROUND_UP, Decimal
from typing import Any

from contract_tests.errors import PriceError
from specs import Contract, Json, NumberSchema, Prices

Body = Mapping[str, Any]
Tariff = Callable[[Contract, Json], Decimal]
"""Returns the most that a submit of a body may cost."""

_SMALLEST = Decimal("0.000001")
_ABSURD = 10**9  # frames; whoever asks for more is priced out of any budget


def published(contract: Contract, body: Json) -> Decimal:
    """Return the most that a submit of *body* may cost; raise PriceError if unknown.

    A *body* that breaks a rule costs what the dearest valid one does, and more where
    it asks for more.
    """
    prices = contract.provider.prices
    if prices is None or not prices.values:
        raise PriceError(
            f"{contract.provider.name}/provider.toml",
            f"has no price for {contract.id}",
            fix="pass --price with the most that one submit may cost",
        )
    members = body if isinstance(body, dict) else {}
    each = _rate(prices, members)
    frames = _frames(contract, prices, members)
    seconds = frames / Decimal(prices.frames_per_second or 1)
    return (each * seconds).quantize(_SMALLEST, ROUND_UP)


def fixed(price: Decimal) -> Tariff:
    """Return the tariff by which any submit costs *price* at most."""
    return lambda _contract, _body: price


def _rate(prices: Prices, body: Body) -> Decimal:
    """Return the price of one unit; the highest where *body* names none of the list."""
    wish = body.get(prices.parameter or "")
    known = prices.values.get(wish) if isinstance(wish, str) else None
    # Via text: a float of 0.1 is a little more than that.
    return Decimal(str(max(prices.values.values()) if known is None else known))


def _frames(contract: Contract, prices: Prices, body: Body) -> Decimal:
    if prices.frames is None:
        return Decimal(1)
    most, asked = _count(contract, prices.frames, body)
    if any(body.get(it) not in (None, False) for it in prices.matching):
        asked = max(most, asked)
    if prices.inserted is None:
        return asked
    return asked * (1 + _count(contract, prices.inserted, body)[1])


def _count(contract: Contract, name: str, body: Body) -> tuple[Decimal, Decimal]:
    """Return the most that the member *name* may be, and what it is in *body* at most."""
    member = contract.body.properties.get(name)
    schema = member.schema if member else None
    if not isinstance(schema, NumberSchema) or schema.maximum is None:
        raise PriceError(
            contract.id,
            f"the price depends on {name!r}, which has no maximum in the document",
            fix="pass --price with the most that one submit may cost",
        )
    most = schema.maximum.value
    value = body.get(name, schema.default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return most, most
    if not -_ABSURD < value < _ABSURD:  # NaN, for one, lies nowhere between
        return most, Decimal(_ABSURD)
    lowest = schema.minimum.value if schema.minimum else Decimal(0)
    return most, max(Decimal(str(value)), lowest)
