"""What was measured so far, kept so that a run that is broken off can go on."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from benchmarks.contract.testers import Trial


class Records:
    """The trials of each tester by the name of what it tested, as lines of a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._trials: dict[str, dict[str, Trial]] = {}
        if path.exists():
            for line in path.read_text("utf-8").splitlines():
                facts = json.loads(line)
                known = self._trials.setdefault(facts["tester"], {})
                known[facts["subject"]] = Trial(**facts["trial"])

    def of(self, tester: str) -> dict[str, Trial]:
        """Return the trials of *tester*."""
        return self._trials.get(tester, {})

    def add(self, tester: str, subject: str, make: Callable[[], Trial]) -> None:
        """Make a trial, unless the file has it."""
        if subject in self.of(tester):
            return
        trial = make()
        self._trials.setdefault(tester, {})[subject] = trial
        facts = {"tester": tester, "subject": subject, "trial": asdict(trial)}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(facts)}\n")
