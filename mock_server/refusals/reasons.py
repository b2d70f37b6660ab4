"""What a request did wrong, before any provider's wording."""

from collections.abc import Sequence
from enum import Enum, auto

from specs import Breach, Messages


class Reason(Enum):
    """Why a request is refused."""

    NO_KEY = auto()  # it carries no key, or one that nobody was given
    MALFORMED_KEY = auto()
    UNKNOWN_PATH = auto()
    WRONG_METHOD = auto()
    TOO_LARGE = auto()
    UNREADABLE = auto()  # the body is not JSON
    INVALID = auto()  # it breaks rules of the document
    UNKNOWN_JOB = auto()
    QUEUE_FULL = auto()  # longer than the caller is willing to wait in
    RATE_LIMITED = auto()
    NO_CREDITS = auto()
    UNAVAILABLE = auto()  # for a moment: the same call may pass when it is sent again
    TOO_SLOW = auto()  # the body did not arrive in time


class RefusedError(Exception):
    """A request that is answered with an error of the service.

    `detail` is a plain sentence for the reasons that need one; `breaches` are the
    rules an INVALID request breaks; `allowed` the methods of a path.
    """

    __slots__ = ("allowed", "breaches", "detail", "reason")

    def __init__(
        self,
        reason: Reason,
        detail: str = "",
        *,
        breaches: Sequence[Breach] = (),
        allowed: Sequence[str] = (),
    ) -> None:
        self.reason = reason
        self.detail = detail
        self.breaches = tuple(breaches)
        self.allowed = tuple(allowed)

    def __str__(self) -> str:
        return self.detail or self.reason.name

    def word(self, messages: Messages) -> str:
        """Return what a service with those *messages* says of the reason."""
        message: str = getattr(messages, self.reason.name.lower())
        return message
