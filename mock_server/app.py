"""The mock as one ASGI app: every contract of a registry on one address."""

import logging
from collections.abc import Collection, Mapping

from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.clock import Clock, SystemClock
from mock_server.control import PREFIX, Control, build_control
from mock_server.errors import (
    ClockError,
    ControlBodyError,
    FixedClockError,
    MediaUnavailableError,
    MockServerError,
    UnknownJobError,
    UnknownScenarioError,
)
from mock_server.exchange import Reply, read_call
from mock_server.jobs import Timing
from mock_server.ledger import Ledger
from mock_server.media import Library
from mock_server.problems import problem
from mock_server.routing import Routes
from mock_server.service import Service
from mock_server.store import MemoryStore, Store
from specs import IllegalEventError, Registry

_AT_FAULT = "The mock is at fault"
_LOG = logging.getLogger(__name__)
_PROBLEMS: Mapping[type[Exception], tuple[int, str]] = {
    UnknownScenarioError: (400, "No such scenario"),
    ClockError: (400, "The clock cannot be moved so"),
    FixedClockError: (409, "The clock cannot be moved"),
    ControlBodyError: (400, "The body cannot be used"),
    UnknownJobError: (404, "No such job"),
    IllegalEventError: (409, "The job cannot do that"),
    MediaUnavailableError: (503, "The mock cannot draw videos"),
}


def build_app(
    registry: Registry,
    *,
    clock: Clock | None = None,
    seed: int | None = 0,
    store: Store | None = None,
    keys: Mapping[str, Collection[str]] | None = None,
    timing: Timing | None = None,
    self_check: bool = True,
) -> ASGIApp:
    """Return the app that stands in for every service of *registry*.

    It goes by the time of day and keeps jobs in memory unless given a *clock* or a
    *store*. A *seed* of None makes ids and waits unforeseeable. *keys* restricts, by
    provider, the keys that are accepted. With *self_check* each success is held
    against its document before it is sent. Raises AmbiguousRouteError where two
    contracts would answer one call.
    """
    ledger = Ledger(
        store=MemoryStore() if store is None else store,
        clock=clock or SystemClock(),
        timing=timing or Timing(),
        seed=seed,
    )
    library = Library()
    service = Service(
        Routes(registry.contracts),
        ledger=ledger,
        library=library,
        keys=keys or {},
        self_check=self_check,
    )
    contracts = {it.id: it for it in registry.contracts}
    control = Control(contracts, ledger=ledger, library=library)
    return MockApp(service, build_control(control))


class MockApp:
    """Hands a request to the services' side, or to the mock's own."""

    def __init__(self, service: Service, control: ASGIApp) -> None:
        self._service = service
        self._control = control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever happens."""
        if scope["type"] != "http":
            await self._control(scope, receive, send)
            return
        try:
            if scope["path"].startswith(f"{PREFIX}/"):
                await self._control(scope, receive, send)
                return
            reply = await self._service.answer(read_call(scope), receive)
        except (MockServerError, IllegalEventError) as exc:
            reply = _describe(exc)
        except Exception:
            _LOG.exception("%s %s", scope["method"], scope["path"])
            reply = problem(
                500,
                "The mock is at fault",
                "an unexpected error; its log has the trace",
            )
        await reply(scope, receive, send)


def _describe(exc: Exception) -> Reply:
    status, title = _PROBLEMS.get(type(exc), (500, _AT_FAULT))
    return problem(status, title, str(exc))
