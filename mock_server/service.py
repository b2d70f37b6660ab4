"""The services' side of the mock: route, authorise, validate, act, answer."""

import math
import re
from collections.abc import Hashable, Mapping
from functools import lru_cache, partial
from typing import NamedTuple

from starlette.types import Receive

from mock_server.access import Access
from mock_server.answers import polling, queueing, status_stream, synchronous
from mock_server.answers.prepared import Prepared
from mock_server.answers.responses import View, fetch_files, keep_inputs
from mock_server.damage import inflict
from mock_server.errors import BrokenAnswerError, UnknownJobError
from mock_server.exchange import (
    BodyTooLargeError,
    Reply,
    SlowBodyError,
    read_body,
)
from mock_server.jobs import Job
from mock_server.journal import Note
from mock_server.ledger import Ledger
from mock_server.media.library import Library
from mock_server.media.sources import Sources
from mock_server.refusals.problems import problem, refuse
from mock_server.refusals.reasons import Reason, RefusedError
from mock_server.routing import Act, Place, Route, Routes
from mock_server.scenarios import Scenario, scenario_of
from mock_server.selection import Selection
from mock_server.validation.validation import (
    check_submit,
    read_flag,
    read_id,
    read_json,
    read_query,
    select_contract,
)
from mock_server.validation.verdicts import Verdicts
from mock_server.webhooks import Courier, read_webhook
from specs import (
    Contract,
    Event,
    IllegalEventError,
    Json,
    Operation,
    Provider,
)

_MOST_QUEUED = 1_000  # jobs that are counted where a submit limits the queue
_CLIENT_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")


class Order(NamedTuple):
    """A submit that keeps every rule, before a job comes of it."""

    contract: Contract
    members: dict[str, Json]
    scenario: Scenario


class Service:
    """Everything the real services would answer, for the contracts in *routes*."""

    def __init__(
        self,
        routes: Routes,
        *,
        ledger: Ledger,
        library: Library,
        sources: Sources,
        selection: Selection,
        access: Access,
        courier: Courier,
        verdicts: Mapping[Contract, Verdicts],
        self_check: bool,
    ) -> None:
        self._routes = routes
        self._ledger = ledger
        self._library = library
        self._sources = sources
        self._selection = selection
        self._access = access
        self._courier = courier
        self._self_check = self_check
        self._verdicts = verdicts
        self._prepared = Prepared()

    async def answer(self, note: Note, receive: Receive) -> Reply:
        """Return the answer to the call of *note*, whose body is still to be received.

        What becomes known of the call on the way is noted.
        """
        call = note.call
        place = self._routes.locate(call.method, call.path)
        provider = place.provider
        if provider is None:
            near = f"; near are {', '.join(place.near)}" if place.near else ""
            return problem(
                404,
                "No such path",
                f"{call.method} {call.path[:200]}: no contract has this path{near}; "
                "GET /__mock__/health lists the contracts",
            )
        note.provider = provider
        try:
            reply = await self._serve(place, provider, note, receive)
        except RefusedError as refusal:
            reply = self._refuse(refusal, provider, note)
        except BodyTooLargeError:
            reply = self._refuse(RefusedError(Reason.TOO_LARGE), provider, note)
        except SlowBodyError:
            reply = self._refuse(RefusedError(Reason.TOO_SLOW), provider, note)
        client_id = call.headers.get("x-client-request-id")
        if (
            client_id is not None
            and provider.operations.result is None
            and _CLIENT_ID.fullmatch(client_id)
        ):
            reply = reply.with_headers({"x-client-request-id": client_id})
        if note.scenario is None or note.scenario.damage is None:
            return reply
        return inflict(note.scenario.damage, reply)

    def _refuse(self, refusal: RefusedError, provider: Provider, note: Note) -> Reply:
        note.breaches = refusal.breaches
        return refuse(
            refusal,
            provider,
            note.call,
            request_id=self._ledger.draw_request_id(),
            now=self._ledger.clock.now(),
        )

    async def _serve(
        self, place: Place, provider: Provider, note: Note, receive: Receive
    ) -> Reply:
        route = place.require_route()
        note.role = route.role
        key = self._access.admit(provider, note.call)
        runs = provider.queue is not None and note.call.host == provider.queue.run_host
        opens = route.role == "submit" or (route.role == "output" and runs)
        if not opens:
            if runs or route.role == "output":
                raise RefusedError(Reason.UNKNOWN_PATH)
            return await self._follow(place, route, note, key)
        limit = provider.limits.body_bytes
        body = await read_body(receive, note.call, limit=limit)
        note.call = note.call.with_body(body)
        order = self._examine(route, note, key)
        if runs:
            return await self._run(order, route, note, receive)
        return await self._submit(order, note)

    def _examine(self, route: Route, note: Note, key: str) -> Order:
        """Return what the submit of *note* asks for; raise RefusedError if it is wrong."""
        call = note.call
        contract, members = select_contract(route, read_json(call))
        note.contract = contract
        scenario = self._selection.of_submit(call, key, contract)
        note.scenario = scenario
        if scenario.strikes_calls and scenario.refusal is not None:
            raise RefusedError(scenario.refusal)
        check_submit(self._verdicts[contract], contract, call, members)
        return Order(contract, members, scenario)

    async def _submit(self, order: Order, note: Note) -> Reply:
        contract, call = order.contract, note.call
        queues = contract.result is not None
        name = contract.provider.name
        patience = synchronous.read_patience(call.headers, name) if queues else math.inf
        job = await self._open(order, note, patience=patience)
        now = job.submitted
        history = tuple(job.history(contract.lifecycle, now))
        view = View(contract, job, history, now, call.origin)
        kind = queueing if queues else polling
        what = contract, call.origin, kind.particulars(view)
        return self._prepared.answer_submit(
            what,
            job.key,
            lambda: self._checked(kind.answer_submit(view), view, contract.submit),
        )

    async def _run(
        self, order: Order, route: Route, note: Note, receive: Receive
    ) -> Reply:
        """Return the outcome itself, as the host does that keeps no queue."""
        contract = order.contract
        # Whoever waits for the output has it end then, queued or not.
        job = await self._open(order, note)
        look = partial(self._look, contract, job.id, note.call.origin)
        patience = synchronous.read_patience(note.call.headers, contract.provider.name)
        view = await synchronous.wait_for_end(look, receive, patience=patience)
        if not view.ended:
            await self._cancel(view)
            return synchronous.answer_timeout(view)
        reply = await self._answer_result(view)
        return synchronous.as_stream(reply) if route.role == "output" else reply

    async def _open(
        self, order: Order, note: Note, *, patience: float = math.inf
    ) -> Job:
        """Return the job that comes of *order*, which is queued for *patience* at most."""
        contract, members, scenario = order
        call = note.call
        webhook = None
        if call.query:
            query = read_query(call)
            await self._check_queue(contract, query)
            facts = contract.provider.webhooks
            url = query.get(facts.parameter) if facts else None
            webhook = read_webhook(url, call.origin)
        inputs = keep_inputs(contract, members)
        source = await self._sources.measure(contract, members)
        job = await self._ledger.open(
            contract, inputs, scenario, webhook, source, patience=patience
        )
        await self._courier.expect(job)
        note.job = job.id
        return job

    async def _check_queue(self, contract: Contract, query: Mapping[str, str]) -> None:
        """Raise RefusedError where the queue is longer than *query* allows."""
        facts = contract.provider.queue
        longest = query.get(facts.longest, "") if facts else ""
        if not (longest.isdecimal() and longest.isascii()):
            return
        now, lifecycle = self._ledger.clock.now(), contract.lifecycle
        queued = sum(
            it.contract == contract.id
            and it.standing(lifecycle, now).state == lifecycle.initial
            for it in await self._ledger.newest(_MOST_QUEUED)
        )
        if queued > int(longest[:9]):
            raise RefusedError(Reason.QUEUE_FULL)

    async def _follow(self, place: Place, route: Route, note: Note, key: str) -> Reply:
        """Return the answer to a call about a job that was submitted before."""
        call = note.call
        query = given = read_query(call)
        if place.values:
            given = {**query, **dict(zip(route.names, place.values, strict=True))}
        contract, job = await self._find(route, given)
        note.contract, note.job = contract, job.id
        polls = route.role == "poll"
        struck = await self._selection.of_call(call, key, contract, job, poll=polls)
        note.scenario = struck or scenario_of(job.scenario)
        if struck is not None and struck.refusal is not None:
            raise RefusedError(struck.refusal)
        operation = _operation(contract, route.role)
        logs = bool(query) and read_flag(operation, "logs", query)
        if polls:
            return self._poll(contract, job, call.origin, logs=logs)
        if route.role == "stream":
            look = partial(self._look, contract, job.id, call.origin)
            return await status_stream.stream_status(look, logs=logs)
        view = self._view(contract, job, call.origin)
        if route.role == "cancel":
            return self._checked(await self._cancel(view), view, operation)
        return await self._answer_result(view)

    def _poll(self, contract: Contract, job: Job, origin: str, *, logs: bool) -> Reply:
        """Return where *job* stands, prepared if it stood there before."""
        known = self._prepared.know(job, contract)
        view = known.view(self._ledger.clock.now(), origin)
        if contract.result is None:
            what: Hashable = (origin, len(view.history))
        else:
            what = (origin, len(view.history), logs, queueing.moment(view))

        def compose() -> Reply:
            if contract.result is None:
                reply = polling.answer_poll(view)
            else:
                reply = queueing.answer_status(view, logs=logs)
            return self._checked(reply, view, contract.poll)

        return known.answer(what, compose)

    async def _answer_result(self, view: View) -> Reply:
        files = await fetch_files(self._library, view)
        reply = queueing.answer_result(view, files)
        return self._checked(reply, view, view.contract.outcome)

    async def _find(
        self, route: Route, given: Mapping[str, str]
    ) -> tuple[Contract, Job]:
        """Return the job whose id is among *given*, and its contract."""
        any_contract = next(iter(route.contracts.values()))
        try:
            job = await self._ledger.find(
                read_id(_operation(any_contract, route.role), given)
            )
        except UnknownJobError as exc:
            raise RefusedError(Reason.UNKNOWN_JOB) from exc
        contract = route.contracts.get(job.contract.partition(":")[2])
        if contract is None or contract.id != job.contract:
            raise RefusedError(Reason.UNKNOWN_JOB)
        return contract, job

    async def _cancel(self, view: View) -> Reply:
        """Withdraw the job of *view*, if it is still time to."""
        lifecycle = view.contract.lifecycle
        try:
            job = await self._ledger.force(view.job, Event.CANCEL, lifecycle)
        except IllegalEventError:
            job = view.job
        if view.contract.result is not None:
            return queueing.answer_cancel(view, cancelled=job is not view.job)
        return polling.answer_poll(self._view(view.contract, job, view.origin))

    async def _look(self, contract: Contract, job_id: str, origin: str) -> View:
        return self._view(contract, await self._ledger.find(job_id), origin)

    def _view(self, contract: Contract, job: Job, origin: str) -> View:
        return self._prepared.know(job, contract).view(self._ledger.clock.now(), origin)

    def _checked(self, reply: Reply, view: View, operation: Operation) -> Reply:
        """Return *reply*; raise BrokenAnswerError if it is a success and breaks a rule."""
        if not (self._self_check and 200 <= reply.status < 300):
            return reply
        breach = self._verdicts[view.contract].find_broken(
            operation, job_id=view.job.id, status=reply.status, body=reply.body
        )
        if breach is not None:
            raise BrokenAnswerError(
                f"{view.contract.id} {operation.role}: the answer of the mock breaks "
                f"the document at /{'/'.join(map(str, breach.path))}: "
                f"{breach.message}; mend the mock or waive the document's fault"
            )
        return reply


@lru_cache(1_024)
def _operation(contract: Contract, act: Act) -> Operation:
    role = {"stream": "poll", "output": "submit"}.get(act, act)
    return next(it for it in contract.operations if it.role == role)
