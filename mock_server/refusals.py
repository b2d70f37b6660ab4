"""What a request did wrong, before any provider's wording."""

from collections.abc import Sequence
from enum import Enum, auto

from specs import Breach


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


class RefusedError(Exception):
    """A request that is answered with an error of the service.

    `detail` is a plain sentence for the reasons that need one; `breaches` are the
    rules an INVALID request breaks; `allowed` the methods of a path.
    """

    def __init__(
        self,
        reason: Reason,
        detail: str = "",
        *,
        breaches: Sequence[Breach] = (),
        allowed: Sequence[str] = (),
    ) -> None:
        super().__init__(detail or reason.name)
        self.reason = reason
        self.detail = detail
        self.breaches = tuple(breaches)
        self.allowed = tuple(allowed)
