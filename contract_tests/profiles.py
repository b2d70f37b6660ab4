"""How much a run tries: the profiles by name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.database import ExampleDatabase
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from contract_tests.errors import TargetError

Test = TypeVar("Test", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How many requests are drawn, and how many lives of jobs, each of so many steps.

    The same ones are drawn each time, unless the profile is random or a seed is given.
    A rule that a complete profile never reaches is a fault of the run. Of a failure a
    smaller case is looked for, in as many seconds as *shrinking* says.
    """

    name: str
    drawn: int
    lives: int
    steps: int
    shrinking: float
    is_random: bool = False
    is_complete: bool = True

    def seed(self, wanted: int | None, *, dice: int) -> int:
        """Return the seed to draw from: the *wanted* one, or what the *dice* say."""
        if wanted is not None:
            return wanted
        return dice if self.is_random else 0


PROFILES = {
    it.name: it
    for it in (
        Profile(
            name="quick", drawn=20, lives=5, steps=15, shrinking=3, is_complete=False
        ),
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

    What failed before is tried again first where *found* remembers it.
    """

    def __init__(
        self, profile: Profile, seed: int, found: ExampleDatabase | None = None
    ) -> None:
        self.shrinking = profile.shrinking
        self._profile = profile
        self._seed = seed
        self._found = found

    def __call__(self, test: Callable[[], None]) -> Callable[[], None]:
        # In this order: a seed alone would turn the kept failures off.
        return self._settings(self._profile.drawn)(self._seeded(test))

    def play(self, machine: type[RuleBasedStateMachine]) -> None:
        """Run *machine* for as many lives as the profile says."""
        run_state_machine_as_test(
            self._seeded(machine), settings=self._settings(self._profile.lives)
        )

    def _seeded(self, test: Test) -> Test:
        seeded: Test = seed(self._seed)(test)
        return seeded

    def _settings(self, examples: int) -> settings:
        return settings(
            max_examples=examples,
            stateful_step_count=self._profile.steps,
            derandomize=False,  # the seed decides
            database=self._found,
            deadline=None,  # a slow answer is no wrong answer
            report_multiple_bugs=False,
            phases=(Phase.reuse, Phase.generate, Phase.shrink),
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
