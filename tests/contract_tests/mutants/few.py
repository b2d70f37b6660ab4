"""Faulty services under the few requests that a service which charges is sent."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from contract_tests import AsgiBridge
from contract_tests.live import (
    Ledger,
    LivePlan,
    LiveReport,
    Purse,
    Tariff,
    fixed,
    plan_calls,
    run_live,
)
from specs import Contract
from tests.contract_tests.mutants.reference import Service

MISSED = {
    "aimlapi-hangs-on-a-long-prompt": (
        "a submit without an answer may have been carried out: the run tells of it as "
        "an error of its own, and does not judge"
    ),
    "fal-gives-the-same-id-again": (
        "it shows at the tenth job, and where a job is asked about in three ways eight "
        "are what sixty requests leave room for"
    ),
    "fal-shares-jobs-between-providers": (
        "it takes a job of another provider, who would want to be paid as well"
    ),
}
"""The mutants that a run of few requests does not kill, and why it does not."""

_PRICE = fixed(Decimal(1))
_TIMEOUT = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What was said of a service, after how many requests and accepted submits."""

    report: LiveReport
    requests: int
    accepted: int


def attempt(service: Service, contract: Contract, tariff: Tariff = _PRICE) -> Trial:
    """Send *service* the few requests that show every rule of *contract*."""
    requests = [0]

    async def counted(
        scope: Any, receive: Callable[[], Awaitable[Any]], send: Any
    ) -> None:
        requests[0] += 1
        await service(scope, receive, send)

    with (
        TemporaryDirectory() as folder,
        AsgiBridge(counted) as bridge,
        Ledger.open(Path(folder, "ledger")) as ledger,
    ):
        target = service.target(bridge, timeout=_TIMEOUT)
        purse = Purse(budget=Decimal(1_000), tariff=tariff, ledger=ledger)
        report = run_live(_planned(contract, tariff), target, purse)
    return Trial(report=report, requests=requests[0], accepted=len(service.work))


@lru_cache(8)
def _planned(contract: Contract, tariff: Tariff) -> LivePlan:
    return plan_calls([contract], tariff)
