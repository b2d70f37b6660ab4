"""Every rule that a page is held to, in one table."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Level(StrEnum):
    """How much a finding matters, the worst first."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Level).index(self)

    @property
    def meaning(self) -> str:
        """What it says of a reader who does as the page says."""
        return _MEANINGS[self]


_MEANINGS = {
    Level.ERROR: "a program written by the page is refused, or does not do what it says",
    Level.WARNING: "the page says something else than the contract, or more than is known",
    Level.NOTE: "it works, but a reader should know better",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that a page may get wrong; its *id* never changes once released."""

    id: str
    level: Level
    meaning: str


_TABLE: Final = """
rule                level    meaning
unknown-field       error    An example sends a member that the contract does not declare.
missing-field       error    An example leaves out what must be sent.
wrong-type          error    An example sends a value of another type.
outside-range       error    An example sends a value past a bound, a length, a pattern or a format.
outside-enum        error    An example sends a value that is none of the listed ones.
wrong-endpoint      error    An example or the text sends a call where the service does not take it.
impossible-status   error    A program or the text waits for a status that no job ever has.
bad-answer          error    An example answer is none that the contract allows.
unknown-model       warning  An example asks for a model that is not vendored.
unhandled-status    warning  A program waits on after a status that is final.
prose-range         warning  The text states another range.
prose-default       warning  The text states another default.
prose-enum          warning  The text lists other values.
prose-required      warning  The text says otherwise whether a parameter must be sent.
unknown-parameter   warning  A list of parameters has one that the contract does not declare.
unknown-document    warning  A linked OpenAPI document is not vendored, or is not there.
failure-as-success  note     A program does not tell a job that failed from one that succeeded.
"""

RULES: Final = {
    name: Rule(id=name, level=Level(level), meaning=meaning)
    for name, level, meaning in (
        re.split(r"\s{2,}", it) for it in _TABLE.strip().splitlines()[1:]
    )
}
"""Every rule by its id, the worst first."""


def list_rules() -> str:
    """Return the table as Markdown, for the documentation."""
    rows = [f"| `{it.id}` | {it.level.value} | {it.meaning} |" for it in RULES.values()]
    return "\n".join(["| rule | level | meaning |", "|---|---|---|", *rows])
