"""What each exit code of `reel` means, and which error ends with it."""

from __future__ import annotations

from enum import IntEnum

from ..errors import (
    ApiError,
    ContractViolation,
    DeadlineExceeded,
    InvalidInputError,
    JobFailed,
    SpendLimitExceeded,
)


class Exit(IntEnum):
    """The exit codes, the same for every command."""

    OK = 0
    FAILED = 1
    USAGE = 2
    REFUSED = 3
    ENVIRONMENT = 4
    LATE = 5
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        """What the code says to a reader of `reel --help`."""
        return _MEANINGS[self]


_MEANINGS = {
    Exit.OK: "all that was asked for is done",
    Exit.FAILED: "the job ended without a video",
    Exit.USAGE: "the command line, or a value in it, was refused; nothing was sent",
    Exit.REFUSED: "the service refused the call, or answered what it should not",
    Exit.ENVIRONMENT: "something outside is missing: a key, a connection, a file",
    Exit.LATE: "the time ran out; the job goes on and can be taken up again",
    Exit.INTERRUPTED: "interrupted; the job goes on and can be taken up again",
}

_CODES: dict[type[BaseException], Exit] = {
    JobFailed: Exit.FAILED,
    InvalidInputError: Exit.USAGE,
    SpendLimitExceeded: Exit.USAGE,
    ApiError: Exit.REFUSED,
    ContractViolation: Exit.REFUSED,
    DeadlineExceeded: Exit.LATE,
    KeyboardInterrupt: Exit.INTERRUPTED,
}


def code_of(exc: BaseException) -> Exit:
    """Return the code that a program ends with that *exc* ended."""
    found = (code for kind, code in _CODES.items() if isinstance(exc, kind))
    return next(found, Exit.ENVIRONMENT)
