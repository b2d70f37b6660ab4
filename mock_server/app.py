"""The mock as one ASGI app: every contract of a registry on one address."""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.access import Access
from mock_server.agreement import Agreement
from mock_server.clock import Clock, SystemClock
from mock_server.control.guard import Guard
from mock_server.control.handlers import PREFIX, Control
from mock_server.errors import (
    ClockError,
    ControlBodyError,
    FixedClockError,
    ForbiddenError,
    MediaUnavailableError,
    MockServerError,
    TokenError,
    UnknownJobError,
    UnknownScenarioError,
)
from mock_server.exchange import Head, Reply, read_head
from mock_server.hosts import Hosts
from mock_server.journal import Journal, Note
from mock_server.ledger import Ledger
from mock_server.media.cabinet import BUDGET, Cabinet
from mock_server.media.fetching import fetch_input
from mock_server.media.library import Library
from mock_server.media.sources import Sources
from mock_server.refusals.problems import problem
from mock_server.reload import Reloader
from mock_server.rest import Rest
from mock_server.routing import Routes
from mock_server.rules import Rules
from mock_server.selection import Selection
from mock_server.service import Service
from mock_server.stores.store import MemoryStore, Store
from mock_server.timing import Timing
from mock_server.uploads import Storage
from mock_server.validation.verdicts import Verdicts
from mock_server.webhooks import Courier
from specs import IllegalEventError, Registry

_JOURNAL_SECONDS = 1.0  # that an exchange may wait until it is written down
_ENDING_SECONDS = 3.0  # likewise, once the mock ends
_AT_FAULT = "The mock is at fault"
_OWN = f"{PREFIX}/".encode()
_LOG = logging.getLogger(__name__)
_PROBLEMS: Mapping[type[Exception], tuple[int, str]] = {
    UnknownScenarioError: (400, "No such scenario"),
    ClockError: (400, "The clock cannot be moved so"),
    FixedClockError: (409, "The clock cannot be moved"),
    ControlBodyError: (400, "The body cannot be used"),
    TokenError: (401, "The control token is missing"),
    ForbiddenError: (403, "Not from here"),
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
    rules: Rules | None = None,
    agreement: Agreement | None = None,
    control_token: str | None = None,
    webhook_hosts: Collection[str] = (),
    folder: Path | None = None,
    media_budget: int = BUDGET,
    fetch_inputs: bool = False,
    watch: bool = False,
    self_check: bool = True,
) -> ASGIApp:
    """Return the app that stands in for every service of *registry*.

    It goes by the time of day and keeps jobs in memory unless given a *clock* or a
    *store*. A *seed* of None makes ids and waits unforeseeable. *keys* restricts, by
    provider, the keys that are accepted; *rules* say which scenario is meant where a
    call does not. With a *control_token* the mock's own side wants it, and may be
    called from elsewhere. With *self_check* each success is held against its document
    before it is sent. Webhooks are delivered to this machine and to *webhook_hosts*.
    Videos, up to *media_budget* bytes, and uploads are kept in *folder*, or in
    temporary ones; with *fetch_inputs* input videos are fetched to follow their
    measures. With *watch* the documents are read anew when they change. Raises
    AmbiguousRouteError where two contracts would answer one call.
    """
    store = MemoryStore() if store is None else store
    ledger = Ledger(
        store=store,
        clock=clock or SystemClock(),
        timing=timing or Timing(),
        seed=seed,
    )
    library = Library(Cabinet(folder and folder / "media", budget=media_budget))
    uploads = folder and folder / "uploads"
    agreement = agreement or Agreement(store.board)
    if rules is not None:
        agreement.set_rules(rules)
    selection = Selection(agreement, seed=seed)
    journal = Journal(store.shelf)
    access = Access(keys or {})
    courier = Courier(ledger=ledger, library=library, hosts=webhook_hosts)
    # By provider, so that a reload does not forget what was uploaded.
    storages: dict[str, Storage] = {}
    fetch = fetch_input if fetch_inputs else None
    sources = Sources(storages.values(), fetch=fetch)

    def prepare(current: Registry) -> Sides:
        """Return what answers for the contracts that are *current*."""
        rests = [
            Rest(
                it,
                it.queue,
                access=access,
                storage=storages.setdefault(it.name, Storage(it.uploads, uploads)),
            )
            for it in current.providers
            if it.queue is not None and it.uploads is not None
        ]
        contracts = {it.id: it for it in current.contracts}
        service = Service(
            Routes(current.contracts),
            ledger=ledger,
            library=library,
            sources=sources,
            selection=selection,
            access=access,
            courier=courier,
            verdicts={it: Verdicts(it) for it in current.contracts},
            self_check=self_check,
        )
        control = Control(
            contracts,
            ledger=ledger,
            library=library,
            selection=selection,
            agreement=agreement,
            journal=journal,
            guard=Guard(control_token),
            reloader=reloader,
        )
        courier.contracts = contracts  # last: what is faulty replaces nothing
        return Sides(service, control, Hosts(current.providers), rests)

    reloader = Reloader(registry, lambda it: app.replace(prepare(it)))
    app = MockApp(
        prepare(registry),
        journal=journal,
        ledger=ledger,
        at_end=(courier.close, library.close),
    )
    courier.resume(watch=watch)
    if watch:
        reloader.watch()
    return app


class Sides(NamedTuple):
    """What answers for one set of contracts: the services' side, and the mock's own."""

    service: Service
    control: Control
    hosts: Hosts
    rests: Sequence[Rest]


class MockApp:
    """Hands a request to one of *sides*, and keeps the journal."""

    def __init__(
        self,
        sides: Sides,
        *,
        journal: Journal,
        ledger: Ledger,
        at_end: Sequence[Callable[[], None]] = (),
    ) -> None:
        self._sides = sides
        self._journal = journal
        self._clock = ledger.clock
        self._ledger = ledger
        self._at_end = at_end
        self._writing: asyncio.Task[None] | None = None

    def replace(self, sides: Sides) -> None:
        """Answer by *sides* from now on; calls that are under way end as they began."""
        self._sides = sides

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever happens."""
        if scope["type"] != "http":
            await self._live(receive, send)
            return
        head = read_head(scope)
        if self.is_own(head):
            try:
                reply = await self._sides.control.answer(scope, receive)
            except Exception as exc:
                reply = _explain(exc, head)
        else:
            reply = await self.answer(head, receive)
        await reply(scope, receive, send)

    @staticmethod
    def is_own(head: Head) -> bool:
        """Say whether the request that *head* begins is for the mock's own side."""
        path = head.path
        return (unquote_to_bytes(path) if b"%" in path else path).startswith(_OWN)

    async def answer(self, head: Head, receive: Receive) -> Reply:
        """Return what the service answers to the request that *head* begins."""
        sides = self._sides
        note = Note(call=sides.hosts.read(head))
        try:
            for rest in sides.rests:
                if rest.takes(note.call):
                    reply = await rest.answer(note.call, receive, now=self._clock.now())
                    break
            else:
                reply = await sides.service.answer(note, receive)
        except Exception as exc:
            reply = _explain(exc, head)
        if self._journal.record(note, reply, at=self._clock.now()):
            loop = asyncio.get_running_loop()
            loop.call_later(_JOURNAL_SECONDS, self._start_writing)
        return reply

    def _start_writing(self) -> None:
        self._writing = asyncio.create_task(self._write_down())

    async def _write_down(self) -> None:
        """Put what waits of the journal where it stands."""
        try:
            await self._ledger.apart(self._journal.flush)
        except Exception as exc:  # nobody waits for it
            _LOG.warning("the journal has lost some calls: %s", exc)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Go along with the server that starts this app, and stops it again."""
        while (await receive())["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        for end in self._at_end:
            end()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._write_down(), _ENDING_SECONDS)
        await send({"type": "lifespan.shutdown.complete"})


def _explain(exc: Exception, head: Head) -> Reply:
    """Return what is to be said of *exc*, which answering *head* raised."""
    if isinstance(exc, MockServerError | IllegalEventError):
        status, title = _PROBLEMS.get(type(exc), (500, _AT_FAULT))
        return problem(status, title, str(exc))
    path = head.path.decode("ascii", "replace")
    _LOG.error("%s %s", head.method, path, exc_info=exc)
    return problem(500, _AT_FAULT, "an unexpected error; its log has the trace")
