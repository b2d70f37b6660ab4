"""How long jobs take: a mean and its spread, or a distribution for each scenario.

A file says the latter in TOML, a table for each scenario and a wait for each stage:

    [success]
    queued = 2.5                           # seconds, always
    generating = { uniform = [60, 120] }   # evenly between the two

    [slow]
    generating = { lognormal = [300, 0.5] }  # the median, and sigma of its logarithm

A scenario that the file does not name, or a stage of one, goes by mean and spread.
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Literal

from mock_server.errors import TimingError
from mock_server.scenarios import Scenario, find_scenario

Stage = Literal["queued", "generating"]
Kind = Literal["fixed", "uniform", "normal", "lognormal", "exponential"]
_STAGES: tuple[Stage, ...] = ("queued", "generating")
_LONGEST = 1e6  # seconds
_SIZES: Mapping[Kind, int] = {
    "uniform": 2,
    "normal": 2,
    "lognormal": 2,
    "exponential": 1,
}


@dataclass(frozen=True, slots=True)
class Wait:
    """A distribution of seconds; `values` are what its `kind` goes by."""

    kind: Kind
    values: tuple[float, ...]

    def draw(self, random: Random) -> float:
        """Return one wait, neither below nothing nor beyond a million seconds."""
        seconds = self.values[0]
        match self.kind, self.values:
            case "uniform", (low, high):
                seconds = random.uniform(low, high)
            case "normal", (mean, deviation):
                seconds = random.gauss(mean, deviation)
            case "lognormal", (median, sigma):
                seconds = median * math.exp(min(random.gauss(0.0, sigma), 100.0))
            case "exponential", (mean,):
                seconds = -mean * math.log(1.0 - random.random())
        return min(max(seconds, 0.0), _LONGEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long jobs take, in seconds: the mean of each wait, and its spread.

    A wait is drawn evenly from the mean less *spread* times the mean, to the mean
    plus as much, and takes as many times as long as its scenario has it; *scenarios*
    holds the waits that go by a distribution of their own.
    """

    queued: float = 1.0
    generating: float = 3.0
    spread: float = 0.3
    scenarios: Mapping[str, Mapping[Stage, Wait]] = field(default_factory=dict)

    def draw(self, stage: Stage, scenario: Scenario, random: Random) -> float:
        """Return how long a job that goes by *scenario* stays in *stage*."""
        wait = self.scenarios.get(scenario.name, {}).get(stage)
        if wait is not None:
            return wait.draw(random)
        mean = self.queued if stage == "queued" else self.generating
        factor = 1 - self.spread + 2 * self.spread * random.random()
        return scenario.pace * mean * factor


def read_timings(path: Path) -> dict[str, dict[Stage, Wait]]:
    """Return the waits that the file at *path* states, by scenario and stage.

    Raises TimingError, or UnknownScenarioError for a table that is no scenario's.
    """
    try:
        facts = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise TimingError(f"{path}: is no TOML: {exc}") from exc
    found: dict[str, dict[Stage, Wait]] = {}
    for name, table in facts.items():
        find_scenario(name, where=str(path))
        if not isinstance(table, dict) or not table.keys() <= set(_STAGES):
            raise TimingError(
                f"{path}: {name} is {table!r:.80}; write a table [{name}] with "
                "queued, generating or both"
            )
        waits = {it: _read_wait(table[it], f"{path}: {name}.{it}") for it in table}
        found[name] = {it: waits[it] for it in _STAGES if it in waits}
    return found


def _read_wait(value: Any, where: str) -> Wait:
    if _is_seconds(value):
        return Wait("fixed", (float(value),))
    pair = value if isinstance(value, dict) and len(value) == 1 else {}
    kind = next((it for it in _SIZES if it in pair), None)
    numbers = pair[kind] if kind else []
    numbers = numbers if isinstance(numbers, list) else [numbers]
    fits = kind and len(numbers) == _SIZES[kind]
    if kind is None or not fits or not all(_is_seconds(it) for it in numbers):
        raise TimingError(
            f"{where}: is {value!r:.80}; give seconds from 0 to {_LONGEST:.0f}, or one "
            "of { uniform = [LOW, HIGH] }, { normal = [MEAN, DEVIATION] }, "
            "{ lognormal = [MEDIAN, SIGMA] }, { exponential = MEAN }"
        )
    return Wait(kind, tuple(map(float, numbers)))


def _is_seconds(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and 0 <= value <= _LONGEST  # NaN is not
