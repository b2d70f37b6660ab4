"""A report of pages as text, for programs and for code hosts."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from specs.marks import Level as MarkLevel
from specs.marks import Mark, MarkRule, Spot, as_commands
from specs.marks import as_sarif as marks_as_sarif
from specs.messages import one_line
from specs.pages.found import Finding, PageReport
from specs.pages.rules import Level

_LONGEST_NAME = 300
_LEVELS: Final[dict[Level, MarkLevel]] = {
    Level.ERROR: "error",
    Level.WARNING: "warning",
    Level.NOTE: "note",
}


def as_text(report: PageReport) -> str:
    """Return *report* as lines of printable text, by page and line."""
    lines = [line for it in report.findings for line in _lines(it)]
    return "\n".join([*lines, summary(report)])


def _lines(finding: Finding) -> Iterator[str]:
    rule = finding.rule
    page = one_line(finding.page, longest=_LONGEST_NAME)
    yield f"{page}:{finding.line}: {rule.level.value}: {finding.says}"
    yield f"    {rule.id}; {finding.contract}"
    if finding.pointer:
        yield f"    {finding.pointer}"


def summary(report: PageReport) -> str:
    """Return how much was read and found, in one line."""
    read = f"{_many(len(report.pages), 'page')}, {_many(report.examples, 'example')} held to a contract"
    counts = [_many(count, it.value) for it, count in report.counts.items() if count]
    return f"{read}: {', '.join(counts) or 'nothing wrong'}"


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def as_json(report: PageReport) -> str:
    """Return *report* as indented JSON."""
    value = {
        "summary": {it.value: count for it, count in report.counts.items()},
        "pages": list(report.pages),
        "examples": report.examples,
        "findings": [
            {
                "rule": it.rule.id,
                "level": it.rule.level.value,
                "page": it.page,
                "line": it.line,
                "says": it.says,
                "contract": it.contract,
                "pointer": it.pointer,
            }
            for it in report.findings
        ],
    }
    return json.dumps(value, indent=2, ensure_ascii=True)


def as_annotations(report: PageReport) -> str:
    """Return a workflow command for each finding."""
    return as_commands(_marks(report))


def as_sarif(report: PageReport) -> str:
    """Return *report* as a SARIF log of one run."""
    return marks_as_sarif(_marks(report))


def _marks(report: PageReport) -> Iterator[Mark]:
    for it in report.findings:
        rule = it.rule
        yield Mark(
            rule=MarkRule(id=rule.id, level=_LEVELS[rule.level], meaning=rule.meaning),
            message=f"{it.says}; {it.contract}",
            spots=(Spot(it.page, it.line),),
        )


OUTPUTS: Final[Mapping[str, Callable[[PageReport], str]]] = {
    "text": as_text,
    "json": as_json,
    "github": as_annotations,
    "sarif": as_sarif,
}
"""Every form a report can take; none ends with a line break."""
