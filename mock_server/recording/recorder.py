"""Stands between a client and the real service, and keeps what they say.

Each call goes on to the service exactly once, with the client's own key, and nowhere
else: neither a redirect nor a proxy leads it away. What comes back is handed on, but
for the addresses of the service's hosts, which lead here, so that no call goes past.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from mock_server.exchange import Call, Reply
from mock_server.recording.cassette import Cassette, Take
from mock_server.recording.examining import Examiner
from mock_server.recording.hosting import ServiceHosts
from mock_server.refusals.problems import problem

if TYPE_CHECKING:
    import httpx

_LONGEST_ANSWER = 200_000_000
_PATIENCE = 600.0  # seconds: a run is answered when its video is there
_OF_THE_HOP = {
    *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te"),
    *("trailer", "transfer-encoding", "upgrade", "host", "content-length"),
    *("content-encoding", "accept-encoding", "date", "server"),
}


class _TooLongError(Exception):
    """The answer is longer than anybody would keep."""


class Recorder:
    """Forwards calls to the service of *hosts*, and adds each exchange to *cassette*.

    *on_breach* is told in one line of each rule that a call or an answer breaks.
    """

    def __init__(
        self,
        hosts: ServiceHosts,
        cassette: Cassette,
        examiner: Examiner,
        on_breach: Callable[[str], None],
    ) -> None:
        self._hosts = hosts
        self._cassette = cassette
        self._examiner = examiner
        self._on_breach = on_breach

    async def answer(self, call: Call) -> Reply:
        """Return what the service answers to *call*."""
        import httpx  # noqa: PLC0415 - 60 ms that only recording is worth

        call = call.with_body(self._hosts.as_published(call.body, call))
        take = Take.of(call, self._hosts.meant(call))
        at, started = time.time(), time.perf_counter()
        try:
            status, headers, body = await self._forward(call)
        except (httpx.HTTPError, _TooLongError) as exc:
            name = str(exc)[:200] or type(exc).__name__
            detail = f"{take.host}: {name}; nothing was recorded"
            return problem(502, "The service does not answer", detail)
        contract, breaches = self._examiner.examine(call, status, body)
        self._cassette.add(
            replace(
                take.answered(call, status, headers, body),
                at=at,
                seconds=round(time.perf_counter() - started, 6),
                contract=contract.id if contract else None,
                breaches=breaches,
            )
        )
        for it in breaches:
            self._on_breach(it)
        return reply_of(self._hosts, call, status, headers, body)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    @cached_property
    def _client(self) -> "httpx.AsyncClient":
        import httpx  # noqa: PLC0415 - as above

        return httpx.AsyncClient(
            follow_redirects=False, trust_env=False, timeout=_PATIENCE
        )

    async def _forward(self, call: Call) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body of the service's answer."""
        kept = {
            name: value
            for name, value in call.headers.items()
            if name not in _OF_THE_HOP
        }
        async with self._client.stream(
            call.method,
            self._hosts.url(call),
            headers=kept
            | {"host": self._hosts.meant(call), "accept-encoding": "identity"},
            content=call.body or None,
        ) as answer:
            body = bytearray()
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > _LONGEST_ANSWER:
                    raise _TooLongError(f"the answer is longer than {_LONGEST_ANSWER}")
        headers = {
            name: value
            for name, value in answer.headers.items()
            if name not in _OF_THE_HOP
        }
        return answer.status_code, headers, bytes(body)


def reply_of(
    hosts: ServiceHosts, call: Call, status: int, headers: dict[str, str], body: bytes
) -> Reply:
    """Return the answer to *call*, with the addresses in it leading here."""
    rest = dict(headers)
    kind = rest.pop("content-type", "application/octet-stream")
    if "json" in kind or kind.startswith("text/"):
        body = hosts.as_seen(body, call)
    return Reply(status=status, body=body, headers=rest, content_type=kind)
