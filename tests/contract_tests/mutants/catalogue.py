"""Every mutant: the reference service with one fault, and the claim that must see it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from specs import Contract, Registry
from tests.contract_tests.mutants.reference import Service

AIMLAPI = "aimlapi:alibaba/wan2.2-vace-fun-a14b-reframe"
FAL = "fal:fal-ai/wan-22-vace-fun-a14b/inpainting"
INPAINTING = "aimlapi:alibaba/wan2.2-vace-fun-a14b-inpainting"

Kind = type[Service]
Change = Callable[[dict[str, Any]], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A faulty service, in words and in code, and by which *claim* it must be killed.

    Where a rule of the document is at stake, `rule` and `at` (a member of the body)
    must be named by the failure as well.
    """

    name: str
    fault: str
    contract: str
    claim: str
    build: Callable[[Registry], Service]
    rule: str = ""
    at: str = ""


MUTANTS: dict[str, Mutant] = {}
"""Every mutant by its name, in the order of the themes."""


def killed_by(
    claim: str, *contracts: str, rule: str = "", at: str = ""
) -> Callable[[Kind], Kind]:
    """Register a variant of the service, whose docstring says the fault."""

    def register(kind: Kind) -> Kind:
        for contract in contracts or (AIMLAPI,):
            _add(
                name=_dashed(kind.__name__),
                fault=(kind.__doc__ or "").strip(),
                contract=contract,
                claim=claim,
                build=kind,
                rule=rule,
                at=at,
            )
        return kind

    return register


def accepts(fault: str, contract: str, at: str, rule: str, change: Change) -> None:
    """Register a service whose schema takes what the document forbids at *at*."""
    _edited(
        fault, contract, change, at=at, rule=rule, claim="an_invalid_request_is_refused"
    )


def rejects(fault: str, contract: str, at: str, change: Change) -> None:
    """Register a service whose schema forbids what the document takes at *at*."""
    _edited(fault, contract, change, at=at, claim="a_valid_request_is_accepted")


def _edited(
    fault: str, contract: str, change: Change, *, at: str, claim: str, rule: str = ""
) -> None:
    class Edited(Service):
        def schema(self, contract: Contract) -> dict[str, Any]:
            found = super().schema(contract)
            if contract.id == wanted:
                change(found if rule == "required" else found["properties"][at])
            return found

    wanted = contract
    _add(
        name=f"{at}-{fault.replace(' ', '-')}",
        fault=f"`{at}` {fault}",
        contract=contract,
        claim=claim,
        build=Edited,
        rule=rule,
        at=at,
    )


def _add(*, name: str, contract: str, **facts: Any) -> None:
    full = f"{contract.partition(':')[0]}-{name}"
    assert full not in MUTANTS, full
    MUTANTS[full] = Mutant(name=full, contract=contract, **facts)


def _dashed(name: str) -> str:
    return re.sub(r"(?<=.)(?=[A-Z])", "-", name).lower()
