"""A report says what was counted, and nothing twice."""

import shlex

from contract_tests import Report, Verdict
from contract_tests.failures import Fault
from contract_tests.reports import Circumstances, lines, report_on, told
from contract_tests.tally import Findings, Tally
from specs import Registry
from tests.contract_tests.conftest import AIMLAPI, FAL
from tests.contract_tests.reports.conftest import make_contract, make_report, make_rule

PLAIN = Circumstances(base_url="http://a.test", profile="quick", seed=7)


def fault(**facts: str) -> Fault:
    return Fault(**({"claim": "c", "contract": AIMLAPI, "problem": "x"} | facts))


def test_a_fault_that_was_seen_500_times_is_told_once(registry: Registry) -> None:
    tally = Tally(contract=AIMLAPI, test="test_first")
    for size in range(500, 0, -1):
        tally.add_fault(fault(rule="minimum", curl="c" * size))
        tally.test = "test_later"

    (result,) = report_on([(registry.contract(AIMLAPI), tally)], PLAIN).contracts

    (found,) = result.faults
    assert (found.sightings, found.test, found.fault.curl) == (500, "test_first", "c")


def test_a_ways_that_was_never_seen_is_counted_as_such(registry: Registry) -> None:
    tally = Tally(contract=AIMLAPI)
    for way in ("", "queued"), ("queued", "generating"), ("queued", "completed"):
        tally.add_transition(*way)

    (result,) = report_on([(registry.contract(AIMLAPI), tally)], PLAIN).contracts

    seen = {(it.before, it.after): (it.events, it.seen) for it in result.transitions}
    assert seen["queued", "generating"] == (("start",), 1)
    assert seen["generating", "completed"] == (("complete",), 0)
    assert seen["queued", "completed"] == ((), 1)
    assert result.submitted == 1


def test_nothing_else_is_told_when_one_fault_is_looked_for(registry: Registry) -> None:
    tally = Tally(contract=AIMLAPI)
    wanted, other = fault(rule="minimum"), fault(rule="maximum")
    tally.add_fault(wanted)
    tally.add_fault(other)
    circumstances = Circumstances(
        base_url="", profile="quick", seed=7, command=("reelspec",), only=wanted.key
    )

    report = report_on([(registry.contract(AIMLAPI), tally)], circumstances)

    (found,) = report.faults
    assert found.key == wanted.key
    assert shlex.split(found.again) == [
        *("reelspec", "--profile", "quick", "--seed", "7", "--only", wanted.key)
    ]


def test_a_fault_tells_no_command_when_a_program_started_the_run(
    registry: Registry,
) -> None:
    tally = Tally(contract=AIMLAPI)
    tally.add_fault(fault())

    report = report_on([(registry.contract(AIMLAPI), tally)], PLAIN)

    assert "alone" not in told(report.faults[0])
    assert "seen    once" in told(report.faults[0])


def test_a_rule_that_was_never_reached_breaks_a_run_that_must_be_complete() -> None:
    missed = make_rule(verdict=Verdict.MISSED)
    result = make_contract(rules=(make_rule(), missed, missed, missed))

    lenient, strict = make_report(result), make_report(result, must_be_complete=True)

    assert (lenient.is_kept, strict.is_kept) == (True, False)
    assert result.coverage == 0.25
    assert "25.0 % of 4 rule sides" in next(lines(strict))
    assert (
        sum("never accepted: num_frames minimum 17" in it for it in lines(strict)) == 3
    )
    assert not any("never" in it for it in lines(lenient))


def test_many_rules_that_were_never_reached_are_counted() -> None:
    result = make_contract(rules=(make_rule(verdict=Verdict.MISSED),) * 17)

    said = list(lines(make_report(result, must_be_complete=True)))

    assert "p:m: ... and 7 more rules never reached" in said


def test_what_was_missed_is_never_rounded_away() -> None:
    rules = (make_rule(),) * 9_999 + (make_rule(verdict=Verdict.MISSED),)

    assert "99.9 %" in next(lines(make_report(make_contract(rules=rules))))


def test_a_contract_without_rules_has_nothing_to_reach() -> None:
    assert make_contract(rules=()).coverage == 1


def test_a_real_run_reaches_every_rule_of_both_providers(broken: Report) -> None:
    failed = {
        (it.contract, rule.place, rule.keyword, rule.side)
        for it in broken.contracts
        for rule in it.rules
        if rule.verdict is Verdict.FAILED
    }

    assert broken.is_complete
    assert (AIMLAPI, "num_frames", "maximum", "refused") in failed
    assert (FAL, "num_frames", "maximum", "refused") in failed
    assert {keyword for _, _, keyword, _ in failed} == {"maximum"}


def test_findings_of_two_workers_add_up() -> None:
    here, there = Findings(), Findings(is_partial=True)
    for findings, test in ((here, "test_a"), (there, "test_b")):
        tally = findings.about(AIMLAPI)
        tally.test = test
        tally.requests = 3
        tally.passed["c"] += 2
        tally.add_fault(fault(curl="curl"))
        tally.add_transition("", "queued")
        tally.add_seconds("test_both", 0.5)
        tally.errors.append("the same")
    here.about(AIMLAPI).verdicts |= {"a": Verdict.FAILED, "b": Verdict.PROVED}
    there.about(AIMLAPI).verdicts |= {"a": Verdict.PROVED, "b": Verdict.FAILED}
    there.about(FAL).requests = 1

    here.merge(there)

    tally = here.about(AIMLAPI)
    assert (tally.requests, tally.passed["c"], tally.errors) == (6, 4, ["the same"])
    assert (tally.sightings, tally.found_by) == (
        {fault().key: 2},
        {fault().key: "test_a"},
    )
    assert tally.verdicts == {"a": Verdict.FAILED, "b": Verdict.FAILED}
    assert tally.transitions == {("", "queued"): 2}
    assert tally.seconds == {"test_both": 1.0}
    assert here.about(FAL).requests == 1
    assert here.is_partial
