"""A report as JUnit XML, as Jenkins, GitLab and their like read it.

One suite per contract, one case per claim, and one for the coverage of its rules.
"""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from contract_tests.reports.model import ClaimResult, ContractResult, Report
from contract_tests.reports.terminal import share, told, unreached

COVERAGE = "every_rule_is_reached"
"""The case that stands for the coverage of a contract's rules."""

_JUDGED = "the_contract_can_be_judged"


def to_junit(report: Report) -> bytes:
    """Return *report* as an XML document."""
    root = Element("testsuites", name="contract tests")
    for it in report.contracts:
        _suite(root, it, must_be_complete=report.must_be_complete)
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(it.get(name, "0")) for it in root)))
    root.set("time", _time(sum(it.seconds for it in report.contracts)))
    indent(root)
    document: bytes = tostring(root, "utf-8", xml_declaration=True)
    return document


def _suite(root: Element, result: ContractResult, *, must_be_complete: bool) -> None:
    suite = SubElement(root, "testsuite", name=result.contract)
    _judged(suite, result)
    for it in result.claims:
        _claim(suite, result, it)
    _coverage(suite, result, must_be_complete=must_be_complete)
    for name, what in (
        ("tests", "testcase"),
        ("failures", "testcase/failure/.."),
        ("errors", "testcase/error/.."),
        ("skipped", "testcase/skipped/.."),
    ):
        suite.set(name, str(len(suite.findall(what))))
    suite.set("time", _time(result.seconds))


def _case(suite: Element, name: str) -> Element:
    contract = suite.get("name", "")
    return SubElement(suite, "testcase", classname=contract, name=name)


def _judged(suite: Element, result: ContractResult) -> None:
    case = _case(suite, _JUDGED)
    for it in result.errors:
        SubElement(case, "error", message=it)


def _claim(suite: Element, result: ContractResult, claim: ClaimResult) -> None:
    case = _case(suite, claim.claim)
    for it in result.faults:
        if it.fault.claim == claim.claim:
            failure = SubElement(case, "failure", message=it.fault.problem, type=it.key)
            failure.text = told(it)
    if not claim.passed and not claim.failed:
        SubElement(case, "skipped", message="was never put to the test")


def _coverage(
    suite: Element, result: ContractResult, *, must_be_complete: bool
) -> None:
    case = _case(suite, COVERAGE)
    if not result.unreached:
        return
    reached = f"{share(result.coverage)} of the rule sides were reached"
    kind = "failure" if must_be_complete else "skipped"
    SubElement(case, kind, message=reached).text = "\n".join(unreached(result))


def _time(seconds: float) -> str:
    return f"{seconds:.3f}"
