"""Where the report on a contract test goes: the terminal, and the files asked for."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from reelspec.test_options import STDOUT

if TYPE_CHECKING:
    from contract_tests import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """The forms that a report is wanted in."""

    json_file: str | None = None
    junit: Path | None = None
    html: Path | None = None
    github: bool = False

    @property
    def is_json_alone(self) -> bool:
        """Whether standard output is for JSON and nothing else."""
        return self.json_file == STDOUT

    def tell(
        self,
        report: "Report",
        *,
        paid: dict[str, Any] | None = None,
        closing: list[str] | None = None,
    ) -> None:
        """Write *report*, with what was *paid*, and print it with *closing* lines."""
        import contract_tests

        is_file = self.json_file is not None and not self.is_json_alone
        contract_tests.Outputs(
            junit=self.junit,
            html=self.html,
            json=Path(self.json_file or "") if is_file else None,
        ).write(report, paid=paid)
        if self.is_json_alone:
            click.echo(contract_tests.as_text(report, paid=paid), nl=False)
            return
        Console().print(_table(report))
        lines = [*_lines(report), *(closing or [])]
        if self.github:
            lines = [
                *contract_tests.fenced(lines),
                *contract_tests.annotations(report),
            ]
        for line in lines:
            click.echo(line)


def _lines(report: "Report") -> list[str]:
    import contract_tests

    lines = [f"\n{contract_tests.told(it)}" for it in report.faults]
    for result in report.contracts:
        lines += [f"\n{result.contract}: {error}" for error in result.errors]
        if report.must_be_complete:
            lines += contract_tests.unreached(result)
    return lines


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
