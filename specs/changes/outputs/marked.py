"""A report for code hosts: annotations beside the lines, and code scanning."""

from collections.abc import Iterator
from typing import Final

from specs.changes.report import ChangeReport
from specs.changes.rules import Severity
from specs.changes.wording import describe
from specs.marks import Level, Mark, MarkRule, Spot, as_commands
from specs.marks import as_sarif as marks_as_sarif

_LEVELS: Final[dict[Severity, Level]] = {
    Severity.BREAKING: "error",
    Severity.RISKY: "warning",
    Severity.COMPATIBLE: "note",
    Severity.COSMETIC: "none",
}


def as_annotations(report: ChangeReport) -> str:
    """Return a command for each change and document, cosmetic ones left out."""
    return as_commands(_marks(report))


def as_sarif(report: ChangeReport) -> str:
    """Return *report* as a SARIF log of one run."""
    return marks_as_sarif(_marks(report))


def _marks(report: ChangeReport) -> Iterator[Mark]:
    for finding in report.findings:
        rule = finding.rule
        yield Mark(
            rule=MarkRule(
                id=rule.id,
                level=_LEVELS[rule.severity],
                meaning=rule.meaning,
                properties={
                    "severity": rule.severity.value,
                    "direction": rule.direction,
                },
            ),
            message=describe(finding),
            spots=tuple(
                Spot(it.document, report.line(it), it.pointer)
                for it in finding.occurrences
            ),
        )
