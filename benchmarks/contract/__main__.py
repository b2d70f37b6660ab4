"""Runs the contract tests and Schemathesis on the same faulty services.

Run by `make bench-contract`, which installs Schemathesis beside it. The page
`benchmarks/contract.md` is written anew after every service, so a run that is broken
off leaves what it has.
"""

import argparse
import platform
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from rich.progress import track

from benchmarks.contract.testers import (
    PROGRAM,
    Schemathesis,
    Trial,
    alarm_ours,
    try_ours,
)
from contract_tests import CLAIMS
from specs import Registry, vendored_folder
from tests.contract_tests.mutants import MUTANTS, Mutant

RESULT = Path(__file__).parents[1] / "contract.md"
THEMES = ("requests", "answers", "life", "outcome")
Trials = Mapping[str, Trial]


def theme_of(mutant: Mutant) -> str:
    """Return what the fault of *mutant* is about: the module of its claim."""
    return CLAIMS[mutant.claim].check.__module__.rpartition(".")[2]


def rows(alarms: Mapping[str, list[Trial]], found: Mapping[str, Trials]) -> list[str]:
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
            sum(trial.alarms for trial in alarms[it])
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


def write(alarms: Mapping[str, list[Trial]], found: Mapping[str, Trials]) -> None:
    """Put the table, and who was not found out, between the marks of the page."""
    missed = [
        f"- {name}: "
        + "; ".join(it for it, trial in trials.items() if not trial.alarms)
        for name, trials in found.items()
        if not all(trial.alarms for trial in trials.values())
    ]
    page = RESULT.read_text("utf-8")
    head, _, rest = page.partition("<!-- table -->\n")
    tail = rest.partition("<!-- end -->")[2]
    lines = [*rows(alarms, found), "", "Not found out:", "", *missed]
    text = "\n".join(lines if missed else lines[:-3])
    RESULT.write_text(f"{head}<!-- table -->\n{text}\n<!-- end -->{tail}", "utf-8")


def main(arguments: Iterable[str]) -> int:
    """Try every service that is asked for; return 0."""
    parser = argparse.ArgumentParser(prog="benchmarks.contract")
    parser.add_argument("--every", type=int, default=1, help="only each so-manieth")
    every = parser.parse_args([*arguments]).every
    chosen = [it for n, it in enumerate(MUTANTS.values()) if n % every == 0]
    registry = Registry.load(vendored_folder())
    version = subprocess.run(  # noqa: S603 - of the environment beside this file
        [PROGRAM, "--version"], capture_output=True, text=True, check=True
    ).stdout.split()[-1]
    ours, theirs = "reelspec, `quick`", f"Schemathesis {version}"
    print(f"Python {platform.python_version()}", file=sys.stderr)
    found: dict[str, dict[str, Trial]] = {ours: {}, theirs: {}}
    with TemporaryDirectory() as folder:
        rival = Schemathesis(Path(folder))
        contracts = [
            registry.contract(it) for it in sorted({it.contract for it in chosen})
        ]
        alarms = {
            ours: [alarm_ours(it, registry) for it in contracts],
            theirs: [rival.alarm(it, registry) for it in contracts],
        }
        for it in track(chosen, description="Faulty services"):
            found[ours][it.name] = try_ours(it, registry)
            found[theirs][it.name] = rival.attempt(it, registry)
            write(alarms, found)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
