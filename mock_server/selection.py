"""Which scenario a call or a job goes by: rules, and dice for the rest.

The first of these that speaks decides: the call's header, the rule for its key, the
rule for its contract, chaos, the rule for all. A scenario that strikes calls is chosen
for each call anew. Any other is chosen by a submit and stays with the job, so that a
later call can only add what strikes calls.
"""

from random import Random, SystemRandom

from mock_server.agreement import Agreement
from mock_server.exchange import Call
from mock_server.jobs import Job
from mock_server.rules import Rules
from mock_server.scenarios import (
    SCENARIO_HEADER,
    SCENARIOS,
    Scenario,
    find_scenario,
    scenario_of,
)
from specs import Contract

_HEADER = SCENARIO_HEADER.lower()
_COURSES = tuple(it for it in SCENARIOS.values() if it.mixed)
_STRIKES = tuple(it for it in _COURSES if it.strikes_calls)


class Selection:
    """Chooses by the rules of *agreement*, as they are at the moment.

    With a *seed*, the same submits in the same order, each polled as often, meet the
    same scenarios again, however the calls about different jobs are interleaved.
    """

    def __init__(self, agreement: Agreement, *, seed: int | None) -> None:
        self._agreement = agreement
        self._seed = seed
        self._submits = 0

    @property
    def rules(self) -> Rules:
        """The rules that hold."""
        return self._agreement.settings.rules

    def reset(self) -> None:
        """Start the dice anew; the rules stay."""
        self._submits = 0

    def of_submit(self, call: Call, key: str, contract: Contract) -> Scenario:
        """Return what a submit goes by, or the job that comes of it."""
        self._submits += 1
        rules = self.rules
        ruled = _ruled(rules, call, key, contract)
        if ruled is not None:
            return ruled
        if rules.chaos:
            drawn = self._draw(rules, f"submit {self._submits}", _COURSES)
            if drawn is not None:
                return drawn
        return SCENARIOS[rules.default]

    async def of_call(
        self, call: Call, key: str, contract: Contract, job: Job, *, poll: bool
    ) -> Scenario | None:
        """Return what strikes a later call about *job*, if anything does.

        *poll* says whether the call asks for the job's status.
        """
        rules = self.rules
        ruled = _ruled(rules, call, key, contract)
        if ruled is not None and ruled.strikes_calls:
            return ruled
        course = scenario_of(job.scenario)
        if poll and (course.every or rules.chaos):
            number = await self._agreement.count_poll(job.key)
            if course.every and number % course.every == 0:
                return course
            drawn = self._draw(rules, f"poll {job.key} {number}", _STRIKES)
            if ruled is None and drawn is not None:
                return drawn
        default = SCENARIOS[rules.default]
        return default if ruled is None and default.strikes_calls else None

    def _draw(
        self, rules: Rules, what: str, mixed: tuple[Scenario, ...]
    ) -> Scenario | None:
        """Throw the dice for *what*; return one of *mixed*, or mostly nothing."""
        dice = SystemRandom() if self._seed is None else Random(f"{self._seed} {what}")  # noqa: S311 - to be replayed
        return dice.choice(mixed) if dice.random() < rules.chaos else None


def _ruled(rules: Rules, call: Call, key: str, contract: Contract) -> Scenario | None:
    """Return what the header or one of *rules* says of the call."""
    name = call.headers.get(_HEADER) or rules.keys.get(key)
    if not name and rules.models:
        name = rules.models.get(contract.id) or rules.models.get(contract.model)
    return find_scenario(name) if name else None
