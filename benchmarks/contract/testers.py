"""The two testers: what each says of one service."""

import json
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.contract.subjects import Subject, document_of, served
from contract_tests import Target, run
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


def try_ours(mutant: Mutant, registry: Registry) -> Trial:
    """Test *mutant* with the quick profile; only what names the fault is an alarm."""
    with served(mutant.build, registry, ticking=False) as subject:
        begun = time.monotonic()
        report = run(registry, _target(subject), contracts=[mutant.contract])
        verdict = Verdict(mutant=mutant, result=report.contracts[0])
        return _trial(subject, begun, len(verdict.killers))


def alarm_ours(contract: Contract, registry: Registry) -> Trial:
    """Test the correct service with the quick profile."""
    with served(Service, registry, ticking=False) as subject:
        begun = time.monotonic()
        report = run(registry, _target(subject), contracts=[contract.id])
        return _trial(subject, begun, len(report.contracts[0].faults))


class Schemathesis:
    """Schemathesis with all checks and phases, in an environment of its own.

    What it says of the correct service, with any of some seeds, becomes its baseline:
    only what is new about a faulty one counts.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def alarm(self, contract: Contract, registry: Registry) -> Trial:
        """Test the correct service, and keep what is said of it as the baseline."""
        trials = [
            self._try(Service, contract, registry, "--baseline-update", seed=seed)
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

    def attempt(self, mutant: Mutant, registry: Registry) -> Trial:
        """Test *mutant*."""
        contract = registry.contract(mutant.contract)
        return self._try(mutant.build, contract, registry, seed=1)

    def _try(
        self,
        build: Callable[..., Service],
        contract: Contract,
        registry: Registry,
        *arguments: str,
        seed: int,
    ) -> Trial:
        document = self._folder / f"{contract.model.replace('/', '-')}.json"
        document.write_text(document_of(contract), "utf-8")
        auth = contract.provider.auth
        key = f"{auth.header}: {auth.scheme} {KEYS[contract.provider.name]}"
        with served(build, registry, ticking=True) as subject:
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
            if code not in (0, 1):
                raise RuntimeError(f"{PROGRAM} ended with code {code}")
            return _trial(subject, begun, code)

    def _baseline(self, contract: Contract) -> Path:
        return self._folder / f"{contract.model.replace('/', '-')}-baseline.json"


def _target(subject: Subject) -> Target:
    return subject.service.target(None, base_url=subject.url, timeout=2.0)


def _trial(subject: Subject, begun: float, alarms: int) -> Trial:
    return Trial(
        alarms=alarms,
        requests=subject.requests,
        accepted=subject.accepted,
        seconds=time.monotonic() - begun,
    )
