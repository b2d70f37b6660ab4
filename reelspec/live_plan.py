"""The plan of a run that costs money, as people read it before they agree to it."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from contract_tests import live


def dollars(amount: Decimal) -> str:
    """Return *amount* exactly, with two decimals at least."""
    cents = f"{amount:.2f}"
    return f"${cents if Decimal(cents) == amount else f'{amount.normalize():f}'}"


def plan_lines(
    plan: "live.LivePlan", base_url: str, *, spent: Decimal, budget: Decimal
) -> Iterator[Table | Text]:
    """Yield what will be sent, what each call may cost, and what all of them may."""
    for contract in plan.contracts:
        own = [it for it in plan.calls if it.contract is contract]
        refusals = [it for it in own if it.is_refusal]
        yield Text(contract.id, style="bold")
        yield _table(refusals, "to be refused")
        yield _table([it for it in own if not it.is_refusal], "to be accepted")
    refusals = [it for it in plan.calls if it.is_refusal]
    dearest = max((it.price for it in refusals), default=Decimal(0))
    yield Text(
        f"{len(refusals)} calls to be refused come first: they cost nothing, unless one "
        f"is taken, which may cost {dollars(dearest)}"
    )
    yield Text(
        f"{len(plan.submits)} calls to be accepted may cost {dollars(plan.total)} "
        f"together, and show {plan.sides} sides of rules with the refusals"
    )
    yield Text(
        f"at {base_url}, with a budget of {dollars(budget)}, of which {dollars(spent)} "
        "is spent"
    )
    if plan.total + spent > budget:
        yield Text("the budget does not bear all of it: the dearest are left out")


def _table(calls: list["live.Call"], purpose: str) -> Table:
    """Return the table of *calls*, those of one price in one row."""
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("Calls", justify="right", no_wrap=True)
    table.add_column("Each at most", justify="right", no_wrap=True)
    table.add_column(purpose.capitalize(), overflow="fold")
    for price, some in groupby(calls, key=lambda it: it.price):
        cases = [it.case for it in some]
        cells = (str(len(cases)), dollars(price), "; ".join(cases))
        table.add_row(*map(Text, cells))
    return table
