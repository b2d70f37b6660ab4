"""What a run found, as values: every form of a report is made from these."""

from dataclasses import dataclass

from contract_tests.failures import Fault
from contract_tests.tally import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimResult:
    """How often a claim held, and how many different faults break it.

    One that was never put to the test has neither.
    """

    claim: str
    passed: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """What was found about one side of one rule.

    `place` leads to the value, with dots; `value` is the keyword's value as JSON.
    """

    place: str
    keyword: str
    value: str
    pointer: str
    side: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceResult:
    """How the service reads what readers of the document read differently."""

    question: str
    is_accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitionResult:
    """How often a poller saw a job in *before* and next in *after*.

    `events` are what the table calls the way from one to the other; it is empty
    where jobs took several steps between two polls.
    """

    before: str
    after: str
    events: tuple[str, ...]
    seen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """How long one test worked on a contract."""

    test: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultResult:
    """A fault, how often it was seen, by which test first, and how to see it alone."""

    fault: Fault
    sightings: int
    test: str
    again: str

    @property
    def key(self) -> str:
        """What this fault is called, from run to run."""
        return self.fault.key


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractResult:
    """What was found about one contract.

    `errors` are what kept its tests from judging, one line each. `submitted` is how
    many jobs were seen to begin.
    """

    contract: str
    claims: tuple[ClaimResult, ...]
    rules: tuple[RuleResult, ...]
    choices: tuple[ChoiceResult, ...]
    faults: tuple[FaultResult, ...]
    errors: tuple[str, ...]
    initial: str
    states: tuple[str, ...]  # those seen, in the order of the lifecycle
    transitions: tuple[TransitionResult, ...]
    submitted: int
    requests: int
    tests: tuple[TestResult, ...]

    @property
    def checks(self) -> int:
        """How many answers were judged, once per claim."""
        return sum(it.passed + it.failed for it in self.claims)

    @property
    def seconds(self) -> float:
        """How long its tests took together."""
        return sum(it.seconds for it in self.tests)

    @property
    def is_kept(self) -> bool:
        """Whether the service kept this contract, as far as it was judged."""
        return bool(self.checks) and not self.faults and not self.errors

    @property
    def unreached(self) -> tuple[RuleResult, ...]:
        """The sides of rules that no judged answer showed."""
        return tuple(it for it in self.rules if it.verdict is Verdict.MISSED)

    @property
    def coverage(self) -> float:
        """The share of the contract's rule sides that the run has reached."""
        if not self.rules:
            return 1.0
        return 1 - len(self.unreached) / len(self.rules)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run found about every contract it was asked about.

    `must_be_complete` says that a rule which was never reached is a fault of the run.
    """

    base_url: str
    profile: str
    seed: int
    must_be_complete: bool
    contracts: tuple[ContractResult, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every rule was reached."""
        return not any(it.unreached for it in self.contracts)

    @property
    def is_kept(self) -> bool:
        """Whether every contract was judged and kept, as completely as it must be."""
        is_enough = self.is_complete or not self.must_be_complete
        kept = bool(self.contracts) and all(it.is_kept for it in self.contracts)
        return kept and is_enough

    @property
    def faults(self) -> tuple[FaultResult, ...]:
        """The faults of every contract."""
        return tuple(fault for it in self.contracts for fault in it.faults)
