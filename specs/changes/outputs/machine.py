"""A report for programs: JSON, as `report.schema.json` beside this file declares it."""

import json
from pathlib import Path
from typing import Any

from specs.changes.found import Place
from specs.changes.report import ChangeReport, Finding
from specs.changes.wording import describe
from specs.schemas import UNSET

SCHEMA_FILE = Path(__file__).with_name("report.schema.json")
"""The JSON Schema of what `as_json` returns."""


def as_json(report: ChangeReport) -> str:
    """Return *report* as indented JSON."""
    value = {
        "summary": {it.value: count for it, count in report.counts.items()},
        "compared": list(report.compared),
        "findings": [_finding(it, report) for it in report.findings],
    }
    return json.dumps(value, indent=2, ensure_ascii=True, default=str)


def _finding(finding: Finding, report: ChangeReport) -> dict[str, Any]:
    values = {"before": finding.before, "after": finding.after}
    return {
        "rule": finding.rule.id,
        "severity": finding.rule.severity.value,
        "direction": finding.rule.direction,
        "message": describe(finding),
        **{key: it for key, it in values.items() if it is not UNSET},
        "documents": [
            {
                "document": it.document,
                "pointer": it.pointer,
                "in": "old" if it.gone else "new",
                "line": report.line(it),
                "places": [_place(place) for place in it.places],
            }
            for it in finding.occurrences
        ],
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "operation": place.operation,
        "location": place.location,
        "path": list(place.path),
    }
