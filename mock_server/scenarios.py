"""What a scenario does: to the course of a job, or to single calls.

A scenario is a row of `SCENARIOS`; nothing else knows their names. One that has a
`refusal` or a `damage` and no `every` strikes each call it is chosen for, and no job
comes of a submit that is refused. Any other is chosen by a submit and stays with the
job. `mock_server.selection` says which is chosen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum, auto
from types import MappingProxyType

from mock_server.errors import UnknownScenarioError
from mock_server.refusals.reasons import Reason
from specs import Event

SCENARIO_HEADER = "X-Mock-Scenario"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a job failed, and the status code that says so where one is sent.

    `timeout` says whose patience ran out, where somebody's did.
    """

    type: str
    message: str
    status: int
    timeout: str | None = None


class Damage(Enum):
    """What becomes of an answer on its way."""

    CUT_JSON = auto()  # it arrives whole, but its JSON ends in the middle
    RESET = auto()  # the connection is reset before its first byte
    HALF_VIDEO = auto()  # the video's connection is reset when half of it is sent
    NO_VIDEO = auto()  # the video's URL has expired


_CRASH = Failure(
    type="internal_server_error", message="Internal Server Error", status=500
)
_NO_MEDIA = Failure(
    type="no_media_generated",
    message="No video was generated; change the prompt or the input and try again.",
    status=422,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """The course of a job, and what befalls the calls about it.

    It ends by *end*, or never where that is None, and every wait takes *pace* times
    as long as usual. *failure* is what it says when it fails, of itself or forced.
    Calls meet the *refusal* and the *damage*; with *every*, only that many-th poll of
    the job does. *downloads* is the damage that every download of its video meets,
    *webhook_failures* how many deliveries fail first. *mixed* scenarios are those
    that chaos draws from.
    """

    name: str
    summary: str
    end: Event | None = Event.COMPLETE
    pace: float = 1.0
    failure: Failure = _CRASH
    refusal: Reason | None = None
    damage: Damage | None = None
    every: int | None = None
    downloads: Damage | None = None
    webhook_failures: int = 0
    mixed: bool = True

    @property
    def strikes_calls(self) -> bool:
        """Whether it befalls single calls, and not a job."""
        return self.every is None and bool(self.refusal or self.damage)


_ALL = (
    Scenario(name="success", summary="the job completes", mixed=False),
    Scenario(
        name="error",
        summary="the job fails once it has been worked on",
        end=Event.FAIL,
        failure=_NO_MEDIA,
    ),
    Scenario(
        name="slow",
        summary="the job completes after 15 times the wait",
        pace=15,
        mixed=False,
    ),
    Scenario(
        name="stuck",
        summary="the job is taken up and never ends",
        end=None,
        mixed=False,
    ),
    Scenario(
        name="flaky",
        summary="every second poll of the job answers 503",
        refusal=Reason.UNAVAILABLE,
        every=2,
    ),
    Scenario(
        name="rate_limited",
        summary="the call answers 429 with Retry-After",
        refusal=Reason.RATE_LIMITED,
    ),
    Scenario(
        name="no_credits",
        summary="the call answers 403: the account has run out of credits",
        refusal=Reason.NO_CREDITS,
        mixed=False,
    ),
    Scenario(
        name="unauthorised",
        summary="the call answers as if its key were unknown",
        refusal=Reason.NO_KEY,
        mixed=False,
    ),
    Scenario(
        name="malformed_json",
        summary="the call is carried out, but the JSON of its answer is cut off",
        damage=Damage.CUT_JSON,
    ),
    Scenario(
        name="connection_reset",
        summary="the call is carried out, but the connection is reset before the answer",
        damage=Damage.RESET,
    ),
    Scenario(
        name="truncated_download",
        summary="the connection is reset when half of the video is sent",
        downloads=Damage.HALF_VIDEO,
    ),
    Scenario(
        name="expired_url",
        summary="the URL of the video answers 403",
        downloads=Damage.NO_VIDEO,
    ),
    Scenario(
        name="webhook_fails_first",
        summary="the first delivery of the job's webhook fails",
        webhook_failures=1,
    ),
)

SCENARIOS: Mapping[str, Scenario] = MappingProxyType({it.name: it for it in _ALL})
DEFAULT = _ALL[0].name


def find_scenario(name: str, *, where: str = f"header {SCENARIO_HEADER}") -> Scenario:
    """Return the scenario of that name; raise UnknownScenarioError if nobody wrote it.

    *where* is what the message calls the place that the name stands in.
    """
    try:
        return SCENARIOS[name]
    except KeyError:
        near = get_close_matches(name[:80], SCENARIOS, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise UnknownScenarioError(
            f"{where}: no scenario is named {name[:80]!r}; "
            f"{hint}known are {', '.join(SCENARIOS)}"
        ) from None


def scenario_of(name: str) -> Scenario:
    """Return what a job that was stored under *name* goes by.

    A job may outlive the version that knew its scenario.
    """
    return SCENARIOS.get(name, SCENARIOS[DEFAULT])
