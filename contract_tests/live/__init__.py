"""Tests against a service that charges: planned, priced, and written down as paid for.

`plan_calls` says what will be done and what it may cost; `run_live` does it, as far as
a `Purse` goes, and leaves a `Ledger` from which a later run goes on.
"""

from contract_tests.live.calls import Call, LivePlan, plan_calls
from contract_tests.live.ledger import Entry, Ledger
from contract_tests.live.prices import Tariff, fixed, published
from contract_tests.live.run import LiveReport, run_live
from contract_tests.live.till import Purse

__all__ = [
    "Call",
    "Entry",
    "Ledger",
    "LivePlan",
    "LiveReport",
    "Purse",
    "Tariff",
    "fixed",
    "plan_calls",
    "published",
    "run_live",
]
