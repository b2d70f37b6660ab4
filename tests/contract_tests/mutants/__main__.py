"""Run every mutant, and write the tables of docs/contract-tests.md if all are killed.

python -m tests.contract_tests.mutants
"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from rich.progress import track

from specs import Registry, vendored_folder
from tests.contract_tests.mutants import MUTANTS
from tests.contract_tests.mutants.execution import execute
from tests.contract_tests.mutants.page import (
    PAGE,
    claims_table,
    kills_table,
    with_table,
)


def judge(name: str) -> str:
    """Return how the mutant *name* survived, or an empty text."""
    verdict = execute(MUTANTS[name], Registry.load(vendored_folder()))
    return "" if verdict.killers else f"{name}: {verdict}"


def main() -> int:
    """Return 0 if every mutant was killed."""
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        verdicts = pool.map(judge, MUTANTS)
        shown = partial(track, description="Mutants", total=len(MUTANTS))
        survivors = [it for it in shown(verdicts) if it]
    if survivors:
        print(*survivors, sep="\n", file=sys.stderr)
        return 1
    page = PAGE.read_text("utf-8")
    page = with_table(page, "claims", claims_table())
    PAGE.write_text(with_table(page, "kills", kills_table(MUTANTS.values())), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
