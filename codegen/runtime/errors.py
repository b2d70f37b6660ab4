"""What can go wrong when a video is made, split by who is at fault.

ReelError                    `job`: the job it happened to, where there is one
├── MissingApiKeyError       no API key was given
├── MissingExtraError        a library that this needs is not installed
├── InvalidInputError        an argument breaks a rule; found before anything was sent
├── SpendLimitExceeded       the call could cost more than `max_spend` leaves
├── NetworkError             no connection, or it broke; `sent`: something went out
├── ApiError                 the service refused a call
│   ├── AuthenticationError  401: the key
│   ├── PermissionDenied     403: what the key may do
│   ├── InsufficientCredits  402 or 403: the account's balance
│   ├── NotFound             404: the id, or the model
│   ├── InvalidRequest       400, 422: `problems` says which parameters
│   ├── RateLimited          429: `retry_after` seconds
│   └── ServerError          5xx: not the caller's fault
├── ContractViolation        an answer breaks the document at `pointer`
├── JobFailed                the job ended without a video
├── DeadlineExceeded         a wait ran out of time; the job itself lives on
├── DownloadError            the video could not be fetched whole
├── UploadError              a file could not be handed to the service
└── UnverifiedWebhook        a webhook is not proven to come from the service

JobInterrupted               KeyboardInterrupt during a wait, with the job inside

Each message is one line: `where: what, with the value; what to do`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

LONGEST_TEXT = 500
"""A server's words are cut here: a message stays one line that a person can read."""


def one_line(text: object, *, limit: int = LONGEST_TEXT) -> str:
    """Return *text* on one line, unprintable characters removed, cut at *limit*."""
    words = " ".join(str(text).split())
    plain = words
    if not plain.isprintable():
        plain = "".join(it for it in words if it.isprintable())
    return plain if len(plain) <= limit else f"{plain[: limit - 1]}…"


@dataclass(frozen=True, slots=True)
class Problem:
    """One value that broke a rule: which parameter, and what the rule says."""

    parameter: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What a provider says went wrong, in its own words, whatever its envelope."""

    name: str = ""
    message: str = ""
    problems: tuple[Problem, ...] = ()

    def __str__(self) -> str:
        return ": ".join(filter(None, (self.name, self.message))) or "no reason given"


class ReelError(Exception):
    """Anything that this package raises on purpose."""

    job: Any = None

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message, limit=4 * LONGEST_TEXT))


class MissingApiKeyError(ReelError):
    """No API key was passed, and none stands in the environment."""


class MissingExtraError(ReelError):
    """A library that this needs is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs reel-clients[{extra}]; pip install it")


class InvalidInputError(ReelError):
    """An argument breaks a rule of the document; nothing was sent."""

    def __init__(self, where: str, problems: tuple[Problem, ...]) -> None:
        told = ", ".join(f"{it.parameter}: {it.message}" for it in problems)
        super().__init__(f"{where}: {told}; nothing was sent")
        self.problems = problems


class SpendLimitExceeded(ReelError):
    """The call could cost more than `max_spend` leaves; nothing was sent."""


class NetworkError(ReelError):
    """No connection, or it broke; unless `sent`, the service got nothing of the call."""

    def __init__(self, message: str, *, sent: bool = True) -> None:
        super().__init__(message)
        self.sent = sent


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
        fix: str,
        fault: Fault,
        request_id: str | None = None,
        retry_after: float | None = None,
        body: object = None,
    ) -> None:
        super().__init__(f"{where} answered {status}: {fault}; {fix}")
        self.provider = where.partition(" ")[0]
        self.status = status
        self.name = fault.name
        self.message = fault.message
        self.problems = fault.problems
        self.request_id = request_id
        self.retry_after = retry_after
        self.body = body


class AuthenticationError(ApiError):
    """The service does not know the key."""


class PermissionDenied(ApiError):
    """The key may not do this."""


class InsufficientCredits(ApiError):
    """The account cannot pay for this."""


class NotFound(ApiError):
    """The service does not know the id, or no longer."""


class InvalidRequest(ApiError):
    """The service found fault with the request; `problems` says where."""


class RateLimited(ApiError):
    """Too many calls; `retry_after` is the service's wish in seconds, or None."""


class ServerError(ApiError):
    """The service failed, or is not there for the moment."""


_BROKE = re.compile(r"\b(credits?|balance|funds|top up)\b", re.IGNORECASE)
_BY_STATUS: dict[int, tuple[type[ApiError], str]] = {
    400: (InvalidRequest, "change the request"),
    401: (AuthenticationError, "check the API key"),
    402: (InsufficientCredits, "top up the account"),
    403: (PermissionDenied, "check what the key may do"),
    404: (NotFound, "check the id: the service does not know it, or no longer"),
    413: (InvalidRequest, "send less"),
    422: (InvalidRequest, "change the request"),
    429: (RateLimited, "slow down, then try again"),
}


def api_error(where: str, *, status: int, fault: Fault, **facts: Any) -> ApiError:
    """Return the ApiError of the class that *status* and the provider's words ask for."""
    usual = ServerError if status >= 500 else ApiError
    kind, fix = _BY_STATUS.get(
        status, (usual, "try again later" if status >= 500 else "change the request")
    )
    if status == 403 and _BROKE.search(f"{fault.name} {fault.message}"):
        kind, fix = _BY_STATUS[402]
    return kind(where, status=status, fix=fix, fault=fault, **facts)


class ContractViolation(ReelError):
    """An answer breaks the document at `pointer`; `body` is all that came."""

    def __init__(self, message: str, *, pointer: str = "", body: object = None) -> None:
        super().__init__(message)
        self.pointer = pointer
        self.body = body


class JobFailed(ReelError):
    """The job ended without a video.

    `name` and `message` are the provider's own, `problems` the parameters it found
    fault with, and `body` is its whole answer.
    """

    def __init__(self, job: Any, fault: Fault, *, body: object) -> None:
        super().__init__(
            f"{job.provider} {job.model}: job {job.id} failed, {fault}; "
            "change the input or submit again"
        )
        self.job = job
        self.name = fault.name
        self.message = fault.message
        self.problems = fault.problems
        self.body = body


class DeadlineExceeded(ReelError, TimeoutError):
    """A wait ran out of time; `job` lives on and can be waited for again."""

    def __init__(self, job: Any, *, timeout: float) -> None:
        super().__init__(
            f"{job.provider} {job.model}: job {job.id} is still {job.status!r} after "
            f"{timeout:g} s; call wait() of this error's job to go on waiting"
        )
        self.job = job


class DownloadError(ReelError):
    """The video could not be fetched whole; nothing was left behind."""


class UploadError(ReelError):
    """A file could not be handed to the service; no job was submitted."""


class UnverifiedWebhook(ReelError):
    """A webhook is not proven to come from the service; do not act on it."""


class JobInterrupted(KeyboardInterrupt):
    """The program was interrupted while it waited; `job` lives on at the service."""

    def __init__(self, job: Any) -> None:
        super().__init__(
            f"{job.provider} {job.model}: job {job.id} goes on at the service; "
            "take it up again by its id"
        )
        self.job = job
