"""A whole run: in process through `run`, and from pytest's command line."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

import contract_tests
from contract_tests import (
    CLAIMS,
    PROFILES,
    ContractTestError,
    MissingKeyError,
    Progress,
    Report,
    Target,
    TargetError,
    as_text,
    lines,
    run,
)
from contract_tests.bridge import AsgiBridge
from specs import (
    Contract,
    Operation,
    Property,
    Registry,
    StringSchema,
    UnknownModelError,
)
from tests.contract_tests.conftest import AIMLAPI, FAL
from tests.contract_tests.mutants import faulty
from tests.contract_tests.mutants.reference import Service
from tests.contract_tests.test_cases import TakesWholeFractions


def run_against(
    service: Service, small_registry: Registry, *contracts: str, **options: Any
) -> Report:
    with AsgiBridge(service) as bridge:
        return run(
            small_registry, service.target(bridge), contracts=contracts, **options
        )


@pytest.fixture(scope="module")
def seen() -> list[Progress]:
    """The progress of the run that `kept` reports on."""
    return []


@pytest.fixture(scope="module")
def kept(small_registry: Registry, seen: list[Progress]) -> Report:
    service = Service(small_registry)
    return run_against(service, small_registry, AIMLAPI, FAL, on_progress=seen.append)


def test_a_run_is_kept_when_the_service_keeps_the_contract(kept: Report) -> None:
    assert [it.faults for it in kept.contracts] == [(), ()]
    assert kept.is_kept


def test_a_run_puts_every_claim_to_the_test(kept: Report) -> None:
    judged = {
        it.claim for result in kept.contracts for it in result.claims if it.passed
    }

    assert judged == set(CLAIMS)


def test_a_run_sees_every_state(kept: Report, small_registry: Registry) -> None:
    seen = {it.contract: set(it.states) for it in kept.contracts}

    assert seen == {
        it: set(small_registry.contract(it).lifecycle.states) for it in (AIMLAPI, FAL)
    }


def test_a_report_has_a_line_for_each_contract(kept: Report) -> None:
    first, second, drawn = lines(kept)

    assert re.fullmatch(
        rf"{re.escape(AIMLAPI)}: kept, \d+ checks on \d+ requests, "
        r"100 % of \d+ rule sides, states queued, generating, completed, error, "
        r"\d+\.\d s",
        first,
    )
    assert second.startswith(f"{FAL}: kept")
    assert drawn == "drawn from seed 0, profile quick"


def test_a_report_tells_every_fault_when_the_contract_is_broken(
    small_registry: Registry,
) -> None:
    service = faulty.TakesMoreThanTheMaximum(small_registry)

    report = run_against(service, small_registry, AIMLAPI)

    raw = json.loads(as_text(report))
    faults = raw["contracts"][0]["faults"]
    assert not report.is_kept
    assert "BROKEN" in next(lines(report))
    assert {it["claim"] for it in faults} == {"an_invalid_request_is_refused"}
    assert all(it["key"] and it["curl"].startswith("curl ") for it in faults)
    assert {it["rule"] for it in faults} == {"maximum"}


class CancelsForAnybody(Service):
    """Says no to who has no key, and does what was asked."""

    def admits(
        self, contract: Contract, operation: Operation, headers: Mapping[str, str]
    ) -> bool:
        is_known = super().admits(contract, operation, headers)
        if operation.role == "cancel" and not is_known:
            for it in self.work.values():
                it.cancelled = self.now if it.cancelled is None else it.cancelled
        return is_known


def test_a_request_that_is_refused_and_carried_out_is_a_fault(
    small_registry: Registry,
) -> None:
    report = run_against(
        CancelsForAnybody(small_registry), small_registry, FAL, until=lambda _: True
    )

    (found,) = report.faults
    assert found.fault.claim == "a_poll_changes_nothing"
    assert found.test == "test_no_operation_works_without_a_key"


@pytest.mark.parametrize("strict", [False, True])
def test_a_reading_of_the_document_is_a_fault_only_where_it_is_asked_for(
    strict: bool, small_registry: Registry
) -> None:
    report = run_against(
        TakesWholeFractions(small_registry),
        small_registry,
        AIMLAPI,
        strict=strict,
        until=lambda _: True,
    )

    (result,) = report.contracts
    found = [(it.fault.claim, it.test) for it in result.faults]
    fault = ("an_invalid_request_is_refused", "test_open_questions_are_answered")
    assert found == [fault] * strict
    choices = {it.question: it.is_accepted for it in result.choices}
    assert strict or choices["num_frames: 81.0 for an integer"]


def test_a_run_ends_with_the_first_fault_that_is_looked_for(
    small_registry: Registry,
) -> None:
    service = faulty.TakesMoreThanTheMaximum(small_registry)
    wanted = "test_few_requests_show_every_rule"

    report = run_against(
        service, small_registry, AIMLAPI, until=lambda it: it.rule == "maximum"
    )

    (result,) = report.contracts
    assert [(it.test, it.sightings) for it in result.faults] == [(wanted, 1)]
    assert result.errors == ()
    assert [it.test for it in result.tests][-1] == wanted


def test_a_fault_that_does_not_show_again_is_told(small_registry: Registry) -> None:
    report = run_against(
        faulty.RefusesWhatIsRightAtFirst(small_registry), small_registry, AIMLAPI
    )

    result = report.contracts[0]
    assert result.errors == ()
    assert [it.fault.claim for it in result.faults] == ["a_valid_request_is_accepted"]


def test_a_contract_is_not_judged_when_its_tests_cannot_run(
    small_registry: Registry,
) -> None:
    def broken_clock(seconds: float) -> None:
        raise RuntimeError("the clock is stuck")

    service = Service(small_registry)
    with AsgiBridge(service) as bridge:
        target = replace(service.target(bridge), advance=broken_clock)
        report = run(small_registry, target, contracts=[AIMLAPI])

    assert not report.is_kept
    assert "RuntimeError: the clock is stuck" in report.contracts[0].errors
    assert "NOT JUDGED" in next(lines(report))


def test_one_contract_alone_is_not_judged_when_its_values_cannot_be_built(
    small_registry: Registry,
) -> None:
    contract = small_registry.contract(AIMLAPI)
    empty = StringSchema(pointer="d.json#/x", format="uri", max_length=3)
    x = Property(name="x", required=True, schema=empty)
    body = replace(contract.body, properties={"x": x})
    unmet = replace(contract, submit=replace(contract.submit, body=body))
    both = replace(small_registry, contracts=(unmet, small_registry.contract(FAL)))
    service = Service(small_registry)

    with AsgiBridge(service) as bridge:
        first, second = run(both, service.target(bridge)).contracts

    assert first.errors[0].startswith("UnmetSchemaError: d.json#/x: no uri of 0 to 3")
    assert second.is_kept


def test_a_run_prints_nothing_and_ends_when_nothing_works(
    small_registry: Registry, capfd: pytest.CaptureFixture[str]
) -> None:
    report = run_against(
        faulty.AnswersEverythingWith500(small_registry), small_registry, FAL
    )

    claims = {it.claim for it in report.contracts[0].claims if it.failed}
    assert claims == {"no_server_error"}
    assert capfd.readouterr() == ("", "")


def test_two_runs_draw_the_same_cases_when_nothing_is_random(
    small_registry: Registry, kept: Report
) -> None:
    again = run_against(Service(small_registry), small_registry, AIMLAPI)

    assert again.contracts[0].claims == kept.contracts[0].claims


def test_a_seed_picks_other_cases(small_registry: Registry, kept: Report) -> None:
    other = run_against(Service(small_registry), small_registry, AIMLAPI, seed=7)

    assert other.is_kept
    assert other.seed == 7
    assert other.contracts[0].checks != kept.contracts[0].checks


def test_a_random_profile_draws_as_the_dice_say_unless_it_is_told() -> None:
    nightly, quick = PROFILES["nightly"], PROFILES["quick"]

    assert nightly.seed(None, dice=6) == 6
    assert nightly.seed(0, dice=6) == 0
    assert quick.seed(None, dice=6) == 0


def test_a_run_reports_its_progress(kept: Report, seen: list[Progress]) -> None:
    assert {it.contract for it in seen} == {it.contract for it in kept.contracts}
    assert [it.done for it in seen] == list(range(1, seen[0].total + 1))


def test_a_run_stops_at_once_when_a_key_is_missing(small_registry: Registry) -> None:
    with pytest.raises(MissingKeyError):
        run(small_registry, Target(base_url="http://a.test"))


def test_a_run_is_refused_when_its_profile_is_unknown(small_registry: Registry) -> None:
    with pytest.raises(TargetError, match="quick, ci, nightly"):
        run(small_registry, Target(base_url="http://a.test"), profile="hasty")


def test_a_run_is_refused_when_a_contract_is_unknown(small_registry: Registry) -> None:
    with pytest.raises(UnknownModelError):
        run(
            small_registry,
            Target(base_url="http://a.test"),
            contracts=["aimlapi:nobody"],
        )


def test_a_run_of_no_contract_keeps_nothing(small_registry: Registry) -> None:
    assert not run(
        small_registry, Target(base_url="http://a.test"), contracts=[]
    ).is_kept


def test_a_run_is_an_error_when_pytest_cannot_run(
    small_registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")

    with pytest.raises(ContractTestError, match="pytest ended with code 4"):
        run(small_registry, Target(base_url="http://a.test"), contracts=[AIMLAPI])


def test_the_package_exports_what_it_lists() -> None:
    assert all(hasattr(contract_tests, it) for it in contract_tests.__all__)
