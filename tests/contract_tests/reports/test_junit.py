"""The JUnit report is one that Jenkins' reader of such reports takes."""

import re
from collections import Counter
from xml.etree.ElementTree import Element, fromstring

import pytest

from contract_tests import CLAIMS, Report, Verdict
from contract_tests.reports import ClaimResult, to_junit
from contract_tests.reports.junit import COVERAGE
from tests.contract_tests.reports.conftest import (
    HOSTILE,
    make_contract,
    make_fault,
    make_report,
    make_rule,
)

# What the xUnit plugin of Jenkins declares (junit-10): the attributes that an element
# must have, those it may have, and what may stand inside it.
ALLOWED: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": (
        set(),
        {"name", "time", "tests", "failures", "errors"},
        {"testsuite"},
    ),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {"time", "skipped", "timestamp", "hostname", "id", "package", "file"},
        {"testcase", "properties", "system-out", "system-err"},
    ),
    "testcase": (
        {"name"},
        {"classname", "time", "group"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": (set(), {"type", "message"}, set()),
    "error": (set(), {"type", "message"}, set()),
    "skipped": (set(), {"type", "message"}, set()),
}
TIME = re.compile(r"\d{1,3}(,\d{3})*\.\d+|\d+\.\d+")


def breaches(element: Element) -> list[str]:
    """Return what is wrong with *element* and everything inside it."""
    required, optional, children = ALLOWED[element.tag]
    names = set(element.keys())
    found = [f"{element.tag} lacks {it}" for it in required - names]
    found += [f"{element.tag} has {it}" for it in names - required - optional]
    if not TIME.fullmatch(element.get("time", "0.0")):
        found.append(f"{element.tag} lasts {element.get('time')}")
    for it in element:
        found += [] if it.tag in children else [f"{it.tag} inside {element.tag}"]
        found += breaches(it)
    return found


@pytest.mark.parametrize("name", ["broken", "hostile"])
def test_a_report_holds_only_what_readers_know(
    name: str, request: pytest.FixtureRequest
) -> None:
    report: Report = request.getfixturevalue(name)

    assert not breaches(fromstring(to_junit(report)))


def test_there_is_a_case_for_each_claim_of_each_contract(broken: Report) -> None:
    root = fromstring(to_junit(broken))

    cases = Counter(
        (it.get("classname"), it.get("name")) for it in root.iter("testcase")
    )
    assert set(cases.values()) == {1}
    assert set(cases) >= {
        (result.contract, claim) for result in broken.contracts for claim in CLAIMS
    }


def test_the_counts_are_those_of_the_cases(broken: Report) -> None:
    root = fromstring(to_junit(broken))

    for name, tag in (("failures", "failure"), ("errors", "error")):
        cases = [it for it in root.iter("testcase") if it.find(tag) is not None]
        assert int(root.get(name, "")) == len(cases)
        assert sum(int(it.get(name, "")) for it in root) == len(cases)
    assert int(root.get("tests", "")) == len(list(root.iter("testcase")))


def test_a_fault_fails_the_case_of_its_claim_and_says_all() -> None:
    fault = make_fault(curl="curl x", answer=HOSTILE)
    root = fromstring(to_junit(make_report(make_contract(faults=(fault,)))))

    failure = root.find("testsuite/testcase[@name='no_server_error']/failure")

    assert failure is not None
    assert failure.get("type") == fault.key
    assert HOSTILE in str(failure.text)
    assert "seen    500 times" in str(failure.text)


def test_a_claim_that_was_never_tested_is_skipped() -> None:
    idle = ClaimResult(claim="a_job_finishes", passed=0, failed=0)
    root = fromstring(to_junit(make_report(make_contract(claims=(idle,)))))

    assert root.find("testsuite/testcase[@name='a_job_finishes']/skipped") is not None


@pytest.mark.parametrize(("strict", "tag"), [(True, "failure"), (False, "skipped")])
def test_a_rule_that_was_never_reached_fails_its_case_where_it_must_be(
    strict: bool, tag: str
) -> None:
    result = make_contract(rules=(make_rule(verdict=Verdict.MISSED),))
    root = fromstring(to_junit(make_report(result, must_be_complete=strict)))

    found = root.find(f"testsuite/testcase[@name='{COVERAGE}']/{tag}")

    assert found is not None
    assert "never accepted: num_frames minimum 17" in str(found.text)


def test_a_contract_that_was_not_judged_is_an_error() -> None:
    root = fromstring(to_junit(make_report(make_contract(errors=("no clock",)))))

    assert [it.get("message") for it in root.iter("error")] == ["no clock"]
    assert root.get("errors") == "1"
