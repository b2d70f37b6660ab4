"""The registry of claims: what may be held of a service, and when it can be judged.

The checks themselves stand in `contract_tests.checks`, in the order of judgement:
what a later one finds is often a consequence of what an earlier one found, so the
first finding about an answer is the one reported.
"""

from collections.abc import Callable
from dataclasses import dataclass

from contract_tests.evidence import Evidence, Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong, and the rule of the document that is at stake, if it is one."""

    problem: str
    rule: str = ""
    pointer: str = ""


Check = Callable[[Evidence], Finding | None]
When = Callable[[Evidence], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A check under its name, and what it can judge.

    It is asked in its situations only, and there only when the evidence has a bearing
    on it: a claim that counts as held has been put to the test.
    """

    name: str
    check: Check
    situations: frozenset[Situation]
    when: When

    def judges(self, evidence: Evidence) -> bool:
        """Say whether *evidence* has a bearing on this claim."""
        return evidence.situation in self.situations and self.when(evidence)


CLAIMS: dict[str, Claim] = {}
"""Every claim by its name, in the order of judgement."""


def claim(
    *situations: Situation, when: When = lambda _: True
) -> Callable[[Check], Check]:
    """Register a check for *situations*; its name is the claim."""

    def register(check: Check) -> Check:
        name = check.__name__
        CLAIMS[name] = Claim(
            name=name,
            check=check,
            situations=frozenset(situations),
            when=when,
        )
        return check

    return register
