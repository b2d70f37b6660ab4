"""Heads of requests that have come before, so that none is parsed twice.

A client sends the same head again and again: each poll of a job has it, and so has
each submit of a body that is as long. What such bytes mean has been found out by the
parser, and by it alone.
"""

from mock_server.exchange import Head
from mock_server.memory import Memory

_MOST, _ROOM = 20_000, 8_000_000  # heads that are remembered, and their bytes
_END = b"\r\n\r\n"


class Heads:
    """Heads that were followed by a whole body, and how long it was."""

    def __init__(self) -> None:
        self._known: Memory[bytes, tuple[Head, int]] = Memory(_MOST, room=_ROOM)

    def split(
        self, data: bytes, server: tuple[str, int | None] | None
    ) -> tuple[Head, bytes] | None:
        """Return the head and the body of the request to *server* that *data* is.

        None where it may be anything else: more or less than one, or an unknown one.
        """
        end = data.find(_END) + len(_END)
        known = self._known.get(data[:end])
        if known is None:
            return None
        head, length = known
        if len(data) - end != length or head.server != server:
            return None
        return head, data[end:]

    def learn(self, data: bytes, head: Head, length: int) -> None:
        """Remember *head*, which a parser found in *data* with a body of that *length*.

        Only where nothing else is in *data*: a body that is sent in chunks is longer
        there, and so are two requests.
        """
        end = data.find(_END) + len(_END)
        if len(data) - end == length:
            self._known.keep(data[:end], (head, length), size=end)
