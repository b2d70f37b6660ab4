"""A report as SARIF 2.1.0, the form that code scanning reads."""

import json
from typing import Any, Final
from urllib.parse import quote

from specs.changes.report import ChangeReport, Finding
from specs.changes.rules import RULES, Rule, Severity
from specs.changes.wording import describe

_LEVELS: Final = {
    Severity.BREAKING: "error",
    Severity.RISKY: "warning",
    Severity.COMPATIBLE: "note",
    Severity.COSMETIC: "none",
}


def as_sarif(report: ChangeReport) -> str:
    """Return *report* as a SARIF log of one run."""
    used = list(dict.fromkeys(it.rule.id for it in report.findings))
    driver = {
        "name": "reelspec",
        "rules": [_rule(RULES[it]) for it in used],
    }
    log = {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
        "sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [
                    _result(it, used.index(it.rule.id), report)
                    for it in report.findings
                ],
            }
        ],
    }
    return json.dumps(log, indent=2, ensure_ascii=True)


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.meaning},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"severity": rule.severity.value, "direction": rule.direction},
    }


def _result(finding: Finding, index: int, report: ChangeReport) -> dict[str, Any]:
    return {
        "ruleId": finding.rule.id,
        "ruleIndex": index,
        "level": _LEVELS[finding.rule.severity],
        # Braces would be taken for placeholders, and brackets for links.
        "message": {"text": _plain(describe(finding))},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(it.document, errors="replace")},
                    "region": {"startLine": report.line(it)},
                },
                "logicalLocations": [{"fullyQualifiedName": it.pointer or "/"}],
            }
            for it in finding.occurrences
        ],
    }


def _plain(text: str) -> str:
    """Return *text* as a SARIF message that is no markup (3.11.5 and 3.11.6)."""
    for character in "\\[]":
        text = text.replace(character, f"\\{character}")
    return text.replace("{", "{{").replace("}", "}}")
