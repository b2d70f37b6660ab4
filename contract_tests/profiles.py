"""How much a run tries: the profiles by name."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from contract_tests.errors import TargetError

Test = TypeVar("Test", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How many requests are drawn, and how many lives of jobs, each of so many steps.

    The same ones are drawn each time, unless the profile is random or a seed is given.
    Of a failure a smaller case is looked for, in as many seconds as *shrinking* says.
    """

    name: str
    drawn: int
    lives: int
    steps: int
    shrinking: float
    is_random: bool = False


PROFILES = {
    it.name: it
    for it in (
        Profile(name="quick", drawn=20, lives=5, steps=15, shrinking=3),
        Profile(name="ci", drawn=200, lives=40, steps=30, shrinking=30),
        Profile(
            name="nightly",
            drawn=2_000,
            lives=200,
            steps=50,
            shrinking=300,
            is_random=True,
        ),
    )
}


class Draws:
    """How much Hypothesis tries, and from which seed: a decorator for a `@given` test.

    A random profile without a seed is given one here, so that its run can be repeated.
    """

    def __init__(self, profile: Profile, seed_: int | None = None) -> None:
        if seed_ is None and profile.is_random:
            seed_ = secrets.randbelow(2**32)
        self.seed = seed_
        self.shrinking = profile.shrinking
        self._profile = profile

    def __call__(self, test: Callable[[], None]) -> Callable[[], None]:
        return self._seeded(self._settings(self._profile.drawn)(test))

    def play(self, machine: type[RuleBasedStateMachine]) -> None:
        """Run *machine* for as many lives as the profile says."""
        run_state_machine_as_test(
            self._seeded(machine), settings=self._settings(self._profile.lives)
        )

    def _seeded(self, test: Test) -> Test:
        if self.seed is None:
            return test
        seeded: Test = seed(self.seed)(test)
        return seeded

    def _settings(self, examples: int) -> settings:
        return settings(
            max_examples=examples,
            stateful_step_count=self._profile.steps,
            derandomize=True,  # unless a seed says otherwise
            database=None,
            deadline=None,  # a slow answer is no wrong answer
            report_multiple_bugs=False,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )


def profile_named(name: str) -> Profile:
    """Return the profile of that name; raise TargetError, which lists them, if none."""
    try:
        return PROFILES[name]
    except KeyError:
        raise TargetError(
            "profile", f"{name!r} is unknown", fix=f"choose from {', '.join(PROFILES)}"
        ) from None
