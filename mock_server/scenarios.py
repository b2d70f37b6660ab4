"""How a job is told to go, by the header `X-Mock-Scenario` of its submit.

A scenario is a row of `SCENARIOS`; nothing else knows their names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

from mock_server.errors import UnknownScenarioError
from specs import Event

SCENARIO_HEADER = "X-Mock-Scenario"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a job failed, and the status code that says so where one is sent."""

    type: str
    message: str
    status: int


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
    """The course of a job.

    It ends by *end*, or never where that is None, and every wait takes *pace* times
    as long as usual. *failure* is what it says when it fails, of itself or forced.
    """

    name: str
    summary: str
    end: Event | None = Event.COMPLETE
    pace: float = 1.0
    failure: Failure = _CRASH


_ALL = (
    Scenario(name="success", summary="the job completes"),
    Scenario(
        name="error",
        summary="the job fails once it has been worked on",
        end=Event.FAIL,
        failure=_NO_MEDIA,
    ),
    Scenario(name="slow", summary="the job completes after 15 times the wait", pace=15),
    Scenario(name="stuck", summary="the job is taken up and never ends", end=None),
)

SCENARIOS: Mapping[str, Scenario] = MappingProxyType({it.name: it for it in _ALL})
DEFAULT = _ALL[0].name


def find_scenario(name: str) -> Scenario:
    """Return the scenario of that name; raise UnknownScenarioError if nobody wrote it."""
    try:
        return SCENARIOS[name]
    except KeyError:
        near = get_close_matches(name, SCENARIOS, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise UnknownScenarioError(
            f"header {SCENARIO_HEADER}: no scenario is named {name[:80]!r}; "
            f"{hint}known are {', '.join(SCENARIOS)}"
        ) from None
