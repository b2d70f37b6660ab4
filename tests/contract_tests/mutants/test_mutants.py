"""Every mutant is killed by the claim that names its fault, and nobody else is."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from contract_tests import CLAIMS, Progress
from contract_tests.live import Tariff, fixed, published
from specs import Registry
from tests.contract_tests.mutants import MUTANTS, Mutant, Service
from tests.contract_tests.mutants.catalogue import AIMLAPI, FAL
from tests.contract_tests.mutants.execution import (
    DRAWN,
    Verdict,
    examine,
    execute,
    kill,
)
from tests.contract_tests.mutants.few import MISSED, attempt
from tests.contract_tests.mutants.page import PAGE
from tests.contract_tests.mutants.reference import Reply

CONTRACTS = sorted({it.contract for it in MUTANTS.values()})
SEEDS = range(50)


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_a_mutant_is_killed_by_the_claim_that_names_its_fault(
    mutant: Mutant, registry: Registry
) -> None:
    verdict = execute(mutant, registry)

    assert verdict.killers, str(verdict)


@pytest.mark.nightly
@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_a_mutant_is_killed_whatever_the_seed(
    mutant: Mutant, registry: Registry
) -> None:
    assert kill(mutant, registry, seeds=len(SEEDS)).survived == {}


@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_correct_service_is_not_blamed(contract: str, registry: Registry) -> None:
    (result,) = examine(Service(registry), registry, contract).contracts

    assert result.faults == ()
    assert result.is_kept


@pytest.mark.nightly
@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_correct_service_is_not_blamed_whatever_the_seed(
    contract: str, registry: Registry
) -> None:
    for seed in SEEDS:
        (result,) = examine(Service(registry), registry, contract, seed=seed).contracts

        assert result.faults == (), f"seed {seed}"


# ---- few requests


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_few_requests_kill_a_mutant_unless_it_is_known_why_not(
    mutant: Mutant, registry: Registry
) -> None:
    contract = registry.contract(mutant.contract)
    trial = attempt(mutant.build(registry), contract)
    verdict = Verdict(mutant=mutant, result=trial.report.report.contracts[0])

    assert bool(verdict.killers) is (mutant.name not in MISSED), str(verdict)
    assert trial.requests <= 60
    assert trial.accepted <= 20


@pytest.mark.parametrize("tariff", [fixed(Decimal(1)), published], ids=["one", "real"])
def test_few_requests_show_every_rule_of_the_correct_service(
    tariff: Tariff, registry: Registry
) -> None:
    for contract in registry.contracts:
        if tariff is published and contract.provider.name != "fal":
            continue  # no price is published
        trial = attempt(Service(registry), contract, tariff)

        (result,) = trial.report.report.contracts
        assert result.faults == ()
        assert result.coverage == 1
        assert trial.report.report.is_kept
        assert trial.requests <= 60
        assert trial.accepted <= 20


def test_what_few_requests_miss_is_told_with_the_reason() -> None:
    page = " ".join(PAGE.read_text("utf-8").split())

    for name, reason in MISSED.items():
        assert f"{MUTANTS[name].fault}: {reason}." in page


def test_every_claim_has_a_mutant_that_it_alone_must_kill() -> None:
    kills = Counter(it.claim for it in MUTANTS.values())

    assert set(kills) == set(CLAIMS)


def test_there_are_mutants_enough_for_both_protocols() -> None:
    providers = Counter(it.contract.partition(":")[0] for it in MUTANTS.values())

    assert sum(providers.values()) >= 80
    assert min(providers.values()) >= 60
    assert all(it.fault and "\n" not in it.fault for it in MUTANTS.values())


@pytest.mark.parametrize("contract", [AIMLAPI, FAL])
def test_the_planned_requests_are_the_same_with_every_seed(
    contract: str, registry: Registry
) -> None:
    planned, drawn = zip(
        *(requests_sent(contract, registry, seed) for seed in (1, 2)), strict=True
    )

    assert len(DRAWN) == 3
    assert planned[0] == planned[1]
    assert drawn[0] != drawn[1]


def requests_sent(
    contract: str, registry: Registry, seed: int
) -> tuple[list[Any], list[Any]]:
    """Return what is sent to the correct service before anything is drawn, and then."""
    tests: list[list[Any]] = [[]]

    class Recorder(Service):
        def answer(self, scope: Any, body: bytes) -> Reply:
            tests[-1].append(({**scope}, body))
            return super().answer(scope, body)

    def begin(_: Progress) -> None:
        tests.append([])

    examine(Recorder(registry), registry, contract, seed=seed, on_progress=begin)
    first = len(tests) - 1 - len(DRAWN)
    return tests[:first], tests[first:]
