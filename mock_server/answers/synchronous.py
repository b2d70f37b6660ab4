"""A call that waits for its job, and is answered with what came of it."""

import asyncio
import math
from collections.abc import Mapping
from dataclasses import replace

from starlette.types import Receive

from mock_server.answers.responses import TIMED_OUT, View
from mock_server.answers.status_stream import INTERVAL, Look
from mock_server.exchange import Reply, json_reply, wait_for_disconnect

_TIMEOUT_HEADER = "request-timeout"


async def wait_for_end(look: Look, receive: Receive, *, patience: float) -> View:
    """Return the job that *look* finds, once it has ended or nobody waits any more.

    *patience* is in seconds of the clock that jobs live by.
    """
    leaving = asyncio.create_task(wait_for_disconnect(receive))
    try:
        while True:
            view = await look()
            late = view.now - view.job.submitted >= patience
            if view.ended or late or leaving.done():
                return view
            await asyncio.wait({leaving}, timeout=INTERVAL)
    finally:
        leaving.cancel()


def read_patience(headers: Mapping[str, str], provider: str) -> float:
    """Return how many seconds the caller is willing to wait; for ever by default."""
    try:
        seconds = float(headers.get(f"x-{provider}-{_TIMEOUT_HEADER}", "inf"))
    except ValueError:
        return math.inf
    return seconds if seconds > 0 else math.inf


def answer_timeout(view: View) -> Reply:
    """Return the answer to a caller whose patience has run out."""
    name = view.contract.provider.name
    content = {"detail": TIMED_OUT.message, "error_type": TIMED_OUT.type}
    headers = {
        f"x-{name}-request-id": view.job.id,
        f"x-{name}-error-type": TIMED_OUT.type,
        f"x-{name}-{_TIMEOUT_HEADER}-type": "user",
    }
    return json_reply(TIMED_OUT.status, content, headers=headers)


def as_stream(reply: Reply) -> Reply:
    """Return the output as a stream has it, in its one event; a failure stays as it is."""
    if reply.status != 200:
        return reply
    return replace(
        reply, body=b"data: " + reply.body + b"\n\n", content_type="text/event-stream"
    )
