"""The tables of docs/contract-tests.md: what is claimed, and what each claim has caught."""

import re
from collections.abc import Iterable
from pathlib import Path

from contract_tests import CLAIMS
from tests.contract_tests.mutants.catalogue import Mutant

PAGE = Path(__file__).resolve().parents[3] / "docs" / "contract-tests.md"


def claims_table() -> str:
    """Return the table of the claims, in the order of judgement."""
    rows = [f"| `{it.name}` | {it.statement} |" for it in CLAIMS.values()]
    return "\n".join(["| claim | in words |", "|---|---|", *rows])


def kills_table(mutants: Iterable[Mutant]) -> str:
    """Return the table of *mutants*, under the claims by which they are killed."""
    rows = [
        f"| {it.fault} | {it.contract.partition(':')[0]} | `{it.claim}` |"
        for it in mutants
    ]
    head = ["| fault | provider | killed by |", "|---|---|---|"]
    return "\n".join([f"{len(rows)} variants, all found out.", "", *head, *rows])


def table_in(page: str, name: str) -> str:
    """Return what stands between the marks of the table *name*."""
    return page.partition(f"<!-- {name} -->\n")[2].partition(
        f"\n<!-- end of {name} -->"
    )[0]


def with_table(page: str, name: str, table: str) -> str:
    """Return *page* with *table* between the marks of the table *name*."""
    marks = f"(<!-- {name} -->\n).*?(<!-- end of {name} -->)"
    return re.sub(marks, lambda it: f"{it[1]}{table}\n{it[2]}", page, flags=re.DOTALL)
