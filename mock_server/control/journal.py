"""The journal, as the mock's own side shows it."""

from collections.abc import Awaitable, Callable
from typing import Any

from mock_server.control.asking import Asked
from mock_server.exchange import Reply, json_reply
from mock_server.har import write_har
from mock_server.journal import Entry, Journal
from mock_server.ledger import Ledger


class JournalControl:
    """The handlers of `/__mock__/journal`."""

    def __init__(self, journal: Journal, *, ledger: Ledger) -> None:
        self._journal = journal
        self._ledger = ledger

    def handlers(self) -> dict[str, Callable[[Asked], Awaitable[Reply]]]:
        """Return each handler by its name in the table of routes."""
        return {
            "read_journal": self.read_journal,
            "clear_journal": self.clear_journal,
            "export_journal": self.export_journal,
        }

    async def read_journal(self, asked: Asked) -> Reply:
        """Answer the last calls and their answers, the newest first."""
        most = asked.limit()
        entries = await self._ledger.apart(lambda: [*self._journal.newest(most)])
        count = await self._ledger.apart(self._journal.__len__)
        found = [_describe(it) for it in entries]
        return json_reply(200, {"count": count, "entries": found})

    async def clear_journal(self, _: Asked) -> Reply:
        """Forget the calls and their answers."""
        await self._ledger.apart(self._journal.clear)
        return json_reply(200, {"count": 0})

    async def export_journal(self, _: Asked) -> Reply:
        """Answer the whole journal as an HTTP Archive, the oldest call first."""
        entries = await self._ledger.apart(
            lambda: [*self._journal.newest(len(self._journal))]
        )
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
