"""The rules of a contract as a grid: a row for each value, a column for each keyword."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contract_tests.reports.model import RuleResult
from contract_tests.tally import Verdict

_FIRST = ("required", "optional", "type", "nullable", "enum", "minimum", "maximum")
"""The columns that most documents fill; others follow as they come."""

_SELF_EVIDENT = frozenset(
    {"required", "optional", "nullable", "json", "uniqueItems", "additionalProperties"}
)
"""Keywords of which the grid says all by naming them."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The sides of the rules that one keyword makes for one value."""

    sides: tuple[RuleResult, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst that is known of any side."""
        found = {it.verdict for it in self.sides}
        worst = (Verdict.FAILED, Verdict.MISSED)
        return next((it for it in worst if it in found), Verdict.PROVED)

    @property
    def proved(self) -> int:
        """How many sides are proved."""
        return sum(it.verdict is Verdict.PROVED for it in self.sides)

    @property
    def value(self) -> str:
        """What the keyword is set to, unless that is many things or says nothing."""
        values = {it.value for it in self.sides}
        if len(values) > 1 or self.sides[0].keyword in _SELF_EVIDENT:
            return ""
        return values.pop().strip('"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What is demanded of the value at *place*; None where a keyword says nothing."""

    place: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Every rule side of a contract, each in one cell."""

    keywords: tuple[str, ...]
    rows: tuple[Row, ...]


def grid_of(rules: Sequence[RuleResult]) -> Grid:
    """Return *rules* as a grid, rows in the document's order."""
    keywords = _in_order(it.keyword for it in rules)
    cells: dict[str, dict[str, list[RuleResult]]] = {}
    for it in rules:
        cells.setdefault(it.place, {}).setdefault(it.keyword, []).append(it)
    return Grid(
        keywords=keywords,
        rows=tuple(
            Row(
                place=place,
                cells=tuple(
                    Cell(tuple(found[it])) if it in found else None for it in keywords
                ),
            )
            for place, found in cells.items()
        ),
    )


def _in_order(keywords: Iterable[str]) -> tuple[str, ...]:
    found = dict.fromkeys(keywords)
    return (
        *(it for it in _FIRST if it in found),
        *(it for it in found if it not in _FIRST),
    )
