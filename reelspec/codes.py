"""What each exit code of the command line means."""

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes, the same for every command."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    DOCUMENT = 3
    ENVIRONMENT = 4
    OFFLINE = 5

    @property
    def meaning(self) -> str:
        """What the code says to a reader of `reelspec --help`."""
        return _MEANINGS[self]


_MEANINGS = {
    Exit.OK: "all that was asked for is done, and nothing is wrong",
    Exit.FINDINGS: "something was found: a stale file, a failed check, a source that moved",
    Exit.USAGE: "the command line was not understood",
    Exit.DOCUMENT: "a document, or a fact beside it, cannot be honoured",
    Exit.ENVIRONMENT: "something outside is missing: a port, a server, a key, an extra",
    Exit.OFFLINE: "the source of a document could not be reached, or not in time",
}
