"""A recorder or a player as an ASGI app."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from starlette.types import Receive, Scope, Send

from mock_server.errors import CassetteError
from mock_server.exchange import (
    BodyTooLargeError,
    Call,
    Reply,
    SlowBodyError,
    read_body,
    read_head,
)
from mock_server.hosts import Hosts
from mock_server.recording.cassette import Cassette, read_cassette
from mock_server.recording.examining import Examiner
from mock_server.recording.hosting import ServiceHosts
from mock_server.recording.player import Player
from mock_server.recording.recorder import Recorder
from mock_server.refusals.problems import problem
from specs import Contract, Provider, Registry

_LONGEST_BODY = 100_000_000


class Tape(Protocol):
    """Answers calls whose body has arrived."""

    async def answer(self, call: Call) -> Reply:
        """Return the answer to *call*."""
        ...

    async def close(self) -> None:
        """Let go of what is open."""
        ...


class TapeApp:
    """Has *tape* answer the calls for *provider*, and nobody those for others."""

    def __init__(self, registry: Registry, provider: Provider, tape: Tape) -> None:
        self.contracts = _contracts(registry, provider)
        self._hosts = Hosts(registry.providers)
        self._own = {"", *provider.hosts}
        self._name = provider.name
        self._tape = tape

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or go along with the server that starts and stops."""
        if scope["type"] != "http":
            await self._live(receive, send)
            return
        call = self._hosts.read(read_head(scope))
        try:
            body = await read_body(receive, call, limit=_LONGEST_BODY)
        except BodyTooLargeError:
            reply = problem(413, "Too large", f"a body past {_LONGEST_BODY} bytes")
        except SlowBodyError:
            reply = problem(408, "Too slow", "the body did not arrive")
        else:
            reply = await self._answer(call.with_body(body))
        await reply(scope, receive, send)

    async def _answer(self, call: Call) -> Reply:
        if call.host not in self._own:  # its key is not for this service to see
            detail = f"{call.host}: the cassette is about {self._name} alone"
            return problem(404, "Another service", detail)
        try:
            return await self._tape.answer(call)
        except CassetteError as exc:
            return problem(500, "The cassette cannot be written", str(exc))

    async def _live(self, receive: Receive, send: Send) -> None:
        while (await receive())["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        await self._tape.close()
        await send({"type": "lifespan.shutdown.complete"})


def build_recorder(
    registry: Registry,
    name: str,
    path: Path,
    *,
    upstream: str | None = None,
    on_breach: Callable[[str], None] = lambda _: None,
) -> TapeApp:
    """Return the app that hands calls on to the service *name*, and keeps them at *path*.

    They go to the service's own hosts over https, or to *upstream*, which stands for
    all of them as a mock does. Raises CassetteError where the file is something else.
    """
    provider = _find(registry, name)
    recorder = Recorder(
        ServiceHosts(provider, upstream),
        Cassette(path, name),
        Examiner(_contracts(registry, provider)),
        on_breach,
    )
    return TapeApp(registry, provider, recorder)


def build_player(registry: Registry, path: Path) -> TapeApp:
    """Return the app that answers what was recorded at *path*, as it was answered."""
    name, takes = read_cassette(path)
    provider = _find(registry, name)
    return TapeApp(registry, provider, Player(ServiceHosts(provider), takes))


def _find(registry: Registry, name: str) -> Provider:
    for provider in registry.providers:
        if provider.name == name:
            return provider
    known = ", ".join(it.name for it in registry.providers)
    raise CassetteError(f"{name!r:.80}: is no provider; known are {known}")


def _contracts(registry: Registry, provider: Provider) -> tuple[Contract, ...]:
    return tuple(it for it in registry.contracts if it.provider is provider)
