"""What a run has found so far about one contract."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from contract_tests.failures import Fault
from contract_tests.rules import RuleSide, sides_of
from specs import Contract


class Verdict(StrEnum):
    """What the answers say of one side of a rule."""

    PROVED = "proved"
    FAILED = "failed"
    MISSED = "not reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What is known of each side of each rule of one contract, in the document's order."""

    verdicts: Mapping[RuleSide, Verdict]

    @property
    def share(self) -> float:
        """The proved sides among all, from 0 to 1."""
        return len(self.sides(Verdict.PROVED)) / len(self.verdicts)

    def sides(self, verdict: Verdict) -> tuple[RuleSide, ...]:
        """Return the sides of which *verdict* is known."""
        return tuple(side for side, it in self.verdicts.items() if it is verdict)


@dataclass(slots=True, kw_only=True)
class Tally:
    """Counts per claim, the smallest sighting of each fault, and the states seen.

    Hypothesis sees one fault hundreds of times while it looks for the smallest case;
    a fault counts once, by its key. `verdicts` knows the sides of rules that a judged
    answer was about; a side that failed once has failed. `choices` says of each
    question on which readers of the document differ whether the service accepted.
    """

    contract: str
    requests: int = 0
    passed: Counter[str] = field(default_factory=Counter)
    faults: dict[str, Fault] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    states: dict[str, None] = field(default_factory=dict)  # in the order seen
    verdicts: dict[str, Verdict] = field(default_factory=dict)  # by the side's key
    choices: dict[str, bool] = field(default_factory=dict)
    seconds: float = 0.0

    def add_fault(self, fault: Fault) -> None:
        """Keep *fault*, unless a smaller sighting of it is known."""
        known = self.faults.get(fault.key)
        if known is None or fault.size < known.size:
            self.faults[fault.key] = fault

    def note(self, sides: Iterable[RuleSide], *, held: bool) -> None:
        """Count that an answer showed *sides*, or where it *held* not, broke them."""
        for it in sides:
            if not held:
                self.verdicts[it.key] = Verdict.FAILED
            else:
                self.verdicts.setdefault(it.key, Verdict.PROVED)

    def coverage(self, contract: Contract) -> Coverage:
        """Return what is known of each side of the rules of *contract*."""
        return Coverage(
            verdicts={
                it: self.verdicts.get(it.key, Verdict.MISSED)
                for it in sides_of(contract)
            }
        )
