"""A report for a terminal: the worst first, every document named."""

from collections.abc import Iterator

from specs.changes.report import ChangeReport, Finding
from specs.changes.rules import Severity
from specs.changes.wording import describe, whereabouts
from specs.messages import one_line

_WIDTH = 12
_LONGEST_PLACE = 300


def as_text(report: ChangeReport) -> str:
    """Return *report* as lines of printable text."""
    alone = len(report.compared) == 1
    lines = [line for it in report.findings for line in _lines(it, alone=alone)]
    return "\n".join([*lines, summary(report)])


def summary(report: ChangeReport) -> str:
    """Return how much changed, in one line."""
    documents = len(report.compared)
    whole = f"{documents} document{'' if documents == 1 else 's'} compared"
    if not report.findings:
        return f"{whole}: nothing changed"
    counts = ", ".join(f"{count} {it}" for it, count in report.counts.items() if count)
    return f"{whole}: {counts}"


def _lines(finding: Finding, *, alone: bool) -> Iterator[str]:
    rule = finding.rule
    yield f"{rule.severity.value:<{_WIDTH}}{describe(finding)}"
    if rule.severity is Severity.COSMETIC:
        return
    indent = " " * _WIDTH
    places = [place for it in finding.occurrences for place in it.places]
    where = ", ".join(dict.fromkeys(filter(None, map(whereabouts, places))))
    yield f"{indent}{rule.direction}, {rule.id}{f'; {where}' if where else ''}"
    if len(finding.occurrences) > 1:
        yield f"{indent}in {len(finding.occurrences)} documents:"
    for it in finding.occurrences:
        place = one_line(
            f"{'' if alone else it.document}#{it.pointer}", longest=_LONGEST_PLACE
        )
        yield f"{indent}{place}{' (old)' if it.gone else ''}"
