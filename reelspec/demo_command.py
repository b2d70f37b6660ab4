"""`reelspec demo`."""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from reelspec.codes import Exit
from reelspec.exits import CommandError, expected_errors, extra_installed
from reelspec.options import json_option, print_json, specs_option
from reelspec.progress import contract_progress
from specs import Registry, refuse_faults

if TYPE_CHECKING:
    from contract_tests import Report
    from reelspec.demo import Delivery, Watcher
    from reelspec.demo_orders import Order


@click.command("demo")
@specs_option
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("out"),
    show_default=True,
    help="Folder for the videos.",
)
@click.option(
    "--generated",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("generated"),
    show_default=True,
    help="Folder of the generated clients, which must be fresh.",
)
@json_option
@click.pass_context
def command(
    ctx: click.Context, *, folder: Path, out: Path, generated: Path, as_json: bool
) -> None:
    """Generate one video per contract against the mock, and check it all.

    Starts the mock on a free port with its SQLite store, submits one job per contract
    with the generated clients, all of them side by side, downloads each MP4, decodes
    it and holds frames, rate and size to what was asked. Then the contract tests run
    in their quick profile. The videos stay in --out.

    \b
    Example:
      reelspec demo --out out
    """
    with extra_installed("all"):
        import codegen
        import contract_tests
        import mock_server
        from reelspec import demo
        from reelspec.demo_orders import make_orders
        from reelspec.targets import mock_target
    with expected_errors(
        codegen.CodegenError,
        contract_tests.ContractTestError,
        mock_server.MockServerError,
    ):
        registry = Registry.load(folder)
        refuse_faults(registry)
        if codegen.diff(codegen.generate(registry), generated):
            raise CommandError(
                f"{generated}: is stale, so its clients may differ from the documents; "
                "run `reelspec generate`",
                Exit.FINDINGS,
            )
        contracts = {it.id: it for it in registry.contracts}
        orders = make_orders(contracts, codegen.resource_names(registry))
        with demo.clients_in(generated):
            deliveries = _generate(registry, orders, out)
        with mock_target(registry) as target, contract_progress() as show:
            report = contract_tests.run(registry, target, on_progress=show)
    _print(deliveries, report, as_json=as_json)
    broken = any(it.problems for it in deliveries) or not report.is_kept
    ctx.exit(Exit.FINDINGS if broken else Exit.OK)


def _generate(registry: Registry, orders: list["Order"], out: Path) -> list["Delivery"]:
    """Run the orders against a mock of their own, with a display of how they stand."""
    import mock_server
    from reelspec import demo

    with tempfile.TemporaryDirectory() as folder:
        store = mock_server.SqliteStore(Path(folder) / "jobs.sqlite")
        try:
            app = mock_server.build_app(registry, seed=None, store=store)
            with mock_server.Server(app) as server, _display(orders) as watch:
                return asyncio.run(
                    demo.deliver(orders, base_url=server.base_url, out=out, watch=watch)
                )
        finally:
            store.close()


@contextmanager
def _display(orders: list["Order"]) -> Iterator["Watcher"]:
    """Yield a watcher that keeps one live line per order on standard error."""
    shown: dict[str, Delivery | None] = {it.contract.id: None for it in orders}

    def draw() -> Table:
        table = Table.grid(padding=(0, 1))
        for name, delivery in shown.items():
            done = delivery is not None and (delivery.video or delivery.problems)
            mark = (
                Text("✗" if delivery and delivery.problems else "✓")
                if done
                else Spinner("dots")
            )
            states = " → ".join(delivery.states) if delivery else "submitting"
            seconds = f"{delivery.seconds:.1f} s" if delivery else ""
            table.add_row(mark, Text(name), Text(states), Text(seconds))
        return table

    with Live(draw(), console=Console(stderr=True), transient=True) as live:

        def watch(delivery: "Delivery") -> None:
            shown[delivery.order.contract.id] = delivery
            live.update(draw())

        yield watch


def _print(deliveries: list["Delivery"], report: "Report", *, as_json: bool) -> None:
    results = {it.contract: it for it in report.contracts}
    rows: list[dict[str, Any]] = [
        {
            "contract": it.order.contract.id,
            "asked": dict(it.order.arguments),
            "states": it.states,
            "file": str(it.path) if it.path else None,
            "video": str(it.video) if it.video else None,
            "problems": it.problems,
            "checks": results[it.order.contract.id].checks,
            "kept": results[it.order.contract.id].is_kept,
            "seconds": round(it.seconds + results[it.order.contract.id].seconds, 1),
        }
        for it in deliveries
    ]
    if as_json:
        print_json(rows)
        return
    table = Table(box=None, padding=(0, 2, 1, 0), pad_edge=False, header_style="bold")
    table.add_column("Contract, states seen, file")
    table.add_column("Checks", no_wrap=True)
    table.add_column("Seconds", justify="right", no_wrap=True)
    for row in rows:
        seen = [" → ".join(row["states"]), row["file"], row["video"], *row["problems"]]
        about = "\n  ".join((row["contract"], *(it for it in seen if it)))
        verdict = f"{row['checks']} {'kept' if row['kept'] else 'BROKEN'}"
        table.add_row(*map(Text, (about, verdict, str(row["seconds"]))))
    Console().print(table)
    for fault in (it for result in report.contracts for it in result.faults):
        click.echo(f"\n{fault}")
