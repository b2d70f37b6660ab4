"""The mock as a target of the contract tests: where the two folders meet.

Neither folder knows the other. What is here hands one's application to the other.
"""

import atexit
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Self
from urllib.parse import urlsplit

from starlette.types import ASGIApp

from contract_tests import AsgiBridge, Target
from mock_server import (
    SCENARIO_HEADER,
    ManualClock,
    MemoryStore,
    Server,
    build_app,
)
from specs import Registry

PLACEHOLDER_KEY = "reelspec:placeholder"
"""Well-formed for every provider; the mock bills nobody, so any such key will do."""

_FAILING = {SCENARIO_HEADER: "error"}


@contextmanager
def mock_target(registry: Registry, *, socket: bool = False) -> Iterator[Target]:
    """Yield the mock of *registry* as a target whose clock is moved, not waited for.

    It answers in process, or over a real *socket* on a free port.
    """
    clock, store, keys = ManualClock(), MemoryStore(), placeholder_keys(registry)
    accepted = {name: {key} for name, key in keys.items()}

    def start() -> ASGIApp:
        return build_app(registry, clock=clock, store=store, keys=accepted)

    def start_anew() -> ASGIApp:
        nonlocal store
        store = MemoryStore()
        return start()

    def target_of(serve: Callable[[ASGIApp], None]) -> Target:
        return Target(
            base_url="http://mock.invalid",
            keys=keys,
            advance=clock.advance,
            stands_still=True,
            failing=_FAILING,
            restart=lambda: serve(start()),
            renew=lambda: serve(start_anew()),
            checks_keys=True,
        )

    if socket:
        with _OnSocket(start()) as server:
            yield replace(target_of(server.serve), base_url=server.base_url)
        return
    with AsgiBridge(start()) as bridge:
        yield replace(target_of(bridge.serve), transport=bridge)


class _OnSocket:
    """A server on one port, whose application can be replaced."""

    def __init__(self, app: ASGIApp) -> None:
        self._server = Server(app)

    @property
    def base_url(self) -> str:
        """Where it answers."""
        return self._server.base_url

    def serve(self, app: ASGIApp) -> None:
        """Stop the server, and start another in its place with *app*."""
        port = urlsplit(self.base_url).port or 0
        self.__exit__(None, None, None)
        self._server = Server(app, port=port).__enter__()

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.__exit__(None, None, None)


def placeholder_keys(registry: Registry) -> dict[str, str]:
    """Return a key for each provider that is well-formed and worth nothing."""
    return {it.name: PLACEHOLDER_KEY for it in registry.providers}


def in_process(registry: Registry) -> Target:
    """Return the mock of *registry*, in process, until the program ends."""
    return _until_exit(registry, socket=False)


def over_socket(registry: Registry) -> Target:
    """Return the mock of *registry* on a free port, until the program ends."""
    return _until_exit(registry, socket=True)


def _until_exit(registry: Registry, *, socket: bool) -> Target:
    context = mock_target(registry, socket=socket)
    target = context.__enter__()
    atexit.register(context.__exit__, None, None, None)
    return target
