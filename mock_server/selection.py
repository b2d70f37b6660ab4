"""Which scenario a call or a job goes by: rules, and dice for the rest.

The first of these that speaks decides: the call's header, the rule for its key, the
rule for its contract, chaos, the rule for all. A scenario that strikes calls is chosen
for each call anew. Any other is chosen by a submit and stays with the job, so that a
later call can only add what strikes calls.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random, SystemRandom

from mock_server.exchange import Call
from mock_server.jobs import Job
from mock_server.scenarios import (
    DEFAULT,
    SCENARIO_HEADER,
    SCENARIOS,
    Scenario,
    find_scenario,
    scenario_of,
)
from specs import Contract

_MOST_COUNTED = 10_000  # jobs whose polls are counted; past it the oldest start anew
_HEADER = SCENARIO_HEADER.lower()
_COURSES = tuple(it for it in SCENARIOS.values() if it.mixed)
_STRIKES = tuple(it for it in _COURSES if it.strikes_calls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Which scenario is meant where the call does not say: the names of scenarios.

    *models* are by contract id or by model. *chaos* is the share of submits, and of
    later calls, that meet a scenario drawn from those that are mixed.
    """

    default: str = DEFAULT
    keys: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    chaos: float = 0.0

    def __post_init__(self) -> None:
        """Raise UnknownScenarioError for a name that is no scenario's."""
        for where, name in (
            ("default", self.default),
            *((f"keys {it[:4]}…", name) for it, name in self.keys.items()),
            *((f"models {it[:80]}", name) for it, name in self.models.items()),
        ):
            find_scenario(name, where=where)


class Selection:
    """Chooses by *rules*, which may be replaced at any time.

    With a *seed*, the same submits in the same order, each polled as often, meet the
    same scenarios again, however the calls about different jobs are interleaved.
    """

    def __init__(self, rules: Rules, *, seed: int | None) -> None:
        self.rules = rules
        self._seed = seed
        self._submits = 0
        self._polls: OrderedDict[str, int] = OrderedDict()

    def reset(self) -> None:
        """Start the dice anew; the rules stay."""
        self._submits = 0
        self._polls.clear()

    def of_submit(self, call: Call, key: str, contract: Contract) -> Scenario:
        """Return what a submit goes by, or the job that comes of it."""
        self._submits += 1
        ruled = self._ruled(call, key, contract)
        if ruled is not None:
            return ruled
        drawn = self._draw(f"submit {self._submits}", _COURSES)
        return drawn or SCENARIOS[self.rules.default]

    def of_call(
        self, call: Call, key: str, contract: Contract, job: Job, *, poll: bool
    ) -> Scenario | None:
        """Return what strikes a later call about *job*, if anything does.

        *poll* says whether the call asks for the job's status.
        """
        ruled = self._ruled(call, key, contract)
        if ruled is not None and ruled.strikes_calls:
            return ruled
        course = scenario_of(job.scenario)
        if poll and (course.every or self.rules.chaos):
            number = self._count(job.key)
            if course.every and number % course.every == 0:
                return course
            drawn = self._draw(f"poll {job.key} {number}", _STRIKES)
            if ruled is None and drawn is not None:
                return drawn
        default = SCENARIOS[self.rules.default]
        return default if ruled is None and default.strikes_calls else None

    def _ruled(self, call: Call, key: str, contract: Contract) -> Scenario | None:
        """Return what the header or a rule says of the call."""
        rules = self.rules
        name = (
            call.headers.get(_HEADER)
            or rules.keys.get(key)
            or rules.models.get(contract.id)
            or rules.models.get(contract.model)
        )
        return find_scenario(name) if name else None

    def _draw(self, what: str, mixed: tuple[Scenario, ...]) -> Scenario | None:
        """Throw the dice for *what*; return one of *mixed*, or mostly nothing."""
        if not self.rules.chaos:
            return None
        dice = SystemRandom() if self._seed is None else Random(f"{self._seed} {what}")  # noqa: S311 - to be replayed
        return dice.choice(mixed) if dice.random() < self.rules.chaos else None

    def _count(self, key: str) -> int:
        """Return the how many-th poll of a job this is."""
        number = self._polls.pop(key, 0) + 1
        self._polls[key] = number
        if len(self._polls) > _MOST_COUNTED:
            self._polls.popitem(last=False)
        return number
