"""Run every mutant, and write the tables of docs/contract-tests.md.

python -m tests.contract_tests.mutants [--seeds N] [--workers N]

The exit code is 1 where one survived, or the correct service was blamed.
"""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import cache, partial
from itertools import product

from rich.progress import Progress

from specs import Registry, vendored_folder
from tests.contract_tests.mutants import MUTANTS, Service
from tests.contract_tests.mutants.execution import Kill, examine, kill
from tests.contract_tests.mutants.page import (
    PAGE,
    claims_table,
    kills_table,
    with_table,
)


@cache
def _registry() -> Registry:
    return Registry.load(vendored_folder())


def judge(name: str, *, seeds: int) -> Kill:
    """Return how the mutant *name* fared with so many *seeds*."""
    return kill(MUTANTS[name], _registry(), seeds=seeds)


def blame(contract: str, seed: int) -> str:
    """Return what is said of the correct service with *seed*, or an empty text."""
    report = examine(Service(_registry()), _registry(), contract, seed=seed)
    faults = [it.key for it in report.faults]
    return f"the correct service, seed {seed}: {faults}" if faults else ""


def judge_all(pool: Executor, progress: Progress, *, seeds: int) -> Iterator[Kill]:
    """Yield how each mutant fared, and say at once which survived."""
    found = pool.map(partial(judge, seeds=seeds), MUTANTS)
    for it in progress.track(found, len(MUTANTS), description="Mutants"):
        for seed, verdict in it.survived.items():
            progress.console.print(f"{it.mutant}, seed {seed}: {verdict}", markup=False)
        yield it


def blame_all(pool: Executor, progress: Progress, *, seeds: int) -> Iterator[str]:
    """Yield what is wrongly said of the correct service, at once."""
    contracts = sorted({it.contract for it in MUTANTS.values()})
    runs = [*product(contracts, range(seeds))]
    found = pool.map(blame, *zip(*runs, strict=True))
    for it in progress.track(found, len(runs), description="The correct service"):
        if it:
            progress.console.print(it, markup=False)
            yield it


def main(arguments: Iterable[str]) -> int:
    """Write what came of it; return 0 if every mutant was killed, and nobody else."""
    parser = argparse.ArgumentParser(prog="tests.contract_tests.mutants")
    parser.add_argument("--seeds", type=int, default=50, help="50 unless given")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    options = parser.parse_args([*arguments])
    with ProcessPoolExecutor(options.workers) as pool, Progress() as progress:
        kills = [*judge_all(pool, progress, seeds=options.seeds)]
        blamed = [*blame_all(pool, progress, seeds=options.seeds)]
    page = with_table(PAGE.read_text("utf-8"), "claims", claims_table())
    table = kills_table(kills, seeds=options.seeds, blamed=len(blamed))
    PAGE.write_text(with_table(page, "kills", table), "utf-8")
    return int(bool(blamed) or any(it.survived for it in kills))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
