"""What a run has found so far about one contract."""

from collections import Counter
from dataclasses import dataclass, field

from contract_tests.failures import Fault


@dataclass(slots=True, kw_only=True)
class Tally:
    """Counts per claim, the smallest sighting of each fault, and the states seen.

    Hypothesis sees one fault hundreds of times while it looks for the smallest case;
    a fault counts once, by its key.
    """

    contract: str
    requests: int = 0
    passed: Counter[str] = field(default_factory=Counter)
    faults: dict[str, Fault] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    states: dict[str, None] = field(default_factory=dict)  # in the order seen
    seconds: float = 0.0

    def add_fault(self, fault: Fault) -> None:
        """Keep *fault*, unless a smaller sighting of it is known."""
        known = self.faults.get(fault.key)
        if known is None or fault.size < known.size:
            self.faults[fault.key] = fault
