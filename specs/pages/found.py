"""What was found in pages."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from specs.messages import one_line
from specs.pages.rules import RULES, Level, Rule

_LONGEST = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a page gets wrong.

    *says* is what the page says and *contract* what the contract does, each on one
    printable line; *pointer* leads to where, and is empty where nothing does.
    """

    rule: Rule
    page: str
    line: int
    says: str
    contract: str
    pointer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReport:
    """What was found in *pages*, in the order of the pages.

    *examples* counts the calls and answers that were held to a contract.
    """

    pages: tuple[str, ...]
    findings: tuple[Finding, ...]
    examples: int

    @property
    def counts(self) -> dict[Level, int]:
        """How many findings there are of each level."""
        found = Counter(it.rule.level for it in self.findings)
        return {it: found[it] for it in Level}

    def reaches(self, level: Level) -> bool:
        """Say whether a finding is as bad as *level*, or worse."""
        return any(it.rule.level.rank <= level.rank for it in self.findings)


class Findings:
    """Findings of one *page* as they are made; nothing is said twice of one line."""

    def __init__(self, page: str) -> None:
        self._page = page
        self._found: dict[tuple[str, int, str], Finding] = {}
        self.examples = 0

    def __iter__(self) -> Iterator[Finding]:
        """Yield the findings by line."""
        yield from sorted(
            self._found.values(), key=lambda it: (it.line, it.rule.level.rank, it.says)
        )

    def add(
        self, rule: str, line: int, says: str, contract: str, pointer: str = ""
    ) -> None:
        """Add that *rule*, an id, is broken at *line*."""
        finding = Finding(
            rule=RULES[rule],
            page=self._page,
            line=line,
            says=one_line(says, longest=_LONGEST),
            contract=one_line(contract, longest=_LONGEST),
            pointer=one_line(pointer, longest=_LONGEST),
        )
        self._found.setdefault((rule, line, finding.says), finding)
