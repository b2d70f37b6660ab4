"""The testers: what each says of one service."""

import json
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from benchmarks.contract.subjects import Subject, document_of, served
from contract_tests import ContractResult, Target, live, run
from specs import Contract, Registry
from tests.contract_tests.mutants import Mutant, Service
from tests.contract_tests.mutants.execution import Verdict
from tests.contract_tests.mutants.reference import KEYS

HERE = Path(__file__).parent
PROGRAM = HERE / ".venv" / "bin" / "st"
_LONGEST = 600  # seconds for one run of a program that may hang on a faulty service
_SEEDS = (1, 2, 3)  # with which the correct service is tested beforehand


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a tester said of a service: how many *alarms*, or new ones, it raised."""

    alarms: int
    requests: int
    accepted: int
    seconds: float


class Tester(Protocol):
    """Whoever tests services by their documents."""

    name: str

    def alarm(self, contract: Contract) -> Trial:
        """Test the correct service: each alarm is a false one."""
        ...

    def attempt(self, mutant: Mutant) -> Trial:
        """Test *mutant*."""
        ...


class Ours:
    """The contract tests; of a faulty service only what names the fault is an alarm.

    They run whole, or as little of them as a service that charges is sent.
    """

    def __init__(self, registry: Registry, *, is_live: bool = False) -> None:
        self.name = "reelspec, `--live`" if is_live else "reelspec, `quick`"
        self._registry = registry
        self._is_live = is_live

    def alarm(self, contract: Contract) -> Trial:
        """Test the correct service."""
        return self._try(Service, contract.id, lambda it: len(it.faults))

    def attempt(self, mutant: Mutant) -> Trial:
        """Test *mutant*."""
        return self._try(
            mutant.build,
            mutant.contract,
            lambda it: len(Verdict(mutant=mutant, result=it).killers),
        )

    def _try(
        self,
        build: Callable[..., Service],
        contract: str,
        count: Callable[[ContractResult], int],
    ) -> Trial:
        with served(build, self._registry, ticking=False) as subject:
            begun = time.monotonic()
            target = subject.service.target(None, base_url=subject.url, timeout=2.0)
            result = (self._pay if self._is_live else self._run)(target, contract)
            return _trial(subject, begun, count(result))

    def _run(self, target: Target, contract: str) -> ContractResult:
        return run(self._registry, target, contracts=[contract]).contracts[0]

    def _pay(self, target: Target, contract: str) -> ContractResult:
        price = live.fixed(Decimal(1))
        calls = live.plan_calls([self._registry.contract(contract)], price)
        with (
            TemporaryDirectory() as folder,
            live.Ledger.open(Path(folder) / "ledger") as ledger,
        ):
            purse = live.Purse(budget=Decimal(1_000), tariff=price, ledger=ledger)
            return live.run_live(calls, target, purse).report.contracts[0]


class Schemathesis:
    """Schemathesis with all checks and phases, in an environment of its own.

    What it says of the correct service, with any of some seeds, becomes its baseline:
    only what is new about a faulty one counts.
    """

    def __init__(self, registry: Registry, folder: Path) -> None:
        self._registry = registry
        self._folder = folder
        version = subprocess.run(  # noqa: S603 - of the environment beside this file
            [PROGRAM, "--version"], capture_output=True, text=True, check=True
        ).stdout.split()[-1]
        self.name = f"Schemathesis {version}"

    def alarm(self, contract: Contract) -> Trial:
        """Test the correct service, and keep what is said of it as the baseline."""
        trials = [
            self._try(Service, contract, "--baseline-update", seed=seed)
            for seed in _SEEDS
        ]
        known = json.loads(self._baseline(contract).read_text("utf-8"))
        first = trials[0]
        return Trial(
            alarms=len(known["entries"]),
            requests=first.requests,
            accepted=first.accepted,
            seconds=first.seconds,
        )

    def attempt(self, mutant: Mutant) -> Trial:
        """Test *mutant*."""
        contract = self._registry.contract(mutant.contract)
        return self._try(mutant.build, contract, seed=1)

    def _try(
        self,
        build: Callable[..., Service],
        contract: Contract,
        *arguments: str,
        seed: int,
    ) -> Trial:
        document = self._folder / f"{contract.model.replace('/', '-')}.json"
        document.write_text(document_of(contract), "utf-8")
        auth = contract.provider.auth
        key = f"{auth.header}: {auth.scheme} {KEYS[contract.provider.name]}"
        with served(build, self._registry, ticking=True) as subject:
            begun = time.monotonic()
            code = subprocess.run(  # noqa: S603 - of the environment beside this file
                [
                    PROGRAM, "run", document, "--url", subject.url, "-H", key,
                    "--checks", "all", "--continue-on-failure", "--no-color",
                    "--phases", "examples,coverage,fuzzing,stateful",
                    "--seed", str(seed), "--suppress-health-check", "all",
                    "--request-timeout", "2",
                    "--baseline", self._baseline(contract), *arguments,
                ],
                cwd=self._folder,
                env=os.environ | {"NO_COLOR": "1"},
                capture_output=True,
                timeout=_LONGEST,
                check=False,
            ).returncode  # fmt: skip
            # A faulty service may make the program break off, which tells nothing of it;
            # the correct one may not, or the baseline would lack what was left.
            is_broken = code not in (0, 1)
            if is_broken and (build is Service or not subject.requests):
                raise RuntimeError(f"{PROGRAM} ended with code {code}")
            return _trial(subject, begun, 0 if is_broken else code)

    def _baseline(self, contract: Contract) -> Path:
        return self._folder / f"{contract.model.replace('/', '-')}-baseline.json"


def _trial(subject: Subject, begun: float, alarms: int) -> Trial:
    return Trial(
        alarms=alarms,
        requests=subject.requests,
        accepted=subject.accepted,
        seconds=time.monotonic() - begun,
    )
