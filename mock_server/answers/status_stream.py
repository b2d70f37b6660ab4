"""A job's status as server-sent events: one at each change, until the job has ended.

Clients gather the log lines of a stream themselves, so each event carries those that
are new since the last. Nothing tells that a clock was moved or a job was forced, so
the status is looked up a few times a second.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import orjson

from mock_server.answers.queueing import describe_status
from mock_server.answers.responses import View
from mock_server.errors import UnknownJobError
from mock_server.exchange import StreamReply

Look = Callable[[], Awaitable[View]]

INTERVAL = 0.05  # seconds, of real time, from one look to the next


async def stream_status(look: Look, *, logs: bool) -> StreamReply:
    """Return the stream of a job that *look* finds as it stands at the moment."""
    view = await look()  # so that what is wrong with the call is answered as such
    return StreamReply(
        status=200,
        headers={
            "cache-control": "no-store",
            f"x-{view.contract.provider.name}-request-id": view.job.id,
        },
        content_type="text/event-stream",
        chunks=_follow(look, logs=logs),
    )


async def _follow(look: Look, *, logs: bool) -> AsyncIterator[bytes]:
    told: object = None
    sent = 0
    while True:
        try:
            view = await look()
        except UnknownJobError:  # deleted meanwhile
            return
        status = describe_status(view, logs=logs)
        lines = status.get("logs") or []
        news = (status | {"logs": None}, len(lines))
        if news != told:
            if lines:
                status["logs"] = lines[sent:]
            yield b"data: " + orjson.dumps(status) + b"\n\n"
            told, sent = news, len(lines)
        if view.ended:
            return
        await asyncio.sleep(INTERVAL)
