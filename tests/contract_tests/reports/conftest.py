"""Reports: one of a real run against a faulty service, and any that a test makes up."""

from typing import Any

import pytest

from contract_tests import ContractResult, FaultResult, Report, RuleResult, Verdict, run
from contract_tests.bridge import AsgiBridge
from contract_tests.failures import Fault
from contract_tests.reports import (
    ChoiceResult,
    ClaimResult,
    TestResult,
    TransitionResult,
)
from specs import Registry
from tests.contract_tests.conftest import AIMLAPI, FAL
from tests.contract_tests.mutants import faulty
from tests.contract_tests.mutants.outcomes import FailsWithoutAReason

HOSTILE = "</style></pre><script>alert(1)</script>\"' ]]> %0A::error::x ##[error]y"


class Faulty(faulty.TakesMoreThanTheMaximum, FailsWithoutAReason):
    """A service with two faults, one about a rule and one about a job's life."""


def make_rule(**facts: Any) -> RuleResult:
    plain: dict[str, Any] = {
        "place": "num_frames",
        "keyword": "minimum",
        "value": "17",
        "pointer": "d.json#/minimum",
        "side": "accepted",
        "verdict": Verdict.PROVED,
    }
    return RuleResult(**(plain | facts))


def make_fault(**facts: str) -> FaultResult:
    plain: dict[str, Any] = {
        "claim": "no_server_error",
        "contract": "p:m",
        "problem": "answered 500",
    }
    return FaultResult(
        fault=Fault(**(plain | facts)),
        sightings=500,
        test="test_drawn_requests_are_accepted",
        again="",
    )


def make_contract(**facts: Any) -> ContractResult:
    plain: dict[str, Any] = {
        "contract": "p:m",
        "claims": (ClaimResult(claim="no_server_error", passed=1, failed=0),),
        "rules": (make_rule(),),
        "choices": (ChoiceResult(question="num_frames: 17.0", is_accepted=True),),
        "faults": (),
        "errors": (),
        "initial": "queued",
        "states": ("queued", "done"),
        "transitions": (
            TransitionResult(before="queued", after="done", events=("start",), seen=3),
        ),
        "submitted": 4,
        "requests": 9,
        "tests": (TestResult(test="test_x", seconds=0.25),),
    }
    return ContractResult(**(plain | facts))


def make_report(*contracts: ContractResult, **facts: Any) -> Report:
    plain: dict[str, Any] = {
        "base_url": "http://a.test",
        "profile": "quick",
        "seed": 0,
        "must_be_complete": False,
        "contracts": contracts,
    }
    return Report(**(plain | facts))


@pytest.fixture(scope="session")
def broken(registry: Registry) -> Report:
    """The report of a run against a service with two faults."""
    service = Faulty(registry)
    with AsgiBridge(service) as bridge:
        return run(
            registry,
            service.target(bridge),
            contracts=[AIMLAPI, FAL],
            command=("reelspec", "test"),
        )


@pytest.fixture
def hostile() -> Report:
    """A report in which every text that a stranger may give is hostile."""
    told = make_fault(problem=HOSTILE, answer=HOSTILE, case=HOSTILE, pointer=HOSTILE)
    rule = make_rule(place=HOSTILE, value=HOSTILE, verdict=Verdict.MISSED)
    result = make_contract(
        contract=f"p:{HOSTILE}",
        faults=(told,),
        rules=(rule,),
        choices=(ChoiceResult(question=HOSTILE, is_accepted=False),),
        errors=(HOSTILE,),
        states=(HOSTILE,),
        initial=HOSTILE,
        transitions=(
            TransitionResult(before=HOSTILE, after="b", events=(HOSTILE,), seen=1),
        ),
    )
    return make_report(result, must_be_complete=True)
