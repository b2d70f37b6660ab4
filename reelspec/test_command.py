"""`reelspec test`."""

from contextlib import AbstractContextManager, nullcontext
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource
from rich.console import Console
from rich.table import Table
from rich.text import Text

from reelspec.codes import Exit
from reelspec.exits import expected_errors, extra_installed
from reelspec.live_test import LiveOrder, read_given, run_live_test
from reelspec.options import (
    chosen,
    contract_option,
    json_option,
    key_option,
    print_json,
    specs_option,
)
from reelspec.progress import run_contract_tests
from specs import Registry

if TYPE_CHECKING:
    from contract_tests import Report, Target


class _Money(click.ParamType[Decimal]):
    """An amount that is no float, for a budget is not kept by about."""

    name = "USD"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Decimal:
        try:
            amount = Decimal(value)
        except InvalidOperation:
            self.fail(f"{value!r} is no amount; write one like 0.50", param, ctx)
        if not amount.is_finite() or amount < 0:
            self.fail(f"{value!r} is no amount that can be spent", param, ctx)
        return amount


_MONEY = _Money()
# What is said of a run that spends money, and what only of one that does not.
_PAID = ("budget", "yes", "price", "ledger", "inputs")
_FREE = ("profile", "seed", "strict")


@click.command("test")
@specs_option
@click.option("--base-url", metavar="URL", help="Test this server, not the mock.")
@contract_option
@click.option(
    "--profile",
    type=click.Choice(["quick", "ci", "nightly"]),
    default="quick",
    show_default=True,
    help="How much to draw beside the planned cases.",
)
@click.option("--seed", type=int, help="Draw from this seed.")
@key_option
@click.option(
    "--advance-url",
    metavar="URL",
    help='POST {"seconds": n} here moves the server\'s clock; else time passes.',
)
@click.option(
    "--strict",
    is_flag=True,
    help="Where readers of a document differ, hold the server to its version.",
)
@click.option(
    "--live", metavar="PROVIDER", help="Test the real service, for real money."
)
@click.option("--budget", type=_MONEY, help="With --live: spend no more, in USD.")
@click.option("--yes", is_flag=True, help="With --live: do not ask before spending.")
@click.option(
    "--price", type=_MONEY, help="With --live: what one submit may cost at most."
)
@click.option(
    "--ledger",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --live: the file of what was paid for; a later run goes on from it.",
)
@click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="NAME=VALUE",
    help="With --live: a value for a parameter, such as a video's URL; repeatable.",
)
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    folder: Path,
    base_url: str | None,
    names: tuple[str, ...],
    profile: str,
    seed: int | None,
    keys: dict[str, str],
    advance_url: str | None,
    strict: bool,
    live: str | None,
    budget: Decimal | None,
    yes: bool,
    price: Decimal | None,
    ledger: Path | None,
    inputs: tuple[str, ...],
    as_json: bool,
) -> None:
    r"""Hold the mock, or any server, to the documents.

    Every bound, enum value and required parameter is tried from both sides, values
    are drawn by Hypothesis, and jobs are led through their lives as a state machine.
    The documents alone say what is right. A failure prints the rule, the smallest
    case and a curl line.

    Without --base-url the mock is tested, in this process and without waiting.

    A server that is not the mock may charge for every accepted submit. With --live
    few are made, each is priced before it is sent, and none that the budget would
    not bear; --ledger keeps what was paid for.

    \b
    Examples:
      reelspec test
      reelspec test --contract fal:fal-ai/wan-22-vace-fun-a14b/inpainting --profile ci
      reelspec test --base-url http://127.0.0.1:8000 --key aimlapi=KEY --key fal=ID:SECRET
      reelspec test --live fal --budget 0.50 --input video_url=https://example.com/a.mp4
    """
    _refuse_misuse(ctx, live, budget)
    with extra_installed("test"):
        import contract_tests
    with expected_errors(contract_tests.ContractTestError):
        registry = Registry.load(folder)
        if live is not None:
            assert budget is not None
            order = LiveOrder(
                provider=live,
                budget=budget,
                names=names,
                price=price,
                ledger=ledger,
                given=read_given(inputs),
                base_url=base_url,
                advance_url=advance_url,
                keys=keys,
                is_agreed=yes,
                as_json=as_json,
            )
            ctx.exit(run_live_test(registry, order))
        wanted = [it.id for it in chosen(registry, names)]
        with _target(registry, base_url, keys, advance_url) as target:
            report = run_contract_tests(
                registry,
                target,
                contracts=wanted,
                profile=profile,
                seed=seed,
                strict=strict,
            )
    if as_json:
        print_json(report.to_json())
    else:
        _print_report(report)
    ctx.exit(Exit.OK if report.is_kept else Exit.FINDINGS)


def _refuse_misuse(
    ctx: click.Context, live: str | None, budget: Decimal | None
) -> None:
    """Raise UsageError where money is not spoken of, or an option would mean nothing."""
    if live is not None and budget is None:
        raise click.UsageError("--live spends money: say how much with --budget", ctx)
    stray, when = (_PAID, "without") if live is None else (_FREE, "with")
    for it in ctx.command.params:
        source = ctx.get_parameter_source(it.name) if it.name in stray else None
        if source is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"{it.opts[0]} means nothing {when} --live", ctx)


def _target(
    registry: Registry,
    base_url: str | None,
    keys: dict[str, str],
    advance_url: str | None,
) -> AbstractContextManager["Target"]:
    import contract_tests

    if base_url is None:
        with extra_installed("mock"):
            from reelspec.targets import mock_target
        return mock_target(registry)
    target = contract_tests.remote_target(
        base_url, registry.providers, keys=keys, advance_url=advance_url
    )
    return nullcontext(target)


def _print_report(report: "Report") -> None:
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("Contract", no_wrap=True)
    table.add_column("Verdict", no_wrap=True)
    table.add_column("Checks", justify="right", no_wrap=True)
    table.add_column("Sec", justify="right", no_wrap=True)
    for it in report.contracts:
        verdict = "not judged" if it.errors else "kept" if it.is_kept else "BROKEN"
        cells = (it.contract, verdict, str(it.checks), f"{it.seconds:.1f}")
        table.add_row(*map(Text, cells))
    Console().print(table)
    for result in report.contracts:
        for fault in result.faults:
            click.echo(f"\n{fault}")
        for error in result.errors:
            click.echo(f"\n{result.contract}: {error}")
