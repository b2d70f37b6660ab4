"""What a check may look at: one exchange, what it was for, and what was known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any

from contract_tests.target import Exchange
from contract_tests.videos import VideoFacts
from contract_tests.violations import Violation
from contract_tests.wire import decode
from specs import Contract, Json, Judge, look_up


class Situation(StrEnum):
    """Why a request was sent; it decides which checks its answer must pass."""

    SUBMIT = "a valid submit"
    REFUSE = "a request that breaks a rule"
    INQUIRE = "a request on which readers of the document differ"
    POLL = "asking for the state of a job"
    FETCH = "asking for the result of a job"
    CANCEL = "cancelling a job"
    KNOCK = "a request without a valid key"
    UNKNOWN = "asking for a job that was never submitted"
    ABSURD = "asking for a job by an absurd id"
    FOREIGN = "asking for a job by the id of another provider's"
    WAITED = "asking for the state of a job after its deadline"
    RESTARTED = "asking for the state of a job after the server was restarted"
    WATCH = "downloading the video of a job"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a job ended, as first seen; it must look like this ever after."""

    state: str
    video: Json
    error: Json
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What a poll was answered, and at which *instant* of the examiner's count."""

    instant: int
    status: int
    body: bytes


@dataclass(slots=True, kw_only=True)
class Job:
    """What is known of one job: the model that the service is held against."""

    id: str
    state: str
    asked: Mapping[str, Any] = field(default_factory=dict)  # the body of its submit
    is_failing: bool = False
    is_cancelled: bool = False  # or may be, for somebody tried
    states: list[str] = field(default_factory=list)  # as seen, each change once
    ending: Ending | None = None
    result: Ending | None = None  # as the result operation tells it
    video: str = ""  # its address, once told
    cost: Json = None
    position: int | None = None  # in the queue, when last told
    sighting: Sighting | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One exchange of *contract*, and what it is to be judged by.

    `job` is what was known before the exchange. `state` is the state of the job that
    was seen after it, where something else than its answer had to tell. `ids` are
    those given out before. `twin` is a job of the very same body. `instant` counts the
    moments at which anything but asking happened; it is None where time passes of
    itself. `can_fail_jobs` says that the server fails a job only when told to. `video`
    is what a downloaded video measures, or why it could not be played.
    """

    contract: Contract
    situation: Situation
    exchange: Exchange
    judge: Judge
    violation: Violation | None = None
    job: Job | None = None
    state: str = ""
    ids: Mapping[str, Job] = field(default_factory=dict)
    twin: Job | None = None
    instant: int | None = None
    can_fail_jobs: bool = False
    video: VideoFacts | str | None = None

    @property
    def status(self) -> int:
        """The status code of the answer."""
        return self.exchange.answer.status

    @property
    def is_success(self) -> bool:
        """Whether the service says that it did what was asked."""
        return 200 <= self.status < 300

    @property
    def is_refusal(self) -> bool:
        """Whether the service says that the request was at fault."""
        return 400 <= self.status < 500

    @property
    def json(self) -> Any:
        """The answer as JSON, or None where it is none."""
        return _decoded(self.exchange.answer.body)

    def find(self, pointer: str) -> Any:
        """Return what stands at *pointer* in the answer, or None where nothing does."""
        try:
            return look_up(self.json, pointer)
        except LookupError:
            return None

    def text(self, pointer: str) -> str:
        """Return the text at *pointer*; anything else there is as good as none."""
        found = self.find(pointer)
        return found if isinstance(found, str) else ""


@lru_cache(1)
def _decoded(body: bytes) -> Json:
    """Read *body* once for all claims: a hostile one may hold megabytes."""
    return decode(body)
