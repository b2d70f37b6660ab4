"""Faulty services under the `quick` profile, and whether the right claim killed them."""

from dataclasses import dataclass
from functools import partial
from inspect import signature
from typing import Any

from contract_tests import (
    AsgiBridge,
    ContractResult,
    Fault,
    Report,
    run,
    test_contracts,
)
from specs import Registry
from tests.contract_tests.mutants.catalogue import Mutant
from tests.contract_tests.mutants.reference import Service

DRAWN = frozenset(
    name
    for name, it in vars(test_contracts).items()
    if name.startswith("test_") and "draws" in signature(it).parameters
)
"""The tests whose requests depend on the seed; all others come before them."""

_TIMEOUT = 0.3  # seconds; only one mutant is silent, and it is silent for ever


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the tests said of a mutant: the failures, and those that name its fault."""

    mutant: Mutant
    result: ContractResult

    @property
    def killers(self) -> list[Fault]:
        """The failures that name the fault."""
        return [it.fault for it in self.result.faults if _names(self.mutant, it.fault)]

    @property
    def is_planned(self) -> bool:
        """Whether the mutant was killed before anything was drawn."""
        return bool(self.killers) and self.result.tests[-1].test not in DRAWN

    def __str__(self) -> str:
        found = [
            f"{it.claim} [{it.rule}] {it.case} at {it.pointer}: {it.problem}"
            for it in (found.fault for found in self.result.faults)
        ]
        wanted = f"{self.mutant.claim} [{self.mutant.rule}] at {self.mutant.at!r}"
        return "\n  ".join([f"wanted {wanted}; found", *found, *self.result.errors])


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """How *mutant* fared: killed by the plan, or with so many *seeds*, but for some.

    *survived* are the verdicts in words, by the seeds with which it was not killed.
    """

    mutant: str
    is_planned: bool
    seeds: int
    survived: dict[int, str]

    @property
    def way(self) -> str:
        """What killed the mutant, in words."""
        if self.is_planned:
            return "the plan"
        return f"{self.seeds - len(self.survived)} of {self.seeds} seeds"


def kill(mutant: Mutant, registry: Registry, *, seeds: int) -> Kill:
    """Test *mutant* with so many *seeds*; once if the plan kills it, as any seed would."""
    first = execute(mutant, registry, seed=0)
    verdicts = {0: first}
    if not first.is_planned:
        verdicts |= {it: execute(mutant, registry, seed=it) for it in range(1, seeds)}
    return Kill(
        mutant=mutant.name,
        is_planned=first.is_planned,
        seeds=seeds,
        survived={key: str(it) for key, it in verdicts.items() if not it.killers},
    )


def execute(mutant: Mutant, registry: Registry, *, seed: int | None = None) -> Verdict:
    """Test *mutant* as `reelspec test` would, for as long as it takes to kill it."""
    report = examine(
        mutant.build(registry),
        registry,
        mutant.contract,
        seed=seed,
        until=partial(_names, mutant),
    )
    return Verdict(mutant=mutant, result=report.contracts[0])


def examine(
    service: Service, registry: Registry, *contracts: str, **options: Any
) -> Report:
    """Test *contracts* of *service* in process."""
    with AsgiBridge(service) as bridge:
        target = service.target(bridge, timeout=_TIMEOUT)
        return run(registry, target, contracts=contracts, profile="quick", **options)


def _names(mutant: Mutant, fault: Fault) -> bool:
    """Say whether *fault* is what *mutant* must be killed by."""
    same = fault.claim == mutant.claim and mutant.rule in ("", fault.rule)
    return same and mutant.at in f"{fault.pointer} {fault.case}"
