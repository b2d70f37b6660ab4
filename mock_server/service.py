"""The services' side of the mock: route, authorise, validate, act, answer."""

import re
from collections.abc import Collection, Mapping

from starlette.types import Receive

from mock_server import polling, queueing
from mock_server.errors import BrokenAnswerError, UnknownJobError
from mock_server.exchange import BodyTooLargeError, Call, Reply, read_body
from mock_server.jobs import Job
from mock_server.ledger import Ledger
from mock_server.media import Library
from mock_server.problems import problem, refuse
from mock_server.refusals import Reason, RefusedError
from mock_server.responses import View, keep_inputs, wants_size
from mock_server.routing import Place, Route, Routes
from mock_server.scenarios import DEFAULT, SCENARIO_HEADER, find_scenario
from mock_server.validation import (
    check_submit,
    read_flag,
    read_id,
    read_json,
    read_query,
    select_contract,
)
from specs import (
    Answer,
    Contract,
    Event,
    IllegalEventError,
    Judge,
    Operation,
    Provider,
    Request,
    Role,
)

_CLIENT_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")


class Service:
    """Everything the real services would answer, for the contracts in *routes*.

    *keys* names the keys that a provider accepts; one that it leaves out accepts any
    key that is well formed.
    """

    def __init__(
        self,
        routes: Routes,
        *,
        ledger: Ledger,
        library: Library,
        keys: Mapping[str, Collection[str]],
        self_check: bool,
    ) -> None:
        self._routes = routes
        self._ledger = ledger
        self._library = library
        self._keys = keys
        self._self_check = self_check
        self._judges: dict[str, Judge] = {}

    async def answer(self, call: Call, receive: Receive) -> Reply:
        """Return the answer to *call*, whose body is still to be received."""
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
        try:
            reply = await self._serve(place, provider, call, receive)
        except RefusedError as refusal:
            reply = refuse(
                refusal,
                provider,
                call,
                request_id=self._ledger.draw_request_id(),
                now=self._ledger.clock.now(),
            )
        client_id = call.headers.get("x-client-request-id", "")
        if provider.operations.result is None and _CLIENT_ID.fullmatch(client_id):
            return reply.with_headers({"x-client-request-id": client_id})
        return reply

    async def _serve(
        self, place: Place, provider: Provider, call: Call, receive: Receive
    ) -> Reply:
        route = place.require_route()
        self._authorise(provider, call)
        if route.role == "submit":
            return await self._submit(route, call, receive)
        return await self._follow(place, route, call)

    def _authorise(self, provider: Provider, call: Call) -> None:
        """Raise RefusedError unless *call* carries a key that *provider* accepts."""
        auth = provider.auth
        scheme, _, key = call.headers.get(auth.header.lower(), "").partition(" ")
        key = key.strip()
        if scheme.lower() != auth.scheme.lower() or not key:
            raise RefusedError(Reason.NO_KEY)
        if re.fullmatch(auth.key_pattern, key) is None:
            raise RefusedError(Reason.MALFORMED_KEY)
        if key not in self._keys.get(provider.name, (key,)):
            raise RefusedError(Reason.NO_KEY)

    async def _submit(self, route: Route, call: Call, receive: Receive) -> Reply:
        scenario = find_scenario(call.headers.get(SCENARIO_HEADER.lower(), DEFAULT))
        try:
            limit = route.provider.limits.body_bytes
            call = call.with_body(await read_body(receive, call, limit=limit))
        except BodyTooLargeError as exc:
            raise RefusedError(Reason.TOO_LARGE) from exc
        contract, body = select_contract(route, read_json(call))
        check_submit(self._judge(contract), contract, call)
        job = self._ledger.open(contract, keep_inputs(contract, body), scenario)
        view = self._view(contract, job, call.origin)
        kind = polling if contract.result is None else queueing
        return self._checked(kind.answer_submit(view), view, contract.submit)

    async def _follow(self, place: Place, route: Route, call: Call) -> Reply:
        """Return the answer to a call about a job that was submitted before."""
        query = read_query(call)
        given = query | dict(zip(route.names, place.values, strict=True))
        contract, job = self._find(route, given)
        view = self._view(contract, job, call.origin)
        operation = _operation(contract, route.role)
        if route.role == "cancel":
            reply = self._cancel(view)
        elif contract.result is None:
            reply = polling.answer_poll(view)
        elif route.role == "poll":
            logs = read_flag(operation, "logs", query)
            reply = queueing.answer_status(view, logs=logs)
        else:
            drawn = view.succeeded and wants_size(contract)
            video = await self._library.fetch(view.shape) if drawn else None
            reply = queueing.answer_result(view, video)
        return self._checked(reply, view, operation)

    def _find(self, route: Route, given: Mapping[str, str]) -> tuple[Contract, Job]:
        """Return the job whose id is among *given*, and its contract."""
        any_contract = next(iter(route.contracts.values()))
        try:
            job = self._ledger.find(
                read_id(_operation(any_contract, route.role), given)
            )
        except UnknownJobError as exc:
            raise RefusedError(Reason.UNKNOWN_JOB) from exc
        contract = route.contracts.get(job.contract.partition(":")[2])
        if contract is None or contract.id != job.contract:
            raise RefusedError(Reason.UNKNOWN_JOB)
        return contract, job

    def _cancel(self, view: View) -> Reply:
        """Withdraw the job of *view*, if it is still time to."""
        lifecycle = view.contract.lifecycle
        try:
            job = self._ledger.force(view.job, Event.CANCEL, lifecycle)
        except IllegalEventError:
            job = view.job
        if view.contract.result is not None:
            return queueing.answer_cancel(view, cancelled=job is not view.job)
        return polling.answer_poll(self._view(view.contract, job, view.origin))

    def _view(self, contract: Contract, job: Job, origin: str) -> View:
        now = self._ledger.clock.now()
        return View(
            contract=contract,
            job=job,
            history=tuple(job.history(contract.lifecycle, now)),
            now=now,
            origin=origin,
        )

    def _judge(self, contract: Contract) -> Judge:
        if contract.id not in self._judges:
            self._judges[contract.id] = Judge(contract)
        return self._judges[contract.id]

    def _checked(self, reply: Reply, view: View, operation: Operation) -> Reply:
        """Return *reply*; raise BrokenAnswerError if it is a success and breaks a rule."""
        if not (self._self_check and 200 <= reply.status < 300):
            return reply
        request = Request(operation=operation, path={str(operation.id): view.job.id})
        answer = Answer(status=reply.status, body=reply.body)
        breach = next(self._judge(view.contract).check_answer(request, answer), None)
        if breach is not None:
            raise BrokenAnswerError(
                f"{view.contract.id} {operation.role}: the answer of the mock breaks "
                f"the document at /{'/'.join(map(str, breach.path))}: "
                f"{breach.message}; mend the mock or waive the document's fault"
            )
        return reply


def _operation(contract: Contract, role: Role) -> Operation:
    return next(it for it in contract.operations if it.role == role)
