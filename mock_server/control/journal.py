"""The journal, as the mock's own side shows it."""

from collections.abc import Awaitable, Callable
from typing import Any

from mock_server.control.asking import Asked
from mock_server.exchange import Reply, json_reply
from mock_server.har import write_har
from mock_server.journal import Entry, Journal


class JournalControl:
    """The handlers of `/__mock__/journal`."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def handlers(self) -> dict[str, Callable[[Asked], Awaitable[Reply]]]:
        """Return each handler by its name in the table of routes."""
        return {
            "read_journal": self.read_journal,
            "clear_journal": self.clear_journal,
            "export_journal": self.export_journal,
        }

    async def read_journal(self, asked: Asked) -> Reply:
        """Answer the last calls and their answers, the newest first."""
        entries = [_describe(it) for it in self._journal.newest(asked.limit())]
        return json_reply(200, {"count": len(self._journal), "entries": entries})

    async def clear_journal(self, _: Asked) -> Reply:
        """Forget the calls and their answers."""
        self._journal.clear()
        return json_reply(200, {"count": 0})

    async def export_journal(self, _: Asked) -> Reply:
        """Answer the whole journal as an HTTP Archive, the oldest call first."""
        entries = [*self._journal.newest(len(self._journal))]
        return json_reply(200, write_har(reversed(entries)))


def _describe(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "at": entry.at,
        "seconds": entry.seconds,
        "request": {
            "method": entry.call.method,
            "url": entry.url,
            "headers": dict(entry.call.headers),
            "body": entry.call.body.decode("utf-8", "replace"),
            "body_bytes": entry.request_bytes,
        },
        "response": {
            "status": entry.reply.status,
            "headers": {"content-type": entry.reply.content_type}
            | {**entry.reply.headers},
            "body": entry.reply.body.decode("utf-8", "replace"),
            "body_bytes": entry.answer_bytes,
        },
        **entry.verdict,
    }
