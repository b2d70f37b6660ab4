"""What a run found, and every form it is told in: text, JSON, JUnit, GitHub, a page."""

from contract_tests.reports.account import Circumstances, report_on
from contract_tests.reports.annotations import annotations, fenced
from contract_tests.reports.junit import to_junit
from contract_tests.reports.model import (
    ChoiceResult,
    ClaimResult,
    ContractResult,
    FaultResult,
    Report,
    RuleResult,
    TestResult,
    TransitionResult,
)
from contract_tests.reports.outputs import Outputs, as_text
from contract_tests.reports.page import to_html
from contract_tests.reports.record import schema, to_json
from contract_tests.reports.terminal import lines, share, told, unreached, verdict_on

__all__ = [
    "ChoiceResult",
    "Circumstances",
    "ClaimResult",
    "ContractResult",
    "FaultResult",
    "Outputs",
    "Report",
    "RuleResult",
    "TestResult",
    "TransitionResult",
    "annotations",
    "as_text",
    "fenced",
    "lines",
    "report_on",
    "schema",
    "share",
    "to_html",
    "to_json",
    "to_junit",
    "told",
    "unreached",
    "verdict_on",
]
