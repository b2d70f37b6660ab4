"""Runs the contract tests and Schemathesis on the same faulty services.

Run by `make bench-contract`, which installs Schemathesis beside it. The page
`benchmarks/contract.md` is written anew after every service. A run that is broken off
leaves what it has, and the next one goes on from there: `make clean` forgets it.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from rich.progress import track

from benchmarks.contract.records import Records
from benchmarks.contract.testers import Ours, Schemathesis, Tester, Trial
from contract_tests import CLAIMS
from specs import Contract, Registry, vendored_folder
from tests.contract_tests.mutants import MUTANTS, Mutant

RESULT = Path(__file__).parents[1] / "contract.md"
WORK = Path(__file__).parent / ".work"
THEMES = ("requests", "answers", "life", "outcome")
Trials = dict[str, Trial]


def theme_of(mutant: Mutant) -> str:
    """Return what the fault of *mutant* is about: the module of its claim."""
    return CLAIMS[mutant.claim].check.__module__.rpartition(".")[2]


def rows(found: dict[str, Trials], alarms: dict[str, Trials]) -> list[str]:
    """Return the table: a row for each measure, a column for each tester."""
    tried = [MUTANTS[it] for it in next(iter(found.values()))]
    themes = Counter(map(theme_of, tried))

    def kills(theme: str | None = None) -> Callable[[str], str]:
        counted = [it.name for it in tried if theme in (None, theme_of(it))]
        return lambda it: str(sum(bool(found[it][name].alarms) for name in counted))

    def middle(trials: Trials, measure: Callable[[Trial], float]) -> float:
        return median(map(measure, trials.values()))

    measures: dict[str, Callable[[str], str]] = {
        f"faulty services found out, of {len(tried)}": kills(),
        **{
            f"– of {themes[theme]} with a fault of {theme}": kills(theme)
            for theme in THEMES
        },
        "false alarms on the correct service": lambda it: str(
            sum(trial.alarms for trial in alarms[it].values())
        ),
        "requests, median": lambda it: (
            f"{middle(found[it], lambda t: t.requests):,.0f}"
        ),
        "accepted submits, median": lambda it: (
            f"{middle(found[it], lambda t: t.accepted):,.0f}"
        ),
        "seconds, median": lambda it: f"{middle(found[it], lambda t: t.seconds):.1f}",
    }
    head = ["| | " + " | ".join(found) + " |", "|---|" + "---:|" * len(found)]
    body = [
        f"| {name} | " + " | ".join(tell(it) for it in found) + " |"
        for name, tell in measures.items()
    ]
    return head + body


def write(
    testers: Sequence[Tester], records: Records, contracts: Sequence[Contract]
) -> None:
    """Put the table, and who was not found out, between the marks of the page."""
    of = {it.name: records.of(it.name) for it in testers}
    tried = [it for it in MUTANTS if all(it in trials for trials in of.values())]
    found = {name: {it: trials[it] for it in tried} for name, trials in of.items()}
    alarms = {
        name: {it.id: trials[it.id] for it in contracts} for name, trials in of.items()
    }
    missed = [
        f"- {name}: "
        + "; ".join(it for it, trial in trials.items() if not trial.alarms)
        for name, trials in found.items()
        if not all(trial.alarms for trial in trials.values())
    ]
    page = RESULT.read_text("utf-8")
    head, _, rest = page.partition("<!-- table -->\n")
    tail = rest.partition("<!-- end -->")[2]
    lines = [*rows(found, alarms), "", "Not found out:", "", *missed]
    text = "\n".join(lines if missed else lines[:-3])
    RESULT.write_text(f"{head}<!-- table -->\n{text}\n<!-- end -->{tail}", "utf-8")


def main(arguments: Iterable[str]) -> int:
    """Try every service that is asked for and was not tried yet; return 0."""
    parser = argparse.ArgumentParser(prog="benchmarks.contract")
    parser.add_argument("--every", type=int, default=1, help="only each so-manieth")
    every = parser.parse_args([*arguments]).every
    registry = Registry.load(vendored_folder())
    WORK.mkdir(exist_ok=True)
    testers: tuple[Tester, ...] = (
        Ours(registry),
        Ours(registry, is_live=True),
        Schemathesis(registry, WORK),
    )
    records = Records(WORK / "trials.jsonl")
    # Each eighth first, so that a run that is broken off has seen something of all.
    spread = sorted(enumerate(MUTANTS.values()), key=lambda it: it[0] % 8)
    chosen = [it for n, it in spread if n % every == 0]
    contracts = [registry.contract(it) for it in sorted({it.contract for it in chosen})]
    for tester in testers:
        for contract in track(contracts, description=tester.name):
            records.add(tester.name, contract.id, partial(tester.alarm, contract))
    for it in track(chosen, description="Faulty services"):
        for tester in testers:
            records.add(tester.name, it.name, partial(tester.attempt, it))
        write(testers, records, contracts)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
