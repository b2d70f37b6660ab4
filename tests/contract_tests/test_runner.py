"""A whole run: in process through `run`, and from pytest's command line."""

import json
import re
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
    run,
)
from contract_tests.bridge import AsgiBridge
from contract_tests.profiles import Draws
from specs import Property, Registry, StringSchema, UnknownModelError
from tests.contract_tests.conftest import AIMLAPI, FAL
from tests.contract_tests.mutants import faulty
from tests.contract_tests.mutants.reference import Service


def run_against(
    service: Service, registry: Registry, *contracts: str, **options: Any
) -> Report:
    with AsgiBridge(service) as bridge:
        return run(registry, service.target(bridge), contracts=contracts, **options)


@pytest.fixture(scope="module")
def seen() -> list[Progress]:
    """The progress of the run that `kept` reports on."""
    return []


@pytest.fixture(scope="module")
def kept(registry: Registry, seen: list[Progress]) -> Report:
    service = Service(registry)
    return run_against(service, registry, AIMLAPI, FAL, on_progress=seen.append)


def test_a_run_is_kept_when_the_service_keeps_the_contract(kept: Report) -> None:
    assert [it.faults for it in kept.contracts] == [(), ()]
    assert kept.is_kept


def test_a_run_puts_every_claim_to_the_test(kept: Report) -> None:
    judged = {it.claim for result in kept.contracts for it in result.claims}

    assert judged == set(CLAIMS)


def test_a_run_sees_every_state(kept: Report, registry: Registry) -> None:
    seen = {it.contract: set(it.states) for it in kept.contracts}

    assert seen == {
        it: set(registry.contract(it).lifecycle.states) for it in (AIMLAPI, FAL)
    }


def test_a_report_has_a_line_for_each_contract(kept: Report) -> None:
    first, second = kept.lines()

    assert re.fullmatch(
        rf"{re.escape(AIMLAPI)}: kept, \d+ checks on \d+ requests, "
        r"states queued, generating, completed, error, \d+\.\d s",
        first,
    )
    assert second.startswith(f"{FAL}: kept")


def test_a_report_tells_every_fault_when_the_contract_is_broken(
    registry: Registry,
) -> None:
    service = faulty.TakesMoreThanTheMaximum(registry)

    report = run_against(service, registry, AIMLAPI)

    raw = json.loads(json.dumps(report.to_json()))
    faults = raw["contracts"][0]["faults"]
    assert not report.is_kept
    assert "BROKEN" in next(report.lines())
    assert {it["claim"] for it in faults} == {"an_invalid_request_is_refused"}
    assert all(it["key"] and it["curl"].startswith("curl ") for it in faults)
    assert {it["rule"] for it in faults} == {"maximum"}


def test_a_fault_that_does_not_show_again_is_told(registry: Registry) -> None:
    report = run_against(faulty.RefusesWhatIsRightAtFirst(registry), registry, AIMLAPI)

    result = report.contracts[0]
    assert result.errors == ()
    assert [it.claim for it in result.faults] == ["a_valid_request_is_accepted"]


def test_a_contract_is_not_judged_when_its_tests_cannot_run(
    registry: Registry,
) -> None:
    def broken_clock(seconds: float) -> None:
        raise RuntimeError("the clock is stuck")

    service = Service(registry)
    with AsgiBridge(service) as bridge:
        target = replace(service.target(bridge), advance=broken_clock)
        report = run(registry, target, contracts=[AIMLAPI])

    assert not report.is_kept
    assert "RuntimeError: the clock is stuck" in report.contracts[0].errors
    assert "NOT JUDGED" in next(report.lines())


def test_one_contract_alone_is_not_judged_when_its_values_cannot_be_built(
    registry: Registry,
) -> None:
    contract = registry.contract(AIMLAPI)
    empty = StringSchema(pointer="d.json#/x", format="uri", max_length=3)
    x = Property(name="x", required=True, schema=empty)
    body = replace(contract.body, properties={"x": x})
    unmet = replace(contract, submit=replace(contract.submit, body=body))
    both = replace(registry, contracts=(unmet, registry.contract(FAL)))
    service = Service(registry)

    with AsgiBridge(service) as bridge:
        first, second = run(both, service.target(bridge)).contracts

    assert first.errors[0].startswith("UnmetSchemaError: d.json#/x: no uri of 0 to 3")
    assert second.is_kept


def test_a_run_prints_nothing_and_ends_when_nothing_works(
    registry: Registry, capfd: pytest.CaptureFixture[str]
) -> None:
    report = run_against(faulty.AnswersEverythingWith500(registry), registry, FAL)

    claims = {it.claim for it in report.contracts[0].claims if it.failed}
    assert claims == {"no_server_error"}
    assert capfd.readouterr() == ("", "")


def test_two_runs_draw_the_same_cases_when_nothing_is_random(
    registry: Registry, kept: Report
) -> None:
    again = run_against(Service(registry), registry, AIMLAPI)

    assert again.contracts[0].claims == kept.contracts[0].claims


def test_a_seed_picks_other_cases(registry: Registry, kept: Report) -> None:
    other = run_against(Service(registry), registry, AIMLAPI, seed=7)

    assert other.is_kept
    assert other.seed == 7
    assert other.contracts[0].checks != kept.contracts[0].checks


def test_a_random_profile_tells_the_seed_it_drew_from() -> None:
    draws = Draws(PROFILES["nightly"])

    report = Report(base_url="", profile="nightly", seed=draws.seed, contracts=())

    assert list(report.lines()) == [f"drawn from seed {draws.seed}"]


def test_a_run_reports_its_progress(kept: Report, seen: list[Progress]) -> None:
    assert {it.contract for it in seen} == {it.contract for it in kept.contracts}
    assert [it.done for it in seen] == list(range(1, seen[0].total + 1))


def test_a_run_stops_at_once_when_a_key_is_missing(registry: Registry) -> None:
    with pytest.raises(MissingKeyError):
        run(registry, Target(base_url="http://a.test"))


def test_a_run_is_refused_when_its_profile_is_unknown(registry: Registry) -> None:
    with pytest.raises(TargetError, match="quick, ci, nightly"):
        run(registry, Target(base_url="http://a.test"), profile="hasty")


def test_a_run_is_refused_when_a_contract_is_unknown(registry: Registry) -> None:
    with pytest.raises(UnknownModelError):
        run(registry, Target(base_url="http://a.test"), contracts=["aimlapi:nobody"])


def test_a_run_of_no_contract_keeps_nothing(registry: Registry) -> None:
    assert not run(registry, Target(base_url="http://a.test"), contracts=[]).is_kept


def test_a_run_is_an_error_when_pytest_cannot_run(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")

    with pytest.raises(ContractTestError, match="pytest ended with code 4"):
        run(registry, Target(base_url="http://a.test"), contracts=[AIMLAPI])


def test_the_package_exports_what_it_lists() -> None:
    assert all(hasattr(contract_tests, it) for it in contract_tests.__all__)
