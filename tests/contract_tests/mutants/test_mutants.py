"""Every mutant is killed by the claim that names its fault, and nobody else is."""

from collections import Counter
from collections.abc import Iterator

import pytest
from coverage import Coverage

from contract_tests import CLAIMS
from specs import Registry
from tests.contract_tests.mutants import MUTANTS, Mutant, Service
from tests.contract_tests.mutants.execution import examine, execute

CONTRACTS = sorted({it.contract for it in MUTANTS.values()})
SEEDS = range(50)


@pytest.fixture(autouse=True)
def untraced() -> Iterator[None]:
    """Count no lines: two hundred runs of the same ones would take twice as long.

    All that they reach is reached, and judged more closely, by the other tests.
    """
    coverage = Coverage.current()
    if coverage is not None:
        coverage.stop()
    yield
    if coverage is not None:
        coverage.start()


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
    for seed in SEEDS:
        verdict = execute(mutant, registry, seed=seed)

        assert verdict.killers, f"seed {seed}: {verdict}"


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


def test_every_claim_has_a_mutant_that_it_alone_must_kill() -> None:
    kills = Counter(it.claim for it in MUTANTS.values())

    assert set(kills) == set(CLAIMS)


def test_there_are_mutants_enough_for_both_protocols() -> None:
    providers = Counter(it.contract.partition(":")[0] for it in MUTANTS.values())

    assert sum(providers.values()) >= 80
    assert min(providers.values()) >= 60
    assert all(it.fault and "\n" not in it.fault for it in MUTANTS.values())
