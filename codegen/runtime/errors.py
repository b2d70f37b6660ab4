"""What can go wrong when a video is made, split by who is at fault.

ReelError
├── MissingApiKeyError     no API key was given
├── InvalidInputError      an argument breaks a rule; found before anything was sent
├── NetworkError           the service could not be reached, or the connection broke
├── ApiError               the service refused a call
├── UnexpectedAnswerError  an answer is not what the service's document promises
├── JobFailed              the job ended without a video
├── DeadlineExceeded       a wait ran out of time; the job itself lives on
└── DownloadError          the video could not be fetched whole

Each message is one line: `where: what, with the value; what to do`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LONGEST_TEXT = 500
"""A server's words are cut here: a message stays one line that a person can read."""


def one_line(text: object, *, limit: int = LONGEST_TEXT) -> str:
    """Return *text* on one line, unprintable characters removed, cut at *limit*."""
    words = " ".join(str(text).split())
    plain = "".join(it for it in words if it.isprintable())
    return plain if len(plain) <= limit else f"{plain[: limit - 1]}…"


@dataclass(frozen=True, slots=True)
class Problem:
    """One value that broke a rule: which parameter, and what the rule says."""

    parameter: str
    message: str


class ReelError(Exception):
    """Anything that this package raises on purpose."""

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message, limit=4 * LONGEST_TEXT))


class MissingApiKeyError(ReelError):
    """No API key was passed, and none stands in the environment."""


class InvalidInputError(ReelError):
    """An argument breaks a rule of the document; nothing was sent."""

    def __init__(self, where: str, problems: tuple[Problem, ...]) -> None:
        told = ", ".join(f"{it.parameter}: {it.message}" for it in problems)
        super().__init__(f"{where}: {told}; nothing was sent")
        self.problems = problems


class NetworkError(ReelError):
    """The service could not be reached, or the connection broke."""


class ApiError(ReelError):
    """The service refused a call.

    `name` and `message` are the provider's own, `problems` the parameters it found
    fault with, `body` the parsed answer, or its text where it is not JSON.
    """

    def __init__(
        self,
        where: str,
        *,
        status: int,
        name: str,
        message: str,
        problems: tuple[Problem, ...],
        request_id: str | None,
        body: object,
        fix: str,
    ) -> None:
        said = ": ".join(it for it in (name, message) if it) or "no reason given"
        super().__init__(f"{where} answered {status}: {said}; {fix}")
        self.status = status
        self.name = name
        self.message = message
        self.problems = problems
        self.request_id = request_id
        self.body = body


class UnexpectedAnswerError(ReelError):
    """An answer is not what the service's document promises; `body` is what came."""

    def __init__(self, message: str, *, body: object = None) -> None:
        super().__init__(message)
        self.body = body


class JobFailed(ReelError):  # noqa: N818 - reads as what happened, not as a mistake
    """The job ended without a video.

    `name` and `message` are the provider's own, `body` is its whole answer, and
    `job` the job that failed.
    """

    def __init__(self, job: Any, *, name: str, message: str, body: object) -> None:
        said = ": ".join(it for it in (name, message) if it) or "no reason given"
        super().__init__(
            f"{job.provider} {job.model}: job {job.id} failed, {said}; "
            "change the input or submit again"
        )
        self.job = job
        self.name = name
        self.message = message
        self.body = body


class DeadlineExceeded(ReelError, TimeoutError):  # noqa: N818 - as above
    """A wait ran out of time; `job` lives on and can be waited for again."""

    def __init__(self, job: Any, *, timeout: float) -> None:
        super().__init__(
            f"{job.provider} {job.model}: job {job.id} is still {job.status!r} after "
            f"{timeout:g} s; call wait() of this error's job to go on waiting"
        )
        self.job = job


class DownloadError(ReelError):
    """The video could not be fetched whole; nothing was left behind."""
