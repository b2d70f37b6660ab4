"""`reelspec test --live`: says what it may cost, asks, and keeps to the budget."""

import json
import sys
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from reelspec.codes import Exit
from reelspec.exits import CommandError
from reelspec.live_plan import dollars, plan_lines
from reelspec.options import chosen
from reelspec.progress import progress_bar
from reelspec.reporting import Reporting
from specs import Provider, Registry

if TYPE_CHECKING:
    from contract_tests import live


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveOrder:
    """What the command line asks for: whom to test, and with how much money."""

    provider: str
    budget: Decimal
    names: tuple[str, ...] = ()
    price: Decimal | None = None
    ledger: Path | None = None
    given: dict[str, Any] = field(default_factory=dict)
    base_url: str | None = None
    advance_url: str | None = None
    keys: dict[str, str] = field(default_factory=dict)
    is_agreed: bool = False


def run_live_test(registry: Registry, order: LiveOrder, reporting: Reporting) -> Exit:
    """Plan, ask, run and report; raise ContractTestError or CommandError if it cannot."""
    import contract_tests
    from contract_tests import live

    provider = _provider(registry, order.provider)
    contracts = [
        it for it in chosen(registry, order.names) if it.provider.name == provider.name
    ]
    if not contracts:
        raise CommandError(
            f"--contract: none of {', '.join(order.names)} is of {provider.name}; name "
            "one that is, or none",
            Exit.USAGE,
        )
    tariff = live.published if order.price is None else live.fixed(order.price)
    plan = live.plan_calls(contracts, tariff, given=order.given)
    target = contract_tests.remote_target(
        order.base_url or provider.base_url,
        [provider],
        keys=order.keys,
        advance_url=order.advance_url,
        patience=provider.polling.deadline,
    )
    target.key(provider)  # whoever has none need not be asked for money first
    path = order.ledger or Path(f"reelspec-{provider.name}.ledger.jsonl")
    with live.Ledger.open(path) as ledger:
        # Beside a report that is for programs, what is for people goes elsewhere.
        console = Console(stderr=reporting.is_json_alone)
        for it in plan_lines(
            plan, target.base_url, spent=ledger.spent, budget=order.budget
        ):
            console.print(it)
        _agree(order, on_stderr=reporting.is_json_alone)
        purse = live.Purse(budget=order.budget, tariff=tariff, ledger=ledger)
        with progress_bar() as bar:
            task = bar.add_task("", total=None)
            report = live.run_live(
                plan,
                target,
                purse,
                on_progress=lambda what, done, total: bar.update(
                    task, description=what, completed=done, total=total
                ),
            )
    reporting.tell(report.report, paid=report.paid, closing=_closing(report, path))
    if report.is_locked_out:
        raise CommandError(report.stopped, Exit.ENVIRONMENT)
    return Exit.OK if report.report.is_kept else Exit.FINDINGS


def read_given(values: tuple[str, ...]) -> dict[str, Any]:
    """Return the values of `--input`: what reads as JSON as that, all else as text."""
    found: dict[str, Any] = {}
    for it in values:
        name, equals, text = it.partition("=")
        if not name or not equals:
            raise click.BadParameter(
                f"{it!r} is no pair; write it as NAME=VALUE", param_hint="--input"
            )
        try:
            found[name] = json.loads(text)
        except ValueError:
            found[name] = text
    return found


def _provider(registry: Registry, name: str) -> Provider:
    known = {it.name: it for it in registry.providers}
    if name not in known:
        near = get_close_matches(name, known, n=1) or sorted(known)
        raise CommandError(
            f"--live: {name!r:.80} is no provider; did you mean {' or '.join(near)}?",
            Exit.USAGE,
        )
    return known[name]


def _agree(order: LiveOrder, *, on_stderr: bool) -> None:
    if order.is_agreed:
        return
    if not _is_somebody_there():
        raise CommandError(
            "--live: nobody is there to agree; pass --yes to spend money without "
            "being asked",
            Exit.USAGE,
        )
    click.confirm("Spend it?", abort=True, err=on_stderr)


def _is_somebody_there() -> bool:
    return sys.stdin.isatty()


def _closing(report: "live.LiveReport", path: Path) -> list[str]:
    """Return what to say of the money, and of what was left out for want of it."""
    paid = (
        f"{report.accepted} calls accepted, {report.unsettled} without an answer; at "
        f"most {dollars(report.spent)} spent of {dollars(report.budget)}, as {path} says"
    )
    return [paid, *([f"left out: {report.stopped}"] if report.stopped else [])]
