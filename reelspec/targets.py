"""The mock as a target of the contract tests: where the two folders meet.

Neither folder knows the other. What is here hands one's application to the other.
"""

import atexit
from collections.abc import Iterator
from contextlib import contextmanager

from contract_tests import AsgiBridge, Target
from mock_server import SCENARIO_HEADER, ManualClock, Server, build_app
from specs import Registry

PLACEHOLDER_KEY = "reelspec:placeholder"
"""Well-formed for every provider; the mock bills nobody, so any such key will do."""

_FAILING = {SCENARIO_HEADER: "error"}


@contextmanager
def mock_target(registry: Registry, *, socket: bool = False) -> Iterator[Target]:
    """Yield the mock of *registry* as a target whose clock is moved, not waited for.

    It answers in process, or over a real *socket* on a free port.
    """
    clock = ManualClock()
    app = build_app(registry, clock=clock)
    keys = placeholder_keys(registry)
    if socket:
        with Server(app) as server:
            yield Target(
                base_url=server.base_url,
                keys=keys,
                advance=clock.advance,
                failing=_FAILING,
            )
        return
    with AsgiBridge(app) as bridge:
        yield Target(
            base_url="http://mock.invalid",
            keys=keys,
            transport=bridge,
            advance=clock.advance,
            failing=_FAILING,
        )


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
