"""One mutant under the `quick` profile, and whether the right claim killed it."""

from dataclasses import dataclass
from typing import Any

from contract_tests import AsgiBridge, ContractResult, Fault, Report, run
from specs import Registry
from tests.contract_tests.mutants.catalogue import Mutant
from tests.contract_tests.mutants.reference import Service

_TIMEOUT = 0.3  # seconds; only one mutant is silent, and it is silent for ever


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the tests said of a mutant: the failures, and those that name its fault."""

    mutant: Mutant
    result: ContractResult

    @property
    def killers(self) -> list[Fault]:
        """The failures that name the fault."""
        return [it.fault for it in self.result.faults if _names(it.fault, self.mutant)]

    def __str__(self) -> str:
        found = [
            f"{it.claim} [{it.rule}] {it.case} at {it.pointer}: {it.problem}"
            for it in (found.fault for found in self.result.faults)
        ]
        wanted = f"{self.mutant.claim} [{self.mutant.rule}] at {self.mutant.at!r}"
        return "\n  ".join([f"wanted {wanted}; found", *found, *self.result.errors])


def execute(mutant: Mutant, registry: Registry, *, seed: int | None = None) -> Verdict:
    """Test *mutant* as `reelspec test` would, for as long as it takes to kill it."""
    report = examine(
        mutant.build(registry),
        registry,
        mutant.contract,
        seed=seed,
        until=lambda fault: _names(fault, mutant),
    )
    return Verdict(mutant=mutant, result=report.contracts[0])


def examine(
    service: Service, registry: Registry, *contracts: str, **options: Any
) -> Report:
    """Test *contracts* of *service* in process."""
    with AsgiBridge(service) as bridge:
        target = service.target(bridge, timeout=_TIMEOUT)
        return run(registry, target, contracts=contracts, profile="quick", **options)


def _names(fault: Fault, mutant: Mutant) -> bool:
    """Say whether *fault* is what *mutant* must be killed by."""
    same = fault.claim == mutant.claim and mutant.rule in ("", fault.rule)
    return same and mutant.at in f"{fault.pointer} {fault.case}"
