"""Answers that do not arrive as they were meant."""

from dataclasses import dataclass, fields
from typing import Any, Literal

from starlette.types import Receive, Scope, Send

from mock_server.exchange import Reply
from mock_server.scenarios import Damage

SEVER = "reelspec.sever"
"""The ASGI extension of a connection: `reset` and `close`, functions that end it."""


@dataclass(slots=True, kw_only=True)
class SeveredReply(Reply):
    """An answer whose connection ends before it is complete.

    With *head*, its head arrives and half of its body; without, nothing does.
    """

    head: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what arrives, and end the connection.

        Raises ConnectionResetError where the server has no connection to end, as in
        process.
        """
        if self.head:
            half = self.body[: len(self.body) // 2]

            async def send_half(message: Any) -> None:
                if message["type"] == "http.response.body":
                    message = message | {"body": half, "more_body": True}
                await send(message)

            await Reply.__call__(self, scope, receive, send_half)
        how: Literal["close", "reset"] = "close" if self.head else "reset"
        ends = (scope.get("extensions") or {}).get(SEVER)
        if ends is None:
            raise ConnectionResetError("the scenario severs the connection here")
        ends[how]()
        while (await receive())["type"] != "http.disconnect":
            pass


def inflict(damage: Damage | None, reply: Reply) -> Reply:
    """Return *reply* as it arrives after *damage*."""
    match damage:
        case Damage.CUT_JSON:
            cut = reply.body[: max(len(reply.body) // 2, 1)]
            return Reply(
                status=reply.status,
                body=cut,
                headers=reply.headers,
                content_type=reply.content_type,
            )
        case Damage.RESET | Damage.HALF_VIDEO:
            return SeveredReply(
                **{it.name: getattr(reply, it.name) for it in fields(Reply) if it.init},
                head=damage is Damage.HALF_VIDEO,
            )
        case _:
            return reply
