"""From what was counted during a run to the report on it."""

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from contract_tests.checks import CLAIMS
from contract_tests.failures import show
from contract_tests.reports.model import (
    ChoiceResult,
    ClaimResult,
    ContractResult,
    FaultResult,
    Report,
    RuleResult,
    TestResult,
    TransitionResult,
)
from contract_tests.tally import Tally
from specs import Contract


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Under which a run took place.

    `command` are the words that start such a run again; they may hold `$NAME` for a
    shell to fill in. `only` is the key of the one fault that was looked for, where
    not all were.
    """

    base_url: str
    profile: str
    seed: int
    must_be_complete: bool = False
    command: tuple[str, ...] = ()
    only: str | None = None

    def again(self, key: str) -> str:
        """Return the command that looks for the fault of that *key* alone."""
        if not self.command:
            return ""
        rest = ("--profile", self.profile, "--seed", str(self.seed), "--only", key)
        return " ".join([*self.command, shlex.join(rest)])


def report_on(
    found: Iterable[tuple[Contract, Tally]], circumstances: Circumstances
) -> Report:
    """Return the report on what each contract's tally holds."""
    return Report(
        base_url=circumstances.base_url,
        profile=circumstances.profile,
        seed=circumstances.seed,
        must_be_complete=circumstances.must_be_complete,
        contracts=tuple(_result(*it, circumstances) for it in found),
    )


def _result(
    contract: Contract, tally: Tally, circumstances: Circumstances
) -> ContractResult:
    faults = tuple(_faults(tally, circumstances))
    broken = [it.fault.claim for it in faults]
    return ContractResult(
        contract=contract.id,
        claims=tuple(
            ClaimResult(claim=it, passed=tally.passed[it], failed=broken.count(it))
            for it in CLAIMS
        ),
        rules=tuple(_rules(contract, tally)),
        choices=tuple(
            ChoiceResult(question=show(it), is_accepted=is_accepted)
            for it, is_accepted in tally.choices.items()
        ),
        faults=faults,
        errors=tuple(tally.errors),
        initial=contract.lifecycle.initial,
        states=tuple(it for it in contract.lifecycle.states if it in tally.states),
        transitions=tuple(_transitions(contract, tally)),
        submitted=sum(n for (before, _), n in tally.transitions.items() if not before),
        requests=tally.requests,
        tests=tuple(
            TestResult(test=test, seconds=seconds)
            for test, seconds in tally.seconds.items()
        ),
    )


def _faults(tally: Tally, circumstances: Circumstances) -> Iterator[FaultResult]:
    for key, fault in tally.faults.items():
        if circumstances.only in (None, key):
            yield FaultResult(
                fault=fault,
                sightings=tally.sightings[key],
                test=tally.found_by[key],
                again=circumstances.again(key),
            )


def _rules(contract: Contract, tally: Tally) -> Iterator[RuleResult]:
    for it, verdict in tally.coverage(contract).items():
        yield RuleResult(
            place=show(".".join(map(str, it.rule.path)) or it.rule.location),
            keyword=it.rule.keyword,
            value=show(it.rule.text),
            pointer=show(it.rule.pointer),
            side=it.side.value,
            verdict=verdict,
        )


def _transitions(contract: Contract, tally: Tally) -> Iterator[TransitionResult]:
    """Yield the table's transitions, seen or not, and then what else was seen."""
    ways: dict[tuple[str, str], list[str]] = {}
    for before, events in contract.lifecycle.transitions.items():
        for event, after in events.items():
            ways.setdefault((before, after), []).append(event.value)
    others = [it for it in tally.transitions if it[0] and it not in ways]
    for (before, after), names in (ways | {it: [] for it in others}).items():
        yield TransitionResult(
            before=before,
            after=after,
            events=tuple(names),
            seen=tally.transitions[before, after],
        )
