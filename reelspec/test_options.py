"""The options of `reelspec test`, by what they are about."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from reelspec.options import Command

STDOUT = "-"
"""What `--json` says where it names no file."""

FREE = ("workers", "failures", "only", "seed", "profile", "strict")
"""The parameters that say something only of a run that costs nothing."""

PAID = ("budget", "yes", "price", "ledger", "inputs")
"""The parameters that say something only of a run that costs money."""

_FILE = click.Path(dir_okay=False, path_type=Path)


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


def amount_options(command: Command) -> Command:
    """Take what says how much is tried, and how."""
    return _with(
        command,
        click.option(
            "--profile",
            type=click.Choice(["quick", "ci", "nightly"]),
            default="quick",
            show_default=True,
            help="How much to draw beside the planned cases.",
        ),
        click.option("--seed", type=int, help="Draw from this seed."),
        click.option(
            "--strict",
            is_flag=True,
            help="Where readers of a document differ, hold the server to its version.",
        ),
        click.option(
            "--only",
            metavar="KEY",
            help="Look for this one fault, by the key that a report gives it.",
        ),
        click.option(
            "--failures",
            metavar="PLACE",
            help="Keep failed cases in this folder or Redis, and try them first.",
        ),
        click.option(
            "-n",
            "--workers",
            type=click.IntRange(min=1),
            default=1,
            show_default=True,
            help="Share the contracts among so many processes (needs pytest-xdist).",
        ),
    )


def live_options(command: Command) -> Command:
    """Take what says how much money may be spent at whose service."""
    return _with(
        command,
        click.option(
            "--live", metavar="PROVIDER", help="Test the real service, for real money."
        ),
        click.option(
            "--budget", type=_MONEY, help="With --live: spend no more, in USD."
        ),
        click.option(
            "--yes", is_flag=True, help="With --live: do not ask before spending."
        ),
        click.option(
            "--price",
            type=_MONEY,
            help="With --live: what one submit may cost at most.",
        ),
        click.option(
            "--ledger",
            type=_FILE,
            help="With --live: the file of what was paid for; a later run goes on "
            "from it.",
        ),
        click.option(
            "--input",
            "inputs",
            multiple=True,
            metavar="NAME=VALUE",
            help="With --live: a value for a parameter, such as a video's URL; "
            "repeatable.",
        ),
    )


def report_options(command: Command) -> Command:
    """Take what says where the report goes."""
    return _with(
        command,
        click.option(
            "--json",
            "json_file",
            is_flag=False,
            flag_value=STDOUT,
            metavar="[FILE]",
            help="Write the report as JSON; without FILE, to standard output alone.",
        ),
        click.option("--junit", type=_FILE, help="Write the report as JUnit XML."),
        click.option("--html", type=_FILE, help="Write the report as one HTML page."),
        click.option("--github", is_flag=True, help="Annotate the change on GitHub."),
    )


def _with(command: Command, *options: Callable[[Command], Command]) -> Command:
    """Return *command* with *options*, listed in this order."""
    for option in reversed(options):
        command = option(command)
    return command
