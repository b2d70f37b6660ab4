"""`reelspec test`."""

import shlex
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from reelspec.codes import Exit
from reelspec.exits import expected_errors, extra_installed
from reelspec.options import Command, chosen, contract_option, key_option, specs_option
from reelspec.progress import contract_progress
from specs import Registry, vendored_folder

if TYPE_CHECKING:
    from contract_tests import Report, Target

_FILE = click.Path(dir_okay=False, path_type=Path)
_STDOUT = "-"


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


def _report_options(command: Command) -> Command:
    """Take what says where the report goes."""
    for option in (
        click.option("--github", is_flag=True, help="Annotate the change on GitHub."),
        click.option("--html", type=_FILE, help="Write the report as one HTML page."),
        click.option("--junit", type=_FILE, help="Write the report as JUnit XML."),
        click.option(
            "--json",
            "json_file",
            is_flag=False,
            flag_value=_STDOUT,
            metavar="[FILE]",
            help="Write the report as JSON; without FILE, to standard output alone.",
        ),
    ):
        command = option(command)
    return command


def _amount_options(command: Command) -> Command:
    """Take what says how much is tried, and how."""
    for option in (
        click.option(
            "-n",
            "--workers",
            type=click.IntRange(min=1),
            default=1,
            show_default=True,
            help="Share the contracts among so many processes (needs pytest-xdist).",
        ),
        click.option(
            "--failures",
            metavar="PLACE",
            help="Keep failed cases in this folder or Redis, and try them first.",
        ),
        click.option(
            "--only",
            metavar="KEY",
            help="Look for this one fault, by the key that a report gives it.",
        ),
        click.option("--seed", type=int, help="Draw from this seed."),
        click.option(
            "--profile",
            type=click.Choice(["quick", "ci", "nightly"]),
            default="quick",
            show_default=True,
            help="How much to draw beside the planned cases.",
        ),
    ):
        command = option(command)
    return command


@click.command("test")
@specs_option
@click.option("--base-url", metavar="URL", help="Test this server, not the mock.")
@contract_option
@_amount_options
@key_option
@click.option(
    "--advance-url",
    metavar="URL",
    help='POST {"seconds": n} here moves the server\'s clock; else time passes.',
)
@_report_options
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
    json_file: str | None,
    junit: Path | None,
    html: Path | None,
    github: bool,
    **wanted: Any,
) -> None:
    r"""Hold the mock, or any server, to the documents.

    Every bound, enum value and required parameter is tried from both sides, values
    are drawn by Hypothesis, and jobs are led through their lives as a state machine.
    The documents alone say what is right. A failure prints the rule, the smallest
    case, a curl line, and the command that looks for it alone.

    Without --base-url the mock is tested, in this process and without waiting.

    A server that is not the mock may charge for every accepted submit.

    \b
    Examples:
      reelspec test
      reelspec test --profile ci --junit junit.xml --html report.html
      reelspec test --base-url http://127.0.0.1:8000 --key aimlapi=KEY --key fal=ID:SECRET
    """
    with extra_installed("test"):
        import contract_tests
    with expected_errors(contract_tests.ContractTestError):
        registry = Registry.load(folder)
        server = Server(
            folder=folder, base_url=base_url, advance_url=advance_url, keys=keys
        )
        contracts = [it.id for it in chosen(registry, names)]
        report = _run(registry, server, contracts, **wanted)
        json_path = None if json_file in (None, _STDOUT) else Path(json_file)
        contract_tests.Outputs(junit=junit, html=html, json=json_path).write(report)
    if json_file == _STDOUT:
        click.echo(contract_tests.as_text(report), nl=False)
    else:
        _print_report(report, github=github)
    ctx.exit(Exit.OK if report.is_kept else Exit.FINDINGS)


def _run(
    registry: Registry,
    server: Server,
    contracts: list[str],
    *,
    workers: int,
    **wanted: Any,
) -> "Report":
    """Test *contracts* at *server*, in this process or in *workers* of their own."""
    import contract_tests

    command = ("reelspec", "test", *map(shlex.quote, server.words()))
    with contract_progress() as show:
        if workers == 1:
            with server.target(registry) as target:
                return contract_tests.run(
                    registry,
                    target,
                    contracts=contracts,
                    command=command,
                    on_progress=show,
                    **wanted,
                )
        given = {name: it for name, it in wanted.items() if it is not None}
        options = [f"--{name}={value}" for name, value in given.items()]
        options += [f"--contract={it}" for it in contracts]
        return contract_tests.run_in_workers(
            workers,
            [*server.worker_options(), *options],
            command=command,
            on_progress=show,
        )


def _print_report(report: "Report", *, github: bool) -> None:
    import contract_tests

    Console().print(_table(report))
    lines = [f"\n{contract_tests.told(it)}" for it in report.faults]
    for result in report.contracts:
        lines += [f"\n{result.contract}: {error}" for error in result.errors]
        if report.must_be_complete:
            lines += contract_tests.unreached(result)
    if github:
        lines = [
            *contract_tests.fenced(lines),
            *contract_tests.annotations(report),
        ]
    for line in lines:
        click.echo(line)


def _table(report: "Report") -> Table:
    import contract_tests

    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("Contract", no_wrap=True)
    table.add_column("Verdict", no_wrap=True)
    for name in ("Checks", "Rules", "Sec"):
        table.add_column(name, justify="right", no_wrap=True)
    for it in report.contracts:
        verdict = contract_tests.verdict_on(it)
        rules = contract_tests.share(it.coverage)
        cells = (it.contract, verdict, str(it.checks), rules, f"{it.seconds:.1f}")
        table.add_row(*map(Text, cells))
    return table
