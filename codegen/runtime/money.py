"""What a job will cost, and a limit to what all of them may.

Prices come from the provider's page, with the day on which it was read. Where a
document leaves the price open the highest possible one counts: a limit must hold.
Where a provider publishes none, only the program can say what a job costs at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from .errors import SpendLimitExceeded
from .protocol import Count, JobProtocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a job costs: `amount`, or at most that unless `exact`; and who says so.

    `source` is the page of the price, read on the day `retrieved`; both are empty for
    a price of the program's own.
    """

    amount: float
    currency: str
    exact: bool
    source: str
    retrieved: str

    def __str__(self) -> str:
        most = "" if self.exact else "at most "
        return f"{most}{self.amount:.4g} {self.currency}".rstrip()


def estimate(
    protocol: JobProtocol, body: Mapping[str, Any], *, own: float | None = None
) -> Estimate | None:
    """Return what a job with *body* costs, None where no price is known.

    *own* is a price of the program's, which stands in the place of the published one.
    """
    currency, price = protocol.service.currency, protocol.price
    if own is not None:
        return Estimate(
            amount=own, currency=currency, exact=False, source="", retrieved=""
        )
    if price is None:
        return None
    named = body.get(price.parameter)
    known = price.values.get(named) if isinstance(named, str) else None
    each = max(price.values.values()) if known is None else known
    matching = any(body.get(it) for it in price.matching)
    frames = price.frames.most if matching else _counted(price.frames, body)
    if price.inserted is not None:
        frames *= 1 + _counted(price.inserted, body)
    return Estimate(
        amount=round(frames / price.rate * each, 6),
        currency=currency,
        exact=known is not None and not matching,
        source=price.source,
        retrieved=price.retrieved,
    )


def _counted(count: Count, body: Mapping[str, Any]) -> int:
    """Return what *body* asks for; what is no sound count counts as the most."""
    asked = body.get(count.name, count.usual)
    return asked if type(asked) is int and asked >= 0 else count.most


class Budget:
    """The most that the jobs of one client may cost together, by their estimates.

    *price* is the program's own for any one of them.
    """

    def __init__(self, limit: float | None, *, price: float | None = None) -> None:
        self._limit = limit
        self.price = price
        self._spent = 0.0
        self._lock = Lock()

    def take(self, asked: Estimate | None, *, where: str) -> float:
        """Set aside what is *asked* and return it; raise SpendLimitExceeded."""
        if self._limit is None:
            return 0.0
        if asked is None:
            raise SpendLimitExceeded(
                f"{where}: no price is known, so max_spend={self._limit:g} cannot be "
                "kept; nothing was sent, say as price=… what one job costs at most, "
                "or leave max_spend out"
            )
        with self._lock:
            left = self._limit - self._spent
            if asked.amount > left + 1e-9:  # sums of floats are off by less
                raise SpendLimitExceeded(
                    f"{where}: costs {asked}, but only {left:.4g} of "
                    f"max_spend={self._limit:g} is left; nothing was sent"
                )
            self._spent += asked.amount
        return asked.amount

    def give_back(self, amount: float) -> None:
        """Take back what was set aside for a job that was not accepted."""
        with self._lock:
            self._spent -= amount
