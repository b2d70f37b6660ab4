"""A correct service, and a hundred faulty ones: what the contract tests must tell apart."""

from tests.contract_tests.mutants import (
    answers,
    bodies,
    bounds,
    lives,
    outcomes,
    refusals,
)
from tests.contract_tests.mutants.catalogue import MUTANTS, Mutant
from tests.contract_tests.mutants.reference import Service

__all__ = [
    "MUTANTS",
    "Mutant",
    "Service",
    "answers",
    "bodies",
    "bounds",
    "lives",
    "outcomes",
    "refusals",
]
