"""A report as workflow commands of GitHub Actions, which shows them beside the lines."""

from typing import Final

from specs.changes.report import ChangeReport, Finding, Occurrence
from specs.changes.rules import Severity
from specs.changes.wording import describe
from specs.messages import one_line

_LONGEST_PATH = 400

_COMMANDS: Final = {
    Severity.BREAKING: "error",
    Severity.RISKY: "warning",
    Severity.COMPATIBLE: "notice",
}
"""What each severity is shown as; words alone are not worth a mark."""


def as_annotations(report: ChangeReport) -> str:
    """Return a command for each change and document, cosmetic ones left out."""
    return "\n".join(
        _command(it, occurrence, report)
        for it in report.findings
        if it.rule.severity in _COMMANDS
        for occurrence in it.occurrences
    )


def _command(finding: Finding, occurrence: Occurrence, report: ChangeReport) -> str:
    command = _COMMANDS[finding.rule.severity]
    place = f"file={_property(occurrence.document)},line={report.line(occurrence)}"
    title = _property(finding.rule.id)
    return f"::{command} {place},title={title}::{_data(describe(finding))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    line = _data(one_line(text, longest=_LONGEST_PATH))
    return line.replace(":", "%3A").replace(",", "%2C")
