"""What a run has found so far: about one contract, and about all of them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from contract_tests.errors import ContractTestError
from contract_tests.failures import Fault
from contract_tests.rules import RuleSide, sides_of
from specs import Contract


class Verdict(StrEnum):
    """What the answers say of one side of a rule."""

    PROVED = "proved"
    FAILED = "failed"
    MISSED = "not reached"


@dataclass(slots=True, kw_only=True)
class Tally:
    """Counts per claim, the smallest sighting of each fault, and the states seen.

    Hypothesis sees one fault hundreds of times while it looks for the smallest case;
    a fault counts once, by its key. `test` is the test that runs now. `verdicts` knows
    the sides of rules that a judged answer was about; a side that failed once has
    failed. `choices` says of each question on which readers of the document differ
    whether the service accepted. All of it can be pickled, so that a worker can send
    its tally home.
    """

    contract: str
    test: str = ""
    requests: int = 0
    passed: Counter[str] = field(default_factory=Counter)
    faults: dict[str, Fault] = field(default_factory=dict)
    sightings: Counter[str] = field(default_factory=Counter)  # by a fault's key
    found_by: dict[str, str] = field(default_factory=dict)  # the first test that saw it
    errors: list[str] = field(default_factory=list)
    transitions: Counter[tuple[str, str]] = field(default_factory=Counter)
    verdicts: dict[str, Verdict] = field(default_factory=dict)  # by the side's key
    choices: dict[str, bool] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)  # by test

    @property
    def states(self) -> tuple[str, ...]:
        """The states that jobs were seen in, in the order first seen."""
        return tuple(dict.fromkeys(after for _, after in self.transitions))

    def add_fault(self, fault: Fault) -> None:
        """Keep *fault*, unless a smaller sighting of it is known."""
        self.sightings[fault.key] += 1
        self.found_by.setdefault(fault.key, self.test)
        self._keep(fault)

    def add_transition(self, before: str, after: str) -> None:
        """Count that a job seen in *before*, or just submitted, was next in *after*."""
        self.transitions[before, after] += 1

    def add_seconds(self, test: str, seconds: float) -> None:
        """Count that *test* worked for so long, or for so much longer."""
        self.seconds[test] = self.seconds.get(test, 0.0) + seconds

    def note(self, sides: Iterable[RuleSide], *, held: bool) -> None:
        """Count that an answer showed *sides*, or where it *held* not, broke them."""
        for it in sides:
            self._note(it.key, Verdict.PROVED if held else Verdict.FAILED)

    def coverage(self, contract: Contract) -> dict[RuleSide, Verdict]:
        """Return what is known of each side of the rules of *contract*, in their order."""
        return {
            it: self.verdicts.get(it.key, Verdict.MISSED) for it in sides_of(contract)
        }

    def merge(self, other: "Tally") -> None:
        """Add what *other* found about the same contract."""
        self.requests += other.requests
        self.passed.update(other.passed)
        self.sightings.update(other.sightings)
        self.transitions.update(other.transitions)
        for fault in other.faults.values():
            self._keep(fault)
        for key, verdict in other.verdicts.items():
            self._note(key, verdict)
        self.choices |= other.choices
        for test, seconds in other.seconds.items():
            self.add_seconds(test, seconds)
        self.found_by = other.found_by | self.found_by
        self.errors += [it for it in other.errors if it not in self.errors]

    def _keep(self, fault: Fault) -> None:
        known = self.faults.get(fault.key)
        if known is None or fault.size < known.size:
            self.faults[fault.key] = fault

    def _note(self, key: str, verdict: Verdict) -> None:
        if verdict is Verdict.FAILED or key not in self.verdicts:
            self.verdicts[key] = verdict


@dataclass(slots=True, kw_only=True)
class Findings:
    """A tally for each contract, and what became of the run as a whole.

    `stopped_by` is what ended the run early, `is_partial` says that a part of the
    tests was left out on demand.
    """

    tallies: dict[str, Tally] = field(default_factory=dict)
    stopped_by: ContractTestError | None = None
    is_partial: bool = False

    def about(self, contract: str) -> Tally:
        """Return the tally of the contract of that id."""
        return self.tallies.setdefault(contract, Tally(contract=contract))

    def merge(self, other: "Findings") -> None:
        """Add what *other* found."""
        for contract, tally in other.tallies.items():
            self.about(contract).merge(tally)
        self.stopped_by = self.stopped_by or other.stopped_by
        self.is_partial = self.is_partial or other.is_partial
