"""`reelspec test`."""

import shlex
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from reelspec.codes import Exit
from reelspec.exits import expected_errors, extra_installed
from reelspec.live_test import LiveOrder, read_given, run_live_test
from reelspec.options import chosen, contract_option, key_option, specs_option
from reelspec.progress import contract_progress
from reelspec.reporting import Reporting
from reelspec.test_options import (
    FREE,
    PAID,
    amount_options,
    live_options,
    report_options,
)
from specs import Registry, vendored_folder

if TYPE_CHECKING:
    from contract_tests import Report, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The server that is tested: the one at *base_url*, or the mock."""

    folder: Path
    base_url: str | None
    advance_url: str | None
    keys: dict[str, str]

    def target(self, registry: Registry) -> AbstractContextManager["Target"]:
        """Return the server as a target of this process."""
        import contract_tests

        if self.base_url is None:
            with extra_installed("mock"):
                from reelspec.targets import mock_target
            return mock_target(registry)
        target = contract_tests.remote_target(
            self.base_url,
            registry.providers,
            keys=self.keys,
            advance_url=self.advance_url,
        )
        return nullcontext(target)

    def words(self) -> list[str]:
        """Return the options that name it, without a key."""
        named = {
            "--base-url": self.base_url,
            "--advance-url": self.advance_url,
            "--specs": None if self.folder == vendored_folder() else self.folder,
        }
        return [f"{name}={value}" for name, value in named.items() if value is not None]

    def worker_options(self) -> list[str]:
        """Return the options of pytest with which a worker finds the server."""
        keys = [f"--key={name}={key}" for name, key in self.keys.items()]
        mock = ["-o", "contract_target=reelspec.targets:in_process"]
        return [*self.words(), *keys, *mock]


@click.command("test")
@specs_option
@click.option("--base-url", metavar="URL", help="Test this server, not the mock.")
@contract_option
@amount_options
@key_option
@click.option(
    "--advance-url",
    metavar="URL",
    help='POST {"seconds": n} here moves the server\'s clock; else time passes.',
)
@live_options
@report_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    folder: Path,
    base_url: str | None,
    advance_url: str | None,
    keys: dict[str, str],
    names: tuple[str, ...],
    live: str | None,
    budget: Decimal | None,
    yes: bool,
    price: Decimal | None,
    ledger: Path | None,
    inputs: tuple[str, ...],
    json_file: str | None,
    junit: Path | None,
    html: Path | None,
    github: bool,
    **wanted: Any,
) -> None:
    """Hold the mock, or any server, to the documents.

    Every bound, enum value and required parameter is tried from both sides, values
    are drawn by Hypothesis, and jobs are led through their lives as a state machine.
    The documents alone say what is right. A failure prints the rule, the smallest
    case, a curl line, and the command that looks for it alone.

    Without --base-url the mock is tested, in this process and without waiting.

    A server that is not the mock may charge for every accepted submit. With --live
    few are made, each is priced before it is sent, and none that the budget would
    not bear; --ledger keeps what was paid for.

    \b
    Examples:
      reelspec test
      reelspec test --profile ci --junit junit.xml --html report.html
      reelspec test --base-url http://127.0.0.1:8000 --key aimlapi=KEY --key fal=ID:SECRET
      reelspec test --live fal --budget 0.50 --input video_url=https://example.com/a.mp4
    """
    _refuse_misuse(ctx, live, budget)
    reporting = Reporting(json_file=json_file, junit=junit, html=html, github=github)
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
            )
            ctx.exit(run_live_test(registry, order, reporting))
        server = Server(
            folder=folder, base_url=base_url, advance_url=advance_url, keys=keys
        )
        contracts = [it.id for it in chosen(registry, names)]
        report = _run(registry, server, contracts, **wanted)
        reporting.tell(report)
    ctx.exit(Exit.OK if report.is_kept else Exit.FINDINGS)


def _refuse_misuse(
    ctx: click.Context, live: str | None, budget: Decimal | None
) -> None:
    """Raise UsageError where money is not spoken of, or an option would mean nothing."""
    if live is not None and budget is None:
        raise click.UsageError("--live spends money: say how much with --budget", ctx)
    stray, when = (PAID, "without") if live is None else (FREE, "with")
    for it in ctx.command.params:
        source = ctx.get_parameter_source(it.name) if it.name in stray else None
        if source is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"{it.opts[-1]} means nothing {when} --live", ctx)


def _run(
    registry: Registry,
    server: Server,
    contracts: list[str],
    *,
    workers: int,
    strict: bool,
    **wanted: Any,
) -> "Report":
    """Test *contracts* at *server*, in this process or in *workers* of their own."""
    import contract_tests

    words = server.words()
    if wanted["failures"] is not None:
        words.append(f"--failures={wanted['failures']}")
    strictly = ["--strict"] * strict
    command = ("reelspec", "test", *map(shlex.quote, [*words, *strictly]))
    with contract_progress() as show:
        if workers == 1:
            with server.target(registry) as target:
                return contract_tests.run(
                    registry,
                    target,
                    contracts=contracts,
                    strict=strict,
                    command=command,
                    on_progress=show,
                    **wanted,
                )
        given = {name: it for name, it in wanted.items() if it is not None}
        options = [f"--{name}={value}" for name, value in given.items()]
        options += [f"--contract={it}" for it in contracts]
        options += ["--strict-reading"] * strict
        return contract_tests.run_in_workers(
            workers,
            [*server.worker_options(), *options],
            command=command,
            on_progress=show,
        )
