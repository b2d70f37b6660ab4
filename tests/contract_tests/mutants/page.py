"""The tables of docs/contract-tests.md: what is claimed, and what each claim has caught."""

import re
from collections.abc import Sequence
from pathlib import Path

from contract_tests import CLAIMS
from tests.contract_tests.mutants.catalogue import MUTANTS, Mutant
from tests.contract_tests.mutants.execution import Kill

PAGE = Path(__file__).resolve().parents[3] / "docs" / "contract-tests.md"


def claims_table() -> str:
    """Return the table of the claims, in the order of judgement."""
    rows = [f"| `{it.name}` | {it.statement} |" for it in CLAIMS.values()]
    return "\n".join(["| claim | in words |", "|---|---|", *rows])


def kills_table(kills: Sequence[Kill], *, seeds: int, blamed: int) -> str:
    """Return the table of *kills*, in words and with so many *seeds* each.

    *blamed* says how often the correct service was found at fault.
    """
    survived = sum(bool(it.survived) for it in kills)
    drawn = sum(not it.is_planned for it in kills)
    often = "1 seed" if seeds == 1 else f"{seeds} seeds"
    others = f"; the other {drawn} were run with {often}" if drawn else ""
    text = (
        f"{len(kills)} variants, {survived or 'none'} of which survived. Planned "
        f"requests, which are the same with every seed, kill {len(kills) - drawn}"
        f"{others}. The correct service was run with {often} under each of its "
        f"contracts, and blamed {blamed or 'never'}."
    )
    rows = [f"{row_of(MUTANTS[it.mutant])} {it.way} |" for it in kills]
    head = ["| fault | provider | killed by | with |", "|---|---|---|---|"]
    return "\n".join([text, "", *head, *rows])


def row_of(mutant: Mutant) -> str:
    """Return the row of *mutant* in the table of kills, but for the last column."""
    provider = mutant.contract.partition(":")[0]
    return f"| {mutant.fault} | {provider} | `{mutant.claim}` |"


def table_in(page: str, name: str) -> str:
    """Return what stands between the marks of the table *name*."""
    return page.partition(f"<!-- {name} -->\n")[2].partition(
        f"\n<!-- end of {name} -->"
    )[0]


def with_table(page: str, name: str, table: str) -> str:
    """Return *page* with *table* between the marks of the table *name*."""
    marks = f"(<!-- {name} -->\n).*?(<!-- end of {name} -->)"
    return re.sub(marks, lambda it: f"{it[1]}{table}\n{it[2]}", page, flags=re.DOTALL)
