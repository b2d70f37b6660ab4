"""What a claim is: something held of a service, and when it can be judged.

The claims themselves, in the order of judgement, are the table of
`contract_tests.checks`.
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
    """A check under its name, the claim in a sentence, and what it can judge.

    It is asked in its situations only, and there only when the evidence has a bearing
    on it: a claim that counts as held has been put to the test.
    """

    name: str
    statement: str
    check: Check
    situations: frozenset[Situation]
    when: When

    def judges(self, evidence: Evidence) -> bool:
        """Say whether *evidence* has a bearing on this claim."""
        return evidence.situation in self.situations and self.when(evidence)


def claim(
    *situations: Situation, when: When = lambda _: True
) -> Callable[[Check], Claim]:
    """Make a claim of a check for *situations*: its name is the claim's name."""

    def made(check: Check) -> Claim:
        return Claim(
            name=check.__name__,
            statement=(check.__doc__ or "").strip(),
            check=check,
            situations=frozenset(situations),
            when=when,
        )

    return made
